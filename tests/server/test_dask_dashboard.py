"""Dask's dashboard behind the login: who gets in, what goes on, what comes back, and where it is found.

Where the passing on is looked at, the dashboard is a server that takes notes; elsewhere it is that of a pool of ours.
"""

import asyncio
import os
import re
import signal
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import bokeh
import pytest
from jupyter_couture_server.dask_pages import CONTENT_SECURITY_POLICY, Kind, fitted, kind_of, redirected
from jupyter_couture_server.dask_tickets import HOURS, MOST, Tickets
from jupyter_couture_server.extension import Couture
from jupyter_server.auth import Authorizer, User
from jupyter_server.base.handlers import JupyterHandler
from tornado.httpclient import AsyncHTTPClient, HTTPClientError, HTTPRequest, HTTPResponse
from tornado.httpserver import HTTPServer
from tornado.httputil import HTTPHeaders
from tornado.netutil import bind_sockets
from tornado.web import Application, RequestHandler
from tornado.websocket import WebSocketClientConnection, WebSocketHandler, websocket_connect

from jupyter_couture.clock import ManualClock
from jupyter_couture.executors import dask_pool
from jupyter_couture.executors.dask_record import ClusterRecord, PoolRecord
from tests.server.conftest import Ask
from tests.server.yard import Yard

PAGE = (
    b"<html><link rel='stylesheet' href='https://elsewhere.example/a.css'>"
    b"<link rel='stylesheet' href='../../../statics/css/b.css'></html>"
)


@dataclass
class Neighbour:
    """A dashboard that takes notes of what it is asked, with the headers it got."""

    asked: list[tuple[str, HTTPHeaders]] = field(default_factory=list)
    said: list[str | bytes] = field(default_factory=list)
    location: str = ""

    def __post_init__(self) -> None:
        self._sockets = bind_sockets(0, "127.0.0.1")
        self.url = f"http://127.0.0.1:{self._sockets[0].getsockname()[1]}/deep"

    def start(self) -> None:
        """Answer from now on."""
        rules = [(r"/deep/status/ws", _Echo, {"neighbour": self}), (r".*", _Notes, {"neighbour": self})]
        self.server = HTTPServer(Application(rules))
        self.server.add_sockets(self._sockets)


class _Notes(RequestHandler):
    def initialize(self, neighbour: Neighbour) -> None:
        self.neighbour = neighbour

    def get(self) -> None:
        self.neighbour.asked.append((self.request.uri or "", self.request.headers))
        self.set_header("Set-Cookie", "theirs=1")
        self.set_header("Access-Control-Allow-Origin", "*")
        self.set_header("X-Theirs", "1")
        self.set_header("Content-Security-Policy", "default-src *")
        if self.request.path == "/deep/tasks":
            self.set_status(302)
            self.set_header("Location", self.neighbour.location)
        elif self.request.path == "/deep/graph":
            self.set_status(500)
            self.write("a traceback of theirs")
        else:
            self.write(PAGE)


class _Echo(WebSocketHandler):
    def initialize(self, neighbour: Neighbour) -> None:
        self.neighbour = neighbour

    def select_subprotocol(self, subprotocols: list[str]) -> str | None:
        return "bokeh" if "bokeh" in subprotocols else None

    def open(self) -> None:
        self.neighbour.asked.append((self.request.uri or "", self.request.headers))

    async def on_message(self, message: str | bytes) -> None:
        self.neighbour.said.append(message)
        if message == "go":
            self.close()
            return
        await self.write_message(message, binary=isinstance(message, bytes))


@pytest.fixture
def neighbour() -> Neighbour:
    """A foreign cluster's dashboard; ``start`` it in the test."""
    return Neighbour()


@pytest.fixture
def couture_options(neighbour: Neighbour) -> dict[str, Any]:
    """A foreign cluster with its dashboard at ``neighbour``."""
    return {
        "engine": "off",
        "dask_address": "tcp://127.0.0.1:1",
        "dask_dashboard": True,
        "dask_dashboard_url": neighbour.url,
    }


Look = Callable[..., Awaitable[HTTPResponse]]


