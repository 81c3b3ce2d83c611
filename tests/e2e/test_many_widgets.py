"""Twenty widgets in one notebook while runs go by: one stream, a kernel at rest, a page that stays quick and small."""

import re
import time

import pytest
from playwright.sync_api import Page, expect

from jupyter_couture.cli.lab import Lab
from tests.e2e.api import trigger, wait_for_end
from tests.e2e.lab import READY_MS, LabHost
from tests.e2e.notebook import open_notebook, run_cell, write_notebook

pytestmark = pytest.mark.timeout(300)

RUNS = 4
KERNEL_SHARE = 0.05
PAGE_ANSWERS_SECONDS = 2.0
GROWTH_BYTES = 12_000_000
"""What is forgotten of a run is less than what is known of it; a figure that is not let go of weighs more than this."""

MANY = """VBox([
    view('relay', height=120)
    for _ in range(3) for view in (DagGraph, RunTree, RunGantt, TaskDuration, TaskTries, LandingTimes)
] + [PoolUse(1, height=120), DagsTable(height=120)])"""
CELLS = (
    "import time\nfrom ipywidgets import VBox\nfrom jupyter_couture.widgets import *\nprint('imported')",
    MANY,
    "cpu, wall = time.process_time(), time.monotonic()\nprint('measured')",
    "print(f'{time.process_time() - cpu:.3f} s of {time.monotonic() - wall:.3f} s')",
)


def heap_bytes(page: Page) -> int:
    """What the page's scripts hold after all that nobody holds was let go of."""
    session = page.context.new_cdp_session(page)
    session.send("HeapProfiler.collectGarbage")
    used: int = session.send("Runtime.getHeapUsage")["usedSize"]
    session.detach()
    return used


def test_twenty_widgets_cost_one_stream_and_no_kernel(page: Page, lab: Lab, host: LabHost) -> None:
    streams: list[str] = []
    page.on("websocket", lambda socket: streams.append(socket.url) if "couture/api/stream" in socket.url else None)
    wait_for_end(lab, trigger(lab, "relay"))
    open_notebook(page, lab, write_notebook(host.root, "many", *CELLS))
    expect(run_cell(page, 0)).to_have_text("imported", timeout=READY_MS)
    before = len(streams)
    run_cell(page, 1)
    expect(page.locator('[data-couture="widget"]')).to_have_count(20, timeout=READY_MS)
    expect(page.locator('[data-couture="widget"] svg [data-task-id]').first).to_be_visible(timeout=READY_MS)
    wait_for_end(lab, trigger(lab, "relay"))  # what is loaded and kept for the first run that is seen

    expect(run_cell(page, 2)).to_have_text("measured", timeout=READY_MS)
    held = heap_bytes(page)
    slowest = 0.0
    for _ in range(RUNS):
        run = trigger(lab, "relay")
        began = time.monotonic()
        page.evaluate("() => new Promise(resolve => requestAnimationFrame(() => resolve(null)))")
        slowest = max(slowest, time.monotonic() - began)
        wait_for_end(lab, run)
    said = run_cell(page, 3)
    expect(said).to_contain_text(" s of ", timeout=READY_MS)
    cpu, wall = map(float, re.findall(r"[\d.]+", said.inner_text()))
    grown = heap_bytes(page) - held
    measured = f"kernel {cpu:.3f} s of {wall:.1f} s; frame {slowest * 1000:.0f} ms; heap {grown / 1e6:+.1f} MB"
    assert cpu <= KERNEL_SHARE * wall, measured
    assert slowest < PAGE_ANSWERS_SECONDS, measured
    assert grown < GROWTH_BYTES, measured
    assert len(streams) - before <= 1, streams
