"""The Dask executor over a real pool, with a stand-in for the supervisor: deliveries survive whatever dies."""

import asyncio
import contextlib
import os
import re
import signal
import subprocess
import sys
import time
import unittest.mock
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

import pytest
import pytest_asyncio
from distributed import Scheduler

from jupyter_couture.executors import dask_executor, dask_pool, pace
from jupyter_couture.executors.dask_executor import DaskExecutor
from jupyter_couture.executors.dask_record import PoolRecord, versions
from jupyter_couture.model.errors import Unavailable
from jupyter_couture.model.ids import AttemptId, DagId, RunId, RunKey, TaskId, TaskKey, VersionHash
from jupyter_couture.model.intents import StartAttempt
from jupyter_couture.settings import Settings
from tests.integration import dask_standin

MOMENT = datetime(2026, 11, 22, tzinfo=UTC)


def an_order(seconds: float = 0.0, priority: int = 0) -> StartAttempt:
    return StartAttempt(
        attempt_id=AttemptId(uuid4().hex),
        run_key=RunKey(DagId("d"), RunId("r")),
        task_key=TaskKey(TaskId("t")),
        try_number=1,
        version=VersionHash("v"),
        fence=1,
        operator_kind="python",
        logical_date=MOMENT,
        data_interval_start=MOMENT,
        data_interval_end=MOMENT,
        run_type="manual",
        run_queued_at=MOMENT,
        conf={"seconds": seconds},
        max_tries=1,
        priority=priority,
    )


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """One deployment for all tests of this file, so that its pool is started once."""
    found = Settings.load({"COUTURE_HOME": str(tmp_path_factory.mktemp("dask"))})
    yield found
    asyncio.run(dask_pool.stop(found))


@pytest_asyncio.fixture
async def executor(settings: Settings) -> AsyncIterator[DaskExecutor]:
    made = DaskExecutor(settings, act=dask_standin.attend)
    await made.start()
    await until(lambda: made.slots() == 8)
    yield made
    await made.close(keep_running=True)


async def until(claim: Callable[[], bool], seconds: float = 20) -> float:
    begin = time.monotonic()
    while not claim():
        assert time.monotonic() - begin < seconds, "it did not come true in time"
        await asyncio.sleep(0.01)
    return time.monotonic() - begin


def begun(settings: Settings, orders: list[StartAttempt]) -> int:
    """How many of the attempts have begun."""
    return sum((settings.home / "standin" / f"{order.attempt_id}.begun").exists() for order in orders)


def runs_of(settings: Settings, orders: list[StartAttempt]) -> list[str]:
    """What each attempt left behind: one line for each time that it ran to its end."""
    files = [settings.home / "standin" / f"{order.attempt_id}.runs" for order in orders]
    return [file.read_text() if file.exists() else "" for file in files]


def kill_node(settings: Settings, index: int, number: int = signal.SIGKILL) -> None:
    """Signal a process of the pool: 0 is the scheduler, -1 the keeper."""
    record = PoolRecord.read(settings.run_dir)
    assert record is not None
    process = record.keeper if index < 0 else record.nodes[index].identity
    with contextlib.suppress(ValueError, ProcessLookupError):  # it is being replaced
        os.kill(int(process.partition(":")[0]), number)


async def ends_well(
    executor: DaskExecutor, settings: Settings, orders: list[StartAttempt], seconds: float = 30
) -> None:
    """All attempts ended, each after one run, and the executor owes nothing."""
    await until(lambda: executor.is_idle, seconds)
    assert runs_of(settings, orders) == ["ran\n"] * len(orders)


@pytest.mark.asyncio
async def test_attempts_are_carried_out_and_forgotten(executor: DaskExecutor, settings: Settings) -> None:
    orders = [an_order() for _ in range(30)]
    await executor.submit(orders)
    await ends_well(executor, settings, orders)
    assert executor.health().message == ""
    assert (executor.health().workers, executor.slots()) == (2, 8)


@pytest.mark.asyncio
async def test_no_more_attempts_run_than_there_are_slots_and_the_heavy_go_first(
    executor: DaskExecutor, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pace, "MOMENT_SECONDS", 0.0)  # the stand-in has no gate for what is handed out in advance
    running = [an_order(seconds=1.0) for _ in range(8)]
    light, heavy = [an_order(priority=1) for _ in range(8)], [an_order(0.3, priority=9) for _ in range(8)]
    everything = [*running, *light, *heavy]
    await executor.submit(running)
    await until(lambda: begun(settings, running) == 8)
    await executor.submit([*light, *heavy])
    await asyncio.sleep(0.3)
    assert begun(settings, everything) == 8
    await ends_well(executor, settings, everything)
    times = [(settings.home / "standin" / f"{order.attempt_id}.begun").stat().st_mtime_ns for order in (*heavy, *light)]
    assert max(times[:8]) <= min(times[8:])


