"""All thirteen widgets in one notebook, in JupyterLab and in Notebook 7.

A run goes by, then the kernel is restarted, then the server.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from jupyter_couture.cli.lab import Lab
from tests.e2e.all_widgets import CASES, DAG_ID, IMPORT, SHOW, TELL, WIDGET, Case, Parade, stamp_of
from tests.e2e.api import newest_run, trigger, wait_for_end
from tests.e2e.lab import READY_MS, LabHost, watched_page
from tests.e2e.notebook import open_in_notebook_7, open_notebook, read_back, run_cell, write_notebook

pytestmark = pytest.mark.timeout(400)

LEARNS_MS = 90_000
"""Within this JupyterLab, which asks less and less often while its server is away, knows that a kernel went with it."""
CHOICES = {"hours": "6", "runs": "50"}
"""What is chosen of the select boxes of charts."""


@pytest.fixture(scope="module")
def own_lab(host: LabHost, lab: Lab) -> Iterator[list[Lab]]:
    """A second lab on the same deployment, in a list: it is stopped and replaced."""
    labs = [host.start()]
    yield labs
    for each in labs:
        each.close()


def each_shows(page: Page) -> None:
    for case in CASES:
        widget = case.of(page)
        widget.scroll_into_view_if_needed(timeout=READY_MS)  # out of sight it asks the server nothing
        expect(widget.locator(case.shows).first).to_be_visible(timeout=READY_MS)


def follows(page: Page, case: Case, run: dict[str, Any], stamp: str = "") -> None:
    widget = case.of(page)
    widget.scroll_into_view_if_needed()
    selector = case.follows.format(run=run["run_id"], stamp=stamp)
    expect(widget.locator(selector).first).to_be_attached(timeout=READY_MS)


def choose(page: Page, case: Case, run: dict[str, Any]) -> None:
    widget = case.of(page)
    widget.scroll_into_view_if_needed()
    place = widget.locator(case.choose).first
    if case.told == "run_id":
        place.select_option(f"run:{run['run_id']}")
    elif case.told in CHOICES:
        place.select_option(CHOICES[case.told])
    else:
        place.click()


def told_by(case: Case, run_id: str) -> str:
    if case.told == "selected":
        return DAG_ID if case.name == "table" else "ends"
    return {"run_id": run_id, "state": "success"}.get(case.told) or CHOICES[case.told]


def restart_kernel(page: Page) -> None:
    page.locator('.jp-NotebookPanel:visible [data-jp-item-name="restart"]').click()
    page.locator(".jp-Dialog .jp-mod-accept").click()


def all_say(page: Page, notice: str, timeout: float = READY_MS) -> None:
    expect(page.locator(f'{WIDGET} [data-couture="{notice}"]')).to_have_count(len(CASES), timeout=timeout)


def none_says(page: Page, notice: str) -> None:
    expect(page.locator(f'{WIDGET} [data-couture="{notice}"]')).to_have_count(0, timeout=READY_MS)


@pytest.mark.parametrize("opened", [open_notebook, open_in_notebook_7], ids=["lab", "notebook_7"])
def test_every_widget_follows_a_run_tells_python_and_outlives_kernel_and_server(
    opened: Callable[[Page, Lab, str], None], browser: Browser, host: LabHost, own_lab: list[Lab]
) -> None:
    is_seven = opened is open_in_notebook_7
    parade = Parade(own_lab[0])
    wait_for_end(own_lab[0], trigger(own_lab[0], DAG_ID))
    path = write_notebook(host.root, "seven_all" if is_seven else "lab_all", IMPORT, SHOW, TELL)
    with watched_page(browser, own_lab[0], is_server_going=True, is_notebook_7=is_seven) as page:
        opened(page, own_lab[0], path)
        expect(run_cell(page, 0)).to_have_text("imported", timeout=READY_MS)
        run_cell(page, 1)
        expect(page.locator(WIDGET)).to_have_count(len(CASES), timeout=READY_MS)
        each_shows(page)

        stamps = {case.name: stamp_of(case.of(page)) for case in CASES}
        parade.let_end(may_end=False)
        CASES[0].of(page).get_by_role("button", name="Trigger", exact=True).click()
        expect(CASES[0].of(page).locator('[data-couture="triggered"]')).to_be_visible(timeout=READY_MS)
        run = newest_run(own_lab[0], DAG_ID)
        for case in CASES:
            if not case.follows_end:
                follows(page, case, run)
        parade.let_end(may_end=True)
        wait_for_end(own_lab[0], run)
        for case in CASES:
            if case.follows_end:
                follows(page, case, run, stamps[case.name])
            if case.choose:
                choose(page, case, run)
        read_back(page, 2, " ".join(told_by(case, run["run_id"]) for case in CASES))

        restart_kernel(page)
        all_say(page, "orphan")
        goes_on(page, own_lab[0])
        expect(run_cell(page, 0)).to_have_text("imported", timeout=READY_MS)
        run_cell(page, 1)
        none_says(page, "orphan")
        each_shows(page)

        own_lab[0].close()
        all_say(page, "disconnected")
        own_lab[0] = host.start(like=own_lab[0])
        none_says(page, "disconnected")
        goes_on(page, own_lab[0])
        all_say(page, "orphan", LEARNS_MS)


def goes_on(page: Page, lab: Lab) -> None:
    """A run that is made elsewhere comes to the widgets that show the latest."""
    run = wait_for_end(lab, trigger(lab, DAG_ID))
    tree, progress = (next(case for case in CASES if case.name == name).of(page) for name in ("tree", "progress"))
    tree.scroll_into_view_if_needed()
    expect(tree.locator(f'button[data-run-id="{run["run_id"]}"][data-state="success"]')).to_be_visible(timeout=READY_MS)
    progress.scroll_into_view_if_needed()
    shown = progress.locator('[data-couture="run-progress"]')
    expect(shown).to_have_attribute("data-run-id", run["run_id"], timeout=READY_MS)
    expect(shown).to_have_attribute("data-state", "success", timeout=READY_MS)