@pytest.fixture
def root(jp_base_url: str, http_server: HTTPServer, jp_http_port: int) -> str:
    """The address of the server, as ``http://127.0.0.1:1234/a%40b/``."""
    return f"http://127.0.0.1:{jp_http_port}{jp_base_url}"


@pytest.fixture
def look(root: str, jp_auth_header: dict[str, str]) -> Look:
    """Ask below ``couture/dask``, logged in; the path goes out as it is, and redirects are not followed."""

    async def call(path: str = "", *, login: bool = True, **headers: str) -> HTTPResponse:
        given = {**(jp_auth_header if login else {}), **headers}
        request = HTTPRequest(f"{root}couture/dask{path}", headers=given, follow_redirects=False)
        return await AsyncHTTPClient().fetch(request, raise_error=False)

    return call


async def ticket_of(look: Look) -> str:
    """The ticket that a logged-in browser is sent on with, as a piece of the path."""
    answer = await look("/status")
    assert answer.code == 302
    found = re.fullmatch(r"/a%40b/couture/dask(/~[\w-]{43})/status", answer.headers["Location"])
    assert found
    return found[1]


async def connect(root: str, path: str, **headers: str) -> WebSocketClientConnection:
    """A WebSocket as the page opens it: without a login, of no origin."""
    request = HTTPRequest(f"ws{root[4:]}couture/dask{path}", headers={"Origin": "null", **headers})
    return await websocket_connect(request, subprotocols=["bokeh", "secret-of-the-session"])


class _NotTheCluster(Authorizer):
    """Lets everything be read but the cluster."""

    def is_authorized(self, handler: JupyterHandler, user: User, action: str, resource: str) -> bool:
        return resource != "couture:cluster"


# --- who gets in ------------------------------------------------------------------------------------------------------


async def test_without_a_login_there_is_nothing_to_see(neighbour: Neighbour, look: Look) -> None:
    """S41: a browser is sent to log in, a program is refused, and the dashboard is not even asked."""
    neighbour.start()
    ticket = await ticket_of(look)
    for path in ("", "/status", f"{ticket}/status", "/info/main/workers.html", "/~x/status", "/no/such"):
        person = await look(path, login=False, Accept="text/html")
        assert (person.code, "/login?next=" in person.headers["Location"]) == (302, True), path
        assert (await look(path, login=False)).code == 403, path
    assert neighbour.asked == []


async def test_a_file_and_a_socket_need_a_ticket(neighbour: Neighbour, look: Look, root: str) -> None:
    neighbour.start()
    for path in ("/statics/css/base.css", "/~x/statics/css/base.css"):
        assert (await look(path, login=False)).code == 403
    with pytest.raises(HTTPClientError) as refusal:
        await connect(root, "/~x/status/ws")
    assert refusal.value.code == 403
    assert neighbour.asked == []
    assert (await look(f"{await ticket_of(look)}/statics/css/base.css", login=False)).code == 200


async def test_without_the_permission_it_is_refused_also_to_a_ticket_given_before(
    neighbour: Neighbour, look: Look, ask: Ask, root: str, jp_serverapp: Any
) -> None:
    neighbour.start()
    ticket = await ticket_of(look)
    jp_serverapp.web_app.settings["authorizer"] = _NotTheCluster(parent=jp_serverapp)
    for path in ("/status", f"{ticket}/status", f"{ticket}/statics/css/base.css", f"{ticket}/no/such"):
        assert (await look(path)).code == 403, path
    with pytest.raises(HTTPClientError) as refusal:
        await connect(root, f"{ticket}/status/ws")
    assert refusal.value.code == 403
    assert (await ask("cluster")).status == 403
    assert "cluster.read" not in (await ask("me")).json["permissions"]
    assert neighbour.asked == []


async def test_a_socket_of_another_page_is_refused(neighbour: Neighbour, look: Look, root: str) -> None:
    neighbour.start()
    with pytest.raises(HTTPClientError) as refusal:
        await connect(root, f"{await ticket_of(look)}/status/ws", Origin="https://evil.example")
    assert (refusal.value.code, neighbour.asked) == (403, [])


# --- what goes on and what comes back ---------------------------------------------------------------------------------


