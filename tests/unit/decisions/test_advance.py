"""Facts and what they lead to, in a world of values."""

import pytest

from jupyter_couture.decisions import plan as planning
from jupyter_couture.decisions.advance import Draft
from jupyter_couture.decisions.ends import Rules, act, cancel_waiting
from jupyter_couture.model.dag import DagSpec, TaskSpec
from jupyter_couture.model.errors import IllegalTransition
from jupyter_couture.model.facts import Fact
from jupyter_couture.model.ids import RunKey
from jupyter_couture.model.run import DagRun
from jupyter_couture.model.states import RunState
from tests.builders import World, a_dag, a_task, seconds, task_key


def _world(*tasks: TaskSpec, slots: int = 8) -> tuple[World, RunKey]:
    world = World.of(a_dag(*tasks), slots=slots)
    world.step()
    return world, next(iter(world.live))


def _end(world: World) -> DagRun:
    (run,) = world.ended.values()
    return run


def test_a_chain_runs_link_by_link() -> None:
    world, key = _world(a_task("a"), a_task("b", "a"))
    (first,) = world.started
    world.begin(first)
    world.step(1)
    assert world.states(key) == {"a": "running", "b": "none"}
    world.succeed(first)
    world.step(1)
    assert world.states(key) == {"a": "success", "b": "queued"}
    world.succeed(world.started[1])
    world.step(1)
    assert _end(world).state is RunState.SUCCESS


def test_a_failure_fails_what_waits_for_it_and_the_run() -> None:
    world, _ = _world(a_task("a"), a_task("b", "a"), a_task("c", "b"))
    world.fail(world.started[0])
    made = world.step(1)
    states = {update.task.key.task_id: update.task.state.value for update in made.batch.task_updates}
    assert states == {"a": "failed", "b": "upstream_failed", "c": "upstream_failed"}
    reason = next(update.task.reason for update in made.batch.task_updates if update.task.key.task_id == "b")
    assert reason == "Its trigger rule all_success can no longer hold because of a."
    assert _end(world).state is RunState.FAILED


def test_a_failed_task_with_retries_waits_and_is_tried_again() -> None:
    """S037."""
    world, key = _world(a_task("a", retries=1, delay=300))
    world.fail(world.started[0])
    made = world.step(0)
    assert world.states(key) == {"a": "up_for_retry"}
    assert made.wake_at == world.now + seconds(300)
    assert world.step(299).starts == []
    assert [start.try_number for start in world.step(1).starts] == [2]
    world.succeed(world.started[1])
    world.step(1)
    assert _end(world).state is RunState.SUCCESS


def test_giving_up_uses_no_retry() -> None:
    world, _ = _world(a_task("a", retries=5))
    world.fail(world.started[0], is_final=True)
    world.step()
    assert _end(world).state is RunState.FAILED


def test_an_attempt_lost_before_its_start_costs_no_retry() -> None:
    world, key = _world(a_task("a"))
    for _ in range(5):
        world.lose(world.started[-1], was_started=False)
        world.step(1)
        assert world.states(key) == {"a": "queued"}


def test_an_attempt_lost_after_its_start_is_not_started_twice_without_retries() -> None:
    """R06."""
    world, _ = _world(a_task("a"))
    world.begin(world.started[0])
    world.lose(world.started[0])
    world.step()
    assert _end(world).state is RunState.FAILED
    assert len(world.started) == 1


def test_a_task_lost_again_and_again_is_given_up() -> None:
    world, _ = _world(a_task("a", retries=50, delay=0))
    for _ in range(3):
        world.lose(world.started[-1])
        world.step(1)
    assert _end(world).state is RunState.FAILED
    assert len(world.started) == 3


def test_facts_of_an_earlier_attempt_change_nothing() -> None:
    world, key = _world(a_task("a", retries=1, delay=0))
    first = world.started[0]
    world.fail(first)
    world.step()
    world.step()
    assert len(world.started) == 2
    world.succeed(first)
    world.step()
    assert world.states(key) == {"a": "queued"}


def test_cancelling_a_run_skips_what_waits_and_stops_what_runs() -> None:
    world, key = _world(a_task("a"), a_task("b", "a"))
    world.begin(world.started[0])
    world.step()
    world.cancel.add(key)
    made = world.step()
    assert made.cancels == [world.started[0].attempt_id]
    assert world.states(key) == {"a": "running", "b": "skipped"}
    world.succeed(world.started[0])
    world.step()
    assert _end(world).state is RunState.FAILED


def test_open_attempts_are_asked_to_stop_once_and_when_the_store_reminds() -> None:
    world, key = _world(a_task("a"))
    world.begin(world.started[0])
    world.step()
    world.cancel.add(key)
    assert len(world.step().cancels) == 1
    world.cancel.clear()
    assert world.step(1).batch.is_empty
    world.cancel.add(key)
    assert len(world.step(1).cancels) == 1


def test_a_fact_that_cannot_be_ends_its_own_run_only(monkeypatch: pytest.MonkeyPatch) -> None:
    world, key = _world(a_task("a"), a_task("b"))
    other = world.trigger(a_dag(a_task("a")), "r2")

    def odd(draft: Draft, fact: Fact, rules: Rules) -> bool:
        if fact.run_key == key:
            raise IllegalTransition(what="task", id="a", state="queued", event="cleared")
        return act(draft, fact, rules)

    monkeypatch.setattr(planning, "act", odd)
    world.begin(world.started[0])
    made = world.step()
    assert made.batch.consumed_facts
    assert world.live[key].run.is_cancel_requested
    assert "cannot explain" in (world.live[key].run.reason or "")
    assert len(made.cancels) == 2
    assert world.states(other) == {"a": "queued"}


def test_a_queued_run_is_cancelled_at_once() -> None:
    spec = a_dag(a_task("a"), max_active_runs=1)
    world = World.of(spec)
    world.step()
    second = world.trigger(spec, "r2")
    world.cancel.add(second)
    world.step()
    assert world.ended[second].state is RunState.FAILED


def test_a_run_past_its_time_limit_is_stopped() -> None:
    spec = DagSpec(dag_id=a_dag().dag_id, tasks=(a_task("a"),), run_timeout_seconds=60)
    world = World.of(spec)
    made = world.step()
    assert made.wake_at == world.now + seconds(60)
    assert world.step(60).cancels == [world.started[0].attempt_id]


def test_a_draft_leaves_what_it_was_made_from_alone() -> None:
    world, key = _world(a_task("a"))
    before = world.live[key]
    copy = dict(before.run.tasks)
    draft = Draft(before)
    draft.request_cancel()
    cancel_waiting(draft, world.now, "test")
    with pytest.raises(IllegalTransition):
        draft.admit(task_key("a"), world.started[0].attempt_id, world.now)
    assert before.run.tasks == copy
