"""The asynchronous client against a real server and engine, and both faces side by side."""

import asyncio
import inspect
import os
import signal
from collections.abc import AsyncIterator
from contextlib import aclosing

import pytest

from jupyter_couture import client as package
from jupyter_couture.cli.lab import Lab
from jupyter_couture.client import AsyncClient, Change, Client, Denied, NotFound, TimedOut
from jupyter_couture.client.runs import whole_lines
from tests.e2e.lab import LabHost
from tests.integration.client.conftest import NAMES


@pytest.mark.asyncio
async def test_dags_are_listed(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jupyter_couture.client.calls.PAGE", 2)
    async with AsyncClient(lab.base, lab.token) as client:
        assert (await client.health()).is_healthy
        assert [dag.dag_id async for dag in client.dags()] == list(NAMES)


@pytest.mark.asyncio
async def test_a_run_is_triggered_watched_and_read(lab: Lab, capsys: pytest.CaptureFixture[str]) -> None:
    async with AsyncClient(lab.base, lab.token) as client:
        dag = await client.dag("etl")
        run = await dag.trigger({"word": "again"})
        outcome = await run.watch(timeout=60)
        assert outcome
        assert capsys.readouterr().out.splitlines()[-1] == "run: success"
        extract = await run.task("extract")
        assert "line 5 of again" in await extract.log()
        assert (await extract.tail(size=200)) == whole_lines((await extract.log())[-200:], begin=1)
        assert await extract.log() == "".join([text async for text in extract.follow()])
        assert [attempt.state for attempt in await extract.attempts()] == ["success"]
        assert (await dag.newest_run()).run_id == run.run_id
        assert (await extract.clear(downstream=True)).touched == 4
        assert (await run.wait(timeout=60)).is_success


@pytest.mark.asyncio
async def test_many_runs_are_watched_at_once(lab: Lab) -> None:
    async with AsyncClient(lab.base, lab.token) as client:
        runs = [await client.trigger("many") for _ in range(5)]
        await asyncio.gather(*(run.wait(timeout=90) for run in runs))
        assert {run.state for run in runs} == {"success"}


@pytest.mark.asyncio
async def test_errors_are_those_of_the_other_face(lab: Lab) -> None:
    async with AsyncClient(lab.base, lab.token) as client:
        with pytest.raises(NotFound, match="nowhere"):
            await client.dag("nowhere")
        run = await client.trigger("slow", {"seconds": 60})
        with pytest.raises(TimedOut):
            await run.wait(timeout=1)
        await run.cancel()
        await run.wait(timeout=60)
    async with AsyncClient(lab.base, "wrong-token") as stranger, aclosing(stranger.events()) as events:
        with pytest.raises(Denied):
            await anext(events)


@pytest.mark.asyncio
async def test_a_watch_that_is_cancelled_leaves_the_run_alone(lab: Lab, capsys: pytest.CaptureFixture[str]) -> None:
    async with AsyncClient(lab.base, lab.token) as client:
        run = await client.trigger("slow", {"seconds": 8})
        watching = asyncio.ensure_future(run.watch())
        async with asyncio.timeout(30):
            while run.state != "running":  # noqa: ASYNC110 - what is waited for is the server's
                await asyncio.sleep(0.05)
        watching.cancel()
        with pytest.raises(asyncio.CancelledError):
            await watching
        assert "the run goes on" in capsys.readouterr().out
        assert (await run.wait(timeout=60)).is_success


def test_ctrl_c_ends_the_watching_and_leaves_the_run_alone(client: Client, capsys: pytest.CaptureFixture[str]) -> None:
    run = client.trigger("slow", {"seconds": 120})
    for change in run.changes(timeout=60):
        if change.task_id == "hold" and change.state == "running":
            break
    # Whoever started the tests in the background may have had SIGINT ignored.
    heard = signal.signal(signal.SIGINT, signal.default_int_handler)
    before = signal.signal(signal.SIGALRM, lambda number, frame: os.kill(os.getpid(), signal.SIGINT))
    signal.setitimer(signal.ITIMER_REAL, 2.0)
    try:
        with pytest.raises(KeyboardInterrupt):
            run.watch(timeout=60)
    finally:
        signal.signal(signal.SIGALRM, before)
        signal.signal(signal.SIGINT, heard)
    assert capsys.readouterr().out.splitlines()[-1] == "No longer watched; the run goes on. run.watch() shows it again."
    assert run.update().state == "running"
    run.cancel()
    assert run.wait(timeout=60).state == "failed"


def names(kind: type) -> dict[str, list[str]]:
    """Public methods of a class with their parameters."""
    found = inspect.getmembers(kind, inspect.isfunction)
    return {name: list(inspect.signature(function).parameters) for name, function in found if not name.startswith("_")}


@pytest.mark.parametrize("name", ["Client", "Dag", "Run", "Task"])
def test_both_faces_have_the_same_methods(name: str) -> None:
    assert names(getattr(package, f"Async{name}")) == names(getattr(package, name))


@pytest.mark.timeout(240)
@pytest.mark.asyncio
async def test_a_watch_goes_through_a_restart_of_the_server_and_misses_nothing(host: LabHost, lab: Lab) -> None:
    """Both faces watch one run while the server is killed; a lab with its port and token comes back."""
    doomed = await asyncio.to_thread(host.start)  # beside the one that the other tests use
    with Client(doomed.base, doomed.token) as client:
        run = client.trigger("slow", {"seconds": 8})
        async with AsyncClient(doomed.base, doomed.token) as other:
            same = await other.run("slow", run.run_id)
            blocking = asyncio.ensure_future(asyncio.to_thread(lambda: list(run.changes(timeout=120))))
            awaiting = asyncio.ensure_future(all_of(same.changes(timeout=120)))
            async with asyncio.timeout(60):
                while run.state != "running" or same.state != "running":  # noqa: ASYNC110 - the server's state
                    await asyncio.sleep(0.05)
            await asyncio.to_thread(doomed.kill)
            again = await asyncio.to_thread(lambda: host.start(like=doomed))
            try:
                told = await asyncio.gather(blocking, awaiting)
            finally:
                await asyncio.to_thread(again.close)
    for changes in told:
        of_hold = [change.state for change in changes if change.task_id == "hold"]
        assert of_hold[-1] == "success"
        assert len(of_hold) == len(set(of_hold)), of_hold
        assert changes[-1].name == "run"
        assert changes[-1].state == "success"


async def all_of(changes: AsyncIterator[Change]) -> list[Change]:
    """Every one of them."""
    return [change async for change in changes]