async def test_nothing_of_the_reader_goes_on_but_path_and_options(
    neighbour: Neighbour, look: Look, jp_serverapp: Any
) -> None:
    neighbour.start()
    ticket = await ticket_of(look)
    mine = {"Cookie": "mine=1", "X-Mine": "1", "Referer": "http://mine/", "X-Forwarded-Host": "evil.example"}
    token = jp_serverapp.identity_provider.token
    answer = await look(f"{ticket}/profile?key=a%26b&token={token}&_xsrf=x", **mine)
    assert (answer.code, len(neighbour.asked)) == (200, 1)
    asked, headers = neighbour.asked[0]
    assert asked == "/deep/profile?key=a%26b"
    assert {name for name, _ in headers.get_all()} == {"Connection", "Host", "User-Agent", "Accept-Encoding"}
    assert f"http://{headers['Host']}/deep" == neighbour.url
    assert "Mine" not in str(list(headers.get_all()))


async def test_nothing_of_the_answer_comes_back_but_body_and_type(neighbour: Neighbour, look: Look) -> None:
    neighbour.start()
    answer = await look(f"{await ticket_of(look)}/status")
    assert "theirs" not in str(answer.headers).lower()
    assert answer.headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY
    assert "sandbox" in CONTENT_SECURITY_POLICY
    assert "allow-same-origin" not in CONTENT_SECURITY_POLICY
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cache-Control"] == "no-store"
    assert b"elsewhere.example" not in answer.body
    assert b"'../../statics/css/b.css'" in answer.body


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/retire_workers",
        "/proxy/22/127.0.0.1/",
        "/jupyter/lab",
        "/json/identity.json",
        "/metrics",
        "/sitemap.json",
        "/eventstream",
        "/hardware",
        "/status/..",
        "/statics/../status",
        "/statics/css/..",
        "/statics/css/%2e%2e/%2e%2e/api",
        "/%2e%2e/%2e%2e/api",
        "/..%2fapi",
        "//evil.example/status",
        "/http://evil.example/status",
        "/status%00",
        "/status;x",
        "/status\\x",
        "/STATUS",
        "/info/worker/../../api.html",
        "/info/worker/a/b.html",
        "/status/ws/more",
    ],
)
async def test_only_listed_paths_go_on(neighbour: Neighbour, look: Look, path: str) -> None:
    neighbour.start()
    ticket = await ticket_of(look)
    for form in (path, ticket + path):
        answer = await look(form)
        assert answer.code in (400, 404), form
    assert neighbour.asked == []


async def test_nothing_but_looking_is_possible(neighbour: Neighbour, root: str, look: Look) -> None:
    neighbour.start()
    ticket = await ticket_of(look)
    for method in ("POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD"):
        request = HTTPRequest(f"{root}couture/dask{ticket}/status", method, allow_nonstandard_methods=True)
        assert (await AsyncHTTPClient().fetch(request, raise_error=False)).code in (302, 403, 405), method
    assert neighbour.asked == []


async def test_it_sends_nobody_elsewhere_and_its_faults_stay_with_it(neighbour: Neighbour, look: Look) -> None:
    neighbour.start()
    ticket = await ticket_of(look)
    neighbour.location = "info/main/workers.html"
    there = f"/a%40b/couture/dask{ticket}/info/main/workers.html"
    assert (await look(f"{ticket}/tasks")).headers["Location"] == there
    neighbour.location = "/deep/info/main/workers.html"
    assert (await look(f"{ticket}/tasks")).headers["Location"] == there
    for elsewhere in ("http://evil.example/", "//evil.example/status", "/status", "javascript:alert(1)", "../api/x"):
        neighbour.location = elsewhere
        answer = await look(f"{ticket}/tasks")
        assert (answer.code, "Location" in answer.headers) == (503, False), elsewhere
    broken = await look(f"{ticket}/graph", Accept="text/html")
    assert (broken.code, b"traceback" in broken.body) == (503, False)
    assert b"<h1" in broken.body


