"""Values over runs or over time as lines (SVG), with the names and a number of each below."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

from jupyter_couture.display.html import HUES, Html, join, svg, tag

MOST_LINES = HUES
"""Lines that have a colour of their own; more are counted."""

_WIDTH, _HEIGHT = 720.0, 200.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 52.0, 40.0, 8.0, 22.0
_LABELS = 6


@dataclass(frozen=True, slots=True)
class Line:
    """``values`` has one entry for each place, None where there is nothing. ``note`` stands beside the name."""

    name: str
    values: Sequence[float | None]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Axis:
    """Names of the places, and the unit of the values. ``is_stepped``: a value holds until the next one.

    ``is_counted``: values are whole numbers.
    """

    places: Sequence[str]
    unit: str
    is_stepped: bool = False
    is_counted: bool = False


def series(lines: Sequence[Line], axis: Axis, *, name: str, left_out: int = 0) -> Html:
    """Lines, the first ones in front. ``name`` is read to those who do not see it."""
    shown = list(lines[:MOST_LINES])
    values = [value for line in shown for value in line.values if value is not None]
    steps = _steps(min([*values, 0.0]), max([*values, 0.0]), 1.0 if axis.is_counted else 0.0)
    low, high = steps[0], steps[-1]

    def across(place: int) -> float:
        last = max(len(axis.places) - 1, 1)
        return _LEFT + (_WIDTH - _LEFT - _RIGHT) * (place / last if len(axis.places) > 1 else 0.5)

    def down(value: float) -> float:
        return _TOP + (_HEIGHT - _TOP - _BOTTOM) * (1 - (value - low) / (high - low))

    rules = [
        join(
            [
                tag("path", class_="r", d=f"M{_LEFT:g} {down(step):.1f}H{_WIDTH - _RIGHT:g}"),
                tag("text", f"{step:g}", x=f"{_LEFT - 6:g}", y=f"{down(step) + 4:.1f}", text_anchor="end"),
            ]
        )
        for step in steps
    ]
    middle = f"{(_HEIGHT - _BOTTOM) / 2:g}"
    unit = tag("text", axis.unit, transform=f"translate(12 {middle}) rotate(-90)", text_anchor="middle")
    drawn = []
    for hue, line in reversed(list(enumerate(shown))):
        spots = [(across(at), down(value)) for at, value in enumerate(line.values) if value is not None]
        drawn.append(_line(line, spots, hue, is_stepped=axis.is_stepped))
    parts = [*rules, unit, *_labels(axis.places, across), *drawn]
    chart = svg(*parts, size=(_WIDTH, _HEIGHT), name=f"{name}: {len(shown)} lines")
    rest = left_out + len(lines) - len(shown)
    keys = [
        tag("span", tag("i", class_="couture-show-hue", data_hue=str(hue)), line.name, tag("b", f" {line.note}"))
        for hue, line in enumerate(shown)
    ]
    more = tag("span", f"and {rest:,} more") if rest > 0 else None
    return join([tag("div", chart, class_="couture-show-chart"), tag("div", *keys, more, class_="couture-show-facts")])


def _line(line: Line, spots: Sequence[tuple[float, float]], hue: int, *, is_stepped: bool) -> Html:
    if not spots:
        return Html()
    way = [f"M{spots[0][0]:.1f} {spots[0][1]:.1f}"]
    for x, y in spots[1:]:
        way.append(f"H{x:.1f}V{y:.1f}" if is_stepped else f"L{x:.1f} {y:.1f}")
    points = [] if is_stepped else [tag("circle", cx=f"{x:.1f}", cy=f"{y:.1f}", r="2.6") for x, y in spots]
    title = tag("title", f"{line.name} {line.note}".rstrip())
    return tag(
        "g", title, tag("path", class_="l", d="".join(way)), *points, class_="couture-show-hue", data_hue=str(hue)
    )


def _labels(places: Sequence[str], across: Callable[[int], float]) -> list[Html]:
    """Some of the names, not so many that they touch."""
    every = max(1, -(-len(places) // _LABELS))
    return [
        tag("text", places[at], x=f"{across(at):.1f}", y=f"{_HEIGHT - 6:g}", text_anchor="middle")
        for at in range(0, len(places), every)
    ]


def _steps(low: float, high: float, least: float) -> list[float]:
    """Two to six round values, from not above ``low`` to not below ``high``."""
    span = max(high - low, 1e-3)
    power = 10.0 ** floor(log10(span / 4))
    size = max(next(step * power for step in (1, 2, 5, 10) if step * power >= span / 4), least)
    first = floor(low / size)
    last = max(ceil(high / size), first + 1)
    return [round(step * size, 9) for step in range(first, last + 1)]
