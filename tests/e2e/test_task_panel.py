"""The panel of a task instance: what it tells."""

import re
import time
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from jupyter_couture.cli.lab import Lab
from tests.e2e.api import END_SECONDS, newest_run, trigger, wait_for_end
from tests.e2e.lab import READY_MS, LabHost, node_of, open_dag, panel_of
from tests.e2e.workshop import open_tab, open_task, place_of

pytestmark = pytest.mark.timeout(240)

LOG_BYTES = 100 * 1000 * 1000
HEAP_BYTES = 60 * 1000 * 1000


def test_S097_S098_S106_the_panel_opens_tells_and_closes(page: Page, workshop: Lab, talked: dict[str, Any]) -> None:
    """From the graph and from the list; the names of its first row; *Close* and Escape; the focus goes back."""
    panel = open_task(page, workshop, "workshop", "talks")
    for name in ("View Log", "Task Instance Details", "Rendered", "XCom", "Attempts", "Task Instances"):
        open_tab(page, name)
    panel.get_by_role("tab", name="Task Instances", exact=True).press("ArrowRight")
    expect(panel.get_by_role("tab", name="View Log", exact=True)).to_be_focused()
    panel.get_by_role("button", name="Close", exact=True).click()
    expect(panel).to_have_count(0)
    scene = page.locator('[data-couture="graph"] [role="listbox"]:visible')
    scene.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(panel).to_be_visible()
    panel.get_by_role("tab", name="View Log", exact=True).focus()
    page.keyboard.press("Escape")
    expect(panel).to_have_count(0)
    expect(scene).to_be_focused()
    page.locator('[data-couture="as-list"]:visible').click()
    page.locator('[data-couture="task-table"]').locator('tr[data-task-id="talks"]').click()
    expect(panel).to_have_attribute("data-task-id", "talks")


