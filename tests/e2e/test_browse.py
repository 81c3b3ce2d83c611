"""S124 to S132, S180: the pages of the Browse menu, actions on rows, links, files, and what the audit log keeps."""

import csv
import io
import re
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Locator, Page, expect

from jupyter_couture.cli.lab import Lab
from tests.e2e.api import trigger, wait_for_end
from tests.e2e.lab import (
    BROWSE_PAGES,
    READY_MS,
    SIDEBAR,
    document_of,
    open_dag,
    open_lab,
    open_page,
    open_submenu,
    row_of,
    shown_page,
)

pytestmark = pytest.mark.timeout(240)

EXACT = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00"
RUN_ID = re.compile(rf"^(manual__{EXACT}|scheduled__[-\d]+T[:\d]+(\.\d+)?\+00:00)$")


def headers(place: Locator) -> list[str]:
    """The names of the columns."""
    return [text.strip(" ▲▼↕\n") for text in place.locator("thead th").all_inner_texts() if text.strip()]


def column(place: Locator, name: str) -> Locator:
    """The cells of a column."""
    return place.locator(f'td[data-column="{name}"]')


def events(lab: Lab, **wanted: str) -> list[dict[str, Any]]:
    """Entries of the audit log, newest first."""
    options = "&".join(f"{name}={quote(value)}" for name, value in wanted.items())
    found: list[dict[str, Any]] = lab.call("GET", f"audit?{options}&limit=1000")["entries"]
    return found


def test_S124_S125_the_browse_menu_leads_to_its_pages(page: Page, lab: Lab) -> None:
    wait_for_end(lab, trigger(lab, "failing"))
    open_lab(page, lab)
    submenu = open_submenu(page, "Browse")
    expect(submenu.locator(".lm-Menu-itemLabel")).to_have_text(list(BROWSE_PAGES.values()))
    assert list(BROWSE_PAGES)[:5] == ["runs", "jobs", "audit", "sla", "tasks"], "those of the product"
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    runs = open_page(page, "runs")
    assert headers(runs)[:5] == ["State", "Dag Id", "Execution Date", "Run Id", "External Trigger"], "S125"
    expect(runs.get_by_role("checkbox", name="Select all rows of this page")).to_be_visible()
    expect(runs).to_contain_text(re.compile(r"Showing 1 to \d+ of \d+"))
    expect(column(runs, "execution_date").first).to_have_text(re.compile(f"^{EXACT}$"))
    expect(column(runs, "run_id").first).to_have_text(RUN_ID)
    assert set(column(runs, "external_trigger").all_inner_texts()) <= {"True", "False"}, "S126"
    log = open_page(page, "audit")
    expect(log.get_by_role("heading", name="List Log")).to_be_visible()
    expect(log.locator('[data-couture="record-count"]')).to_have_text(re.compile(r"^Record Count: [\d,]+$"))
    wanted = "Id, Dttm, Dag Id, Task Id, Event, Execution Date, Owner, Extra, Source Ip"
    assert headers(log) == wanted.split(", "), "S129"
    tasks = open_page(page, "tasks")
    assert headers(tasks)[:3] == ["State", "Dag Id", "Task Id"]
    misses = open_page(page, "sla")
    expect(misses).to_contain_text(re.compile("Nothing here yet|Record Count: [1-9]"))
    open_page(page, "assets")


def test_S128_jobs_show_scheduler_executor_worker_and_tasks(page: Page, lab: Lab) -> None:
    run = trigger(lab, "long")
    open_lab(page, lab)
    jobs = open_page(page, "jobs")
    for kind in ("scheduler", "executor", "worker", "task"):
        line = jobs.locator("tbody tr").filter(has=page.locator(f'td[data-column="kind"]:text-is("{kind}")')).first
        expect(line).to_be_visible(timeout=READY_MS)
        expect(line.locator('td[data-column="heartbeat"]')).to_have_text(re.compile(r"^\d{4}-\d\d-\d\d, "))
        expect(line.locator('td[data-column="host"]')).not_to_be_empty()
    expect(column(jobs, "task_id").filter(has_text="waits").first).to_be_visible()
    assert {text.strip() for text in column(jobs, "state").all_inner_texts()} <= {
        "starting",
        "running",
        "no sign of life",
    }
    lab.call("POST", f"dags/long/runs/{quote(run['run_id'], safe='')}/cancel", {})
    wait_for_end(lab, run)


