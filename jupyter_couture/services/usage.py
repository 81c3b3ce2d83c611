"""What attempts use, while they run and afterwards."""

from dataclasses import dataclass

from jupyter_couture.model.ids import RunKey, TaskKey
from jupyter_couture.model.states import OPEN_ATTEMPT_STATES
from jupyter_couture.model.usage import Usage
from jupyter_couture.ports.usage import UsageReader
from jupyter_couture.services.runs import Runs


@dataclass(frozen=True, slots=True)
class FoundUsage:
    """What was recorded of a try. ``is_complete``: it has ended, and nothing will be added."""

    usage: Usage
    is_complete: bool


class Usages:
    """Reads usage by try. ``try_number`` may be of a try that was not made yet: nothing was recorded of it."""

    def __init__(self, reader: UsageReader, runs: Runs) -> None:
        self._reader = reader
        self._runs = runs

    def read(self, run: RunKey, task: TaskKey, try_number: int) -> FoundUsage:
        """Raises ``NotFound`` if there is no such task instance."""
        # The state comes first: whatever was written of an ended attempt is then in the file that is read next.
        attempt = self._runs.attempt(run, task, try_number)
        has_ended = attempt is not None and attempt.state not in OPEN_ATTEMPT_STATES
        return FoundUsage(self.recorded(run, task, try_number), has_ended)

    def recorded(self, run: RunKey, task: TaskKey, try_number: int) -> Usage:
        """What there is of it now, whether or not the task instance is known."""
        return self._reader.read(run, task, try_number)
