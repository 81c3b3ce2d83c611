"""Ending what runs of a deployment on this host: the lab of `up`, engine, workers, supervisor, in this order."""

import asyncio
import contextlib
import fcntl
import os
import signal
from pathlib import Path

from jupyter_couture.executors import dask_pool
from jupyter_couture.runtime.places import supervisor_lock
from jupyter_couture.settings import Settings

UP_LOCK = "up.lock"
"""Held by `jupyter couture up` while its lab runs: a lab would start the next engine as soon as one ends."""

_GRACE_SECONDS = 15.0
_LOOK_SECONDS = 0.05


async def stop_deployment(settings: Settings) -> list[str]:
    """Stop everything of this home folder; what was there to stop."""
    ended = []
    if await _stop_holder(settings.run_dir / UP_LOCK):
        ended.append("JupyterLab")
    if await _stop_holder(settings.run_dir / "engine.lock"):
        ended.append("engine")
    if await dask_pool.stop(settings):
        ended.append("workers")
    if await _stop_holder(supervisor_lock(settings)):
        ended.append("supervisor")
    return ended


async def _stop_holder(lock: Path) -> bool:
    """Ask the process that holds a lock to end, make it if it does not; False if nobody holds it."""
    pid = _holder(lock)
    if pid is None:
        return False
    loop = asyncio.get_running_loop()
    deadline = loop.time() + _GRACE_SECONDS
    _signal(pid, signal.SIGTERM)
    while _holder(lock) == pid:
        if loop.time() > deadline:
            _signal(pid, signal.SIGKILL)
        await asyncio.sleep(_LOOK_SECONDS)
    return True


def _holder(lock: Path) -> int | None:
    """The process id written into a lock file, if the lock is held."""
    try:
        with lock.open("r+") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                text = file.read().strip()
                return int(text) if text.isdigit() else None
            return None
    except OSError:
        return None


def _signal(pid: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)
