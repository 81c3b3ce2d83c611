"""What runs in a Dask worker: telling the host's supervisor, and waiting for its word. Never user code.

The functions are importable and their arguments small texts, so that nothing of ours is pickled by value. They are
coroutines: attempts wait in the worker's event loop, over one connection, and need no thread each.

``environ`` holds the engine's settings; what a worker's own environment says about its host goes first.
"""

import asyncio
import json
import os
from collections.abc import Sequence
from pathlib import Path

from jupyter_couture.executors.dask_line import SupervisorLine
from jupyter_couture.model.dag import Json
from jupyter_couture.settings import PREFIX, Settings

RETURNED = "returned"
"""The word of the supervisor for an attempt that was taken back before it had a slot."""


_LINGER_SECONDS = 0.1
"""After the first end in an errand, so long for the others: who counts slots wants to know of it."""


class Unended(Exception):
    """Not all attempts of an errand have ended. Its arguments: which were taken back, and which are still under way.

    An exception, since the end of a Dask task is told at once and its result is not.
    """

    def __init__(self, returned: Sequence[str], under_way: Sequence[str]) -> None:
        super().__init__(tuple(returned), tuple(under_way))


_lines: dict[Path, SupervisorLine] = {}
"""By home folder; a worker process has one event loop and mostly one home."""


async def attend(errand: str, environ: dict[str, str]) -> str:
    """Have this host's supervisor run attempts, or join them, until they have ended; raises ``Unavailable``.

    ``errand`` is what ``errand_text`` makes. Raises ``Unended`` if attempts were taken back, when its patience is at an
    end before any attempt is, or if some of several take longer than the first; then those that have no slot yet are
    taken back.
    """
    asked = json.loads(errand)
    line = _line(environ)
    ends = line.supervise(asked["orders"], asked["slots"])
    ended, _ = await asyncio.wait(ends.values(), timeout=asked["patience"], return_when=asyncio.FIRST_COMPLETED)
    if ended and len(ended) < len(ends):
        await asyncio.wait(ends.values(), timeout=_LINGER_SECONDS)
    while pending := [attempt_id for attempt_id, end in ends.items() if not end.done()]:
        if await line.take_back(pending):
            break  # all that is not ended now is under way
    words = {attempt_id: end.result() for attempt_id, end in ends.items() if end.done()}
    returned = [attempt_id for attempt_id, word in words.items() if word == RETURNED]
    if returned or len(words) < len(ends):
        raise Unended(returned, [attempt_id for attempt_id in ends if attempt_id not in words])
    return "ended"


def errand_text(orders: Sequence[Json], slots: int | None, patience_seconds: float | None = None) -> str:
    """Orders; how many attempts may be under way at once on the host that gets them, if that is known; how long to
    wait for the first end, None for ever.
    """
    return json.dumps({"orders": orders, "slots": slots, "patience": patience_seconds})


async def withdraw(attempt_ids: str, environ: dict[str, str]) -> str:
    """Have this host's supervisor stop attempts (a JSON list of ids). Raises ``Unavailable``."""
    await _line(environ).cancel(json.loads(attempt_ids))
    return "told"


async def prepare(_: str, environ: dict[str, str]) -> str:
    """Have a supervisor on this host before the first attempt needs one. Raises ``Unavailable``."""
    await _line(environ).open()
    return "ready"


def _line(environ: dict[str, str]) -> SupervisorLine:
    own = {name: value for name, value in os.environ.items() if name.startswith(PREFIX)}
    home = Path(own.get(f"{PREFIX}HOME") or environ.get(f"{PREFIX}HOME", ""))
    if home not in _lines:
        _lines[home] = SupervisorLine(Settings.load({**environ, **own}))
    return _lines[home]
