"""What the leader asks about runs that have ended: the one before a run, and how often a DAG failed in a row."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, bindparam, func, select

from jupyter_couture.decisions.past import types_before
from jupyter_couture.model.ids import DagId
from jupyter_couture.model.run import DagRun, RunType
from jupyter_couture.model.states import TERMINAL_RUN_STATES, RunState
from jupyter_couture.store.live import with_tasks
from jupyter_couture.store.part import StorePart
from jupyter_couture.store.rows import RUN_COLUMNS
from jupyter_couture.store.tables import dag_run

_IS_OVER = dag_run.c.state.in_([state.value for state in sorted(TERMINAL_RUN_STATES)])
_BEFORE = (
    select(*RUN_COLUMNS)
    .where(
        dag_run.c.dag_id == bindparam("dag_id"),
        dag_run.c.logical_date < bindparam("logical_date"),
        dag_run.c.run_type.in_(bindparam("types", expanding=True)),
        _IS_OVER,
    )
    .order_by(dag_run.c.logical_date.desc(), dag_run.c.id.desc())
    .limit(1)
)
_ANY_BEFORE = (
    select(*RUN_COLUMNS)
    .where(
        dag_run.c.dag_id == bindparam("dag_id"),
        dag_run.c.logical_date < bindparam("logical_date"),
        dag_run.c.run_type.in_(bindparam("types", expanding=True)),
    )
    .order_by(dag_run.c.logical_date.desc(), dag_run.c.id.desc())
    .limit(1)
)
_RUNNING = select(func.count()).where(
    dag_run.c.dag_id == bindparam("dag_id"),
    dag_run.c.state == RunState.RUNNING.value,
    dag_run.c.run_type != RunType.BACKFILL.value,
)
_LAST_STATES = (
    select(dag_run.c.state)
    .where(dag_run.c.dag_id == bindparam("dag_id"), dag_run.c.run_type == RunType.SCHEDULED.value, _IS_OVER)
    .order_by(dag_run.c.logical_date.desc(), dag_run.c.id.desc())
    .limit(bindparam("count"))
)


class HistoryPart(StorePart):
    """See the module."""

    def ended_run_before(self, dag_id: DagId, logical_date: datetime, types: Collection[RunType]) -> DagRun | None:
        """The run of these types that has ended, with the greatest smaller logical date, and its task instances."""
        asked = {"dag_id": dag_id, "logical_date": logical_date, "types": sorted(kind.value for kind in types)}

        def body(connection: Connection) -> DagRun | None:
            return next(iter(with_tasks(connection, connection.execute(_BEFORE, asked).all())), None)

        return self._db.read(body)

    def run_before(self, run: DagRun) -> DagRun | None:
        """The run before ``run``, live or not, with its task instances."""
        asked = {
            "dag_id": run.dag_id,
            "logical_date": run.logical_date,
            "types": sorted(kind.value for kind in types_before(run.run_type)),
        }

        def body(connection: Connection) -> DagRun | None:
            return next(iter(with_tasks(connection, connection.execute(_ANY_BEFORE, asked).all())), None)

        return self._db.read(body)

    def running_runs(self, dag_id: DagId) -> int:
        """How many runs of the DAG take room, by ``max_active_runs``."""
        return self._db.read(lambda connection: int(connection.execute(_RUNNING, {"dag_id": dag_id}).scalar_one()))

    def failed_streak(self, dag_id: DagId, limit: int) -> int:
        """How many of the newest scheduled runs that have ended failed in a row; ``limit`` at most are looked at."""

        def body(connection: Connection) -> int:
            states = connection.execute(_LAST_STATES, {"dag_id": dag_id, "count": limit}).scalars().all()
            failed = [state == RunState.FAILED.value for state in states]
            return failed.index(False) if False in failed else len(failed)

        return self._db.read(body)
