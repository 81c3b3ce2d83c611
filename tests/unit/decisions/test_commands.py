"""S102 to S108, S127: what the leader does when users clear, mark, run, set and delete."""

import itertools
from typing import Any

import pytest

from jupyter_couture.decisions import commands, orders
from jupyter_couture.decisions.advance import Draft
from jupyter_couture.model.commands import (
    Check,
    ClearTasks,
    DeleteDag,
    DeleteRuns,
    MarkTasks,
    RunTask,
    SetRunState,
    Target,
)
from jupyter_couture.model.dag import DagSpec
from jupyter_couture.model.ids import RunKey
from jupyter_couture.model.intents import StartAttempt
from jupyter_couture.model.states import RunState, TaskState
from tests.builders import World, a_dag, a_task, task_key

CHAIN = a_dag(a_task("a"), a_task("b", "a"), a_task("c", "b"))


def targets(key: RunKey, *names: str) -> tuple[Target, ...]:
    """Unmapped tasks of a run."""
    return tuple(Target(key, task_key(name)) for name in names)


def at_work(spec: DagSpec) -> tuple[World, RunKey]:
    """A world whose run has just begun."""
    world = World.of(spec)
    world.step()
    world.step()
    return world, RunKey(spec.dag_id, next(iter(world.live)).run_id)


def _next(world: World) -> StartAttempt:
    return world.started[-1]


def play(world: World, *ends: str) -> None:
    """Let the newest attempt end as each word says, one after the other."""
    for end in ends:
        start = _next(world)
        world.begin(start)
        world.succeed(start) if end == "ok" else world.fail(start)
        world.step()


def settle(world: World, passes: int = 3) -> None:
    """A few passes without anything new."""
    for _ in range(passes):
        world.step()


def test_S103_clearing_in_an_ended_run_opens_it_and_runs_what_was_cleared_again() -> None:
    world, key = at_work(CHAIN)
    play(world, "ok", "ok", "ok")
    assert world.ended[key].state is RunState.SUCCESS
    world.order(ClearTasks(targets(key, "b", "c")))
    plan = world.step()
    assert [outcome.touched for outcome in plan.batch.command_outcomes] == [2]
    assert plan.is_followed
    settle(world)
    assert world.states(key) == {"a": "success", "b": "queued", "c": "none"}
    assert (_next(world).task_key, _next(world).try_number) == (task_key("b"), 2)
    play(world, "ok", "ok")
    assert world.ended[key].state is RunState.SUCCESS
    assert len(world.started) == 5


def test_S108_clearing_a_running_instance_stops_it_and_queues_it_anew_when_it_has_ended() -> None:
    world, key = at_work(CHAIN)
    first = _next(world)
    world.begin(first)
    world.step()
    world.order(ClearTasks(targets(key, "a")))
    plan = world.step()
    assert plan.cancels == [first.attempt_id]
    assert world.states(key)["a"] == "restarting"
    settle(world)
    assert len(world.started) == 1, "never two attempts at once"
    world.succeed(first)  # it was quicker than we: what it did is done again all the same
    world.step()
    settle(world)
    assert world.states(key)["a"] == "queued"
    assert _next(world).attempt_id != first.attempt_id


def test_clearing_gives_all_retries_again() -> None:
    spec = a_dag(a_task("a", retries=1, delay=0.0))
    world, key = at_work(spec)
    play(world, "bad")
    world.step(1)
    play(world, "bad")
    assert world.ended[key].state is RunState.FAILED
    world.order(ClearTasks(targets(key, "a")))
    settle(world)
    play(world, "bad")
    world.step(1)
    play(world, "ok")
    assert world.ended[key].state is RunState.SUCCESS


def test_S105_marking_success_lets_what_was_held_up_go_on() -> None:
    world, key = at_work(CHAIN)
    play(world, "bad")
    assert world.states(key) == {"a": "failed", "b": "upstream_failed", "c": "upstream_failed"}
    world.order(MarkTasks(targets(key, "a"), TaskState.SUCCESS))
    settle(world)
    assert world.states(key) == {"a": "success", "b": "queued", "c": "none"}
    play(world, "ok", "ok")
    assert world.ended[key].state is RunState.SUCCESS


def test_S104_marking_failed_stops_what_runs_and_decides_what_comes_after() -> None:
    world, key = at_work(CHAIN)
    first = _next(world)
    world.begin(first)
    world.step()
    world.order(MarkTasks(targets(key, "a"), TaskState.FAILED))
    plan = world.step()
    assert plan.cancels == [first.attempt_id]
    assert world.states(key) == {"a": "failed", "b": "upstream_failed", "c": "upstream_failed"}
    world.succeed(first)  # too late
    settle(world)
    assert world.ended[key].state is RunState.FAILED
    assert world.states(key)["a"] == "failed"


