"""Takes back what was handed out in advance, once attempts end too slowly for that: it may not be next any more."""

import asyncio
import logging
import time
from collections.abc import Callable, Sequence

from jupyter_couture.executors.pace import Pace
from jupyter_couture.executors.supervise import take_back
from jupyter_couture.settings import Settings

RECALL_SECONDS = 0.25
"""If nothing has ended for so long, or so long after some came back, it is time to look."""
WATCH_SECONDS = 2.0
"""So long until the next look where nothing came back: what is out is under way."""

_log = logging.getLogger(__name__)


class Recall:
    """See the module. ``out`` gives the attempts that are with workers, ``slots`` how many slots those have."""

    def __init__(
        self, settings: Settings, pace: Pace, out: Callable[[], Sequence[str]], slots: Callable[[], int]
    ) -> None:
        self._settings = settings
        self._pace = pace
        self._out = out
        self._slots = slots
        self._is_looking = False
        self._task: asyncio.Task[None] | None = None

    def soon(self, seconds: float = RECALL_SECONDS) -> None:
        """Look after ``seconds`` whether something is to be taken back, if anything is out in advance."""
        if not self._is_looking and len(self._out()) > self._slots():
            self._is_looking = True
            asyncio.get_running_loop().call_later(seconds, self._look)

    def cancel(self) -> list[asyncio.Task[None]]:
        """Take nothing back any more; what is still to be waited for."""
        if self._task is None:
            return []
        self._task.cancel()
        return [self._task]

    def _look(self) -> None:
        self._is_looking = False
        now = time.monotonic()
        quiet = self._pace.quiet_seconds(now)
        out, slots = self._out(), self._slots()
        if quiet >= RECALL_SECONDS or len(out) > slots + 2 * self._pace.ahead(slots, now):
            if len(out) > slots and (self._task is None or self._task.done()):
                self._task = asyncio.create_task(self._take_back(out))
        else:
            self.soon(RECALL_SECONDS - quiet)

    async def _take_back(self, out: Sequence[str]) -> None:
        """Those that come back are told by their deliveries (``End.RETURNED``)."""
        returned: list[str] = []
        try:
            returned = await asyncio.to_thread(take_back, out, self._settings.environ())
        except (OSError, ValueError) as error:
            _log.warning("What was handed out in advance cannot be taken back yet: %s", error)
        self.soon(RECALL_SECONDS if returned else WATCH_SECONDS)
