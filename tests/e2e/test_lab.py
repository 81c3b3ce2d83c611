"""What a person does with the extension, in a real browser on a real lab."""

import re
import time
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from jupyter_couture.cli.lab import Lab
from tests.e2e.lab import SIDEBAR, node_of, open_lab, row_of

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

PIXEL_BUDGET_MS = 250
LONG_MS = 60_000

WATCH = """
() => {
  window.delays = [];
  new MutationObserver(changes => {
    for (const change of changes) {
      const at = change.target.getAttribute('data-seq-at');
      if (at) {
        const key = change.target.getAttribute('data-task-id') + at;
        requestAnimationFrame(() => window.delays.push([key, Date.now() - Date.parse(at)]));
      }
    }
  }).observe(document.body, {subtree: true, attributes: true, attributeFilter: ['data-seq-at']});
}
"""


@pytest.fixture(autouse=True)
def _paused_again(lab: Lab) -> None:
    lab.call("PATCH", "dags/pipeline", {"is_paused": True})


def _run_of(lab: Lab, dag_id: str) -> dict[str, Any]:
    run: dict[str, Any] = lab.call("GET", f"dags/{dag_id}/runs?limit=1")["runs"][0]
    return run


def _wait_for_end(lab: Lab, dag_id: str) -> dict[str, Any]:
    deadline = time.monotonic() + 60
    while (run := _run_of(lab, dag_id))["state"] not in ("success", "failed"):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    return run


def _show_paused(page: Page) -> None:
    page.locator('[data-couture="show-paused"]').click()


def test_paused_dags_are_hidden_until_asked_for_and_turned_on_by_the_toggle(page: Page, lab: Lab) -> None:
    """S065, S066, S067, S069, S073."""
    open_lab(page, lab)
    expect(row_of(page, "failing")).to_be_visible()
    expect(row_of(page, "pipeline")).to_have_count(0)
    _show_paused(page)
    row = row_of(page, "pipeline")
    expect(row).to_be_visible()
    expect(row).to_contain_text("0 12 * * *")
    toggle = row.get_by_role("switch")
    expect(toggle).to_have_attribute("aria-checked", "false")
    toggle.click()
    expect(toggle).to_have_attribute("aria-checked", "true")
    assert lab.call("GET", "dags/pipeline")["is_paused"] is False


def test_a_triggered_run_is_followed_live_to_its_notebook(page: Page, lab: Lab) -> None:
    """S043, S068, S070, S074, S086: colours change without reload, logs grow, the executed notebook opens."""
    open_lab(page, lab)
    _show_paused(page)
    row = row_of(page, "pipeline")
    row.get_by_role("switch").click()
    row.get_by_role("button", name="pipeline", exact=True).click()
    expect(node_of(page, "end")).to_be_visible()
    page.evaluate(WATCH)
    row.locator('[data-couture="trigger"]').click()
    slowly = node_of(page, "slowly")
    expect(slowly).to_have_attribute("data-state", "running", timeout=LONG_MS)
    slowly.click()
    log = page.locator('[data-couture="log"]')
    expect(log).to_contain_text("line 1 of the slow task", timeout=LONG_MS)
    expect(log).to_have_attribute("data-status", "following")
    expect(log).to_contain_text("line 8 of the slow task", timeout=LONG_MS)
    for task in ("first", "slowly", "sheet", "end"):
        expect(node_of(page, task)).to_have_attribute("data-state", "success", timeout=LONG_MS)
    expect(log).to_have_attribute("data-status", "complete")
    delays = dict(page.evaluate("window.delays"))
    assert len(delays) >= 8
    late = {key: delay for key, delay in delays.items() if delay > PIXEL_BUDGET_MS}
    assert len(late) <= len(delays) // 10, f"later than {PIXEL_BUDGET_MS} ms: {late} of {delays}"
    run = _wait_for_end(lab, "pipeline")
    assert re.fullmatch(r"manual__\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00", run["run_id"])
    expect(row.locator('[data-couture="task-counters"]')).to_contain_text("4")
    node_of(page, "sheet").click()
    page.locator('[data-couture="task-panel"]').get_by_role(
        "button", name=re.compile("notebook", re.IGNORECASE)
    ).first.click()
    expect(page.locator(".jp-NotebookPanel:visible")).to_contain_text("twice is 40", timeout=LONG_MS)


