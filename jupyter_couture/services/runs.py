"""Runs and their task instances: trigger, cancel, look."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from jupyter_couture.authoring.wishes import check_conf, chosen_run_id
from jupyter_couture.decisions.calendar import manual_interval
from jupyter_couture.model.dag import DagSpec, Json, TaskSpec
from jupyter_couture.model.errors import NotFound
from jupyter_couture.model.ids import DagId, RunKey, TaskKey
from jupyter_couture.model.records import NewRun, RunRow, TaskRow
from jupyter_couture.model.run import Attempt, DagRun, RunType, TaskInstance, TaskRef, manual_run_id
from jupyter_couture.model.states import RunState
from jupyter_couture.ports.bus import ENGINE, FEED, Publisher
from jupyter_couture.ports.clock import Clock
from jupyter_couture.ports.store import ServiceStore
from jupyter_couture.services.versions import SpecCache


@dataclass(frozen=True, slots=True)
class TaskView:
    """A task instance and the task it is an instance of."""

    row: TaskRow
    spec: TaskSpec


@dataclass(frozen=True, slots=True)
class TaskDetail:
    """A task instance with all its attempts, and what the newest of them stored."""

    view: TaskView
    attempts: Sequence[Attempt]
    rendered: Mapping[str, Json] | None
    outputs: Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class Rendered:
    """Template fields as the newest attempt rendered them, and what they could draw on."""

    fields: Mapping[str, Json]
    params: Mapping[str, Json]
    conf: Mapping[str, Json]


@dataclass(frozen=True, slots=True, kw_only=True)
class TriggerWish:
    """What a caller wants: everything but the DAG may be left to us."""

    dag_id: DagId
    conf: Mapping[str, Json]
    logical_date: datetime | None = None
    run_id: str | None = None
    idempotency_key: str | None = None


class Runs:
    """Reads and changes runs. Every method may block."""

    def __init__(self, store: ServiceStore, publisher: Publisher, specs: SpecCache, clock: Clock) -> None:
        self._store = store
        self._publisher = publisher
        self._specs = specs
        self._clock = clock

    def trigger(self, wish: TriggerWish) -> tuple[RunRow, bool]:
        """Make a manual run; the run, and whether it is new (a seen idempotency key gives the run it made).

        Raises ``NotFound`` (DAG), ``InvalidRequest`` (run id, conf) or ``Conflict`` (run id or logical date exists).
        """
        now = self._clock.now()
        state = self._store.dag_state(wish.dag_id)
        spec = self._specs.spec(wish.dag_id, state.version)
        check_conf(spec, wish.conf)
        logical_date = (wish.logical_date or now).astimezone(UTC)
        start, end = manual_interval(spec.schedule, logical_date, state.timetable)
        run, is_new = self._store.create_run(
            NewRun(
                dag_id=wish.dag_id,
                run_id=manual_run_id(now) if wish.run_id is None else chosen_run_id(wish.run_id),
                run_type=RunType.MANUAL,
                logical_date=logical_date,
                data_interval_start=start,
                data_interval_end=end,
                conf=wish.conf,
                at=now,
                idempotency_key=wish.idempotency_key,
            )
        )
        self._publisher.publish(ENGINE)
        self._publisher.publish(FEED)
        return (RunRow(run=run, task_counts={}) if is_new else self._store.run_row(run.key)), is_new

    def notice(self, run: DagRun) -> str | None:
        """What a person who triggered ``run`` should know: that it waits until the DAG is turned on."""
        if run.state is not RunState.QUEUED or not self._store.dag_state(run.dag_id).is_paused:
            return None
        return f"DAG {run.dag_id!r} is off: the run is queued and starts when the DAG is turned on"

    def cancel(self, key: RunKey) -> RunRow:
        """Ask for the end of a run; raises ``NotFound``, or ``Conflict`` if it has ended."""
        self._store.request_cancel(key)
        self._publisher.publish(ENGINE)
        self._publisher.publish(FEED)
        return self._store.run_row(key)

    def page(self, dag_id: DagId, limit: int, offset: int) -> tuple[Sequence[RunRow], int, int]:
        """Runs newest first, their number, and the feed number they are at least as new as."""
        feed_seq = self._store.feed_position()[1]
        rows, total = self._store.list_runs(dag_id, limit, offset)
        return rows, total, feed_seq

    def row(self, key: RunKey) -> RunRow:
        """One run; raises ``NotFound``."""
        return self._store.run_row(key)

    def tasks(self, key: RunKey) -> tuple[Sequence[TaskView], int]:
        """Every task of the run's pinned version in the author's order, and the feed number as in ``page``."""
        feed_seq = self._store.feed_position()[1]
        spec = self._spec_of(key)
        rows = self._store.task_rows(key)
        views = [TaskView(row, spec.task_by_id[row.task.key.task_id]) for row in rows if _is_known(spec, row)]
        present = {view.spec.task_id for view in views}
        views += [TaskView(_not_begun(task), task) for task in spec.tasks if task.task_id not in present]
        order = {task.task_id: place for place, task in enumerate(spec.tasks)}
        views.sort(key=lambda view: (order[view.spec.task_id], view.row.task.key.map_index))
        return views, feed_seq

    def task(self, key: RunKey, task: TaskKey) -> TaskDetail:
        """One task instance with its attempts; raises ``NotFound``."""
        view = self._view(key, task)
        stored = self._store.rendered(key, task)
        rendered, outputs = stored if stored is not None else (None, {})
        return TaskDetail(view, self._store.attempts_of(key, task), rendered, outputs)

    def triggered_by(self, key: RunKey, task: TaskKey, limit: int) -> Sequence[RunRow]:
        """The runs of other DAGs that a task instance made, the newest first; raises ``NotFound``."""
        self._view(key, task)
        return self._store.triggered_runs(TaskRef(key.dag_id, key.run_id, task.task_id, task.map_index), limit)

    def rendered(self, key: RunKey, task: TaskKey) -> Rendered:
        """Rendered fields; empty while no attempt has rendered any. Raises ``NotFound``."""
        view = self._view(key, task)
        stored = self._store.rendered(key, task)
        run = self._store.run_row(key).run
        spec = self._specs.spec(run.dag_id, run.version)
        params = {**spec.params, **view.spec.params}
        params.update((name, value) for name, value in run.conf.items() if name in params)
        return Rendered(fields=stored[0] if stored else {}, params=params, conf=run.conf)

    def attempt(self, key: RunKey, task: TaskKey, try_number: int) -> Attempt | None:
        """One attempt by its number; None if it was not made yet. Raises ``NotFound`` for an unknown task."""
        found = [each for each in self._store.attempts_of(key, task) if each.try_number == try_number]
        if found:
            return found[-1]
        self._view(key, task)
        return None

    def _view(self, key: RunKey, task: TaskKey) -> TaskView:
        spec = self._spec_of(key).task_by_id.get(task.task_id)
        if spec is None:
            raise NotFound(what="task", id=task.task_id, **key._asdict())
        try:
            return TaskView(self._store.task_row(key, task), spec)
        except NotFound:
            if task != TaskKey(spec.task_id):
                raise
            return TaskView(_not_begun(spec), spec)

    def _spec_of(self, key: RunKey) -> DagSpec:
        run: DagRun = self._store.run_row(key).run
        return self._specs.spec(run.dag_id, run.version)


def _is_known(spec: DagSpec, row: TaskRow) -> bool:
    return row.task.key.task_id in spec.task_by_id


def _not_begun(task: TaskSpec) -> TaskRow:
    return TaskRow(TaskInstance(key=TaskKey(task.task_id)))
