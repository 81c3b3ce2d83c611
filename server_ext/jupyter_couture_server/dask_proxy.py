"""Dask's dashboard behind the server's login, below ``couture/dask/``: pages, their files and their WebSockets.

Rules
-----
* A page needs a login and the permission, each time. Its files and WebSockets need its ticket (see ``dask_tickets``),
  whose user must still have the permission.
* Where we ask comes from settings and records; of a request only a listed path and its options go on, and of an answer
  only its body and type come back.
* The pages may do nothing here: see ``dask_pages.CONTENT_SECURITY_POLICY``.
"""

import asyncio
import logging
from dataclasses import dataclass, field
from html import escape
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from jupyter_server.auth.decorator import allow_unauthenticated
from jupyter_server.base.handlers import JupyterHandler
from tornado.iostream import StreamClosedError
from tornado.web import authenticated
from tornado.websocket import WebSocketClientConnection, WebSocketClosedError

from jupyter_couture.clock import SystemClock
from jupyter_couture.model.errors import Unavailable
from jupyter_couture.services.access import Permission
from jupyter_couture.services.cluster import WHAT, Dashboard, find_dashboard, is_on
from jupyter_couture.settings import Settings
from jupyter_couture_server.dask_pages import (
    CONTENT_SECURITY_POLICY,
    FIRST_PAGE,
    Kind,
    fitted,
    kind_of,
    options_of,
    redirected,
)
from jupyter_couture_server.dask_tickets import Ticket, Tickets
from jupyter_couture_server.dask_upstream import LARGEST_MESSAGE_BYTES, Upstream
from jupyter_couture_server.errors import Failure, failure_of, of_status
from jupyter_couture_server.identity import actor_of, check
from jupyter_couture_server.sockets import LiveSocket
from jupyter_couture_server.wire import ErrorInfo, ErrorReply, encode

DASK_PATH = "couture/dask"
MOST_SOCKETS = 64
GONE = 1012
"""Close code for a page whose dashboard went away: it may be loaded again."""

_FILE_SECONDS = 3600

OFF = Failure(
    HTTPStatus.NOT_FOUND,
    ErrorReply(
        ErrorInfo(
            type="not_found",
            message="The Dask dashboard is off",
            hint="COUTURE_DASK_DASHBOARD=1 turns it on when the lab and its workers are started anew.",
        )
    ),
)

_log = logging.getLogger(__name__)


@dataclass
class DaskDoor:
    """What all requests share: the tickets, and the way to the dashboard that was used last."""

    settings: Settings
    tickets: Tickets = field(default_factory=lambda: Tickets(SystemClock()))
    sockets: int = 0
    _upstream: Upstream | None = None

    async def upstream(self) -> Upstream:
        """The way to the dashboard as it is now; raises ``Unavailable``."""
        found: Dashboard = await asyncio.to_thread(find_dashboard, self.settings)
        if self._upstream is None or self._upstream.dashboard != found:
            self._upstream = Upstream(found)
        return self._upstream


