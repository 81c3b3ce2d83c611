"""Twenty widgets in one notebook while runs go by: one stream, a kernel at rest, a page that stays quick and small.

The same for half an hour is `make soak-widgets`.
"""

import time

import pytest
from playwright.sync_api import Page

from jupyter_couture.cli.lab import Lab
from tests.e2e.api import trigger, wait_for_end
from tests.e2e.footprint import cpu_seconds, page_footprint
from tests.e2e.lab import LabHost
from tests.e2e.many_widgets import KERNEL_SHARE, show_many_widgets

pytestmark = pytest.mark.timeout(300)

RUNS = 4
PAGE_ANSWERS_SECONDS = 2.0
GROWTH_BYTES = 12_000_000
"""What is forgotten of a run is less than what is known of it; a figure that is not let go of weighs more than this."""


def test_twenty_widgets_cost_one_stream_and_no_kernel(page: Page, lab: Lab, host: LabHost) -> None:
    wait_for_end(lab, trigger(lab, "relay"))
    many = show_many_widgets(page, lab, host, "relay")
    wait_for_end(lab, trigger(lab, "relay"))  # what is loaded and kept for the first run that is seen

    held = page_footprint(page).heap_bytes
    started, cpu_before = time.monotonic(), cpu_seconds(many.kernel_pid)
    slowest = 0.0
    for _ in range(RUNS):
        run = trigger(lab, "relay")
        began = time.monotonic()
        page.evaluate("() => new Promise(resolve => requestAnimationFrame(() => resolve(null)))")
        slowest = max(slowest, time.monotonic() - began)
        wait_for_end(lab, run)
    cpu, wall = cpu_seconds(many.kernel_pid) - cpu_before, time.monotonic() - started
    grown = page_footprint(page).heap_bytes - held
    measured = f"kernel {cpu:.3f} s of {wall:.1f} s; frame {slowest * 1000:.0f} ms; heap {grown / 1e6:+.1f} MB"
    assert cpu <= KERNEL_SHARE * wall, measured
    assert slowest < PAGE_ANSWERS_SECONDS, measured
    assert grown < GROWTH_BYTES, measured
    assert len(many.streams) <= 1, many.streams
