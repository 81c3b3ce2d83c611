"""The live stream: one WebSocket a watcher. Hello first, then events, resets, heartbeats and news of the engine.

The engine's state is no event of the feed: when it changes nobody is there who could write one. docs/api.md has it all.
"""

import asyncio
import logging
from http import HTTPStatus

import msgspec
from jupyter_server.auth.decorator import ws_authenticated
from jupyter_server.base.handlers import JupyterHandler
from tornado.iostream import StreamClosedError
from tornado.web import HTTPError
from tornado.websocket import WebSocketClosedError

import jupyter_couture
from jupyter_couture.services.live import Step, Watcher
from jupyter_couture_server.deployment import Deployment
from jupyter_couture_server.errors import failure_of
from jupyter_couture_server.identity import actor_of, check
from jupyter_couture_server.requests import query_of
from jupyter_couture_server.route import Route
from jupyter_couture_server.sockets import LiveSocket
from jupyter_couture_server.wire import StreamQuery, encode

PROTOCOL = 1
HEARTBEAT_SECONDS = 15.0
ENGINE_LOOK_SECONDS = 0.5
UNKNOWN_MESSAGE = 4400
"""Close code for a client that says anything: there is nothing to say."""

_log = logging.getLogger(__name__)


class StreamHandler(LiveSocket, JupyterHandler):
    """One watcher."""

    largest_message_bytes = 4096

    def initialize(self, deployment: Deployment, route: Route) -> None:
        self.deployment = deployment
        self.route = route
        self._cursor: int | None = None
        self._pump: asyncio.Task[None] | None = None
        self._engine_news: asyncio.Task[None] | None = None

    @ws_authenticated
    async def get(self) -> None:
        """Check the caller and the options, then become a WebSocket."""
        try:
            assert self.route.permission is not None
            await check(self, actor_of(self.current_user, self.request.remote_ip or ""), self.route.permission)
            if self.request.headers.get("Upgrade", "").lower() != "websocket":
                raise HTTPError(HTTPStatus.BAD_REQUEST, "only a WebSocket is served here")
            self._cursor = query_of(StreamQuery, self.request.query_arguments).cursor
            await self.deployment.ready()
        except Exception as error:  # noqa: BLE001 - the edge of a request: every fault becomes an answer
            failure = failure_of(error, "stream")
            if failure.is_ours:
                _log.exception("The live stream could not be opened")
            self.set_status(failure.status)
            self.set_header("Content-Type", "application/json")
            await self.finish(encode(failure.reply))
            return
        await super().get()

    def open(self) -> None:
        """Start sending. Jupyter's own pings are left out, as Tornado pings by ``ping_interval``."""
        self.set_nodelay(True)
        self._pump = asyncio.create_task(self._send_all(), name="couture stream")

    def on_message(self, message: str | bytes) -> None:
        """Nothing is expected."""
        self.close(UNKNOWN_MESSAGE, "unexpected message")

    def on_close(self) -> None:
        """Stop sending."""
        super().on_close()
        for task in (self._pump, self._engine_news):
            if task is not None:
                task.cancel()

    async def _send_all(self) -> None:
        hub = self.deployment.hub
        try:
            with hub.watch(self._cursor) as watcher:
                hello = {"type": "hello", "seq": hub.newest, "oldest": hub.oldest}
                await self.write_message(
                    msgspec.json.encode(hello | {"protocol": PROTOCOL, "server": jupyter_couture.__version__})
                )
                self._engine_news = asyncio.create_task(self._send_engine_news(), name="couture engine news")
                while True:
                    step = await watcher.next(HEARTBEAT_SECONDS)
                    await self.write_message(message(step, watcher))
        except (WebSocketClosedError, StreamClosedError):
            _log.debug("A watcher went away")
        except Exception:  # noqa: BLE001 - the edge of a loop
            _log.exception("A live stream broke; its watcher will come back")
            self.close(1011, "server error")

    async def _send_engine_news(self) -> None:
        told = self.deployment.engine_condition
        while True:
            await asyncio.sleep(ENGINE_LOOK_SECONDS)
            now = self.deployment.engine_condition
            if now is not told:
                try:
                    await self.write_message(msgspec.json.encode({"type": "engine", "state": now}))
                except (WebSocketClosedError, StreamClosedError):
                    return
                told = now


def message(step: Step, watcher: Watcher) -> bytes:
    """A step as it travels."""
    if step.is_reset:
        return msgspec.json.encode({"type": "reset", "seq": watcher.cursor})
    if step.events:
        return b'{"type":"events","events":[' + b",".join(event.body for event in step.events) + b"]}"
    return msgspec.json.encode({"type": "heartbeat", "seq": watcher.cursor})
