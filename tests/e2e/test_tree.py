"""The tree view: squares by task and run, as the server has them, in a real browser on a real lab."""

import io
import re
from collections.abc import Mapping
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from jupyter_couture.cli.lab import Lab
from tests.e2e.api import tasks_of, trigger, wait_for_dags, wait_for_end
from tests.e2e.lab import READY_MS, document_of, node_of, open_dag, open_lab, panel_of, set_theme

pytestmark = pytest.mark.timeout(240)

WAYS = '''
"""Several ways to the same task; one of them fails."""
from datetime import datetime
from jupyter_couture import DAG, EmptyOperator, PythonOperator, TaskGroup, task

def fail(**context):
    raise ValueError("this task fails on purpose")

with DAG("ways", schedule=None, start_date=datetime(2026, 1, 1), is_paused_upon_creation=False) as dag:
    start = EmptyOperator(task_id="start")
    with TaskGroup("middle", prefix_group_id=False):
        good, bad = EmptyOperator(task_id="good"), PythonOperator(task_id="bad", python_callable=fail)
    join = EmptyOperator(task_id="join", trigger_rule="all_done")
    start >> [good, bad] >> join
    after = join
    for number in range(4):
        after = after >> EmptyOperator(task_id=f"after_{number}")

    @task
    def part(number):
        return number
    start >> part.expand(number=[1, 2, 3])
'''
SQUARES = {
    "success": "--couture-success",
    "failed": "--couture-failed",
    "upstream_failed": "--couture-upstream_failed",
    "skipped": "--couture-skipped",
}
EDGE = 4
"""How far from its corner a square has its plain colour, beside the mark in its middle."""


@pytest.fixture(scope="module")
def runs(lab: Lab) -> list[dict[str, Any]]:
    """Six ended runs of the DAG ``ways``, the latest last."""
    (lab.settings.dags_folder / "ways.py").write_text(WAYS)
    wait_for_dags(lab, "ways")
    return [wait_for_end(lab, trigger(lab, "ways")) for _ in range(6)]


def open_tree(page: Page, lab: Lab, dag_id: str = "ways") -> Locator:
    """The document of a DAG with its tree painted."""
    open_lab(page, lab)
    document = open_dag(page, dag_id)
    document.get_by_role("tab", name="Tree View").click()
    expect(document.locator('[data-couture="tree-cells"][data-painted]')).to_have_count(1, timeout=READY_MS)
    return document


def names(document: Locator) -> list[str]:
    """The rows, indented as the tree is, with ``+`` where something is folded."""
    rows = document.locator('[data-couture="tree-grid"] [role="row"][aria-level]')
    return [
        "  " * (int(row.get_attribute("aria-level") or 1) - 1)
        + row.locator(".couture-Tree-label").inner_text()
        + ("+" if row.get_attribute("aria-expanded") == "false" else "")
        for row in rows.all()
    ]


def row_of(document: Locator, task_id: str) -> Locator:
    """The first row of a task."""
    return document.locator(f'[role="row"][data-task-id="{task_id}"]').first


def bar_of(document: Locator, run: Mapping[str, Any]) -> Locator:
    """The bar of a run."""
    return document.locator(f'[data-run-id="{run["run_id"]}"].couture-Bars-button')


def middle_of(document: Locator, task_id: str, run: Mapping[str, Any]) -> tuple[float, float]:
    """The middle of a square, on the page."""
    row, bar = row_of(document, task_id).bounding_box(), bar_of(document, run).bounding_box()
    assert row is not None
    assert bar is not None
    return bar["x"] + bar["width"] / 2, row["y"] + row["height"] / 2


def near(one: tuple[int, ...], other: tuple[int, ...]) -> bool:
    """Whether two colours are the same, but for how edges are smoothed."""
    return all(abs(a - b) <= 6 for a, b in zip(one, other, strict=True))


def colour_of(page: Page, variable: str) -> tuple[int, ...]:
    """What a colour variable is now."""
    text = page.evaluate("name => getComputedStyle(document.body).getPropertyValue(name).trim()", variable)
    return tuple(int(text[at : at + 2], 16) for at in (1, 3, 5))


