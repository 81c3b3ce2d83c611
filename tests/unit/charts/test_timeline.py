"""Bars in time, and slots over time."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from bokeh.document import Document
from bokeh.embed import json_item

from jupyter_couture.charts import figures
from jupyter_couture.charts.drawing import Drawing, micros
from jupyter_couture.charts.history import Measure, draw_history, history_of
from jupyter_couture.charts.timeline import Gantt, Today, draw_gantt, draw_today
from jupyter_couture.charts.usage import STEPS, draw_usage, usage_of
from jupyter_couture.model.charts import AttemptSpan, CellSpan, Past, RunSpan, SlotSpans
from jupyter_couture.model.ids import DagId, RunId
from jupyter_couture.model.pools import Pool
from jupyter_couture.model.states import AttemptState, RunState
from tests.unit.charts.test_history import run, task

T0 = datetime(2026, 11, 22, 12, tzinfo=UTC)
A = AttemptState


def at(seconds: float) -> datetime:
    return T0 + timedelta(seconds=seconds)


def gantt(*attempts: AttemptSpan, cells: tuple[CellSpan, ...] = (), is_grouped: bool = True) -> Gantt:
    """A run under way for 20 s, of a DAG in Berlin."""
    zone = "Europe/Berlin"
    return Gantt(
        "etl", "r1", T0, None, at(20), ("a", "b"), attempts, cells, ZoneInfo(zone), zone, is_grouped=is_grouped
    )


def test_a_retry_shows_the_earlier_try_the_pause_and_the_queue() -> None:
    failed = AttemptSpan("a", -1, 1, A.FAILED, at(0), at(1), at(3))
    again = AttemptSpan("a", -1, 2, A.RUNNING, at(6), at(7), None)
    models = draw_gantt(gantt(failed, again)).models
    spans = {
        name: list(zip(models[name]["data"]["left"], models[name]["data"]["right"], strict=True))
        for name in ("queue", "earlier", "rests", "work")
    }
    start = T0.timestamp() * 1000
    assert spans == {
        "queue": [(start, start + 1000), (start + 6000, start + 7000)],
        "earlier": [(start + 1000, start + 3000)],
        "rests": [(start + 3000, start + 6000)],
        "work": [(start + 7000, start + 20_000)],
    }
    assert models["rests"]["data"]["state"] == ["up_for_retry"]
    assert models["work"]["data"]["is_open"] == [True]
    assert "13:00:07.000 to now Europe/Berlin" in models["work"]["data"]["local"][0]
    assert models["now"] == {"location": start + 20_000, "visible": True}


def test_instances_that_overlap_lie_in_lanes_of_one_row() -> None:
    spans = [AttemptSpan("b", n, 1, A.SUCCESS, at(0), at(1), at(5), label=f"page {n}") for n in range(3)]
    later = AttemptSpan("b", 3, 1, A.SUCCESS, at(6), at(7), at(8))
    together = draw_gantt(gantt(*spans, later)).models
    tops = together["work"]["data"]["top"]
    assert len(set(tops[:3])) == 3
    assert tops[3] == tops[0], "the lane is free again"
    assert together["y_axis"]["labels"] == ["a", "b ×4"]
    apart = draw_gantt(gantt(*spans, later, is_grouped=False)).models
    assert apart["y_axis"]["labels"] == ["a", "b [0] page 0", "b [1] page 1", "b [2] page 2", "b [3]"]


def test_cells_are_strips_at_the_foot_of_their_attempt() -> None:
    cells = (CellSpan("b", -1, 1, 1, "x = 1", at(1), at(2)), CellSpan("b", -1, 1, 2, "1/0", at(2), at(3), True))
    models = draw_gantt(gantt(AttemptSpan("b", -1, 1, A.FAILED, at(0), at(1), at(3)), cells=cells)).models
    drawn, bar = models["cells"]["data"], models["work"]["data"]
    assert drawn["shade"] == ["odd", "failed"]
    assert drawn["bottom"] == bar["bottom"] * 2
    assert bar["top"][0] < drawn["top"][0] < drawn["bottom"][0]


def test_runs_of_a_day_have_a_row_for_each_dag() -> None:
    spans = [
        RunSpan(DagId("b"), RunId("r1"), RunState.SUCCESS, T0, at(0), at(1), at(9)),
        RunSpan(DagId("a"), RunId("r2"), RunState.QUEUED, T0, at(5), None, None),
    ]
    models = draw_today(Today(at(-100), at(10), tuple(spans))).models
    assert models["y_axis"]["labels"] == ["a", "b"]
    assert models["work"]["data"]["dag_id"] == ["b"]
    assert sorted(models["queue"]["data"]["dag_id"]) == ["a", "b"]


def test_slots_are_counted_at_their_peak_within_each_step() -> None:
    end = at(STEPS)  # a second for each step
    spans = [
        SlotSpans("wide", 2, [micros(at(9))], [micros(at(10))], [micros(at(20))]),
        SlotSpans("wide", 1, [micros(at(9)), micros(at(100))], [micros(at(15)), None], [micros(at(15.5)), None]),
        SlotSpans("gone", 1, [micros(at(-50))], [micros(at(-40))], [micros(at(5))]),
    ]
    usage = usage_of(spans, [Pool("wide", 4), Pool("idle", 1)], T0, end)
    pools = {each.pool: each for each in usage.pools}
    assert list(pools) == ["wide", "gone", "idle"]
    used = pools["wide"].used
    assert (used[9], used[10], used[15], used[16], used[20]) == (0, 2, 3, 2, 0)
    assert pools["wide"].wanted[100:] == (1,) * 20
    assert pools["gone"].used == (1,) * 5 + (0,) * 115
    assert pools["gone"].slots is None


EMPTY = {
    "gantt": draw_gantt(gantt()),
    "today": draw_today(Today(T0, at(10), ())),
    "pools": draw_usage(usage_of([], [Pool("idle", 1)], T0, at(10))),
    **{each.value: draw_history(history_of(Past([], []), each, 10)) for each in Measure},
}


@pytest.mark.parametrize(("chart", "drawing"), EMPTY.items())
def test_every_chart_has_a_figure_whose_models_can_be_found_by_name(chart: str, drawing: Drawing) -> None:
    made = figures.FIGURES[chart](drawing)
    for name, properties in drawing.models.items():
        assert len(list(made.select({"name": name}))) == 1
        if "ticks" in properties:
            (ticker,) = made.select({"name": f"{name}_ticker"})
            assert list(ticker.ticks) == properties["ticks"]
    assert drawing.is_empty
    assert figures.item_of(chart, drawing)["doc"]["version"] == figures.BOKEH_VERSION


def test_a_bare_figure_of_every_chart_is_made_ahead(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(figures, "_bare_items", {})
    figures.make_ready()
    assert figures._bare_items.keys() == figures.FIGURES.keys()
    for chart, drawing in EMPTY.items():
        ahead = figures.item_of(chart, drawing)
        figures._bare_items.clear()
        assert without_ids(ahead) == without_ids(figures.item_of(chart, drawing))


def without_ids(item: Any) -> Any:
    """An item whose models are numbered in the order in which they are found."""
    known: dict[str, int] = {}

    def plain(part: Any) -> Any:
        if isinstance(part, dict):
            return {key: plain(part[key]) for key in sorted(part)}
        if isinstance(part, list):
            return [plain(each) for each in part]
        is_id = isinstance(part, str) and re.fullmatch(r"p(\d+-)?\d+", part)
        return known.setdefault(part, len(known)) if is_id else part

    return plain(Document.from_json(item["doc"]).to_json(deferred=False)["roots"])


PAST = Past([run(0), run(1)], [task(number, "wide", 2.0 + number) for number in (0, 1)])
FULL = {
    **{each.value: draw_history(history_of(PAST, each, 10)) for each in Measure},
    "pools": draw_usage(usage_of([SlotSpans("wide", 1, [micros(at(1))], [micros(at(2))], [None])], [], T0, at(60))),
    "gantt": draw_gantt(gantt(AttemptSpan("a", -1, 1, A.RUNNING, T0, at(1), None))),
    "today": draw_today(
        Today(T0, at(10), (RunSpan(DagId("b"), RunId("r"), RunState.SUCCESS, T0, at(0), at(1), at(9)),))
    ),
}


@pytest.mark.parametrize(("chart", "drawing"), FULL.items())
def test_a_figure_that_is_filled_in_is_what_bokeh_itself_makes(chart: str, drawing: Drawing) -> None:
    figures._bare_items.pop(chart, None)
    figures.item_of(chart, EMPTY[chart])
    filled = figures.item_of(chart, drawing)
    assert without_ids(filled) == without_ids(json_item(figures.FIGURES[chart](drawing)))
    assert "wide" not in str(figures.item_of(chart, EMPTY[chart])), "nothing is left of what another was shown"
    assert filled["root_id"] != figures.item_of(chart, drawing)["root_id"]


def test_a_bar_of_today_is_wide_enough_to_be_seen_in_the_colour_of_its_state() -> None:
    """A run of a second is a tenth of a pixel of a day."""
    made = figures.FIGURES["today"](FULL["today"])
    (bars,) = [each.glyph for each in made.renderers if each.data_source.name == "work"]
    assert bars.line_width >= 3
    assert bars.line_color.field == "state"
    assert bars.line_color.transform.tags == bars.fill_color.transform.tags
    assert bars.tags == [], "a colour of the theme would be put over it"