def test_S132_filters_sorting_and_the_layout_that_keeps_them(page: Page, lab: Lab) -> None:
    wait_for_end(lab, trigger(lab, "failing"))
    wait_for_end(lab, trigger(lab, "relay"))
    open_lab(page, lab)
    runs = open_page(page, "runs")
    runs.get_by_role("searchbox", name="Dag Id").fill("failing")
    expect(column(runs, "dag_id").filter(has_not_text="failing")).to_have_count(0, timeout=READY_MS)
    runs.locator('[data-couture="filter-state"] summary').click()
    runs.get_by_role("checkbox", name="success", exact=True).check()
    expect(runs.get_by_text("Nothing matches")).to_be_visible(timeout=READY_MS)
    runs.get_by_role("button", name="Clear filters").first.click()
    expect(column(runs, "dag_id").filter(has_text="relay").first).to_be_visible(timeout=READY_MS)
    created = runs.locator('th[data-column="created"]')
    expect(created).to_have_attribute("aria-sort", "descending")
    newest = column(runs, "run_id").first.inner_text()  # two runs may be made in the same second
    created.get_by_role("button").click()
    expect(created).to_have_attribute("aria-sort", "ascending")
    expect(column(runs, "run_id").first).not_to_have_text(newest, timeout=READY_MS)
    with page.expect_request(
        lambda asked: "api/workspaces/" in asked.url and "search=manual" in (asked.post_data or "")
    ):
        runs.get_by_role("searchbox", name="Run Id contains").fill("manual")
    open_lab(page, lab, reset=False)
    back = shown_page(page, "runs")
    expect(back.get_by_role("searchbox", name="Run Id contains")).to_have_value("manual")
    expect(back.locator('th[data-column="created"]')).to_have_attribute("aria-sort", "ascending")


@pytest.mark.parametrize("is_encoded", [True, False])
def test_a_link_opens_the_page_with_its_filters(page: Page, lab: Lab, is_encoded: bool) -> None:
    wait_for_end(lab, trigger(lab, "failing"))
    link = "browse/runs?state=failed&dag_id=failing"
    page.goto(f"{lab.base}/lab?token={lab.token}&reset&couture={quote(link, safe='') if is_encoded else link}")
    runs = shown_page(page, "runs")
    expect(runs.get_by_role("searchbox", name="Dag Id")).to_have_value("failing")
    expect(runs.locator('[data-couture="filter-state"] summary')).to_have_text("State: failed")
    expect(column(runs, "dag_id").first).to_have_text("failing")
    assert "couture=" not in page.url, "a reload keeps what the reader made of it"


def test_S127_actions_on_several_runs_name_them_first(page: Page, lab: Lab) -> None:
    made = [wait_for_end(lab, trigger(lab, "failing")) for _ in range(3)]
    open_lab(page, lab)
    runs = open_page(page, "runs")
    runs.get_by_role("searchbox", name="Dag Id").fill("failing")
    for run in made:
        runs.get_by_role("checkbox", name=f"Select failing · {run['run_id']}").check(timeout=READY_MS)
    expect(runs).to_contain_text("3 rows selected")
    runs.get_by_role("button", name="Set Success").click()
    dialog = page.locator(".jp-Dialog")
    expect(dialog).to_contain_text("Set Success: 3 runs")
    expect(dialog).to_contain_text(made[0]["run_id"])
    expect(dialog).to_contain_text("This cannot be undone.")
    dialog.get_by_role("button", name="Set Success").click()
    expect(runs.locator('[data-couture="outcomes"]')).to_contain_text("Set Success: 3 of 3 done", timeout=READY_MS)
    for run in made:
        line = runs.locator("tbody tr").filter(has_text=run["run_id"])
        expect(line.locator('td[data-column="state"]')).to_have_text("success", timeout=READY_MS)
    runs.get_by_role("checkbox", name=f"Select failing · {made[1]['run_id']}").check()
    runs.get_by_role("button", name="Clear", exact=True).click()
    touched = dialog.locator('[data-couture="act-preview"][data-total="2"]')
    expect(touched.get_by_role("heading")).to_have_text(f"failing · {made[1]['run_id']}")
    expect(touched.locator("li")).to_have_count(2)
    dialog.get_by_role("button", name="Clear").click()
    expect(runs.locator('[data-couture="outcomes"]')).to_contain_text("Clear: 1 of 1 done", timeout=READY_MS)
    runs.get_by_role("checkbox", name=f"Select failing · {made[0]['run_id']}").check()
    runs.get_by_role("button", name="Delete").click()
    page.locator(".jp-Dialog").get_by_role("button", name="Delete").click()
    expect(runs.locator('[data-couture="outcomes"]')).to_contain_text("Delete: 1 of 1 done", timeout=READY_MS)
    expect(runs.locator("tbody tr").filter(has_text=made[0]["run_id"])).to_have_count(0, timeout=READY_MS)


