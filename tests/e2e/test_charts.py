"""Charts of a DAG in a real lab: they show what the database holds, follow the run, and open the task panel."""

from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Locator, Page, expect

from jupyter_couture.cli.lab import Lab
from tests.e2e.api import tasks_of, trigger, wait_for_dags, wait_for_end
from tests.e2e.lab import READY_MS, LabHost, document_of, open_dag, open_lab, panel_of, set_theme

CHARTS = '''
"""Retries, mapped tasks and a notebook for the charts."""
from datetime import datetime
import time
from jupyter_couture import DAG, NotebookOperator, PythonOperator, task

def flaky(ti=None, **context):
    time.sleep(0.2)
    assert ti.try_number > 1, "the first try fails"

with DAG("charted", schedule=None, start_date=datetime(2026, 1, 1), is_paused_upon_creation=False) as charted:
    first = PythonOperator(task_id="first", python_callable=time.sleep, op_args=[0.3])
    @task
    def fetch(page):
        time.sleep(0.2)
    first >> [
        PythonOperator(task_id="flaky", python_callable=flaky, retries=1, retry_delay=0.2),
        NotebookOperator(task_id="sheet", input_path="sheet.ipynb"),
        fetch.expand(page=[1, 2]),
    ]

with DAG("growing", schedule=None, start_date=datetime(2026, 1, 1), is_paused_upon_creation=False) as growing:
    PythonOperator(task_id="early", python_callable=print) >> PythonOperator(
        task_id="late", python_callable=time.sleep, op_args=[60])

with DAG("never_run", schedule=None, start_date=datetime(2026, 1, 1)) as never_run:
    PythonOperator(task_id="only", python_callable=print)
'''

MODELS = """name => {
  const node = [...document.querySelectorAll('[data-couture="figure"][data-ready]')].find(one => one.offsetParent);
  const root = Bokeh.index.roots.find(view => node.contains(view.el));
  const found = [...root.model.document.all_models].find(model => model.name === name);
  return found.data === undefined
    ? {start: found.start, end: found.end}
    : Object.fromEntries(Object.entries(found.data).map(([key, column]) => [key, [...column]]));
}"""

BAR_PLACE = """([name, index]) => {
  const node = [...document.querySelectorAll('[data-couture="figure"][data-ready]')].find(one => one.offsetParent);
  const view = Bokeh.index.roots.find(one => node.contains(one.el));
  const {data} = [...view.model.document.all_models].find(model => model.name === name);
  const box = view.canvas_view.el.getBoundingClientRect();
  const frame = view.frame;
  const left = frame.x_scale.compute(data.left[index]), right = frame.x_scale.compute(data.right[index]);
  const y = frame.y_scale.compute((data.top[index] + data.bottom[index]) / 2);
  return {left: box.left + left, right: box.left + right, x: box.left + (left + right) / 2, y: box.top + y};
}"""

FILL = """() => {
  const node = [...document.querySelectorAll('[data-couture="figure"][data-ready]')].find(one => one.offsetParent);
  const root = Bokeh.index.roots.find(view => node.contains(view.el));
  return [...root.model.document.all_models]
    .filter(model => (model.factors ?? []).includes('success')).map(model => [...model.palette]);
}"""


@pytest.fixture(scope="module")
def runs(host: LabHost, lab: Lab) -> list[dict[str, Any]]:
    """Two runs of ``charted`` that have ended."""
    (host.settings.dags_folder / "charted.py").write_text(CHARTS)
    wait_for_dags(lab, "charted", "growing", "never_run")
    return [wait_for_end(lab, trigger(lab, "charted")) for _ in range(2)]


def open_chart(page: Page, dag_id: str, title: str) -> Locator:
    """The tab of this title, with its figure drawn."""
    document = open_dag(page, dag_id)
    document.get_by_role("tab", name=title).click()
    expect(document.locator('[data-couture="figure"][data-ready]')).to_be_visible(timeout=READY_MS)
    return document


def data_of(page: Page, name: str) -> Any:
    """Columns of a source of the figure that is visible, or start and end of a range."""
    return page.evaluate(MODELS, name)


