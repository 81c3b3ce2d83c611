"""All widgets: from the key that runs the cell to what it shows, and from what happens to its picture.

They appear, and follow, in one notebook with all of them; and they follow in a notebook of their own.
"""

import time
from collections.abc import Iterator
from datetime import datetime

from playwright.sync_api import Locator, Page

from benchmarks.measures import Measure, median
from jupyter_couture.cli.lab import Lab
from tests.e2e.all_widgets import CASES, DAG_ID, IMPORT, WIDGET, Case, Parade, stamp_of
from tests.e2e.api import tasks_of, trigger, wait_for_end
from tests.e2e.lab import READY_MS
from tests.e2e.notebook import open_notebook, run_cell, write_notebook

BUDGET_APPEARS_MS = 1000.0
BUDGET_FOLLOWS_MS = 250.0
REPEATS = 5
LOOK_MS = 20
REST_MS = 500
_WATCH = """
(widget, selector) => {
  window.__seen = new Promise(done => {
    const look = () => widget.querySelector(selector) ? done(Date.now()) : requestAnimationFrame(look);
    requestAnimationFrame(look);
  });
}
"""


def measure(page: Page, lab: Lab) -> Iterator[Measure]:
    """The first widget of the kernel as well, which loads what all of them need; then the others, each for itself."""
    parade = Parade(lab)
    wait_for_end(lab, trigger(lab, DAG_ID))
    cells = [f"{case.name} = {case.made}\n{case.name}" for case in CASES]
    path = write_notebook(lab.settings.home.parent, "widgets", IMPORT, "DagGraph('parade', height=100)", *cells)
    open_notebook(page, lab, path)
    run_cell(page, 0).get_by_text("imported").wait_for(timeout=READY_MS)
    yield _appears("the first of a kernel", _appeared_ms(page, 1, '[data-task-id="ends"]'))
    for number, case in enumerate(CASES, 2):
        yield _appears(case.name, _appeared_ms(page, number, case.shows))
    for number, case in enumerate(CASES, 2):
        if case.name != "form":
            among = _followed(page, lab, parade, case, number)
            yield Measure(workload="widgets", metric=f"{case.name} follows among all", value=among, unit="ms")
    for case in CASES:
        if case.name != "form":
            path = write_notebook(lab.settings.home.parent, case.name, IMPORT, case.made)
            open_notebook(page, lab, path)
            for cell in range(2):
                run_cell(page, cell)
            alone = _followed(page, lab, parade, case, 1)
            yield Measure(
                workload="widgets", metric=f"{case.name} follows", value=alone, unit="ms", budget=BUDGET_FOLLOWS_MS
            )


def _followed(page: Page, lab: Lab, parade: Parade, case: Case, cell: int) -> float:
    return median([_followed_ms(page, lab, parade, _widget(page, cell), case) for _ in range(REPEATS)])


def _appears(name: str, milliseconds: float) -> Measure:
    return Measure(
        workload="widgets", metric=f"{name} appears", value=milliseconds, unit="ms", budget=BUDGET_APPEARS_MS
    )


def _widget(page: Page, cell: int) -> Locator:
    return page.locator(f'.jp-CodeCell[data-windowed-list-index="{cell}"] {WIDGET}')


def _appeared_ms(page: Page, cell: int, shows: str) -> float:
    page.locator(f'.jp-CodeCell[data-windowed-list-index="{cell}"]').evaluate(
        "cell => cell.scrollIntoView({ block: 'start' })"
    )
    began = time.perf_counter()
    run_cell(page, cell)
    _widget(page, cell).locator(shows).first.wait_for(timeout=READY_MS)
    return (time.perf_counter() - began) * 1000


def _followed_ms(page: Page, lab: Lab, parade: Parade, widget: Locator, case: Case) -> float:
    """From when the task began, or ended, to the frame in which the widget shows it."""
    widget.scroll_into_view_if_needed()
    widget.locator(case.shows).first.wait_for(timeout=READY_MS)
    parade.let_end(may_end=False)
    run = trigger(lab, DAG_ID)
    while case.follows_end and tasks_of(lab, run)["marches"]["started_at"] is None:
        page.wait_for_timeout(LOOK_MS)
    page.wait_for_timeout(REST_MS if case.follows_end else 0)  # what the start has changed is not what is waited for
    selector = case.follows.format(run=run["run_id"], stamp=stamp_of(widget))
    widget.evaluate(_WATCH, selector)
    parade.let_end(may_end=case.follows_end)
    seen: float = page.evaluate("() => window.__seen")
    parade.let_end(may_end=True)
    wait_for_end(lab, run)
    at = tasks_of(lab, run)["marches"]["ended_at" if case.follows_end else "started_at"]
    page.wait_for_timeout(REST_MS)
    return seen - datetime.fromisoformat(at).timestamp() * 1000