@pytest.mark.asyncio
async def test_what_was_refused_is_tried_again_within_the_slots(settings: Settings) -> None:
    """Hundreds that wait for a supervisor must not all be out at once when there is one."""
    executor = DaskExecutor(replace(settings, max_deliveries=100), act=dask_standin.broken)
    await executor.start()
    await until(lambda: executor.slots() == 8)
    orders = [an_order(seconds=0.05) for _ in range(100)]
    most = 0
    with unittest.mock.patch.object(dask_executor, "RETRY_SECONDS", 0.05):
        await executor.submit(orders)
        await until(lambda: "no supervisor here" in executor.health().message)
        await asyncio.sleep(0.5)
        executor._act = dask_standin.attend
        while not executor.is_idle:
            most = max(most, len(executor._out()))
            await asyncio.sleep(0.002)
    await executor.close(keep_running=True)
    assert most <= 8 * (pace.MOST_TIMES + 1)
    assert runs_of(settings, orders) == ["ran\n"] * len(orders)


@pytest.mark.asyncio
async def test_what_takes_its_time_in_a_parcel_is_joined_by_a_delivery_of_its_own(
    executor: DaskExecutor, settings: Settings
) -> None:
    short, long = [an_order() for _ in range(60)], [an_order(seconds=1.0) for _ in range(8)]
    await executor.submit([*short, *long])
    await until(lambda: runs_of(settings, short) == ["ran\n"] * 60)
    await until(lambda: len(executor._open) == 8)
    await until(lambda: all(item.follower is not None for item in executor._open.values()))
    assert executor.waiting() == 0
    await ends_well(executor, settings, [*short, *long])


@pytest.mark.asyncio
async def test_the_same_attempt_handed_in_twice_runs_once(executor: DaskExecutor, settings: Settings) -> None:
    order = an_order(seconds=0.3)
    await executor.submit([order, order])
    await executor.submit([order])
    await ends_well(executor, settings, [order])


@pytest.mark.asyncio
async def test_an_attempt_that_nobody_claimed_is_delivered_again(settings: Settings) -> None:
    executor = DaskExecutor(replace(settings, claim_seconds=0.1, sweep_seconds=0.05), act=dask_standin.attend)
    await executor.start()
    order = an_order(seconds=1.0)
    await executor.submit([order])
    await asyncio.sleep(0.3)
    await executor.submit([order])
    await ends_well(executor, settings, [order])
    await executor.close(keep_running=True)


@pytest.mark.asyncio
async def test_killed_workers_do_not_run_anything_twice(settings: Settings, executor: DaskExecutor) -> None:
    """R07 and R12: half of the kills are SIGKILL, half SIGTERM; running payloads are joined."""
    orders = [an_order(seconds=0.4) for _ in range(48)]
    await executor.submit(orders)
    for turn in range(10):
        await asyncio.sleep(0.25)
        kill_node(settings, 1 + turn % 2, signal.SIGKILL if turn < 5 else signal.SIGTERM)
    await ends_well(executor, settings, orders)


@pytest.mark.asyncio
async def test_slots_are_back_after_all_workers_died(settings: Settings, executor: DaskExecutor) -> None:
    """R08."""
    orders = [an_order(seconds=0.5) for _ in range(16)]
    await executor.submit(orders)
    await until(lambda: begun(settings, orders) == 8)
    kill_node(settings, 1)
    kill_node(settings, 2)
    await ends_well(executor, settings, orders, 15)
    await until(lambda: executor.slots() == 8, 15)


@pytest.mark.asyncio
@pytest.mark.parametrize("who", [0, -1], ids=["scheduler", "whole cluster"])
async def test_a_killed_cluster_costs_a_moment_and_no_attempt(
    settings: Settings, executor: DaskExecutor, who: int
) -> None:
    """R09 and R10: running payloads go on and are joined, waiting ones are delivered again, within 20 s."""
    orders = [an_order(seconds=0.6) for _ in range(24)]
    await executor.submit(orders)
    for _ in range(2):
        await asyncio.sleep(0.3)
        kill_node(settings, who)
        await until(lambda: executor.slots() == 0, 5)
        assert "attempts wait" in executor.health().message
        await until(lambda: executor.slots() == 8, 20)
    await ends_well(executor, settings, orders)


