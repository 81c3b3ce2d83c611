"""The overview: what runs, what failed with the way to its log, what comes next, and how the deployment is."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from jupyter_couture.cli.lab import Lab
from tests.e2e.api import newest_run, trigger, wait_for_end
from tests.e2e.lab import READY_MS, document_of, open_lab, open_overview, panel_of

pytestmark = pytest.mark.timeout(180)

CLOCK = '''
"""Runs at the end of days to come."""
from datetime import datetime
from jupyter_couture import DAG, EmptyOperator

with DAG("clock", schedule="59 23 * * *", start_date=datetime(2026, 1, 1), catchup=False,
         is_paused_upon_creation=False) as dag:
    EmptyOperator(task_id="tick")
'''


@pytest.fixture(scope="module", autouse=True)
def _clock(lab: Lab) -> Iterator[None]:
    file = lab.settings.dags_folder / "clock.py"
    file.write_text(CLOCK)
    yield
    file.unlink()


def card(overview: Locator, name: str) -> Locator:
    """One part of the overview."""
    return overview.locator(f'[data-couture="{name}"]')


def test_a_run_under_way_shows_its_progress_and_is_cancelled_after_a_question(page: Page, lab: Lab) -> None:
    open_lab(page, lab)
    overview = open_overview(page)
    run = trigger(lab, "long")
    row = card(overview, "active-runs").locator(f'[data-run-id="{run["run_id"]}"]')
    expect(row).to_contain_text("0 of 1 tasks", timeout=READY_MS)
    expect(row.get_by_role("progressbar")).to_have_attribute("max", "1")
    expect(overview.locator('[data-figure="running-runs"] dd')).not_to_have_text("0")
    row.locator('[data-couture="cancel-run"]').click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text(run["run_id"])
    dialog.get_by_role("button", name="Keep It Running").click()
    assert newest_run(lab, "long")["cancel_requested"] is False
    row.locator('[data-couture="cancel-run"]').click()
    dialog.get_by_role("button", name="Cancel Run").click()
    expect(row).to_have_count(0, timeout=READY_MS)
    assert wait_for_end(lab, newest_run(lab, "long"))["state"] == "failed"


def test_S130_the_overview_leaves_an_entry_and_says_how_many_runs_it_does_not_show(page: Page, lab: Lab) -> None:
    def entries() -> int:
        return len(lab.call("GET", "audit?event=overview&limit=1000")["entries"])

    runs = [trigger(lab, "failing") for _ in range(11)]
    for run in runs:
        wait_for_end(lab, run)
    before = entries()
    open_lab(page, lab)
    with page.expect_response(lambda answer: answer.url.split("?")[0].endswith("/api/views")):
        overview = open_overview(page)
    assert entries() == before + 1
    failed = card(overview, "failed-runs")
    expect(failed.locator("[data-run-id]")).to_have_count(10, timeout=READY_MS)
    more = failed.locator('[data-couture="more-runs"]')
    expect(more).to_have_text(re.compile(r"^[1-9]\d* more$"), timeout=READY_MS)
    more.click()
    browse = page.locator('[data-couture="browse"][data-page="runs"]')
    states = browse.locator('tbody td[data-column="state"]')
    expect(states.first).to_have_text("failed", timeout=READY_MS)
    assert set(states.all_inner_texts()) == {"failed"}


def test_a_failed_run_names_its_first_failed_task_and_leads_to_its_log(page: Page, lab: Lab) -> None:
    run = wait_for_end(lab, trigger(lab, "failing"))
    open_lab(page, lab)
    overview = open_overview(page)
    row = card(overview, "failed-runs").locator(f'[data-run-id="{run["run_id"]}"]')
    expect(row).to_contain_text("fails", timeout=READY_MS)
    row.locator('[data-couture="show-log"]').click()
    expect(document_of(page, "failing")).to_be_visible()
    expect(panel_of(page)).to_have_attribute("data-task-id", "fails", timeout=READY_MS)
    expect(panel_of(page)).to_contain_text("this task fails on purpose", timeout=READY_MS)


def test_the_next_runs_pools_and_S128_the_health_of_the_parts_are_told(page: Page, lab: Lab) -> None:
    open_lab(page, lab)
    overview = open_overview(page)
    coming = card(overview, "coming-runs").locator('[data-dag-id="clock"]')
    expect(coming.locator("time")).to_have_attribute("datetime", re.compile("T23:59:00"), timeout=READY_MS)
    expect(card(overview, "pools").locator('[data-pool="default_pool"]')).to_contain_text("slots")
    health = lab.call("GET", "health")
    parts = card(overview, "health")
    for part in ("engine", "executor", "database", "live"):
        expect(parts.locator(f'[data-part="{part}"]')).to_have_attribute("data-condition", "good")
    expect(parts.locator('[data-part="engine"]')).to_contain_text(health["engine"]["holder"].split(":")[0])
    expect(parts.locator('[data-part="engine"]')).to_contain_text("Last heartbeat")
    workers = health["executor"]["workers"]
    expect(parts.locator('[data-part="executor"]')).to_contain_text(f"{workers} worker")


def test_the_status_bar_opens_the_overview_which_comes_back_after_a_reload(page: Page, lab: Lab) -> None:
    open_lab(page, lab)
    with page.expect_response(lambda answer: "api/workspaces/" in answer.url and answer.request.method == "PUT"):
        page.locator('[data-couture="status"]').click()
    expect(page.locator('[data-couture="overview"]')).to_be_visible(timeout=READY_MS)
    open_lab(page, lab, reset=False)
    expect(page.locator('[data-couture="overview"]')).to_be_visible(timeout=READY_MS)