async def test_a_socket_passes_on_both_ways_with_the_pages_own_protocol(
    neighbour: Neighbour, look: Look, root: str
) -> None:
    neighbour.start()
    socket = await connect(root, f"{await ticket_of(look)}/status/ws?token=t0k", Cookie="mine=1")
    assert socket.selected_subprotocol == "bokeh"
    for message in ("words", b"\x00\x01"):
        await socket.write_message(message, binary=isinstance(message, bytes))
        assert await socket.read_message() == message
    asked, headers = neighbour.asked[0]
    assert asked == "/deep/status/ws"
    assert headers["Sec-WebSocket-Protocol"] == "bokeh,secret-of-the-session"
    assert "mine" not in str(list(headers.get_all())).lower()
    await socket.write_message("go")  # away, as a scheduler that dies
    assert await socket.read_message() is None
    assert socket.close_code == 1012
    socket.close()


async def test_a_dashboard_that_does_not_answer_is_told(look: Look, ask: Ask, neighbour: Neighbour) -> None:
    neighbour._sockets[0].close()
    answer = await look(f"{await ticket_of(look)}/status")
    assert answer.code == 503
    assert b"does not answer" in answer.body
    told = (await ask("cluster")).json["dashboard"]
    assert (told["state"], told["path"]) == ("down", None)


# --- where it is ------------------------------------------------------------------------------------------------------


class TestOff:
    """A deployment as it comes."""

    @pytest.fixture
    def couture_options(self) -> dict[str, Any]:
        return {"engine": "off"}

    async def test_a_dashboard_that_is_off_says_how_to_turn_it_on(self, look: Look, ask: Ask, yard: Yard) -> None:
        answer = await look("/status")
        assert answer.code == 404
        assert b"The Dask dashboard is off" in answer.body
        assert b"COUTURE_DASK_DASHBOARD=1" in answer.body
        assert (await look("/status", login=False)).code == 403
        told = (await ask("cluster")).json["dashboard"]
        assert (told["state"], told["path"]) == ("off", None)
        assert "COUTURE_DASK_DASHBOARD=1" in told["message"]


class TestFoundByTheEngine:
    """A foreign cluster whose dashboard nobody has named."""

    @pytest.fixture
    def couture_options(self) -> dict[str, Any]:
        return {"engine": "off", "dask_address": "tcp://127.0.0.1:1", "dask_dashboard": True}

    async def test_it_is_where_the_engine_found_it_and_only_for_the_cluster_of_the_settings(
        self, look: Look, neighbour: Neighbour, couture: Couture
    ) -> None:
        neighbour.start()
        run_dir = couture.deployment.settings.run_dir
        assert b"has not yet spoken" in (await look("/status")).body
        ClusterRecord(address="tcp://127.0.0.1:2", dashboard=neighbour.url).write(run_dir)
        assert b"has not yet spoken" in (await look("/status")).body
        ClusterRecord(address="tcp://127.0.0.1:1", dashboard="").write(run_dir)
        assert b"was started without one" in (await look("/status")).body
        ClusterRecord(address="tcp://127.0.0.1:1", dashboard=neighbour.url).write(run_dir)
        assert (await look(f"{await ticket_of(look)}/status")).code == 200


class TestOurPool:
    """The pool that the engine starts."""

    @pytest.fixture
    def couture_options(self) -> dict[str, Any]:
        return {"engine": "off", "dask_dashboard": True, "workers": 1, "slots_per_worker": 1}

    @pytest.fixture
    def pool(self, couture: Couture, jp_asyncio_loop: asyncio.AbstractEventLoop) -> Iterator[PoolRecord]:
        settings = couture.deployment.settings
        yield jp_asyncio_loop.run_until_complete(dask_pool.ensure(settings))
        jp_asyncio_loop.run_until_complete(dask_pool.stop(settings))

    async def test_it_is_drawn_behind_the_login_and_again_after_dask_has_died(
        self, pool: PoolRecord, look: Look, ask: Ask, root: str, couture: Couture
    ) -> None:
        await ready(ask)
        ticket = await ticket_of(look)
        await drawn(look, root, ticket)
        script = await look(f"{ticket}/static/js/bokeh.min.js", login=False)
        assert script.body == (Path(bokeh.__file__).parent / "server/static/js/bokeh.min.js").read_bytes()
        assert "private" in script.headers["Cache-Control"]
        assert mode_of(pool.dashboard) == 0o600
        links = set(re.findall(r'href="([a-z-]+)"', (await look(f"{ticket}/status")).body.decode()))
        assert {"status", "workers", "info", "individual-workers"} <= links
        for link in links:
            assert (await look(f"{ticket}/{link}")).code in (200, 302), link
        scheduler = next(node for node in pool.nodes if node.name == "scheduler")
        os.kill(int(scheduler.identity.partition(":")[0]), signal.SIGKILL)
        async with asyncio.timeout(30):
            while record_of(couture).generation == pool.generation:  # noqa: ASYNC110 - another process writes it
                await asyncio.sleep(0.05)
        await ready(ask)
        await drawn(look, root, ticket)

    async def test_a_pool_that_was_started_without_one_is_told_apart(
        self, pool: PoolRecord, look: Look, ask: Ask, couture: Couture
    ) -> None:
        replace(pool, dashboard="").write(couture.deployment.settings.run_dir)
        assert b"jupyter couture down" in (await look("/status")).body
        assert (await ask("cluster")).json["dashboard"]["state"] == "down"