class _Refused(Exception):
    """An answer that is no page."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.reply.error.message)
        self.failure = failure


class _DaskHandler(JupyterHandler):
    """What pages, files and sockets have in common."""

    def initialize(self, door: DaskDoor) -> None:
        self.door = door

    def set_default_headers(self) -> None:
        super().set_default_headers()
        self.set_header("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        self.set_header("Referrer-Policy", "no-referrer")
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("Cache-Control", "no-store")

    def compute_etag(self) -> None:
        """None: what may be kept, and for how long, is said in words."""

    def place(self) -> tuple[str, str]:
        """Ticket and path as they were sent, undecoded: ``~<ticket>/<path>`` or a path without a ticket."""
        rest = self.request.path.partition(f"/{DASK_PATH}")[2].removeprefix("/")
        token, _, path = rest[1:].partition("/") if rest.startswith("~") else ("", "", rest)
        return token, path or FIRST_PAGE

    def address_of(self, path: str, token: str) -> str:
        """A page under a ticket."""
        return f"{self.base_url}{DASK_PATH}/~{token}/{path}"

    @property
    def wants_page(self) -> bool:
        """Whether a person asks."""
        return "text/html" in self.request.headers.get("Accept", "")

    def ticket(self, token: str) -> Ticket:
        """The ticket of the path, whose user the caller is from now on; refuses (403) without one."""
        found = self.door.tickets.find(token)
        if found is None:
            raise _Refused(of_status(HTTPStatus.FORBIDDEN, "This link has ended; open the dashboard again"))
        self.current_user = found.user
        return found

    async def way(self) -> Upstream:
        """Check the permission of the current user, and that there is a dashboard; then the way to it."""
        await check(self, actor_of(self.current_user, self.request.remote_ip or ""), Permission.CLUSTER_READ)
        if not is_on(self.door.settings):
            raise _Refused(OFF)
        return await self.door.upstream()

    async def refuse(self, error: Exception) -> None:
        """Answer with what is wrong: as a page to a person, else as the API does."""
        failure = error.failure if isinstance(error, _Refused) else failure_of(error, "dask")
        if failure.is_ours:
            _log.exception("The Dask dashboard could not be shown")
        self.set_status(failure.status)
        if self.wants_page:
            said = failure.reply.error
            self.set_header("Content-Type", "text/html; charset=UTF-8")
            await self.finish(
                f"<!doctype html><title>{escape(said.message)}</title><body style='font:16px sans-serif;margin:3em'>"
                f"<h1 style='font-size:1.2em'>{escape(said.message)}</h1><p>{escape(said.hint)}</p>"
            )
        else:
            self.set_header("Content-Type", "application/json")
            await self.finish(encode(failure.reply))


class DaskPageHandler(_DaskHandler):
    """Pages and their files."""

    @allow_unauthenticated
    async def get(self) -> None:
        """Pass on what may be asked."""
        token, path = self.place()
        try:
            if token and kind_of(path) is Kind.FILE:
                self.ticket(token)
                await self._pass_on(path, token)
            elif self.current_user is None:
                self._ask_for_login()
            else:
                await self._page(path, token)
        except StreamClosedError:
            _log.debug("Whoever asked for the Dask dashboard has gone")
        except Exception as error:  # noqa: BLE001 - the edge of a request: every fault becomes an answer
            await self.refuse(error)

    def _ask_for_login(self) -> None:
        if not self.wants_page:
            raise _Refused(of_status(HTTPStatus.FORBIDDEN, "The Dask dashboard is for those who are logged in"))
        authenticated(_nothing)(self)  # sends a browser to the login page, and from there back to here

    async def _page(self, path: str, token: str) -> None:
        await self.way()
        if kind_of(path) is not Kind.PAGE:
            raise _Refused(of_status(HTTPStatus.NOT_FOUND, "The Dask dashboard has no such page here"))
        ticket, user = self.door.tickets.find(token), self.current_user
        # A program that sends the server's token instead of a cookie has another name each time.
        if ticket is None or (ticket.user.username != user.username and not self.token_authenticated):
            token = self.door.tickets.issue(user).token
            self.redirect(self.address_of(path, token) + options_of(self.request.query_arguments))
        else:
            await self._pass_on(path, token)

    async def _pass_on(self, path: str, token: str) -> None:
        upstream = await self.way()
        answer = await upstream.fetch(path, options_of(self.request.query_arguments))
        content_type = answer.headers.get("Content-Type", "application/octet-stream")
        if answer.code in (301, 302, 303, 307, 308):
            onward = redirected(upstream.dashboard.url, path, answer.headers.get("Location", ""))
            if onward is None:
                raise Unavailable(what=WHAT, message="it sends its readers elsewhere")
            self.redirect(self.address_of(onward, token))
        elif answer.code == HTTPStatus.NOT_FOUND:
            raise _Refused(of_status(HTTPStatus.NOT_FOUND, "The Dask dashboard does not know this any more"))
        elif answer.code != HTTPStatus.OK:
            raise Unavailable(what=WHAT, message=f"it answers with an error ({answer.code})")
        else:
            self.set_header("Content-Type", content_type)
            if kind_of(path) is Kind.FILE:
                self.set_header("Cache-Control", f"private, max-age={_FILE_SECONDS}")
            is_page = content_type.startswith("text/html")
            await self.finish(fitted(answer.body) if is_page else answer.body)


class DaskSocketHandler(LiveSocket, _DaskHandler):
    """The WebSocket over which a page is drawn."""

    largest_message_bytes = LARGEST_MESSAGE_BYTES

    _connection: WebSocketClientConnection | None = None
    _pump: asyncio.Task[None] | None = None

    def check_origin(self, origin: str | None = None) -> bool:
        """Of our own pages, which are nobody's (``null``), or of a program (none), or of this server."""
        asked = origin if origin is not None else self.get_origin()
        return asked in (None, "null") or urlsplit(asked).netloc == self.request.headers.get("Host")

    @allow_unauthenticated
    async def get(self) -> None:
        """Check ticket, permission and origin, connect to the dashboard, then become a WebSocket."""
        token, path = self.place()
        try:
            self._ends_in = self.door.tickets.seconds_left(self.ticket(token))
            upstream = await self.way()
            if kind_of(path) is not Kind.SOCKET:
                raise _Refused(of_status(HTTPStatus.NOT_FOUND, "The Dask dashboard has no such WebSocket here"))
            if not self.check_origin():
                raise _Refused(of_status(HTTPStatus.FORBIDDEN, "This page is not one of ours"))
            if self.door.sockets >= MOST_SOCKETS:
                raise Unavailable(what=WHAT, message=f"{MOST_SOCKETS} pages of it are open")
            wanted = self.request.headers.get("Sec-WebSocket-Protocol", "")
            protocols = [each.strip() for each in wanted.split(",") if each.strip()]
            options = options_of(self.request.query_arguments)
            self._connection = await upstream.connect(path, options, protocols)
        except Exception as error:  # noqa: BLE001 - the edge of a request: every fault becomes an answer
            await self.refuse(error)
            return
        try:
            await super().get()
        finally:
            if self._pump is None:  # it did not become one
                self._connection.close()

    def select_subprotocol(self, subprotocols: list[str]) -> str | None:
        """The one that the dashboard chose."""
        return self._connection.selected_subprotocol if self._connection is not None else None

    def open(self) -> None:
        """Start passing on. Jupyter's own pings are left out, as Tornado pings by ``ping_interval``."""
        self.set_nodelay(True)
        self.door.sockets += 1
        self._pump = asyncio.create_task(self._to_page(), name="couture dask page")

    async def on_message(self, message: str | bytes) -> None:
        """From the page to the dashboard."""
        assert self._connection is not None
        try:
            await self._connection.write_message(message, binary=isinstance(message, bytes))
        except (WebSocketClosedError, StreamClosedError):
            self.close(GONE, "the dashboard went away")

    def on_close(self) -> None:
        """Let the dashboard's end go, too."""
        super().on_close()
        if self._connection is not None:
            self._connection.close()
        if self._pump is not None:
            self.door.sockets -= 1
            self._pump.cancel()

    async def _to_page(self) -> None:
        assert self._connection is not None
        try:
            async with asyncio.timeout(self._ends_in):
                while (message := await self._connection.read_message()) is not None:
                    await self.write_message(message, binary=isinstance(message, bytes))
        except (WebSocketClosedError, StreamClosedError, TimeoutError):
            _log.debug("A page of the Dask dashboard, or its ticket, has ended")
        self.close(GONE, "the dashboard went away")


def _nothing(_handler: object) -> None:
    """What is done once somebody is logged in: the address is asked for again."""


def dask_handlers(settings: Settings) -> list[tuple[str, type[JupyterHandler], dict[str, Any]]]:
    """Handlers to be registered, in this order."""
    door = {"door": DaskDoor(settings)}
    return [
        (rf"/{DASK_PATH}/~[^/]+/[^/]+/ws", DaskSocketHandler, door),
        (rf"/{DASK_PATH}(?:/.*)?", DaskPageHandler, door),
    ]
