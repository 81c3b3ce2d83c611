"""How often a running attempt is measured, and how few of the measurements are kept."""

from collections.abc import Sequence

from jupyter_couture.model.usage import UsageSample

FIRST_SECONDS = 1.0
"""Attempts that end sooner are never measured."""
LONGEST_SECONDS = 30.0
MOST_SAMPLES = 300

_PART_OF_AGE = 1 / 60
_COST = 50


def seconds_to_next(age_seconds: float) -> float:
    """How long an attempt of this age is left alone: a second in its first minute, half a minute after half an hour."""
    return min(LONGEST_SECONDS, max(FIRST_SECONDS, age_seconds * _PART_OF_AGE))


def pause_seconds(cost_seconds: float, least_seconds: float) -> float:
    """How long to rest after measurements that took ``cost_seconds``: all of them take at most 2 % of a core."""
    return max(least_seconds, cost_seconds * _COST)


def thinned(samples: Sequence[UsageSample], most: int = MOST_SAMPLES) -> list[UsageSample]:
    """At most ``most`` samples; if there are more, at most half as many, so that there is room for new ones.

    Neighbours within spans of 2, 4, 8 ... seconds become one, which stands at the end of them and has the most memory
    and processes that any had: a peak stays.
    """
    kept = list(samples)
    span = 1
    while len(kept) > (most if span == 1 else most // 2):
        span *= 2
        groups: dict[int, UsageSample] = {}
        for sample in kept:
            place = int(sample.seconds // span)
            found = groups.get(place)
            groups[place] = sample if found is None else _merged(found, sample)
        kept = list(groups.values())
    return kept


def _merged(earlier: UsageSample, later: UsageSample) -> UsageSample:
    return UsageSample(
        seconds=later.seconds,
        cpu_seconds=later.cpu_seconds,
        memory_bytes=max(earlier.memory_bytes, later.memory_bytes),
        processes=max(earlier.processes, later.processes),
    )
