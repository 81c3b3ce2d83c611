"""What one can do with a task instance from its panel, and that it was done."""

from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

from jupyter_couture.cli.lab import Lab
from tests.e2e.api import newest_run, tasks_of, trigger, wait_for_end
from tests.e2e.lab import READY_MS, LabHost, in_palette, node_of, open_dag, panel_of
from tests.e2e.workshop import choose, open_task, place_of, previewed, start_act, states_of, wait_until

pytestmark = pytest.mark.timeout(240)


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
    place = f"dags/workshop_child/runs/{quote(child['run_id'], safe='')}"
    again = wait_until(lambda: workshop.call("GET", place), lambda run: run["ended_at"] not in (None, ended))
    assert again["state"] == "success"


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
    in_palette(page, "Clear Task", "couture:clear-task")
    expect(dialog).to_contain_text("Clear after")
    expect(dialog.locator("input[data-flag]").first).to_be_focused()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
