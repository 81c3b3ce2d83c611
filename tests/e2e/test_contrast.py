"""In the lab's theme of high contrast everything of ours can be read: axe finds no text too faint, nor worse."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from jupyter_couture.cli.lab import Lab
from tests.e2e.api import trigger, wait_for_end
from tests.e2e.lab import READY_MS, document_of, open_lab, set_theme
from tests.e2e.test_axe import AXE, PLACES, troubles_of

pytestmark = pytest.mark.timeout(300)

HIGH_CONTRAST = "JupyterLab Dark High Contrast"


@pytest.fixture
def contrasting(page: Page, lab: Lab) -> Iterator[Page]:
    """A lab in that theme, with axe; it remembers its theme, so it gets back the one that other tests expect."""
    wait_for_end(lab, trigger(lab, "failing"))
    open_lab(page, lab)
    page.add_script_tag(path=AXE)
    set_theme(page, HIGH_CONTRAST)
    yield page
    set_theme(page, "JupyterLab Light")


@pytest.mark.parametrize("name", ["sidebar", "table", "overview", "dag", "task panel", "browse runs", "browse audit"])
def test_every_page_can_be_read(contrasting: Page, name: str) -> None:
    place = PLACES[name](contrasting)
    expect(place).to_be_visible(timeout=READY_MS)
    troubles = []
    tabs = place.get_by_role("tablist").first.get_by_role("tab").all()
    for tab in tabs:
        tab.click()
        expect(tab).to_have_attribute("aria-selected", "true")
        troubles.extend(troubles_of(place, tab.inner_text()))
    if not tabs:
        troubles.extend(troubles_of(place, name))
    assert troubles == [], "\n\n".join(troubles)


def test_a_dialog_can_be_read(contrasting: Page) -> None:
    PLACES["dag"](contrasting)
    document_of(contrasting, "failing").locator('header [data-couture="trigger-with-conf"]').click()
    dialog = contrasting.get_by_role("dialog")
    expect(contrasting.locator('[data-couture="trigger-form"]')).to_be_visible(timeout=READY_MS)
    troubles = troubles_of(dialog.locator(".jp-Dialog-body"), "trigger")
    contrasting.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    assert troubles == [], "\n\n".join(troubles)
