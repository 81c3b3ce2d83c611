"""Signals through PostgreSQL's LISTEN and NOTIFY, for engines, servers and workers on several hosts.

Nobody's caller waits for the network: a thread of each publisher and of each listener owns a connection. A broken one
is opened again after growing pauses; what a listener may have missed meanwhile is made up for by one empty signal of
each of its topics.
"""

import contextlib
import logging
import re
import select
import socket
import threading
from collections.abc import Callable, Sequence
from typing import Any

from jupyter_couture.bus.inbox import Inbox, checked

log = logging.getLogger(__name__)

_CHANNEL = "couture_"
_LONGEST_PAUSE_SECONDS = 10.0
_GOODBYE_SECONDS = 2.0


class PostgresPublisher:
    """Sends signals to every host on the database. Safe to use from any thread."""

    def __init__(self, url: str) -> None:
        self._outbox = Inbox()
        self._line = _Line(url, self._send, self._outbox.wake, "couture-notify")

    def publish(self, topic: str, text: str = "") -> None:
        """Tell every listener of ``topic``; raises ``InvalidRequest`` only for a text that is too long."""
        self._outbox.add(topic, checked(text).decode())

    def close(self) -> None:
        """Send what waits, if that is possible at once, and stop."""
        self._line.close()

    def _send(self, connection: Any, stopping: threading.Event) -> None:
        while True:
            is_last = stopping.is_set()
            signals = [(_CHANNEL + topic, text) for topic, text in self._outbox.take()]
            if signals:
                connection.cursor().executemany("SELECT pg_notify(%s, %s)", signals)
            if is_last:
                return
            self._outbox.block(None)


class PostgresListener:
    """Receives signals of ``topics`` from every host on the database; ``wait`` or ``poll``, not both at once."""

    def __init__(self, url: str, topics: Sequence[str]) -> None:
        self._topics = tuple(topics)
        self._inbox = Inbox()
        self._is_again = False
        self._bell, self._bell_rope = socket.socketpair()
        self._listening = threading.Event()
        self._line = _Line(url, self._receive, lambda: self._bell_rope.send(b"!"), "couture-listen")

    def ready(self, timeout_seconds: float) -> bool:
        """Whether it listens within ``timeout_seconds``. Nobody needs to ask: what comes before is swept up."""
        return self._listening.wait(timeout_seconds)

    async def wait(self, timeout_seconds: float) -> tuple[tuple[str, str], ...]:
        """The signals since the last call, or none after ``timeout_seconds``; returns as soon as there is one."""
        await self._inbox.wait(timeout_seconds)
        return self._inbox.take()

    def poll(self, timeout_seconds: float) -> tuple[tuple[str, str], ...]:
        """As ``wait``, blocking the calling thread."""
        self._inbox.block(timeout_seconds)
        return self._inbox.take()

    def close(self) -> None:
        """Stop listening."""
        self._line.close()
        self._bell.close()
        self._bell_rope.close()

    def _receive(self, connection: Any, stopping: threading.Event) -> None:
        for topic in self._topics:
            connection.execute(f'LISTEN "{_CHANNEL}{topic}"')
        if self._is_again:
            for topic in self._topics:
                self._inbox.add(topic, "")
        self._is_again = True
        self._listening.set()
        while not stopping.is_set():
            select.select([connection.fileno(), self._bell], [], [])
            connection.pgconn.consume_input()
            while found := connection.pgconn.notifies():
                self._inbox.add(found.relname.decode().removeprefix(_CHANNEL), found.extra.decode())


class _Line:
    """A thread with a connection: runs ``work`` on it, and again on a new one when it breaks."""

    def __init__(self, url: str, work: Callable[[Any, threading.Event], None], wake: Callable[[], object], name: str):
        self._url = url
        self._work = work
        self._wake = wake
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Ask the thread to end and wait a moment for it."""
        self._stopping.set()
        self._wake()
        self._thread.join(_GOODBYE_SECONDS)

    def _run(self) -> None:
        import psycopg  # noqa: PLC0415  (an optional library, needed in this adapter only)

        pause = 0.1
        while not self._stopping.is_set():
            try:
                with contextlib.closing(_connected(psycopg, self._url)) as connection:
                    pause = 0.1
                    self._work(connection, self._stopping)
            except (psycopg.Error, OSError) as error:
                log.warning("Signals are cut off from the database, trying again: %s", error)
                self._stopping.wait(pause)
                pause = min(pause * 2, _LONGEST_PAUSE_SECONDS)


def _connected(psycopg: Any, url: str) -> Any:
    return psycopg.connect(
        re.sub(r"^postgresql\+\w+://", "postgresql://", url),
        autocommit=True,
        connect_timeout=5,
        application_name="jupyter-couture-signals",
        keepalives_idle=10,
        keepalives_interval=5,
        keepalives_count=3,
    )