def test_the_log_and_the_reason_of_a_failure_are_a_click_away(page: Page, lab: Lab) -> None:
    """S093, S171, S179: the failed attempt shows its error with the line in the DAG file."""
    open_lab(page, lab)
    row = row_of(page, "failing")
    row.locator('[data-couture="trigger"]').click()
    row.get_by_role("button", name="failing", exact=True).click()
    expect(node_of(page, "fails")).to_have_attribute("data-state", "failed", timeout=LONG_MS)
    expect(node_of(page, "never")).to_have_attribute("data-state", "upstream_failed")
    node_of(page, "fails").click()
    panel = page.locator('[data-couture="task-panel"]')
    expect(panel).to_contain_text("this task fails on purpose")
    expect(panel).to_contain_text("pipeline.py")


def test_the_layout_comes_back_after_a_reload(page: Page, lab: Lab) -> None:
    open_lab(page, lab)
    row_of(page, "failing").get_by_role("button", name="failing", exact=True).click()
    expect(node_of(page, "fails")).to_be_visible()
    time.sleep(1.5)  # the lab saves its layout a moment after it changed
    open_lab(page, lab, reset=False)
    expect(node_of(page, "fails")).to_be_visible(timeout=LONG_MS)


def test_the_code_view_shows_the_file(page: Page, lab: Lab) -> None:
    """S091."""
    open_lab(page, lab)
    row_of(page, "failing").get_by_role("button", name="failing", exact=True).click()
    page.get_by_role("tab", name="Code").click()
    expect(page.locator('[data-couture="code"]')).to_contain_text("What the browser tests run")
    source = lab.call("GET", "dags/failing/source")["source"]
    assert "What the browser tests run" in source


def test_a_saved_change_reaches_the_graph_and_an_error_the_banner(page: Page, lab: Lab, tmp_path: Any) -> None:
    """S074, S093, S174."""
    folder = lab.settings.dags_folder
    file = folder / "changing.py"
    text = (
        "from jupyter_couture import DAG, EmptyOperator\nwith DAG('changing', is_paused_upon_creation=False) as dag:\n"
    )
    file.write_text(text + "    EmptyOperator(task_id='one')\n")
    open_lab(page, lab)
    row_of(page, "changing").get_by_role("button", name="changing", exact=True).click(timeout=LONG_MS)
    expect(node_of(page, "one")).to_be_visible()
    file.write_text(text + "    EmptyOperator(task_id='one') >> EmptyOperator(task_id='two')\n")
    expect(node_of(page, "two")).to_be_visible(timeout=5_000)
    file.write_text(text + "    this is no Python\n")
    banner = page.locator('[data-couture="import-errors"]')
    expect(banner).to_contain_text("changing.py", timeout=5_000)
    expect(node_of(page, "two")).to_be_visible()
    file.unlink()
    expect(banner).to_have_count(0, timeout=10_000)


def test_the_graph_is_worked_by_keyboard(page: Page, lab: Lab) -> None:
    """S086."""
    open_lab(page, lab)
    row_of(page, "failing").get_by_role("button", name="failing", exact=True).click()
    node = node_of(page, "fails")
    expect(node).to_be_visible()
    node.focus()
    page.keyboard.press("ArrowRight")
    expect(node_of(page, "never")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator('[data-couture="task-panel"]')).to_contain_text("never")


def test_the_status_bar_counts_running_tasks(page: Page, lab: Lab) -> None:
    open_lab(page, lab)
    lab.call("PATCH", "dags/pipeline", {"is_paused": False})
    lab.call("POST", "dags/pipeline/runs", {"conf": {}})
    expect(page.locator('[data-couture="status"]')).to_contain_text(re.compile(r"[12] running"), timeout=LONG_MS)
    _wait_for_end(lab, "pipeline")
    expect(page.locator('[data-couture="status"]')).to_contain_text("0 running", timeout=LONG_MS)


def test_the_side_bar_says_when_the_server_is_away(page: Page, lab: Lab) -> None:
    open_lab(page, lab)
    expect(row_of(page, "failing")).to_be_visible()
    page.route("**/couture/api/**", lambda route: route.abort())
    page.locator(SIDEBAR).get_by_role("button", name=re.compile("refresh", re.IGNORECASE)).first.click()
    expect(page.locator(SIDEBAR)).to_contain_text(re.compile("retry|again|reach", re.IGNORECASE), timeout=LONG_MS)
