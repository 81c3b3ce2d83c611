"""The two ways to a server: blocking (httpx, websocket-client) and asynchronous (httpx, Tornado).

The token is put on a request on its way out and is in no object that an error or a log could show.
"""

import asyncio
import contextlib
import ssl
from collections.abc import Generator
from typing import Any

import httpx
import websocket
from tornado.httpclient import HTTPClientError, HTTPRequest
from tornado.websocket import WebSocketClientConnection, websocket_connect

from jupyter_couture.client.discovery import Server
from jupyter_couture.client.errors import ClientError
from jupyter_couture.client.steps import Broken, Reply, Send, error_of

CONNECT_SECONDS = 5.0
"""How long opening a connection may take."""

_PING_SECONDS = 30.0
_MAX_MESSAGE_BYTES = 64 * 1024**2
_REFUSED = "400 401 403 404 422"


class Hidden(httpx.Auth):
    """Puts the token on every request; shows nothing of it."""

    def __init__(self, server: Server) -> None:
        self._server = server

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Add the header."""
        if self._server.token:
            request.headers["Authorization"] = f"token {self._server.token}"
        yield request

    def __repr__(self) -> str:
        return "<token>" if self._server.token else "<no token>"


class Lost(Exception):
    """The stream broke; it is worth coming back."""


def http_options(server: Server, verify: ssl.SSLContext | bool, timeout_seconds: float) -> dict[str, Any]:
    """What both kinds of httpx client are made with."""
    return {
        "base_url": server.api,
        "auth": Hidden(server),
        "timeout": httpx.Timeout(timeout_seconds, connect=CONNECT_SECONDS),
        "verify": verify,
        "trust_env": not server.is_on_this_machine,  # no proxy stands on the way to this machine
        "headers": {"User-Agent": "jupyter-couture-client", "Content-Type": "application/json"},
    }


def request_options(send: Send) -> dict[str, Any]:
    """What a request is made with."""
    timeout: Any = httpx.USE_CLIENT_DEFAULT
    if send.timeout_seconds is not None:
        timeout = httpx.Timeout(send.timeout_seconds, connect=CONNECT_SECONDS)
    return {
        "method": send.method,
        "url": send.path,
        "params": dict(send.params) or None,
        "content": send.content,
        "timeout": timeout,
    }


def reply_of(response: httpx.Response) -> Reply:
    """An answer as the core takes it."""
    return Reply(response.status_code, response.content)


def broken_of(error: httpx.HTTPError, server: Server) -> Broken:
    """A failure as the core takes it."""
    was_sent = not isinstance(error, (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout))
    words = str(error) or type(error).__name__
    return Broken(f"{server.url} does not answer: {words}", was_sent)


class BlockingSocket:
    """One connection of the stream. ``receive`` may be interrupted by Ctrl-C; ``close`` after it is safe."""

    def __init__(self, server: Server, query: str, verify: ssl.SSLContext | bool) -> None:
        try:
            self._socket = websocket.create_connection(
                server.stream + query,
                timeout=CONNECT_SECONDS,
                header=_headers(server),
                sslopt=_ssl_options(verify),
                suppress_origin=True,
                redirect_limit=0,  # the token is for this server alone
            )
        except websocket.WebSocketBadStatusException as error:
            raise _refusal(server, error.status_code, bytes(error.resp_body or b"")) from None
        except (websocket.WebSocketException, OSError) as error:
            raise Lost(f"{server.url} does not answer: {error}") from None

    def receive(self, timeout_seconds: float) -> str | bytes | None:
        """The next message; None if none came in time. Raises ``Lost``."""
        try:
            self._socket.settimeout(timeout_seconds)
            message: str | bytes = self._socket.recv()
        except websocket.WebSocketTimeoutException:
            return None
        except (websocket.WebSocketException, OSError) as error:
            raise Lost(f"the live stream broke: {error}") from None
        if not message:
            raise Lost("the server closed the live stream")
        return message

    def close(self) -> None:
        """Say good-bye if the other side listens; never raises."""
        with contextlib.suppress(websocket.WebSocketException, OSError):  # the other side may be gone
            self._socket.close(timeout=1)
        self._socket.shutdown()  # close() leaves a socket open that the other side has closed first


async def open_socket(server: Server, query: str, verify: ssl.SSLContext | bool) -> WebSocketClientConnection:
    """One connection of the stream for asyncio; raises ``Lost`` or what the server refuses with."""
    request = HTTPRequest(
        server.stream + query,
        headers=_headers(server),
        connect_timeout=CONNECT_SECONDS,
        request_timeout=CONNECT_SECONDS,
        follow_redirects=False,
        validate_cert=verify is not False,
        ssl_options=verify if isinstance(verify, ssl.SSLContext) else None,
    )
    connecting = asyncio.ensure_future(
        websocket_connect(request, ping_interval=_PING_SECONDS, max_message_size=_MAX_MESSAGE_BYTES)
    )
    try:
        return await asyncio.shield(connecting)
    except asyncio.CancelledError:
        connecting.add_done_callback(_hang_up)
        raise
    except HTTPClientError as error:
        raise _refusal(server, error.code, error.response.body if error.response is not None else b"") from None
    except OSError as error:
        raise Lost(f"{server.url} does not answer: {error}") from None


def _hang_up(connecting: asyncio.Future[WebSocketClientConnection]) -> None:
    """Close the connection that nobody waits for any more."""
    if not connecting.cancelled() and connecting.exception() is None:
        connecting.result().close()


def _refusal(server: Server, status: int, body: bytes) -> ClientError | Lost:
    """What the server refuses with, or ``Lost`` if coming back would help."""
    if str(status) in _REFUSED.split():
        return error_of(status, body)
    return Lost(f"{server.url} answered {status}")


def _headers(server: Server) -> dict[str, str]:
    return {"Authorization": f"token {server.token}"} if server.token else {}


def _ssl_options(verify: ssl.SSLContext | bool) -> dict[str, Any]:
    if isinstance(verify, ssl.SSLContext):
        return {"context": verify}
    return {} if verify else {"cert_reqs": ssl.CERT_NONE, "check_hostname": False}
