"""What a Dask worker does with an errand, with a real supervisor: several attempts at once, and what comes back."""

import asyncio
import os
import pickle
import signal
import time
from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from jupyter_couture.executors import dask_task
from jupyter_couture.executors.dask_task import Unended, attend, errand_text, prepare
from jupyter_couture.executors.jobs import order_of
from jupyter_couture.executors.supervise import take_back
from jupyter_couture.model.intents import StartAttempt
from jupyter_couture.model.states import AttemptState
from jupyter_couture.runtime.places import supervisor_lock
from tests.workbench import Workbench, eventually

TASKS = """
import time
with dag:
    PythonOperator(task_id="noop", python_callable=lambda: None)
    PythonOperator(task_id="nap", python_callable=lambda: time.sleep(1.5))
"""


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workbench]:
    made = Workbench(tmp_path_factory.mktemp("home"), TASKS, kill_grace_seconds=1.0)
    yield made
    made.close()


@pytest_asyncio.fixture(autouse=True)
async def own_line(bench: Workbench, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[None]:
    """Each test has an event loop of its own, and so needs a line of its own."""
    monkeypatch.setattr(dask_task, "_lines", {})
    monkeypatch.delenv("COUTURE_HOME", raising=False)  # a worker's own environment goes first
    await prepare("", bench.settings.environ())
    yield
    for line in dask_task._lines.values():
        if line._transport is not None:
            line._transport.close()
    await asyncio.sleep(0)


async def attend_all(bench: Workbench, *starts: StartAttempt, slots: int = 8, patience: float | None = None) -> str:
    text = errand_text([order_of(start) for start in starts], slots, patience)
    return await attend(text, bench.settings.environ())


@pytest.mark.asyncio
async def test_several_attempts_share_an_errand_until_all_have_ended(
    bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dask_task, "_LINGER_SECONDS", 10.0)
    starts = bench.orders("noop", 5)
    assert await attend_all(bench, *starts) == "ended"
    assert {bench.attempt(start).state for start in starts} == {AttemptState.SUCCESS}


@pytest.mark.asyncio
async def test_one_that_takes_its_time_comes_back_so_that_the_ends_of_the_others_count(bench: Workbench) -> None:
    nap, noop = bench.order("nap"), bench.order("noop")
    begin = time.monotonic()
    with pytest.raises(Unended) as caught:
        await attend_all(bench, nap, noop, patience=0.3)
    assert time.monotonic() - begin < 1.2
    assert caught.value.args == ((), (nap.attempt_id,))

    assert await attend_all(bench, nap) == "ended", "delivered again, it is joined"
    assert bench.facts(nap) == ["AttemptStarted", "AttemptSucceeded"]


@pytest.mark.asyncio
async def test_those_taken_back_and_those_under_way_are_told_apart(bench: Workbench) -> None:
    nap = bench.order("nap")
    under_way = asyncio.create_task(attend_all(bench, nap, slots=1))
    await eventually(lambda: bench.attempt(nap).state is AttemptState.RUNNING)
    held, other = bench.orders("noop", 2)
    errand = asyncio.create_task(attend_all(bench, held, other, nap, slots=1, patience=0.4))
    await asyncio.sleep(0.1)
    assert await asyncio.to_thread(take_back, [held.attempt_id], bench.settings.environ()) == [held.attempt_id]
    with pytest.raises(Unended) as caught:
        await errand

    assert caught.value.args == ((held.attempt_id, other.attempt_id), (nap.attempt_id,)), "all that has no slot"
    assert await under_way == "ended"
    assert await attend_all(bench, held, other) == "ended"
    for start in (nap, held, other):
        assert bench.facts(start) == ["AttemptStarted", "AttemptSucceeded"]


@pytest.mark.asyncio
async def test_what_is_held_comes_back_although_the_supervisor_is_replaced_meanwhile(bench: Workbench) -> None:
    nap, held = bench.order("nap"), bench.order("noop")
    errand = asyncio.create_task(attend_all(bench, nap, held, slots=1, patience=1.0))
    await eventually(lambda: bench.attempt(nap).state is AttemptState.RUNNING)
    os.kill(int(supervisor_lock(bench.settings).read_text()), signal.SIGKILL)
    with pytest.raises(Unended) as caught:
        await errand

    assert caught.value.args in {((held.attempt_id,), (nap.attempt_id,)), ((held.attempt_id,), ())}
    assert await attend_all(bench, nap) == "ended"
    assert await attend_all(bench, held) == "ended"
    for start in (nap, held):
        assert bench.facts(start) == ["AttemptStarted", "AttemptSucceeded"]


def test_what_comes_back_survives_the_way_to_the_engine() -> None:
    told = pickle.loads(pickle.dumps(Unended(["a"], ["b", "c"])))  # as Dask does it
    assert (type(told), told.args) == (Unended, (("a",), ("b", "c")))
