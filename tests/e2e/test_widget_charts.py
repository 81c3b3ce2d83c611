"""The list of DAGs and the charts as widgets in a notebook: they appear, follow a run, and choose both ways."""

import time
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from jupyter_couture.cli.lab import Lab
from tests.e2e.api import tasks_of, trigger, wait_for_end
from tests.e2e.lab import READY_MS, LabHost
from tests.e2e.notebook import cell_of, open_notebook, read_back, run_cell, write_notebook

pytestmark = pytest.mark.timeout(240)

WIDGET = '[data-couture="widget"]'
FIGURE = '[data-couture="figure"][data-ready]'
APPEARS_SECONDS = 20.0
"""A second is what we want of a machine with nothing else to do; the tests run on slow ones."""
FOLLOWS_MS = 5000
"""250 ms is what we want, see there."""

CHARTS = """
tries, landing = TaskTries('relay', height=200), LandingTimes('relay', height=200)
duration, pools = TaskDuration('relay', runs=5, height=300), PoolUse(1, height=200)
VBox([duration, tries, landing, pools])
"""
CELLS = (
    "from ipywidgets import VBox\nfrom jupyter_couture.widgets import *\nprint('imported')",
    "table = DagsTable('rela', height=200)\ntable",
    "gantt = RunGantt('relay', height=280)\ngantt",
    CHARTS,
    "duration.selected = gantt.selected\nprint(gantt.selected)",
    "print(duration.selected, duration.run_id is not None, duration.cumulative)",
    "table.search = 'fail'",
    "print(table.selected, table.search)",
)

COLUMN = """(figure, [source, column]) => {
  const root = Bokeh.index.roots.find(view => figure.contains(view.el));
  return [...[...root.model.document.all_models].find(model => model.name === source).data[column]];
}"""
PLACE = """(figure, [source, index]) => {
  const view = Bokeh.index.roots.find(each => figure.contains(each.el));
  const { data } = [...view.model.document.all_models].find(model => model.name === source);
  const { x_scale, y_scale } = view.frame;
  const x = data.left ? (data.left[index] + data.right[index]) / 2 : data.x[index];
  const y = data.top ? (data.top[index] + data.bottom[index]) / 2 : data.y[index];
  const box = view.canvas_view.el.getBoundingClientRect();
  return { x: box.left + x_scale.compute(x), y: box.top + y_scale.compute(y) };
}"""
WATCH = """widget => {
  window.__drawn = [];
  const draw = () => requestAnimationFrame(() => window.__drawn.push(Date.now()));
  const attributeFilter = ['data-stamp', 'data-ready'];
  new MutationObserver(draw).observe(widget, { subtree: true, attributes: true, attributeFilter });
}"""