def attempts_of(lab: Lab, run: dict[str, Any]) -> list[dict[str, Any]]:
    """All attempts of a run, asked for one task instance after the other."""
    place = f"dags/{run['dag_id']}/runs/{quote(run['run_id'], safe='')}/tasks"
    found = []
    for task in lab.call("GET", place)["tasks"]:
        reply = lab.call("GET", f"{place}/{task['task_id']}/attempts?map_index={task['map_index']}")
        found += [{**each, "task_id": task["task_id"]} for each in reply["attempts"]]
    return found


def millis(page: Page, at: str) -> float:
    """A time of the API as the browser counts it."""
    return float(page.evaluate("at => Date.parse(at)", at))


def test_S087_bars_of_the_gantt_begin_and_end_as_in_the_database(
    page: Page, lab: Lab, runs: list[dict[str, Any]]
) -> None:
    open_lab(page, lab)
    document = open_chart(page, "charted", "Gantt")
    attempts = attempts_of(lab, runs[-1])
    work, earlier, queue = data_of(page, "work"), data_of(page, "earlier"), data_of(page, "queue")
    lefts, rights = work["left"] + earlier["left"], work["right"] + earlier["right"]
    drawn = sorted((int(left), int(right)) for left, right in zip(lefts, rights, strict=True))
    spans = [(millis(page, each["started_at"]), millis(page, each["ended_at"])) for each in attempts]
    assert drawn == sorted((int(start), int(end)) for start, end in spans)
    assert sorted(map(int, queue["left"])) == sorted(int(millis(page, each["dispatched_at"])) for each in attempts)
    assert (earlier["task_id"], earlier["try_number"], earlier["state"]) == (["flaky"], [1], ["failed"])
    assert data_of(page, "cells")["task_id"] == ["sheet", "sheet"]
    pages = [place for place, task_id in enumerate(work["task_id"]) if task_id == "fetch"]
    bars = [page.evaluate(BAR_PLACE, ["work", place]) for place in pages]
    shown = data_of(page, "x")
    scale = (bars[0]["right"] - bars[0]["left"]) / (work["right"][pages[0]] - work["left"][pages[0]])
    for place, bar in zip(pages, bars, strict=True):
        offset = bars[0]["left"] + (work["left"][place] - work["left"][pages[0]]) * scale
        assert bar["left"] == pytest.approx(offset, abs=1)
    assert shown["start"] < min(queue["left"])
    assert shown["end"] > max(work["right"])
    document.locator('[data-couture="chart-grouped"]').click()
    expect(document.locator('[data-couture="chart-grouped"]')).to_have_attribute("aria-pressed", "false")
    page.wait_for_function(f"({MODELS})('y').start === 4.5", timeout=READY_MS)


def test_S087_a_bar_opens_the_task_at_its_try(page: Page, lab: Lab, runs: list[dict[str, Any]]) -> None:
    open_lab(page, lab)
    open_chart(page, "charted", "Gantt")
    place = page.evaluate(BAR_PLACE, ["earlier", 0])
    page.mouse.click(place["x"], place["y"])
    panel = panel_of(page)
    expect(panel).to_be_visible(timeout=READY_MS)
    expect(panel).to_contain_text("flaky")


def test_S087_the_gantt_grows_while_the_run_is_under_way(page: Page, lab: Lab, runs: list[dict[str, Any]]) -> None:
    open_lab(page, lab)
    run = trigger(lab, "growing")
    document = open_chart(page, "growing", "Gantt")
    stamp = document.locator('[data-couture="figure"]')
    page.wait_for_function(f"({MODELS})('work').is_open.includes(true)", timeout=READY_MS)
    before = max(data_of(page, "work")["right"])
    page.wait_for_function(f"before => Math.max(...({MODELS})('work').right) > before + 1500", arg=before)
    document.locator('[data-couture="chart-zoom-in"]').click()
    held = data_of(page, "x")
    stop = f"dags/growing/runs/{quote(run['run_id'], safe='')}/cancel"
    lab.call("POST", stop, {})
    wait_for_end(lab, run)
    page.wait_for_function(f"!({MODELS})('work').is_open.includes(true)", timeout=READY_MS)
    assert data_of(page, "x") == held, "the view stays where the reader put it"
    expect(stamp).to_have_attribute("data-ready", "true")


