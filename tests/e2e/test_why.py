"""Why a run does not go on, as a view of its DAG; and links that bring another reader to what one sees."""

from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

from jupyter_couture.cli.lab import Lab
from tests.e2e.api import newest_run, tasks_of, trigger, wait_for_dags, wait_for_end
from tests.e2e.lab import READY_MS, document_of, node_of, open_dag, open_lab, panel_of
from tests.e2e.workshop import wait_until

pytestmark = pytest.mark.timeout(180)

HELD_UP = '''
"""A run with a task that waits for a person, one without room, one that failed, and one after all of them."""
from datetime import datetime
from jupyter_couture import DAG, ApprovalOperator, EmptyOperator, PythonOperator

def second_time_lucky(ti):
    assert ti.try_number > 1, "no luck at first"

with DAG(
    "held_up",
    schedule=None,
    start_date=datetime(2026, 1, 1),
    max_active_runs=1,
    is_paused_upon_creation=False,
):
    [
        ApprovalOperator(task_id="ask", subject="Publish?"),
        PythonOperator(task_id="no_room", python_callable=print, pool="not_made"),
        PythonOperator(task_id="unlucky", python_callable=second_time_lucky, retries=1, retry_delay=3600),
    ] >> EmptyOperator(task_id="after")
'''


def test_why_tells_all_that_holds_up_a_run_with_a_remedy_for_each_that_has_one(page: Page, lab: Lab) -> None:
    (lab.settings.dags_folder / "held_up.py").write_text(HELD_UP)
    wait_for_dags(lab, "held_up")
    run = trigger(lab, "held_up")
    open_lab(page, lab)
    document = open_dag(page, "held_up")
    document.get_by_role("tab", name="Why").click()
    tasks = document.locator(".couture-Why-tasks")
    expect(tasks.locator('[data-task-id="no_room"]')).to_contain_text("not_made", timeout=READY_MS)
    expect(tasks.locator('[data-task-id="after"]')).to_contain_text("It waits for")

    ask = tasks.locator('[data-task-id="ask"]')
    ask.get_by_role("button", name="Answer").click()
    expect(panel_of(page)).to_have_attribute("data-task-id", "ask")
    tasks.locator('[data-task-id="after"]').get_by_role("button", name="Show no_room").click()
    expect(panel_of(page)).to_have_attribute("data-task-id", "no_room")

    panel_of(page).get_by_role("button", name="Create pool not_made").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("spinbutton").fill("2")
    dialog.get_by_role("button", name="Create").click()
    expect(panel_of(page)).to_have_attribute("data-state", "success", timeout=READY_MS)
    assert lab.call("GET", "pools/not_made")["slots"] == 2

    unlucky = tasks.locator('[data-task-id="unlucky"]')
    expect(unlucky).to_contain_text("Attempt 1 failed: AssertionError: no luck at first", timeout=READY_MS)
    unlucky.get_by_role("button", name="Run now").click(timeout=READY_MS)
    page.get_by_role("dialog").get_by_role("button", name="Run task instance").click()
    expect(unlucky).to_have_count(0, timeout=READY_MS)
    wait_until(lambda: tasks_of(lab, run)["unlucky"]["state"], lambda state: state == "success")

    lab.call("PATCH", "dags/held_up", {"is_paused": True})
    whole = document.locator('[data-couture="why-run"]')
    whole.get_by_role("button", name="Turn on the DAG").click(timeout=READY_MS)
    expect(whole).to_have_count(0, timeout=READY_MS)
    assert not lab.call("GET", "dags/held_up")["is_paused"]

    second = trigger(lab, "held_up")
    expect(whole).to_contain_text("as many as max_active_runs allows", timeout=READY_MS)
    whole.get_by_role("button", name="Where max_active_runs is set").click()
    line = 1 + HELD_UP.split("\n").index("    max_active_runs=1,")
    expect(page.get_by_text(f"max_active_runs is set in line {line} of held_up.py").first).to_be_visible()
    expect(page.locator(".cm-content:visible")).to_contain_text("max_active_runs=1", timeout=READY_MS)
    page.get_by_role("main").get_by_role("tab", name="held_up", exact=True).click()

    cancel(lab, run)
    wait_until(lambda: newest_run(lab, "held_up")["state"], lambda state: state == "running")
    cancel(lab, second)
    expect(document.get_by_role("heading", name="Tasks that did not run")).to_be_visible(timeout=READY_MS)


def test_why_begins_with_the_task_that_failed_its_error_and_its_log(page: Page, lab: Lab) -> None:
    wait_for_end(lab, trigger(lab, "failing"))
    open_lab(page, lab)
    document = open_dag(page, "failing")
    document.get_by_role("tab", name="Why").click()
    first = document.locator(".couture-Why-tasks > li").first
    expect(first).to_have_attribute("data-task-id", "fails", timeout=READY_MS)
    expect(first).to_contain_text("Attempt 1 failed: ValueError: this task fails on purpose")
    expect(document.get_by_role("heading", name="Tasks that failed")).to_be_visible()
    expect(document.get_by_role("heading", name="Tasks that did not run")).to_be_visible()
    first.get_by_role("button", name="Show its log").click()
    expect(panel_of(page)).to_have_attribute("data-task-id", "fails")
    first.get_by_role("button", name="Clear").click()
    expect(page.get_by_role("dialog")).to_contain_text("Clear fails")
    page.keyboard.press("Escape")
    document.get_by_role("tab", name="Details", exact=True).first.click()
    expect(document.locator('[data-couture="dag-doc"] em')).to_have_text("always", timeout=READY_MS)
    document.get_by_role("tab", name="Graph View").click()
    expect(node_of(page, "fails")).to_be_visible(timeout=READY_MS)


def cancel(lab: Lab, run: dict[str, Any]) -> None:
    """End a run, and wait for it."""
    lab.call("POST", f"dags/{run['dag_id']}/runs/{quote(run['run_id'], safe='')}/cancel", {})
    wait_for_end(lab, run)


def test_a_link_opens_the_lab_at_the_same_tab_run_and_task(page: Page, lab: Lab) -> None:
    older = wait_for_end(lab, trigger(lab, "failing"))
    wait_for_end(lab, trigger(lab, "failing"))
    link = f"dag/failing?tab=graph&run={quote(older['run_id'], safe='')}&task=fails"
    page.goto(f"{lab.base}/lab?token={lab.token}&reset&couture={quote(link, safe='')}")
    document = document_of(page, "failing")
    expect(document.get_by_role("tab", name="Graph View")).to_have_attribute("aria-selected", "true", timeout=READY_MS)
    expect(node_of(page, "fails")).to_be_visible(timeout=READY_MS)
    expect(panel_of(page)).to_have_attribute("data-task-id", "fails")
    expect(panel_of(page)).to_have_attribute("data-run-id", older["run_id"])
    assert "couture=" not in page.url

    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    document.locator('[data-couture="copy-link"]').click()
    expect(page.get_by_text("Link copied").first).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert quote("task=fails", safe="") in copied
    assert copied.startswith(f"{lab.base}/lab?couture=")
