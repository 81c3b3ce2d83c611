"""Sensors that look again, tasks that hand over to triggers and people, instances that are cleared while they run."""

import pytest

from jupyter_couture.decisions.advance import Draft
from jupyter_couture.decisions.ends import Rules, act
from jupyter_couture.model.facts import AttemptSucceeded
from jupyter_couture.model.ids import RunKey
from jupyter_couture.model.run import Resume, Wait, WaitKind
from jupyter_couture.model.states import RunState, TaskEvent, TaskState
from tests.builders import T0, World, a_dag, a_task, seconds, task_key


def begun(*names: str, slots: int = 8) -> tuple[World, RunKey]:
    world = World.of(a_dag(*(a_task(name) for name in names)), slots=slots)
    world.step()
    return world, next(iter(world.live))


def wait(kind: WaitKind = WaitKind.TRIGGER, until: float | None = None) -> Wait:
    timeout_at = None if until is None else T0 + seconds(until)
    return Wait("w1", kind, "go_on", trigger="a.Trigger", kwargs={"n": 1}, timeout_at=timeout_at)


def test_a_sensor_looks_again_in_the_same_try_without_holding_its_slot() -> None:
    world, key = begun("sensor", "other", slots=1)
    world.begin(world.started[0])
    world.look_again(world.started[0], after=30)
    made = world.step(1)
    assert world.states(key) == {"sensor": "up_for_reschedule", "other": "queued"}
    assert made.wake_at == T0 + seconds(30)
    world.succeed(world.started[1])
    world.step(28)
    assert world.states(key)["sensor"] == "up_for_reschedule"
    (again,) = world.step(1).starts
    assert (again.try_number, again.first_started_at) == (1, T0)
    assert again.attempt_id != world.started[0].attempt_id
    world.fail(again)
    world.step()
    assert world.ended[key].tasks[task_key("sensor")].failures == 1


def test_a_new_try_begins_anew_after_a_look() -> None:
    world = World.of(a_dag(a_task("sensor", retries=1, delay=5)))
    (first,) = world.step().starts
    world.look_again(first, after=0)
    (again,) = world.step().starts
    world.fail(again)
    world.step()
    (third,) = world.step(5).starts
    assert (third.try_number, third.first_started_at) == (2, None)


@pytest.mark.parametrize(("kind", "state"), [(WaitKind.TRIGGER, "deferred"), (WaitKind.PERSON, "awaiting_input")])
def test_a_deferred_task_goes_on_with_the_event(kind: WaitKind, state: str) -> None:
    world, key = begun("task")
    (first,) = world.started
    world.begin(first)
    world.defer(first, wait(kind))
    world.step(1)
    assert world.states(key) == {"task": state}
    assert world.live[key].waits == {task_key("task"): wait(kind)}
    assert not world.live[key].open
    world.fire(first, wait(kind), event={"ok": True})
    world.fire(first, wait(kind), event="too late")
    (second,) = world.step(1).starts
    assert second.resume == Resume("go_on", {"n": 1}, {"ok": True})
    assert (second.try_number, second.first_started_at) == (1, T0)
    world.succeed(second)
    world.step()
    assert world.ended[key].state is RunState.SUCCESS
    assert world.ended[key].tasks[task_key("task")].resume is None


def test_a_wait_ends_when_its_time_is_up() -> None:
    world, key = begun("task")
    world.defer(world.started[0], wait(until=60))
    assert world.step().wake_at == T0 + seconds(60)
    assert world.step(59).starts == []
    (second,) = world.step(1).starts
    assert second.resume is not None
    assert second.resume.error.startswith("timed out")
    world.fire(second, wait(), event="late")
    world.step()
    assert world.states(key) == {"task": "queued"}


def test_an_event_of_another_wait_changes_nothing() -> None:
    world, key = begun("task")
    world.defer(world.started[0], wait())
    world.step()
    world.fire(world.started[0], Wait("w0", WaitKind.TRIGGER, "go_on"))
    world.step()
    assert world.states(key) == {"task": "deferred"}


