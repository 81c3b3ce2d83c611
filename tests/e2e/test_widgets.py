"""The views as widgets in notebooks: live, two ways, and clear when something is gone."""

import pytest
from playwright.sync_api import Page, expect

from jupyter_couture.cli.lab import Lab
from tests.e2e.api import trigger, wait_for_end
from tests.e2e.lab import READY_MS, LabHost
from tests.e2e.notebook import open_notebook, run_cell, write_notebook

pytestmark = pytest.mark.timeout(240)

IMPORT = "from jupyter_couture.widgets import DagGraph"


def test_a_graph_appears_follows_a_run_and_tells_python_what_is_selected(page: Page, lab: Lab, host: LabHost) -> None:
    path = write_notebook(host.root, "graph", IMPORT, 'graph = DagGraph("relay")\ngraph', "print(graph.selected)")
    open_notebook(page, lab, path)
    run_cell(page, 0)
    widget = run_cell(page, 1).locator('[data-couture="widget"]')
    node = widget.locator('[data-task-id="step_4"]')
    expect(node).to_be_visible(timeout=READY_MS)
    run = trigger(lab, "relay")
    expect(node).to_have_attribute("data-state", "success", timeout=READY_MS)
    wait_for_end(lab, run)
    widget.locator('[data-task-id="step_2"]').click()
    output = run_cell(page, 2)
    expect(output).to_have_text("step_2")
