"""A DAG or a task dragged, or copied, into a real notebook becomes code that draws it."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from jupyter_couture.cli.lab import Lab
from tests.e2e.api import trigger, wait_for_end
from tests.e2e.lab import READY_MS, SIDEBAR, LabHost, open_dag, open_lab, panel_of, row_of, watched_page
from tests.e2e.notebook import wait_for_kernel

KERNEL_MS = 90_000
NOTEBOOK = {
    "cells": [{"cell_type": "code", "execution_count": None, "id": "one", "metadata": {}, "outputs": [], "source": ""}],
    "metadata": {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}},
    "nbformat": 4,
    "nbformat_minor": 5,
}


@pytest.fixture
def notebook(host: LabHost) -> Iterator[str]:
    """A notebook with one empty cell, below the folder of the lab."""
    path = Path(host.root) / "drag.ipynb"
    path.write_text(json.dumps(NOTEBOOK))
    yield path.name
    path.unlink()


@pytest.fixture
def copying(browser: Browser, lab: Lab) -> Iterator[Page]:
    """A page that may read what was copied."""
    with watched_page(browser, lab) as page:
        page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=lab.base)
        yield page


def open_notebook(page: Page, lab: Lab, name: str) -> Locator:
    """Open it beside the list of DAGs; its cell, once its kernel is there."""
    page.goto(f"{lab.base}/lab/tree/{name}?token={lab.token}&reset")
    page.wait_for_selector("#jupyterlab-splash", state="detached", timeout=READY_MS)
    if not page.locator(SIDEBAR).is_visible():
        page.locator('[data-id="couture-dags-panel"]').click()
    expect(row_of(page, "relay")).to_be_visible(timeout=READY_MS)
    cell = page.locator(".jp-NotebookPanel .jp-CodeCell .cm-content").first
    expect(cell).to_be_visible(timeout=READY_MS)
    # Before there is a kernel, the lab forgets a cell that it is told to run.
    wait_for_kernel(page)
    return cell


def run_cell(page: Page, cell: Locator) -> Locator:
    """Run it; its output."""
    cell.click()
    page.keyboard.press("Control+Enter")
    return page.locator(".jp-NotebookPanel .jp-CodeCell .jp-OutputArea").first


def test_a_dag_dragged_from_the_list_is_drawn_by_the_cell(page: Page, lab: Lab, notebook: str) -> None:
    cell = open_notebook(page, lab, notebook)
    row_of(page, "relay").locator(".couture-DagRow-name").drag_to(cell)
    expect(cell).to_contain_text('Client().dag("relay")')
    expect(cell).to_contain_text("from jupyter_couture.client import Client")
    shown = run_cell(page, cell).locator('[data-couture="dag"]')
    expect(shown.locator("svg [data-task-id]")).to_have_count(5, timeout=KERNEL_MS)
    expect(shown).to_contain_text("relay")


def test_code_copied_for_a_task_shows_it(copying: Page, lab: Lab, notebook: str) -> None:
    run = wait_for_end(lab, trigger(lab, "failing"))
    open_lab(copying, lab)
    document = open_dag(copying, "failing")
    document.locator('[data-couture="graph"] [data-task-id="fails"]').click(timeout=READY_MS)
    panel = panel_of(copying)
    expect(panel).to_have_attribute("data-run-id", run["run_id"], timeout=READY_MS)
    expect(panel.get_by_role("heading", name="fails")).to_have_attribute("draggable", "true")
    document.locator('[data-couture="graph"] [data-task-id="fails"]').click(button="right")
    copying.locator('.lm-Menu-item[data-command="couture:copy-code"]').click()
    expect(copying.get_by_text("Paste it into a cell")).to_be_visible()
    code = copying.evaluate("navigator.clipboard.readText()")
    assert code.endswith(f'Client().run("failing", "{run["run_id"]}").task("fails")')

    cell = open_notebook(copying, lab, notebook)
    cell.click()
    copying.keyboard.press("Control+v")
    expect(cell).to_contain_text('.task("fails")')
    shown = run_cell(copying, cell).locator('[data-couture="task"]')
    expect(shown.locator('[data-state="failed"]')).to_be_visible(timeout=KERNEL_MS)


def test_a_run_is_watched_in_the_cell(page: Page, lab: Lab, notebook: str) -> None:
    cell = open_notebook(page, lab, notebook)
    cell.click()
    page.keyboard.type('from jupyter_couture.client import Client; Client().trigger("relay").watch()')
    output = run_cell(page, cell)
    shown = output.locator('[data-couture="run"]')
    expect(shown.locator("h4 [data-state]")).to_have_attribute("data-state", "success", timeout=KERNEL_MS)
    expect(shown).to_have_count(1)
    expect(shown.locator('svg [data-state="success"][data-task-id]')).to_have_count(5)
    expect(output).to_contain_text("success after")
