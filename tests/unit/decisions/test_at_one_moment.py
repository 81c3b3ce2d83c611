"""T08: clear, mark success and cancel at one moment; some order of them, one after the other, explains the end."""

import itertools
import random
from collections.abc import Sequence
from typing import TypeAlias

import pytest

from jupyter_couture.model.commands import ClearTasks, MarkTasks, Target
from jupyter_couture.model.ids import RunKey
from jupyter_couture.model.states import TaskState
from tests.builders import World, a_dag, a_task, task_key

CHAIN = a_dag(a_task("a"), a_task("b", "a"), a_task("c", "b"))
ACTIONS = ("clear", "mark", "cancel")
TIMES = 500

End: TypeAlias = tuple[str, tuple[tuple[str, str], ...]]


def _play(until: int, name: str, groups: Sequence[Sequence[str]]) -> End:
    """Let ``until`` tasks end well, then act: the actions of a group in one pass, the groups one after the other."""
    world = World.of(CHAIN)
    (key,) = world.live
    world.step()
    world.step()
    for _ in range(until):
        world.begin(world.started[-1])
        world.succeed(world.started[-1])
        world.step()
    if world.started:
        world.begin(world.started[-1])
    world.step()
    target = (Target(key, task_key(name)),)
    for group in groups:
        for action in group:
            if action == "cancel":
                if key in world.live:
                    world.cancel = {key}
            else:
                world.order(ClearTasks(target) if action == "clear" else MarkTasks(target, TaskState.SUCCESS))
        world.step()
        world.cancel = set()
    return _end(world, key)


def _end(world: World, key: RunKey) -> End:
    """Play to the end: what is asked to stop is stopped, everything else ends well."""
    told: set[str] = set()
    for _ in range(40):
        stopped = {name for plan in world.plans for name in plan.cancels}
        for start in world.started:
            if start.attempt_id in told:
                continue
            told.add(start.attempt_id)
            if start.attempt_id in stopped:
                world.stop(start)
            else:
                world.begin(start)
                world.succeed(start)
        world.step()
    run = world.ended[key]
    return run.state.value, tuple(sorted(world.states(key).items()))


@pytest.mark.parametrize("until", [0, 1, 2])
@pytest.mark.parametrize("name", ["a", "b", "c"])
def test_T08_some_serial_order_explains_what_three_users_did_at_one_moment(until: int, name: str) -> None:
    serial = {_play(until, name, [[action] for action in order]) for order in itertools.permutations(ACTIONS)}
    rng = random.Random(f"{until}{name}")
    for _ in range(TIMES // 9 + 1):
        actions = rng.sample(ACTIONS, 3)
        cut = rng.randrange(3)
        together = _play(until, name, [actions[:cut], actions[cut:]] if cut else [actions])
        assert together in serial, (actions, cut)
