"""A supervisor in a few lines, for tests of the Dask executor alone: an attempt is a detached shell that leaves a file.

It keeps the one promise the executor relies on: handed in again, a running attempt is joined, and an ended one is over.
"""

import asyncio
import json
import os
import subprocess
import time
from pathlib import Path
from typing import Any

from jupyter_couture.executors.dask_task import Unended

_shells: list[subprocess.Popen[bytes]] = []


def traces() -> Path:
    """Where attempts leave ``<id>.begun``, ``<id>.runs`` with one line for each time they ran, and ``<id>.ended``."""
    place = Path(os.environ["COUTURE_HOME"]) / "standin"
    place.mkdir(exist_ok=True)
    return place


async def attend(order: str, environ: dict[str, str]) -> str:
    """Run the shell of each order once, for ``conf["seconds"]``, and wait for their ends."""
    errand = json.loads(order)
    begin = time.monotonic()
    ended = [_begin_or_join(start) for start in errand["orders"]]
    while not all(path.exists() for path in ended):  # made by other processes
        await asyncio.sleep(0.005)
        if errand["patience"] is not None and time.monotonic() - begin > errand["patience"]:
            raise Unended((), [path.stem for path in ended if not path.exists()])
    return "success"


async def quick(order: str, environ: dict[str, str]) -> str:
    """An attempt that is over at once."""
    return "success"


async def broken(order: str, environ: dict[str, str]) -> str:
    """A worker that cannot reach a supervisor."""
    raise OSError("no supervisor here")


def _begin_or_join(start: dict[str, Any]) -> Path:
    begun, runs, ended = (traces() / f"{start['attempt_id']}.{what}" for what in ("begun", "runs", "ended"))
    if not begun.exists():  # the shell decides: a worker killed here has begun nothing
        work = f"sleep {start['conf']['seconds']}; echo ran >> {runs}; touch {ended}"
        script = f"( set -C; : > {begun} ) 2> /dev/null && {{ {work}; }}"
        _shells.append(subprocess.Popen(["/bin/sh", "-c", script], start_new_session=True))
    return ended