def painted(
    page: Page, document: Locator, task_ids: list[str], runs: list[dict[str, Any]]
) -> dict[tuple[str, str], Any]:
    """The state whose colour each square has on the screen, None if it is no known colour."""
    page.mouse.move(5, 5)
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    colours = {state: colour_of(page, variable) for state, variable in SQUARES.items()}
    found: dict[tuple[str, str], Any] = {}
    for run in runs:
        for task_id in task_ids:
            x, y = middle_of(document, task_id, run)
            pixel = picture.getpixel((int(x) - EDGE, int(y) + EDGE + 1))
            assert isinstance(pixel, tuple)
            states = [state for state, colour in colours.items() if near(pixel, colour)]
            found[task_id, run["run_id"]] = states[0] if states else None
    return found


def test_S085_every_square_has_the_state_that_the_server_says(page: Page, lab: Lab, runs: list[dict[str, Any]]) -> None:
    """Six runs by ten tasks, in the light and in the dark theme."""
    document = open_tree(page, lab)
    expect(document.locator(".couture-Bars-button")).to_have_count(len(runs))
    said = {(task_id, run["run_id"]): task["state"] for run in runs for task_id, task in tasks_of(lab, run).items()}
    assert set(said.values()) >= {"success", "failed"}
    task_ids = sorted({task_id for task_id, _ in said})
    # The newest run is chosen: its column has a tint behind the squares, not in them.
    for theme in ("JupyterLab Light", "JupyterLab Dark"):
        set_theme(page, theme)
        assert painted(page, document, task_ids, runs) == said
    for run in runs:
        expect(bar_of(document, run)).to_have_attribute("data-state", run["state"])


def test_S085_subtrees_fold_and_what_was_above_is_marked(page: Page, lab: Lab, runs: list[dict[str, Any]]) -> None:
    """Also the grid, with each task once and groups."""
    document = open_tree(page, lab)
    below = ["after_0", "after_1", "after_2", "after_3"]
    chain = ["  " * (depth + 3) + name for depth, name in enumerate(below)]
    assert names(document) == ["start", "  good", "    join", *chain, "  bad", "    join+", "  part"]
    expect(document.get_by_text("see above")).to_have_count(1)
    in_sight = "frame => frame.clientWidth < 400 && frame.scrollWidth === frame.clientWidth"
    wide = page.viewport_size
    page.set_viewport_size({"width": 640, "height": 900})
    page.wait_for_function(in_sight, arg=document.locator('[data-couture="tree-grid"]').element_handle())
    page.set_viewport_size(wide or {"width": 1280, "height": 900})
    row_of(document, "good").locator('[data-couture="twisty"]').click()
    assert names(document) == ["start", "  good+", "  bad", "    join+", "  part"]
    document.locator('[role="row"][data-task-id="join"] [data-couture="twisty"]').click()
    assert names(document)[3:] == ["    join", "      after_0", *chain[1:], "  part"]
    document.locator('[data-couture="fold-all"]').click()
    assert names(document) == ["start+"]
    document.locator('[data-couture="unfold-all"]').click()
    expect(row_of(document, "after_3")).to_be_visible()
    document.locator('[data-couture="as-grid"]').click()
    assert names(document) == ["start", "middle", "  good", "  bad", "part", "join", *below]
    document.locator('[data-row-kind="group"] [data-couture="twisty"]').click()
    assert names(document) == ["start", "middle+", "part", "join", *below]


def test_S085_as_many_runs_as_one_asks_for_and_live_ones_come_by_themselves(
    page: Page, lab: Lab, runs: list[dict[str, Any]]
) -> None:
    document = open_tree(page, lab)
    bars = document.locator(".couture-Bars-button")
    expect(bars).to_have_count(len(lab.call("GET", "dags/ways/grid?limit=25")["runs"]))
    document.get_by_label("Number of runs").select_option("5")
    expect(bars).to_have_count(5)
    expect(bar_of(document, runs[0])).to_have_count(0)
    expect(bar_of(document, runs[-1])).to_have_count(1)
    document.get_by_label("State of the runs").select_option("queued")
    expect(document.get_by_text("No run is like this")).to_be_visible()
    document.get_by_role("button", name="Show all runs").click()
    expect(bars).to_have_count(5)
    newest = wait_for_end(lab, trigger(lab, "ways"))
    expect(bars).to_have_count(5)
    expect(bar_of(document, newest)).to_have_attribute("data-state", newest["state"], timeout=READY_MS)
    said = {(task_id, newest["run_id"]): task["state"] for task_id, task in tasks_of(lab, newest).items()}
    task_ids = [task_id for task_id, _ in said]
    deadline = 20
    while painted(page, document, task_ids, [newest]) != said and deadline > 0:
        deadline -= 1
        page.wait_for_timeout(250)
    assert painted(page, document, task_ids, [newest]) == said
    lab.call("DELETE", f"dags/ways/runs/{newest['run_id'].replace('+', '%2B').replace(':', '%3A')}")
    expect(bar_of(document, newest)).to_have_count(0, timeout=READY_MS)


