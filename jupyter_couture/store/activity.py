"""What goes on in the whole deployment. Each list is short, so what is told of its runs may be asked run by run."""

from collections.abc import Sequence
from datetime import datetime
from statistics import median

from sqlalchemy import Connection, bindparam, select

from jupyter_couture.model.activity import ActiveRun, Activity, ComingRun, FailedRun
from jupyter_couture.model.ids import DagId
from jupyter_couture.model.states import RunState, TaskState
from jupyter_couture.store.lists import run_rows
from jupyter_couture.store.part import StorePart
from jupyter_couture.store.rows import RUN_COLUMNS, TASK_COLUMNS, AnyRow, run_from, task_from
from jupyter_couture.store.tables import dag, dag_run, task_instance

_LOOKED_BACK = 15
"""Runs of a DAG that say how long it usually takes."""

_ACTIVE = (
    select(*RUN_COLUMNS)
    .where(dag_run.c.state == RunState.RUNNING.value)
    .order_by(dag_run.c.id.desc())
    .limit(bindparam("limit"))
)
_FAILED = (
    select(*RUN_COLUMNS)
    .where(dag_run.c.state == RunState.FAILED.value, dag_run.c.ended_at >= bindparam("since"))
    .order_by(dag_run.c.ended_at.desc())
    .limit(bindparam("limit"))
)
_FIRST_FAILED = (
    select(*TASK_COLUMNS)
    .where(task_instance.c.run_pk == bindparam("run_pk"), task_instance.c.state == TaskState.FAILED.value)
    .order_by(task_instance.c.ended_at, task_instance.c.task_id, task_instance.c.map_index)
    .limit(1)
)
_TIMES = (
    select(dag_run.c.started_at, dag_run.c.ended_at)
    .where(dag_run.c.dag_id == bindparam("dag_id"), dag_run.c.state == RunState.SUCCESS.value)
    .order_by(dag_run.c.id.desc())
    .limit(_LOOKED_BACK)
)
_COMING = (
    select(dag.c.dag_id, dag.c.next_due)
    .where(dag.c.is_active, ~dag.c.is_paused, dag.c.next_due.is_not(None))
    .order_by(dag.c.next_due, dag.c.dag_id)
    .limit(bindparam("limit"))
)


class ActivityPart(StorePart):
    """See the module."""

    def activity(self, failed_since: datetime, limit: int) -> Activity:
        """What goes on: at most ``limit`` runs of each kind, failed ones from ``failed_since`` on."""

        def body(connection: Connection) -> Activity:
            failed = connection.execute(_FAILED, {"since": failed_since, "limit": limit}).all()
            coming = connection.execute(_COMING, {"limit": limit}).all()
            return Activity(
                active=_active(connection, limit),
                failed=[_failed(connection, row) for row in failed],
                coming=[ComingRun(DagId(dag_id), due_at) for dag_id, due_at in coming],
            )

        return self._db.read(body)


def _active(connection: Connection, limit: int) -> Sequence[ActiveRun]:
    rows = run_rows(connection, connection.execute(_ACTIVE, {"limit": limit}).all())
    usual = {dag_id: _usual_seconds(connection, dag_id) for dag_id in {row.run.dag_id for row in rows}}
    return [ActiveRun(row, usual[row.run.dag_id]) for row in rows]


def _usual_seconds(connection: Connection, dag_id: DagId) -> float | None:
    """The median of the newest runs that succeeded."""
    times = connection.execute(_TIMES, {"dag_id": dag_id}).all()
    taken = [(ended - started).total_seconds() for started, ended in times if started is not None and ended is not None]
    return median(taken) if taken else None


def _failed(connection: Connection, row: AnyRow) -> FailedRun:
    first = connection.execute(_FIRST_FAILED, {"run_pk": row.id}).one_or_none()
    return FailedRun(run_from(row), None if first is None else task_from(first))
