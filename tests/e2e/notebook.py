"""A notebook in a real lab: its cells are run, and what they show is looked at."""

import contextlib
import re
import time
from pathlib import Path

import nbformat
from playwright.sync_api import Locator, Page, expect

from jupyter_couture.cli.lab import Lab
from tests.e2e.lab import READY_MS

LOOK_MS = 100
READ_TRIES = 8
READ_MS = 4000


def write_notebook(folder: Path, name: str, *sources: str) -> str:
    """A notebook of code cells in the lab's root folder; its path there."""
    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel}), folder / f"{name}.ipynb")
    return f"{name}.ipynb"


def open_notebook(page: Page, lab: Lab, path: str, *, is_simple: bool = False) -> None:
    """Open a notebook of the lab's root folder, alone, and wait for its kernel; ``is_simple``: in the simple mode."""
    page.goto(f"{lab.base}/{'doc' if is_simple else 'lab'}/tree/{path}?token={lab.token}&reset")
    page.wait_for_selector("#jupyterlab-splash", state="detached", timeout=READY_MS)
    expect(page.locator(".jp-NotebookPanel:visible")).to_be_visible(timeout=READY_MS)
    wait_for_kernel(page)


def wait_for_kernel(page: Page) -> None:
    """Return once the kernel of the visible notebook rests, as the status bar says."""
    expect(page.locator("#jp-main-statusbar")).to_contain_text(re.compile(r"\| Idle"), timeout=READY_MS)


def open_in_notebook_7(page: Page, lab: Lab, path: str) -> None:
    """Open a notebook of the lab's root folder in Notebook 7, and wait for its kernel.

    There is no status bar, and the indicator beside the kernel's name says idle before there is a kernel. So the server
    is asked: a kernel that rests and has somebody connected.
    """
    page.goto(f"{lab.base}/notebooks/{path}?token={lab.token}")
    expect(page.locator(".jp-Toolbar-kernelName")).to_contain_text("Python 3", timeout=READY_MS)
    deadline = time.monotonic() + READY_MS / 1000
    while not _has_resting_kernel(page, lab, path):
        assert time.monotonic() < deadline, "the kernel is not ready"
        page.wait_for_timeout(LOOK_MS)
    expect(page.locator('.jp-Notebook-ExecutionIndicator[data-status="idle"]')).to_be_visible(timeout=READY_MS)


def _has_resting_kernel(page: Page, lab: Lab, path: str) -> bool:
    sessions = page.request.get(f"{lab.base}/api/sessions?token={lab.token}").json()
    kernels = [each["kernel"] for each in sessions if each["path"] == path]
    return any(kernel["execution_state"] == "idle" and kernel["connections"] for kernel in kernels)


def cell_of(page: Page, number: int) -> Locator:
    """A cell of the visible notebook, counted from 0."""
    return page.locator(f'.jp-Notebook:visible .jp-CodeCell[data-windowed-list-index="{number}"]')


def run_cell(page: Page, number: int) -> Locator:
    """Run a cell; its output, as soon as the kernel has taken the cell."""
    cell = cell_of(page, number)
    cell.locator(".cm-content").click()
    page.keyboard.press("Control+Enter")
    return cell.locator(".jp-Cell-outputArea")


def read_back(page: Page, number: int, words: str) -> None:
    """Run a cell until it prints ``words``: what a page tells may reach the kernel after a cell that was sent later."""
    for _ in range(READ_TRIES):
        output = run_cell(page, number)
        with contextlib.suppress(AssertionError):
            expect(output).to_have_text(words, timeout=READ_MS)
            return
    expect(run_cell(page, number)).to_have_text(words, timeout=READY_MS)