@pytest.mark.asyncio
async def test_the_next_engine_joins_what_the_last_one_left_running(settings: Settings) -> None:
    first, second = (DaskExecutor(settings, act=dask_standin.attend) for _ in range(2))
    orders = [an_order(seconds=1.0) for _ in range(12)]
    await first.start()
    await first.submit(orders)
    await until(lambda: begun(settings, orders) == 8)
    await first.close(keep_running=True)
    await second.start()
    await second.submit(orders)
    await ends_well(second, settings, orders)
    await second.close(keep_running=True)


@pytest.mark.asyncio
async def test_a_delivery_that_fails_is_tried_again_and_then_given_back(settings: Settings) -> None:
    executor = DaskExecutor(replace(settings, max_deliveries=2), act=dask_standin.broken)
    await executor.start()
    await executor.submit([an_order()])
    await until(lambda: executor.is_idle, 10)
    assert "no supervisor here" in executor.health().message
    await executor.close(keep_running=True)


@pytest_asyncio.fixture
async def foreign(settings: Settings) -> AsyncIterator[Settings]:
    """Settings for a plain Dask scheduler of somebody else, without encryption and still without workers."""
    async with Scheduler(host="127.0.0.1", port=0, dashboard_address="127.0.0.1:0") as scheduler:
        yield replace(settings, dask_address=scheduler.address)


@contextlib.contextmanager
def foreign_worker(settings: Settings, preparation: str = "") -> Iterator[None]:
    """A plain Dask worker with three threads, in a process of its own that first does ``preparation``."""
    script = (
        "import asyncio\n"
        "from distributed import Worker\n"
        "async def work():\n"
        f"    async with Worker({settings.dask_address!r}, nthreads=3, host='127.0.0.1') as worker:\n"
        "        await worker.finished()\n"
        "if __name__ == '__main__':\n"
        "    asyncio.run(work())\n"
    )
    environ = {**os.environ, **settings.environ()}
    process = subprocess.Popen([sys.executable, "-c", preparation + script], stderr=subprocess.DEVNULL, env=environ)
    try:
        yield
    finally:
        process.kill()
        process.wait()


@pytest.mark.asyncio
async def test_without_workers_attempts_wait_and_health_says_why(foreign: Settings) -> None:
    """R35."""
    executor = DaskExecutor(foreign, act=dask_standin.attend)
    with unittest.mock.patch.object(dask_executor, "FIRST_WORKER_SECONDS", 0.2):
        await executor.start()
    assert executor.slots() == 0
    assert executor.health().message == "No Dask worker is connected; attempts wait"
    order = an_order()
    await executor.submit([order])
    with foreign_worker(foreign):
        await ends_well(executor, foreign, [order])
        await until(lambda: (executor.slots(), executor.health().message) == (3, ""))
    await executor.close(keep_running=True)


@pytest.mark.asyncio
async def test_a_worker_of_other_versions_gets_nothing_and_both_versions_are_named(foreign: Settings) -> None:
    """R34."""
    older = (
        "from jupyter_couture.executors import dask_link\n"
        "dask_link.versions = lambda: ('python 3.11', 'distributed 2024.1', 'jupyter-couture 0.0.9')\n"
    )
    executor = DaskExecutor(foreign, act=dask_standin.attend)
    with foreign_worker(foreign, older):
        await executor.start()
        await until(lambda: "refused" in executor.health().message)
        message = executor.health().message
        assert "python 3.11, distributed 2024.1, jupyter-couture 0.0.9" in message
        assert f"we have {', '.join(versions())}; attempts wait" in message
        assert executor.slots() == 0
        orders = [an_order() for _ in range(6)]
        await executor.submit(orders)
        with foreign_worker(foreign):
            await ends_well(executor, foreign, orders)
            assert executor.slots() == 3
    await executor.close(keep_running=True)


@pytest.mark.asyncio
async def test_a_worker_without_our_package_gets_nothing(foreign: Settings) -> None:
    """R34."""
    executor = DaskExecutor(foreign, act=dask_standin.attend)
    with foreign_worker(foreign, "import sys\nsys.modules['jupyter_couture'] = None\n"):
        await executor.start()
        await until(lambda: "no usable jupyter-couture" in executor.health().message)
        assert executor.slots() == 0
    await executor.close(keep_running=True)


@pytest.mark.asyncio
async def test_an_address_where_nobody_listens_is_named(settings: Settings) -> None:
    executor = DaskExecutor(replace(settings, dask_address="tcp://127.0.0.1:9"), act=dask_standin.attend)
    with pytest.raises(Unavailable, match=re.escape("tcp://127.0.0.1:9")):
        await executor.start()
