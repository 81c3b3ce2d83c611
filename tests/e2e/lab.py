"""A real JupyterLab with a real engine behind it, and a Chromium to look at it with."""

import contextlib
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, Error, Locator, Page, expect, sync_playwright
from playwright.sync_api import TimeoutError as NotInTime

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
THEME_SETTLES_MS = 500
MENU_TRIES = 5
MENU_MS = 3000
HEALTHY_SECONDS = 90
BROWSE_PAGES = {
    "runs": "DAG Runs",
    "jobs": "Jobs",
    "audit": "Audit Logs",
    "sla": "SLA Misses",
    "tasks": "Task Instances",
    "assets": "Assets",
}
"""The pages of the menu Couture > Browse: their keys, and what the menu calls them."""
ADMIN_PAGES = {"variables": "Variables"}
"""Those of the menu Couture > Admin."""
PAGES = BROWSE_PAGES | ADMIN_PAGES


READS_ONLY = """
from jupyter_server.auth import Authorizer

class ReadsOnly(Authorizer):
    def is_authorized(self, handler, user, action, resource):
        return action == "read" or not resource.startswith("couture:")

c.ServerApp.authorizer_class = ReadsOnly
"""


class LabHost:
    """Folders for one lab after the other: each finds the home, cookies and layout the one before it left."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.root = folder / "root"
        self.settings = Settings.load({}, home=str(self.root / ".couture"))
        self.settings.make_folders()

    def start(self, *, like: Lab | None = None) -> Lab:
        """A healthy lab; with the port and the token of the one it replaces."""
        return self._healthy("lab.log", like)

    def start_for_reading(self) -> Lab:
        """A healthy lab beside the first, of the same deployment, whose Authorizer lets nothing of ours be changed."""
        config = self.folder / "config-of-readers"
        config.mkdir()
        (config / "jupyter_server_config.py").write_text(READS_ONLY)
        with environment(JUPYTER_CONFIG_DIR=str(config)):
            return self._healthy("readers.log")

    def _healthy(self, log: str, like: Lab | None = None) -> Lab:
        port, token = (like.port, like.token) if like else (0, "")
        lab = Lab(self.settings, self.root, port, self.folder / log, token)
        try:
            lab.wait_until_healthy(HEALTHY_SECONDS)
        except BaseException:
            lab.close()
            raise
        return lab


@contextlib.contextmanager
def lab_host(folder: Path) -> Iterator[LabHost]:
    """Jupyter folders and a COUTURE_HOME of one's own below ``folder``; the end stops engine and workers."""
    host = LabHost(folder)
    with environment(
        JUPYTER_CONFIG_DIR=str(folder / "config"),
        JUPYTER_RUNTIME_DIR=str(folder / "runtime"),
        JUPYTERLAB_SETTINGS_DIR=str(folder / "user-settings"),
        JUPYTERLAB_WORKSPACES_DIR=str(folder / "workspaces"),
    ):
        try:
            yield host
        finally:
            subprocess.run(
                [sys.executable, "-m", "jupyter_couture.cli", "down"],
                env={**os.environ, **host.settings.environ()},
                check=False,
                capture_output=True,
            )


@contextlib.contextmanager
def environment(**changes: str) -> Iterator[None]:
    """Variables of the environment, for as long as it lasts."""
    before = {name: os.environ.get(name) for name in changes}
    os.environ.update(changes)
    try:
        yield
    finally:
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
    expect(page.locator(SIDEBAR)).not_to_contain_text(re.compile("Loading"), timeout=READY_MS)


def show_paused(page: Page) -> None:
    """Press *Show paused DAGs*."""
    page.locator(f'{SIDEBAR} [data-couture="show-paused"]').click()


def open_overview(page: Page) -> Locator:
    """Choose *Couture > Overview* in the menu; the page."""
    page.get_by_role("menuitem", name="Couture", exact=True).click()
    page.locator('.lm-Menu-item[data-command="couture:open-overview"]').click()
    overview = page.locator('[data-couture="overview"]')
    expect(overview).to_be_visible(timeout=READY_MS)
    return overview


def in_palette(page: Page, words: str, command: str) -> None:
    """Run a command from the palette, which closes by itself when a page that was just opened takes the focus."""
    entry = page.locator(f'.lm-CommandPalette-item[data-command="{command}"]:visible')
    for _ in range(MENU_TRIES):
        page.keyboard.press("Control+Shift+c")
        with contextlib.suppress(NotInTime):
            page.locator(".lm-CommandPalette-input:visible").fill(words, timeout=MENU_MS)
            entry.click(timeout=MENU_MS)
            return
    raise AssertionError(f"the palette does not keep {words}")