def test_S088_durations_are_those_of_the_database_and_open_the_run(
    page: Page, lab: Lab, runs: list[dict[str, Any]]
) -> None:
    open_lab(page, lab)
    document = open_chart(page, "charted", "Task Duration")
    lines = data_of(page, "lines")
    drawn = dict(zip(lines["task_id"], lines["ys"], strict=True))
    for task_id in ("first", "flaky", "sheet"):
        wanted = [tasks_of(lab, run)[task_id]["duration_seconds"] for run in runs]
        assert list(drawn[task_id]) == pytest.approx(wanted), task_id
    assert list(drawn[""]) == pytest.approx([run["duration_seconds"] for run in runs])
    document.locator('[data-couture="chart-cumulative"]').click()
    page.wait_for_function(f"!({MODELS})('lines').task_id.includes('')", timeout=READY_MS)
    both = data_of(page, "lines")
    total = dict(zip(both["task_id"], both["ys"], strict=True))
    flaky = [each for each in attempts_of(lab, runs[-1]) if each["task_id"] == "flaky"]
    assert total["flaky"][-1] == pytest.approx(sum(each["duration_seconds"] for each in flaky))
    document.locator('[data-couture="chart-runs"] select, select[data-couture="chart-runs"]').select_option("5")
    document.locator('[data-couture="chart-table"]').click()
    document.locator('[data-task-id="first"] td button').first.click()
    expect(panel_of(page)).to_contain_text("first", timeout=READY_MS)


def test_S089_S179_tries_count_every_attempt(page: Page, lab: Lab, runs: list[dict[str, Any]]) -> None:
    open_lab(page, lab)
    open_chart(page, "charted", "Task Tries")
    lines = data_of(page, "lines")
    drawn = dict(zip(lines["task_id"], lines["ys"], strict=True))
    assert drawn == {
        task_id: [2, 2] if task_id == "flaky" else [1, 1] for task_id in ("first", "flaky", "sheet", "fetch")
    }


def test_S090_landing_times_count_from_the_end_of_the_interval(
    page: Page, lab: Lab, runs: list[dict[str, Any]]
) -> None:
    open_lab(page, lab)
    document = open_chart(page, "charted", "Landing Times")
    lines = data_of(page, "lines")
    drawn = dict(zip(lines["task_id"], lines["ys"], strict=True))
    for place, run in enumerate(runs):
        ended = millis(page, tasks_of(lab, run)["first"]["ended_at"])
        wanted = (ended - millis(page, run["data_interval_end"])) / 1000
        assert drawn["first"][place] == pytest.approx(wanted, abs=0.002)
    document.get_by_role("button", name="first").click()
    expect(document.get_by_role("button", name="first")).to_have_attribute("aria-pressed", "true")


def test_charts_take_the_colours_of_the_theme(page: Page, lab: Lab, runs: list[dict[str, Any]]) -> None:
    open_lab(page, lab)
    open_chart(page, "charted", "Gantt")
    light = page.evaluate(FILL)
    assert light
    set_theme(page, "JupyterLab Dark")
    page.wait_for_function(f"light => JSON.stringify(({FILL})()) !== light", arg=str(light).replace("'", '"'))
    dark = page.evaluate(FILL)
    success = page.evaluate("getComputedStyle(document.body).getPropertyValue('--couture-success').trim()")
    shade = [int(success[place : place + 2], 16) for place in (1, 3, 5)]
    assert f"rgb({shade[0]}, {shade[1]}, {shade[2]})" in dark[0]
    set_theme(page, "JupyterLab Light")


def test_a_dag_without_runs_says_what_to_do(page: Page, lab: Lab, runs: list[dict[str, Any]]) -> None:
    open_lab(page, lab)
    page.locator('#couture-dags-panel [data-couture="show-paused"]').click()
    document = open_dag(page, "never_run")
    for title, words in (("Task Duration", "Trigger the DAG"), ("Gantt", "Trigger the DAG")):
        document.get_by_role("tab", name=title).click()
        expect(document_of(page, "never_run").get_by_role("tabpanel")).to_contain_text(words, timeout=READY_MS)