def test_S099_S180_what_was_rendered_and_when_to_the_microsecond(
    page: Page, workshop: Lab, talked: dict[str, Any]
) -> None:
    open_task(page, workshop, "workshop", "first")
    day = talked["logical_date"][:10]
    expect(open_tab(page, "Rendered")).to_contain_text(f"echo {day}")
    details = open_tab(page, "Task Instance Details")
    date = details.locator("div:has(> dt:text-is('Execution Date')) dd")
    expect(date).to_have_text(re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00$"))
    assert date.inner_text().startswith(talked["logical_date"][:19])


def test_S100_the_task_in_all_runs_leads_to_each_of_them(page: Page, workshop: Lab, talked: dict[str, Any]) -> None:
    newer = wait_for_end(workshop, trigger(workshop, "workshop"))
    open_task(page, workshop, "workshop", "talks")
    shown = page.locator('[data-couture="run-state"]:visible')
    expect(shown).to_have_attribute("data-run-id", newer["run_id"])
    rows = open_tab(page, "Task Instances").locator("tbody tr")
    expect(rows.first).to_have_attribute("data-run", newer["run_id"])
    known = workshop.call("GET", "task-instances?dag_id=workshop&task_id=talks")
    expect(rows).to_have_count(len(known["tasks"]))
    rows.filter(has_text=talked["run_id"]).get_by_role("button").click()
    expect(shown).to_have_attribute("data-run-id", talked["run_id"])
    expect(panel_of(page)).to_have_attribute("data-run-id", talked["run_id"])


def test_S101_S179_each_attempt_has_its_own_log_to_read_and_to_download(
    page: Page, workshop: Lab, talked: dict[str, Any], tmp_path: Path
) -> None:
    panel = open_task(page, workshop, "workshop", "talks")
    texts = []
    for number in (1, 2):
        panel.get_by_label("Attempt to show").select_option(str(number))
        log = open_tab(page, "View Log").locator('[data-couture="log"]')
        expect(log).to_contain_text("Ended:")
        with page.expect_download() as download:
            log.locator('[data-couture="log-download"]').click()
        file = tmp_path / f"{number}.log"
        download.value.save_as(file)
        texts.append(file.read_text())
        assert f"this is attempt {number}" in texts[-1]
    assert "gives up" in texts[0]
    assert "gives up" not in texts[1]
    rows = open_tab(page, "Attempts").locator("tbody tr")
    expect(rows).to_have_count(2)
    expect(rows.last).to_contain_text("ValueError")
    expect(rows.last).to_contain_text("exit code 1")
    (first, second) = workshop.call("GET", place_of(newest_run(workshop, "workshop"), "talks"))["attempts"]
    expect(rows.first).to_contain_text(second["host"])
    assert first["state"] == "failed"
    with page.expect_download() as again:
        rows.last.locator('[data-couture="attempt-download"]').click()
    again.value.save_as(tmp_path / "again.log")
    assert "this is attempt 1" in (tmp_path / "again.log").read_text()
    rows.last.get_by_role("button", name="Show the log of attempt 1").click()
    expect(panel.locator('[data-couture="log-errors"]')).to_be_visible()


def test_a_log_is_searched_filtered_by_level_and_its_errors_found(
    page: Page, workshop: Lab, talked: dict[str, Any]
) -> None:
    panel = open_task(page, workshop, "workshop", "talks")
    panel.get_by_label("Attempt to show").select_option("1")
    log = panel.locator('[data-couture="log"]')
    lines = log.locator(".couture-Log-line")
    expect(log).to_contain_text("no luck at first")
    log.get_by_role("log").focus()
    page.keyboard.press("Control+f")
    expect(log.locator('[data-couture="log-query"]')).to_be_focused()
    page.keyboard.type("needle")
    expect(log.locator('[data-couture="log-matches"]')).to_have_text("1 of 2")
    expect(log.locator("mark[data-current]")).to_have_text("Needle")
    expect(log.locator("mark[data-current]")).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(log.locator("mark[data-current]")).to_have_text("needle")
    expect(log).to_contain_text("<b>no markup</b>")
    page.keyboard.press("Shift+Enter")
    expect(log.locator('[data-couture="log-matches"]')).to_have_text("1 of 2")
    page.keyboard.press("Escape")
    expect(log.locator("mark")).to_have_count(0)
    expect(panel).to_be_visible()
    log.locator('[data-couture="log-first-error"]').click()
    expect(log.locator(".couture-Log-line[data-current]")).to_contain_text("gives up")
    expect(log.locator(".couture-Log-line[data-current]")).to_be_in_viewport()
    log.locator('[data-couture="log-next-error"]').click()
    expect(log.locator(".couture-Log-line[data-current]")).not_to_contain_text("gives up")
    log.get_by_label("Lines to show").select_option("error")
    expect(lines.filter(has_text="step 3 of the talk")).to_have_count(0)
    expect(lines.filter(has_text="gives up")).to_have_count(1)
    expect(lines.filter(has_text="ValueError: no luck at first").first).to_be_visible()


def test_S109_values_are_listed_by_key_and_deleted_once_confirmed(
    page: Page, workshop: Lab, talked: dict[str, Any]
) -> None:
    run = wait_for_end(workshop, trigger(workshop, "workshop"))
    open_task(page, workshop, "workshop", "talks")
    table = open_tab(page, "XCom")
    for column in ("Key", "Value", "Type", "Size", "Pushed"):
        expect(table.get_by_role("columnheader", name=column)).to_be_visible()
    row = table.locator('tr[data-key="where"]')
    expect(row).to_contain_text('"city": "Basel"')
    expect(table.locator('tr[data-key="return_value"]')).to_contain_text("said")
    row.get_by_role("button", name="Delete where").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Cancel").click()
    expect(row).to_be_visible()
    row.get_by_role("button", name="Delete where").click()
    dialog.get_by_role("button", name="Delete").click()
    expect(row).to_have_count(0)
    left = workshop.call("GET", f"{place_of(run, 'talks')}/xcoms")
    assert [xcom["key"] for xcom in left["xcoms"]] == ["return_value"]


def test_a_notebook_shows_the_outputs_of_a_cell_while_the_next_one_runs(
    page: Page, workshop: Lab, host: LabHost
) -> None:
    """Text, HTML without its scripts, a picture; what is too much is counted; at the end the executed copy opens."""
    go = host.settings.dags_folder / "go"
    go.unlink(missing_ok=True)
    run = trigger(workshop, "workshop_study")
    open_task(page, workshop, "workshop_study", "studies")
    notebook = open_tab(page, "Notebook").locator('[data-couture="task-notebook"]')
    first, second, third = (notebook.locator(f'li[data-cell="{number}"]') for number in (1, 2, 3))
    expect(second).to_contain_text("the second one waits", timeout=END_SECONDS * 1000)
    expect(second).to_have_attribute("data-state", "running")
    expect(first).to_have_attribute("data-state", "success")
    expect(third).to_have_attribute("data-state", "none")
    outputs = first.get_by_role("group", name="Outputs of cell 1")
    expect(outputs).to_contain_text("the first output")
    expect(outputs.locator("b.rich")).to_have_text("in bold")
    assert not re.search("onclick|<script", outputs.inner_html())
    expect(outputs.get_by_role("img")).to_have_js_property("naturalWidth", 1)
    waiting = second.get_by_role("group", name="Outputs of cell 2")
    expect(waiting).to_contain_text("the second one waits")
    expect(waiting.locator(".couture-Cell-output")).to_have_count(100)
    expect(second.locator('[data-couture="cell-cut"]')).to_contain_text("51 older or larger outputs")
    go.touch()
    expect(third).to_have_attribute("data-state", "failed", timeout=READY_MS)
    expect(third).to_contain_text("ZeroDivisionError")
    expect(waiting).to_contain_text("the second output")
    assert page.evaluate("window.harmed") is None
    wait_for_end(workshop, run)
    notebook.locator('[data-couture="open-executed"]').click()
    expect(page.locator(".jp-NotebookPanel:visible")).to_contain_text("the second output", timeout=READY_MS)
    open_dag(page, "workshop_study")
    panel_of(page).get_by_role("button", name="Close", exact=True).click()
    expect(node_of(page, "studies")).to_be_visible()


def test_S173_a_log_of_100_mb_is_followed_without_being_loaded_whole(page: Page, workshop: Lab) -> None:
    """While it is written and afterwards the page answers, holds a part of the log, and keeps its memory."""
    loaded: list[int] = []
    page.on(
        "response",
        lambda answer: loaded.append(int(answer.headers.get("content-length", 0))) if "/log?" in answer.url else None,
    )
    trigger(workshop, "workshop_loud")
    panel = open_task(page, workshop, "workshop_loud", "shouts")
    log = panel.locator('[data-couture="log"]')
    expect(log).to_contain_text("the very last line", timeout=END_SECONDS * 1000)
    expect(log).to_have_attribute("data-status", "complete")
    assert int(log.get_attribute("data-size") or 0) > LOG_BYTES
    for _ in range(12):
        log.locator('[data-couture="log-earlier"]').click()
        expect(log.locator('[data-couture="log-earlier"]')).to_be_enabled()
    session = page.context.new_cdp_session(page)
    session.send("HeapProfiler.collectGarbage")
    session.send("Performance.enable")
    metrics = {each["name"]: each["value"] for each in session.send("Performance.getMetrics")["metrics"]}
    before = time.monotonic()
    open_tab(page, "Task Instance Details")
    open_tab(page, "View Log")
    took = time.monotonic() - before
    lines = log.locator(".couture-Log-line").count()
    print(
        f"log of {LOG_BYTES // 10**6} MB: {sum(loaded) / 1e6:.1f} MB loaded, {lines} lines held, "
        f"heap {metrics['JSHeapUsedSize'] / 1e6:.0f} MB, two tabs in {took * 1000:.0f} ms"
    )
    assert sum(loaded) < LOG_BYTES / 3
    assert metrics["JSHeapUsedSize"] < HEAP_BYTES
    assert took < 5
