"""Ten thousand tasks: wide, mapped, deep. The bounds are generous; ``benchmarks`` print the figures."""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from jupyter_couture.decisions.live import LiveRun
from jupyter_couture.model.dag import DagSpec, Expansion, Length, LengthKind, TaskKind, TaskSpec
from jupyter_couture.model.intents import StartAttempt
from jupyter_couture.model.states import RunState
from tests.builders import World, a_dag, a_task

MANY = 10_000
AT_ONCE = 500
PASS_SECONDS = 2.0
"""Ten times what a pass may take on a quiet machine."""


def _big(*tasks: TaskSpec) -> DagSpec:
    return a_dag(*tasks, max_active_tasks=10 * MANY)


def _wide() -> DagSpec:
    names = [f"t{number}" for number in range(MANY)]
    return _big(a_task("root"), *(a_task(name, "root") for name in names), a_task("join", *names))


def _mapped() -> DagSpec:
    over = Expansion((Length(LengthKind.TASK, task_id=a_task("root").task_id),))
    return _big(a_task("root"), replace(a_task("m", "root"), expand=over), a_task("join", "m"))


def _play(spec: DagSpec) -> tuple[World, float]:
    """Run to the end, ``AT_ONCE`` at a time; the longest pass in seconds."""
    world, worst = World.of(spec, slots=AT_ONCE), 0.0
    while world.live:
        begun = time.perf_counter()
        starts: Sequence[StartAttempt] = world.step(1).starts
        worst = max(worst, time.perf_counter() - begun)
        for start in starts:
            world.succeed(start, map_length=MANY)
    return world, worst


@pytest.mark.parametrize("make", [_wide, _mapped])
def test_ten_thousand_tasks_into_one_join_take_no_long_pass(make: Callable[[], DagSpec]) -> None:
    """R31."""
    world, worst = _play(make())
    (run,) = world.ended.values()
    assert run.state is RunState.SUCCESS
    assert len(run.tasks) == MANY + 2
    assert worst < PASS_SECONDS, f"the longest pass took {worst:.3f} s"


def test_a_pass_over_ten_thousand_ready_tasks_asks_only_those_it_admits() -> None:
    """R31."""
    world = World.of(_big(*(a_task(f"t{number}") for number in range(MANY))), slots=8)
    world.step()
    (first,) = [world.started[0]]
    world.succeed(first)
    begun = time.perf_counter()
    assert len(world.step().starts) == 1
    assert time.perf_counter() - begun < PASS_SECONDS / 4


def test_a_chain_of_five_thousand_is_no_recursion() -> None:
    """R32."""
    links = (a_task(f"t{number}", f"t{number - 1}", kind=TaskKind.EMPTY) for number in range(1, 5000))
    world = World.of(_big(a_task("t0", kind=TaskKind.EMPTY), *links))
    world.step()
    (run,) = world.ended.values()
    assert run.state is RunState.SUCCESS


def test_a_run_of_ten_thousand_is_read_anew_in_one_go() -> None:
    world = World.of(_wide(), slots=AT_ONCE)
    world.succeed(world.step().starts[0])
    world.step()
    (item,) = world.live.values()
    begun = time.perf_counter()
    assert LiveRun.of(item.run, item.spec) == item
    assert time.perf_counter() - begun < PASS_SECONDS
