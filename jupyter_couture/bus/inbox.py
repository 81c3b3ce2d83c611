"""What both buses share: the size of a signal, and the signals that came since a listener last looked."""

import asyncio
import contextlib
import threading

from jupyter_couture.model.errors import InvalidRequest

MAX_TEXT_BYTES = 4096


def checked(text: str) -> bytes:
    """The text as bytes; raises ``InvalidRequest`` if it is too long for a signal."""
    message = text.replace("\x00", "?").encode("utf-8", "replace")
    if len(message) > MAX_TEXT_BYTES:
        raise InvalidRequest(field="text", message=f"a signal's text may have at most {MAX_TEXT_BYTES} bytes")
    return message


class Inbox:
    """Signals in the order they came, for one reader. Equal ones are kept once: they say nothing more.

    ``add`` may be called from any thread; the reader either waits in an event loop or blocks its thread.
    """

    def __init__(self) -> None:
        self._signals: dict[tuple[str, str], None] = {}
        self._changed = threading.Condition()
        self._waiter: asyncio.Future[bool] | None = None
        self._is_rung = False  # woken since the last take, perhaps before anybody waited

    def add(self, topic: str, text: str) -> None:
        """Keep a signal and wake whoever waits."""
        with self._changed:
            self._signals[topic, text] = None
        self.wake()

    def wake(self) -> None:
        """Let the reader look, though there may be nothing."""
        with self._changed:
            self._is_rung = True
            self._changed.notify_all()
            waiter = self._waiter
        if waiter is not None:
            with contextlib.suppress(RuntimeError):  # its loop was closed meanwhile
                waiter.get_loop().call_soon_threadsafe(_answer, waiter, True)

    def take(self) -> tuple[tuple[str, str], ...]:
        """All signals, which are then gone."""
        with self._changed:
            signals = tuple(self._signals)
            self._signals.clear()
            self._is_rung = False
        return signals

    async def wait(self, timeout_seconds: float) -> bool:
        """Whether it was woken within ``timeout_seconds``, or was already since the last ``take``."""
        loop = asyncio.get_running_loop()
        with self._changed:
            if self._is_rung:
                return True
            waiter: asyncio.Future[bool] = loop.create_future()
            self._waiter = waiter
        timer = loop.call_later(timeout_seconds, _answer, waiter, False)
        try:
            return await waiter
        finally:
            timer.cancel()
            self._waiter = None

    def block(self, timeout_seconds: float | None) -> bool:
        """As ``wait``, blocking the calling thread; None: as long as it takes."""
        with self._changed:
            return self._is_rung or self._changed.wait(timeout_seconds)


def _answer(waiter: "asyncio.Future[bool]", was_woken: bool) -> None:
    if not waiter.done():
        waiter.set_result(was_woken)