def open_submenu(page: Page, name: str) -> Locator:
    """Open *Couture > name*; a lab that has just started may still be putting its menus together."""
    entry = page.locator(f'.lm-Menu-item[data-type="submenu"]:has(.lm-Menu-itemLabel:text-is("{name}"))')
    for _ in range(MENU_TRIES):
        page.get_by_role("menuitem", name="Couture", exact=True).click()
        with contextlib.suppress(AssertionError):
            expect(entry).to_be_visible(timeout=MENU_MS)
            break
        page.keyboard.press("Escape")
    entry.hover()
    return page.locator(".lm-Menu").last


def open_page(page: Page, key: str) -> Locator:
    """Choose a page of ``PAGES`` in its menu; the page."""
    open_submenu(page, "Browse" if key in BROWSE_PAGES else "Admin")
    page.locator(f'.lm-Menu-item:has(.lm-Menu-itemLabel:text-is("{PAGES[key]}"))').click()
    return shown_page(page, key)


def shown_page(page: Page, key: str) -> Locator:
    """A page that has been loaded."""
    found = page.locator(f'[data-couture="browse"][data-page="{key}"]:visible')
    expect(found).to_have_attribute("data-load", "ready", timeout=READY_MS)
    return found


def row_of(page: Page, dag_id: str) -> Locator:
    """The row of a DAG in the side bar."""
    return page.locator(f'{SIDEBAR} [data-dag-id="{dag_id}"]')


def open_dag(page: Page, dag_id: str) -> Locator:
    """Click a DAG in the side bar; its document."""
    row_of(page, dag_id).get_by_role("button", name=dag_id, exact=True).click(timeout=READY_MS)
    return document_of(page, dag_id)


def document_of(page: Page, dag_id: str) -> Locator:
    """The document of a DAG in the main area."""
    return page.locator(f'[data-couture="dag-document"][data-dag-id="{dag_id}"]')


def node_of(page: Page, task_id: str) -> Locator:
    """A task in the visible graph."""
    return page.locator(f'[data-couture="graph"] [data-task-id="{task_id}"]:visible')


def panel_of(page: Page) -> Locator:
    """The task panel that is visible."""
    return page.locator('[data-couture="task-panel"]:visible')


def set_theme(page: Page, name: str) -> None:
    """Choose a theme in the lab's menu, as ``JupyterLab Dark``."""
    page.get_by_role("menuitem", name="Settings").click()
    page.locator('.lm-Menu-item:has-text("Theme")').first.hover()
    page.locator(f'.lm-Menu-item:has-text("{name}")').first.click()
    expect(page.locator(f'body[data-jp-theme-name="{name}"]')).to_have_count(1, timeout=READY_MS)
    page.wait_for_timeout(THEME_SETTLES_MS)


@contextlib.contextmanager
def watched_page(
    browser: Browser, lab: Lab, *, is_server_going: bool = False, is_notebook_7: bool = False
) -> Iterator[Page]:
    """A fresh page; an ``AssertionError`` at the end if it threw or asked another host for anything.

    While its server is gone (``is_server_going``) the lab itself throws for the layout it cannot save. Notebook 7.6
    itself throws once when it starts, with our extension or without: it asks for shortcuts before it has read them.
    """
    context = browser.new_context(viewport={"width": 1400, "height": 850}, accept_downloads=True)
    page = context.new_page()
    troubles: list[str] = []

    def note_foreign(url: str) -> None:
        if not url.startswith((lab.base, lab.base.replace("http", "ws", 1), "data:", "blob:")):
            troubles.append(f"request to another host: {url}")

    def note_error(error: Error) -> None:
        is_of_the_lab = is_server_going and "Failed to fetch" in str(error) and "jlab_core" in str(error.stack)
        is_of_notebook_7 = is_notebook_7 and "'schema'" in str(error) and "notebook_core" in str(error.stack)
        # The widget manager of the lab asks a notebook that has no kernel for it.
        is_of_ipywidgets = "'kernel'" in str(error) and "@jupyter-widgets/jupyterlab-manager" in str(error.stack)
        if not (is_of_the_lab or is_of_notebook_7 or is_of_ipywidgets):
            troubles.append(f"page error: {error.stack}")

    page.on("pageerror", note_error)
    context.on("request", lambda request: note_foreign(request.url))  # frames and workers included
    page.on("websocket", lambda socket: note_foreign(socket.url))
    try:
        yield page
    finally:
        context.close()
    assert not troubles, "; ".join(troubles)
