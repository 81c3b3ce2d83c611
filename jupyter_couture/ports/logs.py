"""Reading the log of an attempt while it grows."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from jupyter_couture.model.ids import RunKey, TaskKey


@dataclass(frozen=True, slots=True)
class LogChunk:
    """Part of a log: ``text`` starts at byte ``offset``; the next read starts at ``next_offset`` of ``size_bytes``."""

    text: str
    offset: int
    next_offset: int
    size_bytes: int


class LogReader(Protocol):
    """Logs by attempt; a read never holds more than its limit in memory."""

    def read(self, run: RunKey, task: TaskKey, try_number: int, offset: int, limit_bytes: int) -> LogChunk:
        """Up to ``limit_bytes`` from ``offset`` (negative: from the end). An absent log is an empty one.

        Never splits a UTF-8 character; bytes that are no UTF-8 come as U+FFFD.
        """
        ...

    def stream(self, run: RunKey, task: TaskKey, try_number: int) -> Iterator[bytes]:
        """The whole log in pieces."""
        ...
