"""What a figure is made of, in plain values, and words for its hover texts.

A drawing names the models of a figure that change while it is shown, with the properties they have now. The figure is
built with them, and a page that shows it already gets them alone: ranges, ticks and columns change, the figure stays.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, tzinfo
from typing import Any, TypeAlias

Columns: TypeAlias = dict[str, list[Any]]

_MINUTE, _HOUR, _DAY = 60, 3600, 86_400


@dataclass(frozen=True, slots=True)
class Drawing:
    """``models`` are properties by model name; ``height`` is in pixels; ``is_empty``: there is nothing to see yet."""

    models: Mapping[str, Mapping[str, Any]]
    height: int
    is_empty: bool


def columns_of(names: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> Columns:
    """Rows as the columns of a data source."""
    found: Columns = {name: [] for name in names}
    for row in rows:
        for name, values in found.items():
            values.append(row[name])
    return found


def bare(drawing: Drawing) -> Drawing:
    """The same figure with nothing in it: no rows, no ticks. Ranges and words of its axes stay."""
    models = {name: {each: _emptied(value) for each, value in said.items()} for name, said in drawing.models.items()}
    return replace(drawing, models=models, is_empty=True)


def _emptied(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: [] for name in value}
    return [] if isinstance(value, Sequence) and not isinstance(value, str) else value


def millis(at: datetime) -> float:
    """Milliseconds since 1970 in UTC, as axes of time count; exact to the microsecond."""
    return micros(at) / 1000


def micros(at: datetime) -> int:
    """Microseconds since 1970 in UTC."""
    return round(at.timestamp() * 1_000_000)


def ticks(labels: Mapping[float, str]) -> dict[str, Any]:
    """An axis whose ticks are exactly these."""
    return {"ticks": list(labels), "labels": [labels[place] for place in labels]}


def duration(seconds: float) -> str:
    """``0.42 s``, ``12.3 s``, ``4 min 05 s``, ``2 h 05 min``, with a minus before what is negative."""
    sign, size = "-" if seconds < 0 else "", abs(seconds)
    if size < _MINUTE:
        return f"{sign}{size:.2f} s" if size < 10 else f"{sign}{size:.1f} s"
    whole = round(size)
    if whole < _HOUR:
        return f"{sign}{whole // _MINUTE} min {whole % _MINUTE:02} s"
    if whole < 2 * _DAY:
        return f"{sign}{whole // _HOUR} h {whole % _HOUR // _MINUTE:02} min"
    return f"{sign}{whole // _DAY} d {whole % _DAY // _HOUR:02} h"


def unit_of(largest_seconds: float) -> tuple[str, float]:
    """The unit that suits an axis up to this value, and its seconds."""
    if largest_seconds < 3 * _MINUTE:
        return "s", 1.0
    if largest_seconds < 3 * _HOUR:
        return "min", float(_MINUTE)
    if largest_seconds < 3 * _DAY:
        return "h", float(_HOUR)
    return "d", float(_DAY)


def span(start: datetime, end: datetime | None, zone: tzinfo) -> str:
    """``2026-11-22 12:00:00.000 to 12:00:05.120``; without an end ``... to now``."""
    first = start.astimezone(zone)
    if end is None:
        return f"{first:%Y-%m-%d} {_clock(first)} to now"
    last = end.astimezone(zone)
    day = "" if first.date() == last.date() else f"{last:%Y-%m-%d} "
    return f"{first:%Y-%m-%d} {_clock(first)} to {day}{_clock(last)}"


def zoned_span(start: datetime, end: datetime | None, zone: tzinfo, zone_name: str) -> str:
    """The same in the DAG's zone; empty if that is UTC."""
    if zone_name in ("", "UTC", "Etc/UTC"):
        return ""
    return f"{span(start, end, zone)} {zone_name}"


def utc_span(start: datetime, end: datetime | None) -> str:
    """The same in UTC."""
    return f"{span(start, end, UTC)} UTC"


def _clock(at: datetime) -> str:
    return f"{at:%H:%M:%S}.{at.microsecond // 1000:03}"
