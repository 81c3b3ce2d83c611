"""The part of the desk that is about other DAGs: tasks make runs of them and look at states.

===============  ===================================================  ===============================================
``trigger_run``  ``dag_id, run_id, logical_date, conf, is_awaited,``  ``run_id, logical_date, state, is_new``
                 ``is_reset``, and ``ordinal``: which of its try
``find_dag``     ``dag_id``                                           its outline or null, see ``RunServices.find_dag``
``states_of``    ``dag_id, logical_dates, task_ids, group``           a list of states
``find_runs``    ``dag_ids, run_id, state, run_type, earliest,``      a list of runs
                 ``latest``
``tasks_of``     ``dag_id, run_id``                                   a list of its task instances
===============  ===================================================  ===============================================
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from jupyter_couture.authoring.wishes import check_conf, chosen_run_id
from jupyter_couture.decisions.calendar import manual_interval
from jupyter_couture.executors.jobs import Job
from jupyter_couture.model.codec import to_json
from jupyter_couture.model.commands import ClearTasks, Target
from jupyter_couture.model.dag import Json
from jupyter_couture.model.errors import Conflict, InvalidRequest, NotFound
from jupyter_couture.model.ids import DagId, RunId, RunKey
from jupyter_couture.model.records import NewRun, RunSearch
from jupyter_couture.model.run import DagRun, RunType, TaskRef, manual_run_id
from jupyter_couture.model.states import TERMINAL_RUN_STATES, RunState
from jupyter_couture.ports.bus import ENGINE, FEED, Publisher
from jupyter_couture.ports.clock import Clock
from jupyter_couture.ports.desk import RunStore
from jupyter_couture.runtime.lines import Message

_MOST_DATES = 1000
_MOST_DAGS = 400


class RunDesk:
    """See the module."""

    def __init__(self, store: RunStore, publisher: Publisher, clock: Clock) -> None:
        self._store = store
        self._publisher = publisher
        self._clock = clock

    @property
    def questions(self) -> Mapping[str, Callable[[Job, Message], Json]]:
        """What can be asked, and who answers."""
        return {
            "trigger_run": self._trigger,
            "find_dag": lambda _, asked: self._store.dag_outline(DagId(str(asked.get("dag_id")))),
            "states_of": self._states,
            "find_runs": self._find_runs,
            "tasks_of": self._tasks,
        }

    def _trigger(self, job: Job, asked: Message) -> Json:
        start = job.start
        dag_id = DagId(str(asked.get("dag_id")))
        task_id, map_index = start.task_key
        parent = TaskRef(start.run_key.dag_id, start.run_key.run_id, task_id, map_index)
        if asked.get("is_awaited"):
            self._refuse_cycle(start.run_key, dag_id)
            going_on = None if asked.get("run_id") else self._child_going_on(dag_id, parent)
            if going_on is not None:
                return _answer(going_on, is_new=False)
        now = self._clock.now()
        given = asked.get("logical_date")
        date = datetime.fromisoformat(str(given)).astimezone(UTC) if given else now
        conf = asked.get("conf") or {}
        if not isinstance(conf, dict):
            raise InvalidRequest(field="conf", message="conf must be an object")
        part = json.dumps(to_json(start.resume)) if start.resume is not None else ""
        words = (*start.run_key, task_id, str(map_index), str(start.try_number), part, str(asked.get("ordinal")))
        state = self._store.dag_state(dag_id)
        spec = self._store.spec(state.version)
        check_conf(spec, conf)
        begin, end = manual_interval(spec.schedule, date, state.timetable)
        wish = NewRun(
            dag_id=dag_id,
            run_id=chosen_run_id(str(asked["run_id"])) if asked.get("run_id") else manual_run_id(date),
            run_type=RunType.MANUAL,
            logical_date=date,
            data_interval_start=begin,
            data_interval_end=end,
            conf=conf,
            at=now,
            idempotency_key=f"task-{hashlib.sha256(chr(0).join(words).encode()).hexdigest()}",
            parent=parent,
        )
        try:
            run, is_new = self._store.create_run(wish)
        except Conflict:
            if not asked.get("is_reset"):
                raise
            run, is_new = self._again(wish, start.attempt_id, now), False
        self._publisher.publish(ENGINE)
        self._publisher.publish(FEED)
        return _answer(run, is_new=is_new)

    def _child_going_on(self, dag_id: DagId, parent: TaskRef) -> DagRun | None:
        """A run that this task instance has made before and that is not over.

        It is there if the instance was cleared together with what it triggered, or is tried again after its patience
        was at its end: it waits for that run instead of making a second one beside it.
        """
        for key in reversed(self._store.children_of([parent])):
            run = self._store.run_row(key).run if key.dag_id == dag_id else None
            if run is not None and run.state not in TERMINAL_RUN_STATES and not run.is_cancel_requested:
                return run
        return None

    def _refuse_cycle(self, run_key: RunKey, dag_id: DagId) -> None:
        chain = [run_key.dag_id, *(key.dag_id for key in self._store.ancestors(run_key))]
        if dag_id in chain:
            path = " >> ".join([*reversed(chain[: chain.index(dag_id) + 1]), dag_id])
            message = f"DAG {dag_id!r} cannot run as a part of itself: {path}"
            raise InvalidRequest(field="dag_id", message=message)

    def _again(self, wish: NewRun, actor: str, now: datetime) -> DagRun:
        """Have the run with the id or date of ``wish`` done again."""
        run = self._store.run_at(wish.dag_id, wish.run_id, wish.logical_date)
        if run is None:
            raise NotFound(what="DAG run", id=wish.run_id)
        targets = tuple(Target(run.key, key) for key in run.tasks)
        if targets:
            self._store.add_command(ClearTasks(targets), f"attempt {actor}", now)
        return run

    def _states(self, _job: Job, asked: Message) -> Json:
        dates: list[Any] = asked.get("logical_dates") or []
        if len(dates) > _MOST_DATES:
            raise InvalidRequest(field="logical_dates", message=f"at most {_MOST_DATES} dates at once")
        task_ids = asked.get("task_ids")
        return list(
            self._store.states_of(
                DagId(str(asked.get("dag_id"))),
                [datetime.fromisoformat(str(date)) for date in dates],
                None if task_ids is None else [str(name) for name in task_ids],
                None if asked.get("group") is None else str(asked["group"]),
            )
        )

    def _find_runs(self, _job: Job, asked: Message) -> Json:
        dag_ids = tuple(DagId(str(name)) for name in asked.get("dag_ids") or ())
        if len(dag_ids) > _MOST_DAGS:
            raise InvalidRequest(field="dag_ids", message=f"at most {_MOST_DAGS} DAGs at once")
        try:
            state = RunState(str(asked["state"])) if asked.get("state") else None
            run_type = RunType(str(asked["run_type"])) if asked.get("run_type") else None
        except ValueError as error:
            raise InvalidRequest(field="state", message=str(error)) from None
        query = RunSearch(
            dag_ids=dag_ids,
            run_id=RunId(str(asked["run_id"])) if asked.get("run_id") else None,
            state=state,
            run_type=run_type,
            earliest=_moment(asked.get("earliest")),
            latest=_moment(asked.get("latest")),
        )
        return [_run_as_json(run) for run in self._store.find_runs(query)]

    def _tasks(self, _job: Job, asked: Message) -> Json:
        key = RunKey(DagId(str(asked.get("dag_id"))), RunId(str(asked.get("run_id"))))
        return [
            {
                "task_id": task.key.task_id,
                "map_index": task.key.map_index,
                "state": task.state.value,
                "try_number": task.try_number,
                "started_at": _iso(task.started_at),
                "ended_at": _iso(task.ended_at),
            }
            for task in self._store.tasks_of(key)
        ]


def _run_as_json(run: DagRun) -> Json:
    return {
        "dag_id": run.dag_id,
        "run_id": run.run_id,
        "run_type": run.run_type.value,
        "state": run.state.value,
        "logical_date": run.logical_date.isoformat(),
        "data_interval_start": run.data_interval_start.isoformat(),
        "data_interval_end": run.data_interval_end.isoformat(),
        "queued_at": run.queued_at.isoformat(),
        "started_at": _iso(run.started_at),
        "ended_at": _iso(run.ended_at),
        "conf": dict(run.conf),
    }


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def _moment(text: object) -> datetime | None:
    return None if text is None else datetime.fromisoformat(str(text)).astimezone(UTC)


def _answer(run: DagRun, *, is_new: bool) -> Json:
    return {
        "run_id": run.run_id,
        "logical_date": run.logical_date.isoformat(),
        "state": run.state.value,
        "is_new": is_new,
    }
