"""The views as widgets in notebooks: live, two ways, and clear when something is gone."""

import pytest
from playwright.sync_api import Page, expect

from jupyter_couture.cli.lab import Lab
from tests.e2e.api import trigger, wait_for_end
from tests.e2e.lab import READY_MS, LabHost
from tests.e2e.notebook import open_notebook, run_cell, write_notebook

pytestmark = pytest.mark.timeout(240)

IMPORT = "from jupyter_couture.widgets import DagGraph, RunTree"
WIDGET = '[data-couture="widget"]'


def test_a_graph_appears_follows_a_run_and_tells_python_what_is_selected(page: Page, lab: Lab, host: LabHost) -> None:
    path = write_notebook(host.root, "graph", IMPORT, 'graph = DagGraph("relay")\ngraph', "print(graph.selected)")
    open_notebook(page, lab, path)
    run_cell(page, 0)
    widget = run_cell(page, 1).locator(WIDGET)
    node = widget.locator('[data-task-id="step_4"]')
    expect(node).to_be_visible(timeout=READY_MS)
    run = trigger(lab, "relay")
    expect(node).to_have_attribute("data-state", "success", timeout=READY_MS)
    wait_for_end(lab, run)
    widget.locator('[data-task-id="step_2"]').click()
    output = run_cell(page, 2)
    expect(output).to_have_text("step_2")


def test_widgets_share_one_stream_follow_python_and_outlive_their_kernel(page: Page, lab: Lab, host: LabHost) -> None:
    sockets: list[str] = []
    page.on("websocket", lambda socket: sockets.append(socket.url) if "couture/api/stream" in socket.url else None)
    wait_for_end(lab, trigger(lab, "relay"))
    several = "from ipywidgets import VBox\ngraphs = [DagGraph('relay', height=150) for _ in range(20)]\nVBox(graphs)"
    path = write_notebook(
        host.root, "several", IMPORT, several, "graphs[0].selected = 'step_3'", "tree = RunTree('relay')\ntree"
    )
    open_notebook(page, lab, path)
    run_cell(page, 0)
    run_cell(page, 1)
    graphs = page.locator(f"{WIDGET}:has([data-task-id])")
    expect(graphs).to_have_count(20, timeout=READY_MS)
    assert len(sockets) == 2, "one stream of the panels, one of all widgets"

    run_cell(page, 2)
    chosen = graphs.first.locator('[data-task-id="step_3"]')
    expect(chosen).to_have_class("couture-Node couture-state is-selected", timeout=READY_MS)
    tree = run_cell(page, 3).locator(WIDGET)
    expect(tree.locator("canvas").first).to_be_visible(timeout=READY_MS)

    page.locator('.jp-NotebookPanel:visible [data-jp-item-name="restart"]').click()
    page.locator(".jp-Dialog .jp-mod-accept").click()
    orphan = graphs.first.locator('[data-couture="orphan"]')
    expect(orphan).to_contain_text("Run the cell again", timeout=READY_MS)
    expect(chosen).to_be_visible()
