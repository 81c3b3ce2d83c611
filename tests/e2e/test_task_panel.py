"""The panel of a task instance: what it tells, what one can do there, and that it was done."""

import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

import pytest
from playwright.sync_api import Locator, Page, expect

from jupyter_couture.cli.lab import Lab
from tests.e2e.api import END_SECONDS, newest_run, tasks_of, trigger, wait_for_dags, wait_for_end
from tests.e2e.lab import READY_MS, LabHost, node_of, open_dag, open_lab, panel_of

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

WORKSHOP = '''
"""What the tests of the task panel run."""
from datetime import datetime
from pathlib import Path
import logging
import time

from jupyter_couture import DAG, ApprovalOperator, BashOperator, DagOperator, EmptyOperator, PythonOperator

log = logging.getLogger("workshop")

def options(dag_id):
    return dict(dag_id=dag_id, schedule=None, start_date=datetime(2026, 1, 1), is_paused_upon_creation=False)

def talk(ti, **context):
    print(f"this is attempt {ti.try_number}")
    for number in range(200):
        log.info("step %d of the talk", number)
    log.warning("the Needle is near")
    print("\\x1b[32mgreen needle\\x1b[0m and <b>no markup</b>")
    if ti.try_number == 1:
        log.error("the first attempt gives up")
        for number in range(100):
            log.info("farewell %d", number)
        raise ValueError("no luck at first")
    ti.xcom_push("where", {"city": "Basel"})
    return "said"

def mend(name):
    if not Path(__file__).with_name(name).exists():
        raise RuntimeError("somebody must mend it first")

def shout():
    line = "x" * 99 + "\\n"
    with open("/dev/stdout", "w") as out:
        for _ in range(100):
            out.write(line * 10_000)
            out.flush()
    print("the very last line", flush=True)

with DAG(**options("workshop")):
    (
        BashOperator(task_id="first", bash_command="echo {{ ds }}")
        >> PythonOperator(task_id="talks", python_callable=talk, retries=1, retry_delay=0)
        >> [EmptyOperator(task_id="left"), EmptyOperator(task_id="right")]
        >> EmptyOperator(task_id="end")
    )
for name in ("marked", "cleared", "again"):
    with DAG(**options(f"workshop_{name}")):
        (
            PythonOperator(task_id="mends", python_callable=mend, op_args=[name])
            >> EmptyOperator(task_id="after")
            >> EmptyOperator(task_id="last")
        )
with DAG(**options("workshop_ask")):
    ask = ApprovalOperator(
        task_id="publish", subject="Publish the report?", body="It has 12 pages.", params={"note": "", "copies": 3}
    )
    ask >> EmptyOperator(task_id="then")
with DAG(**options("workshop_long")):
    PythonOperator(task_id="sleeps", python_callable=time.sleep, op_args=[600])
with DAG(**options("workshop_loud")):
    PythonOperator(task_id="shouts", python_callable=shout)
with DAG(**options("workshop_child")):
    EmptyOperator(task_id="kernel")
with DAG(**options("workshop_parent")):
    DagOperator("runs_child", run_dag_id="workshop_child")
'''

T = TypeVar("T")

LOG_BYTES = 100 * 1000 * 1000
HEAP_BYTES = 60 * 1000 * 1000


@pytest.fixture(scope="module")
def workshop(lab: Lab, host: LabHost) -> Lab:
    """A lab with the DAGs of this module."""
    (host.settings.dags_folder / "workshop.py").write_text(WORKSHOP)
    names = ("marked", "cleared", "again", "ask", "long", "loud", "child", "parent")
    wait_for_dags(lab, "workshop", *(f"workshop_{name}" for name in names))
    return lab


@pytest.fixture(scope="module")
def talked(workshop: Lab) -> dict[str, Any]:
    """A run of ``workshop`` whose task ``talks`` took two attempts."""
    return wait_for_end(workshop, trigger(workshop, "workshop"))


def place_of(run: dict[str, Any], task_id: str) -> str:
    """The route of a task instance."""
    return f"dags/{run['dag_id']}/runs/{quote(run['run_id'], safe='')}/tasks/{task_id}"


