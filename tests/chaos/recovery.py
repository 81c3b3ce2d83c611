"""How long a run stands still after a kill: from the signal until user code starts that the victim had no hand in.

At the moment of its death at most ``slots`` deliveries are out; those whose user code runs are known. The others, say
``f`` of them, may still be on their way and start although nothing has recovered. So it is start number ``f + 1`` after
the death that shows that the run goes on. This can only make a recovery look longer than it was.
"""

import statistics
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from jupyter_couture.model.run import Attempt
from jupyter_couture.model.states import AttemptState


@dataclass(frozen=True, slots=True)
class Hit:
    """A kill. Times in seconds since the epoch: when the signal was sent, when nothing of ``victim`` was left.

    ``is_left_alone``: the next hit waits for the recovery of this one. Only such hits are measured, for a hit that the
    next one interrupts says nothing, and to leave out just the slow recoveries would flatter.
    """

    victim: str
    at: float
    dead_at: float
    is_left_alone: bool


def starts_of_user_code(effects: Path) -> dict[str, float]:
    """When the user code of each attempt started, from lines ``start <task> <attempt> <time>``."""
    words = (line.split() for line in effects.read_text().splitlines())
    return {found[2]: float(found[3]) for found in words if len(found) == 4 and found[0] == "start"}


@dataclass(frozen=True, slots=True)
class Aftermath:
    """All runs of a campaign, as they were in the end. ``slots``: attempts that run at once."""

    attempts: Sequence[Attempt]
    starts: Mapping[str, float]
    slots: int

    def seconds_to_go_on(self, hit: Hit) -> float | None:
        """From the signal to the first start that needed a recovery; None if there was no such start."""
        busy = sum(self._holds_slot(attempt, hit.dead_at) for attempt in self.attempts)
        later = sorted(start for start in self.starts.values() if start > hit.dead_at)
        on_their_way = max(0, self.slots - busy)
        return later[on_their_way] - hit.at if len(later) > on_their_way else None

    def _holds_slot(self, attempt: Attempt, moment: float) -> bool:
        start = self.starts.get(attempt.attempt_id)
        return start is not None and start <= moment < _seconds(attempt.ended_at)

    def losses(self, hits: Sequence[Hit]) -> Iterator[tuple[float, float | None]]:
        """For each attempt that was lost: seconds until that was known, and until its user code started again.

        They count from the first hit after its start, so they are upper bounds: a later one may have been the cause.
        """
        by_try = {(attempt.run_key, attempt.task_key, attempt.try_number): attempt for attempt in self.attempts}
        for attempt in self.attempts:
            start = self.starts.get(attempt.attempt_id, _seconds(attempt.started_at))
            cause = next((hit.at for hit in hits if hit.at >= start), None)
            if attempt.state is not AttemptState.LOST or cause is None:
                continue
            retry = by_try.get((attempt.run_key, attempt.task_key, attempt.try_number + 1))
            again = self.starts.get(retry.attempt_id) if retry is not None else None
            yield _seconds(attempt.ended_at) - cause, None if again is None else again - cause


def summary(seconds: Sequence[float]) -> dict[str, float]:
    """Median and maximum, for a report."""
    return {
        "n": len(seconds),
        **({"median": _round(statistics.median(seconds)), "max": _round(max(seconds))} if seconds else {}),
    }


def _seconds(moment: datetime | None) -> float:
    return moment.timestamp() if moment is not None else float("inf")


def _round(seconds: float) -> float:
    return round(seconds, 2)
