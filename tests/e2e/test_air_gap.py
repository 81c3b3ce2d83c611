"""No page asks another host: what ``watched_page`` holds for every browser test, and that it would notice."""

import socket
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from jupyter_couture.cli.lab import Lab
from tests.e2e.lab import watched_page

pytestmark = pytest.mark.timeout(120)

ASKS = {
    "image": "url => { new Image().src = url }",
    "stylesheet": """url => {
        const link = document.createElement('link')
        link.rel = 'stylesheet'; link.href = url
        document.head.append(link)
    }""",
    "script": """url => {
        const script = document.createElement('script')
        script.src = url
        document.head.append(script)
    }""",
    "worker": """url => {
        const text = new Blob([`fetch(${JSON.stringify(url)}).catch(() => undefined)`])
        window.asking = new Worker(URL.createObjectURL(text))
    }""",
    "socket": "url => { new WebSocket(url.replace('http', 'ws')) }",
}


@pytest.fixture
def elsewhere() -> Iterator[str]:
    """The address of another host of this machine, which never answers."""
    with socket.create_server(("127.0.0.2", 0)) as server:
        yield f"http://127.0.0.2:{server.getsockname()[1]}/x"


@pytest.mark.parametrize("kind", ASKS)
def test_a_request_to_another_host_is_noticed(browser: Browser, lab: Lab, elsewhere: str, kind: str) -> None:
    with pytest.raises(AssertionError, match="request to another host"):
        ask_on_a_page(browser, lab, elsewhere, kind)


def ask_on_a_page(browser: Browser, lab: Lab, url: str, kind: str) -> None:
    """One request of a page that is watched."""
    with watched_page(browser, lab) as page:
        page.goto(f"{lab.base}/login")
        if kind == "socket":
            asked = page.expect_websocket()
        else:
            asked = page.context.expect_event("request", lambda request: request.url == url)
        with asked:
            page.evaluate(ASKS[kind], url)


@pytest.mark.parametrize("kind", ["worker", "image"])
def test_a_request_to_the_labs_own_server_is_nothing_to_notice(browser: Browser, lab: Lab, kind: str) -> None:
    ask_on_a_page(browser, lab, f"{lab.base}/couture/api/health", kind)
