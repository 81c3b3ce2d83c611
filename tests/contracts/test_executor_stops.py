"""What every executor promises about attempts that are stopped, hide, or whose keepers are killed."""

import asyncio
import os
import signal
import time

import pytest

from jupyter_couture.model.states import AttemptState
from jupyter_couture.runtime.processes import identity, parent_of
from tests.contracts.executor_bench import Bench, bench
from tests.workbench import eventually

pytestmark = pytest.mark.asyncio(loop_scope="module")

__all__ = ["bench"]


# ---- stopping


async def test_r27_a_timeout_ends_the_whole_tree_however_it_hides(bench: Bench) -> None:
    start, attempt = await bench.run("deaf", timeout_seconds=1.5)

    assert attempt.state is AttemptState.TIMED_OUT
    assert "1.5 s" in bench.message(attempt)
    assert bench.deployment.processes_of(start) == []
    assert "deaf" in bench.log(start)


async def test_a_running_attempt_is_cancelled_with_its_tree(bench: Bench) -> None:
    start = await bench.begin("bash_sleep")
    await eventually(lambda: "asleep" in bench.log(start))
    began = time.monotonic()
    await bench.executor.cancel([start.attempt_id])
    attempt = await bench.deployment.ended(start)

    assert attempt.state is AttemptState.CANCELLED
    assert bench.deployment.processes_of(start) == []
    assert time.monotonic() - began < 15.0


async def test_a_cancelled_operator_is_told(bench: Bench) -> None:
    start = await bench.begin("polite")
    await eventually(lambda: "ready" in bench.log(start))
    await bench.executor.cancel([start.attempt_id])
    attempt = await bench.deployment.ended(start)

    assert attempt.state is AttemptState.CANCELLED
    assert "cleaned up" in bench.log(start)


async def test_an_attempt_is_cancelled_before_it_starts(bench: Bench) -> None:
    blockers = [bench.deployment.order("sleep") for _ in range(bench.executor.slots())]
    waiting = bench.deployment.order("effect")
    await bench.executor.submit([*blockers, waiting])
    bench.deployment.ask_cancel(waiting)
    await bench.executor.cancel([waiting.attempt_id])
    attempt = await bench.deployment.ended(waiting)
    await bench.executor.cancel([each.attempt_id for each in blockers])
    for each in blockers:
        await bench.deployment.ended(each)

    assert attempt.state is AttemptState.CANCELLED
    assert attempt.started_at is None
    assert bench.deployment.facts(waiting) == ["AttemptCancelled"]


async def test_a_wish_to_cancel_that_only_the_database_knows_is_heard_with_the_beat(bench: Bench) -> None:
    start = await bench.begin("sleep")
    bench.deployment.ask_cancel(start)
    attempt = await bench.deployment.ended(start, 15.0)

    assert attempt.state is AttemptState.CANCELLED


async def test_an_attempt_whose_cancellation_was_asked_for_never_starts(bench: Bench) -> None:
    start = bench.deployment.order("effect")
    bench.deployment.ask_cancel(start)
    await bench.executor.submit([start])
    attempt = await bench.deployment.ended(start)

    assert attempt.state is AttemptState.CANCELLED
    assert attempt.started_at is None


@pytest.mark.parametrize("task_id", ["leave_behind", "bash_background"])
async def test_i9_what_a_task_leaves_running_behind_it_is_ended(bench: Bench, task_id: str) -> None:
    start, attempt = await bench.run(task_id)

    assert attempt.state is AttemptState.SUCCESS
    assert bench.deployment.processes_of(start) == []


async def test_i9_a_process_that_cleared_its_environment_is_found_when_the_nursery_is_idle(bench: Bench) -> None:
    start, _ = await bench.run("hide")
    (pid,) = [int(line.split()[1]) for line in bench.log(start).splitlines() if line.startswith("hidden")]

    await eventually(lambda: not identity(pid), 10.0, bench.deployment.explain)


