"""Bokeh figures of drawings. Importing this loads Bokeh, which takes seconds: do it in a thread.

Colours stand in as neutral ones. A model that has colours carries a tag ``{"theme": {property: variable}}`` with the
CSS variables that a page takes them from, now and whenever its theme changes. Names of models are those of the
drawing. There is no toolbar: the page offers zooming and a table, by keyboard too.
"""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from itertools import count
from typing import Any

import bokeh
from bokeh.embed import json_item
from bokeh.models import (
    CategoricalColorMapper,
    ColumnDataSource,
    DatetimeTickFormatter,
    FixedTicker,
    HoverTool,
    LinearColorMapper,
    MultiLine,
    PanTool,
    Quad,
    Range1d,
    Scatter,
    TapTool,
    WheelZoomTool,
)
from bokeh.models.annotations import Span
from bokeh.plotting import figure

from jupyter_couture.charts.drawing import Drawing, bare
from jupyter_couture.charts.history import HUES, History, Measure, draw_history
from jupyter_couture.charts.timeline import Gantt, Today, draw_gantt, draw_today
from jupyter_couture.charts.usage import PoolUsage, draw_usage

BOKEH_VERSION: str = bokeh.__version__

STATES = (
    *("queued", "running", "success", "failed", "skipped", "upstream_failed", "up_for_retry", "up_for_reschedule"),
    *("deferred", "removed", "scheduled", "none", "restarting", "awaiting_input"),
)
"""States that have a colour, ``--couture-<state>`` in a page."""

_NEUTRAL = "#808080"
_LEAST_BAR_PIXELS = 3
_AXIS = {
    "axis_line_color": "--jp-border-color1",
    "major_tick_line_color": "--jp-border-color1",
    "major_label_text_color": "--jp-ui-font-color1",
    "axis_label_text_color": "--jp-ui-font-color1",
}
_FAINT = "color: var(--jp-ui-font-color2, #555)"
_TIP = (  # laid over the tooltip's own box, whose colours know no theme
    '<div style="max-width: 34em; margin: -6px; padding: 6px 8px; font: 12px/1.4 var(--jp-ui-font-family, sans-serif);'
    " color: var(--jp-ui-font-color1, #222); background: var(--jp-layout-color1, #fff);"
    ' border: 1px solid var(--jp-border-color1, #bbb)">'
)
_BAR_TIP = f'{_TIP}<b>@title</b><br>@note<div style="{_FAINT}">@utc<br>@local</div></div>'
_VALUE_TIP = f'{_TIP}<b>@title</b><br>@value<div style="{_FAINT}">@note</div></div>'


def duration(drawing: Drawing) -> Any:
    """A line for each task, and one for the whole run, over runs; outliers are large and hollow."""
    return _history(drawing)


def tries(drawing: Drawing) -> Any:
    """A line for each task over runs."""
    made = _history(drawing)
    made.yaxis.ticker.update(min_interval=1)
    return made


def landing(drawing: Drawing) -> Any:
    """A line for each task, and one for the whole run, over runs."""
    return _history(drawing)


def gantt(drawing: Drawing) -> Any:
    """Bars in time: queued (hatched), at work (by state), earlier tries (hatched), pauses (thin), notebook cells."""
    made = _timeline(drawing)
    _quads(made, drawing, "rests", _by_state())
    earlier = _quads(made, drawing, "earlier", _by_state())
    earlier.glyph.update(hatch_pattern="right_diagonal_line", hatch_scale=6, hatch_weight=1, hatch_alpha=0.8)
    _theme(earlier.glyph, hatch_color="--jp-layout-color1", line_color="--jp-layout-color1")
    _quads(made, drawing, "work", _by_state())
    shades = CategoricalColorMapper(factors=["odd", "even", "failed"], palette=[_NEUTRAL] * 3)
    _theme(shades, palette=["--couture-cell-odd", "--couture-cell-even", "--couture-failed"])
    cells = _quads(made, drawing, "cells", {"field": "shade", "transform": shades})
    _theme(cells.glyph, line_color="--jp-layout-color1")
    _let_stand_out(made)
    return _with_hover(made, _BAR_TIP, drawing, ("rests", "earlier", "work", "cells", "queue"))


def today(drawing: Drawing) -> Any:
    """Bars of runs in time, a row for each DAG. In a day most are short: a border in their colour shows them."""
    made = _timeline(drawing)
    glyph = _quads(made, drawing, "work", _by_state()).glyph
    glyph.update(tags=[], line_color=_by_state(), line_width=_LEAST_BAR_PIXELS)
    return _with_hover(made, _BAR_TIP, drawing, ("work", "queue"))


def pools(drawing: Drawing) -> Any:
    """A stepped line of the slots in use for each pool."""
    made = _empty(drawing, x_axis_type="datetime")
    made.xaxis.formatter = _time_formatter()
    made.yaxis.axis_label = "Slots in use"
    made.yaxis.ticker.update(min_interval=1)
    made.yaxis.minor_tick_line_color = None
    _lines(made, drawing, "lines", line_width=1.8)
    points = _points(made, drawing, size=7, fill_alpha=0.0, line_alpha=0.0)
    points.hover_glyph = Scatter(size=7, fill_color=_by_hue("hue"), line_color=None)
    return _with_hover(made, _VALUE_TIP, drawing, ("points",), mode="vline")


