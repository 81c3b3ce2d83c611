"""Notebook 7: the widgets are live there too, and what belongs to JupyterLab leads there."""

import re

import pytest
from playwright.sync_api import Browser, expect

from jupyter_couture.cli.lab import Lab
from tests.e2e.api import trigger, wait_for_end
from tests.e2e.lab import READY_MS, LabHost, watched_page
from tests.e2e.notebook import open_in_notebook_7, read_back, run_cell, write_notebook

pytestmark = pytest.mark.timeout(240)

GRAPH = "from jupyter_couture.widgets import DagGraph\ngraph = DagGraph('relay')\ngraph"
PAIR = """from ipywidgets import HBox
from jupyter_couture.widgets import RunGantt, TaskDuration
HBox([RunGantt('relay', height=240), TaskDuration('relay', height=240)])"""
"""Their contents are of different widths; they are not."""


def test_a_widget_in_notebook_7_follows_a_live_run_and_pages_of_ours_open_in_the_lab(
    browser: Browser, lab: Lab, host: LabHost
) -> None:
    path = write_notebook(host.root, "seven", GRAPH, "print(graph.selected)", PAIR)
    with watched_page(browser, lab, is_notebook_7=True) as page:
        complaints: list[str] = []
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        open_in_notebook_7(page, lab, path)

        widget = run_cell(page, 0).locator('[data-couture="widget"]')
        node = widget.locator('[data-task-id="step_4"]')
        expect(node).to_be_visible(timeout=READY_MS)
        run = trigger(lab, "relay")
        expect(node).to_have_attribute("data-state", "success", timeout=READY_MS)
        wait_for_end(lab, run)
        widget.locator('[data-task-id="step_2"]').click()
        read_back(page, 1, "step_2")
        pair = run_cell(page, 2).locator('[data-couture="widget"]')
        expect(pair.locator('[data-couture="figure"][data-ready]')).to_have_count(2, timeout=READY_MS)
        gantt, durations = (pair.nth(place).evaluate("each => each.clientWidth") for place in range(2))
        assert abs(gantt - durations) < 0.1 * durations, (gantt, durations)

        page.get_by_role("menuitem", name="Couture", exact=True).click()
        with page.context.expect_page() as opened:
            page.locator('.lm-Menu-item[data-command="couture:open-overview"]').click()
        expect(opened.value).to_have_url(re.compile(r"/lab"), timeout=READY_MS)
        assert [words for words in complaints if "couture" in words.lower()] == []
