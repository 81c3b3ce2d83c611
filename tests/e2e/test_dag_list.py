"""The list of DAGs, in the side bar and as a table, in a real browser on a real lab."""

import re

import pytest
from playwright.sync_api import Page, expect

from jupyter_couture.cli.lab import Lab
from tests.e2e.api import tasks_of, trigger, wait_for_end
from tests.e2e.lab import READY_MS, SIDEBAR, open_dag, open_lab, row_of, show_paused

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

COLUMNS = ["On", "DAG", "Schedule", "Owner", "Recent Tasks", "Last Run", "DAG Runs", "Links"]


@pytest.fixture(autouse=True)
def _paused_again(lab: Lab) -> None:
    lab.call("PATCH", "dags/pipeline", {"is_paused": True})


def test_S065_S066_S067_paused_dags_are_hidden_until_asked_for_and_turned_on_by_the_toggle(
    page: Page, lab: Lab
) -> None:
    """Also S073: the schedule cell."""
    assert lab.call("GET", "dags/pipeline/runs")["total"] == 0
    open_lab(page, lab)
    expect(row_of(page, "failing")).to_contain_text("None")
    expect(row_of(page, "pipeline")).to_have_count(0)
    show_paused(page)
    row = row_of(page, "pipeline")
    expect(row).to_be_visible()
    expect(row).to_contain_text("0 12 * * *")
    toggle = row.get_by_role("switch")
    expect(toggle).to_have_attribute("aria-checked", "false")
    toggle.click()
    expect(toggle).to_have_attribute("aria-checked", "true")
    expect(toggle).to_be_enabled()
    assert lab.call("GET", "dags/pipeline")["is_paused"] is False
    toggle.click()
    expect(toggle).to_have_attribute("aria-checked", "false")
    expect(toggle).to_be_enabled()
    assert lab.call("GET", "dags/pipeline")["is_paused"] is True
    page.get_by_role("button", name="Hide paused DAGs").click()
    expect(row).to_have_count(0)


def test_S069_S070_S071_the_table_has_all_columns_with_hints_and_the_servers_counters(page: Page, lab: Lab) -> None:
    run = wait_for_end(lab, trigger(lab, "failing"))
    open_lab(page, lab)
    page.get_by_role("button", name="Open as a table").click()
    table = page.locator("#couture-dags-table")
    expect(table.get_by_role("columnheader")).to_have_text(COLUMNS)
    for column in table.get_by_role("columnheader").all():
        assert column.get_attribute("title")
    row = table.locator('[data-dag-id="failing"]')
    states = [task["state"] for task in tasks_of(lab, run).values()]
    tasks, runs = row.locator('[data-couture="task-counters"]'), row.locator('[data-couture="run-counters"]')
    for state in ("failed", "upstream_failed"):
        expect(tasks.locator(f'[data-state="{state}"]')).to_contain_text(str(states.count(state)))
    counts = lab.call("GET", "dags/failing")["run_counts"]
    expect(runs.locator('[data-state="failed"]')).to_contain_text(str(counts["failed"]))
    last = row.locator('[data-couture="last-run"]')
    expect(last).to_have_attribute("title", re.compile(re.escape(run["run_id"])))


def test_search_narrows_the_list_and_says_so_when_nothing_matches(page: Page, lab: Lab) -> None:
    open_lab(page, lab)
    box = page.locator(f'{SIDEBAR} [data-couture="search"]')
    box.fill("rela")
    expect(row_of(page, "failing")).to_have_count(0)
    expect(row_of(page, "relay")).to_be_visible()
    box.fill("no such thing")
    expect(page.locator(SIDEBAR)).to_contain_text("No DAG matches")
    page.get_by_role("button", name="Clear the search").click()
    expect(row_of(page, "failing")).to_be_visible()


def test_S074_S093_S174_a_saved_change_reaches_the_graph_and_an_error_the_banner_and_the_editor(
    page: Page, lab: Lab
) -> None:
    file = lab.settings.dags_folder / "changing.py"
    text = (
        "from jupyter_couture import DAG, EmptyOperator\n"
        "with DAG('changing', is_paused_upon_creation=False) as dag:\n"
        "    EmptyOperator(task_id='one')"
    )
    file.write_text(f"{text}\n")
    open_lab(page, lab)
    document = open_dag(page, "changing")
    expect(document.locator('[data-task-id="one"]')).to_be_visible()
    file.write_text(f"{text} >> EmptyOperator(task_id='two')\n")
    document.locator('[data-couture="refresh"]').click()
    expect(document.locator('[data-task-id="two"]')).to_be_visible()
    file.write_text(f"{text} >> EmptyOperator(task_id='two') >> EmptyOperator(task_id='three')\n")
    expect(document.locator('[data-task-id="three"]')).to_be_visible(timeout=10_000)
    file.write_text(f"{text}\n    this is no Python\n")
    banner = page.locator('[data-couture="import-errors"]:visible')
    expect(banner).to_contain_text("changing.py:4", timeout=10_000)
    expect(document.locator('[data-task-id="three"]')).to_be_visible()
    expect(row_of(page, "changing")).to_contain_text("import error")
    banner.get_by_role("button", name=re.compile("changing.py")).click()
    editor = page.locator(".jp-FileEditor:visible")
    expect(editor).to_contain_text("this is no Python", timeout=READY_MS)
    expect(page.locator("#jp-main-statusbar")).to_contain_text("Ln 4, Col 1")
    file.unlink()
    expect(banner).to_have_count(0, timeout=10_000)
