"""Widgets without a page: traits, what a cell shows, and what is built."""

import gzip
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import jupyter_couture
from jupyter_couture.widgets import DagGraph, RunTree
from jupyter_couture.widgets import base as base_of_widgets

STATIC = Path(jupyter_couture.__file__).parent / "widgets" / "static"
BUDGET_BYTES = 150_000
VIEW_TYPE = "application/vnd.jupyter.widget-view+json"


def bundle_of(widget: DagGraph) -> dict[str, Any]:
    made = widget._repr_mimebundle_()
    assert made is not None
    return made[0]


def test_a_graph_takes_ids_and_objects() -> None:
    dag, run = SimpleNamespace(dag_id="etl"), SimpleNamespace(run_id="r1")

    assert (DagGraph(dag, run).dag_id, DagGraph(dag, run).run_id) == ("etl", "r1")
    assert (DagGraph("etl").run_id, DagGraph("etl").selected) == (None, None)
    assert RunTree(dag, selected="load").get_state("selected") == {"selected": "load"}
    assert repr(DagGraph("etl", run_id="r1", selected="load")) == "DagGraph('etl', 'r1')"


@pytest.mark.parametrize("wrong", [3, None, SimpleNamespace(dag_id=4)])
def test_what_is_no_dag_is_refused(wrong: object) -> None:
    with pytest.raises(TypeError, match="dag_id"):
        DagGraph(wrong)


def test_selection_and_run_are_traits_that_can_be_watched() -> None:
    graph = DagGraph("etl")
    seen: list[tuple[str, object]] = []
    graph.observe(lambda change: seen.append((change["name"], change["new"])), ["selected", "run_id"])

    graph.set_state({"selected": "load", "run_id": "r2"})  # what the page sends

    assert sorted(seen) == [("run_id", "r2"), ("selected", "load")]
    assert {"selected", "run_id", "dag_id", "height"} <= set(graph.get_state())


def test_what_a_cell_shows_has_a_text_and_a_picture_beside_the_live_view() -> None:
    shown = bundle_of(DagGraph("<etl>", "r&1"))

    assert shown["text/plain"] == "DagGraph('<etl>', 'r&1')"
    assert VIEW_TYPE in shown
    assert "&lt;etl&gt;" in shown["text/html"]
    assert "r&amp;1" in shown["text/html"]
    assert "<script" not in shown["text/html"]


def test_a_page_that_cannot_be_live_gets_the_picture_when_it_asks() -> None:
    graph = DagGraph("etl")
    assert graph._picture == ""

    graph.set_state({"_picture_wanted": True})

    assert "etl" in graph._picture


def test_a_checkout_without_built_widgets_says_what_to_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(base_of_widgets, "_SCRIPT", tmp_path / "widget.js")

    with pytest.raises(base_of_widgets.MissingBuild, match="jlpm run build:prod"):
        DagGraph("etl")


def test_the_bundle_is_small_and_every_widget_carries_little() -> None:
    assert len(gzip.compress((STATIC / "bundle.js").read_bytes())) <= BUDGET_BYTES
    assert len((STATIC / "widget.js").read_bytes()) < 4000


def test_the_bundle_names_no_host_but_those_of_xml_and_of_messages_for_people() -> None:
    text = (STATIC / "bundle.js").read_text() + (STATIC / "widget.js").read_text()

    hosts = set(re.findall(r"https?://([\w.-]+)", text))
    assert hosts <= {"www.w3.org", "reactjs.org"}
