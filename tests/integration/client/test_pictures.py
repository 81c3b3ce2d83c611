"""The still pictures of widgets: what the server knows, as HTML without script."""

from collections.abc import Iterator

import nbformat
import pytest

from jupyter_couture.cli.lab import Lab
from jupyter_couture.client import Client
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
)
from jupyter_couture.widgets.asking import Asker
from tests.e2e.api import wait_for_dags
from tests.e2e.lab import LabHost

REPORT = """
from jupyter_couture import DAG, NotebookOperator

with DAG("report", schedule=None, is_paused_upon_creation=False):
    NotebookOperator(task_id="write", input_path="report.ipynb")
"""
TASKS = ("extract", "left", "right", "load")


@pytest.fixture
def asked(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """The server that tests share answers; it may take longer than a cell would wait."""
    monkeypatch.setattr(asking, "asker", Asker(lambda: client))
    monkeypatch.setattr(asking, "PATIENCE_SECONDS", 60.0)


@pytest.fixture(scope="module")
def run_id(lab: Lab) -> str:
    """A run of ``etl`` that has ended."""
    with Client(lab.base, lab.token) as client:
        return client.trigger("etl").wait(60).run_id


@pytest.mark.usefixtures("asked")
def test_graph_tree_and_gantt_show_the_tasks_in_their_states(run_id: str, lab: Lab) -> None:
    """Those of a Gantt chart are the ones that had work to do."""
    for view in (DagGraph("etl", run_id), RunTree("etl"), RunGantt("etl", run_id), RunGantt("etl")):
        shown = view.picture()
        assert "<svg" in shown, view
        assert 'data-state="success"' in shown
        for task in TASKS[:1] if isinstance(view, RunGantt) else TASKS:
            assert f">{task}<" in shown
        assert lab.token not in shown
        assert "<script" not in shown


@pytest.mark.usefixtures("asked")
def test_charts_over_past_runs_and_pools_are_lines_with_a_key(run_id: str) -> None:
    for view in (TaskDuration("etl"), TaskDuration("etl", cumulative=True), TaskTries("etl"), LandingTimes("etl")):
        shown = view.picture()
        assert "<circle" in shown, view
        assert "extract" in shown
    assert "the whole run" in TaskDuration("etl").picture()
    assert "default_pool" in PoolUse(1).picture()


@pytest.mark.usefixtures("asked")
def test_the_list_shows_the_dags_that_match(run_id: str) -> None:
    assert ">off<" not in DagsTable().picture()
    everything = DagsTable(show_paused=True).picture()
    assert all(name in everything for name in ("broken", "etl", "many", "off", "slow"))
    narrowed = DagsTable("et").picture()
    assert ("etl" in narrowed, "slow" in narrowed) == (True, False)
    assert "No DAG matches" in DagsTable(tag="nothing of the kind").picture()


@pytest.mark.usefixtures("asked")
def test_what_has_not_run_says_so() -> None:
    assert "only" in DagGraph("off").picture()
    assert "It has not run yet." in RunTree("off").picture()
    assert "It has not run yet." in RunGantt("off").picture()
    assert "Nothing to compare yet." in TaskDuration("off").picture()


@pytest.mark.usefixtures("asked")
def test_what_there_is_not_is_told() -> None:
    assert "There is no DAG" in DagGraph("nobody").picture()
    assert "nobody" in DagGraph("nobody").picture()
    assert "gone" in RunGantt("etl", "gone").picture()
    assert "shown live" not in RunGantt("etl", "gone").picture()


@pytest.fixture
def report(host: LabHost, lab: Lab) -> Iterator[None]:
    """A DAG whose task runs a notebook."""
    folder = host.settings.dags_folder
    cell = nbformat.v4.new_code_cell("print(6 * 7)\n'<b>what it gives</b>'")
    notebook = nbformat.v4.new_notebook(cells=[cell])
    notebook.metadata["kernelspec"] = {"display_name": "Python 3", "language": "python", "name": "python3"}
    nbformat.write(notebook, folder / "report.ipynb")
    (folder / "report.py").write_text(REPORT)
    wait_for_dags(lab, "report")
    yield
    (folder / "report.py").unlink()


@pytest.mark.usefixtures("asked", "report")
def test_a_notebook_task_shows_its_cells(client: Client) -> None:
    run = client.trigger("report").wait(120)
    shown = NotebookOutput("report", run, "write").picture()
    assert "<pre>42\n</pre>" in shown
    assert "&lt;b&gt;what it gives&lt;/b&gt;" in shown
    assert 'data-state="success"' in shown


@pytest.mark.usefixtures("asked")
def test_views_of_a_run_and_of_a_task_show_them_and_a_form_its_parameters(run_id: str) -> None:
    assert all(name in RunProgress("etl", run_id).picture() for name in ("extract", "success"))
    assert "line 5 of etl" in LogView("etl", run_id, "extract").picture()
    assert "PythonOperator" in TaskActions("etl", run_id, "extract").picture()
    assert "It has not run yet." in NotebookOutput("etl", run_id, "left").picture()
    form = TriggerForm("etl").picture()
    assert ("word" in form, "&quot;etl&quot;" in form) == (True, True)
    assert "It takes no parameters." in TriggerForm("off").picture()