@pytest.mark.parametrize(
    ("before", "mark", "after"),
    [("ok", TaskState.FAILED, RunState.FAILED), ("bad", TaskState.SUCCESS, RunState.SUCCESS)],
)
def test_marking_a_leaf_of_an_ended_run_changes_how_the_run_ended(
    before: str, mark: TaskState, after: RunState
) -> None:
    world, key = at_work(a_dag(a_task("a")))
    play(world, before)
    world.order(MarkTasks(targets(key, "a"), mark))
    settle(world)
    assert world.ended[key].state is after


@pytest.mark.parametrize("flags", list(itertools.product([False, True], repeat=3)))
@pytest.mark.parametrize("is_state_good", [True, False])
@pytest.mark.parametrize("is_upstream_met", [True, False])
def test_S102_run_obeys_its_three_flags(
    flags: tuple[bool, bool, bool], *, is_upstream_met: bool, is_state_good: bool
) -> None:
    """All 8 combinations, for each of what they are about: whether its state and the tasks before it let it run."""
    everything, its_state, its_upstream = flags
    world, key = at_work(a_dag(a_task("a"), a_task("b", "a", retries=1, delay=3600.0), a_task("c", "b")))
    name = "b" if is_upstream_met else "c"
    if is_upstream_met:
        play(world, "ok", *(["bad"] if is_state_good else ["ok", "ok"]))
    elif not is_state_good:
        world.order(MarkTasks(targets(key, "c"), TaskState.SUCCESS))
        world.step()
    state = {(True, True): "up_for_retry", (False, True): "none"}.get((is_upstream_met, is_state_good), "success")
    assert world.states(key)[name] == state
    ignored = [
        check for check, is_on in zip((Check.DEPENDENCIES, Check.STATE, Check.UPSTREAM), flags, strict=True) if is_on
    ]
    before = len(world.started)
    world.order(RunTask(Target(key, task_key(name)), tuple(ignored)))
    plan = world.step()
    settle(world)
    may = everything or ((is_state_good or its_state) and (is_upstream_met or its_upstream))
    (outcome,) = plan.batch.command_outcomes
    assert outcome.touched == may
    assert bool(outcome.notes) != may
    assert (len(world.started) - before == 1) == may
    if may:
        assert _next(world).task_key == task_key(name)


def test_run_ignoring_everything_needs_no_room_in_pools_and_limits() -> None:
    world = World.of(a_dag(a_task("a"), a_task("b"), max_active_tasks=1))
    world.step()
    world.step()
    (key,) = world.live
    assert sorted(world.states(key).values()) == ["queued", "scheduled"]
    waiting = next(name for name, state in world.states(key).items() if state == "scheduled")
    world.order(RunTask(Target(key, task_key(waiting)), (Check.DEPENDENCIES,)))
    settle(world)
    assert sorted(world.states(key).values()) == ["queued", "queued"]


def test_running_what_runs_says_so() -> None:
    world, key = at_work(CHAIN)
    world.order(RunTask(Target(key, task_key("a")), (Check.DEPENDENCIES,)))
    (outcome,) = world.step().batch.command_outcomes
    assert outcome.notes == ("a is queued already.",)


@pytest.mark.parametrize(
    ("state", "tasks"),
    [
        (RunState.SUCCESS, {"a": "success", "b": "success", "c": "success"}),
        (RunState.FAILED, {"a": "failed", "b": "skipped", "c": "skipped"}),
    ],
)
def test_S127_setting_the_state_of_a_running_run_ends_it(state: RunState, tasks: dict[str, str]) -> None:
    world, key = at_work(CHAIN)
    first = _next(world)
    world.begin(first)
    world.step()
    world.order(SetRunState((key,), state))
    plan = world.step()
    assert plan.cancels == [first.attempt_id]
    assert world.ended[key].state is state
    assert world.states(key) == tasks


def test_S127_an_ended_run_can_be_set_to_anything() -> None:
    world, key = at_work(a_dag(a_task("a")))
    play(world, "ok")
    world.order(SetRunState((key,), RunState.FAILED))
    world.step()
    assert world.ended[key].state is RunState.FAILED
    world.order(SetRunState((key,), RunState.RUNNING))
    settle(world)
    assert world.ended[key].state is RunState.SUCCESS, "nothing was left to do"


def test_deleting_a_running_run_stops_it_first_and_waits_for_its_attempts() -> None:
    world, key = at_work(CHAIN)
    first = _next(world)
    world.begin(first)
    world.busy = {key}
    world.step()
    world.order(DeleteRuns((key,)))
    plan = world.step()
    assert plan.cancels == [first.attempt_id]
    assert not plan.batch.deleted_runs
    plan = world.step()
    assert not plan.batch.deleted_runs, "its attempt is still there"
    world.busy = set()
    plan = world.step()
    assert plan.batch.deleted_runs == [key]
    assert [outcome.touched for outcome in plan.batch.command_outcomes] == [1]


