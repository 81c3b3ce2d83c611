"""Lists over everything: runs, task instances, the audit log, commands; filters come as people write them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import TypeVar

from jupyter_couture.model.browsing import (
    AuditFilter,
    CommandFilter,
    FoundTask,
    FoundTasks,
    GivenCommand,
    Page,
    RunFilter,
    TaskFilter,
)
from jupyter_couture.model.dag import TaskSpec
from jupyter_couture.model.errors import InvalidRequest
from jupyter_couture.model.ids import TaskId, VersionHash
from jupyter_couture.model.records import FoundAudit, RunRow
from jupyter_couture.ports.browsing import BrowseStore
from jupyter_couture.services.versions import SpecCache

_E = TypeVar("_E", bound=StrEnum)


class Browsing:
    """Reads lists. Every method may block."""

    def __init__(self, store: BrowseStore, specs: SpecCache) -> None:
        self._store = store
        self._specs = specs

    def runs(self, wanted: RunFilter) -> tuple[Sequence[RunRow], int, bool]:
        """Runs, their number up to ``COUNTED``, and whether there are more than that."""
        return self._store.browse_runs(wanted)

    def tasks(self, wanted: TaskFilter) -> FoundTasks:
        """Task instances, with what the files of their versions say of queue and priority."""
        found = self._store.browse_tasks(wanted)
        versions = {(row.run.dag_id, row.run.version) for row in found.rows}
        said = {(key[1], task.task_id): task for key in versions for task in self._specs.spec(*key).tasks}
        return replace(found, rows=tuple(_with_spec(row, said) for row in found.rows))

    def audit(self, wanted: AuditFilter) -> Page[FoundAudit]:
        """Entries of the audit log."""
        return self._store.list_audit(wanted)

    def commands(self, wanted: CommandFilter) -> Page[GivenCommand]:
        """Commands with what came of them."""
        return self._store.list_commands(wanted)


def _with_spec(row: FoundTask, said: Mapping[tuple[VersionHash, TaskId], TaskSpec]) -> FoundTask:
    spec = said.get((row.run.version, row.task.key.task_id))
    return row if spec is None else replace(row, queue=spec.queue, priority_weight=spec.priority_weight)


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
