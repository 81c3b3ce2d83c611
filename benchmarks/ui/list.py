"""The table of 1,000 DAGs: from opening it to the first row, and frames a second while it scrolls."""

import time
from collections.abc import Iterator

from playwright.sync_api import Page

from benchmarks.measures import Measure
from benchmarks.ui.frames import frames_while
from jupyter_couture.cli.lab import Lab
from tests.e2e.api import wait_for_dags
from tests.e2e.lab import open_lab

DAGS = 1000
BUDGET_FRAMES = 50.0
_TABLE = "#couture-dags-table"
_FILE = f"""
from jupyter_couture import DAG, EmptyOperator

for number in range({DAGS}):
    with DAG(f"dag_{{number:04}}", schedule="0 6 * * *", is_paused_upon_creation=False, catchup=False,
             tags=[f"team {{number % 7}}"], description="One of many"):
        EmptyOperator(task_id="only")
"""
_SCROLL = """
const list = document.querySelector('#couture-dags-table .couture-DagList-scroll');
list.scrollTop = (list.scrollHeight - list.clientHeight) * (0.5 - 0.5 * Math.cos(seconds * 1.6));
"""


def measure(page: Page, lab: Lab) -> Iterator[Measure]:
    """All rows in one table, scrolled to the end and back."""
    (lab.settings.dags_folder / "thousand.py").write_text(_FILE)
    wait_for_dags(lab, f"dag_{DAGS - 1:04}")
    open_lab(page, lab)
    began = time.perf_counter()
    page.get_by_role("button", name="Open as a table").click()
    page.locator(f"{_TABLE} [data-dag-id]").first.wait_for()
    yield Measure(workload="list", metric="first row", value=(time.perf_counter() - began) * 1000, unit="ms")
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
