"""States of tasks over runs (SVG): a row for each task, a column for each run, the newest right."""

from collections.abc import Sequence
from dataclasses import dataclass

from jupyter_couture.display.html import Html, ending_of, join, svg, tag
from jupyter_couture.display.states import mark, words

MOST_ROWS = 200
"""Tasks that are drawn; more are counted."""

_CELL, _TOP, _LONGEST, _CHARACTER = 18.0, 24.0, 36, 6.6


@dataclass(frozen=True, slots=True)
class Column:
    """One run. ``states`` has one entry for each task, None where the run has no such task."""

    name: str
    state: str
    states: Sequence[str | None]


def grid(tasks: Sequence[str], columns: Sequence[Column], *, name: str) -> Html:
    """The head of a column is the state of its run. ``name`` is read to those who do not see it."""
    shown = tasks[:MOST_ROWS]
    labels = [ending_of(task, _LONGEST) for task in shown]
    left = 10 + _CHARACTER * max(map(len, labels), default=0)
    heads = [_cell(left + _CELL * at, 2, column.state, column.name) for at, column in enumerate(columns)]
    names = [
        tag("text", label, x=f"{left - 8:.1f}", y=f"{_TOP + _CELL * row + 13:.1f}", text_anchor="end")
        for row, label in enumerate(labels)
    ]
    cells = [
        _cell(left + _CELL * at, _TOP + _CELL * row, state, f"{task}, {column.name}")
        for at, column in enumerate(columns)
        for row, (task, state) in enumerate(zip(shown, column.states, strict=False))
        if state is not None
    ]
    width, height = left + _CELL * len(columns) + 4, _TOP + _CELL * len(shown) + 4
    rule = tag("path", class_="r", d=f"M0 {_TOP - 2:g}H{width:.0f}")
    told = f"{name}: {len(tasks)} tasks, {len(columns)} runs"
    drawn = svg(rule, *heads, *names, *cells, size=(width, height), name=told)
    rest = tag("p", f"and {len(tasks) - len(shown):,} tasks more") if len(tasks) > len(shown) else None
    return join([tag("div", drawn, class_="couture-show-chart"), rest])


def _cell(x: float, y: float, state: str, what: str) -> Html:
    title = tag("title", f"{what}: {words(state)}")
    place = f"translate({x + 2:.1f} {y + 2:.1f})"
    box = tag("rect", class_="b", x="-1", y="-1", width="14", height="14", rx="2")
    return tag("g", title, box, mark(state), transform=place, class_="couture-show-state", data_state=state)