def record_of(couture: Couture) -> PoolRecord:
    """The pool as its keeper describes it."""
    record = PoolRecord.read(couture.deployment.settings.run_dir)
    assert record is not None
    return record


def mode_of(path: str) -> int:
    """Who may open a file."""
    return Path(path).stat().st_mode & 0o777


async def ready(ask: Ask) -> None:
    """Wait until the dashboard can be opened."""
    async with asyncio.timeout(60):
        while (await ask("cluster")).json["dashboard"]["state"] != "ready":  # noqa: ASYNC110 - another process starts it
            await asyncio.sleep(0.1)


async def drawn(look: Look, root: str, ticket: str) -> None:
    """Load a page as a browser does, and draw it over its WebSocket."""
    page = (await look(f"{ticket}/status")).body.decode()
    session = re.search(r'"token":"([^"]+)"', page)
    assert session
    address = f"{root}couture/dask{ticket}/status/ws".replace("http", "ws", 1)
    request = HTTPRequest(address, headers={"Origin": "null"})
    socket = await websocket_connect(request, subprotocols=["bokeh", session[1]])
    heard = [await socket.read_message() for _ in range(3)]
    assert "ACK" in str(heard[0])
    socket.close()


# --- the parts --------------------------------------------------------------------------------------------------------


def test_a_ticket_ends_and_is_given_again_to_its_user_while_it_is_young() -> None:
    clock = ManualClock(datetime(2026, 11, 23, tzinfo=UTC))
    tickets = Tickets(clock)
    first = tickets.issue(User("ada"))
    assert tickets.issue(User("ada")) == first
    assert tickets.issue(User("bob")) != first
    clock.move(HOURS * 3600 - 1)
    assert tickets.find(first.token) == first
    assert tickets.issue(User("ada")) != first
    clock.move(1)
    assert tickets.find(first.token) is None
    assert tickets.find("") is None


def test_tickets_are_not_kept_without_end() -> None:
    tickets = Tickets(ManualClock(datetime(2026, 11, 23, tzinfo=UTC)))
    made = [tickets.issue(User(f"user-{number}")) for number in range(MOST + 1)]
    assert [tickets.find(each.token) for each in (made[0], made[1])] == [None, made[1]]


@pytest.mark.parametrize(
    "path", ["info/worker/tls%3A%2F%2F127.0.0.1%3A1.html", "individual-workers-cpu-timeseries", "info"]
)
def test_pages_that_are_linked_are_pages(path: str) -> None:
    assert kind_of(path) is Kind.PAGE


def test_only_links_to_other_hosts_are_taken_out() -> None:
    kept = b"<link rel='icon' href='statics/x.ico'><a href='https://docs.example/'>Documentation</a>"
    assert fitted(kept) == kept
    for gone in (b'<LINK href="//h/x.css" />', b"<link\nrel=x href = https://h/x.css>"):
        assert b"h/x.css" not in fitted(gone)


def test_where_it_sends_us_must_be_a_page_below_it() -> None:
    root = "http://host:1/deep"
    assert redirected(root, "info", "info/main/workers.html") == "info/main/workers.html"
    assert redirected(root, "info", "http://host:1/deep/status") == "status"
    assert redirected(root, "info", "/deep/") == "status"
    for elsewhere in ("http://host:2/deep/status", "https://host:1/deep/status", "/deeper/status", "/deep/api", ""):
        assert redirected(root, "api", elsewhere) is None
