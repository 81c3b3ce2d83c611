"""Commands waiting for the leader and their outcomes; the runs an action may reach; forgetting runs."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import get_args

from sqlalchemy import Connection, and_, bindparam, delete, func, insert, or_, select, update

from jupyter_couture.model.codec import from_document, from_json, to_document, to_json
from jupyter_couture.model.commands import Command, CommandOutcome, StoredCommand
from jupyter_couture.model.errors import InvalidRequest, NotFound
from jupyter_couture.model.ids import DagId, RunId, RunKey, TaskId, TaskKey
from jupyter_couture.model.run import DagRun, TaskRef
from jupyter_couture.store.columns import DatabaseNow, UtcDateTime
from jupyter_couture.store.live import with_tasks
from jupyter_couture.store.part import StorePart
from jupyter_couture.store.rows import RUN_COLUMNS, open_key
from jupyter_couture.store.tables import dag_claim, dag_file, dag_run, metadata, task_instance
from jupyter_couture.store.tables_alerts import sla_miss
from jupyter_couture.store.tables_commands import command
from jupyter_couture.store.tables_origins import backfill, backfill_slot

_KINDS: Mapping[str, type] = {kind.__name__: kind for kind in get_args(Command)}

_ADD = insert(command)
_PENDING = (
    select(command.c.number, command.c.document, command.c.actor, command.c.at)
    .where(command.c.done_at.is_(None), command.c.number.not_in(bindparam("known", expanding=True)))
    .order_by(command.c.number)
    .limit(bindparam("count"))
)
_OLD = select(command.c.number).where(command.c.done_at < bindparam("before", type_=UtcDateTime)).limit(500)
_OUTCOME = select(command.c.outcome).where(command.c.number == bindparam("of_number"))
_CLOSE = (
    update(command)
    .where(command.c.number == bindparam("of_number"), command.c.done_at.is_(None))
    .values(done_at=DatabaseNow(), outcome=bindparam("outcome"))
)
_CHILDREN = select(dag_run.c.dag_id, dag_run.c.run_id).where(
    dag_run.c.parent_key.in_(bindparam("parents", expanding=True))
)
_RUN_NUMBER = select(dag_run.c.id).where(
    dag_run.c.dag_id == bindparam("of_dag"), dag_run.c.run_id == bindparam("of_run")
)


def close_commands(connection: Connection, outcomes: Sequence[CommandOutcome]) -> None:
    """Write down that commands were carried out."""
    if outcomes:
        connection.execute(_CLOSE, [{"of_number": each.number, "outcome": to_json(each)} for each in outcomes])


def delete_runs(connection: Connection, keys: Iterable[RunKey]) -> None:
    """Forget runs with all that belongs to them; those that are gone already are passed over."""
    for key in sorted(keys):
        number = connection.execute(_RUN_NUMBER, {"of_dag": key.dag_id, "of_run": key.run_id}).scalar()
        if number is None:
            continue
        for table in reversed(metadata.sorted_tables):
            if "run_pk" in table.c:
                connection.execute(delete(table).where(table.c.run_pk == number))
        is_of_run = and_(sla_miss.c.dag_id == key.dag_id, sla_miss.c.run_id == key.run_id)
        connection.execute(delete(sla_miss).where(is_of_run))
        connection.execute(delete(dag_run).where(dag_run.c.id == number))


def delete_dags(connection: Connection, dag_ids: Sequence[DagId]) -> None:
    """Forget DAGs with all their runs and versions. Their files are read again as if they were new."""
    for dag_id in dag_ids:
        claimants = select(dag_claim.c.file).where(dag_claim.c.dag_id == dag_id)
        connection.execute(update(dag_file).where(dag_file.c.file.in_(claimants)).values(content_hash=""))
        runs = select(dag_run.c.id).where(dag_run.c.dag_id == dag_id)
        backfills = select(backfill.c.id).where(backfill.c.dag_id == dag_id)
        connection.execute(delete(backfill_slot).where(backfill_slot.c.backfill_id.in_(backfills)))
        for table in reversed(metadata.sorted_tables):
            if "run_pk" in table.c:
                connection.execute(delete(table).where(table.c.run_pk.in_(runs)))
            elif "dag_id" in table.c and table.name not in _REMEMBER:
                connection.execute(delete(table).where(table.c.dag_id == dag_id))


_REMEMBER = frozenset({"audit", "feed", "mail"})
"""Tables that speak of DAGs and outlive them."""


class OrderPart(StorePart):
    """Commands, and what is asked before one is given."""

    def add_command(self, wanted: Command, actor: str, at: datetime) -> int:
        """Store a command for the leader; its number."""
        row = {"kind": type(wanted).__name__, "document": to_document(wanted), "actor": actor, "at": at}

        def body(connection: Connection) -> int:
            made = connection.execute(_ADD, row).inserted_primary_key
            assert made is not None
            return int(made[0])

        return self._db.write(body)

    def commands(self, limit: int, known: Collection[int] = ()) -> Sequence[StoredCommand]:
        """Commands waiting to be carried out, oldest first, but for those of the ``known`` numbers."""

        def body(connection: Connection) -> list[StoredCommand]:
            rows = connection.execute(_PENDING, {"count": limit, "known": sorted(known)})
            return [
                StoredCommand(number, from_document(_KINDS[str(document["type"])], document), actor, at)
                for number, document, actor, at in rows
            ]

        return self._db.read(body)

    def command_outcome(self, number: int) -> CommandOutcome | None:
        """What came of a command; None while it waits. Raises ``NotFound``."""

        def body(connection: Connection) -> CommandOutcome | None:
            row = connection.execute(_OUTCOME, {"of_number": number}).one_or_none()
            if row is None:
                raise NotFound(what="command", id=str(number))
            return None if row.outcome is None else from_json(CommandOutcome, row.outcome)

        return self._db.read(body)

    def trim_commands(self, keep_seconds: float) -> int:
        """Forget commands that were carried out longer ago than that; how many went. Those that wait stay."""

        def body(connection: Connection) -> int:
            before = connection.execute(select(DatabaseNow())).scalar_one() - timedelta(seconds=keep_seconds)
            old = connection.execute(_OLD, {"before": before}).scalars().all()
            return connection.execute(delete(command).where(command.c.number.in_(old))).rowcount if old else 0

        total = 0
        while gone := self._db.write(body):
            total += gone
        return total

    def runs_in_reach(self, key: RunKey, *, past: bool, future: bool, most: int) -> Sequence[DagRun]:
        """The run and, if asked for, those of its DAG with an earlier or later logical date, with their task instances.

        Raises ``NotFound``, or ``InvalidRequest`` if they have more than ``most`` task instances together.
        """

        def body(connection: Connection) -> Sequence[DagRun]:
            own = connection.execute(
                select(*RUN_COLUMNS).where(dag_run.c.dag_id == key.dag_id, dag_run.c.run_id == key.run_id)
            ).one_or_none()
            if own is None:
                raise NotFound(what="DAG run", id=f"{key.dag_id}/{key.run_id}")
            wanted = [dag_run.c.id == own.id]
            if past:
                wanted.append(dag_run.c.logical_date < own.logical_date)
            if future:
                wanted.append(dag_run.c.logical_date > own.logical_date)
            chosen = select(*RUN_COLUMNS).where(dag_run.c.dag_id == key.dag_id, or_(*wanted))
            numbers = chosen.with_only_columns(dag_run.c.id)
            size = connection.execute(
                select(func.count()).select_from(task_instance).where(task_instance.c.run_pk.in_(numbers))
            ).scalar_one()
            if size > most:
                message = f"the runs in reach have {size} task instances; at most {most} can be changed at once"
                raise InvalidRequest(field="$", message=message)
            rows = connection.execute(chosen.order_by(dag_run.c.logical_date, dag_run.c.id)).all()
            return with_tasks(connection, rows)

        return self._db.read(body)

    def children_of(self, parents: Sequence[TaskRef]) -> Sequence[RunKey]:
        """The runs that these task instances triggered."""
        keys = [
            open_key(RunKey(ref.dag_id, ref.run_id), TaskKey(TaskId(ref.task_id), ref.map_index)) for ref in parents
        ]

        def body(connection: Connection) -> list[RunKey]:
            found: list[RunKey] = []
            for start in range(0, len(keys), 500):
                rows = connection.execute(_CHILDREN, {"parents": keys[start : start + 500]})
                found.extend(RunKey(DagId(dag_id), RunId(run_id)) for dag_id, run_id in rows)
            return sorted(found)

        return self._db.read(body)
