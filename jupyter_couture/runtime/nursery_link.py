"""A nursery's connection to its supervisor, which may die and be replaced at any time."""

import selectors
import socket
import time
from collections.abc import Callable
from pathlib import Path

from jupyter_couture.runtime.lines import LineBuffer, Message, to_line

_READ_BYTES = 256 * 1024
_RECONNECT_SECONDS = 0.05
_HOLD_SECONDS = 0.05


class NurseryLink:
    """Sends and hears messages; never blocks.

    ``hear`` is called with each message of the supervisor; ``greet`` gives what to say first to a new one. News of an
    attempt is held back for an instant: if the attempt ends meanwhile, its end says it all and the news is dropped.
    """

    def __init__(
        self,
        path: Path,
        selector: selectors.BaseSelector,
        hear: Callable[[Message], None],
        greet: Callable[[], list[Message]],
    ) -> None:
        self._path = str(path)
        self._selector = selector
        self._hear = hear
        self._greet = greet
        self._socket: socket.socket | None = None
        self._unsent = b""
        self._inbox = LineBuffer()
        self._held: dict[str, list[Message]] = {}
        self._tell_at = 0.0
        self.changed_at = time.monotonic()

    @property
    def is_open(self) -> bool:
        """Whether there is a supervisor at the other end."""
        return self._socket is not None

    @property
    def is_quiet(self) -> bool:
        """Whether all that was said has been taken, or nobody is there to take it."""
        return self._socket is None or not self._unsent

    def handle(self) -> tuple[int, ...]:
        """The socket's number, if there is one."""
        return () if self._socket is None else (self._socket.fileno(),)

    def connect(self) -> None:
        """Connect and greet, if a supervisor listens."""
        link = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_CLOEXEC)
        try:
            link.connect(self._path)
        except OSError:
            link.close()
            return
        link.setblocking(False)
        self._socket, self._unsent, self._inbox = link, b"", LineBuffer()
        self._held.clear()
        self._selector.register(link, selectors.EVENT_READ, self._on_event)
        for message in self._greet():
            self.send(message)

    def send(self, message: Message) -> None:
        """Say it now. Without a supervisor it is not said at all."""
        self._unsent += to_line(message)
        self._flush()

    def send_soon(self, attempt_id: str, message: Message) -> None:
        """Say it in an instant, unless ``drop`` comes first."""
        if not self._held:
            self._tell_at = time.monotonic() + _HOLD_SECONDS
        self._held.setdefault(attempt_id, []).append(message)

    def drop(self, attempt_id: str) -> None:
        """Forget what is held back about an attempt."""
        self._held.pop(attempt_id, None)

    def patience(self) -> float | None:
        """Seconds until ``turn`` has something to do; None if it has nothing to do."""
        if self._held:
            return max(0.0, self._tell_at - time.monotonic())
        return _RECONNECT_SECONDS if self._socket is None else None

    def turn(self) -> None:
        """Do what is due: say what was held back, look for a supervisor."""
        if self._held and time.monotonic() >= self._tell_at:
            messages = [message for held in self._held.values() for message in held]
            self._held.clear()
            for message in messages:
                self.send(message)
        if self._socket is None:
            self.connect()

    def _flush(self) -> None:
        if self._socket is None:
            self._unsent = b""
            return
        try:
            while self._unsent:
                self._unsent = self._unsent[self._socket.send(self._unsent) :]
        except BlockingIOError:
            pass
        except OSError:
            self._disconnect()
            return
        wanted = selectors.EVENT_READ | (selectors.EVENT_WRITE if self._unsent else 0)
        if self._selector.get_key(self._socket).events != wanted:
            self._selector.modify(self._socket, wanted, self._on_event)

    def _disconnect(self) -> None:
        if self._socket is not None:
            self._selector.unregister(self._socket)
            self._socket.close()
            self._socket = None
            self.changed_at = time.monotonic()

    def _on_event(self, events: int) -> None:
        if events & selectors.EVENT_WRITE:
            self._flush()
        if not events & selectors.EVENT_READ or self._socket is None:
            return
        try:
            data = self._socket.recv(_READ_BYTES)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._disconnect()
        for message in self._inbox.feed(data):
            self._hear(message)
