"""``LocalExecutor``: attempts on this host, without Dask. The same supervisor does the work."""

import asyncio
import heapq
import itertools
import logging
from collections.abc import Callable, Sequence

from jupyter_couture.executors.jobs import order_of
from jupyter_couture.executors.spawn import SUPERVISOR_COMMAND, ensure_supervisor
from jupyter_couture.model.errors import Unavailable
from jupyter_couture.model.ids import AttemptId
from jupyter_couture.model.intents import StartAttempt
from jupyter_couture.ports.executor import ExecutorHealth
from jupyter_couture.runtime.lines import LineBuffer, to_line
from jupyter_couture.settings import Settings

_RETRY_SECONDS = 1.0

_log = logging.getLogger("couture.executor")


class LocalExecutor:
    """Implements ``ports.Executor``: ``workers * slots_per_worker`` attempts at once, the others wait by priority."""

    def __init__(self, settings: Settings, command: Sequence[str] = SUPERVISOR_COMMAND) -> None:
        self._settings = settings
        self._command = command
        self._slots = settings.workers * settings.slots_per_worker
        self._open: dict[AttemptId, StartAttempt] = {}
        self._waiting: list[tuple[int, int, StartAttempt]] = []
        self._queued: set[AttemptId] = set()  # those of ``_waiting``: an attempt that waits long is submitted again
        self._order = itertools.count()
        self._transport: asyncio.Transport | None = None
        self._keeper: asyncio.Task[None] | None = None
        self._lost = asyncio.Event()
        self._trouble = ""

    async def start(self) -> None:
        """See ``ports.Executor``."""
        await self._connect()
        self._keeper = asyncio.create_task(self._keep_connected())

    async def submit(self, starts: Sequence[StartAttempt]) -> None:
        """See ``ports.Executor``."""
        for start in starts:
            if start.attempt_id not in self._open and start.attempt_id not in self._queued:
                self._queued.add(start.attempt_id)
                heapq.heappush(self._waiting, (-start.priority, next(self._order), start))
        self._hand_over()

    async def cancel(self, attempt_ids: Sequence[AttemptId]) -> None:
        """See ``ports.Executor``."""
        unwanted = frozenset(attempt_ids)
        self._waiting = [entry for entry in self._waiting if entry[2].attempt_id not in unwanted]
        heapq.heapify(self._waiting)
        self._queued -= unwanted
        if self._transport is not None:
            self._transport.write(to_line({"do": "cancel", "attempts": list(attempt_ids)}))

    def slots(self) -> int:
        """See ``ports.Executor``."""
        return self._slots if self._transport is not None else 0

    def waiting(self) -> int:
        """See ``ports.Executor``."""
        return len(self._waiting)

    def health(self) -> ExecutorHealth:
        """See ``ports.Executor``."""
        return ExecutorHealth(
            kind="local",
            workers=1 if self._transport is not None else 0,
            slots=self.slots(),
            message=self._trouble,
        )

    async def close(self, *, keep_running: bool) -> None:
        """See ``ports.Executor``. Without ``keep_running`` attempts that run are cancelled."""
        if self._keeper is not None:
            self._keeper.cancel()
            await asyncio.gather(self._keeper, return_exceptions=True)
        if self._transport is not None:
            if not keep_running and self._open:
                self._transport.write(to_line({"do": "cancel", "attempts": list(self._open)}))
            self._transport.close()
            self._transport = None

    # ---- the supervisor

    async def _connect(self) -> None:
        loop = asyncio.get_running_loop()
        link = await loop.run_in_executor(None, ensure_supervisor, self._settings, self._command)
        link.setblocking(False)
        self._lost.clear()
        transport, _ = await loop.create_unix_connection(lambda: _Ears(self._heard_end, self._lost.set), sock=link)
        self._transport = transport
        self._trouble = ""
        if self._open:  # joined there, or begun if the order never arrived
            self._send(list(self._open.values()))
        self._hand_over()

    async def _keep_connected(self) -> None:
        while True:
            await self._lost.wait()
            self._transport = None
            try:
                await self._connect()
            except Unavailable as error:
                _log.warning("%s", error)
                self._trouble = str(error)
                await asyncio.sleep(_RETRY_SECONDS)

    def _hand_over(self) -> None:
        starts: list[StartAttempt] = []
        while self._transport is not None and self._waiting and len(self._open) < self._slots:
            start = heapq.heappop(self._waiting)[2]
            self._queued.discard(start.attempt_id)
            self._open[start.attempt_id] = start
            starts.append(start)
        if starts:
            self._send(starts)

    def _send(self, starts: Sequence[StartAttempt]) -> None:
        if self._transport is not None:
            orders = [order_of(start) for start in starts]
            self._transport.write(to_line({"do": "supervise", "orders": orders, "slots": self._slots}))

    def _heard_end(self, attempt_id: AttemptId) -> None:
        self._open.pop(attempt_id, None)
        self._hand_over()


class _Ears(asyncio.Protocol):
    """Hears of ends, and of the end of the connection."""

    def __init__(self, on_end: Callable[[AttemptId], None], on_lost: Callable[[], None]) -> None:
        self._on_end = on_end
        self._on_lost = on_lost
        self._inbox = LineBuffer()

    def data_received(self, data: bytes) -> None:
        for message in self._inbox.feed(data):
            if "ended" in message:
                self._on_end(AttemptId(str(message["ended"])))

    def connection_lost(self, exc: Exception | None) -> None:
        self._on_lost()
