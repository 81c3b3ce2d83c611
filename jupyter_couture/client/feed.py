"""The live stream without a socket: which address to ask, what a message says, when to come back after a break.

The cursor is the number of the last event that was taken. Coming back with it brings everything after it, once.
"""

import time
from dataclasses import dataclass
from typing import Any, TypeAlias

import msgspec

from jupyter_couture.client.errors import Unreachable
from jupyter_couture.client.steps import delays
from jupyter_couture.client.wire import Event

SILENCE_SECONDS = 45.0
"""A stream that says nothing for this long is dead: the server speaks every 15 s."""


@dataclass(frozen=True, slots=True)
class Reset:
    """Events were missed that nobody can bring back: look at the present state, it is at least as new as ``seq``."""

    seq: int


@dataclass(frozen=True, slots=True)
class Beat:
    """Nothing happened, and time went by. ``is_connected`` is false while the way to the server is broken."""

    is_connected: bool = True


Notice: TypeAlias = Event | Reset | Beat


class Feed:
    """The state of one listener. ``patience_seconds``: how long the server may be away before that is an error."""

    def __init__(self, cursor: int | None, patience_seconds: float) -> None:
        self.cursor = cursor
        self._patience_seconds = patience_seconds
        self._delays = delays()
        self._broken_since: float | None = None

    @property
    def query(self) -> str:
        """What to put behind the address of the stream."""
        return "" if self.cursor is None else f"?cursor={self.cursor}"

    def take(self, message: bytes | str) -> list[Notice]:
        """What a message says; the cursor moves on."""
        told: Any = msgspec.json.decode(message)
        self._broken_since, self._delays = None, delays()
        match told["type"]:
            case "hello":
                if self.cursor is None:
                    self.cursor = told["seq"]
                return [Beat()]
            case "events":
                events = msgspec.convert(told["events"], list[Event])
                fresh = [event for event in events if self.cursor is None or event.seq > self.cursor]
                if fresh:
                    self.cursor = fresh[-1].seq
                return list(fresh)
            case "reset":
                self.cursor = told["seq"]
                return [Reset(told["seq"])]
            case _:
                return [Beat()]

    def broken(self, message: str) -> float:
        """The connection broke: seconds to wait before the next try; raises ``Unreachable`` at the end of patience."""
        now = time.monotonic()
        if self._broken_since is None:
            self._broken_since = now
        if now - self._broken_since >= self._patience_seconds:
            raise Unreachable(message=message)
        return next(self._delays)
