"""S075: triggering a DAG from the browser: the form of its parameters, JSON, refusals, a DAG that is off."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from jupyter_couture.cli.lab import Lab
from tests.e2e.api import newest_run, trigger, wait_for_dags, wait_for_end
from tests.e2e.lab import READY_MS, open_dag, open_lab, row_of, show_paused

pytestmark = pytest.mark.timeout(180)

PARAMS = '''
"""DAGs with parameters, for the tests of the trigger dialog."""
from datetime import datetime
from jupyter_couture import DAG, EmptyOperator, Param

START = datetime(2026, 1, 1)
with DAG("params", schedule=None, start_date=START, is_paused_upon_creation=False, params={
    "rows": Param(10, type="integer", minimum=1, maximum=100, description="How many rows"),
    "colour": Param("red", enum=["red", "green", "blue"]),
    "day": Param("2026-01-31", type="string", format="date"),
    "names": Param(["ada"], type="array", items={"type": "string"}),
    "is_dry": Param(False, type="boolean"),
    "remark": Param(None, type=["null", "string"], format="multiline"),
    "anything": {"deep": [1]},
}):
    EmptyOperator(task_id="only")

with DAG("needy", schedule=None, start_date=START, is_paused_upon_creation=False,
         params={"customer": Param(type="string", minLength=2)}):
    EmptyOperator(task_id="only")

with DAG("resting", schedule=None, start_date=START, is_paused_upon_creation=True):
    EmptyOperator(task_id="only")
'''


@pytest.fixture
def lab(lab: Lab) -> Lab:
    """The lab with the DAGs of this module."""
    file = Path(lab.settings.dags_folder) / "with_params.py"
    if not file.exists():
        file.write_text(PARAMS)
    wait_for_dags(lab, "params", "needy", "resting")
    return lab


def _form(page: Page) -> Locator:
    return page.locator('[data-couture="trigger-form"]')


def _opened(page: Page) -> Locator:
    """The form as soon as it has taken the focus: until then its first field may get what is typed into another."""
    expect(_form(page).locator(":focus")).to_have_count(1, timeout=READY_MS)
    return _form(page)


def _ask(page: Page, dag_id: str) -> Locator:
    """Open the dialog from the header."""
    open_dag(page, dag_id).locator('[data-couture="trigger-with-conf"]').click()
    return _opened(page)


def test_S075_the_form_has_a_field_for_each_parameter_and_makes_the_run_it_says(page: Page, lab: Lab) -> None:
    open_lab(page, lab)
    form = _ask(page, "params")
    send = form.locator('[data-couture="send-trigger"]')
    rows = form.get_by_label("rows")
    expect(rows).to_have_value("10")
    rows.fill("0")
    expect(form.locator('[data-param="rows"] .couture-FieldError')).to_have_text("must be >= 1")
    expect(form.locator('[data-couture="dialog-reason"]')).to_have_text("rows: must be >= 1")
    expect(send).to_be_disabled()
    rows.fill("42")
    expect(send).to_be_enabled()
    form.get_by_label("colour").select_option(label="green")
    assert form.get_by_label("day").get_attribute("type") == "date"
    form.get_by_label("day").fill("2026-02-28")
    form.locator('[data-couture="add-item"]').click()
    form.locator('[data-param="names_1"] input').fill("grace")
    form.get_by_label("is_dry").check()
    form.get_by_label("anything").fill('{"deep": [1, 2]}')
    form.get_by_role("tab", name="JSON").click()
    text = form.locator('[data-couture="conf"]')
    expect(text).to_have_value(re.compile('"rows": 42'))
    form.get_by_label("Logical date (UTC)").fill("2026-03-01 06:30")
    expect(form).to_contain_text("2026-03-01 06:30:00 UTC")
    form.get_by_label("Run id").fill("by-hand")
    form.get_by_label("Run id").press("Control+Enter")
    expect(_form(page)).to_have_count(0)
    run = wait_for_end(lab, lab.call("GET", "dags/params/runs/by-hand"))
    assert run["logical_date"] == "2026-03-01T06:30:00+00:00"
    assert run["conf"] == {
        "rows": 42,
        "colour": "green",
        "day": "2026-02-28",
        "names": ["ada", "grace"],
        "is_dry": True,
        "remark": None,
        "anything": {"deep": [1, 2]},
    }
    entries = lab.call("GET", "audit?event=trigger&dag_id=params&limit=1")["entries"]
    assert entries[0]["extra"]["run_id"] == "by-hand"


def test_S075_json_that_is_wrong_is_shown_by_line_and_recent_configurations_fill_the_form(page: Page, lab: Lab) -> None:
    lab.call("POST", "dags/params/runs", {"conf": {"rows": 7}, "run_id": "seven"})
    open_lab(page, lab)
    form = _ask(page, "params")
    form.get_by_role("tab", name="JSON").click()
    text = form.locator('[data-couture="conf"]')
    text.fill('{\n  "rows": 5\n  "colour": "red"\n}')
    expect(form.locator('[data-couture="conf-problems"]')).to_contain_text("Line 3, column 3: a comma")
    expect(form.locator('[data-couture="send-trigger"]')).to_be_disabled()
    form.get_by_role("tab", name="Parameters").click()
    expect(form).to_contain_text("Mend the JSON first")
    recent = form.locator('select[data-couture="recent-confs"], [data-couture="recent-confs"] select')
    choice = recent.locator("option", has_text='{"rows":7}').get_attribute("value")
    recent.select_option(choice)
    expect(form.get_by_label("rows")).to_have_value("7")
    form.get_by_role("tab", name="JSON").click()
    expect(text).to_have_value(re.compile(r'"rows": 7,[^{]*"names": \[\s*"ada"\s*\]'))
    text.fill('{"rows": 8}')
    form.get_by_role("tab", name="Parameters").click()
    expect(form.locator('[data-param="names"]')).to_contain_text('the default is ["ada"]')
    form.get_by_role("tab", name="JSON").click()
    expect(text).to_have_value('{"rows": 8}')
    form.get_by_label("Run id").fill("seven")
    form.locator('[data-couture="send-trigger"]').click()
    expect(form.locator(".couture-FieldError").first).to_contain_text("seven")
    expect(form).to_be_visible()
    page.keyboard.press("Escape")
    expect(form).to_have_count(0)


def test_S075_a_dag_that_needs_a_value_opens_its_form(page: Page, lab: Lab) -> None:
    open_lab(page, lab)
    open_dag(page, "needy").locator('[data-couture="trigger"]').click()
    form = _opened(page)
    send = form.locator('[data-couture="send-trigger"]')
    expect(send).to_be_disabled()
    form.get_by_label("customer").fill("x")
    expect(form.locator('[data-param="customer"] .couture-FieldError')).to_contain_text("2 characters")
    form.get_by_label("customer").fill("xy")
    send.click()
    expect(form).to_have_count(0)
    assert newest_run(lab, "needy")["conf"] == {"customer": "xy"}


def test_S075_a_run_of_a_dag_that_is_off_waits_until_it_is_turned_on(page: Page, lab: Lab) -> None:
    open_lab(page, lab)
    show_paused(page)
    document = open_dag(page, "resting")
    document.locator('[data-couture="trigger"]').click()
    dialog = page.locator(".jp-Dialog")
    expect(dialog).to_contain_text("The run waits until the DAG is turned on.")
    dialog.get_by_role("button", name="Trigger, leave off").click()
    note = document.locator('[data-couture="run-note"]')
    expect(note).to_contain_text("The DAG is off: this run waits until you turn it on.")
    assert newest_run(lab, "resting")["state"] == "queued"
    assert lab.call("GET", "dags/resting")["is_paused"]
    document.locator('[data-couture="trigger-with-conf"]').click()
    form = _opened(page)
    expect(form.locator('[data-couture="paused-note"]')).to_be_visible()
    form.get_by_label("Run id").fill("second")
    form.locator('[data-couture="send-trigger-on"]').click()
    expect(form).to_have_count(0)
    assert wait_for_end(lab, lab.call("GET", "dags/resting/runs/second"))["state"] == "success"
    runs = lab.call("GET", "dags/resting/runs")["runs"]
    assert [wait_for_end(lab, run)["state"] for run in runs] == ["success", "success"]
    assert not lab.call("GET", "dags/resting")["is_paused"]
    expect(row_of(page, "resting").get_by_role("switch")).to_have_attribute("aria-checked", "true")


def test_S075_the_palette_triggers_what_is_on_at_once(page: Page, lab: Lab) -> None:
    before = (
        newest_run(lab, "params") if lab.call("GET", "dags/params/runs?limit=1")["total"] else trigger(lab, "params")
    )
    open_lab(page, lab)
    with page.expect_response(lambda answer: "dags/params/runs?" in answer.url and answer.status == 201):
        row_of(page, "params").locator('[data-couture="trigger"]').click()
    assert newest_run(lab, "params")["run_id"] != before["run_id"]