def wait_until(look: Callable[[], T], is_there: Callable[[T], bool]) -> T:
    """What ``look`` gives as soon as ``is_there`` holds for it."""
    deadline = time.monotonic() + END_SECONDS
    while not is_there(found := look()):
        assert time.monotonic() < deadline, f"still {found} after {END_SECONDS:g} s"
        time.sleep(0.1)
    return found


def states_of(lab: Lab, run: dict[str, Any]) -> dict[str, str]:
    """States of a run's tasks by id."""
    return {name: task["state"] for name, task in tasks_of(lab, run).items()}


def open_task(page: Page, lab: Lab, dag_id: str, task_id: str) -> Locator:
    """The panel of a task of the latest run, with the graph beside it."""
    open_lab(page, lab)
    open_dag(page, dag_id)
    node_of(page, task_id).click(timeout=READY_MS)
    expect(panel_of(page)).to_have_attribute("data-task-id", task_id)
    return panel_of(page)


def open_tab(page: Page, name: str) -> Locator:
    """A tab of the panel, by its full name; its contents."""
    panel_of(page).get_by_role("tab", name=name, exact=True).click()
    body = panel_of(page).get_by_role("tabpanel", name=name, exact=True)
    expect(body).to_be_visible()
    return body


def start_act(page: Page, kind: str) -> Locator:
    """The dialog of an action, opened by its button."""
    panel_of(page).locator(f'[data-couture="act-{kind}"]').click()
    dialog = page.get_by_role("dialog")
    expect(dialog.locator("input[data-flag]").first).to_be_focused()
    return dialog


def choose(dialog: Locator, *flags: str) -> None:
    """Set exactly these toggles."""
    for box in dialog.locator("input[data-flag]").all():
        box.set_checked(box.get_attribute("data-flag") in flags)


def previewed(dialog: Locator, total: int) -> list[str]:
    """The tasks that the dialog lists, once it lists ``total``."""
    shown = dialog.locator(f'[data-couture="act-preview"][data-total="{total}"][aria-busy="false"]')
    expect(shown).to_be_visible()
    return [str(item.get_attribute("data-task")) for item in shown.locator("li").all()]


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
    page.locator('[data-couture="task-table"]').get_by_role("button", name="talks").click()
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


def test_S102_run_says_what_stands_in_its_way_and_goes_on_if_told_to_ignore_it(page: Page, workshop: Lab) -> None:
    run = wait_for_end(workshop, trigger(workshop, "workshop"))
    before = tasks_of(workshop, run)
    open_task(page, workshop, "workshop", "first")
    start_act(page, "run").get_by_role("button", name="Run task instance").click()
    expect(page.get_by_text("Nothing was done")).to_be_visible()
    assert tasks_of(workshop, run)["first"]["try_number"] == 1
    dialog = start_act(page, "run")
    for label in ("Ignore All Deps", "Ignore Task State", "Ignore Task Deps"):
        expect(dialog.get_by_text(label, exact=True)).to_be_visible()
    choose(dialog, "ignore_task_state")
    dialog.get_by_role("button", name="Run task instance").click()
    wait_until(
        lambda: tasks_of(workshop, run)["first"], lambda task: (task["try_number"], task["state"]) == (2, "success")
    )
    assert tasks_of(workshop, run)["end"]["try_number"] == before["end"]["try_number"]


def test_S103_clear_lists_what_it_touches_as_one_chooses_and_clears_exactly_that(
    page: Page, workshop: Lab, host: LabHost
) -> None:
    """Until someone has mended the task; the run then ends well."""
    run = wait_for_end(workshop, trigger(workshop, "workshop_cleared"))
    older = run
    run = wait_for_end(workshop, trigger(workshop, "workshop_cleared"))
    open_task(page, workshop, "workshop_cleared", "mends")
    dialog = start_act(page, "clear")
    assert previewed(dialog, 3) == ["mends", "after", "last"]
    for flags, total in (
        ([], 1),
        (["past"], 2),
        (["past", "downstream"], 6),
        (["downstream", "only_failed"], 3),
        (["downstream"], 3),
    ):
        choose(dialog, *flags)
        previewed(dialog, total)
        name = f"Clear {total} task instance{'s' if total > 1 else ''}"
        expect(dialog.get_by_role("button", name=name, exact=True)).to_be_enabled()
    before = {name: task["try_number"] for name, task in tasks_of(workshop, older).items()}
    (host.settings.dags_folder / "cleared").touch()
    dialog.get_by_role("button", name="Clear 3 task instances").click()
    expect(page.get_by_text("3 task instances cleared")).to_be_visible()
    wait_until(lambda: states_of(workshop, run), lambda states: set(states.values()) == {"success"})
    expect(node_of(page, "last")).to_have_attribute("data-state", "success", timeout=READY_MS)
    assert tasks_of(workshop, run)["mends"]["try_number"] == 2
    assert {name: task["try_number"] for name, task in tasks_of(workshop, older).items()} == before


