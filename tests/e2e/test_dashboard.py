"""The dashboard of the lessons in JupyterLab's simple mode: it has the whole window, and is live."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from jupyter_couture.cli.lab import Lab
from tests.e2e.api import trigger, wait_for_end
from tests.e2e.lab import READY_MS, LabHost, in_palette
from tests.e2e.notebook import open_notebook

pytestmark = pytest.mark.timeout(420)

LESSON = Path(__file__).parents[2] / "notebooks" / "06-dashboard.ipynb"
MOST_OF_THE_WINDOW = 0.9
LESSON_MS = 180_000
"""It runs a new DAG four times, beside another suite."""


def test_the_dashboard_fills_the_window_in_simple_mode_and_follows_a_run(page: Page, lab: Lab, host: LabHost) -> None:
    (host.root / LESSON.name).write_bytes(LESSON.read_bytes())
    open_notebook(page, lab, LESSON.name, is_simple=True)
    notebook = page.locator(".jp-NotebookPanel:visible")
    share = notebook.evaluate("panel => panel.getBoundingClientRect().width / window.innerWidth")
    assert share > MOST_OF_THE_WINDOW, share

    in_palette(page, "Collapse All Code", "notebook:hide-all-cell-code")
    in_palette(page, "Run All Cells", "notebook:run-all-cells")
    graph = notebook.locator('[data-couture="widget"]').filter(has=page.locator('[data-task-id="publish"]')).first
    publish = graph.locator('[data-task-id="publish"]').first
    expect(publish).to_have_attribute("data-state", "success", timeout=LESSON_MS)
    expect(notebook.locator(".jp-CodeCell .cm-content:visible")).to_have_count(0)
    frame = notebook.frame_locator('iframe[title="Seconds per task"]')
    expect(frame.locator("canvas").first).to_be_attached(timeout=READY_MS)

    run = trigger(lab, "lesson_shop")
    progress = notebook.locator('[data-couture="run-progress"]')
    expect(progress).to_have_attribute("data-run-id", run["run_id"], timeout=READY_MS)
    wait_for_end(lab, run)
    shown = graph.locator('[data-couture="run-state"]')
    expect(shown).to_have_attribute("data-run-id", run["run_id"], timeout=READY_MS)
    expect(publish).to_have_attribute("data-state", "success", timeout=READY_MS)
