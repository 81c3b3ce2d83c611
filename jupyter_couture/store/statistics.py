"""Runs of one DAG as numbers, its versions with their runs. Only the newest runs are looked at."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Select, bindparam, func, select

from jupyter_couture.model.errors import NotFound
from jupyter_couture.model.ids import DagId, RunId, VersionHash
from jupyter_couture.model.states import TERMINAL_RUN_STATES, RunState
from jupyter_couture.model.statistics import LOOKED_AT, RunHistory, Span, VersionUse
from jupyter_couture.store.part import StorePart
from jupyter_couture.store.rows import AnyRow
from jupyter_couture.store.tables import dag, dag_run, dag_version

_RUNS_OF_VERSIONS = 5_000
"""How many of the newest runs are asked which version they are of."""

_OF_DAG = dag_run.c.dag_id == bindparam("dag_id")
_HAS_DAG = select(dag.c.dag_id).where(dag.c.dag_id == bindparam("dag_id"))
_COUNTS = select(dag_run.c.state, func.count()).where(_OF_DAG).group_by(dag_run.c.state)
_SPANS: Select[Any] = (
    select(dag_run.c.run_id, dag_run.c.state, dag_run.c.started_at, dag_run.c.ended_at)
    .where(_OF_DAG, dag_run.c.state.in_(bindparam("states", expanding=True)))
    .order_by(dag_run.c.id.desc())
    .limit(bindparam("count"))
)
_NEWEST = (
    select(dag_run.c.id, dag_run.c.version)
    .where(_OF_DAG)
    .order_by(dag_run.c.id.desc())
    .limit(_RUNS_OF_VERSIONS)
    .subquery()
)
_USES = select(
    _NEWEST.c.version, func.count(), func.min(_NEWEST.c.id).label("first"), func.max(_NEWEST.c.id).label("last")
).group_by(_NEWEST.c.version)
_RUN_IDS = select(dag_run.c.id, dag_run.c.run_id).where(dag_run.c.id.in_(bindparam("ids", expanding=True)))
_VERSIONS = (
    select(dag_version.c.version, dag_version.c.first_seen_at)
    .where(dag_version.c.dag_id == bindparam("dag_id"))
    .order_by(dag_version.c.first_seen_at.desc(), dag_version.c.version)
)


class StatisticsPart(StorePart):
    """See the module."""

    def run_history(self, dag_id: DagId) -> RunHistory:
        """The newest runs of a DAG; raises ``NotFound``."""

        def spans(connection: Connection, states: Sequence[RunState], count: int) -> list[Span]:
            values = {"dag_id": dag_id, "states": [state.value for state in states], "count": count}
            return [_span(row) for row in connection.execute(_SPANS, values)]

        def body(connection: Connection) -> RunHistory:
            _require(connection, dag_id)
            counted = {row.state: row[1] for row in connection.execute(_COUNTS, {"dag_id": dag_id})}
            counts = {state.value: counted.get(state.value, 0) for state in RunState}
            ended = spans(connection, sorted(TERMINAL_RUN_STATES), LOOKED_AT)
            successes = spans(connection, [RunState.SUCCESS], 1)
            running = spans(connection, [RunState.RUNNING], LOOKED_AT)
            return RunHistory(counts, tuple(ended), tuple(running), successes[0] if successes else None)

        return self._db.read(body)

    def version_uses(self, dag_id: DagId) -> Sequence[VersionUse]:
        """All versions of a DAG with their runs among its newest, newest version first; raises ``NotFound``."""

        def body(connection: Connection) -> list[VersionUse]:
            _require(connection, dag_id)
            uses = {row[0]: row[1:] for row in connection.execute(_USES, {"dag_id": dag_id})}
            ids = sorted({number for _, first, last in uses.values() for number in (first, last)})
            names = {number: RunId(run_id) for number, run_id in connection.execute(_RUN_IDS, {"ids": ids})}
            found = []
            for row in connection.execute(_VERSIONS, {"dag_id": dag_id}):
                count, first, last = uses.get(row.version, (0, 0, 0))
                found.append(
                    VersionUse(VersionHash(row.version), row.first_seen_at, count, names.get(first), names.get(last))
                )
            return found

        return self._db.read(body)


def _require(connection: Connection, dag_id: DagId) -> None:
    if connection.execute(_HAS_DAG, {"dag_id": dag_id}).one_or_none() is None:
        raise NotFound(what="DAG", id=dag_id)


def _span(row: AnyRow) -> Span:
    return Span(RunId(row.run_id), RunState(row.state), row.started_at, row.ended_at)
