"""Lists over everything: runs, task instances, the audit log, commands; filters come as people write them."""

from collections.abc import Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import TypeVar

from jupyter_couture.model.browsing import (
    AuditFilter,
    CommandFilter,
    FoundTasks,
    GivenCommand,
    Page,
    RunFilter,
    TaskFilter,
)
from jupyter_couture.model.errors import InvalidRequest
from jupyter_couture.model.records import AuditEntry, RunRow
from jupyter_couture.ports.browsing import BrowseStore

_E = TypeVar("_E", bound=StrEnum)


class Browsing:
    """Reads lists. Every method is one store call and may block."""

    def __init__(self, store: BrowseStore) -> None:
        self._store = store

    def runs(self, wanted: RunFilter) -> tuple[Sequence[RunRow], int, bool]:
        """Runs, their number up to ``COUNTED``, and whether there are more than that."""
        return self._store.browse_runs(wanted)

    def tasks(self, wanted: TaskFilter) -> FoundTasks:
        """Task instances."""
        return self._store.browse_tasks(wanted)

    def audit(self, wanted: AuditFilter) -> Page[AuditEntry]:
        """Entries of the audit log."""
        return self._store.list_audit(wanted)

    def commands(self, wanted: CommandFilter) -> Page[GivenCommand]:
        """Commands with what came of them."""
        return self._store.list_commands(wanted)


def several(kind: type[_E], text: str, field: str) -> tuple[_E, ...]:
    """The values that ``text`` names, separated by commas; raises ``InvalidRequest`` for an unknown one."""
    found: list[_E] = []
    for word in filter(None, (part.strip() for part in text.split(","))):
        try:
            found.append(kind(word))
        except ValueError:
            known = ", ".join(each.value for each in kind)
            raise InvalidRequest(field=field, message=f"{word!r} is none of {known}") from None
    return tuple(found)


def moment(text: str, field: str) -> datetime | None:
    """A time as ISO 8601, None if empty; one without offset means UTC. Raises ``InvalidRequest``."""
    if not text:
        return None
    try:
        at = datetime.fromisoformat(text.replace(" ", "+"))
        return at.astimezone(UTC) if at.tzinfo is not None else at.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        raise InvalidRequest(field=field, message=f"{text!r} is no time like 2026-01-31T12:00:00+00:00") from None
