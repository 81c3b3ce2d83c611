"""Couture as a part of the lab: running sessions, messages about failures, shortcuts."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from jupyter_couture.cli.lab import Lab
from tests.e2e.api import newest_run, trigger, wait_for_end
from tests.e2e.lab import READY_MS, document_of, open_lab, panel_of

pytestmark = pytest.mark.timeout(180)

SETTINGS = "lab/api/settings/@jupyter-couture/labextension:plugin"


@pytest.fixture
def notifies(page: Page, lab: Lab) -> Iterator[None]:
    """The user wants to hear of failed runs."""
    put = f"{lab.base}/{SETTINGS}"
    headers = {"Authorization": f"token {lab.token}"}
    assert page.request.put(put, headers=headers, data={"raw": '{"notifyOnFailure": "all"}'}).ok
    yield
    assert page.request.put(put, headers=headers, data={"raw": "{}"}).ok


def test_open_runs_stand_among_the_running_sessions_and_are_cancelled_there(page: Page, lab: Lab) -> None:
    open_lab(page, lab)
    page.locator('[data-id="jp-running-sessions"]').click()
    sessions = page.locator("#jp-running-sessions")
    run = trigger(lab, "long")
    item = sessions.locator('.jp-RunningSessions-item:has([title="Cancel Run"])', has_text="long").first
    expect(item).to_be_visible(timeout=READY_MS)
    item.locator(".jp-RunningSessions-itemLabel").click()
    expect(document_of(page, "long")).to_be_visible()
    item.hover()
    item.get_by_title("Cancel Run").click()
    page.get_by_role("dialog").get_by_role("button", name="Cancel Run").click()
    expect(item).to_have_count(0, timeout=READY_MS)
    assert newest_run(lab, "long")["run_id"] == run["run_id"]
    assert wait_for_end(lab, newest_run(lab, "long"))["state"] == "failed"


def test_a_failed_run_is_told_to_those_who_asked_for_it_with_the_way_to_its_log(
    page: Page, lab: Lab, notifies: None
) -> None:
    open_lab(page, lab)
    run = wait_for_end(lab, trigger(lab, "failing"))
    message = page.locator(".Toastify__toast", has_text="A run of failing failed")
    expect(message).to_contain_text(run["run_id"], timeout=READY_MS)
    message.get_by_role("button", name="Show log").click()
    expect(panel_of(page)).to_have_attribute("data-task-id", "fails", timeout=READY_MS)
    expect(panel_of(page)).to_contain_text("this task fails on purpose", timeout=READY_MS)


def test_nobody_hears_of_failed_runs_without_asking(page: Page, lab: Lab) -> None:
    open_lab(page, lab)
    failed = page.locator('[data-dag-id="failing"] [data-couture="run-counters"] [data-state="failed"]').first
    before = failed.inner_text()
    wait_for_end(lab, trigger(lab, "failing"))
    expect(failed).not_to_have_text(before, timeout=READY_MS)
    expect(page.locator(".Toastify__toast", has_text="failed")).to_have_count(0)


def test_shortcuts_open_the_pages_and_ask_for_a_dag(page: Page, lab: Lab) -> None:
    open_lab(page, lab)
    page.keyboard.press("Alt+Shift+O")
    expect(page.locator('[data-couture="overview"]')).to_be_visible(timeout=READY_MS)
    page.keyboard.press("Alt+Shift+D")
    expect(page.locator("#couture-dags-table")).to_be_visible(timeout=READY_MS)
    page.keyboard.press("Alt+Shift+G")
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("combobox").fill("rela")
    dialog.get_by_role("button", name="Ok").click()
    expect(document_of(page, "relay")).to_be_visible()
    before = lab.call("GET", "dags/relay/runs")["total"]
    page.keyboard.press("Alt+Shift+R")
    dialog.get_by_role("combobox").fill("no such DAG")
    dialog.get_by_role("button", name="Ok").click()
    expect(page.locator(".Toastify__toast", has_text="There is no DAG")).to_be_visible(timeout=READY_MS)
    page.keyboard.press("Alt+Shift+R")
    dialog.get_by_role("combobox").fill("relay")
    dialog.get_by_role("button", name="Ok").click()
    expect(page.locator(".Toastify__toast", has_text="relay triggered")).to_be_visible(timeout=READY_MS)
    assert lab.call("GET", "dags/relay/runs")["total"] == before + 1


def test_a_python_file_in_the_dags_folder_is_opened_as_its_dag(page: Page, lab: Lab) -> None:
    page.goto(f"{lab.base}/lab/tree/.couture/dags?token={lab.token}&reset")
    page.wait_for_selector("#jupyterlab-splash", state="detached", timeout=READY_MS)
    files = page.locator("#filebrowser .jp-DirListing-item")
    expect(files.filter(has_text="pipeline.py")).to_be_visible(timeout=READY_MS)
    entry = page.locator('.lm-Menu:visible .lm-Menu-item[data-command="couture:open-file-as-dag"]')

    def open_menu(name: str) -> None:
        files.filter(has_text=name).click(button="right", timeout=READY_MS)
        expect(page.locator('.lm-Menu:visible [data-command="filebrowser:rename"]')).to_be_visible()

    open_menu("pipeline.py")
    entry.click()
    expect(document_of(page, "pipeline")).to_be_visible(timeout=READY_MS)
    open_menu("small.py")
    entry.click()
    dialog = page.get_by_role("dialog")
    choices = dialog.get_by_role("combobox").locator("option")
    expect(choices).to_have_text(["failing", "long", "many", "relay"])
    dialog.get_by_role("combobox").select_option("relay")
    dialog.get_by_role("button", name="Ok").click()
    expect(document_of(page, "relay")).to_be_visible(timeout=READY_MS)
    open_menu("sheet.ipynb")
    expect(entry).to_be_hidden()
    page.keyboard.press("Escape")


def test_every_command_is_in_the_palette_unless_it_needs_a_dag(page: Page, lab: Lab) -> None:
    open_lab(page, lab)
    page.keyboard.press("Control+Shift+C")
    palette = page.locator(".lm-CommandPalette:visible, .jp-ModalCommandPalette:visible").first
    for label in ("Overview", "DAGs", "Open DAG…", "Trigger DAG…", "Show Paused DAGs"):
        expect(palette.locator('[data-command^="couture:"]', has_text=label).first).to_be_visible()
