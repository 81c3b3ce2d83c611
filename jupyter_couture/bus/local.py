"""Signals between the processes of one host: datagrams to Unix sockets in the deployment's run folder.

A listener binds one socket per topic, ``bus-<topic>-<pid>-<n>.sock``; a publisher sends to every such file. There is
no server, nothing to start first, and nothing that can hang: a full or dead socket loses the signal, which by
contract costs time only.
"""

import asyncio
import contextlib
import errno
import os
import select
import socket
from collections.abc import Sequence
from itertools import count
from pathlib import Path

from jupyter_couture.bus.inbox import MAX_TEXT_BYTES, Inbox, checked

_numbers = count()


class LocalPublisher:
    """Sends signals on this host. Safe to use from any thread."""

    def __init__(self, run_dir: Path) -> None:
        self._folder = str(run_dir)
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK | socket.SOCK_CLOEXEC)

    def publish(self, topic: str, text: str = "") -> None:
        """Tell every listener of ``topic``; raises ``InvalidRequest`` only for a text that is too long."""
        message = checked(text)
        prefix = f"bus-{topic}-"
        with contextlib.suppress(FileNotFoundError):
            for name in os.listdir(self._folder):  # noqa: PTH208  (called for each signal; a Path per entry costs)
                if name.startswith(prefix):
                    self._send(message, f"{self._folder}/{name}")

    def close(self) -> None:
        """Stop sending."""
        self._socket.close()

    def _send(self, message: bytes, address: str) -> None:
        try:
            self._socket.sendto(message, address)
        except ConnectionRefusedError:  # its listener is gone
            with contextlib.suppress(OSError):
                Path(address).unlink()
        except OSError:
            # Full: a signal is waiting there already. Anything else: the listener's safety poll finds what we say.
            return


class LocalListener:
    """Receives signals of ``topics`` on this host. ``wait`` belongs to one event loop, ``poll`` to any thread."""

    def __init__(self, run_dir: Path, topics: Sequence[str]) -> None:
        self._folder = run_dir
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._inbox = Inbox()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._sockets = {topic: self._bound(topic) for topic in topics}

    async def wait(self, timeout_seconds: float) -> tuple[tuple[str, str], ...]:
        """The signals since the last call, or none after ``timeout_seconds``; returns as soon as there is one."""
        self._attach(asyncio.get_running_loop())
        self._drain()
        if not await self._inbox.wait(timeout_seconds):
            self._rebind()
        return self._inbox.take()

    def poll(self, timeout_seconds: float) -> tuple[tuple[str, str], ...]:
        """As ``wait``, blocking the calling thread."""
        self._drain()
        signals = self._inbox.take()
        if not signals:
            if not select.select(list(self._sockets.values()), [], [], timeout_seconds)[0]:
                self._rebind()
            self._drain()
            signals = self._inbox.take()
        return signals

    def close(self) -> None:
        """Stop listening."""
        self._detach()
        for one in self._sockets.values():
            self._release(one)
        self._sockets = {}

    def _bound(self, topic: str) -> socket.socket:
        one = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK | socket.SOCK_CLOEXEC)
        while True:
            try:
                one.bind(f"{self._folder}/bus-{topic}-{os.getpid()}-{next(_numbers)}.sock")
            except OSError as error:
                if error.errno != errno.EADDRINUSE:  # left by a dead process that had our number
                    one.close()
                    raise
            else:
                return one

    def _rebind(self) -> None:
        """Come back if somebody cleaned the folder: a listener without its file hears nothing."""
        for topic, one in list(self._sockets.items()):
            if not Path(one.getsockname()).exists():
                loop = self._loop
                self._detach()
                one.close()
                self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
                self._sockets[topic] = self._bound(topic)
                self._inbox.add(topic, "")  # something may have been missed
                if loop is not None:
                    self._attach(loop)

    def _attach(self, loop: asyncio.AbstractEventLoop) -> None:
        if self._loop is loop:
            return
        self._detach()
        self._loop = loop
        for one in self._sockets.values():
            loop.add_reader(one.fileno(), self._drain)

    def _detach(self) -> None:
        if self._loop is not None and not self._loop.is_closed():
            for one in self._sockets.values():
                self._loop.remove_reader(one.fileno())
        self._loop = None

    def _drain(self) -> None:
        for topic, one in self._sockets.items():
            while True:
                try:
                    message = one.recv(MAX_TEXT_BYTES + 1)
                except BlockingIOError:
                    break
                self._inbox.add(topic, message.decode("utf-8", "replace"))

    def _release(self, one: socket.socket) -> None:
        with contextlib.suppress(OSError):
            Path(one.getsockname()).unlink()
        one.close()
