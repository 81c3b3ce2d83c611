"""Following the log of an attempt while it grows."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass

from jupyter_couture.model.ids import RunKey, TaskKey
from jupyter_couture.model.states import OPEN_ATTEMPT_STATES
from jupyter_couture.ports.logs import LogChunk, LogReader
from jupyter_couture.services.runs import Runs
from jupyter_couture.services.work import Workers

MAX_READ_BYTES = 1024 * 1024
"""The most one read gives, whatever it asks for."""

_LOOK_SECONDS = 0.1
"""How often a waiting read looks for growth. Files are looked at rather than watched: a look costs microseconds."""


@dataclass(frozen=True, slots=True)
class LogPart:
    """Part of a log. ``is_complete``: the attempt has ended and there is nothing after this part."""

    chunk: LogChunk
    is_complete: bool


class Logs:
    """Reads logs by attempt. ``try_number`` may be of an attempt that was not made yet: its log is empty."""

    def __init__(self, reader: LogReader, runs: Runs, workers: Workers) -> None:
        self._reader = reader
        self._runs = runs
        self._workers = workers

    async def read(
        self, run: RunKey, task: TaskKey, try_number: int, *, offset: int, limit_bytes: int, wait_seconds: float
    ) -> LogPart:
        """Up to ``limit_bytes`` from ``offset`` (negative: from the end), waiting up to ``wait_seconds`` for any.

        Raises ``NotFound`` if there is no such task instance.
        """
        loop = asyncio.get_running_loop()
        deadline = loop.time() + wait_seconds
        limit = min(limit_bytes, MAX_READ_BYTES)
        while True:
            part = await self._workers.run(self._read_now, run, task, try_number, offset, limit)
            if part.chunk.next_offset > part.chunk.offset or part.is_complete or loop.time() >= deadline:
                return part
            await asyncio.sleep(min(_LOOK_SECONDS, max(0.0, deadline - loop.time())))

    def download(self, run: RunKey, task: TaskKey, try_number: int) -> Iterator[bytes]:
        """The whole log in pieces; raises ``NotFound`` if there is no such task instance."""
        self._runs.attempt(run, task, try_number)
        return self._reader.stream(run, task, try_number)

    def size_bytes(self, run: RunKey, task: TaskKey, try_number: int) -> int:
        """How long a log is now."""
        return self._reader.read(run, task, try_number, 0, 0).size_bytes

    def _read_now(self, run: RunKey, task: TaskKey, try_number: int, offset: int, limit: int) -> LogPart:
        # The state comes first: whatever an ended attempt wrote is then in the file that is read next.
        attempt = self._runs.attempt(run, task, try_number)
        has_ended = attempt is not None and attempt.state not in OPEN_ATTEMPT_STATES
        chunk = self._reader.read(run, task, try_number, offset, limit)
        return LogPart(chunk, has_ended and chunk.next_offset >= chunk.size_bytes)
