"""A notebook in a real lab: its cells are run, and what they show is looked at."""

import re
from pathlib import Path

import nbformat
from playwright.sync_api import Locator, Page, expect

from jupyter_couture.cli.lab import Lab
from tests.e2e.lab import READY_MS


def write_notebook(folder: Path, name: str, *sources: str) -> str:
    """A notebook of code cells in the lab's root folder; its path there."""
    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel}), folder / f"{name}.ipynb")
    return f"{name}.ipynb"


def open_notebook(page: Page, lab: Lab, path: str) -> None:
    """Open a notebook of the lab's root folder, alone, and wait for its kernel."""
    page.goto(f"{lab.base}/lab/tree/{path}?token={lab.token}&reset")
    page.wait_for_selector("#jupyterlab-splash", state="detached", timeout=READY_MS)
    expect(page.locator(".jp-NotebookPanel:visible")).to_be_visible(timeout=READY_MS)
    wait_for_kernel(page)


def wait_for_kernel(page: Page) -> None:
    """Return once the kernel of the visible notebook rests, as the status bar says."""
    expect(page.locator("#jp-main-statusbar")).to_contain_text(re.compile(r"\| Idle"), timeout=READY_MS)


def cell_of(page: Page, number: int) -> Locator:
    """A cell of the visible notebook, counted from 0."""
    return page.locator(f'.jp-Notebook:visible .jp-CodeCell[data-windowed-list-index="{number}"]')


def run_cell(page: Page, number: int) -> Locator:
    """Run a cell; its output, as soon as the kernel has taken the cell."""
    cell = cell_of(page, number)
    cell.locator(".cm-content").click()
    page.keyboard.press("Control+Enter")
    return cell.locator(".jp-Cell-outputArea")