def test_S085_a_square_says_what_it_is_and_opens_that_instance(
    page: Page, lab: Lab, runs: list[dict[str, Any]]
) -> None:
    document = open_tree(page, lab)
    run = runs[2]
    x, y = middle_of(document, "bad", run)
    page.mouse.move(x, y)
    card = document.locator('[data-couture="cell-card"]')
    expect(card).to_contain_text("failed")
    expect(card).to_contain_text(run["run_id"])
    expect(card).to_contain_text(re.compile(r"Tries\s*1"))
    page.mouse.move(*middle_of(document, "part", run))
    expect(card).to_contain_text("3 success")
    page.mouse.click(x, y)
    expect(panel_of(page)).to_have_attribute("data-task-id", "bad")
    expect(document.locator('[data-couture="run-state"]')).to_have_attribute("data-run-id", run["run_id"])
    expect(bar_of(document, run)).to_have_attribute("aria-pressed", "true")
    bar_of(document, runs[4]).click()
    expect(document.locator('[data-couture="run-state"]')).to_have_attribute("data-run-id", runs[4]["run_id"])
    expect(panel_of(page)).to_have_attribute("data-task-id", "bad")


def test_S085_the_tree_is_worked_by_keyboard_and_spoken(page: Page, lab: Lab, runs: list[dict[str, Any]]) -> None:
    document = open_tree(page, lab)
    newest = lab.call("GET", "dags/ways/grid?limit=1")["runs"][0]
    grid = document.get_by_role("treegrid")
    spoken = document.locator('[data-couture="tree-spoken"]')
    grid.focus()
    page.keyboard.press("ArrowDown")
    expect(spoken).to_contain_text(re.compile("good, .*, success"))
    page.keyboard.press("Enter")
    expect(panel_of(page)).to_have_attribute("data-task-id", "good")
    expect(document.locator('[data-couture="run-state"]')).to_have_attribute("data-run-id", newest["run_id"])
    grid.focus()
    page.keyboard.press("Home")
    expect(spoken).to_have_text("good, level 2, expanded")
    page.keyboard.press("ArrowLeft")
    expect(spoken).to_have_text("good, level 2, collapsed")
    expect(row_of(document, "after_0")).to_have_count(0)
    page.keyboard.press("ArrowRight")
    expect(row_of(document, "after_0")).to_be_visible()
    at = grid.get_attribute("aria-activedescendant")
    expect(page.locator(f'[id="{at}"]')).to_have_attribute("data-task-id", "good")


def test_S085_folds_form_and_number_of_runs_come_back_after_a_reload(
    page: Page, lab: Lab, runs: list[dict[str, Any]]
) -> None:
    document = open_tree(page, lab)
    document.get_by_label("Number of runs").select_option("5")
    document.locator('[data-couture="as-grid"]').click()
    with page.expect_response(lambda answer: "api/workspaces/" in answer.url and answer.request.method == "PUT"):
        document.locator('[data-row-kind="group"] [data-couture="twisty"]').click()
    page.wait_for_timeout(1500)
    open_lab(page, lab, reset=False)
    document = document_of(page, "ways")
    expect(document.locator('[data-row-kind="group"]')).to_have_attribute("aria-expanded", "false", timeout=READY_MS)
    expect(document.get_by_label("Number of runs")).to_have_value("5")
    document.get_by_role("tab", name="Graph View").click()
    expect(node_of(page, "start")).to_be_visible()
