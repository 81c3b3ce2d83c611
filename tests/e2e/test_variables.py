"""S095, S148, S149, S156: the page of variables; what it stores is looked at over the API, what is hidden stays."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Locator, Page, Response, expect

from jupyter_couture.cli.lab import Lab
from tests.e2e.lab import READY_MS, open_lab, open_page

pytestmark = pytest.mark.timeout(240)

CANARY = "c4nary-90e2"


@pytest.fixture
def clean(lab: Lab) -> Iterator[Lab]:
    """A lab without variables, before and after."""

    def sweep() -> None:
        for each in lab.call("GET", "variables?limit=1000")["variables"]:
            lab.call("DELETE", place_of(each["key"]))

    sweep()
    yield lab
    sweep()


def place_of(key: str) -> str:
    """The route of a variable."""
    return f"variables/{quote(key, safe='')}"


def stored(lab: Lab, key: str) -> dict[str, Any]:
    """A variable as the API gives it."""
    found: dict[str, Any] = lab.call("GET", place_of(key))
    return found


def keys(lab: Lab) -> list[str]:
    """The keys of all variables."""
    return [each["key"] for each in lab.call("GET", "variables?limit=1000")["variables"]]


def row_of(variables: Locator, key: str) -> Locator:
    """The row of a variable."""
    return variables.locator(f'tr[data-key="{key}"]')


def open_variable(page: Page, variables: Locator, key: str) -> Locator:
    """The form of a variable."""
    variables.get_by_role("button", name=key, exact=True).click()
    form = page.locator('[data-couture="variable-form"]')
    expect(form).to_be_visible(timeout=READY_MS)
    return form


def save(form: Locator) -> None:
    """Press the button that stores."""
    form.locator('[data-couture="save-variable"]').click()


def test_S095_a_variable_is_made_changed_found_and_deleted(page: Page, clean: Lab) -> None:
    lab = clean
    open_lab(page, lab)
    variables = open_page(page, "variables")
    expect(variables).to_contain_text('Variable.get("key")')
    expect(variables).to_contain_text("{{ var.value.key }}")
    variables.get_by_role("button", name="New variable").click()
    form = page.locator('[data-couture="variable-form"]')
    expect(form.get_by_role("textbox", name="Key")).to_be_focused()
    form.get_by_role("textbox", name="Key").fill("limits")
    form.get_by_role("textbox", name="Value").fill('{"rows": 10, "of": [1,2]')
    form.get_by_role("radio", name="JSON").check()
    expect(form.locator('[data-couture="value-notes"]')).to_contain_text("the text ends too early")
    expect(form.locator('[data-couture="save-variable"]')).to_be_disabled()
    form.get_by_role("textbox", name="Value").fill('{"rows": 12345678901234567890, "of": [1,2]}')
    form.get_by_role("button", name="Set out in lines").click()
    pretty = '{\n  "rows": 12345678901234567890,\n  "of": [\n    1,\n    2\n  ]\n}'
    expect(form.get_by_role("textbox", name="Value")).to_have_value(pretty)
    form.get_by_role("textbox", name="Description").fill("what is allowed")
    save(form)
    expect(row_of(variables, "limits")).to_be_visible(timeout=READY_MS)
    made = stored(lab, "limits")
    assert (made["value"], made["description"]) == (pretty, "what is allowed")

    form = open_variable(page, variables, "limits")
    expect(form.locator('[data-couture="last-change"]')).to_contain_text("Last change in the audit log")
    expect(form.locator('[data-couture="dialog-reason"]')).to_have_text("Nothing is changed yet.")
    form.get_by_role("textbox", name="Value").fill("[]")
    page.keyboard.press("Control+Enter")
    expect(form).to_have_count(0)
    expect(row_of(variables, "limits").locator('td[data-column="value"]')).to_have_text("[]", timeout=READY_MS)
    changed = stored(lab, "limits")
    assert (changed["value"], changed["description"]) == ("[]", "what is allowed")

    variables.get_by_role("button", name="New variable").click()
    form.get_by_role("textbox", name="Key").fill("limits")
    save(form)
    expect(form.locator(".couture-FieldError")).to_contain_text("limits")
    assert stored(lab, "limits") == changed
    page.keyboard.press("Escape")

    lab.call("POST", "variables/import", {"variables": {"region": "eu", "kept": "1"}})
    expect(row_of(variables, "kept")).to_be_visible(timeout=READY_MS)
    variables.get_by_role("searchbox").fill("ALLOWED")
    expect(variables.locator("tbody tr")).to_have_count(1, timeout=READY_MS)
    variables.get_by_role("searchbox").fill("")
    for key in ("limits", "region"):
        variables.get_by_role("checkbox", name=f"Select {key}").check(timeout=READY_MS)
    lab.call("PATCH", place_of("region"), {"value": "us"})
    variables.get_by_role("button", name="Delete").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Delete: 2 variables")
    expect(dialog).to_contain_text("region")
    dialog.get_by_role("button", name="Delete").click()
    outcomes = variables.locator('[data-couture="outcomes"]')
    expect(outcomes).to_contain_text("Delete: 1 of 2 done", timeout=READY_MS)
    expect(outcomes).to_contain_text("somebody has changed it meanwhile")
    expect(row_of(variables, "limits")).to_have_count(0, timeout=READY_MS)
    assert keys(lab) == ["kept", "region"]


def test_S095_nobodys_change_is_overwritten_unseen(page: Page, clean: Lab) -> None:
    lab = clean
    lab.call("POST", "variables", {"key": "region", "value": "eu", "description": "where"})
    open_lab(page, lab)
    variables = open_page(page, "variables")
    form = open_variable(page, variables, "region")
    lab.call("PATCH", place_of("region"), {"value": "theirs"})
    form.get_by_role("textbox", name="Value").fill("mine")
    save(form)
    meanwhile = form.locator('[data-couture="meanwhile"]')
    expect(meanwhile.locator('[data-side="older"]').first).to_have_text("theirs", timeout=READY_MS)
    expect(meanwhile.locator('[data-side="newer"]').first).to_have_text("mine")
    assert stored(lab, "region")["value"] == "theirs"
    form.get_by_role("button", name="Save over it").click()
    expect(form).to_have_count(0)
    assert stored(lab, "region")["value"] == "mine"
    form = open_variable(page, variables, "region")
    lab.call("DELETE", place_of("region"))
    form.get_by_role("textbox", name="Value").fill("late")
    save(form)
    expect(form.get_by_role("alert")).to_contain_text("region", timeout=READY_MS)
    assert keys(lab) == []


def test_S095_S156_what_is_hidden_stays_on_the_server(page: Page, clean: Lab) -> None:
    lab = clean
    whole = json.dumps({"host": "h", "password": CANARY})
    lab.call("POST", "variables/import", {"variables": {"db_password": CANARY, "settings": whole}})
    received: list[Response] = []
    page.on("response", lambda answer: received.append(answer) if "/couture/api/" in answer.url else None)
    open_lab(page, lab)
    variables = open_page(page, "variables")
    expect(row_of(variables, "db_password").locator('td[data-column="value"]')).to_have_text("***hidden")
    expect(row_of(variables, "db_password").locator('td[data-column="encrypted"]')).to_have_text("True")
    form = open_variable(page, variables, "settings")
    expect(form).to_contain_text("*** stands for what is hidden")
    value = form.get_by_role("textbox", name="Value")
    expect(value).to_have_value('{\n  "host": "h",\n  "password": "***"\n}')
    value.fill('{"host": "other", "password": "***"}')
    save(form)
    expect(form).to_have_count(0)
    with page.expect_download() as kept:
        variables.get_by_role("button", name="Export", exact=True).click()
    taken = kept.value.path().read_text()
    assert list(json.loads(taken)) == ["db_password", "settings"]
    with page.expect_download() as kept:
        variables.locator('[data-couture="export"]').click()
    listed = kept.value.path().read_text()
    shown = [answer.text() for answer in received if "variables" in answer.url]
    assert [text for text in shown if '"db_password"' in text]
    assert not [text for text in (*shown, taken, listed, page.content()) if CANARY in text]
    # What stands behind the mask is still there: it is shown once its name says nothing any more.
    lab.call("POST", "variables/import", {"variables": json.loads(taken)})
    assert lab.call("GET", place_of("settings"))["value"].count("***") == 1
    assert value_behind_the_mask(lab, "settings") == {"host": "other", "password": CANARY}


def value_behind_the_mask(lab: Lab, key: str) -> Any:
    """What the command line shows to who asks for it."""
    said = subprocess.run(
        [sys.executable, "-m", "jupyter_couture.cli", "variables", "get", key, "--show"],
        env={**os.environ, **lab.settings.environ()},
        check=True,
        capture_output=True,
        text=True,
    )
    return json.loads(said.stdout)


def test_S095_S149_a_file_is_looked_at_before_it_is_imported(page: Page, clean: Lab, tmp_path: Path) -> None:
    lab = clean
    lab.call("POST", "variables", {"key": "region", "value": "eu"})
    open_lab(page, lab)
    variables = open_page(page, "variables")
    variables.get_by_role("button", name="Import").click()
    form = page.locator('[data-couture="import-form"]')
    file = tmp_path / "variables.json"

    def choose(text: str) -> Locator:
        file.write_text(text)
        with page.expect_file_chooser() as chooser:
            form.locator("input[type=file]").click()
        chooser.value.set_files(file)
        return form.locator('[data-couture="import-found"]')

    expect(choose('{"a": 1,}')).to_contain_text("The file is no JSON. Line 1, column 9")
    expect(form.locator('[data-couture="send-import"]')).to_be_disabled()
    expect(choose("[1]")).to_contain_text("must hold one object")
    given = '{"region": "us", "nested": {"a": [1, 9007199254740993]}, " bad": 1}'
    expect(choose(given)).to_contain_text("3 variables: region, nested,  bad")
    form.locator('[data-couture="send-import"]').click()
    report = page.locator('[data-couture="import-report"]')
    expect(report).to_contain_text("Created: 1 nested", timeout=READY_MS)
    expect(report).to_contain_text("Left as they are: 1 region")
    expect(report).to_contain_text("Failed: 1")
    report.get_by_role("button", name="Close").click()
    expect(row_of(variables, "nested")).to_be_visible(timeout=READY_MS)
    assert stored(lab, "region")["value"] == "eu"
    assert json.loads(stored(lab, "nested")["value"]) == {"a": [1, 9007199254740993]}
    assert keys(lab) == ["nested", "region"]


def test_S095_the_page_copies_how_code_reads_a_variable(page: Page, clean: Lab) -> None:
    lab = clean
    lab.call("POST", "variables/import", {"variables": {"region": "eu", "limits": {"rows": 1}}})
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    open_lab(page, lab)
    variables = open_page(page, "variables")
    for key, kind, code in (
        ("region", "Python", 'Variable.get("region")'),
        ("region", "Jinja", "{{ var.value.region }}"),
        ("limits", "Python", 'Variable.get("limits", deserialize_json=True)'),
        ("limits", "Jinja", "{{ var.json.limits }}"),
    ):
        row_of(variables, key).get_by_role("button", name=f"Copy for {kind}: {code}").click()
        assert page.evaluate("navigator.clipboard.readText()") == code


def test_S095_changes_by_others_come_by_themselves(page: Page, clean: Lab) -> None:
    lab = clean
    open_lab(page, lab)
    variables = open_page(page, "variables")
    lab.call("POST", "variables", {"key": "late", "value": "1"})
    expect(row_of(variables, "late")).to_be_visible(timeout=READY_MS)
    row_of(variables, "late").get_by_role("checkbox").check()
    lab.call("PATCH", place_of("late"), {"value": "2"})
    value = row_of(variables, "late").locator('td[data-column="value"]')
    expect(value).to_have_text("1")
    variables.get_by_role("button", name="Select none").click()
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    expect(value).to_have_text("2", timeout=READY_MS)