async def test_r13_a_call_that_holds_the_interpreter_lock_finishes_in_one_attempt(bench: Bench) -> None:
    start, attempt = await bench.run("hold_gil")

    assert attempt.state is AttemptState.SUCCESS
    assert bench.deployment.facts(start) == ["AttemptStarted", "AttemptSucceeded"]


# ---- delivery


async def test_an_attempt_that_is_submitted_twice_runs_once(bench: Bench) -> None:
    start = await bench.begin("effect")
    await bench.executor.submit([start])
    attempt = await bench.deployment.ended(start)
    await bench.executor.submit([start])
    await bench.run("noop")

    assert attempt.state is AttemptState.SUCCESS
    assert _effects(bench).count(start.attempt_id) == 1
    assert bench.deployment.facts(start) == ["AttemptStarted", "AttemptSucceeded"]


async def test_more_attempts_than_slots_all_run(bench: Bench) -> None:
    starts = bench.deployment.orders("noop", 60)
    await bench.executor.submit(starts)
    for start in starts:
        assert (await bench.deployment.ended(start, 60.0)).state is AttemptState.SUCCESS

    folder = bench.deployment.settings.attempts_dir
    await eventually(lambda: sorted(entry.name for entry in folder.glob("*/*")) == ["spare", "work"])


async def test_the_health_says_how_many_slots_there_are(bench: Bench) -> None:
    health = bench.executor.health()

    assert health.slots == bench.executor.slots() == 8
    assert health.workers >= 1


# ---- deaths


async def test_r05_no_attempt_notices_that_its_supervisor_is_killed(bench: Bench) -> None:
    starts = bench.deployment.orders("effect", 6)
    await bench.executor.submit(starts)
    for _ in range(3):
        await asyncio.sleep(0.4)
        await eventually(lambda: bench.deployment.supervisor_pid() > 0)
        os.kill(bench.deployment.supervisor_pid(), signal.SIGKILL)
    for start in starts:
        attempt = await bench.deployment.ended(start, 60.0)
        assert attempt.state is AttemptState.SUCCESS, bench.deployment.explain()
        assert bench.deployment.facts(start) == ["AttemptStarted", "AttemptSucceeded"]

    effects = _effects(bench)
    assert all(effects.count(start.attempt_id) == 1 for start in starts)


async def test_a_timeout_holds_across_the_death_of_the_supervisor(bench: Bench) -> None:
    start = await bench.begin("deaf", timeout_seconds=3.0)
    os.kill(bench.deployment.supervisor_pid(), signal.SIGKILL)
    attempt = await bench.deployment.ended(start)

    assert attempt.state is AttemptState.TIMED_OUT
    assert bench.deployment.processes_of(start) == []


async def test_r43_when_a_nursery_is_killed_its_attempts_are_lost_only_after_their_trees_are_gone(bench: Bench) -> None:
    start = await bench.begin("deaf")
    await eventually(lambda: "deaf\n" in bench.log(start))
    parents = {parent_of(pid) for pid in bench.deployment.processes_of(start)}
    (nursery,) = parents & set(bench.deployment.nursery_pids())
    began = time.monotonic()
    os.kill(nursery, signal.SIGKILL)
    attempt = await bench.deployment.ended(start)

    assert bench.deployment.processes_of(start) == []
    assert attempt.state is AttemptState.LOST
    assert time.monotonic() - began < 5.0
    _, after = await bench.run("noop")
    assert after.state is AttemptState.SUCCESS


async def test_supervisor_and_nurseries_killed_together_lose_the_attempt_and_leave_no_process(bench: Bench) -> None:
    start = await bench.begin("deaf")
    await eventually(lambda: "deaf\n" in bench.log(start))
    supervisor = bench.deployment.supervisor_pid()
    for pid in [supervisor, *bench.deployment.nursery_pids()]:
        os.kill(pid, signal.SIGKILL)
    attempt = await bench.deployment.ended(start)

    assert attempt.state is AttemptState.LOST
    assert bench.deployment.processes_of(start) == []
    assert bench.deployment.facts(start) == ["AttemptStarted", "AttemptLost"]


def _effects(bench: Bench) -> list[str]:
    return (bench.deployment.settings.home / "effects").read_text().split()
