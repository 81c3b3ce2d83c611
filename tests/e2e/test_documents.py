"""A DAG's document: what comes back after a reload, code, keyboard, themes."""

import pytest
from playwright.sync_api import Locator, Page, expect

from jupyter_couture.cli.lab import Lab
from tests.e2e.api import trigger, wait_for_end
from tests.e2e.lab import READY_MS, document_of, node_of, open_dag, open_lab, panel_of, set_theme

RESTS_MS = 300

pytestmark = pytest.mark.timeout(180)


def test_tab_run_and_task_come_back_after_a_reload(page: Page, lab: Lab) -> None:
    first = wait_for_end(lab, trigger(lab, "failing"))
    wait_for_end(lab, trigger(lab, "failing"))
    open_lab(page, lab)
    open_dag(page, "failing")
    open_dag(page, "relay").get_by_role("tab", name="Code").click()
    open_dag(page, "failing")
    document_of(page, "failing").get_by_label("Run to show").select_option(f"run:{first['run_id']}")
    with page.expect_response(lambda answer: "api/workspaces/" in answer.url and answer.request.method == "PUT"):
        node_of(page, "fails").click()
    page.wait_for_timeout(1500)
    open_lab(page, lab, reset=False)
    expect(node_of(page, "fails")).to_have_attribute("data-state", "failed", timeout=READY_MS)
    expect(panel_of(page)).to_have_attribute("data-task-id", "fails")
    expect(page.locator('[data-couture="run-state"]:visible')).to_have_attribute("data-run-id", first["run_id"])
    open_dag(page, "relay")
    expect(document_of(page, "relay").locator('[data-couture="code"]')).to_be_visible()


def test_S084_the_header_names_the_dag_its_schedule_its_views_and_what_one_can_do(page: Page, lab: Lab) -> None:
    open_lab(page, lab)
    document = open_dag(page, "relay")
    expect(document.get_by_role("heading", name="DAG: relay")).to_be_visible()
    expect(document.locator("header")).to_contain_text("schedule:None")
    tabs = document.get_by_role("tablist", name="Views of the DAG").get_by_role("tab").all_inner_texts()
    assert tabs == [
        *("Graph View", "Tree View", "Task Duration", "Task Tries", "Landing Times", "Gantt", "Details", "Code"),
        *("Runs", "Audit", "Why"),
    ]
    for action in ("trigger", "refresh", "delete-dag"):
        expect(document.locator(f'header [data-couture="{action}"]')).to_be_visible()


def test_S091_the_code_view_shows_the_file_read_only_with_line_numbers(page: Page, lab: Lab) -> None:
    open_lab(page, lab)
    open_dag(page, "failing").get_by_role("tab", name="Code").click()
    code = page.locator('[data-couture="code"]')
    expect(code).to_contain_text("Small DAGs, turned on at once.")
    expect(code.locator(".cm-lineNumbers")).to_be_visible()
    content = code.locator(".cm-content")
    expect(content).to_have_attribute("aria-readonly", "true")
    before = content.inner_text()
    content.click()
    page.keyboard.type("x")
    assert content.inner_text() == before
    source = lab.call("GET", "dags/failing/source")["source"]
    assert source == (lab.settings.dags_folder / "small.py").read_text()


def at_rest(page: Page, view: Locator) -> str:
    """How the graph is moved, once it moves no more: room that a panel has left is filled a moment later."""
    seen = ""
    while (now := view.get_attribute("transform") or "") != seen:
        seen = now
        page.wait_for_timeout(RESTS_MS)
    return seen


def test_S086_the_graph_is_worked_by_keyboard(page: Page, lab: Lab) -> None:
    open_lab(page, lab)
    open_dag(page, "failing")
    expect(node_of(page, "fails")).to_be_visible()
    scene = page.locator('[data-couture="graph"] [role="listbox"]')
    scene.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    at = scene.get_attribute("aria-activedescendant")
    assert at is not None
    expect(page.locator(f"#{at}")).to_have_attribute("data-task-id", "never")
    page.keyboard.press("Enter")
    expect(panel_of(page)).to_have_attribute("data-task-id", "never")
    page.keyboard.press("Escape")
    expect(panel_of(page)).to_have_count(0)
    view = page.locator('[data-couture="graph"] .couture-Scene-view')
    page.keyboard.press("0")
    before = at_rest(page, view)
    page.keyboard.press("+")
    expect(view).not_to_have_attribute("transform", before)
    page.keyboard.press("0")
    expect(view).to_have_attribute("transform", before)


def test_a_task_beside_its_panel_leaves_the_whole_graph_in_sight(page: Page, lab: Lab) -> None:
    open_lab(page, lab)
    open_dag(page, "relay")
    node_of(page, "step_4").click()
    expect(panel_of(page)).to_be_visible()
    scene = page.locator('[data-couture="graph"] .couture-Scene')
    at_rest(page, scene.locator(".couture-Scene-view"))
    frame = scene.bounding_box()
    assert frame is not None
    for task in range(5):
        box = node_of(page, f"step_{task}").bounding_box()
        assert box is not None
        assert frame["x"] <= box["x"]
        assert box["x"] + box["width"] <= frame["x"] + frame["width"] + 1


def test_the_dark_theme_recolours_everything(page: Page, lab: Lab) -> None:
    open_lab(page, lab)
    open_dag(page, "failing")
    expect(node_of(page, "fails")).to_be_visible()
    background = "element => getComputedStyle(element).backgroundColor"
    panel = document_of(page, "failing")
    light = panel.evaluate(background)
    set_theme(page, "JupyterLab Dark")
    assert panel.evaluate(background) != light
    brightness = "element => getComputedStyle(element).backgroundColor.match(/\\d+/g).slice(0, 3).map(Number)"
    assert max(panel.evaluate(brightness)) < 80
    text = "element => getComputedStyle(element).fill.match(/[\\d.]+/g).slice(0, 3).map(Number)"
    assert min(page.locator(".couture-Node-label").first.evaluate(text)) > 150
