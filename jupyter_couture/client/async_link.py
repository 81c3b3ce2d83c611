"""The asynchronous way to one server: as ``link``, with awaits."""

import asyncio
import contextlib
import ssl
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import TypeVar

import httpx
from tornado.websocket import WebSocketClientConnection, WebSocketClosedError

from jupyter_couture.client import calls, wire
from jupyter_couture.client.discovery import Server
from jupyter_couture.client.feed import SILENCE_SECONDS, Beat, Feed, Notice
from jupyter_couture.client.follower import Change, RunFollower
from jupyter_couture.client.following import Listen, Told, follow
from jupyter_couture.client.link import COMMAND_PAUSE_SECONDS, COMMAND_SECONDS, TURN_SECONDS, late
from jupyter_couture.client.steps import Broken, Call, Pause, Reply, Send, Steps, perform
from jupyter_couture.client.wires import Lost, broken_of, http_options, open_socket, reply_of, request_options

T = TypeVar("T")

_CLOSE_SECONDS = 1.0


class AsyncLink:
    """Connections to one server. ``patience_seconds``: how long it may be away before that is an error."""

    def __init__(
        self,
        server: Server,
        *,
        timeout_seconds: float,
        patience_seconds: float,
        stream_patience_seconds: float,
        verify: ssl.SSLContext | bool,
    ) -> None:
        self.server = server
        self.patience_seconds = patience_seconds
        self.stream_patience_seconds = stream_patience_seconds
        self._verify = verify
        self._http = httpx.AsyncClient(**http_options(server, verify, timeout_seconds))

    def __repr__(self) -> str:
        return f"<AsyncLink to {self.server.url}>"

    async def close(self) -> None:
        """Close all connections."""
        await self._http.aclose()

    async def do(self, call: Call[T]) -> T:
        """Send a call; what comes back, or the error that it is."""
        return await self._drive(perform(call, self.patience_seconds))

    async def done(self, call: Call[wire.Command]) -> wire.Command:
        """Send an order and wait until the engine has come to it."""
        command = await self.do(call)
        clock = asyncio.get_running_loop().time
        deadline = clock() + COMMAND_SECONDS
        while not command.is_done and clock() < deadline:
            await asyncio.sleep(COMMAND_PAUSE_SECONDS)
            command = await self.do(calls.command(command.number))
        return command

    async def listen(self, feed: Feed) -> AsyncGenerator[Notice, None]:
        """All after the cursor, through broken connections; a ``Beat`` in each ``TURN_SECONDS`` of silence."""
        while True:
            try:
                socket = await open_socket(self.server, feed.query, self._verify)
                try:
                    async with aclosing(_heard(socket, feed)) as heard:
                        async for notice in heard:
                            yield notice
                finally:
                    await _close(socket)
            except Lost as error:
                left = feed.broken(str(error))
                while left > 0:
                    yield Beat(is_connected=False)
                    await asyncio.sleep(min(TURN_SECONDS, left))
                    left -= TURN_SECONDS

    async def follow(self, follower: RunFollower, timeout_seconds: float | None) -> AsyncGenerator[list[Change], None]:
        """The changes of a run until it has ended, with empty lists between; raises ``TimedOut``."""
        clock = asyncio.get_running_loop().time
        deadline = None if timeout_seconds is None else clock() + timeout_seconds
        steps = follow(follower, self.stream_patience_seconds)
        hearing: tuple[Feed, AsyncGenerator[Notice, None]] | None = None
        answer: Reply | Broken | Notice | None = None
        try:
            while True:
                try:
                    step = steps.send(answer)
                except StopIteration:
                    return
                answer = None
                match step:
                    case Told():
                        yield step.changes
                        if deadline is not None and clock() > deadline and not follower.is_over:
                            raise late(follower, timeout_seconds)
                    case Listen():
                        if hearing is None or hearing[0] is not step.feed:
                            await _leave(hearing)
                            hearing = step.feed, self.listen(step.feed)
                        answer = await anext(hearing[1])
                    case Send() | Pause():
                        answer = await self._take(step)
        finally:
            await _leave(hearing)

    async def _drive(self, steps: Steps[T]) -> T:
        answer: Reply | Broken | None = None
        while True:
            try:
                step = steps.send(answer)
            except StopIteration as end:
                result: T = end.value
                return result
            answer = await self._take(step)

    async def _take(self, step: Send | Pause) -> Reply | Broken | None:
        if isinstance(step, Pause):
            await asyncio.sleep(step.seconds)
            return None
        try:
            return reply_of(await self._http.request(**request_options(step)))
        except httpx.HTTPError as error:
            return broken_of(error, self.server)


async def _heard(socket: WebSocketClientConnection, feed: Feed) -> AsyncGenerator[Notice, None]:
    """What one connection says. One read is under way at a time, and outlives the turns of silence."""
    clock = asyncio.get_running_loop().time
    spoke_at = clock()
    reading: asyncio.Future[str | bytes | None] | None = None
    try:
        while True:
            reading = reading or asyncio.ensure_future(socket.read_message())
            await asyncio.wait((reading,), timeout=TURN_SECONDS)
            if not reading.done():
                if clock() - spoke_at > SILENCE_SECONDS:
                    raise Lost(f"the live stream said nothing for {SILENCE_SECONDS:g} s")
                yield Beat()
                continue
            try:
                message = reading.result()
            except WebSocketClosedError as error:
                raise Lost(f"the live stream broke: {error}") from None
            reading, spoke_at = None, clock()
            if message is None:
                raise Lost("the server closed the live stream")
            for notice in feed.take(message):
                yield notice
    finally:
        if reading is not None:
            reading.cancel()


async def _close(socket: WebSocketClientConnection) -> None:
    """Say good-bye and wait for the answer: only then is the connection gone, also where the loop ends right after."""
    socket.close()
    with contextlib.suppress(TimeoutError, WebSocketClosedError):
        async with asyncio.timeout(_CLOSE_SECONDS):
            while await socket.read_message() is not None:
                pass


async def _leave(hearing: tuple[Feed, AsyncGenerator[Notice, None]] | None) -> None:
    """Close the connection that is listened to."""
    if hearing is not None:
        await hearing[1].aclose()