def test_S127_task_instances_are_marked_and_cleared_one_by_one(page: Page, lab: Lab) -> None:
    run = wait_for_end(lab, trigger(lab, "failing"))
    link = quote(f"browse/tasks?dag_id=failing&run_id={quote(run['run_id'])}", safe="")
    page.goto(f"{lab.base}/lab?token={lab.token}&reset&couture={link}")
    tasks = shown_page(page, "tasks")
    expect(tasks.locator("tbody tr")).to_have_count(2)
    tasks.get_by_role("checkbox", name="Select all rows of this page").check()
    tasks.get_by_role("button", name="Mark Success").click()
    dialog = page.locator(".jp-Dialog")
    expect(dialog).to_contain_text("Mark Success: 2 task instances")
    dialog.get_by_role("button", name="Mark Success").click()
    expect(tasks.locator('[data-couture="outcomes"]')).to_contain_text("2 of 2 done", timeout=READY_MS)
    expect(column(tasks, "state")).to_have_text(["success", "success"], timeout=READY_MS)
    tasks.get_by_role("checkbox", name=re.compile("Select failing · fails")).check()
    tasks.get_by_role("button", name="Clear", exact=True).click()
    page.locator(".jp-Dialog").get_by_role("button", name="Clear").click()
    line = tasks.locator("tbody tr").filter(has=page.locator('td[data-column="task_id"]:has-text("fails")'))
    expect(line.locator('td[data-column="state"]')).to_have_text("failed", timeout=READY_MS)
    column(tasks, "task_id").filter(has_text="fails").get_by_role("button").click()
    document = document_of(page, "failing")
    expect(document.locator('[data-couture="task-panel"]')).to_have_attribute("data-task-id", "fails", timeout=READY_MS)


def test_the_file_holds_what_the_filter_selects(page: Page, lab: Lab) -> None:
    wait_for_end(lab, trigger(lab, "failing"))
    total = lab.call("GET", "runs?dag_id=failing&state=failed")["total"]
    link = quote("browse/runs?dag_id=failing&state=failed", safe="")
    page.goto(f"{lab.base}/lab?token={lab.token}&reset&couture={link}")
    runs = shown_page(page, "runs")
    with page.expect_download() as kept:
        runs.locator('[data-couture="export"]').click()
    text = kept.value.path().read_bytes().decode()
    assert text.count("\r\n") == total + 1
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert len(rows) == total
    assert {row["State"] for row in rows} == {"failed"}
    assert re.fullmatch(EXACT, rows[0]["Execution Date"]), "S180"
    assert re.fullmatch(f"manual__{EXACT}", rows[0]["Run Id"]), "S126"


def test_a_search_with_a_name_comes_back(page: Page, lab: Lab) -> None:
    page.goto(f"{lab.base}/lab?token={lab.token}&reset&couture={quote('browse/runs?state=failed', safe='')}")
    runs = shown_page(page, "runs")
    runs.locator('[data-couture="searches"] summary').click()
    runs.get_by_role("textbox", name="Name of this search").fill("what failed")
    with page.expect_response(lambda answer: "api/settings/" in answer.url and answer.request.method == "PUT"):
        runs.locator('[data-couture="searches"]').get_by_role("button", name="Save").click()
    runs.locator('[data-couture="clear-filters"]').click()  # an empty table offers it once more
    expect(runs.locator('[data-couture="filter-state"] summary')).to_have_text("State")
    open_lab(page, lab)
    runs = open_page(page, "runs")
    runs.locator('[data-couture="searches"] summary').click()
    runs.get_by_role("button", name="what failed", exact=True).click()
    expect(runs.locator('[data-couture="filter-state"] summary')).to_have_text("State: failed")


