"""From the commit of a task's state in the store to its colour in the open graph, in ms."""

from collections.abc import Iterator

from playwright.sync_api import Page, expect

from benchmarks.measures import Measure, median, percentile
from jupyter_couture.cli.lab import Lab
from tests.e2e.api import trigger, wait_for_dags, wait_for_end
from tests.e2e.lab import node_of, open_dag, open_lab
from tests.e2e.pixels import taken_delays, watch_pixels

BUDGET_MILLISECONDS = 250.0
RUNS = 6
STEPS = 8
_SETTLES_MS = 300
_DAG = f"""
from jupyter_couture import DAG, BashOperator

with DAG("steps", is_paused_upon_creation=False) as dag:
    tasks = [BashOperator(task_id=f"step_{{n}}", bash_command="true") for n in range({STEPS})]
    for one, other in zip(tasks, tasks[1:]):
        one >> other
"""


def measure(page: Page, lab: Lab) -> Iterator[Measure]:
    """The changes of some runs of a chain of tasks."""
    (lab.settings.dags_folder / "steps.py").write_text(_DAG)
    wait_for_dags(lab, "steps")
    watch_pixels(page)
    open_lab(page, lab)
    open_dag(page, "steps")
    last = node_of(page, f"step_{STEPS - 1}")
    expect(last).to_be_visible()
    delays: list[float] = []
    for _ in range(RUNS):
        wait_for_end(lab, trigger(lab, "steps"))
        expect(last).to_have_attribute("data-state", "success")
        page.wait_for_timeout(_SETTLES_MS)
        delays += taken_delays(page)
    yield Measure(
        workload="pixel", metric="changes seen", value=len(delays), unit="changes", budget=RUNS * STEPS, at_least=True
    )
    yield Measure(workload="pixel", metric="commit to colour, median", value=median(delays), unit="ms")
    yield Measure(
        workload="pixel",
        metric="commit to colour",
        value=percentile(delays, 0.95),
        unit="ms p95",
        budget=BUDGET_MILLISECONDS,
    )
