"""Our own Dask cluster: found if it runs, started if not, stopped when asked.

It is nobody's child: it has its own session, outlives the engine and the Jupyter server, and is found again by the
next engine through ``pool.json``.
"""

import asyncio
import atexit
import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, TypeVar

from jupyter_couture.executors.dask_record import ALREADY_KEPT, PoolRecord, fingerprint
from jupyter_couture.executors.tls import ensure_certificates
from jupyter_couture.model.errors import Unavailable
from jupyter_couture.runtime.processes import is_alive
from jupyter_couture.settings import PREFIX, Settings, secret_environ

START_SECONDS = 30.0
STOP_SECONDS = 5.0
_LOOK_SECONDS = 0.005
_WATCH_SECONDS = 0.1

_LOST_RACE_SECONDS = 1.0

_T = TypeVar("_T")

_keepers: list[tuple[Path, subprocess.Popen[bytes]]] = []
"""Keepers that this process started, with their run folders: held so that their exit codes are collected."""


def start_early(settings: Settings) -> None:
    """Start the pool if there is none, and do not wait for it; ``ensure`` does, later. Raises ``OSError``."""
    settings.make_folders()
    if PoolRecord.read(settings.run_dir) is None and _started(settings) is None:
        _spawn(settings)


async def ensure(settings: Settings) -> PoolRecord:
    """The running pool, started if there is none or if it is of other versions or sizes.

    Returns when clients can connect; workers follow within tens of milliseconds. Raises ``Unavailable``.
    """
    settings.make_folders()
    ensure_certificates(settings.tls_dir)
    wanted = fingerprint(settings)
    deadline = time.monotonic() + START_SECONDS
    keeper = _started(settings)
    while time.monotonic() < deadline:
        record = PoolRecord.read(settings.run_dir)
        if record is not None and record.fingerprint == wanted:
            return record
        if record is not None:
            await stop(settings)
            keeper = _started(settings)
        if keeper is None:
            keeper = _spawn(settings)
        elif keeper.poll() == ALREADY_KEPT:  # somebody else starts one: give it time, then look again
            await asyncio.sleep(_LOST_RACE_SECONDS)
            keeper = None
        elif keeper.returncode is not None:
            raise Unavailable(what="The Dask pool", message=_last_words(settings, keeper.returncode))
        await asyncio.sleep(_LOOK_SECONDS)
    raise Unavailable(what="The Dask pool", message=f"it did not start within {START_SECONDS:.0f} seconds")


async def while_it_stands(settings: Settings, record: PoolRecord, work: Coroutine[Any, Any, _T]) -> _T:
    """What comes of ``work``, which needs the pool of ``record``.

    Raises ``Unavailable`` as soon as that pool is gone or has another scheduler, instead of waiting for an answer that
    nobody is there to give.
    """
    task = asyncio.create_task(work)
    try:
        while not task.done() and _stands(settings, record):
            await asyncio.wait({task}, timeout=_WATCH_SECONDS)
    finally:
        task.cancel()
        await asyncio.wait({task})
    if task.cancelled():
        raise Unavailable(what="The Dask pool", message="it was lost or replaced before it answered")
    return task.result()


def _stands(settings: Settings, record: PoolRecord) -> bool:
    now = PoolRecord.read(settings.run_dir)
    return now is not None and (now.keeper, now.generation) == (record.keeper, record.generation)


async def stop(settings: Settings) -> bool:
    """End the pool, whatever it does; False if there was none. Attempts run on under their supervisor."""
    record = PoolRecord.read(settings.run_dir)
    if record is None:
        return False
    _signal(record.keeper, signal.SIGTERM)
    deadline = time.monotonic() + STOP_SECONDS
    while is_alive(record.keeper):
        if time.monotonic() > deadline:
            _signal(record.keeper, signal.SIGKILL)  # its nodes die with it
        await asyncio.sleep(_LOOK_SECONDS)
    _collect()
    return True


def _spawn(settings: Settings) -> subprocess.Popen[bytes]:
    _collect()
    environ = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    with _log_file(settings).open("ab") as log:
        keeper = subprocess.Popen(
            [sys.executable, "-m", "jupyter_couture.executors.dask_keeper"],
            env=environ | secret_environ() | settings.environ(),
            cwd=settings.home,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    _keepers.append((settings.run_dir, keeper))
    return keeper


def _started(settings: Settings) -> subprocess.Popen[bytes] | None:
    """The keeper that this process started and that has not ended."""
    _collect()
    return next((keeper for run_dir, keeper in _keepers if run_dir == settings.run_dir), None)


def _collect() -> None:
    """Take the exit codes of keepers that have ended, so that nothing of them is left."""
    _keepers[:] = [(run_dir, keeper) for run_dir, keeper in _keepers if keeper.poll() is None]


@atexit.register
def _let_go() -> None:
    """What we started outlives us; that is no reason for a warning."""
    for _, keeper in _keepers:
        keeper.returncode = 0


def _signal(process: str, number: int) -> None:
    """Signal the process of this identity and no other."""
    with contextlib.suppress(ProcessLookupError):
        handle = os.pidfd_open(int(process.partition(":")[0]))
        try:
            if is_alive(process):
                signal.pidfd_send_signal(handle, number)
        finally:
            os.close(handle)


def _log_file(settings: Settings) -> Path:
    return settings.logs_dir / "pool-keeper.log"


def _last_words(settings: Settings, code: int) -> str:
    """Why a keeper ended: the last line it said."""
    lines = _log_file(settings).read_text(errors="replace").split("\n")
    said = next((line.strip() for line in reversed(lines) if line.strip()), "it said nothing")
    return f"its keeper ended with code {code}: {said} (see {_log_file(settings)})"
