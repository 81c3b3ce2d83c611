"""What people ask for: a run, the end of one, a DAG on or off; and the audit log of their asking."""

from sqlalchemy import Connection, bindparam, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from jupyter_couture.decisions.news import run_news
from jupyter_couture.model.errors import Conflict, InvalidRequest, NotFound
from jupyter_couture.model.ids import MAX_ID_LENGTH, DagId, RunKey, VersionHash
from jupyter_couture.model.records import AuditEntry, NewRun
from jupyter_couture.model.run import DagRun
from jupyter_couture.model.states import TERMINAL_RUN_STATES, RunState
from jupyter_couture.store import feed
from jupyter_couture.store.live import IS_LIVE, find_run
from jupyter_couture.store.part import StorePart
from jupyter_couture.store.rows import RUN_COLUMNS, run_from, run_values
from jupyter_couture.store.tables import audit, dag, dag_run

_HOLD_DAG = (
    select(dag.c.version, dag.c.is_active).where(dag.c.dag_id == bindparam("dag_id")).with_for_update(key_share=True)
)
_BY_IDEMPOTENCY_KEY = select(*RUN_COLUMNS).where(
    dag_run.c.dag_id == bindparam("dag_id"), dag_run.c.idempotency_key == bindparam("idempotency_key")
)
_RIVAL = select(dag_run.c.run_id).where(
    dag_run.c.dag_id == bindparam("dag_id"),
    or_(dag_run.c.run_id == bindparam("run_id"), dag_run.c.logical_date == bindparam("logical_date")),
)
_INSERT_RUN = insert(dag_run)
_SET_PAUSED = (
    update(dag)
    .where(dag.c.dag_id == bindparam("of_dag"), dag.c.is_paused != bindparam("is_paused"))
    .values(is_paused=bindparam("is_paused"))
)
_REQUEST_CANCEL = (
    update(dag_run)
    .where(dag_run.c.dag_id == bindparam("of_dag"), dag_run.c.run_id == bindparam("of_run"), IS_LIVE)
    .values(is_cancel_requested=True)
)
_ADD_AUDIT = insert(audit)


class RequestPart(StorePart):
    """Changes that people ask for."""

    def create_run(self, wish: NewRun) -> tuple[DagRun, bool]:
        """Insert a queued run of the DAG's present version; the run, and whether it is new.

        A seen idempotency key gives the run it made. Raises ``NotFound`` (DAG), ``Conflict`` (run id or logical date).
        """
        if len(wish.idempotency_key or "") > MAX_ID_LENGTH:
            raise InvalidRequest(
                field="idempotency_key", message=f"idempotency_key may have at most {MAX_ID_LENGTH} characters"
            )

        def body(connection: Connection) -> tuple[DagRun, bool]:
            known = connection.execute(_HOLD_DAG, {"dag_id": wish.dag_id}).one_or_none()
            if known is None or not known.is_active:
                raise NotFound(what="DAG", id=wish.dag_id)
            if wish.idempotency_key is not None:
                values = {"dag_id": wish.dag_id, "idempotency_key": wish.idempotency_key}
                made = connection.execute(_BY_IDEMPOTENCY_KEY, values).one_or_none()
                if made is not None:
                    return run_from(made), False
            rival = connection.execute(
                _RIVAL, {"dag_id": wish.dag_id, "run_id": wish.run_id, "logical_date": wish.logical_date}
            ).scalar()
            if rival is not None:
                raise _taken(wish, rival)
            run = _queued(wish, known.version)
            try:
                connection.execute(_INSERT_RUN, run_values(run, wish.idempotency_key))
            except IntegrityError as error:  # the leader was first, in this very moment
                raise _taken(wish, wish.run_id) from error
            feed.append(connection, [run_news(run)])
            return run, True

        return self._db.write(body)

    def set_paused(self, dag_id: DagId, is_paused: bool) -> None:
        """Turn a DAG off or on; raises ``NotFound``."""

        def body(connection: Connection) -> None:
            known = connection.execute(_HOLD_DAG, {"dag_id": dag_id}).one_or_none()
            if known is None:
                raise NotFound(what="DAG", id=dag_id)
            if connection.execute(_SET_PAUSED, {"of_dag": dag_id, "is_paused": is_paused}).rowcount:
                feed.append(connection, [feed.dag_entry(dag_id, known.version, is_paused)])

        self._db.write(body)

    def request_cancel(self, key: RunKey) -> DagRun:
        """Ask for the end of a run; raises ``NotFound``, or ``Conflict`` if it has ended."""

        def body(connection: Connection) -> DagRun:
            connection.execute(_REQUEST_CANCEL, {"of_dag": key.dag_id, "of_run": key.run_id})
            run = run_from(find_run(connection, key))
            if run.state in TERMINAL_RUN_STATES:
                message = f"DAG run {run.run_id!r} has ended already: it is in state {run.state.value}"
                raise Conflict(what="DAG run", id=f"{key.dag_id}/{key.run_id}", message=message)
            feed.append(connection, [run_news(run)])
            return run

        return self._db.write(body)

    def add_audit(self, entry: AuditEntry) -> None:
        """Append to the audit log."""
        row = {
            "at": entry.at,
            "actor": entry.actor,
            "event": entry.event,
            "source_ip": entry.source_ip,
            "dag_id": entry.dag_id,
            "run_id": entry.run_id,
            "task_id": entry.task_id,
            "extra": entry.extra,
        }
        self._db.write(lambda connection: connection.execute(_ADD_AUDIT, row))


def _queued(wish: NewRun, version: VersionHash) -> DagRun:
    return DagRun(
        dag_id=wish.dag_id,
        run_id=wish.run_id,
        run_type=wish.run_type,
        version=version,
        state=RunState.QUEUED,
        logical_date=wish.logical_date,
        data_interval_start=wish.data_interval_start,
        data_interval_end=wish.data_interval_end,
        queued_at=wish.at,
        conf=wish.conf,
        parent=wish.parent,
    )


def _taken(wish: NewRun, rival: str) -> Conflict:
    what = "that run id" if rival == wish.run_id else f"the logical date {wish.logical_date.isoformat()}"
    message = f"DAG {wish.dag_id!r} has a run with {what} already: {rival!r}"
    return Conflict(what="DAG run", id=f"{wish.dag_id}/{wish.run_id}", message=message)
