"""JSON lines over a socket or pipe: the framing of everything that supervisor, nurseries and payloads say."""

import json
from typing import Any, TypeAlias

Message: TypeAlias = dict[str, Any]

_encode = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False).encode


def to_line(message: Message) -> bytes:
    """One message as one line."""
    return _encode(message).encode("utf-8", "surrogatepass") + b"\n"


class LineBuffer:
    """Collects bytes and gives back whole messages.

    A line that is no JSON object is dropped: user code can reach one end of a payload's pipe. A line longer than
    ``limit_bytes`` is dropped too, and counted in ``dropped``.
    """

    def __init__(self, limit_bytes: int = 64 * 1024**2) -> None:
        self._rest = b""
        self._limit = limit_bytes
        self._is_skipping = False
        self.dropped = 0

    def feed(self, data: bytes) -> list[Message]:
        """The messages that ``data`` completes, in order."""
        *lines, self._rest = (self._rest + data).split(b"\n")
        if self._is_skipping and lines:
            lines.pop(0)
            self._is_skipping = False
        messages = [message for line in lines if (message := self._read(line)) is not None]
        if len(self._rest) > self._limit:
            self._rest = b""
            self._is_skipping = True
            self.dropped += 1
        return messages

    def _read(self, line: bytes) -> Message | None:
        try:
            message = json.loads(line)
        except (ValueError, RecursionError):
            message = None
        if isinstance(message, dict):
            return message
        self.dropped += 1
        return None
