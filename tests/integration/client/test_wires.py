"""The asynchronous way to the live stream, against a server that takes its time to answer."""

import asyncio

import pytest
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application
from tornado.websocket import WebSocketHandler

from jupyter_couture.client.discovery import Server
from jupyter_couture.client.wires import open_socket


class _Slow(WebSocketHandler):
    """Opens a stream once it may, and notes that its client has left."""

    def initialize(self, asked: asyncio.Event, may_open: asyncio.Event, left: asyncio.Event) -> None:
        self._asked, self._may_open, self._left = asked, may_open, left

    async def prepare(self) -> None:
        self._asked.set()
        await self._may_open.wait()

    def on_close(self) -> None:
        self._left.set()


@pytest.mark.asyncio
async def test_who_is_cancelled_while_the_server_opens_the_stream_leaves_no_connection_behind() -> None:
    asked, may_open, left = asyncio.Event(), asyncio.Event(), asyncio.Event()
    server = HTTPServer(
        Application([(r".*", _Slow, {"asked": asked, "may_open": may_open, "left": left})])  # any path
    )
    [socket] = bind_sockets(0, "127.0.0.1")
    server.add_socket(socket)
    try:
        url = f"http://127.0.0.1:{socket.getsockname()[1]}/"
        opening = asyncio.ensure_future(open_socket(Server(url), "", verify=True))
        async with asyncio.timeout(10):
            await asked.wait()
            opening.cancel()
            with pytest.raises(asyncio.CancelledError):
                await opening
            may_open.set()
            await left.wait()
    finally:
        server.stop()
        await server.close_all_connections()