def test_S104_S105_marking_touches_what_was_listed(page: Page, workshop: Lab) -> None:
    run = wait_for_end(workshop, trigger(workshop, "workshop_marked"))
    open_task(page, workshop, "workshop_marked", "mends")
    dialog = start_act(page, "success")
    assert previewed(dialog, 1) == ["mends"]
    for flag in ("Past", "Future", "Upstream", "Downstream"):
        expect(dialog.get_by_text(flag, exact=True)).to_be_visible()
    dialog.get_by_role("button", name="Mark 1 task instance success").click()
    expect(page.get_by_text("1 task instance marked success")).to_be_visible()
    wait_until(lambda: states_of(workshop, run), lambda states: set(states.values()) == {"success"})
    expect(panel_of(page)).to_have_attribute("data-state", "success", timeout=READY_MS)
    node_of(page, "after").click()
    dialog = start_act(page, "failed")
    choose(dialog, "downstream")
    assert previewed(dialog, 2) == ["after", "last"]
    dialog.get_by_role("button", name="Mark 2 task instances failed").click()
    wanted = {"mends": "success", "after": "failed", "last": "failed"}
    wait_until(lambda: states_of(workshop, run), lambda states: states == wanted)


def test_S107_a_recursive_clear_follows_the_runs_a_task_has_made(page: Page, workshop: Lab) -> None:
    wait_for_end(workshop, trigger(workshop, "workshop_parent"))
    child = newest_run(workshop, "workshop_child")
    open_task(page, workshop, "workshop_parent", "runs_child")
    dialog = start_act(page, "clear")
    choose(dialog)
    assert previewed(dialog, 1) == ["runs_child"]
    choose(dialog, "recursive")
    assert previewed(dialog, 2) == ["runs_child", "kernel"]
    expect(dialog.get_by_text(f"workshop_child · {child['run_id']}")).to_be_visible()
    ended = child["ended_at"]
    dialog.get_by_role("button", name="Clear 2 task instances").click()
    again = wait_until(lambda: newest_run(workshop, "workshop_child"), lambda run: run["ended_at"] not in (None, ended))
    assert (again["run_id"], again["state"]) == (child["run_id"], "success")


def test_S108_clearing_what_runs_stops_it_and_starts_it_again(page: Page, workshop: Lab) -> None:
    run = trigger(workshop, "workshop_long")
    open_task(page, workshop, "workshop_long", "sleeps")
    expect(panel_of(page)).to_have_attribute("data-state", "running", timeout=READY_MS)
    dialog = start_act(page, "clear")
    previewed(dialog, 1)
    dialog.get_by_role("button", name="Clear 1 task instance").click()
    again = wait_until(
        lambda: workshop.call("GET", place_of(run, "sleeps")),
        lambda task: (task["try_number"], task["state"]) == (2, "running"),
    )
    assert [attempt["state"] for attempt in again["attempts"]] == ["cancelled", "running"]
    workshop.call("POST", f"{place_of(run, 'sleeps').rsplit('/tasks', 1)[0]}/cancel", {})
    wait_for_end(workshop, run)


def test_an_action_that_does_not_fit_any_more_is_looked_at_again(page: Page, workshop: Lab) -> None:
    """What is listed is what is touched: a change meanwhile is shown, not overrun."""
    run = wait_for_end(workshop, trigger(workshop, "workshop_again"))
    open_task(page, workshop, "workshop_again", "mends")
    dialog = start_act(page, "clear")
    previewed(dialog, 3)
    workshop.call("POST", f"{place_of(run, 'last')}/mark", {"state": "failed"})
    wait_until(lambda: states_of(workshop, run)["last"], lambda state: state == "failed")
    dialog.get_by_role("button", name="Clear 3 task instances").click()
    expect(dialog.locator('[data-couture="act-notice"]')).to_contain_text("changed")
    previewed(dialog, 3)
    expect(dialog.locator('li[data-task="last"]')).to_have_attribute("data-state", "failed")
    assert tasks_of(workshop, run)["mends"]["try_number"] == 1
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(panel_of(page).locator('[data-couture="act-clear"]')).to_be_focused()


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


