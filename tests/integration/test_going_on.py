"""What keeps a run from standing still for long when processes die at an awkward moment."""

import asyncio
import os
import sys
import time
from pathlib import Path

import pytest

from jupyter_couture.executors import dask_pool
from jupyter_couture.executors.dask_record import POOL_FILE, PoolRecord
from jupyter_couture.executors.early import start_early
from jupyter_couture.executors.spawn import connect, ensure_supervisor
from jupyter_couture.model.errors import Unavailable
from jupyter_couture.runtime.places import supervisor_socket
from jupyter_couture.runtime.processes import identity
from jupyter_couture.settings import Settings
from tests.deployment import Deployment

DIES_FIRST = """
import os, pathlib, signal, socket, sys, time
marker, path = pathlib.Path(sys.argv[1]), sys.argv[2]
if not marker.exists():
    marker.touch()
    os.kill(os.getpid(), signal.SIGKILL)
with socket.socket(socket.AF_UNIX) as server:
    server.bind(path)
    server.listen()
    server.accept()
"""


def test_a_supervisor_killed_while_it_starts_is_started_again_at_once(tmp_path: Path) -> None:
    """And not when it would have had time enough to start."""
    settings = Settings.load({}, home=str(tmp_path))
    settings.make_folders()
    path = supervisor_socket(settings)
    path.parent.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-c", DIES_FIRST, str(tmp_path / "marker"), str(path)]
    begin = time.monotonic()
    ensure_supervisor(settings, command).close()
    assert time.monotonic() - begin < 3


def _record(settings: Settings, generation: int = 1) -> PoolRecord:
    record = PoolRecord(
        address="tls://127.0.0.1:1",
        keeper=identity(os.getpid()),
        fingerprint="",
        generation=generation,
        workers=1,
        slots_per_worker=1,
    )
    record.write(settings.run_dir)
    return record


@pytest.mark.asyncio
@pytest.mark.parametrize("fate", ["gone", "restarted"])
async def test_nobody_waits_for_a_pool_that_is_lost(tmp_path: Path, fate: str) -> None:
    """Such as the answer of a scheduler that died together with its keeper."""
    settings = Settings.load({}, home=str(tmp_path))
    settings.make_folders()
    record = _record(settings)
    waiting = asyncio.create_task(dask_pool.while_it_stands(settings, record, asyncio.sleep(60)))
    await asyncio.sleep(0.05)
    if fate == "gone":
        (settings.run_dir / POOL_FILE).unlink()
    else:
        _record(settings, generation=2)
    with pytest.raises(Unavailable):
        await asyncio.wait_for(waiting, 3)


@pytest.mark.asyncio
async def test_what_a_standing_pool_answers_is_passed_on(tmp_path: Path) -> None:
    settings = Settings.load({}, home=str(tmp_path))
    settings.make_folders()
    assert await dask_pool.while_it_stands(settings, _record(settings), asyncio.sleep(0.01, "answer")) == "answer"


def test_workers_and_supervisor_started_early_are_the_ones_used_later(tmp_path: Path) -> None:
    """One keeper and one supervisor, however the engine's own start falls together with theirs."""
    with Deployment(tmp_path / "home") as deployment:
        start_early(deployment.settings)
        record = asyncio.run(dask_pool.ensure(deployment.settings))
        ensure_supervisor(deployment.settings).close()
        assert len(deployment.pids_of("cli supervisor")) == 1
        assert PoolRecord.read(deployment.settings.run_dir) == record
        assert min(deployment.pids_of("dask_keeper")) == int(record.keeper.partition(":")[0])


def test_nothing_is_started_early_where_another_host_may_lead(tmp_path: Path) -> None:
    settings = Settings.load({}, home=str(tmp_path), database_url="postgresql+psycopg://nobody@127.0.0.1:1/none")
    start_early(settings)
    assert connect(settings) is None
    assert PoolRecord.read(settings.run_dir) is None
