"""What runs in a Dask worker: telling the host's supervisor, and waiting for its word. Never user code.

The functions are importable and their arguments small texts, so that nothing of ours is pickled by value. They are
coroutines: attempts wait in the worker's event loop, over one connection, and need no thread each.

``environ`` holds the engine's settings; what a worker's own environment says about its host goes first.
"""

import json
import os
from pathlib import Path

from jupyter_couture.executors.dask_line import SupervisorLine
from jupyter_couture.model.dag import Json
from jupyter_couture.settings import PREFIX, Settings

RETURNED = "returned"
"""The word of the supervisor for an attempt that was taken back before it had a slot."""


class Returned(Exception):
    """The attempt was taken back. An exception, since the end of a Dask task is told at once and its result is not."""


_lines: dict[Path, SupervisorLine] = {}
"""By home folder; a worker process has one event loop and mostly one home."""


async def attend(order: str, environ: dict[str, str]) -> str:
    """Have this host's supervisor run an attempt, or join it; the attempt's final state. Raises ``Unavailable``.

    ``order`` is what ``errand_text`` makes. Raises ``Returned`` if the attempt was taken back.
    """
    errand = json.loads(order)
    word = await _line(environ).supervise(errand["order"], errand["slots"])
    if word == RETURNED:
        raise Returned
    return word


def errand_text(order: Json, slots: int | None) -> str:
    """An order, and how many attempts may be under way at once on the host that gets it, if that is known."""
    return json.dumps({"order": order, "slots": slots})


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
