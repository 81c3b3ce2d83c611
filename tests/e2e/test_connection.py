"""What the page says, and how it recovers, when the server or the engine goes away."""

import os
import re
import signal
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from jupyter_couture.cli.lab import Lab
from tests.e2e.api import newest_run, trigger, wait_for_end
from tests.e2e.lab import READY_MS, SIDEBAR, LabHost, node_of, open_dag, open_lab, row_of, watched_page

pytestmark = pytest.mark.timeout(180)

RIGHT_AGAIN_MS = 5000
"""After the server is back, and whatever the page has missed meanwhile."""
STARTED = re.compile("running|success")


def test_the_side_bar_says_when_the_server_does_not_answer_and_comes_back_by_itself(page: Page, lab: Lab) -> None:
    open_lab(page, lab)
    expect(row_of(page, "failing")).to_be_visible()
    page.route("**/couture/api/**", lambda route: route.abort())
    page.locator(SIDEBAR).get_by_role("button", name="Load the list again").click()
    notice = page.locator(f'{SIDEBAR} [data-couture="notice-error"]')
    expect(notice).to_be_visible()
    page.unroute("**/couture/api/**")
    notice.get_by_role("button", name=re.compile("retry|again", re.IGNORECASE)).click()
    expect(notice).to_have_count(0)


def test_a_killed_engine_is_shown_and_the_run_it_left_is_finished_by_the_next(page: Page, lab: Lab) -> None:
    open_lab(page, lab)
    open_dag(page, "relay")
    trigger(lab, "relay")
    expect(node_of(page, "step_0")).to_have_attribute("data-state", STARTED, timeout=READY_MS)
    pid = lab.call("GET", "health")["engine"]["pid"]
    os.kill(pid, signal.SIGKILL)
    status = page.locator('[data-couture="status"]')
    expect(status).to_have_attribute("data-kind", re.compile("engine-(starting|down)"), timeout=READY_MS)
    expect(status).to_have_attribute("data-kind", "running", timeout=READY_MS)
    expect(node_of(page, "step_4")).to_have_attribute("data-state", "success", timeout=READY_MS)
    assert wait_for_end(lab, newest_run(lab, "relay"))["state"] == "success"


@pytest.fixture
def second(host: LabHost, lab: Lab) -> Iterator[list[Lab]]:
    """A second lab on the same deployment, to be killed and replaced; whatever is in the list is closed at the end."""
    labs = [host.start()]
    yield labs
    for each in labs:
        each.close()


def test_R03_an_open_page_survives_the_restart_of_its_server_and_misses_nothing(
    browser: Browser, host: LabHost, lab: Lab, second: list[Lab]
) -> None:
    """The run goes on while no server is there; the page catches up by itself."""
    with watched_page(browser, second[0], is_server_going=True) as page:
        _watch_a_restart(page, host, lab, second)


def _watch_a_restart(page: Page, host: LabHost, lab: Lab, second: list[Lab]) -> None:
    open_lab(page, second[0])
    open_dag(page, "relay")
    expect(node_of(page, "step_4")).to_be_visible()
    run = trigger(second[0], "relay")
    expect(node_of(page, "step_0")).to_have_attribute("data-state", STARTED, timeout=READY_MS)
    second[0].close()
    expect(page.locator('[data-couture="disconnected"]').first).to_be_visible(timeout=READY_MS)
    expect(page.locator('[data-couture="status"]')).to_have_attribute("data-kind", "offline")
    assert wait_for_end(lab, run)["state"] == "success"
    second.append(host.start(like=second[0]))
    expect(page.locator('[data-couture="disconnected"]')).to_have_count(0, timeout=RIGHT_AGAIN_MS)
    expect(node_of(page, "step_4")).to_have_attribute("data-state", "success", timeout=RIGHT_AGAIN_MS)
    expect(page.locator('[data-couture="run-state"]')).to_have_attribute("data-run-id", run["run_id"])
    second[0] = second.pop()
