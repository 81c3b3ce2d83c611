"""Twenty widgets in one notebook: for the test of a few runs and for the half hour of ``make soak-widgets``."""

import re
from dataclasses import dataclass

from playwright.sync_api import Locator, Page, expect

from jupyter_couture.cli.lab import Lab
from tests.e2e.lab import READY_MS, LabHost
from tests.e2e.notebook import open_notebook, run_cell, write_notebook

COUNT = 20
KERNEL_SHARE = 0.05
"""Of one processor: the kernel holds what is chosen, the page does the work."""

_SHOW = """VBox([
    view({dag_id!r}, height=120)
    for _ in range(3) for view in (DagGraph, RunTree, RunGantt, TaskDuration, TaskTries, LandingTimes)
] + [PoolUse(1, height=120), DagsTable(height=120)])"""
_IMPORT = (
    "import os\nfrom ipywidgets import VBox\nfrom jupyter_couture.widgets import *\nprint(os.getpid(), os.getppid())"
)


@dataclass(frozen=True, slots=True)
class ManyWidgets:
    """A notebook that shows them, and the processes of its kernel and its server. ``streams`` are those they opened."""

    widgets: Locator
    streams: list[str]
    kernel_pid: int
    server_pid: int


def show_many_widgets(page: Page, lab: Lab, host: LabHost, dag_id: str) -> ManyWidgets:
    """Open a notebook with ``COUNT`` widgets of a DAG that has run, and wait until they are there."""
    streams: list[str] = []
    page.on("websocket", lambda socket: streams.append(socket.url) if "couture/api/stream" in socket.url else None)
    open_notebook(page, lab, write_notebook(host.root, "many", _IMPORT, _SHOW.format(dag_id=dag_id)))
    said = run_cell(page, 0)
    expect(said).to_have_text(re.compile(r"\d+ \d+"), timeout=READY_MS)
    kernel, server = map(int, said.inner_text().split())
    streams.clear()
    run_cell(page, 1)
    widgets = page.locator('[data-couture="widget"]')
    expect(widgets).to_have_count(COUNT, timeout=READY_MS)
    expect(widgets.locator("svg [data-task-id]").first).to_be_visible(timeout=READY_MS)
    return ManyWidgets(widgets, streams, kernel, server)
