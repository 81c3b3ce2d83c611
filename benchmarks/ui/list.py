"""The table of 1,000 DAGs: from opening it to the first row, and frames a second while all of them scroll."""

import time
from collections.abc import Iterator

from playwright.sync_api import Page, expect

from benchmarks.measures import Measure
from benchmarks.ui.frames import frames_while
from jupyter_couture.cli.lab import Lab
from tests.e2e.api import wait_for_dags
from tests.e2e.lab import open_lab

DAGS = 1000
BUDGET_FRAMES = 50.0
RUNS_SECONDS = 120.0
_TABLE = "#couture-dags-table"
_FILE = f"""
from datetime import datetime
from jupyter_couture import DAG, EmptyOperator

for number in range({DAGS}):
    with DAG(f"dag_{{number:04}}", schedule="0 6 * * *", start_date=datetime(2026, 1, 1), catchup=False,
             is_paused_upon_creation=False, tags=[f"team {{number % 7}}"], description="One of many"):
        EmptyOperator(task_id="only")
"""
_SCROLL = """
const list = document.querySelector('#couture-dags-table .couture-DagList-scroll');
list.scrollTop = Math.min(3000 * seconds, list.scrollHeight - list.clientHeight);
"""


def measure(page: Page, lab: Lab) -> Iterator[Measure]:
    """All rows on one page, scrolled by 3,000 pixels a second, and what a step to another page takes."""
    before = _ended(lab)
    (lab.settings.dags_folder / "thousand.py").write_text(_FILE)
    wait_for_dags(lab, f"dag_{DAGS - 1:04}")
    _wait_for_runs(lab, before + DAGS)
    open_lab(page, lab)
    table = page.locator(_TABLE)
    began = time.perf_counter()
    page.get_by_role("button", name="Open as a table").click()
    table.locator("[data-dag-id]").first.wait_for()
    yield Measure(workload="list", metric="first row", value=_milliseconds(began), unit="ms")
    showing = table.locator('[data-couture="showing"]')
    began = time.perf_counter()
    table.get_by_role("button", name="Next page").click()
    expect(showing).to_contain_text("Showing 26 to 50 of")
    yield Measure(workload="list", metric="next page", value=_milliseconds(began), unit="ms")
    began = time.perf_counter()
    table.get_by_label("Per page").select_option(str(DAGS))
    expect(showing).to_contain_text(f"Showing 1 to {DAGS} of")
    yield Measure(workload="list", metric=f"{DAGS} rows", value=_milliseconds(began), unit="ms")
    frames = frames_while(page, _SCROLL)
    yield Measure(
        workload="list",
        metric="scrolling",
        value=frames.per_second,
        unit="frames/s",
        budget=BUDGET_FRAMES,
        at_least=True,
    )
    yield Measure(workload="list", metric="slow frame while scrolling", value=frames.slow_ms, unit="ms p95")


def _wait_for_runs(lab: Lab, wanted: int) -> None:
    """Each DAG makes one run for yesterday as soon as it is there: not while we measure."""
    deadline = time.monotonic() + RUNS_SECONDS
    while (ended := _ended(lab)) < wanted:
        assert time.monotonic() < deadline, f"{ended} of {wanted} runs have ended after {RUNS_SECONDS:g} s"
        time.sleep(0.5)


def _ended(lab: Lab) -> int:
    total: int = lab.call("GET", "runs?state=success&limit=1")["total"]
    return total


def _milliseconds(began: float) -> float:
    return (time.perf_counter() - began) * 1000
