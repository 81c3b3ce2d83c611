"""How many attempts are handed out before a slot is free for them.

Between the end of one attempt and the start of the next in its slot lie a commit, some messages and another commit.
While attempts end in quick succession, that is most of their time. So as many are handed out in advance as have ended a
moment ago, to wait at the supervisor, which lets no more run at once than there are slots. Where attempts take long,
nothing is handed out in advance, and the next slot is for the one with the highest priority at that moment.
"""

from collections import deque
from collections.abc import Sequence
from typing import TypeVar

MOMENT_SECONDS = 0.2
MOST_TIMES = 4
"""No more are handed out in advance than so many times the slots."""


PATIENCE_SECONDS = 0.25
"""What was handed out in advance comes back after so long unless it has ended: it may not be next any more, and one
that takes its time must not keep the ends of the others in its parcel from whoever counts slots."""

PARCEL = 8
"""Attempts that are handed out in advance share a delivery; no more than so many."""

_T = TypeVar("_T")


def parcels(items: Sequence[_T], alone: int) -> list[Sequence[_T]]:
    """Deliveries of ``items``, in their order: one each for the first ``alone``, the others in parcels."""
    together = range(alone, len(items), PARCEL)
    return [*([item] for item in items[:alone]), *(items[at : at + PARCEL] for at in together)]


class Pace:
    """Counts the ends of the last moment; times are monotonic seconds."""

    def __init__(self) -> None:
        self._ends: deque[float] = deque(maxlen=1000)

    def ended(self, now: float) -> None:
        """An attempt has ended."""
        self._ends.append(now)

    def ahead(self, slots: int, now: float) -> int:
        """How many may be handed out beyond the slots."""
        while self._ends and self._ends[0] < now - MOMENT_SECONDS:
            self._ends.popleft()
        return min(len(self._ends), slots * MOST_TIMES)