FIGURES = {
    "duration": duration,
    "tries": tries,
    "landing": landing,
    "gantt": gantt,
    "today": today,
    "pools": pools,
}
"""The function of each chart."""


_bare_items: dict[str, str] = {}
_numbers = count(1)
_ID = re.compile(r'"p(\d+)"')


def item_of(chart: str, drawing: Drawing) -> dict[str, Any]:
    """The figure as BokehJS of ``BOKEH_VERSION`` takes it (``Bokeh.embed.embed_item``).

    Bokeh makes it once for each chart, bare, which takes most of the time; then it is filled in. Models of different
    items have different ids.
    """
    text = _bare_items.get(chart)
    if text is None:
        text = _bare_items[chart] = json.dumps(json_item(FIGURES[chart](bare(drawing))))
    number = next(_numbers)
    item: dict[str, Any] = json.loads(_ID.sub(rf'"p{number}-\1"', text))
    named: dict[str, dict[str, Any]] = {}
    _collect(item["doc"]["roots"], named)
    for name, properties in drawing.models.items():
        _fill(named, name, properties)
    item["doc"]["roots"][0]["attributes"]["height"] = drawing.height
    return item


def make_ready() -> None:
    """Make the bare figure of each chart, so that nobody waits for it."""
    at = datetime.fromtimestamp(0, UTC)
    empty = {
        "gantt": draw_gantt(Gantt("", "", at, at, at, (), (), ())),
        "today": draw_today(Today(at, at, ())),
        "pools": draw_usage(PoolUsage(at, at, ())),
        **{each.value: draw_history(History(each, False, (), (), 0)) for each in Measure},
    }
    for chart, drawing in empty.items():
        item_of(chart, drawing)


def _collect(part: Any, named: dict[str, dict[str, Any]]) -> None:
    """Find the attributes of all models with a name."""
    if isinstance(part, dict):
        attributes = part.get("attributes")
        if isinstance(attributes, dict) and isinstance(attributes.get("name"), str):
            named[attributes["name"]] = attributes
        part = list(part.values())
    if isinstance(part, list):
        for each in part:
            _collect(each, named)


def _fill(named: Mapping[str, dict[str, Any]], name: str, properties: Mapping[str, Any]) -> None:
    attributes = named[name]
    for key, value in properties.items():
        match key:
            case "data":
                attributes["data"] = {"type": "map", "entries": [[column, value[column]] for column in value]}
            case "ticks":
                named[f"{name}_ticker"]["ticks"] = value
            case "labels":
                labels = zip(properties["ticks"], value, strict=True)
                attributes["major_label_overrides"] = {"type": "map", "entries": [list(each) for each in labels]}
            case _:
                attributes[key] = value


def _history(drawing: Drawing) -> Any:
    made = _empty(drawing)
    _fixed(made.xaxis[0], drawing, "x_axis")
    made.yaxis.name = "y_axis"
    made.yaxis.axis_label = drawing.models["y_axis"]["axis_label"]
    made.yaxis.minor_tick_line_color = None
    middles = _lines(made, drawing, "medians", line_dash="dashed", line_alpha=0.0)
    middles.selection_glyph = middles.glyph.clone(line_alpha=0.9)
    middles.nonselection_glyph = middles.glyph.clone(line_alpha=0.0)
    for each in (middles.selection_glyph, middles.nonselection_glyph):
        each.line_color = middles.glyph.line_color
    lines = _lines(made, drawing, "lines", line_width="width", line_alpha=0.9)
    lines.nonselection_glyph = lines.glyph.clone(line_alpha=0.12)
    lines.nonselection_glyph.line_color = lines.glyph.line_color
    colour = _by_hue("hue")
    _points(made, drawing, size="size", fill_alpha=0.95, line_color=colour)
    return _with_hover(made, _VALUE_TIP, drawing, ("points",))


def _empty(drawing: Drawing, **options: Any) -> Any:
    made = figure(
        height=drawing.height,
        sizing_mode="stretch_width",
        toolbar_location=None,
        tools=[],
        x_range=_range(drawing, "x"),
        y_range=_range(drawing, "y"),
        min_border_right=18,
        output_backend="canvas",
        **options,
    )
    made.background_fill_alpha = 0.0
    made.border_fill_alpha = 0.0
    pan = PanTool(dimensions="width")
    made.add_tools(pan, WheelZoomTool(dimensions="width", modifiers={"ctrl": True}))
    made.toolbar.active_drag = pan
    _theme(made, outline_line_color="--jp-border-color2")
    for axis in (*made.xaxis, *made.yaxis):
        axis.update(major_label_text_font_size="11px", axis_label_text_font_size="11px", minor_tick_line_color=None)
        axis.axis_label_text_font_style = "normal"
        _theme(axis, **_AXIS)
    for grid in (*made.xgrid, *made.ygrid):
        _theme(grid, grid_line_color="--couture-grid-line")
    return made


