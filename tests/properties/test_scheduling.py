"""Random DAGs, random ends, losses and repeats: what must hold whatever happens."""

import random
from itertools import count

from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_couture.decisions.live import LiveRun
from jupyter_couture.decisions.plan import plan
from jupyter_couture.decisions.readiness import Ready, readiness
from jupyter_couture.model.intents import StartAttempt
from jupyter_couture.model.policy import TriggerRule
from jupyter_couture.model.run import TaskInstance
from jupyter_couture.model.states import TERMINAL_TASK_STATES, RunState, TaskState
from tests.builders import World, random_dag

MAX_PASSES = 400


def _play(seed: int, size: int, rules: list[TriggerRule], slots: int) -> World:
    """Run one random DAG to its end, checking every pass."""
    rng = random.Random(seed)
    spec = random_dag(rng, size, rules)
    world = World.of(spec, slots=slots)
    (key,) = world.live
    pending: list[StartAttempt] = []
    seen: dict[str, TaskInstance] = {}
    for _ in range(MAX_PASSES):
        _check_determinism(world)
        made = world.step(rng.choice((0, 0.5, 2)))
        pending.extend(made.starts)
        rows = [update.task for update in made.batch.task_updates]
        rows += [task for _, tasks in made.batch.new_tasks for task in tasks]
        for task in rows:
            before = seen.get(task.key.task_id)
            assert before is None or before.state not in TERMINAL_TASK_STATES, "terminal stays terminal"
            seen[task.key.task_id] = task
        for start in made.starts:
            verdict = readiness(world.live[key], spec.task_by_id[start.task_key.task_id])
            assert isinstance(verdict, Ready), "nothing starts before its rule holds"
        if not world.live:
            break
        assert len(world.live[key].open) <= slots
        _answer(world, pending, rng)
    else:
        raise AssertionError("the run did not end")
    assert all(task.state in TERMINAL_TASK_STATES for task in seen.values())
    bad = {TaskState.FAILED, TaskState.UPSTREAM_FAILED}
    expected = RunState.FAILED if any(seen[leaf].state in bad for leaf in spec.leaves) else RunState.SUCCESS
    assert world.ended[key].state is expected, "the run follows from its leaves"
    for task in seen.values():
        assert task.failures <= spec.task_by_id[task.key.task_id].retry.retries + 1
    return world


def _answer(world: World, pending: list[StartAttempt], rng: random.Random) -> None:
    """Let some attempts start, end, fail or vanish, in any order; some facts come twice."""
    rng.shuffle(pending)
    for start in pending[: rng.randint(0, len(pending))]:
        pending.remove(start)
        world.begin(start)
        end = rng.choice((world.succeed, world.succeed, world.succeed, world.fail, world.lose))
        end(start)
        if rng.random() < 0.2:
            end(start)


def _check_determinism(world: World) -> None:
    """The same snapshot gives the same plan, also from a run that was read anew from the store."""
    snapshot = world.snapshot()
    plans = []
    for live in (snapshot.live, {key: LiveRun.of(item.run, item.spec) for key, item in snapshot.live.items()}):
        numbers = count(10_000)
        fresh = {name: getattr(snapshot, name) for name in snapshot.__slots__}
        again = type(snapshot)(**{**fresh, "live": live, "new_id": lambda numbers=numbers: f"x{next(numbers)}"})
        plans.append(plan(again, world.now))
    assert plans[0] == plans[1]


@settings(max_examples=150, deadline=None)
@given(seed=st.integers(0, 10**9), size=st.integers(1, 14), slots=st.integers(1, 6))
def test_every_run_ends_as_its_leaves_say(seed: int, size: int, slots: int) -> None:
    _play(seed, size, [TriggerRule.ALL_SUCCESS], slots)


@settings(max_examples=150, deadline=None)
@given(seed=st.integers(0, 10**9), size=st.integers(1, 12))
def test_every_run_ends_under_any_mix_of_trigger_rules(seed: int, size: int) -> None:
    _play(seed, size, list(TriggerRule), 4)
