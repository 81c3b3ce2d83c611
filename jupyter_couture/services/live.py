"""The live feed: one reader of the database, many watchers.

Rules
-----
* The hub reads the feed once for everybody and keeps the newest events, already encoded, in memory.
* A watcher pulls: it holds its own cursor and asks for what lies beyond. So a slow one needs no queue; it falls behind
  in memory, then in the database, and when even that has forgotten (or it is ``MAX_LAG`` events late) it is told to
  start over from a snapshot.
* Bus signals only make it quick. Without any, the feed is looked at every ``SWEEP_SECONDS``.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from jupyter_couture.model.errors import CoutureError
from jupyter_couture.model.records import FeedEvent
from jupyter_couture.ports.bus import Listener
from jupyter_couture.ports.store import ServiceStore
from jupyter_couture.services.work import Workers

SWEEP_SECONDS = 0.5

BATCH_SECONDS = 0.02
"""Reads of the feed are at least this far apart, so that a burst travels in few messages."""

PAGE = 2_000
KEPT = 20_000
"""Events kept in memory."""

MAX_LAG = 50_000
"""A watcher further behind than this starts over."""

MAX_MESSAGE = 1_000
"""Events in one message."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class EncodedEvent:
    """An event as it travels."""

    seq: int
    body: bytes


@dataclass(frozen=True, slots=True)
class Step:
    """What a watcher gets next: events, or the word to start over, or (neither) nothing within the time."""

    events: tuple[EncodedEvent, ...] = ()
    is_reset: bool = False


class LiveHub:
    """Tails the feed. Use from the event loop only; ``start`` first, ``close`` at the end."""

    def __init__(
        self,
        store: ServiceStore,
        workers: Workers,
        encode: Callable[[FeedEvent], bytes],
        listener: Listener | None = None,
        on_events: Callable[[Sequence[FeedEvent]], None] | None = None,
    ) -> None:
        self._store = store
        self._workers = workers
        self._encode = encode
        self._listener = listener
        self._on_events = on_events
        self._kept: deque[EncodedEvent] = deque(maxlen=KEPT)
        self._oldest = 0
        self._newest = 0
        self._watchers = 0
        self._grown = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    @property
    def newest(self) -> int:
        """The newest sequence number known here."""
        return self._newest

    @property
    def oldest(self) -> int:
        """The oldest sequence number that could be replayed when the feed was last read."""
        return self._oldest

    @property
    def watchers(self) -> int:
        """How many watch now."""
        return self._watchers

    async def start(self) -> None:
        """Find the present end of the feed and follow it from there."""
        self._oldest, self._newest = await self._workers.run(self._store.feed_position)
        self._task = asyncio.create_task(self._follow(), name="couture live feed")

    async def close(self) -> None:
        """Stop following."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        if self._listener is not None:
            self._listener.close()

    def watch(self, cursor: int | None) -> "Watcher":
        """A watcher of everything after ``cursor``; after this moment if None."""
        return Watcher(self, self._newest if cursor is None else cursor)

    # --- for watchers ---

    def join(self) -> None:
        """One more watches."""
        self._watchers += 1

    def leave(self) -> None:
        """One watches no more."""
        self._watchers -= 1

    async def beyond(self, cursor: int, timeout_seconds: float) -> Step:
        """Events after ``cursor``, waiting for the first one."""
        if cursor > self._newest:
            # A snapshot may be a moment ahead of us; anything else that is ahead comes from another history.
            step = await self._from_store(cursor)
            if step.is_reset or step.events:
                return step
        try:
            async with asyncio.timeout(timeout_seconds):
                while cursor >= self._newest:
                    await self._grown.wait()
        except TimeoutError:
            return Step()
        if self._newest - cursor > MAX_LAG:
            return Step(is_reset=True)
        if self._kept and self._kept[0].seq <= cursor + 1:
            return Step(self._from_memory(cursor))
        return await self._from_store(cursor)

    def _from_memory(self, cursor: int) -> tuple[EncodedEvent, ...]:
        found: list[EncodedEvent] = []
        for event in reversed(self._kept):
            if event.seq <= cursor:
                break
            found.append(event)
        found.reverse()
        return tuple(found[:MAX_MESSAGE])

    async def _from_store(self, cursor: int) -> Step:
        page = await self._workers.run(self._store.feed_after, cursor, MAX_MESSAGE)
        if page.is_too_old:
            return Step(is_reset=True)
        return Step(tuple(EncodedEvent(event.seq, self._encode(event)) for event in page.events))

    # --- following ---

    async def _follow(self) -> None:
        while True:
            try:
                await self._wait_for_a_reason()
                await self._read_to_the_end()
            except CoutureError as error:
                _log.warning("The live feed cannot be read for now: %s", error)
                await asyncio.sleep(SWEEP_SECONDS)

    async def _wait_for_a_reason(self) -> None:
        if self._listener is None:
            await asyncio.sleep(SWEEP_SECONDS)
        else:
            await self._listener.wait(SWEEP_SECONDS)

    async def _read_to_the_end(self) -> None:
        has_grown = True
        while has_grown:
            has_grown = await self._read_page()
            if has_grown:
                await asyncio.sleep(BATCH_SECONDS)

    async def _read_page(self) -> bool:
        page = await self._workers.run(self._store.feed_after, self._newest, PAGE)
        if page.is_too_old:
            # The database was replaced or trimmed beyond us: what we hold may be another history.
            self._kept.clear()
            self._oldest, self._newest = page.oldest, page.newest
            self._wake()
            return False
        self._oldest = page.oldest
        if not page.events:
            return False
        self._kept.extend(EncodedEvent(event.seq, self._encode(event)) for event in page.events)
        self._newest = page.events[-1].seq
        self._wake()
        if self._on_events is not None:
            self._on_events(page.events)
        return True

    def _wake(self) -> None:
        self._grown.set()
        self._grown = asyncio.Event()


class Watcher:
    """One watcher of a hub, as a context."""

    def __init__(self, hub: LiveHub, cursor: int) -> None:
        self._hub = hub
        self.cursor = cursor

    def __enter__(self) -> "Watcher":
        self._hub.join()
        return self

    def __exit__(self, *_: object) -> None:
        self._hub.leave()

    async def next(self, timeout_seconds: float) -> Step:
        """The next step; moves the cursor. After a reset the cursor is the hub's newest number."""
        step = await self._hub.beyond(self.cursor, timeout_seconds)
        if step.is_reset:
            self.cursor = self._hub.newest
        elif step.events:
            self.cursor = step.events[-1].seq
        return step