def _timeline(drawing: Drawing) -> Any:
    made = _empty(drawing, x_axis_type="datetime")
    made.xaxis.formatter = _time_formatter()
    made.xaxis.axis_label = "UTC"
    _fixed(made.yaxis[0], drawing, "y_axis")
    queue = _quads(made, drawing, "queue", _NEUTRAL)
    queue.glyph.update(fill_alpha=0.18, hatch_pattern="left_diagonal_line", hatch_scale=6, hatch_alpha=0.7)
    _theme(queue.glyph, fill_color="--couture-queued", line_color="--couture-queued", hatch_color="--couture-queued")
    now = Span(name="now", dimension="height", line_width=1.5, line_dash="dashed", **drawing.models["now"])
    _theme(now, line_color="--jp-brand-color1")
    made.add_layout(now)
    return made


def _time_formatter() -> Any:
    return DatetimeTickFormatter(
        milliseconds="%H:%M:%S.%3N",
        seconds="%H:%M:%S",
        minsec="%H:%M:%S",
        minutes="%H:%M",
        hourmin="%H:%M",
        hours="%H:%M",
        days="%m-%d",
        context=DatetimeTickFormatter(
            milliseconds="%Y-%m-%d", seconds="%Y-%m-%d", minsec="%Y-%m-%d", minutes="%Y-%m-%d", hourmin="%Y-%m-%d",
            hours="%Y-%m-%d", days="%Y",
        ),
        context_which="start",
    )  # fmt: skip


def _range(drawing: Drawing, name: str) -> Any:
    return Range1d(name=name, **drawing.models[name])


def _fixed(axis: Any, drawing: Drawing, name: str) -> None:
    """Ticks and their labels as the drawing says; a page sets them by the names of axis and ticker."""
    shown = drawing.models[name]
    places: Sequence[float] = shown["ticks"]
    axis.name = name
    axis.ticker = FixedTicker(name=f"{name}_ticker", ticks=list(places))
    axis.major_label_overrides = dict(zip(places, shown["labels"], strict=True))


def _source(drawing: Drawing, name: str) -> Any:
    return ColumnDataSource(name=name, data=dict(drawing.models[name]["data"]))


def _by_state() -> Any:
    mapper = CategoricalColorMapper(factors=list(STATES), palette=[_NEUTRAL] * len(STATES))
    _theme(mapper, palette=[f"--couture-{state}" for state in STATES])
    return {"field": "state", "transform": mapper}


def _by_hue(column: str) -> Any:
    mapper = LinearColorMapper(low=-0.5, high=HUES + 0.5, palette=[_NEUTRAL] * (HUES + 1))
    _theme(mapper, palette=["--jp-ui-font-color1", *(f"--couture-line-{hue}" for hue in range(HUES))])
    return {"field": column, "transform": mapper}


def _quads(made: Any, drawing: Drawing, name: str, colour: Any) -> Any:
    glyph = Quad(left="left", right="right", top="top", bottom="bottom", fill_color=colour, line_color=None)
    if name in ("work", "earlier"):
        glyph.line_color = _NEUTRAL
        glyph.line_width = 0.5
        _theme(glyph, line_color="--jp-layout-color1")
    return made.add_glyph(_source(drawing, name), glyph, nonselection_glyph=None, selection_glyph=None)


def _let_stand_out(made: Any) -> None:
    """While some bars are selected, the others step back."""
    for renderer in made.renderers:
        renderer.selection_glyph = renderer.glyph.clone()
        renderer.nonselection_glyph = renderer.glyph.clone(fill_alpha=0.15, line_alpha=0.15, hatch_alpha=0.1)
        for each in (renderer.selection_glyph, renderer.nonselection_glyph):
            each.fill_color = renderer.glyph.fill_color


def _lines(made: Any, drawing: Drawing, name: str, **options: Any) -> Any:
    glyph = MultiLine(xs="xs", ys="ys", line_color=_by_hue("hue"), **options)
    return made.add_glyph(_source(drawing, name), glyph, nonselection_glyph=None, selection_glyph=None)


def _points(made: Any, drawing: Drawing, **options: Any) -> Any:
    colour = _by_hue("hue")
    glyph = Scatter(x="x", y="y", fill_color=colour, **{"line_color": colour, **options})
    return made.add_glyph(_source(drawing, "points"), glyph, nonselection_glyph=None, selection_glyph=None)


def _with_hover(made: Any, tip: str, drawing: Drawing, names: Sequence[str], **options: Any) -> Any:
    renderers = [each for each in made.renderers if each.data_source.name in names]
    made.add_tools(
        HoverTool(tooltips=tip, renderers=renderers, show_arrow=False, **options), TapTool(renderers=renderers)
    )
    return made


def _theme(model: Any, **variables: Any) -> None:
    known = next((dict(tag["theme"]) for tag in model.tags if isinstance(tag, dict) and "theme" in tag), {})
    model.tags = [{"theme": {**known, **variables}}]
