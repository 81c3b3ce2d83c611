"""Bars in time (SVG): a row for each task, what waits dashed and what works filled."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from jupyter_couture.display.html import Html, ending_of, join, svg, tag
from jupyter_couture.display.states import words

MOST_ROWS = 100
"""Rows that are drawn; more are counted."""

_WIDTH, _ROW, _BAR = 720.0, 20.0, 12.0
_RIGHT, _TOP, _BOTTOM = 12.0, 6.0, 22.0
_CHARACTER, _LONGEST = 6.4, 28
_TICKS = 4


@dataclass(frozen=True, slots=True)
class Bar:
    """One attempt: queued, then at work. ``started_at`` None: it is still queued; ``ended_at`` None: until now."""

    row: str
    state: str
    queued_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    note: str = ""


def timeline(bars: Sequence[Bar], now: datetime, *, name: str) -> Html:
    """Rows in the order of their first bars. ``name`` is read to those who do not see it."""
    rows = list(dict.fromkeys(bar.row for bar in bars))
    shown = {row: place for place, row in enumerate(rows[:MOST_ROWS])}
    drawn = [bar for bar in bars if bar.row in shown]
    first = min(bar.queued_at for bar in drawn)
    last = max([first + timedelta(milliseconds=1), *(bar.ended_at or max(now, bar.queued_at) for bar in drawn)])
    left = 12 + _CHARACTER * max(len(ending_of(row, _LONGEST)) for row in shown)
    scale = (_WIDTH - left - _RIGHT) / (last - first).total_seconds()
    height = _TOP + _ROW * len(shown) + _BOTTOM

    def across(at: datetime) -> float:
        return left + scale * (at - first).total_seconds()

    def box(start: datetime, end: datetime, top: float, kind: str | None) -> Html:
        width = f"{max(across(end) - across(start), 1.5):.1f}"
        return tag("rect", class_=kind, x=f"{across(start):.1f}", y=f"{top:.1f}", width=width, height=f"{_BAR:g}")

    parts = []
    for bar in drawn:
        top = _TOP + _ROW * shown[bar.row] + (_ROW - _BAR) / 2
        until = bar.ended_at or max(now, bar.queued_at)
        title = tag("title", f"{bar.row}: {words(bar.state)}{f', {bar.note}' if bar.note else ''}")
        waited = box(bar.queued_at, bar.started_at or until, top, "w")
        worked = box(bar.started_at, until, top, None) if bar.started_at else None
        parts.append(tag("g", title, waited, worked, class_="couture-show-state", data_state=bar.state))
    names = [
        tag("text", ending_of(row, _LONGEST), x=f"{left - 6:.1f}", y=f"{_TOP + _ROW * at + 14:.1f}", text_anchor="end")
        for row, at in shown.items()
    ]
    ticks = [first + (last - first) * step / _TICKS for step in range(_TICKS + 1)]
    rules = [tag("path", class_="r", d=f"M{across(at):.1f} {_TOP:g}V{height - _BOTTOM:g}") for at in ticks]
    places = ("start", *["middle"] * (_TICKS - 1), "end")
    times = [
        tag("text", _clock(at, last - first), x=f"{across(at):.1f}", y=f"{height - 6:g}", text_anchor=place)
        for at, place in zip(ticks, places, strict=True)
    ]
    told = f"{name}: {len(drawn)} attempts in {len(shown)} rows"
    chart = svg(*rules, *names, *parts, *times, size=(_WIDTH, height), name=told)
    rest = len(rows) - len(shown)
    day = tag("p", f"{first.astimezone(UTC):%Y-%m-%d}, UTC{f'; {rest:,} rows more' if rest else ''}")
    return join([tag("div", chart, class_="couture-show-chart"), day])


def _clock(at: datetime, whole: timedelta) -> str:
    text = f"{at.astimezone(UTC):%H:%M:%S.%f}"
    return text[:-3] if whole < timedelta(seconds=10) else text[:8]
