"""Reading what attempts used, also while they run."""

from typing import Protocol

from jupyter_couture.model.ids import RunKey, TaskKey
from jupyter_couture.model.usage import Usage


class UsageReader(Protocol):
    """What was recorded of tries."""

    def read(self, run: RunKey, task: TaskKey, try_number: int) -> Usage:
        """All of it; nothing if nothing was recorded."""
        ...