def test_a_person_approves_with_a_note(page: Page, workshop: Lab) -> None:
    run = trigger(workshop, "workshop_ask")
    panel = open_task(page, workshop, "workshop_ask", "publish")
    expect(panel.locator('[data-couture="reasons"]')).to_contain_text("“Publish the report?”", timeout=READY_MS)
    question = panel.locator('[data-couture="question"]')
    expect(question).to_contain_text("It has 12 pages.")
    panel.locator('[data-couture="remedy-answer"]').click()
    expect(question.get_by_label("note")).to_be_focused()
    page.keyboard.type("well done")
    question.get_by_label("copies").fill("many")
    question.get_by_role("button", name="Approve").click()
    expect(question.get_by_role("alert")).to_contain_text("copies must be JSON")
    question.get_by_label("copies").fill("5")
    question.get_by_role("button", name="Approve").click()
    expect(panel).to_have_attribute("data-state", "success", timeout=READY_MS)
    expect(question).to_have_count(0)
    assert states_of(workshop, wait_for_end(workshop, run)) == {"publish": "success", "then": "success"}
    (answer,) = (
        xcom["preview"]
        for xcom in workshop.call("GET", f"{place_of(run, 'publish')}/xcoms")["xcoms"]
        if xcom["key"] == "return_value"
    )
    assert answer["params_input"] == {"note": "well done", "copies": 5}


def test_reasons_come_with_what_one_can_do_about_them(page: Page, workshop: Lab) -> None:
    """A task before it is one click away; a DAG that is off is turned on from here."""
    wait_for_end(workshop, trigger(workshop, "workshop_again"))
    panel = open_task(page, workshop, "workshop_again", "after")
    panel.get_by_role("button", name="Show mends").click()
    expect(panel).to_have_attribute("data-task-id", "mends")
    workshop.call("PATCH", "dags/workshop_child", {"is_paused": True})
    run = trigger(workshop, "workshop_child")
    open_dag(page, "workshop_child")
    node_of(page, "kernel").click(timeout=READY_MS)
    panel.locator('[data-couture="remedy-turn-on"]').click()
    assert wait_for_end(workshop, run)["state"] == "success"
    expect(panel).to_have_attribute("data-state", "success", timeout=READY_MS)


def test_actions_are_in_the_menu_of_the_task_and_in_the_palette(page: Page, workshop: Lab) -> None:
    wait_for_end(workshop, trigger(workshop, "workshop_again"))
    open_task(page, workshop, "workshop_again", "mends")
    node_of(page, "last").click(button="right")
    page.locator(".lm-Menu-item:has-text('Mark Task Failed…')").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Mark Failed last")
    expect(dialog.locator("input[data-flag]").first).to_be_focused()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    node_of(page, "after").click()
    page.keyboard.press("Control+Shift+c")
    page.locator(".lm-CommandPalette-input:visible").fill("Clear Task")
    page.locator(".lm-CommandPalette-item:visible", has_text="Clear Task…").click()
    expect(dialog).to_contain_text("Clear after")
    expect(dialog.locator("input[data-flag]").first).to_be_focused()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)


def test_a_notebook_task_shows_its_cells(page: Page, workshop: Lab) -> None:
    workshop.call("PATCH", "dags/pipeline", {"is_paused": False})
    wait_for_end(workshop, trigger(workshop, "pipeline"))
    open_task(page, workshop, "pipeline", "sheet")
    cells = open_tab(page, "Notebook").locator('[data-couture="task-notebook"]')
    expect(cells.locator('li[data-state="success"]')).to_have_count(3)
    cells.locator('[data-couture="open-executed"]').click()
    expect(page.locator(".jp-NotebookPanel:visible")).to_contain_text("twice is 40", timeout=READY_MS)


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
