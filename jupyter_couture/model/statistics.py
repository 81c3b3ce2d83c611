"""What the newest runs of a DAG were like: how often they succeed, how long they take, when one will be done."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from jupyter_couture.model.ids import RunId, VersionHash
from jupyter_couture.model.states import RunState

LOOKED_AT = 100
"""How many ended runs are looked at, the newest first."""

LATELY = 25
"""How many of them count as lately."""


@dataclass(frozen=True, slots=True)
class Span:
    """A run that has begun: how it stands, when it began and when it ended."""

    run_id: RunId
    state: RunState
    started_at: datetime | None
    ended_at: datetime | None

    @property
    def seconds(self) -> float | None:
        """How long it took; None if it never began or goes on."""
        if self.started_at is None or self.ended_at is None:
            return None
        return (self.ended_at - self.started_at).total_seconds()


@dataclass(frozen=True, slots=True)
class RunHistory:
    """Runs of a DAG: how many in each state, the newest that ended, those that go on, the last success."""

    counts: Mapping[str, int]
    ended: Sequence[Span]  # newest first, at most ``LOOKED_AT``
    running: Sequence[Span]  # newest first
    last_success: Span | None


@dataclass(frozen=True, slots=True)
class VersionUse:
    """A version of a DAG and its runs among the newest; the oldest and the newest of them."""

    version: VersionHash
    first_seen_at: datetime
    run_count: int
    first_run_id: RunId | None = None
    last_run_id: RunId | None = None


def success_rate(ended: Sequence[Span]) -> float | None:
    """The part of the runs that succeeded, 0 to 1; None if there are none."""
    return sum(span.state is RunState.SUCCESS for span in ended) / len(ended) if ended else None


def durations(ended: Sequence[Span]) -> list[float]:
    """Seconds that the successful ones took, shortest first: failures end early and say little."""
    return sorted(span.seconds for span in ended if span.state is RunState.SUCCESS and span.seconds is not None)


def quantile(ordered: Sequence[float], part: float) -> float | None:
    """The value below which ``part`` of the values lie, between two of them if need be; None if there are none."""
    if not ordered:
        return None
    place = part * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def expected_end(running: Span, median_seconds: float | None) -> datetime | None:
    """When a run that goes on will be done if it takes as long as most; None if nothing can be said."""
    if running.started_at is None or median_seconds is None:
        return None
    return running.started_at + timedelta(seconds=median_seconds)
