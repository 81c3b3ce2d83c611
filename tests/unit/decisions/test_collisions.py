"""Orders that meet something else in the same pass, found by the state machine of R42."""

from dataclasses import replace

import pytest

from jupyter_couture.model.commands import ClearTasks, DeleteRuns, MarkTasks, SetRunState, Target
from jupyter_couture.model.dag import Expansion, Length, LengthKind
from jupyter_couture.model.policy import TriggerRule
from jupyter_couture.model.states import RunState, TaskState
from tests.builders import World, a_dag, a_task, task_key


@pytest.mark.parametrize("state", [RunState.SUCCESS, RunState.FAILED])
def test_a_run_that_is_marked_in_the_pass_that_would_start_it_does_not_start(state: RunState) -> None:
    world = World.of(a_dag(a_task("a")))
    (key,) = world.live
    world.order(SetRunState((key,), state))
    assert not world.step().starts
    assert world.ended[key].state is state


@pytest.mark.parametrize("is_deleted_first", [True, False])
def test_a_run_that_is_deleted_and_cleared_at_once_is_gone_from_memory_too(*, is_deleted_first: bool) -> None:
    world = World.of(a_dag(a_task("a")))
    (key,) = world.live
    world.succeed(world.step().starts[0])
    world.step()
    orders = (DeleteRuns((key,)), ClearTasks((Target(key, task_key("a")),)))
    for order in orders if is_deleted_first else reversed(orders):
        world.order(order)
    for _ in range(3):
        assert not world.step().starts
    assert not world.live
    assert not world.ended
    assert not world.commands


def test_an_ended_run_is_cleared_when_the_last_of_its_attempts_is_gone() -> None:
    """S108: never two open attempts of one instance."""
    world = World.of(a_dag(a_task("a")))
    (key,) = world.live
    world.begin(world.step().starts[0])
    world.order(SetRunState((key,), RunState.FAILED))
    world.busy = {key}
    world.step()
    world.order(ClearTasks((Target(key, task_key("a")),)))
    assert not world.step().starts
    assert world.commands
    world.busy = set()
    world.step()
    assert len(world.step().starts) == 1


def test_a_marked_instance_whose_run_was_marked_too_can_be_cleared() -> None:
    world = World.of(a_dag(a_task("a"), a_task("b")))
    (key,) = world.live
    for start in world.step().starts:
        world.begin(start)
    world.order(MarkTasks((Target(key, task_key("a")),), TaskState.FAILED))
    world.order(SetRunState((key,), RunState.FAILED))
    made = world.step()
    assert len(set(made.cancels)) == 2
    assert all(task.attempt_id is None for task in world.ended[key].tasks.values())
    world.order(ClearTasks((Target(key, task_key("a")),)))
    world.step()
    assert [start.task_key.task_id for start in world.step().starts] == ["a"]


def test_a_member_of_a_mapped_group_that_ended_unexpanded_speaks_for_every_index() -> None:
    twice = Expansion((Length(LengthKind.LITERAL, 2),), group="g")
    world = World.of(
        a_dag(
            a_task("top"),
            replace(a_task("first", "top"), expand=twice),
            replace(a_task("last", "first", rule=TriggerRule.ALL_DONE), expand=twice),
        )
    )
    (key,) = world.live
    world.fail(world.step().starts[0])
    starts = world.step().starts
    assert [start.task_key.map_index for start in starts] == [0, 1]
    for start in starts:
        world.succeed(start)
    world.step()
    assert world.ended[key].state is RunState.SUCCESS