def test_a_host_that_is_gone_does_not_hold_up_a_deletion_for_ever() -> None:
    world, key = at_work(CHAIN)
    world.busy = {key}
    world.order(DeleteRuns((key,)))
    settle(world)
    plan = world.step(61)
    assert plan.batch.deleted_runs == [key]


def test_what_would_open_a_run_whose_attempts_never_end_gives_up_in_words() -> None:
    world, key = at_work(a_dag(a_task("a")))
    play(world, "ok")
    world.busy = {key}
    world.order(ClearTasks(targets(key, "a")))
    assert not world.step().batch.command_outcomes
    (outcome,) = world.step(61).batch.command_outcomes
    assert (outcome.touched, len(outcome.notes)) == (0, 1)
    assert [(one.run_key, one.notes) for one in outcome.runs] == [(key, outcome.notes)]


def test_deleting_a_dag_turns_it_off_stops_its_runs_and_forgets_it() -> None:
    world, key = at_work(CHAIN)
    world.busy = {key}
    world.order(DeleteDag(CHAIN.dag_id))
    plan = world.step()
    assert list(plan.batch.paused_dags) == [CHAIN.dag_id]
    assert key in world.ended
    world.busy = set()
    plan = world.step()
    assert plan.batch.deleted_dags == [CHAIN.dag_id]


def test_what_is_gone_is_said_and_stops_nothing() -> None:
    world, key = at_work(CHAIN)
    gone = RunKey(key.dag_id, type(key.run_id)("gone"))
    world.order(ClearTasks((Target(gone, task_key("a")),)))
    world.order(ClearTasks(targets(key, "nope")))
    first, second = world.step().batch.command_outcomes
    assert first.notes == ("There is no run gone of DAG d any more.",)
    assert second.notes == ("nope is no longer part of run r.",)


def test_what_came_of_a_command_is_told_run_by_run() -> None:
    world, key = at_work(CHAIN)
    play(world, "ok", "ok", "ok")
    prefix = RunKey(key.dag_id, type(key.run_id)(key.run_id[:-1] or "x"))
    gone = RunKey(type(key.dag_id)("other"), key.run_id)
    world.order(ClearTasks((*targets(gone, "a"), *targets(prefix, "a"), *targets(key, "c"))))
    (outcome,) = world.step().batch.command_outcomes
    told = {one.run_key: (one.touched, one.notes) for one in outcome.runs}
    assert told == {
        key: (1, ()),
        prefix: (0, (f"There is no run {prefix.run_id} of DAG {prefix.dag_id} any more.",)),
        gone: (0, (f"There is no run {gone.run_id} of DAG other any more.",)),
    }
    assert (outcome.touched, len(outcome.notes)) == (1, 2)


def _two_ended(spec: DagSpec) -> tuple[World, RunKey, RunKey]:
    """A world with two runs that have ended well."""
    world, first = at_work(spec)
    play(world, "ok")
    second = world.trigger(spec, "r2")
    settle(world)
    play(world, "ok")
    assert {world.ended[key].state for key in (first, second)} == {RunState.SUCCESS}
    return world, first, second


def test_a_run_in_which_nothing_is_cleared_is_not_opened_because_of_another() -> None:
    world, first, second = _two_ended(a_dag(a_task("a")))
    world.order(ClearTasks((*targets(first, "a"), *targets(second, "nope"))))
    (outcome,) = world.step().batch.command_outcomes
    assert [(one.run_key, one.touched, len(one.notes)) for one in outcome.runs] == [(first, 1, 0), (second, 0, 1)]
    assert (first in world.live, world.ended[second].state) == (True, RunState.SUCCESS)


def test_what_cannot_be_done_in_one_run_is_said_of_it_and_holds_up_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    world, first, second = _two_ended(a_dag(a_task("a")))

    def set_run_state(draft: Draft, *rest: Any) -> None:
        if draft.run.key == first:
            raise LookupError("lost")
        orders.set_run_state(draft, *rest)

    monkeypatch.setattr(commands, "set_run_state", set_run_state)
    world.order(SetRunState((first, second), RunState.FAILED))
    (outcome,) = world.step().batch.command_outcomes
    assert [(one.run_key, one.touched, one.notes) for one in outcome.runs] == [
        (first, 0, ("LookupError: lost",)),
        (second, 1, ()),
    ]


def test_every_run_of_a_command_that_was_given_up_is_told_of() -> None:
    world, first, second = _two_ended(a_dag(a_task("a")))
    world.busy = {first}
    world.order(ClearTasks((*targets(first, "a"), *targets(second, "a"))))
    world.step()
    (outcome,) = world.step(61).batch.command_outcomes
    assert [(one.run_key, one.touched, len(one.notes)) for one in outcome.runs] == [(first, 0, 1), (second, 0, 1)]
