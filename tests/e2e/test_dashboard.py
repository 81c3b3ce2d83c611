"""The dashboard of the lessons in JupyterLab's simple mode: it has the whole window, and is live."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from jupyter_couture.cli.lab import Lab
from tests.e2e.api import trigger, wait_for_end
from tests.e2e.lab import READY_MS, SIDEBAR, LabHost, in_palette
from tests.e2e.notebook import wait_for_kernel

pytestmark = pytest.mark.timeout(240)

LESSON = Path(__file__).parents[2] / "notebooks" / "06-dashboard.ipynb"
MOST_OF_THE_WINDOW = 0.9


def test_the_dashboard_fills_the_window_in_simple_mode_and_follows_a_run(page: Page, lab: Lab, host: LabHost) -> None:
    (host.root / LESSON.name).write_bytes(LESSON.read_bytes())
    page.goto(f"{lab.base}/doc/tree/{LESSON.name}?token={lab.token}&reset")
    page.wait_for_selector("#jupyterlab-splash", state="detached", timeout=READY_MS)
    wait_for_kernel(page)
    notebook = page.locator(".jp-NotebookPanel:visible")
    expect(page.locator(SIDEBAR)).to_be_hidden()
    share = notebook.evaluate("panel => panel.getBoundingClientRect().width / window.innerWidth")
    assert share > MOST_OF_THE_WINDOW, share

    in_palette(page, "Collapse All Code", "notebook:hide-all-cell-code")
    in_palette(page, "Run All Cells", "notebook:run-all-cells")
    graph = notebook.locator('[data-couture="widget"]').filter(has=page.locator('[data-task-id="publish"]')).first
    publish = graph.locator('[data-task-id="publish"]').first
    expect(publish).to_have_attribute("data-state", "success", timeout=READY_MS)
    expect(notebook.locator(".jp-CodeCell .cm-content:visible")).to_have_count(0)
    frame = notebook.frame_locator('iframe[title="Seconds per task"]')
    expect(frame.get_by_text("fetch_oslo").or_(frame.locator("canvas")).first).to_be_attached(timeout=READY_MS)

    run = trigger(lab, "lesson_shop")
    progress = notebook.locator('[data-couture="run-progress"]')
    expect(progress).to_have_attribute("data-run-id", run["run_id"], timeout=READY_MS)
    wait_for_end(lab, run)
    expect(publish).to_have_attribute("data-state", "success", timeout=READY_MS)
