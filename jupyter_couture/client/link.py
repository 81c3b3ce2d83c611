"""The blocking way to one server: sends what the core wants sent, and listens to the stream."""

import ssl
import time
from collections.abc import Generator, Iterator
from contextlib import closing
from typing import TypeVar

import httpx

from jupyter_couture.client import calls, wire
from jupyter_couture.client.discovery import Server
from jupyter_couture.client.errors import TimedOut
from jupyter_couture.client.feed import SILENCE_SECONDS, Beat, Feed, Notice
from jupyter_couture.client.follower import Change, RunFollower
from jupyter_couture.client.following import Listen, Told, follow
from jupyter_couture.client.steps import Broken, Call, Pause, Reply, Send, Steps, perform
from jupyter_couture.client.wires import BlockingSocket, Lost, broken_of, http_options, reply_of, request_options

T = TypeVar("T")

TURN_SECONDS = 0.25
"""How long to listen before the caller has a turn, to draw or to give up."""

COMMAND_SECONDS = 10.0
"""How long an action is waited for until the engine has come to it; it is done all the same."""

COMMAND_PAUSE_SECONDS = 0.1


class Link:
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
        self._http = httpx.Client(**http_options(server, verify, timeout_seconds))

    def __repr__(self) -> str:
        return f"<Link to {self.server.url}>"

    def close(self) -> None:
        """Close all connections."""
        self._http.close()

    def do(self, call: Call[T]) -> T:
        """Send a call; what comes back, or the error that it is."""
        return self._drive(perform(call, self.patience_seconds))

    def done(self, call: Call[wire.Command]) -> wire.Command:
        """Send an order and wait until the engine has come to it."""
        command = self.do(call)
        deadline = time.monotonic() + COMMAND_SECONDS
        while not command.is_done and time.monotonic() < deadline:
            time.sleep(COMMAND_PAUSE_SECONDS)
            command = self.do(calls.command(command.number))
        return command

    def listen(self, feed: Feed) -> Generator[Notice, None, None]:
        """All after the cursor, through broken connections; a ``Beat`` in each ``TURN_SECONDS`` of silence."""
        while True:
            try:
                with closing(BlockingSocket(self.server, feed.query, self._verify)) as socket:
                    yield from _heard(socket, feed)
            except Lost as error:
                until = time.monotonic() + feed.broken(str(error))
                while (left := until - time.monotonic()) > 0:
                    yield Beat(is_connected=False)
                    time.sleep(min(TURN_SECONDS, left))

    def follow(self, follower: RunFollower, timeout_seconds: float | None) -> Generator[list[Change], None, None]:
        """The changes of a run until it has ended, with empty lists between; raises ``TimedOut``."""
        deadline = None if timeout_seconds is None else time.monotonic() + timeout_seconds
        steps = follow(follower, self.stream_patience_seconds)
        hearing: tuple[Feed, Generator[Notice, None, None]] | None = None
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
                        if deadline is not None and time.monotonic() > deadline and not follower.is_over:
                            raise late(follower, timeout_seconds)
                    case Listen():
                        if hearing is None or hearing[0] is not step.feed:
                            _leave(hearing)
                            hearing = step.feed, self.listen(step.feed)
                        answer = next(hearing[1])
                    case Send() | Pause():
                        answer = self._take(step)
        finally:
            _leave(hearing)

    def _drive(self, steps: Steps[T]) -> T:
        answer: Reply | Broken | None = None
        while True:
            try:
                step = steps.send(answer)
            except StopIteration as end:
                result: T = end.value
                return result
            answer = self._take(step)

    def _take(self, step: Send | Pause) -> Reply | Broken | None:
        if isinstance(step, Pause):
            time.sleep(step.seconds)
            return None
        try:
            return reply_of(self._http.request(**request_options(step)))
        except httpx.HTTPError as error:
            return broken_of(error, self.server)


def _heard(socket: BlockingSocket, feed: Feed) -> Iterator[Notice]:
    spoke_at = time.monotonic()
    while True:
        message = socket.receive(TURN_SECONDS)
        if message is not None:
            spoke_at = time.monotonic()
            yield from feed.take(message)
        elif time.monotonic() - spoke_at > SILENCE_SECONDS:
            raise Lost(f"the live stream said nothing for {SILENCE_SECONDS:g} s")
        else:
            yield Beat()


def _leave(hearing: tuple[Feed, Generator[Notice, None, None]] | None) -> None:
    """Close the connection that is listened to."""
    if hearing is not None:
        hearing[1].close()


def late(follower: RunFollower, timeout_seconds: float | None) -> TimedOut:
    """The run has not ended in time."""
    run = follower.run
    message = f"Run {run.run_id!r} of DAG {run.dag_id!r} is {run.state} after {timeout_seconds:g} s"
    return TimedOut(message=message, state=run.state)
