"""The way to a dashboard: its Unix socket, or the host that the settings name. Nothing of a request chooses it."""

import asyncio
import socket
from typing import Any

from tornado.httpclient import HTTPClientError, HTTPRequest, HTTPResponse
from tornado.netutil import Resolver
from tornado.simple_httpclient import SimpleAsyncHTTPClient
from tornado.websocket import WebSocketClientConnection, WebSocketError, websocket_connect

from jupyter_couture.model.errors import Unavailable
from jupyter_couture.services.cluster import WHAT, Dashboard

CONNECT_SECONDS = 3.0
ANSWER_SECONDS = 20.0
LARGEST_BYTES = 32 * 1024**2
LARGEST_MESSAGE_BYTES = 10 * 1024**2
MOST_AT_ONCE = 16


class _SocketResolver(Resolver):
    """Finds one Unix socket, whatever the name."""

    def initialize(self, path: str) -> None:
        self._path = path

    async def resolve(self, host: str, port: int, family: int = 0) -> list[tuple[int, Any]]:
        """The socket."""
        return [(socket.AF_UNIX, self._path)]


class Upstream:
    """A dashboard that can be asked. ``close`` lets go of what is under way."""

    def __init__(self, dashboard: Dashboard) -> None:
        self.dashboard = dashboard
        self._resolver: Resolver | None = _SocketResolver(path=dashboard.socket) if dashboard.socket else None
        self._client = SimpleAsyncHTTPClient(
            force_instance=True, max_clients=MOST_AT_ONCE, max_body_size=LARGEST_BYTES, resolver=self._resolver
        )

    async def fetch(self, path: str, options: str) -> HTTPResponse:
        """The answer to a GET of ours, redirects as they are; raises ``Unavailable`` if none comes."""
        request = HTTPRequest(
            f"{self.dashboard.url}/{path}{options}",
            follow_redirects=False,
            connect_timeout=CONNECT_SECONDS,
            request_timeout=ANSWER_SECONDS,
        )
        try:
            return await self._client.fetch(request, raise_error=False)
        except (OSError, HTTPClientError) as error:
            raise _away(error) from None

    async def connect(self, path: str, options: str, subprotocols: list[str]) -> WebSocketClientConnection:
        """A WebSocket; raises ``Unavailable``."""
        address = f"{self.dashboard.url}/{path}{options}".replace("http", "ws", 1)
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                return await websocket_connect(
                    address,
                    connect_timeout=CONNECT_SECONDS,
                    max_message_size=LARGEST_MESSAGE_BYTES,
                    subprotocols=subprotocols,
                    resolver=self._resolver,
                )
        except (OSError, HTTPClientError, WebSocketError) as error:
            raise _away(error) from None

    def close(self) -> None:
        """Let go."""
        self._client.close()


async def answers(dashboard: Dashboard) -> bool:
    """Whether somebody takes connections there."""
    upstream = Upstream(dashboard)
    try:
        return (await upstream.fetch("statics/css/base.css", "")).code < 500
    except Unavailable:
        return False
    finally:
        upstream.close()


def _away(error: Exception) -> Unavailable:
    reason = str(error) or type(error).__name__
    return Unavailable(what=WHAT, message=f"it does not answer ({reason}); it may be starting")
