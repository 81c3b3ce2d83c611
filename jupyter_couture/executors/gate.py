"""The supervisor's gate: no more attempts are under way than there are slots, the others are held by priority.

Held attempts are neither claimed nor on disk: whoever asked for them may have them back, and asks again after a crash.
"""

import heapq
import itertools
from collections.abc import Collection

from jupyter_couture.executors.jobs import Job, Phase

_UNDER_WAY = frozenset((Phase.CLAIMING, Phase.WAITING, Phase.SENT, Phase.RUNNING, Phase.ENDING))


class Gate:
    """See the module. ``slots`` is what clients last said; None lets all pass."""

    def __init__(self) -> None:
        self.slots: int | None = None
        self._held: list[tuple[int, int, Job]] = []
        self._numbers = itertools.count()

    @property
    def is_crowded(self) -> bool:
        """Whether somebody is held."""
        return bool(self._held)

    def hold(self, job: Job) -> None:
        """Let it wait for its turn."""
        heapq.heappush(self._held, (-job.start.priority, next(self._numbers), job))

    def next(self, jobs: Collection[Job]) -> Job | None:
        """The one of the held that may go on now, if there is one; ``jobs`` are all there are."""
        if not self._held:
            return None
        if self.slots is not None and sum(1 for job in jobs if job.phase in _UNDER_WAY) >= self.slots:
            return None
        return heapq.heappop(self._held)[2]

    def forget(self, jobs: Collection[Job]) -> None:
        """They are held no more: stopped or taken back."""
        self._held = [entry for entry in self._held if entry[2] not in jobs]
        heapq.heapify(self._held)
