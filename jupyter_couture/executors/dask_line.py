"""One connection from a Dask worker to the supervisor of its host, shared by all attempts that the worker attends."""

import asyncio
import logging
from collections import deque
from collections.abc import Mapping, Sequence
from typing import Any

from jupyter_couture.executors.spawn import ensure_supervisor
from jupyter_couture.model.errors import Unavailable
from jupyter_couture.runtime.lines import LineBuffer, Message, to_line
from jupyter_couture.settings import Settings

_ANSWER_SECONDS = 5.0

_log = logging.getLogger(__name__)


class SupervisorLine(asyncio.Protocol):
    """Hands orders to the supervisor and hears of ends; a supervisor that dies is replaced and asked again.

    Orders of one turn of the event loop go out together, so that the supervisor claims them together.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._slots: int | None = None
        self._transport: asyncio.Transport | None = None
        self._inbox = LineBuffer()
        self._orders: dict[str, Mapping[str, Any]] = {}
        self._ends: dict[str, asyncio.Future[str]] = {}
        self._outbox: list[Mapping[str, Any]] = []
        self._answers: deque[asyncio.Future[bool]] = deque()
        self._connecting: asyncio.Task[None] | None = None

    def supervise(
        self, orders: Sequence[Mapping[str, Any]], slots: int | None = None
    ) -> dict[str, asyncio.Future[str]]:
        """The ends to come, by attempt, of what the supervisor runs or joins: final states, or ``Unavailable``.

        ``slots`` is how many it may have under way at once. The word ``returned`` is no state: it was taken back.
        Others may wait for the same ends, so they must not be cancelled.
        """
        self._slots = slots
        return {attempt_id: self._end_of(attempt_id, order) for order in orders if (attempt_id := order["attempt_id"])}

    def _end_of(self, attempt_id: str, order: Mapping[str, Any]) -> asyncio.Future[str]:
        end = self._ends.get(attempt_id)
        if end is None:
            end = self._ends[attempt_id] = asyncio.get_running_loop().create_future()
            self._orders[attempt_id] = order
            self._say(order)
        return end

    async def cancel(self, attempt_ids: Sequence[str]) -> None:
        """Ask the supervisor to stop attempts; raises ``Unavailable``."""
        await self.open()
        self._write({"do": "cancel", "attempts": list(attempt_ids)})

    async def take_back(self, attempt_ids: Sequence[str]) -> bool:
        """Have those back that have no slot yet: ``returned`` is their end. Whether the supervisor has heard it.

        Raises ``Unavailable`` if there is none.
        """
        await self.open()
        answer: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._answers.append(answer)
        self._write({"do": "take_back", "attempts": list(attempt_ids)})
        await asyncio.wait({answer}, timeout=_ANSWER_SECONDS)
        return answer.done() and answer.result()

    async def open(self) -> None:
        """Have a connection, to a new supervisor if there is none; raises ``Unavailable``."""
        self._connect_soon()
        if self._connecting is not None:
            await asyncio.shield(self._connecting)
        if self._transport is None:
            raise Unavailable(what="The supervisor of this host", message="it cannot be reached")

    def _say(self, order: Mapping[str, Any]) -> None:
        if self._transport is None:
            self._connect_soon()  # it says all orders
            return
        if not self._outbox:
            asyncio.get_running_loop().call_soon(self._flush)
        self._outbox.append(order)

    def _flush(self) -> None:
        orders, self._outbox = self._outbox, []
        if orders:
            self._write({"do": "supervise", "orders": orders, "slots": self._slots})

    def _write(self, message: Message) -> None:
        if self._transport is not None:
            self._transport.write(to_line(message))

    # --- the connection -----------------------------------------------------------------------------------------------

    def _connect_soon(self) -> None:
        if self._transport is None and (self._connecting is None or self._connecting.done()):
            self._connecting = asyncio.create_task(self._connect())

    async def _connect(self) -> None:
        while self._transport is None:
            try:
                link = await asyncio.to_thread(ensure_supervisor, self._settings)
            except (Unavailable, OSError) as error:
                self._give_up(error)
                return
            link.setblocking(False)
            await asyncio.get_running_loop().create_unix_connection(lambda: self, sock=link)

    def _give_up(self, error: Exception) -> None:
        for end in self._ends.values():
            if not end.done():
                end.set_exception(error)
                end.exception()  # of several, the one who waits looks at the first only
        self._ends.clear()
        self._orders.clear()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Say everything that is waited for."""
        self._transport = transport if isinstance(transport, asyncio.Transport) else None
        self._inbox = LineBuffer()
        self._outbox = list(self._orders.values())
        self._flush()

    def data_received(self, data: bytes) -> None:
        """Pass on ends."""
        for message in self._inbox.feed(data):
            if "taken_back" in message:  # their ends came before
                self._answers.popleft().set_result(True)
                continue
            attempt_id = str(message.get("ended"))
            self._orders.pop(attempt_id, None)
            end = self._ends.pop(attempt_id, None)
            if end is not None and not end.done():
                end.set_result(str(message.get("state")))

    def connection_lost(self, exc: Exception | None) -> None:
        """Look for the next supervisor, if anybody waits."""
        self._transport = None
        while self._answers:
            self._answers.popleft().set_result(False)
        if self._orders:
            _log.warning("The supervisor is gone; %s attempts are handed to the next one", len(self._orders))
            self._connect_soon()
