"""The list of DAGs, in the side bar and as a table, in a real browser on a real lab."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from jupyter_couture.cli.lab import Lab
from tests.e2e.api import tasks_of, trigger, wait_for_dags, wait_for_end
from tests.e2e.lab import READY_MS, SIDEBAR, document_of, open_dag, open_lab, row_of, show_paused

pytestmark = pytest.mark.timeout(180)

COLUMNS = ["", "Details", "On", "DAG", "Schedule", "Owner", "Recent Tasks", "Last Run", "Next Run", "DAG Runs", "Links"]
TABLE = "#couture-dags-table"
THIRTY = """
from datetime import datetime, timedelta
from jupyter_couture import DAG, BashOperator

SCHEDULES = [None, "@daily", timedelta(hours=6), "*/15 * * * *", timedelta(days=1)]
for number in range(30):
    with DAG(f"thirty_{number:02}", schedule=SCHEDULES[number % 5], start_date=datetime(2026, 1, 1), catchup=False,
             is_paused_upon_creation=number % 5 != 0, default_args={"owner": ["ada", "grace"][number % 2]},
             tags=["thirty", f"third {number % 3}"], description="One of thirty"):
        BashOperator(task_id="only", bash_command="exit 1" if number == 10 else "true")
"""


@pytest.fixture
def thirty(lab: Lab) -> Iterator[list[str]]:
    """Ids of 30 DAGs with the tag ``thirty``; every fifth is on, ``thirty_10`` fails."""
    file = lab.settings.dags_folder / "thirty.py"
    file.write_text(THIRTY)
    names = [f"thirty_{number:02}" for number in range(30)]
    wait_for_dags(lab, *names)
    yield names
    file.unlink()


def open_table(page: Page) -> Locator:
    """The table of DAGs in the main area."""
    page.get_by_role("button", name="Open as a table").click()
    table = page.locator(TABLE)
    table.locator("[data-dag-id]").first.wait_for()
    return table


def shown_ids(place: Locator) -> list[str]:
    """The DAGs of the rows, from top to bottom."""
    ids: list[str] = place.locator("[data-dag-id]").evaluate_all("rows => rows.map(row => row.dataset.dagId)")
    return ids


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
    table = open_table(page)
    expect(table.get_by_role("columnheader")).to_have_text(COLUMNS)
    for column in table.get_by_role("columnheader").all()[1:]:
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


def test_S072_the_footer_counts_thirty_dags_and_leads_through_their_pages(
    page: Page, lab: Lab, thirty: list[str]
) -> None:
    open_lab(page, lab)
    table = open_table(page)
    table.locator('[data-couture="show-paused"]').click()
    table.get_by_label("Tag", exact=True).select_option("thirty")
    showing, pages = table.locator('[data-couture="showing"]'), table.get_by_role("navigation", name="Pages")
    expect(showing).to_have_text("Showing 1 to 25 of 30 entries")
    expect(pages).to_have_text("«<12>»")
    assert shown_ids(table) == thirty[:25]
    pages.get_by_role("button", name="Next page").click()
    expect(showing).to_have_text("Showing 26 to 30 of 30 entries")
    assert shown_ids(table) == thirty[25:]
    expect(pages.get_by_role("button", name="Next page")).to_be_disabled()
    pages.get_by_role("button", name="First page").click()
    expect(showing).to_have_text("Showing 1 to 25 of 30 entries")
    table.get_by_label("Per page").select_option("50")
    expect(showing).to_have_text("Showing 1 to 30 of 30 entries")
    expect(pages).to_have_text("«<1>»")


def test_S066_S073_schedules_are_shown_as_written_and_only_dags_that_are_on_without_asking(
    page: Page, lab: Lab, thirty: list[str]
) -> None:
    open_lab(page, lab)
    table = open_table(page)
    table.get_by_label("Tag", exact=True).select_option("thirty")
    showing = table.locator('[data-couture="showing"]')
    expect(showing).to_have_text("Showing 1 to 6 of 6 entries")
    assert shown_ids(table) == thirty[::5]
    table.get_by_role("button", name="Show Paused DAGs (24)").click()
    expect(showing).to_have_text("Showing 1 to 25 of 30 entries")
    schedules = table.locator('[data-couture="schedule"]')
    expect(schedules).to_have_count(25)
    assert schedules.all_inner_texts()[:5] == ["None", "@daily", "6:00:00", "*/15 * * * *", "1 day, 0:00:00"]
    for dag_id in thirty[:5]:
        due = lab.call("GET", f"dags/{dag_id}")["next_run_at"]
        cell = table.locator(f'[data-dag-id="{dag_id}"] [data-couture="next-run"] time')
        assert (cell.get_attribute("datetime") if cell.count() else None) == due
    table.get_by_role("button", name="Hide Paused DAGs").click()
    expect(showing).to_have_text("Showing 1 to 6 of 6 entries")


def test_S172_every_link_of_a_row_has_a_name_and_opens_its_page(page: Page, lab: Lab) -> None:
    """Every view that the document has also has its icon in the row; the rest is done by trigger and refresh."""
    open_lab(page, lab)
    row = open_table(page).locator('[data-dag-id="failing"]')
    links = row.locator(".couture-DagRow-links button")
    assert all("failing" in (link.get_attribute("aria-label") or "") for link in links.all())
    views = {
        "tree": "Tree View",
        "graph": "Graph View",
        "duration": "Task Duration",
        "tries": "Task Tries",
        "landing": "Landing Times",
        "gantt": "Gantt",
        "code": "Code",
    }
    row.locator('[data-couture="link-graph"]').click()
    document = document_of(page, "failing")
    tabs = document.get_by_role("tab").all_inner_texts()
    for name, title in views.items():
        link = row.locator(f'[data-couture="link-{name}"]')
        page.get_by_role("tab", name="DAGs", exact=True).click()
        assert link.count() == (title in tabs), title
        if link.count():
            expect(link).to_have_attribute("aria-label", f"{title} of failing")
            link.click()
            expect(document.get_by_role("tab", name=title)).to_have_attribute("aria-selected", "true")
    page.get_by_role("tab", name="DAGs", exact=True).click()
    before = lab.call("GET", "dags/failing/runs?state=failed")["total"]
    row.locator('[data-couture="trigger"]').click()
    failed = row.locator('[data-couture="run-counters"] [data-state="failed"]')
    expect(failed).to_contain_text(str(before + 1), timeout=READY_MS)
    row.locator('[data-couture="link-refresh"]').click()
    expect(page.locator(".Toastify")).to_contain_text("failing is unchanged")


def test_S070_S071_the_counters_follow_a_run_without_a_reload(page: Page, lab: Lab, thirty: list[str]) -> None:
    open_lab(page, lab)
    row = open_table(page).locator('[data-dag-id="thirty_10"]')
    expect(row).to_contain_text("never run")
    run = wait_for_end(lab, trigger(lab, "thirty_10"))
    expect(row.locator('[data-couture="task-counters"] [data-state="failed"]')).to_contain_text("1")
    expect(row.locator('[data-couture="run-counters"] [data-state="failed"]')).to_contain_text("1")
    expect(row.locator('[data-couture="last-run"]')).to_have_attribute("title", re.compile(re.escape(run["run_id"])))


def test_the_table_is_narrowed_by_state_tag_and_owner_ordered_by_its_heads_and_comes_back_so(
    page: Page, lab: Lab, thirty: list[str]
) -> None:
    for dag_id in ("thirty_05", "thirty_10", "thirty_20"):
        wait_for_end(lab, trigger(lab, dag_id))
    open_lab(page, lab)
    table = open_table(page)
    table.get_by_role("button", name="Failed", exact=True).click()
    table.locator('[data-dag-id="thirty_10"] [data-couture="tag"]', has_text="thirty").click()
    showing = table.locator('[data-couture="showing"]')
    expect(showing).to_have_text("Showing 1 to 1 of 1 entries")
    assert shown_ids(table) == ["thirty_10"]
    table.get_by_role("button", name="All", exact=True).click()
    expect(showing).to_have_text("Showing 1 to 6 of 6 entries")
    head = table.get_by_role("columnheader", name="Last Run")
    head.get_by_role("button").click()
    expect(head).to_have_attribute("aria-sort", "descending")
    expect(table.locator("[data-dag-id]").first).to_have_attribute("data-dag-id", "thirty_20")
    assert shown_ids(table)[:3] == ["thirty_20", "thirty_10", "thirty_05"]
    table.locator('[data-dag-id="thirty_20"]').get_by_role("button", name="ada").click()
    expect(showing).to_have_text("Showing 1 to 3 of 3 entries")
    side_bar = page.locator(SIDEBAR)
    side_bar.get_by_role("button", name="Show filters").click()
    with page.expect_response(lambda answer: "api/workspaces/" in answer.url and answer.request.method == "PUT"):
        side_bar.get_by_label("Owner", exact=True).select_option("grace")
    expect(row_of(page, "thirty_05")).to_be_visible()
    expect(row_of(page, "thirty_10")).to_have_count(0)
    page.wait_for_timeout(1500)
    open_lab(page, lab, reset=False)
    expect(showing).to_have_text("Showing 1 to 3 of 3 entries", timeout=READY_MS)
    assert shown_ids(table) == ["thirty_20", "thirty_10", "thirty_00"]
    expect(table.get_by_role("columnheader", name="Last Run")).to_have_attribute("aria-sort", "descending")
    expect(row_of(page, "thirty_05")).to_be_visible()
    expect(row_of(page, "thirty_10")).to_have_count(0)
    table.get_by_role("button", name="Take back: Owner: ada").click()
    expect(showing).to_have_text("Showing 1 to 6 of 6 entries")


def test_several_dags_are_turned_on_and_triggered_at_once(page: Page, lab: Lab, thirty: list[str]) -> None:
    open_lab(page, lab)
    table = open_table(page)
    table.locator('[data-couture="show-paused"]').click()
    table.get_by_label("Tag", exact=True).select_option("third 1")
    expect(table.locator('[data-couture="showing"]')).to_have_text("Showing 1 to 10 of 10 entries")
    chosen = shown_ids(table)
    table.get_by_label("Select all DAGs of this page").check()
    bar, outcome = table.locator('[data-couture="selection-bar"]'), table.locator('[data-couture="bulk-outcome"]')
    expect(bar).to_contain_text("10 DAGs selected")
    bar.get_by_role("button", name="Turn On").click()
    expect(outcome).to_contain_text("10 DAGs turned on", timeout=READY_MS)
    assert not any(lab.call("GET", f"dags/{dag_id}")["is_paused"] for dag_id in chosen)
    for dag_id in chosen[:2]:
        table.get_by_label(f"Select {dag_id}").check()
    before = {dag_id: lab.call("GET", f"dags/{dag_id}/runs?run_type=manual")["total"] for dag_id in chosen}
    bar.get_by_role("button", name="Trigger").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Trigger 2 DAGs?")
    dialog.get_by_role("button", name="Trigger").click()
    expect(outcome).to_contain_text("2 DAGs triggered", timeout=READY_MS)
    after = {dag_id: lab.call("GET", f"dags/{dag_id}/runs?run_type=manual")["total"] for dag_id in chosen}
    assert after == {dag_id: count + (dag_id in chosen[:2]) for dag_id, count in before.items()}


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
    expect(document.locator('[data-task-id="three"]')).to_be_visible(timeout=READY_MS)
    file.write_text(f"{text}\n    this is no Python\n")
    banner = page.locator('[data-couture="import-errors"]:visible')
    expect(banner).to_contain_text("changing.py:4", timeout=READY_MS)
    expect(document.locator('[data-task-id="three"]')).to_be_visible()
    expect(row_of(page, "changing")).to_contain_text("import error")
    banner.get_by_role("button", name=re.compile("changing.py")).click()
    editor = page.locator(".jp-FileEditor:visible")
    expect(editor).to_contain_text("this is no Python", timeout=READY_MS)
    expect(page.locator("#jp-main-statusbar")).to_contain_text("Ln 4, Col 1")
    open_dag(page, "changing").get_by_role("button", name="import error").click()
    expect(editor).to_contain_text("this is no Python")
    file.unlink()
    expect(banner).to_have_count(0, timeout=READY_MS)


def test_S065_the_table_is_ordered_by_owner_and_by_schedule(page: Page, lab: Lab, thirty: list[str]) -> None:
    open_lab(page, lab)
    table = open_table(page)
    table.locator('[data-couture="show-paused"]').click()
    table.locator('[data-dag-id="thirty_10"] [data-couture="tag"]', has_text="thirty").click()
    expect(table.locator('[data-couture="showing"]')).to_have_text("Showing 1 to 25 of 30 entries")
    for name, order in (("Owner", "owner"), ("Schedule", "schedule")):
        head = table.get_by_role("columnheader", name=name)
        for direction, word in (("ascending", order), ("descending", f"-{order}")):
            with page.expect_response(re.compile(rf"order_by={word}\b")):
                head.get_by_role("button").click()
            expect(head).to_have_attribute("aria-sort", direction)
            wanted = listed(lab, word)
            expect(table.locator("[data-dag-id]").first).to_have_attribute("data-dag-id", wanted[0])
            assert shown_ids(table)[:10] == wanted[:10]
    assert listed(lab, "-owner")[:2] == ["thirty_01", "thirty_03"], "those of grace"
    assert listed(lab, "-schedule")[:2] == ["thirty_01", "thirty_06"], "the daily ones"


def listed(lab: Lab, order: str) -> list[str]:
    """What the server says."""
    return [row["dag_id"] for row in lab.call("GET", f"dags?tag=thirty&limit=25&order_by={order}")["dags"]]