def test_new_runs_come_by_themselves_but_not_while_rows_are_selected(page: Page, lab: Lab) -> None:
    wait_for_end(lab, trigger(lab, "relay"))
    open_lab(page, lab)
    runs = open_page(page, "runs")
    run = trigger(lab, "relay")
    fresh = runs.locator("tbody tr").filter(has_text=run["run_id"])
    expect(fresh.locator('td[data-column="state"]')).to_have_text("success", timeout=READY_MS)
    runs.locator("tbody").get_by_role("checkbox").first.check()
    held = trigger(lab, "relay")
    expect(runs.get_by_text("Something has changed.")).to_be_visible(timeout=READY_MS)
    expect(runs.locator("tbody tr").filter(has_text=held["run_id"])).to_have_count(0)
    runs.get_by_role("button", name="Select none").click()
    expect(runs.locator("tbody tr").filter(has_text=held["run_id"])).to_have_count(1, timeout=READY_MS)


def test_S130_each_act_in_the_interface_leaves_exactly_one_entry(page: Page, lab: Lab) -> None:
    open_lab(page, lab)
    before = {event: len(events(lab, event=event)) for event in ("trigger", "paused", "mark", "audit_log", "code")}

    def new(event: str) -> list[dict[str, Any]]:
        found = events(lab, event=event)
        return found[: len(found) - before[event]]

    row_of(page, "relay").locator('[data-couture="trigger"]').click()
    expect(page.locator(f"{SIDEBAR}")).to_be_visible()
    toggle = row_of(page, "failing").get_by_role("switch")
    with page.expect_response(lambda answer: answer.request.method == "PATCH"):
        toggle.click()
    with page.expect_response(lambda answer: answer.request.method == "PATCH"):
        toggle.click()
    with page.expect_response(lambda answer: answer.url.split("?")[0].endswith("/dags/relay/views")):
        open_dag(page, "relay").get_by_role("tab", name="Code").click()
        expect(document_of(page, "relay").locator('[data-couture="code"]')).to_be_visible(timeout=READY_MS)
    with page.expect_response(lambda answer: answer.url.split("?")[0].endswith("/api/views")):
        log = open_page(page, "audit")
    expect(column(log, "event").filter(has_text=re.compile("^audit_log$")).first).to_be_visible(timeout=READY_MS)
    assert [(each["dag_id"], each["extra"]["outcome"]) for each in new("trigger")] == [("relay", "success")]
    assert [each["extra"]["is_paused"] for each in new("paused")] == [False, True]
    assert [each["dag_id"] for each in new("code")] == ["relay"]
    assert len(new("audit_log")) == 1
    assert {each["source_ip"] for each in new("trigger")} <= {"127.0.0.1", "::1"}


def test_S131_the_audit_log_can_only_grow(lab: Lab) -> None:
    paths = lab.call("GET", "openapi.json")["paths"]
    verbs = {path: set(operations) for path, operations in paths.items() if "audit" in path}
    assert verbs
    assert all(found == {"get"} for found in verbs.values()), verbs


def test_a_dag_has_tabs_of_its_runs_and_of_what_was_done_to_it(page: Page, lab: Lab) -> None:
    run = wait_for_end(lab, trigger(lab, "relay"))
    open_lab(page, lab)
    document = open_dag(page, "relay")
    document.get_by_role("tab", name="Runs", exact=True).click()
    runs = shown_page(page, "runs")
    assert "Dag Id" not in headers(runs)
    expect(runs.get_by_role("searchbox", name="Dag Id")).to_have_count(0)
    column(runs, "run_id").filter(has_text=run["run_id"]).get_by_role("button").click()
    expect(document.locator('[data-couture="run-state"]')).to_have_attribute("data-run-id", run["run_id"])
    document.get_by_role("tab", name="Audit", exact=True).click()
    log = shown_page(page, "audit")
    expect(column(log, "event").filter(has_text="trigger").first).to_be_visible()
