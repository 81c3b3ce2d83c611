"""A real JupyterLab with a real engine behind it, and a Chromium to look at it with."""

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page, sync_playwright

from jupyter_couture.cli.lab import Lab
from jupyter_couture.settings import Settings

CHROMIUM_FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--force-prefers-reduced-motion",
]
SIDEBAR_TAB = '[data-id="couture-dags-panel"]'
SIDEBAR = "#couture-dags-panel"
READY_MS = 60_000


@contextlib.contextmanager
def running_lab(folder: Path) -> Iterator[Lab]:
    """A lab with Jupyter folders and a COUTURE_HOME of its own below ``folder``; the end ends everything."""
    settings = Settings.load({}, home=str(folder / "home"))
    settings.make_folders()
    overrides = folder / "lab-settings"
    overrides.mkdir()
    environ = {
        "JUPYTER_CONFIG_DIR": str(folder / "config"),
        "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
        "JUPYTERLAB_SETTINGS_DIR": str(folder / "user-settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(folder / "workspaces"),
    }
    before = {name: os.environ.get(name) for name in environ}
    os.environ.update(environ)
    root = folder / "root"
    root.mkdir()
    lab = Lab(settings, root, 0, folder / "lab.log")
    try:
        lab.wait_until_healthy(90)
        yield lab
    finally:
        lab.close()
        subprocess.run(
            [sys.executable, "-m", "jupyter_couture.cli", "down"],
            env={**os.environ, **settings.environ()},
            check=False,
            capture_output=True,
        )
        for name, value in before.items():
            os.environ.pop(name, None) if value is None else os.environ.update({name: value})


@contextlib.contextmanager
def running_browser() -> Iterator[Browser]:
    """Debian's Chromium, headless."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM_FLAGS)
        try:
            yield browser
        finally:
            browser.close()


def open_lab(page: Page, lab: Lab, *, reset: bool = True) -> None:
    """Open the lab with the DAG list shown."""
    page.goto(f"{lab.base}/lab?token={lab.token}{'&reset' if reset else ''}")
    page.wait_for_selector("#jp-main-dock-panel", timeout=READY_MS)
    page.wait_for_selector("#jupyterlab-splash", state="detached", timeout=READY_MS)
    if not page.locator(SIDEBAR).is_visible():
        page.locator(SIDEBAR_TAB).click()
    page.locator(SIDEBAR).wait_for(state="visible")


def row_of(page: Page, dag_id: str) -> Locator:
    """The row of a DAG in the side bar."""
    return page.locator(f'{SIDEBAR} [data-dag-id="{dag_id}"]')


def node_of(page: Page, task_id: str) -> Locator:
    """A task in the visible graph."""
    return page.locator(f'[data-couture="graph"] [data-task-id="{task_id}"]')
