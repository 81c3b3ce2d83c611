"""``DagRun`` and ``TaskInstance``: names to annotate with, and to look for runs while a task runs."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple, Self

import pendulum

from jupyter_couture.authoring.addresses import log_address
from jupyter_couture.authoring.context import current_attempt, get_current_context, is_at_work
from jupyter_couture.compat.models.columns import Table
from jupyter_couture.compat.sessions import without_database
from jupyter_couture.compat.states import DagRunType
from jupyter_couture.compat.zones import make_aware
from jupyter_couture.model.ids import NOT_MAPPED
from jupyter_couture.model.states import RunState, TaskState


class TaskInstanceKey(NamedTuple):
    """What names a task instance."""

    dag_id: str
    task_id: str
    run_id: str
    try_number: int = 1
    map_index: int = NOT_MAPPED

    @property
    def primary(self) -> tuple[str, str, str, int]:
        """Without the try."""
        return self.dag_id, self.task_id, self.run_id, self.map_index


class DagRun(Table):
    """A run. ``context["dag_run"]`` counts as one; ``DagRun.find`` gives others, as they were when it was asked."""

    views = ("RunView",)
    dag_id: str
    run_id: str

    def __init__(self, found: Mapping[str, Any] | None = None, **values: Any) -> None:
        super().__init__(**values)
        if found is not None:
            self._read(found)

    def _read(self, found: Mapping[str, Any]) -> None:
        self.dag_id, self.run_id = str(found["dag_id"]), str(found["run_id"])
        self.run_type, self.state = DagRunType(found["run_type"]), RunState(found["state"])
        self.conf = dict(found["conf"])
        self.logical_date = self.execution_date = _time(found["logical_date"])
        self.data_interval_start = _time(found["data_interval_start"])
        self.data_interval_end = _time(found["data_interval_end"])
        self.queued_at = _time(found["queued_at"])
        self.start_date, self.end_date = _time(found["started_at"]), _time(found["ended_at"])
        self.external_trigger = self.run_type is DagRunType.MANUAL
        self.is_backfill = self.run_type is DagRunType.BACKFILL_JOB

    @classmethod
    def find(
        cls,
        dag_id: str | Sequence[str] | None = None,
        run_id: str | Iterable[str] | None = None,
        execution_date: datetime | Sequence[datetime] | None = None,
        state: str | None = None,
        external_trigger: bool | None = None,
        no_backfills: bool = False,
        run_type: str | None = None,
        session: Any = None,
        execution_start_date: datetime | None = None,
        execution_end_date: datetime | None = None,
        logical_date: datetime | Sequence[datetime] | None = None,
    ) -> list[Self]:
        """The runs that fit, by logical date, the oldest first; of very many the newest 1,000.

        Only while a task runs, and for DAGs that are named.
        """
        if dag_id is None:
            without_database()
        dates = [make_aware(date) for date in _several(logical_date if logical_date is not None else execution_date)]
        names = [str(name) for name in _several(run_id)]
        found = current_attempt().find_runs(
            [str(name) for name in _several(dag_id)],
            run_id=names[0] if len(names) == 1 else None,
            state=_text(state),
            run_type=_text(run_type),
            earliest=min(dates) if dates else make_aware(execution_start_date),
            latest=max(dates) if dates else make_aware(execution_end_date),
        )
        runs = [cls(each) for each in found]
        return [
            run
            for run in runs
            if (not dates or run.logical_date in dates)
            and (not names or run.run_id in names)
            and external_trigger in (None, run.external_trigger)
            and not (no_backfills and run.is_backfill)
        ]

    @classmethod
    def find_duplicate(cls, dag_id: str, run_id: str, *args: Any, **kwargs: Any) -> Self | None:
        """The run of that id, if there is one."""
        return next(iter(cls.find(dag_id, run_id)), None)

    @classmethod
    def get_run(cls, session: Any = None, dag_id: str = "", execution_date: datetime | None = None) -> Self | None:
        """The run of that date, if there is one."""
        return next(iter(cls.find(dag_id, execution_date=execution_date)), None)

    @classmethod
    def get_latest_runs(cls, session: Any = None) -> list[Self]:
        """Refused: only runs of DAGs that are named can be found."""
        without_database()

    @staticmethod
    def generate_run_id(run_type: str, execution_date: datetime, **kwargs: Any) -> str:
        """The id of a run of that kind and date."""
        return DagRunType(str(getattr(run_type, "value", run_type))).generate_run_id(execution_date.isoformat())

    @property
    def run_state(self) -> str:
        """The state."""
        return str(self.state)

    def get_state(self) -> str:
        """The state."""
        return str(self.state)

    def get_task_instances(self, state: Any = None, session: Any = None, **kwargs: Any) -> "list[TaskInstance]":
        """Its task instances, or those in a state."""
        return instances_of(self, state)

    def get_task_instance(
        self, task_id: str, session: Any = None, *, map_index: int = NOT_MAPPED
    ) -> "TaskInstance | None":
        """One of its task instances; None if there is none."""
        return instance_of(self, task_id, map_index)

    def refresh_from_db(self, *args: Any, **kwargs: Any) -> None:
        """Look again."""
        found = current_attempt().find_runs([self.dag_id], run_id=self.run_id)
        if found:
            self._read(found[0])

    def __repr__(self) -> str:
        return f"<DagRun {self.__dict__.get('dag_id')} {self.__dict__.get('run_id')}>"


class TaskInstance(Table):
    """A task instance. ``context["ti"]`` counts as one; those of other tasks are as they were when they were asked."""

    views = ("TaskInstanceView", "BlockingTaskView")
    dag_id: str
    run_id: str
    task_id: str
    map_index: int
    try_number: int
    state: TaskState | None
    logical_date: datetime
    start_date: datetime | None
    end_date: datetime | None

    def __init__(self, task: Any = None, execution_date: datetime | None = None, **values: Any) -> None:
        super().__init__(task=task, execution_date=execution_date, logical_date=execution_date, **values)
        if task is not None:
            self.task_id = task.task_id
            self.dag_id = task.dag.dag_id if task.dag is not None else ""
        self.__dict__.setdefault("map_index", NOT_MAPPED)
        self.__dict__.setdefault("state", None)

    @property
    def key(self) -> TaskInstanceKey:
        """What names it."""
        return TaskInstanceKey(self.dag_id, self.task_id, self.run_id, self.try_number, self.map_index)

    @property
    def duration(self) -> float | None:
        """How many seconds it took; None as long as it has not ended."""
        if self.start_date is None or self.end_date is None:
            return None
        return float((self.end_date - self.start_date).total_seconds())

    @property
    def log_url(self) -> str:
        """Where its log is shown."""
        return log_address(self.dag_id, self.run_id, self.task_id, self.try_number, self.map_index)

    def current_state(self, session: Any = None) -> str | None:
        """The state as of now."""
        run = DagRun.find(self.dag_id, run_id=self.__dict__.get("run_id"), execution_date=self.logical_date)
        found = run[0].get_task_instance(self.task_id, map_index=self.map_index) if run else None
        return None if found is None else found.state

    def get_dagrun(self, session: Any = None) -> DagRun | None:
        """Its run."""
        return next(iter(DagRun.find(self.dag_id, self.run_id)), None)

    def xcom_pull(self, task_ids: Any = None, dag_id: str | None = None, key: str = "return_value", **how: Any) -> Any:
        """What tasks of its run handed on; its own if no task is named."""
        how.pop("session", None)
        return current_attempt().pull(
            task_ids or self.task_id, key, dag_id=dag_id or self.dag_id, run_id=self.__dict__.get("run_id"), **how
        )

    set_state = clear_xcom_data = run = staticmethod(without_database)

    def __repr__(self) -> str:
        return f"<TaskInstance {self.__dict__.get('dag_id')}.{self.__dict__.get('task_id')} [{self.state}]>"


def instances_of(run: Any, state: Any = None) -> list[TaskInstance]:
    """The task instances of a run, or those in a state or in one of several."""
    wanted = None if state is None else {_text(each) for each in _several(state)}
    made = [_instance(run, row) for row in current_attempt().tasks_of(run.dag_id, run.run_id)]
    own = get_current_context().get("ti") if is_at_work() else None
    for one in made:  # in a callback the end of this task is known here already, and nowhere else
        if own is not None and (one.run_id, one.task_id, one.map_index) == (own.run_id, own.task_id, own.map_index):
            one.state = TaskState(str(own.state))
    return [one for one in made if wanted is None or (None if one.state is None else str(one.state)) in wanted]


def instance_of(run: Any, task_id: str, map_index: int = NOT_MAPPED) -> TaskInstance | None:
    """One task instance of a run; None if there is none."""
    return next((one for one in instances_of(run) if (one.task_id, one.map_index) == (task_id, map_index)), None)


def _instance(run: Any, row: Mapping[str, Any]) -> TaskInstance:
    state = TaskState(row["state"])
    return TaskInstance(
        execution_date=run.logical_date,
        dag_id=run.dag_id,
        run_id=run.run_id,
        dag_run=run,
        task_id=row["task_id"],
        map_index=row["map_index"],
        state=None if state is TaskState.NONE else state,
        try_number=row["try_number"],
        start_date=_time(row["started_at"]),
        end_date=_time(row["ended_at"]),
    )


def clear_task_instances(*args: Any, **kwargs: Any) -> None:
    """Refused."""
    without_database()


def _several(value: Any) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, list | tuple | set | frozenset) else [value]


def _text(value: Any) -> str | None:
    return None if value is None else str(getattr(value, "value", value))


def _time(text: str | None) -> pendulum.DateTime | None:
    return None if text is None else pendulum.instance(datetime.fromisoformat(text))
