"""What people did and ordered, for the lists of the audit log and of commands."""

from collections.abc import Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, bindparam, func, select

from jupyter_couture.model.browsing import COUNTED, AuditFilter, CommandFilter, GivenCommand, Page
from jupyter_couture.model.codec import from_json
from jupyter_couture.model.commands import CommandOutcome
from jupyter_couture.model.records import AuditEntry, FoundAudit
from jupyter_couture.store.part import StorePart
from jupyter_couture.store.tables import audit, dag_run
from jupyter_couture.store.tables_commands import command

_COMMANDS = select(
    command.c.number, command.c.kind, command.c.actor, command.c.at, command.c.done_at, command.c.outcome
)
_DATES = select(dag_run.c.dag_id, dag_run.c.run_id, dag_run.c.logical_date).where(
    dag_run.c.run_id.in_(bindparam("run_ids", expanding=True))
)


class JournalPart(StorePart):
    """See the module."""

    def list_audit(self, wanted: AuditFilter) -> Page[FoundAudit]:
        """Entries of the audit log."""
        matches = [audit.c[name] == value for name in _EXACT if (value := getattr(wanted, name))]
        if wanted.since is not None:
            matches.append(audit.c.at >= wanted.since)
        if wanted.until is not None:
            matches.append(audit.c.at <= wanted.until)
        order = audit.c.id if wanted.is_oldest_first else audit.c.id.desc()
        page = select(audit).where(*matches).order_by(order).limit(wanted.limit).offset(wanted.offset)

        def body(connection: Connection) -> Page[FoundAudit]:
            rows = connection.execute(page).all()
            dates = _logical_dates(connection, rows)
            found = [FoundAudit(row.id, _entry(row), dates.get((row.dag_id, row.run_id))) for row in rows]
            return Page(found, *_counted(connection, select(audit.c.id).where(*matches)))

        return self._db.read(body)

    def list_commands(self, wanted: CommandFilter) -> Page[GivenCommand]:
        """Commands with what came of them."""
        matches: list[ColumnElement[bool]] = []
        if wanted.actor:
            matches.append(command.c.actor == wanted.actor)
        if wanted.kind:
            matches.append(command.c.kind == wanted.kind)
        if wanted.is_done is not None:
            matches.append(command.c.done_at.is_not(None) if wanted.is_done else command.c.done_at.is_(None))
        order = command.c.number if wanted.is_oldest_first else command.c.number.desc()
        page = _COMMANDS.where(*matches).order_by(order).limit(wanted.limit).offset(wanted.offset)

        def body(connection: Connection) -> Page[GivenCommand]:
            rows = [_given(row) for row in connection.execute(page)]
            return Page(rows, *_counted(connection, select(command.c.number).where(*matches)))

        return self._db.read(body)


_EXACT: Sequence[str] = ("event", "actor", "dag_id", "run_id", "task_id")


def _counted(connection: Connection, matching: Select[Any]) -> tuple[int, bool]:
    """How many match, up to ``COUNTED``, and whether there are more."""
    some = matching.limit(COUNTED + 1).subquery()
    number = connection.execute(select(func.count()).select_from(some)).scalar_one()
    return min(number, COUNTED), number > COUNTED


def _logical_dates(connection: Connection, rows: Sequence[Any]) -> dict[tuple[str, str], datetime]:
    """Of the runs that the entries speak of, those that still exist."""
    run_ids = {row.run_id for row in rows if row.run_id is not None}
    if not run_ids:
        return {}
    found = connection.execute(_DATES, {"run_ids": sorted(run_ids)})
    return {(dag_id, run_id): at for dag_id, run_id, at in found}


def _entry(row: Any) -> AuditEntry:
    return AuditEntry(
        at=row.at,
        actor=row.actor,
        event=row.event,
        source_ip=row.source_ip,
        dag_id=row.dag_id,
        run_id=row.run_id,
        task_id=row.task_id,
        extra=MappingProxyType(row.extra),
    )


def _given(row: Any) -> GivenCommand:
    outcome = None if row.outcome is None else from_json(CommandOutcome, row.outcome)
    return GivenCommand(row.number, row.kind, row.actor, row.at, row.done_at, outcome)