def test_a_retry_after_a_wait_begins_at_the_beginning() -> None:
    world = World.of(a_dag(a_task("task", retries=1, delay=0)))
    (first,) = world.step().starts
    world.defer(first, wait())
    world.step()
    world.fire(first, wait())
    (second,) = world.step().starts
    world.fail(second)
    (third,) = world.step().starts
    assert (third.try_number, third.resume, third.failures) == (2, None, 1)


def test_a_cancelled_run_ends_what_waits() -> None:
    world, key = begun("a", "b", "c")
    first, second, third = world.started
    world.defer(first, wait())
    world.look_again(second, after=60)
    world.step()
    world.cancel.add(key)
    world.step()
    world.defer(third, wait())
    world.step()
    assert set(world.states(key).values()) == {"failed"}
    assert world.ended[key].state is RunState.FAILED


def test_an_instance_cleared_while_it_runs_is_done_again_when_its_attempt_is_gone() -> None:
    """S108: whatever its end is called."""
    for end in ("succeed", "fail", "lose", "skip"):
        world, key = begun("task")
        (first,) = world.started
        world.begin(first)
        world.step()
        draft = Draft(world.live[key])
        draft.move(task_key("task"), TaskEvent.CLEARED)
        world.live[key] = draft.seal()
        assert world.states(key) == {"task": "restarting"}
        assert world.step().starts == []
        getattr(world, end)(first)
        (second,) = world.step().starts
        assert second.try_number == 2
        assert world.states(key) == {"task": "queued"}


def test_an_instance_marked_while_it_runs_keeps_its_place_until_its_attempt_is_gone() -> None:
    world, key = begun("task", "other", slots=1)
    (first,) = world.started
    draft = Draft(world.live[key])
    draft.stop(task_key("task"))
    draft.close(task_key("task"), TaskEvent.MARKED_SUCCESS, ended_at=T0)
    world.live[key] = draft.seal()
    assert draft.cancels == [first.attempt_id]
    assert world.step().starts == []
    world.fail(first)
    assert [start.task_key for start in world.step().starts] == [task_key("other")]
    assert world.states(key) == {"task": "success", "other": "queued"}


def test_a_marked_instance_that_is_cleared_waits_for_its_old_attempt() -> None:
    world, key = begun("task")
    (first,) = world.started
    draft = Draft(world.live[key])
    draft.close(task_key("task"), TaskEvent.MARKED_FAILED, ended_at=T0)
    draft.move(task_key("task"), TaskEvent.CLEARED)
    draft.unsettle(task_key("task"))
    world.live[key] = draft.seal()
    assert world.step().starts == []
    assert [reason.kind.value for reason in Draft(world.live[key]).obstacles(task_key("task"))] == ["restarting"]
    assert act(Draft(world.live[key]), _success(world), Rules())
    world.succeed(first)
    (second,) = world.step().starts
    assert second.try_number == 2


def _success(world: World) -> AttemptSucceeded:
    start = world.started[0]
    return AttemptSucceeded(attempt_id=start.attempt_id, run_key=start.run_key, task_key=start.task_key, at=world.now)


def test_a_run_that_was_opened_again_queues_and_goes_on() -> None:
    world, key = begun("a", "b")
    for start in world.started:
        world.fail(start)
    world.step()
    ended = world.ended.pop(key)
    spec = a_dag(a_task("a"), a_task("b"))
    draft = Draft(type(world.plans[-1].ended[key]).of(ended, spec))
    draft.reopen(world.now)
    draft.move(task_key("a"), TaskEvent.CLEARED, failures=0, reason=None, ended_at=None)
    world.live[key] = draft.seal()
    assert world.live[key].run.state is RunState.QUEUED
    (again,) = world.step().starts
    assert again.task_key == task_key("a")
    assert world.states(key) == {"a": "queued", "b": "failed"}
    world.succeed(again)
    world.step()
    assert world.ended[key].state is RunState.FAILED
    assert world.ended[key].tasks[task_key("b")].state is TaskState.FAILED
