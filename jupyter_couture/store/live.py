"""What the scheduler reads: live runs with their task instances, open attempts, waiting facts, DAGs."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import islice
from types import MappingProxyType
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, bindparam, insert, select

from jupyter_couture.model.codec import from_document, from_json
from jupyter_couture.model.dag import DagSpec
from jupyter_couture.model.errors import NotFound
from jupyter_couture.model.facts import Fact
from jupyter_couture.model.ids import DagId, RunId, RunKey, VersionHash
from jupyter_couture.model.intents import StartAttempt
from jupyter_couture.model.policy import TimetablePoints
from jupyter_couture.model.records import DagState, StoredFact
from jupyter_couture.model.run import Attempt, DagRun, TaskInstance
from jupyter_couture.model.states import TERMINAL_RUN_STATES, AttemptState, RunState
from jupyter_couture.store.part import StorePart
from jupyter_couture.store.rows import (
    ATTEMPT_COLUMNS,
    RUN_COLUMNS,
    TASK_COLUMNS,
    AnyRow,
    attempt_from,
    fact_from,
    fact_values,
    run_from,
    task_from,
)
from jupyter_couture.store.tables import attempt, dag, dag_run, dag_version, fact, task_instance
from jupyter_couture.store.tables_origins import dag_timetable

_RUNS_AT_ONCE = 500

IS_LIVE: ColumnElement[bool] = dag_run.c.state.in_(
    [state.value for state in RunState if state not in TERMINAL_RUN_STATES]
)
IS_OPEN: ColumnElement[bool] = attempt.c.open_key >= ""
"""Not null, said so that SQLite uses the index; it holds the open attempts alone."""

_LIVE = select(*RUN_COLUMNS).where(IS_LIVE).order_by(dag_run.c.queued_at, dag_run.c.id)
_LIVE_KEYS = select(dag_run.c.id, dag_run.c.dag_id, dag_run.c.run_id).where(IS_LIVE)
_RUNS = (
    select(*RUN_COLUMNS)
    .where(dag_run.c.id.in_(bindparam("ids", expanding=True)))
    .order_by(dag_run.c.queued_at, dag_run.c.id)
)
_RUN = select(*RUN_COLUMNS).where(dag_run.c.dag_id == bindparam("dag_id"), dag_run.c.run_id == bindparam("run_id"))
_TASKS = select(task_instance.c.run_pk, *TASK_COLUMNS).where(
    task_instance.c.run_pk.in_(bindparam("ids", expanding=True))
)
_CANCELLED = select(dag_run.c.dag_id, dag_run.c.run_id).where(IS_LIVE, dag_run.c.is_cancel_requested)
_ADD_FACT = insert(fact)
_FACTS = select(fact.c.number, fact.c.document).order_by(fact.c.number).limit(bindparam("count"))
ATTEMPTS: Select[Any] = select(*ATTEMPT_COLUMNS).join_from(attempt, dag_run, attempt.c.run_pk == dag_run.c.id)
_OPEN = ATTEMPTS.where(IS_OPEN).order_by(attempt.c.dispatched_at, attempt.c.attempt_id)
_PENDING = (
    select(attempt.c.intent, dag_run.c.conf)
    .join_from(attempt, dag_run, attempt.c.run_pk == dag_run.c.id)
    .where(IS_OPEN, attempt.c.state == AttemptState.DISPATCHING.value)
    .order_by(attempt.c.dispatched_at, attempt.c.attempt_id)
)
DAG_STATES = (
    select(
        dag.c.dag_id,
        dag.c.version,
        dag.c.is_paused,
        dag.c.next_due,
        dag.c.latest_scheduled,
        dag.c.first_seen_at,
        dag.c.latest_end,
        dag_timetable.c.points,
    )
    .outerjoin(dag_timetable, and_(dag_timetable.c.dag_id == dag.c.dag_id, dag_timetable.c.version == dag.c.version))
    .where(dag.c.is_active)
    .order_by(dag.c.dag_id)
)
_SOURCE = select(dag_version.c.source).where(dag_version.c.version == bindparam("version"))


def with_tasks(connection: Connection, rows: Sequence[AnyRow]) -> list[DagRun]:
    """The runs of ``rows`` (of ``RUN_COLUMNS``) with their task instances, in the order of ``rows``."""
    tasks: dict[int, list[TaskInstance]] = {row.id: [] for row in rows}
    numbers = iter(tasks)
    while some := list(islice(numbers, _RUNS_AT_ONCE)):
        for run_pk, *values in connection.execute(_TASKS, {"ids": some}):
            tasks[run_pk].append(task_from(values))
    return [run_from(row, tasks[row.id]) for row in rows]


def find_run(connection: Connection, key: RunKey) -> AnyRow:
    """The row (of ``RUN_COLUMNS``) of a run; raises ``NotFound``."""
    row = connection.execute(_RUN, {"dag_id": key.dag_id, "run_id": key.run_id}).one_or_none()
    if row is None:
        raise NotFound(what="DAG run", id=f"{key.dag_id}/{key.run_id}")
    return row


def start_from(document: Any, conf: Any) -> StartAttempt:
    """The order of an attempt; the conf of its run stands with the run."""
    return replace(from_document(StartAttempt, document), conf=MappingProxyType(conf))


def dag_state_from(*values: Any) -> DagState:
    """The state of a row of ``DAG_STATES``."""
    *plain, points = values
    return replace(DagState(*plain), timetable=None if points is None else from_json(TimetablePoints, points))


class LivePart(StorePart):
    """What the scheduler reads."""

    def facts(self, limit: int) -> Sequence[StoredFact]:
        """Facts waiting to be consumed, oldest first."""

        def body(connection: Connection) -> list[StoredFact]:
            rows = connection.execute(_FACTS, {"count": limit})
            return [StoredFact(number, fact_from(document)) for number, document in rows]

        return self._db.read(body)

    def add_facts(self, facts: Sequence[Fact]) -> None:
        """Put facts into the inbox; doubled ones are harmless."""
        if facts:
            rows = [fact_values(found) for found in facts]
            self._db.write(lambda connection: connection.execute(_ADD_FACT, rows))

    def live_runs(self) -> Sequence[DagRun]:
        """Every run that is not terminal, with its task instances, oldest ``queued_at`` first."""
        return self._db.read(lambda connection: with_tasks(connection, connection.execute(_LIVE).all()))

    def run_with_tasks(self, key: RunKey) -> DagRun | None:
        """One run with its task instances."""

        def body(connection: Connection) -> DagRun | None:
            rows = connection.execute(_RUN, {"dag_id": key.dag_id, "run_id": key.run_id}).all()
            return next(iter(with_tasks(connection, rows)), None)

        return self._db.read(body)

    def new_live_runs(self, known: Iterable[RunKey]) -> Sequence[DagRun]:
        """Runs that are not terminal and not in ``known``: triggered since the last look."""
        seen = frozenset(known)

        def body(connection: Connection) -> list[DagRun]:
            keys = connection.execute(_LIVE_KEYS)
            numbers = [number for number, dag_id, run_id in keys if RunKey(dag_id, run_id) not in seen]
            if not numbers:
                return []
            return with_tasks(connection, connection.execute(_RUNS, {"ids": numbers}).all())

        return self._db.read(body)

    def cancel_requests(self) -> Sequence[RunKey]:
        """Live runs whose cancellation was asked for."""

        def body(connection: Connection) -> list[RunKey]:
            return [RunKey(DagId(dag_id), RunId(run_id)) for dag_id, run_id in connection.execute(_CANCELLED)]

        return self._db.read(body)

    def open_attempts(self) -> Sequence[Attempt]:
        """Attempts that are dispatching or running."""
        return self._db.read(lambda connection: [attempt_from(row) for row in connection.execute(_OPEN)])

    def pending_starts(self) -> Sequence[StartAttempt]:
        """The intents of attempts that are still dispatching, to hand them out again."""
        return self._db.read(lambda connection: [start_from(*row) for row in connection.execute(_PENDING)])

    def dag_states(self) -> Sequence[DagState]:
        """All active DAGs."""
        return self._db.read(lambda connection: [dag_state_from(*row) for row in connection.execute(DAG_STATES)])

    def spec(self, version: VersionHash) -> DagSpec:
        """The spec of a version; raises ``NotFound``."""
        return self._db.read(lambda connection: self._spec(connection, version))

    def source(self, version: VersionHash) -> str:
        """The source text of a version; raises ``NotFound``."""
        source = self._db.read(lambda connection: connection.execute(_SOURCE, {"version": version}).scalar())
        if source is None:
            raise NotFound(what="DAG version", id=version)
        return str(source)
