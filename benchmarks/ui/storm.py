"""1,000 changes of state a second for a minute: how soon an open graph hears its user, and what it keeps in memory."""

import itertools
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from typing import Any

from playwright.sync_api import Page, expect

from benchmarks.measures import Measure, median, percentile
from jupyter_couture.app.edges import open_publisher
from jupyter_couture.cli.lab import Lab
from jupyter_couture.model.records import FeedEntry
from jupyter_couture.ports.bus import FEED
from jupyter_couture.store import feed
from jupyter_couture.store.database import Database
from tests.e2e.api import trigger, wait_for_dags
from tests.e2e.footprint import page_footprint
from tests.e2e.lab import node_of, open_dag, open_lab

TASKS = 300
RATE = 1000
SECONDS = 60.0
LOOKS = 20
WARM_SECONDS = 10.0
BUDGET_INPUT_MS = 100.0
BUDGET_GROWTH_MB = 10.0
"""What the garbage collector may leave after the storm over what it left after its first seconds."""

_TICK_SECONDS = 0.05
_PAUSE_MS = 150
_STATES = ("scheduled", "queued", "running", "success")
_DAG = f"""
from jupyter_couture import DAG, EmptyOperator

with DAG("storm") as dag:
    for row in range({TASKS // 10}):
        tasks = [EmptyOperator(task_id=f"task_{{row * 10 + column:03}}") for column in range(10)]
        for one, other in zip(tasks, tasks[1:]):
            one >> other
"""
_WATCH_INPUT = """
window.inputs = [];
new PerformanceObserver(list => {
  for (const entry of list.getEntries()) {
    if (entry.name === 'pointerdown' || entry.name === 'keydown') {
      window.inputs.push([entry.processingStart - entry.startTime, entry.duration]);
    }
  }
}).observe({ type: 'event', durationThreshold: 16, buffered: true });
"""
_BEHIND = """
() => new Promise(done => requestAnimationFrame(() => {
  const times = [...document.querySelectorAll('[data-couture="graph"] [data-seq-at]')]
    .map(node => Date.parse(node.getAttribute('data-seq-at')));
  done(Date.now() - Math.max(...times));
}))
"""
_QUICK_MS = 16.0
"""What took less than this the browser does not report."""


def measure(page: Page, lab: Lab) -> Iterator[Measure]:
    """Clicks and keys while the tasks of a run change state all the time."""
    (lab.settings.dags_folder / "storm.py").write_text(_DAG)
    wait_for_dags(lab, "storm")
    run = trigger(lab, "storm")  # it is off, so the run waits and nothing but this module speaks of its tasks
    page.add_init_script(_WATCH_INPUT)
    open_lab(page, lab)
    page.locator('[data-couture="show-paused"]').first.click()
    open_dag(page, "storm")
    expect(node_of(page, f"task_{TASKS - 1:03}")).to_be_attached()
    stop = threading.Event()
    told: list[int] = []
    storm = threading.Thread(target=_blow, args=(lab, run["run_id"], stop, told))
    storm.start()
    try:
        _use(page, WARM_SECONDS)
        before = page_footprint(page).heap_bytes / 1e6
        page.evaluate("() => { window.inputs.length = 0; }")
        actions = _use(page, SECONDS - WARM_SECONDS)
        seen: list[list[float]] = page.evaluate("() => window.inputs")
        behind = sorted(page.evaluate(_BEHIND) for _ in range(LOOKS))
        after = page_footprint(page).heap_bytes / 1e6
    finally:
        stop.set()
        storm.join()
    quick = [0.0] * max(0, actions - len(seen))
    delays = sorted(quick + [delay for delay, _ in seen])
    painted = sorted([_QUICK_MS] * len(quick) + [duration for _, duration in seen])
    yield Measure(workload="storm", metric="changes told", value=sum(told) / SECONDS, unit="a second", at_least=True)
    yield Measure(workload="storm", metric="clicks and keys", value=actions, unit="inputs")
    yield Measure(
        workload="storm",
        metric="input delay",
        value=percentile(delays, 0.95),
        unit="ms p95",
        budget=BUDGET_INPUT_MS,
    )
    yield Measure(workload="storm", metric="input to next frame, median", value=median(painted), unit="ms")
    yield Measure(workload="storm", metric="input to next frame", value=percentile(painted, 0.95), unit="ms p95")
    yield Measure(workload="storm", metric="the newest colour is behind", value=median(behind), unit="ms")
    yield Measure(workload="storm", metric="memory after its first seconds", value=before, unit="MB")
    yield Measure(workload="storm", metric="growth of memory", value=after - before, unit="MB", budget=BUDGET_GROWTH_MB)


def _blow(lab: Lab, run_id: str, stop: threading.Event, told: list[int]) -> None:
    """Write changes into the feed as commits do, in batches, and signal them."""
    database, publisher = Database(lab.settings.database_url), open_publisher(lab.settings)
    changes = zip(itertools.cycle(range(TASKS)), (n // TASKS for n in itertools.count()), strict=False)
    try:
        began = time.monotonic()
        while not stop.is_set():
            due = int((time.monotonic() - began) * RATE) - sum(told)
            entries = [_change(run_id, task, turn) for task, turn in itertools.islice(changes, due)]
            database.write(partial(feed.append, entries=entries))
            publisher.publish(FEED)
            told.append(len(entries))
            stop.wait(_TICK_SECONDS)
    finally:
        publisher.close()
        database.close()


def _change(run_id: str, task: int, turn: int) -> FeedEntry:
    now = datetime.now(UTC).isoformat()
    data: dict[str, Any] = {
        "state": _STATES[turn % len(_STATES)],
        "try_number": turn // len(_STATES),
        "queued_at": now,
        "started_at": now,
        "ended_at": None,
        "next_retry_at": None,
        "reason": None,
    }
    return FeedEntry("task.state", "storm", run_id, f"task_{task:03}", -1, data)


def _use(page: Page, seconds: float) -> int:
    """Select one task after the other and go on by the arrow keys; how many inputs that were."""
    until = time.monotonic() + seconds
    count = 0
    for number in itertools.cycle(range(0, TASKS, 10)):
        if time.monotonic() > until:
            return count
        box = node_of(page, f"task_{number:03}").bounding_box()
        if box is not None:
            page.mouse.click(box["x"] + 4, box["y"] + 4)
            count += 1
        page.wait_for_timeout(_PAUSE_MS)
        page.keyboard.press("ArrowRight")
        count += 1
        page.wait_for_timeout(_PAUSE_MS)
    raise AssertionError("the cycle has no end")
