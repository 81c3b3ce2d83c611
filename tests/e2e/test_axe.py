"""axe-core finds nothing serious on any of our pages, in the light and in the dark theme.

A page is a name and a function that opens it and returns our widget; axe looks at that widget alone, as the rest
belongs to the lab. To cover a new page add it to ``PLACES``, or to
``PAGES`` of `tests.e2e.lab` if it is one of the menus Browse and Admin.
"""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from jupyter_couture.cli.lab import Lab
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
    set_theme,
    show_paused,
)

pytestmark = pytest.mark.timeout(300)

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
THEMES = ("JupyterLab Dark", "JupyterLab Light")
"""The one that the other tests expect comes last: the lab remembers it."""
GRAVE = ("serious", "critical")
RUN = """async node => {
    const { violations } = await axe.run(node, { resultTypes: ['violations'] })
    return violations.flatMap(({ id, impact, help, nodes }) =>
        nodes.map(each => ({ id, impact, help, html: each.html, why: each.failureSummary })))
}"""


def sidebar(page: Page) -> Locator:
    """The list in the side bar."""
    return page.locator(SIDEBAR)


def table(page: Page) -> Locator:
    """The list in the main area."""
    page.get_by_role("button", name="Open as a table").click()
    return page.locator("#couture-dags-table")


def dag_views(page: Page) -> Locator:
    """The document of a DAG that failed; its tabs are gone through one by one."""
    return open_dag(page, "failing")


def task_panel(page: Page) -> Locator:
    """The panel of a task that failed."""
    open_dag(page, "failing")
    node_of(page, "fails").click()
    return panel_of(page)


def browse(key: str, page: Page) -> Locator:
    """A page of the menus Browse and Admin."""
    return open_page(page, key)


PLACES: dict[str, Callable[[Page], Locator]] = {
    "sidebar": sidebar,
    "table": table,
    "overview": open_overview,
    "dag": dag_views,
    "task panel": task_panel,
    **{f"browse {key}": partial(browse, key) for key in PAGES},
}


def troubles_of(place: Locator, where: str) -> list[str]:
    """What axe finds in ``place`` that is serious or critical, an element each."""
    expect(place.locator('[data-couture="notice-loading"]:visible')).to_have_count(0, timeout=READY_MS)
    found = place.first.evaluate(RUN)
    return [
        f"{where}: {each['id']} ({each['help']})\n{each['html']}\n{each['why']}"
        for each in found
        if each["impact"] in GRAVE
    ]


@pytest.mark.parametrize("name", PLACES)
def test_axe_finds_nothing_serious(page: Page, lab: Lab, name: str) -> None:
    wait_for_end(lab, trigger(lab, "failing"))
    lab.call("POST", "variables/import", {"variables": {"axe_limits": {"rows": [1]}, "axe_password": "x"}})
    open_lab(page, lab)
    page.add_script_tag(path=AXE)
    place = PLACES[name](page)
    expect(place).to_be_visible(timeout=READY_MS)
    troubles = []
    for theme in THEMES:
        set_theme(page, theme)
        tabs = place.get_by_role("tablist").first.get_by_role("tab").all()
        for tab in tabs:
            tab.click()
            expect(tab).to_have_attribute("aria-selected", "true")
            troubles.extend(troubles_of(place, f"{theme}, {tab.inner_text()}"))
        if not tabs:
            troubles.extend(troubles_of(place, theme))
    assert troubles == [], "\n\n".join(troubles)


def trigger_form(page: Page) -> None:
    """Ask for parameters."""
    document_of(page, "pipeline").locator('header [data-couture="trigger-with-conf"]').click()
    expect(page.locator('[data-couture="trigger-form"]')).to_be_visible(timeout=READY_MS)


def backfill_form(page: Page) -> None:
    """Ask for a range of dates."""
    document = document_of(page, "pipeline")
    document.get_by_role("tab", name="Tree View").click()
    document.get_by_role("button", name="Backfill").click()


def deletion(page: Page) -> None:
    """Ask whether it is meant."""
    document_of(page, "pipeline").locator('header [data-couture="delete-dag"]').click()


def clearing(page: Page) -> None:
    """Show what is touched."""
    if panel_of(page).count() == 0:
        open_dag(page, "relay")
        node_of(page, "step_0").click()
    panel_of(page).locator('[data-couture="act-clear"]').click()
    expect(page.locator('[data-couture="act-preview"][aria-busy="false"]')).to_be_visible()


def variable_form(page: Page) -> None:
    """Look at a variable."""
    place = open_page(page, "variables")
    place.get_by_role("button", name="axe_limits", exact=True).click()
    expect(page.locator('[data-couture="variable-form"]')).to_be_visible(timeout=READY_MS)


def import_form(page: Page) -> None:
    """Ask for a file."""
    open_page(page, "variables").locator('[data-couture="import-variables"]').click()


@pytest.mark.parametrize("ask", [trigger_form, backfill_form, deletion, clearing, variable_form, import_form])
def test_axe_finds_nothing_serious_in_a_dialog(page: Page, lab: Lab, ask: Callable[[Page], None]) -> None:
    wait_for_end(lab, trigger(lab, "relay"))
    lab.call("POST", "variables/import", {"variables": {"axe_limits": {"rows": [1]}}})
    open_lab(page, lab)
    show_paused(page)
    page.add_script_tag(path=AXE)
    open_dag(page, "pipeline")
    dialog = page.get_by_role("dialog")
    troubles = []
    for theme in THEMES:
        set_theme(page, theme)
        ask(page)
        expect(dialog).to_be_visible()
        troubles.extend(troubles_of(dialog.locator(".jp-Dialog-body"), theme))
        page.keyboard.press("Escape")
        expect(dialog).to_have_count(0)
    assert troubles == [], "\n\n".join(troubles)


def test_axe_is_at_work(page: Page, lab: Lab) -> None:
    """It finds a button without a name, put into a page of ours."""
    open_lab(page, lab)
    page.add_script_tag(path=AXE)
    place = page.locator(SIDEBAR)
    place.evaluate("node => node.append(document.createElement('button'))")
    assert [each for each in troubles_of(place, "here") if "button-name" in each]
