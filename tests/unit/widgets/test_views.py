"""Widgets without a page: traits, what a cell shows, and what is built."""

import gzip
import inspect
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import traitlets

import jupyter_couture
from jupyter_couture.client import Client
from jupyter_couture.client.errors import NoServer
from jupyter_couture.widgets import (
    DagGraph,
    DagsTable,
    LandingTimes,
    LogView,
    NotebookOutput,
    PoolUse,
    RunGantt,
    RunProgress,
    RunTree,
    TaskActions,
    TaskDuration,
    TaskTries,
    TriggerForm,
    asking,
    pictures,
)
from jupyter_couture.widgets import base as base_of_widgets
from jupyter_couture.widgets.asking import Asker
from jupyter_couture.widgets.base import View

STATIC = Path(jupyter_couture.__file__).parent / "widgets" / "static"
BUDGET_BYTES = 150_000
LAYOUT_BUDGET_BYTES = 20_000
FORMS_BUDGET_BYTES = 110_000
VIEW_TYPE = "application/vnd.jupyter.widget-view+json"


@pytest.fixture(autouse=True)
def _no_server(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pictures are cards, whatever runs on this machine."""

    def connect() -> Client:
        raise NoServer(message="none")

    monkeypatch.setattr(asking, "asker", Asker(connect))


def test_what_draws_a_view_takes_what_the_view_gives() -> None:
    charts = [view("etl") for view in (LandingTimes, RunGantt, TaskDuration, TaskTries, TriggerForm)]
    tasks = [view("etl", None, "load") for view in (LogView, NotebookOutput, TaskActions)]
    for view in [*charts, *tasks, DagGraph("etl"), RunProgress("etl"), RunTree("etl"), DagsTable(), PoolUse()]:
        paint: Any = view.painter()
        function, options = paint.args
        inspect.signature(getattr(pictures, function)).bind(None, **options)


def bundle_of(widget: View) -> dict[str, Any]:
    made = widget._repr_mimebundle_()
    assert made is not None
    return made[0]


def test_a_graph_takes_ids_and_objects() -> None:
    dag, run = SimpleNamespace(dag_id="etl"), SimpleNamespace(run_id="r1")

    assert (DagGraph(dag, run).dag_id, DagGraph(dag, run).run_id) == ("etl", "r1")
    assert (DagGraph("etl").run_id, DagGraph("etl").selected) == (None, None)
    assert RunTree(dag, selected="load").get_state("selected") == {"selected": "load"}
    assert repr(DagGraph("etl", run_id="r1", selected="load")) == "DagGraph('etl', 'r1')"


@pytest.mark.parametrize("kind", [TaskDuration, TaskTries, LandingTimes])
def test_a_chart_over_past_runs_takes_how_many_and_a_task(kind: type[TaskDuration]) -> None:
    chart = kind(SimpleNamespace(dag_id="etl"), runs=50, selected="load")

    assert chart.get_state(["dag_id", "runs", "selected", "run_id"]) == {
        "dag_id": "etl",
        "runs": 50,
        "selected": "load",
        "run_id": None,
    }
    assert repr(chart) == f"{kind.__name__}('etl')"
    with pytest.raises(traitlets.TraitError):
        chart.runs = 0


def test_a_table_of_dags_says_what_narrows_it_and_hears_what_is_chosen() -> None:
    table = DagsTable("etl", tag="daily", state="failed", show_paused=True)
    assert table.get_state(["search", "tag", "owner", "state", "show_paused", "selected"]) == {
        "search": "etl",
        "tag": "daily",
        "owner": "",
        "state": "failed",
        "show_paused": True,
        "selected": None,
    }
    table.set_state({"selected": "etl_daily", "search": ""})
    assert (table.selected, table.search) == ("etl_daily", "")
    assert repr(table) == "DagsTable()"
    with pytest.raises(traitlets.TraitError):
        table.state = "sleeping"


def test_a_gantt_is_of_one_run_and_the_use_of_pools_of_hours() -> None:
    assert repr(RunGantt("etl", "r1", selected="load")) == "RunGantt('etl', 'r1')"
    assert (PoolUse().hours, PoolUse(24).hours, repr(PoolUse(24))) == (6, 24, "PoolUse(24)")
    assert "dag_id" not in PoolUse().get_state()
    with pytest.raises(traitlets.TraitError):
        PoolUse(0)
    assert "Use of the pools" in bundle_of(PoolUse())["text/html"]


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


def test_a_view_of_a_task_names_run_task_instance_and_attempt() -> None:
    log = LogView(SimpleNamespace(dag_id="etl"), "r1", SimpleNamespace(task_id="load"), 3, attempt=2)

    traits = log.get_state(["dag_id", "run_id", "task_id", "map_index", "attempt"])
    assert traits == {"dag_id": "etl", "run_id": "r1", "task_id": "load", "map_index": 3, "attempt": 2}
    assert repr(log) == "LogView('etl', 'r1', 'load', map_index=3)"
    assert repr(LogView("etl")) == "LogView('etl')"
    assert NotebookOutput("etl", "r1", "load", attempt=1).get_state("attempt") == {"attempt": 1}
    assert repr(LogView("etl", task_id="load")) == "LogView('etl', None, 'load')"


@pytest.mark.parametrize("wrong", [{"task_id": 3}, {"run_id": 3}])
def test_what_is_no_task_or_run_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(TypeError, match=next(iter(wrong))):
        LogView("etl", **wrong)


def test_there_is_no_attempt_before_the_first() -> None:
    with pytest.raises(traitlets.TraitError):
        LogView("etl", attempt=0)


def test_a_log_follows_the_task_that_is_selected_in_a_graph() -> None:
    graph, log = DagGraph("etl"), LogView("etl")
    traitlets.link((graph, "selected"), (log, "task_id"))
    traitlets.link((graph, "run_id"), (log, "run_id"))

    graph.set_state({"selected": "load", "run_id": "r2"})  # what the page sends
    assert (log.task_id, log.run_id) == ("load", "r2")
    log.task_id = None
    assert graph.selected is None


def test_the_end_of_a_run_can_be_watched() -> None:
    progress, seen = RunProgress("etl", "r1"), list[object]()
    progress.observe(lambda change: seen.append(change["new"]), "done")
    assert (progress.state, progress.done) == (None, False)

    progress.set_state({"state": "running", "done": False})
    progress.set_state({"state": "failed", "done": True})

    assert (progress.state, seen) == ("failed", [True])


def test_what_was_done_on_the_page_can_be_watched() -> None:
    actions, seen = TaskActions("etl", "r1", "load"), list[object]()
    actions.observe(lambda change: seen.append(change["new"]["action"]), "acted")
    assert actions.acted == {}

    cleared = {"order": 7, "action": "clear", "is_done": True, "touched": 2, "notes": []}
    actions.set_state({"acted": cleared})
    actions.set_state({"acted": cleared | {"order": 8}})

    assert (actions.acted["order"], seen) == (8, ["clear", "clear"])


def test_the_run_that_a_form_has_made_can_be_linked_to_other_views() -> None:
    form, progress = TriggerForm(SimpleNamespace(dag_id="etl")), RunProgress("etl")
    traitlets.link((form, "run_id"), (progress, "run_id"))

    form.set_state({"run_id": "r1"})

    assert (repr(form), progress.run_id) == ("TriggerForm('etl')", "r1")
    assert "DAG etl:" in form.picture()


def test_the_picture_of_a_task_names_it_without_markup() -> None:
    assert "DAG etl, run r&amp;1, task &lt;b&gt;:" in LogView("etl", "r&1", "<b>").picture()
    assert "DAG etl, task load:" in LogView("etl", task_id="load").picture()


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
    assert len(gzip.compress((STATIC / "layout.js").read_bytes())) <= LAYOUT_BUDGET_BYTES
    assert len((STATIC / "widget.js").read_bytes()) < 4000


def test_what_forms_need_comes_only_with_the_first_form() -> None:
    assert len(gzip.compress((STATIC / "forms.js").read_bytes())) <= FORMS_BUDGET_BYTES
    assert b"rjsf" not in (STATIC / "bundle.js").read_bytes()


def test_the_bundle_names_no_host_but_those_of_xml_and_of_messages_for_people() -> None:
    text = "".join((STATIC / f"{name}.js").read_text() for name in ("bundle", "layout", "widget"))

    hosts = set(re.findall(r"https?://([\w.-]+)", text))
    assert hosts <= {"www.w3.org", "reactjs.org"}


def test_a_name_that_no_widget_has_is_refused_with_the_closest_one() -> None:
    with pytest.raises(TypeError, match=r"DagGraph\(\) has no argument 'hieght'; did you mean 'height'\?"):
        DagGraph("etl", hieght=200)
    assert DagGraph("etl", height=200).height == 200
    assert DagGraph("etl", layout={"width": "50%"}).layout.width == "50%"
