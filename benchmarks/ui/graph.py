"""A graph of 2,000 tasks and 2,700 dependencies: first paint, and frames a second while it is panned and zoomed."""

import time
from collections.abc import Iterator

from playwright.sync_api import Page

from benchmarks.measures import Measure
from benchmarks.ui.frames import frames_while
from jupyter_couture.cli.lab import Lab
from tests.e2e.api import trigger, wait_for_dags, wait_for_end
from tests.e2e.lab import node_of, open_dag, open_lab

TASKS = 2000
BUDGET_PAINT_MS = 1500.0
BUDGET_FRAMES = 50.0
_FILE = """
import random
from jupyter_couture import DAG, EmptyOperator

chance = random.Random(7)
with DAG("broad", schedule=None, is_paused_upon_creation=False):
    before = []
    for layer in range(50):
        tasks = [EmptyOperator(task_id=f"layer_{layer:02}_task_{number:02}") for number in range(40)]
        for task in tasks:
            for upstream in chance.sample(before, 1 + (chance.random() < 0.38)) if before else ():
                upstream >> task
        before = tasks

with DAG("graph_warm_up", schedule=None, is_paused_upon_creation=False):
    EmptyOperator(task_id="only") >> EmptyOperator(task_id="other")
"""
_WHEEL = """
const scene = document.querySelector('.couture-DagDocument[data-dag-id="broad"] .couture-Scene');
const {left, top, width, height} = scene.getBoundingClientRect();
const [x, y] = [left + width / 2, top + height / 2];
"""
_PAN = (
    _WHEEL
    + """
const move = (type, x, y) => scene.dispatchEvent(new PointerEvent(type, {
  bubbles: true, pointerId: 1, button: 0, buttons: 1, clientX: x, clientY: y }));
if (!window.isPanning) {
  window.isPanning = true;
  scene.setPointerCapture = () => undefined;
  move('pointerdown', x, y);
}
move('pointermove', x + 400 * Math.sin(seconds * 2), y + 60 * Math.sin(seconds * 3));
"""
)
_ZOOM = (
    _WHEEL
    + """
scene.dispatchEvent(new WheelEvent('wheel', {
  bubbles: true, cancelable: true, deltaY: 25 * Math.cos(seconds * 1.6), clientX: x, clientY: y }));
"""
)


def measure(page: Page, lab: Lab) -> Iterator[Measure]:
    """Opened from the list when the code of the view is loaded already, then moved at several sizes."""
    (lab.settings.dags_folder / "broad.py").write_text(_FILE)
    wait_for_dags(lab, "broad", "graph_warm_up")
    wait_for_end(lab, trigger(lab, "graph_warm_up"))
    open_lab(page, lab)
    open_dag(page, "graph_warm_up")
    node_of(page, "other").wait_for()
    began = time.perf_counter()
    open_dag(page, "broad")
    page.wait_for_function(
        "count => document.querySelectorAll('[data-dag-id=\"broad\"] .couture-Node').length === count",
        arg=TASKS,
        polling="raf",
    )
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    yield Measure(
        workload="graph",
        metric="first paint of 2,000 tasks",
        value=(time.perf_counter() - began) * 1000,
        unit="ms",
        budget=BUDGET_PAINT_MS,
    )
    scale = page.locator('[data-dag-id="broad"] [data-couture="scale"]')
    yield from _smooth(page, "panning all of it", _PAN)
    scale.click()
    yield from _smooth(page, "panning in full size", _PAN)
    page.locator('[data-dag-id="broad"] [data-couture="fit"]').click()
    yield from _smooth(page, "zooming", _ZOOM, has_budget=False)


def _smooth(page: Page, metric: str, move: str, *, has_budget: bool = True) -> Iterator[Measure]:
    page.evaluate("window.isPanning = false")
    frames = frames_while(page, move)
    yield Measure(
        workload="graph",
        metric=metric,
        value=frames.per_second,
        unit="frames/s",
        budget=BUDGET_FRAMES if has_budget else None,
        at_least=True,
    )
    yield Measure(workload="graph", metric=f"slow frame while {metric}", value=frames.slow_ms, unit="ms p95")
