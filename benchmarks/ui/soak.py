"""``python -m benchmarks.ui.soak [--minutes 30]``: twenty widgets in one notebook on a busy engine, for a long time.

What the page holds after garbage collection must stay as it was in the first minutes, the kernel must rest, and the
page must answer while all of its widgets take turns in sight. Every number is one JSON line; the exit code is 1 if a
budget is missed.
"""

import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click
from playwright.sync_api import Page

from benchmarks.measures import Measure, load_average, percentile, show
from jupyter_couture.cli.lab import Lab
from tests.e2e.api import trigger, wait_for_dags, wait_for_end
from tests.e2e.footprint import PageFootprint, cpu_seconds, memory_bytes, page_footprint
from tests.e2e.lab import LabHost, lab_host, running_browser, watched_page
from tests.e2e.many_widgets import COUNT, KERNEL_SHARE, ManyWidgets, show_many_widgets

MARKS = (1 / 15, 1 / 3, 2 / 3, 1.0)
"""When to look, in shares of the whole: of half an hour after 2, 10, 20 and 30 minutes."""
RUNS_AT_ONCE = 3
BUDGET_GROWTH_MB = 10.0
BUDGET_NODES = 1.1
"""The nodes of the document at the end, over those at the first look."""
BUDGET_ANSWER_MS = 100.0

_FILE = """
import time
from jupyter_couture import DAG, PythonOperator

with DAG("busy", schedule=None, is_paused_upon_creation=False):
    before = []
    for step in range(4):
        tasks = [
            PythonOperator(task_id=f"step_{step}_{number}", python_callable=time.sleep, op_args=[0.2])
            for number in range(3)
        ]
        for task in tasks:
            before >> task
        before = tasks
"""


@dataclass(frozen=True, slots=True)
class Look:
    """What is held ``minutes`` after all widgets have been drawn once."""

    minutes: float
    page: PageFootprint
    kernel_bytes: int
    server_bytes: int

    def measures(self) -> Iterator[Measure]:
        """Its numbers, for orientation."""
        when = f"after {self.minutes:.1f} min"
        for name, value, unit in (
            ("heap of the page", self.page.heap_bytes / 1e6, "MB"),
            ("nodes of the page", self.page.nodes, "nodes"),
            ("memory of the kernel", self.kernel_bytes / 1e6, "MB"),
            ("memory of the server", self.server_bytes / 1e6, "MB"),
        ):
            yield Measure(workload="soak", metric=f"{name} {when}", value=value, unit=unit)


def soak(page: Page, lab: Lab, host: LabHost, minutes: float) -> Iterator[Measure]:
    """Run after run, three at once, while one widget after the other comes into sight."""
    (lab.settings.dags_folder / "busy.py").write_text(_FILE)
    wait_for_dags(lab, "busy")
    wait_for_end(lab, trigger(lab, "busy"))
    many = show_many_widgets(page, lab, host, "busy")
    for number in range(COUNT):  # what is drawn for the first time is no growth
        many.widgets.nth(number).scroll_into_view_if_needed()
        wait_for_end(lab, trigger(lab, "busy"))
    began, cpu_before = time.monotonic(), cpu_seconds(many.kernel_pid)
    answers: list[float] = []
    looks: list[Look] = []
    runs = 0
    for mark in MARKS:
        while time.monotonic() - began < mark * minutes * 60:
            ongoing = [trigger(lab, "busy") for _ in range(RUNS_AT_ONCE)]
            many.widgets.nth(runs // RUNS_AT_ONCE % COUNT).scroll_into_view_if_needed()
            answers.append(_answer_ms(page))
            for run in ongoing:
                wait_for_end(lab, run)
            runs += RUNS_AT_ONCE
        looks.append(_look(page, many, (time.monotonic() - began) / 60))
        yield from looks[-1].measures()
    kernel = (cpu_seconds(many.kernel_pid) - cpu_before) / (time.monotonic() - began)
    first, last = looks[0].page, looks[-1].page
    growth = (last.heap_bytes - first.heap_bytes) / 1e6
    yield Measure(workload="soak", metric="runs that went by", value=runs, unit="runs")
    yield Measure(workload="soak", metric="streams", value=len(many.streams), unit="streams", budget=1)
    yield Measure(workload="soak", metric="kernel", value=kernel * 100, unit="% CPU", budget=KERNEL_SHARE * 100)
    yield Measure(workload="soak", metric="growth of the heap", value=growth, unit="MB", budget=BUDGET_GROWTH_MB)
    yield Measure(
        workload="soak", metric="nodes, last to first", value=last.nodes / first.nodes, unit="", budget=BUDGET_NODES
    )
    yield Measure(
        workload="soak", metric="answer", value=percentile(answers, 0.95), unit="ms p95", budget=BUDGET_ANSWER_MS
    )


def _answer_ms(page: Page) -> float:
    """How long the page takes to draw its next frame."""
    began = time.perf_counter()
    page.evaluate("() => new Promise(resolve => requestAnimationFrame(() => resolve(null)))")
    return (time.perf_counter() - began) * 1000


def _look(page: Page, many: ManyWidgets, minutes: float) -> Look:
    many.widgets.first.scroll_into_view_if_needed()
    return Look(minutes, page_footprint(page), memory_bytes(many.kernel_pid), memory_bytes(many.server_pid))


@click.command(name="benchmarks.ui.soak")
@click.option("--minutes", type=click.FloatRange(min=0, min_open=True), default=30.0, show_default=True)
def command(minutes: float) -> None:
    """Watch twenty widgets for a while and compare with the budgets."""
    is_ok = True
    with tempfile.TemporaryDirectory(prefix="couture-soak-") as folder, lab_host(Path(folder)) as host:
        lab = host.start()
        try:
            with running_browser() as browser, watched_page(browser, lab) as page:
                show(Measure(workload="soak", metric="load before", value=load_average(), unit="tasks"), as_json=True)
                for measure in soak(page, lab, host, minutes):
                    show(measure, as_json=True)
                    is_ok = is_ok and measure.is_ok is not False
        finally:
            lab.close()
    sys.exit(0 if is_ok else 1)


if __name__ == "__main__":
    command()
