"""Slots of pools over time."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from jupyter_couture.charts.drawing import Drawing, columns_of, micros, millis
from jupyter_couture.charts.history import HUES
from jupyter_couture.model.charts import SlotSpans
from jupyter_couture.model.pools import Pool

STEPS = 120
"""Into how many equal parts the window is divided."""

MOST_POOLS = HUES

_HEIGHT = 260
_LINES = ("xs", "ys", "hue", "pool")
_POINTS = ("x", "y", "hue", "pool", "title", "value", "note")


@dataclass(frozen=True, slots=True)
class PoolSeries:
    """A pool: the most slots that were ``used`` (and ``wanted`` beyond that) at once within each step.

    ``slots`` is its size now; None: there is no limit.
    """

    pool: str
    slots: int | None
    used: tuple[int, ...]
    wanted: tuple[int, ...]

    @property
    def peak(self) -> int:
        """The most slots that were used or wanted at once."""
        return max((*self.used, *self.wanted))


@dataclass(frozen=True, slots=True)
class PoolUsage:
    """Pools over the window from ``since`` to ``now``, the busiest first; pools that were idle come last.

    ``is_cut``: there were more attempts than could be looked at, so ``since`` is later than was asked for.
    """

    since: datetime
    now: datetime
    pools: tuple[PoolSeries, ...]
    is_cut: bool = False

    @property
    def step(self) -> timedelta:
        """How long a step is."""
        return (self.now - self.since) / STEPS


def usage_of(
    spans: Iterable[SlotSpans], pools: Sequence[Pool], since: datetime, now: datetime, *, is_cut: bool = False
) -> PoolUsage:
    """The series of all pools, those that were removed since among them."""
    slots = {pool.name: None if pool.is_unlimited else pool.slots for pool in pools}
    of_pool: dict[str, list[SlotSpans]] = {name: [] for name in slots}
    for each in spans:
        of_pool.setdefault(each.pool, []).append(each)
    window = _Window(micros(since), micros(now))
    found = []
    for name, own in of_pool.items():
        used, wanted = _Level(window), _Level(window)
        for each in own:
            used.add(each.slots, each.started, each.ended)
            left = [end if start is None else start for start, end in zip(each.started, each.ended, strict=True)]
            wanted.add(each.slots, each.dispatched, left)
        found.append(PoolSeries(name, slots.get(name), used.peaks(), wanted.peaks()))
    found.sort(key=lambda each: (-each.peak, each.pool))
    return PoolUsage(since, now, tuple(found), is_cut)


def draw_usage(usage: PoolUsage) -> Drawing:
    """A stepped line of the slots in use for each of the busiest pools."""
    start, step = millis(usage.since), millis(usage.now) - millis(usage.since)
    edges = [start + step * place / STEPS for place in range(STEPS + 1)]
    lines: list[Mapping[str, Any]] = []
    points: list[Mapping[str, Any]] = []
    for place, each in enumerate(usage.pools[:MOST_POOLS]):
        named = {"hue": 1 + place % HUES, "pool": each.pool}
        xs = [edge for at in range(STEPS) for edge in (edges[at], edges[at + 1])]
        lines.append({"xs": xs, "ys": [value for value in each.used for _ in (0, 1)], **named})
        of = "no limit" if each.slots is None else f"of {each.slots}"
        for at in range(STEPS):
            at_time = usage.since + usage.step * (at + 0.5)
            value = f"{each.used[at]} slots in use, {of}; {each.wanted[at]} in the queue"
            texts = {"title": each.pool, "value": value, "note": f"about {at_time:%Y-%m-%d %H:%M} UTC"}
            points.append({"x": (edges[at] + edges[at + 1]) / 2, "y": each.used[at], **named, **texts})
    top = max([1, *(value for each in usage.pools for value in each.used)])
    return Drawing(
        models={
            "x": {"start": edges[0], "end": edges[-1]},
            "y": {"start": 0, "end": top * 1.08},
            "lines": {"data": columns_of(_LINES, lines)},
            "points": {"data": columns_of(_POINTS, points)},
        },
        height=_HEIGHT,
        is_empty=not any(each.peak for each in usage.pools),
    )


class _Window(NamedTuple):
    """Times are microseconds since 1970."""

    since: int
    now: int


class _Level:
    """A sum of slots over a window: what it is at its start, and by how much it changes at which times."""

    def __init__(self, window: _Window) -> None:
        self._window = window
        self._first = 0
        self._changes: dict[int, int] = {}

    def add(self, slots: int, starts: Iterable[int | None], ends: Iterable[int | None]) -> None:
        """Add ``slots`` from each start to the end beside it; None: never."""
        since, now = self._window
        changes = self._changes
        for start, end in zip(starts, ends, strict=True):
            if start is None or start >= now or (end is not None and (end <= since or end <= start)):
                continue
            if start <= since:
                self._first += slots
            else:
                changes[start] = changes.get(start, 0) + slots
            if end is not None and end < now:
                changes[end] = changes.get(end, 0) - slots

    def peaks(self) -> tuple[int, ...]:
        """The largest sum at any moment of each step. What ends at a moment has let go when something starts at it."""
        since, now = self._window
        length = (now - since) / STEPS
        level = self._first
        changes = sorted(self._changes.items())
        found: list[int] = []
        place = 0
        for step in range(STEPS):
            began, until = since + length * step, since + length * (step + 1)
            while place < len(changes) and changes[place][0] <= began:
                level += changes[place][1]
                place += 1
            peak = level
            while place < len(changes) and changes[place][0] < until:
                level += changes[place][1]
                place += 1
                peak = max(peak, level)
            found.append(peak)
        return tuple(found)
