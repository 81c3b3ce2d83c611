"""What the lists of all runs and task instances need of the store."""

from collections.abc import Sequence
from typing import Protocol

from jupyter_couture.model.browsing import FoundTasks, RunFilter, TaskFilter
from jupyter_couture.model.records import RunRow


class BrowseStore(Protocol):
    """See the module."""

    def browse_runs(self, wanted: RunFilter) -> tuple[Sequence[RunRow], int, bool]:
        """Runs, their number up to ``COUNTED``, and whether there are more than that."""
        ...

    def browse_tasks(self, wanted: TaskFilter) -> FoundTasks:
        """Task instances of all runs."""
        ...
