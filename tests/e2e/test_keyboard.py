"""The way from a failed run to a mended one without a mouse."""

import contextlib
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from jupyter_couture.cli.lab import Lab
from tests.e2e.api import tasks_of, trigger, wait_for_dags, wait_for_end
from tests.e2e.lab import MENU_MS, MENU_TRIES, READY_MS, LabHost, node_of, open_lab, panel_of

pytestmark = pytest.mark.timeout(240)

REPAIR = '''
"""Fails until a file is there."""
from datetime import datetime
from pathlib import Path
from jupyter_couture import DAG, EmptyOperator, PythonOperator

def read():
    if not Path(__file__).with_name("delivery").exists():
        raise FileNotFoundError("the delivery has not come")

with DAG("repair", schedule=None, start_date=datetime(2026, 1, 1), is_paused_upon_creation=False):
    PythonOperator(task_id="reads", python_callable=read) >> EmptyOperator(task_id="after")
'''

MOST_STEPS = 600


def go_to(page: Page, what: str, selector: str) -> None:
    """Press Tab until what has the focus matches ``selector``."""
    for _ in range(MOST_STEPS):
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{what} is not reached with {MOST_STEPS} presses of Tab")


def press_until(page: Page, key: str, is_there: Callable[[], bool]) -> None:
    """Press a key until something holds."""
    for _ in range(MOST_STEPS):
        if is_there():
            return
        page.keyboard.press(key)
    raise AssertionError(f"{MOST_STEPS} presses of {key} do not lead there")


def run_command(page: Page, name: str) -> None:
    """Run a command from the palette, which closes by itself when a page that was just opened takes the focus."""
    for _ in range(MENU_TRIES):
        page.keyboard.press("Control+Shift+c")
        with contextlib.suppress(AssertionError):
            expect(page.locator(".lm-CommandPalette-input:visible")).to_be_focused(timeout=MENU_MS)
            page.keyboard.press("Control+a")
            page.keyboard.type(name)
            expect(page.locator(".lm-CommandPalette-item:visible").first).to_contain_text(name, timeout=MENU_MS)
            page.keyboard.press("Enter")
            return
    raise AssertionError(f"the palette does not keep {name}")


def test_a_failed_run_is_found_read_cleared_and_seen_to_succeed_by_keyboard(
    page: Page, lab: Lab, host: LabHost
) -> None:
    (host.settings.dags_folder / "repair.py").write_text(REPAIR)
    wait_for_dags(lab, "repair")
    failed = wait_for_end(lab, trigger(lab, "repair"))
    assert failed["state"] == "failed"
    (host.settings.dags_folder / "delivery").touch()
    assert wait_for_end(lab, trigger(lab, "repair"))["state"] == "success"
    open_lab(page, lab)

    run_command(page, "Open DAG…")
    expect(page.get_by_role("dialog").locator("input, select").first).to_be_focused()
    page.keyboard.type("repair")
    page.keyboard.press("Enter")
    expect(node_of(page, "reads")).to_have_attribute("data-state", "success", timeout=READY_MS)

    go_to(page, "the choice of the run", ".couture-RunSelector select")
    shown = page.locator('[data-couture="run-state"]:visible')
    press_until(page, "ArrowDown", lambda: page.evaluate("document.activeElement.value") == f"run:{failed['run_id']}")
    expect(shown).to_have_attribute("data-run-id", failed["run_id"])
    expect(shown).to_have_attribute("data-state", "failed")
    expect(node_of(page, "reads")).to_have_attribute("data-state", "failed")

    go_to(page, "the graph", ".couture-Scene")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    panel = panel_of(page)
    expect(panel).to_have_attribute("data-task-id", "reads")
    go_to(page, "the tabs", '[data-couture="task-panel"] [role="tab"]')
    page.keyboard.press("ArrowRight")
    expect(panel.get_by_role("tab", name="Task Instance Details", exact=True)).to_be_focused()
    page.keyboard.press("ArrowLeft")
    go_to(page, "the log", '[data-couture="task-panel"] [role="log"]')
    page.keyboard.press("Control+f")
    page.keyboard.type("the delivery has not come")
    expect(panel.locator("mark[data-current]").first).to_be_in_viewport()
    page.keyboard.press("Escape")
    expect(panel.get_by_role("log")).to_be_focused()

    press_until(
        page,
        "Shift+Tab",
        lambda: bool(page.evaluate("() => document.activeElement.matches('[data-couture=\"act-clear\"]')")),
    )
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog.locator("input[data-flag]").first).to_be_focused()
    expect(dialog.get_by_role("button", name="Clear 2 task instances")).to_be_enabled()
    go_to(page, "the button that clears", ".jp-Dialog .jp-mod-accept")
    page.keyboard.press("Tab")
    assert page.evaluate("() => document.activeElement.closest('.jp-Dialog') !== null"), "the focus left the dialog"
    go_to(page, "the button that clears", ".jp-Dialog .jp-mod-accept")
    page.keyboard.press("Enter")
    expect(panel.locator('[data-couture="act-clear"]')).to_be_focused()

    expect(node_of(page, "reads")).to_have_attribute("data-state", "success", timeout=READY_MS)
    expect(shown).to_have_attribute("data-state", "success", timeout=READY_MS)
    assert {name: task["state"] for name, task in tasks_of(lab, failed).items()} == {
        "reads": "success",
        "after": "success",
    }
    page.keyboard.press("Escape")
    expect(panel).to_have_count(0)
    expect(page.locator(".couture-Scene:visible")).to_be_focused()
