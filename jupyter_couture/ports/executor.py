"""Carries attempts out: where they run is the executor's business, whether they run is not."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from jupyter_couture.model.ids import AttemptId
from jupyter_couture.model.intents import StartAttempt


@dataclass(frozen=True, slots=True)
class ExecutorHealth:
    """What the health page shows. ``slots`` is how many attempts may run at once, over all workers."""

    kind: str
    workers: int
    slots: int
    message: str = ""


class Executor(Protocol):
    """Delivery of attempts to supervisors. Results come back through the store, never through here.

    Delivery is at least once and idempotent by attempt id: a supervisor that already runs or ran the attempt joins it.
    """

    async def start(self) -> None:
        """Connect, starting what must be started; returns when attempts can be submitted."""
        ...

    async def submit(self, starts: Sequence[StartAttempt]) -> None:
        """Hand attempts out, highest priority first. Never blocks for their end."""
        ...

    async def cancel(self, attempt_ids: Sequence[AttemptId]) -> None:
        """Ask for the end of attempts, running or not yet started. Their outcome comes through the store."""
        ...

    def slots(self) -> int:
        """How many attempts may be open at once; 0 while no worker is there."""
        ...

    def waiting(self) -> int:
        """How many of the attempts handed out have not been given a slot yet."""
        ...

    def health(self) -> ExecutorHealth:
        """The present condition."""
        ...

    async def close(self, *, keep_running: bool) -> None:
        """Disconnect. With ``keep_running`` running attempts go on and are adopted by the next engine."""
        ...
