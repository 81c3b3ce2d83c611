"""A session that may only read sees no button it may not use, on any page; and the server would refuse."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, Request, expect

from jupyter_couture.cli.lab import Lab
from jupyter_couture.model.errors import Unavailable
from tests.e2e.api import trigger, wait_for_end
from tests.e2e.lab import (
    PAGES,
    READY_MS,
    SIDEBAR,
    document_of,
    node_of,
    open_dag,
    open_lab,
    open_overview,
    open_page,
    panel_of,
    row_of,
    shown_page,
)

pytestmark = pytest.mark.timeout(240)

CHANGES = re.compile(
    r"^(trigger|turn (on|off)|clear(?! (the )?(search|filter|selection))|mark|delete|remove|"
    r"run\b(?!s)(?! (to show|id))|cancel|stop|refresh: read|read the file|backfill|approve|reject|resume|pause|"
    r"set |save|edit|add |new |import)|"
    r": turn (it|the dag) o",
    re.IGNORECASE,
)
"""Names of what changes something. *Cancel* of a dialog is none of ours: no dialog may be open."""

PRESSABLE = "button, [role=button], [role=switch], [role=menuitem], a[href], input[type=checkbox]"
IS_NOTE_OF_A_VIEW = re.compile(r"/couture/api/(dags/[^/]+/)?views(\?|$)")
"""Which page was opened goes into the audit log; whoever may read it may say so."""


@pytest.fixture
def changes(reader: Page) -> Iterator[list[str]]:
    """Requests of the page that would change something; to be empty at the end."""
    found: list[str] = []

    def note(request: Request) -> None:
        if "/couture/api/" in request.url and request.method != "GET" and not IS_NOTE_OF_A_VIEW.search(request.url):
            found.append(f"{request.method} {request.url}")

    reader.on("request", note)
    yield found
    assert found == []


def names_of(place: Locator) -> list[str]:
    """What can be pressed in ``place``, by the name that is read out."""
    names: list[str] = place.evaluate_all(
        f"""nodes => nodes.flatMap(node => [...node.querySelectorAll({PRESSABLE!r})])
            .filter(each => !each.disabled && each.ariaDisabled !== 'true' && each.checkVisibility())
            .map(each => (each.ariaLabel || each.innerText || each.title).trim())"""
    )
    return names


def assert_nothing_to_change(place: Locator) -> None:
    """Something can be pressed here, and nothing of it changes anything."""
    expect(place.first).to_be_visible(timeout=READY_MS)
    names = names_of(place)
    assert names
    assert [name for name in names if CHANGES.search(name)] == []


def assert_harmless_menu(page: Page, opener: Locator) -> None:
    """The menu of ``opener`` has items, and none that changes anything."""
    opener.click()
    menu = page.locator(".lm-Menu:visible")
    expect(menu).to_be_visible()
    labels = menu.locator('.lm-Menu-item[data-type="command"]:visible .lm-Menu-itemLabel').all_inner_texts()
    assert labels
    assert [label for label in labels if CHANGES.search(label)] == []
    page.keyboard.press("Escape")
    expect(menu).to_have_count(0)


def test_the_names_of_what_changes_something_are_known(page: Page, lab: Lab) -> None:
    """Whoever may do everything sees such buttons, so the tests below look for the right thing."""
    wait_for_end(lab, trigger(lab, "failing"))
    open_lab(page, lab)
    document = open_dag(page, "failing")
    expect(document.get_by_role("tab").first).to_be_visible()
    for place in (page.locator(SIDEBAR), document):
        expect(place.locator('[data-couture="trigger"]').first).to_be_visible()
        assert [name for name in names_of(place) if CHANGES.search(name)]
    lab.call("POST", "variables/import", {"variables": {"viewed": "1"}})
    for key, wanted in {"runs": "Set Success", "tasks": "Mark Failed", "variables": "New variable"}.items():
        place = open_page(page, key)
        expect(place.get_by_role("button", name=wanted)).to_be_visible()
        place.locator("tbody").get_by_role("checkbox").first.check()
        found = [name for name in names_of(place) if CHANGES.search(name)]
        assert wanted in found


def test_the_server_refuses_what_a_reader_may_not_do(reading_lab: Lab) -> None:
    told = reading_lab.call("GET", "me")["permissions"]
    assert "dags.read" in told
    assert [each for each in told if each.endswith((".edit", ".trigger", ".delete", ".import"))] == []
    for method, path, body in (
        ("PATCH", "dags/failing", {"is_paused": True}),
        ("POST", "dags/failing/runs", {"conf": {}}),
        ("POST", "dags/failing/refresh", {}),
        ("DELETE", "dags/failing", None),
    ):
        with pytest.raises(Unavailable, match="403"):
            reading_lab.call(method, path, body)


def test_a_reader_finds_nothing_to_change_in_the_lists(reader: Page, reading_lab: Lab, changes: list[str]) -> None:
    open_lab(reader, reading_lab)
    expect(row_of(reader, "failing")).to_be_visible()
    assert_nothing_to_change(reader.locator(SIDEBAR))
    assert_harmless_menu(reader, row_of(reader, "failing").locator('[data-couture="dag-menu"]'))
    reader.get_by_role("button", name="Open as a table").click()
    table = reader.locator("#couture-dags-table")
    expect(table.locator('[data-dag-id="failing"]')).to_be_visible()
    assert_nothing_to_change(table)


def test_a_reader_finds_nothing_to_change_in_any_view_of_a_dag(
    reader: Page, lab: Lab, reading_lab: Lab, changes: list[str]
) -> None:
    wait_for_end(lab, trigger(lab, "failing"))
    running = trigger(lab, "long")
    open_lab(reader, reading_lab)
    for dag_id in ("failing", "long"):
        document = open_dag(reader, dag_id)
        for tab in document.get_by_role("tablist", name="Views of the DAG").get_by_role("tab").all():
            tab.click()
            expect(tab).to_have_attribute("aria-selected", "true")
            assert_nothing_to_change(document_of(reader, dag_id))
    lab.call("POST", f"dags/long/runs/{running['run_id']}/cancel")


def test_a_reader_finds_nothing_to_change_in_the_task_panel(
    reader: Page, lab: Lab, reading_lab: Lab, changes: list[str]
) -> None:
    wait_for_end(lab, trigger(lab, "failing"))
    open_lab(reader, reading_lab)
    open_dag(reader, "failing")
    node_of(reader, "fails").click()
    panel = panel_of(reader)
    for tab in panel.get_by_role("tab").all():
        tab.click()
        assert_nothing_to_change(panel)


def test_a_reader_finds_nothing_to_change_in_the_overview(
    reader: Page, lab: Lab, reading_lab: Lab, changes: list[str]
) -> None:
    running = trigger(lab, "long")
    open_lab(reader, reading_lab)
    overview = open_overview(reader)
    expect(overview.locator(f'[data-run-id="{running["run_id"]}"]')).to_be_visible(timeout=READY_MS)
    assert_nothing_to_change(overview)
    lab.call("POST", f"dags/long/runs/{running['run_id']}/cancel")


def test_a_reader_finds_nothing_to_change_on_the_pages_of_browse_and_admin(
    reader: Page, lab: Lab, reading_lab: Lab, changes: list[str]
) -> None:
    wait_for_end(lab, trigger(lab, "failing"))
    lab.call("POST", "variables/import", {"variables": {"viewed": "1", "viewed_password": "canary-4711"}})
    open_lab(reader, reading_lab)
    for key in PAGES:
        assert_nothing_to_change(open_page(reader, key))
    variables = shown_page(reader, "variables")
    for name, value in {"viewed": "1", "viewed_password": "***"}.items():
        variables.get_by_role("button", name=name, exact=True).click()
        form = reader.locator('[data-couture="variable-form"]')
        expect(form.get_by_role("textbox", name="Value")).to_have_value(value)
        for field in form.get_by_role("textbox").all():
            expect(field).not_to_be_editable()
        expect(form.get_by_role("button", name="Save")).to_have_count(0)
        reader.keyboard.press("Escape")
        expect(form).to_have_count(0)
    assert "canary-4711" not in reader.content()
    for method, path, body in (
        ("PATCH", "variables/viewed", {"value": "2"}),
        ("DELETE", "variables/viewed", None),
        ("POST", "variables/import", {"variables": {"viewed": "2"}}),
    ):
        with pytest.raises(Unavailable, match="403"):
            reading_lab.call(method, path, body)
