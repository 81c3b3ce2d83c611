"""What lists over everything need of the store: runs, task instances, the audit log, commands."""

from collections.abc import Sequence
from typing import Protocol

from jupyter_couture.model.browsing import (
    AuditFilter,
    CommandFilter,
    FoundTasks,
    GivenCommand,
    Page,
    RunFilter,
    TaskFilter,
)
from jupyter_couture.model.records import FoundAudit, RunRow


class BrowseStore(Protocol):
    """See the module."""

    def browse_runs(self, wanted: RunFilter) -> tuple[Sequence[RunRow], int, bool]:
        """Runs, their number up to ``COUNTED``, and whether there are more than that."""
        ...

    def browse_tasks(self, wanted: TaskFilter) -> FoundTasks:
        """Task instances of all runs."""
        ...

    def list_audit(self, wanted: AuditFilter) -> Page[FoundAudit]:
        """Entries of the audit log."""
        ...

    def list_commands(self, wanted: CommandFilter) -> Page[GivenCommand]:
        """Commands with what came of them."""
        ...