def test_the_list_and_the_charts_are_live_and_choose_both_ways(page: Page, lab: Lab, host: LabHost) -> None:
    scripts: list[str] = []
    page.on("request", lambda request: scripts.append(request.url) if "/couture/bokeh/" in request.url else None)
    wait_for_end(lab, trigger(lab, "relay"))
    open_notebook(page, lab, write_notebook(host.root, "charts", *CELLS))
    expect(run_cell(page, 0)).to_have_text("imported", timeout=READY_MS)
    row = appears(page, 1, '[data-dag-id="relay"]').first
    assert scripts == [], "there is no chart yet"
    gantt = appears(page, 2, FIGURE).first
    durations = appears(page, 3, FIGURE).first
    for place in range(4):  # what is out of sight waits with its question
        chart = cell_of(page, 3).locator(WIDGET).nth(place)
        chart.scroll_into_view_if_needed()
        expect(chart.locator(FIGURE)).to_be_visible(timeout=READY_MS)
    cell_of(page, 1).evaluate("cell => cell.scrollIntoView({ block: 'start' })")
    assert len(scripts) == 1, "BokehJS is loaded once for all charts"

    cell_of(page, 2).locator(WIDGET).evaluate(WATCH)
    run = trigger(lab, "relay")
    expect(row.locator('[data-couture="last-run"] [data-state="running"]')).to_be_visible(timeout=READY_MS)
    tasks = tasks_of(lab, wait_for_end(lab, run))
    page.wait_for_function(drawn_run(), arg=run["run_id"], timeout=READY_MS)
    follows(page, tasks)
    assert sorted(gantt.evaluate(COLUMN, ["work", "task_id"])) == sorted(tasks)
    durations.scroll_into_view_if_needed()
    wait_for_points(page, durations, run["run_id"], len(tasks))

    press(page, gantt, "work", gantt.evaluate(COLUMN, ["work", "task_id"]).index("step_2"))
    read_back(page, 4, "step_2")
    history = cell_of(page, 3).locator(WIDGET).first
    key = history.locator('[data-couture="line-key"]')
    expect(key.get_by_role("button", name="step_2")).to_have_attribute("aria-pressed", "true", timeout=READY_MS)
    key.get_by_role("button", name="step_2").click()
    history.locator('[data-couture="chart-cumulative"]').click()
    read_back(page, 5, "None False True")

    row.locator(".couture-DagRow-open").click()
    expect(row).to_have_attribute("aria-current", "true")
    run_cell(page, 6)
    table = cell_of(page, 1).locator(WIDGET)
    table.scroll_into_view_if_needed()  # out of sight it asks the server nothing
    expect(table.locator('[data-dag-id="failing"]')).to_be_visible(timeout=READY_MS)
    expect(row).to_have_count(0)
    table.locator('[data-couture="search"]').fill("lon")
    expect(table.locator('[data-dag-id="long"]')).to_be_visible(timeout=READY_MS)
    read_back(page, 7, "relay lon")


def appears(page: Page, cell: int, contents: str) -> Locator:
    """Run a cell; what it shows, once that is there, which must not take long."""
    begun = time.monotonic()
    widgets = run_cell(page, cell).locator(WIDGET)
    widgets.first.scroll_into_view_if_needed(timeout=READY_MS)
    found = widgets.locator(contents)
    expect(found.first).to_be_visible(timeout=READY_MS)
    passed = time.monotonic() - begun
    print(f"cell {cell}: shown {passed * 1000:.0f} ms after its key was pressed")
    assert passed <= APPEARS_SECONDS
    return found


def drawn_run() -> str:
    """A condition: the first figure shows all of a run, and none of its bars is open."""
    return f"""runId => {{
      const figure = document.querySelector('{WIDGET} {FIGURE}');
      const column = {COLUMN};
      return column(figure, ['work', 'run_id']).filter(each => each === runId).length === 5
        && !column(figure, ['work', 'is_open']).includes(true);
    }}"""


def wait_for_points(page: Page, figure: Locator, run_id: str, count: int) -> None:
    """Return once a chart over past runs has a point for every task of a run that has ended, and one for itself."""
    page.wait_for_function(
        f"([figure, runId, count]) => ({COLUMN})(figure, ['points', 'run_id'])"
        ".filter(each => each === runId).length === count + 1",
        arg=[figure.element_handle(), run_id, count],
        timeout=READY_MS,
    )


def follows(page: Page, tasks: dict[str, dict[str, Any]]) -> None:
    """How long after a task began or ended the chart was drawn anew: the middle one must not be long."""
    changes = page.evaluate("times => times.map(at => Date.parse(at))", [
        each[edge] for each in tasks.values() for edge in ("started_at", "ended_at")
    ])  # fmt: skip
    drawn = page.evaluate("window.__drawn")
    delays = sorted(min(at - change for at in drawn if at >= change) for change in changes)
    print(f"change to chart: median {delays[len(delays) // 2]:.0f} ms, all {[round(each) for each in delays]}")
    assert delays[len(delays) // 2] <= FOLLOWS_MS


def press(page: Page, figure: Locator, source: str, index: int) -> None:
    """Click on a bar or a point."""
    figure.scroll_into_view_if_needed()
    place = figure.evaluate(PLACE, [source, index])
    page.mouse.click(place["x"], place["y"])
