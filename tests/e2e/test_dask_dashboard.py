"""Dask's dashboard out of the lab: from the overview, behind the login, as nobody, with no host asked but ours."""

import os
import re
import signal
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Browser, Page, WebSocket, expect

from jupyter_couture.cli.lab import Lab
from jupyter_couture.executors.dask_record import PoolRecord
from tests.e2e.lab import READY_MS, LabHost, in_palette, lab_host, open_lab, open_overview, watched_page

pytestmark = pytest.mark.timeout(300)

DRAWN = "() => window.Bokeh && Bokeh.documents.length > 0 && document.querySelectorAll('.bk-Figure').length > 2"
PAGES = ("workers", "tasks", "system", "profile", "graph", "groups", "info", "individual-workers")


@pytest.fixture(scope="module")
def seen_host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabHost]:
    """Folders of a deployment whose dashboard is on."""
    with lab_host(tmp_path_factory.mktemp("seen")) as host:
        host.settings = replace(host.settings, dask_dashboard=True)
        yield host


@pytest.fixture(scope="module")
def seen_lab(seen_host: LabHost) -> Iterator[Lab]:
    """Its lab."""
    lab = seen_host.start()
    wait_until_ready(lab)
    yield lab
    lab.close()


@pytest.fixture
def seen(browser: Browser, seen_lab: Lab) -> Iterator[Page]:
    """A fresh page of that lab, with the checks of ``page``, also of the tabs that it opens."""
    with watched_page(browser, seen_lab) as page:
        yield page


def scheduler_of(lab: Lab) -> str:
    """The process of the scheduler; empty while there is none."""
    record = PoolRecord.read(lab.settings.run_dir)
    return next((node.identity for node in record.nodes if node.name == "scheduler"), "") if record else ""


def wait_until_ready(lab: Lab, *, after: str = "") -> None:
    """Wait for the dashboard of another scheduler than ``after``."""
    deadline = time.monotonic() + READY_MS / 1000
    scheduler, seen = "", {}
    while time.monotonic() < deadline:
        scheduler, seen = scheduler_of(lab), lab.call("GET", "cluster")["dashboard"]
        if scheduler not in ("", after) and seen["state"] == "ready":
            return
        time.sleep(0.2)
    log = (lab.settings.logs_dir / "pool-keeper.log").read_text()
    raise AssertionError(f"there is no dashboard: {seen}, {scheduler}, {log[-2000:]}")


def open_dashboard(page: Page, lab: Lab) -> Page:
    """Open the dashboard from the overview; its tab, with all that it has heard over its WebSocket."""
    open_lab(page, lab)
    link = open_overview(page).get_by_role("link", name="Dask dashboard")
    expect(link).to_be_visible(timeout=READY_MS)
    with page.context.expect_page() as opened:
        link.click()
    opened.value.wait_for_function(DRAWN, timeout=READY_MS)
    return opened.value


def run_dashboard_command(page: Page) -> None:
    """By the palette."""
    in_palette(page, "Dask Dashboard", "couture:open-dask-dashboard")


def test_the_dashboard_is_drawn_in_a_tab_that_can_do_nothing_in_the_lab(seen: Page, seen_lab: Lab) -> None:
    sockets: list[WebSocket] = []

    def note(socket: WebSocket) -> None:
        sockets.append(socket)

    seen.context.on("page", lambda tab: tab.on("websocket", note))
    tab = open_dashboard(seen, seen_lab)
    assert "/couture/dask/~" in tab.url
    socket = sockets[0] if sockets else tab.wait_for_event("websocket")
    socket.wait_for_event("framereceived", timeout=READY_MS)  # figures go on being fed
    assert not socket.is_closed()
    assert tab.evaluate("self.origin") == "null"
    assert tab.evaluate("window.opener") is None
    for forbidden in ("document.cookie", "localStorage.length", "indexedDB.open('x')"):
        assert tab.evaluate(f"() => {{ try {{ return {forbidden} }} catch (error) {{ return error.name }} }}") == (
            "SecurityError"
        ), forbidden
    asks = "url => fetch(url, {credentials: 'include'}).then(answer => answer.status, error => error.name)"
    assert tab.evaluate(asks, f"{seen_lab.base}/couture/api/me") == "TypeError"


def test_every_page_of_its_menu_opens_below_us(seen: Page, seen_lab: Lab) -> None:
    tab = open_dashboard(seen, seen_lab)
    faults: list[str] = []
    tab.on("pageerror", lambda error: faults.append(str(error)))
    tab.on("response", lambda answer: faults.extend([f"{answer.status} {answer.url}"] if answer.status >= 400 else []))
    tab.on("requestfailed", lambda request: faults.append(f"{request.failure} {request.url}"))
    for name in PAGES:
        tab.goto(f"{tab.url.partition('/~')[0]}/{name}")
        assert "/couture/dask/~" in tab.url
        if name == "info":
            expect(tab.get_by_role("heading", name="Workers")).to_be_visible()
            tab.get_by_role("link", name="logs", exact=True).first.click()
            expect(tab).to_have_url(re.compile("/info/logs/"))
        else:
            tab.wait_for_function("() => window.Bokeh && Bokeh.documents.length > 0", timeout=READY_MS)
    assert not faults, faults


def test_a_page_loaded_again_after_dask_has_died_is_drawn_again(seen: Page, seen_lab: Lab) -> None:
    tab = open_dashboard(seen, seen_lab)
    before = scheduler_of(seen_lab)
    with tab.expect_event("console", lambda message: "Lost websocket" in message.text, timeout=READY_MS):
        os.kill(int(before.partition(":")[0]), signal.SIGKILL)
    wait_until_ready(seen_lab, after=before)
    tab.reload()
    tab.wait_for_function(DRAWN, timeout=READY_MS)


def test_the_palette_opens_it_too(seen: Page, seen_lab: Lab) -> None:
    open_lab(seen, seen_lab)
    with seen.context.expect_page() as opened:
        run_dashboard_command(seen)
    opened.value.wait_for_function(DRAWN, timeout=READY_MS)


def test_while_it_is_off_there_is_no_link_and_the_palette_says_how_to_turn_it_on(page: Page, lab: Lab) -> None:
    open_lab(page, lab)
    overview = open_overview(page)
    expect(overview.locator('[data-part="executor"]')).to_be_visible(timeout=READY_MS)
    expect(overview.locator('[data-couture="dask-dashboard"]')).to_have_count(0)
    run_dashboard_command(page)
    expect(page.locator(".Toastify")).to_contain_text("COUTURE_DASK_DASHBOARD=1", timeout=READY_MS)
