"""Pools, limits, the run before, dates, setups and teardowns, branches, fail-fast: who may run, and who may not."""

from dataclasses import replace
from datetime import timedelta

import pytest

from jupyter_couture.model.dag import DagSpec, TaskSpec
from jupyter_couture.model.ids import DagId, RunKey, TaskId
from jupyter_couture.model.intents import StartAttempt
from jupyter_couture.model.policy import TriggerRule
from jupyter_couture.model.pools import Pool
from jupyter_couture.model.run import RunType, Wait, WaitKind
from jupyter_couture.model.states import RunState
from tests.builders import T0, World, a_case, a_dag, a_run, a_task, seconds, task_key


def pooled(name: str, pool: str, slots: int = 1, weight: int = 1) -> TaskSpec:
    return replace(a_task(name, weight=weight), pool=pool, pool_slots=slots)


def in_pools(*tasks: TaskSpec, slots: int = 50, **sizes: int) -> World:
    world = World.of(a_dag(*tasks), slots=slots)
    world.pools.update({name: Pool(name, size) for name, size in sizes.items()})
    return world


def started(world: World) -> list[str]:
    return [start.task_key.task_id for start in world.step().starts]


def test_a_full_pool_holds_up_nobody_else() -> None:
    heavy = [pooled(f"h{number}", "small", weight=10) for number in range(20)]
    world = in_pools(*heavy, a_task("light"), slots=4, small=1)
    assert started(world) == ["h0", "light"]
    world.succeed(world.started[0])
    assert started(world) == ["h1"]


def test_a_task_takes_as_many_slots_as_it_says() -> None:
    world = in_pools(pooled("big", "p", 3, weight=2), pooled("a", "p"), pooled("b", "p"), pooled("huge", "p", 9), p=4)
    assert started(world) == ["big", "a"]
    world.succeed(world.started[0])
    assert started(world) == ["b"]


def test_without_its_pool_a_task_waits_and_an_unlimited_one_is_never_full() -> None:
    world = in_pools(pooled("lost", "gone"), *(pooled(f"t{number}", "wide") for number in range(9)), wide=-1)
    assert len(started(world)) == 9
    world.pools["gone"] = Pool("gone", 1)
    assert started(world) == ["lost"]


@pytest.mark.parametrize("counts", [True, False])
def test_deferred_tasks_take_their_slots_in_pools_that_count_them(*, counts: bool) -> None:
    world = in_pools(pooled("a", "p"), pooled("b", "p"), p=1)
    world.pools["p"] = Pool("p", 1, includes_deferred=counts)
    assert started(world) == ["a"]
    world.defer(world.started[0], Wait("w", WaitKind.TRIGGER, "go_on"))
    assert started(world) == ([] if counts else ["b"])


def test_the_limits_of_a_task_hold_in_its_run_and_over_all_runs() -> None:
    tasks = [replace(a_task("a"), max_active_instances=1), replace(a_task("b"), max_active_instances_per_run=1)]
    spec = a_dag(*tasks)
    world = World.of(spec, slots=20)
    world.trigger(spec, "r2")
    assert sorted(started(world)) == ["a", "b", "b"]


def test_a_dag_at_its_limit_holds_up_no_other_dag() -> None:
    wide = a_dag(*(a_task(f"t{number}", weight=9) for number in range(10)), max_active_tasks=2)
    world = World.of(wide, a_dag(a_task("x"), dag_id="e"), slots=20)
    assert sorted(started(world)) == ["t0", "t1", "x"]


# --- the run before ---------------------------------------------------------------------------------------------------


def after_each_other(*tasks: TaskSpec, count: int = 2) -> tuple[World, list[RunKey]]:
    spec = a_dag(*tasks)
    world = World({spec.dag_id: a_case(spec)})
    keys = []
    for number in range(count):
        world.now = T0 + timedelta(days=number)
        keys.append(world.trigger(spec, f"r{number}"))
    world.step()
    return world, keys


def test_a_task_that_depends_on_its_past_waits_for_the_run_before() -> None:
    """S038."""
    world, (first, second) = after_each_other(replace(a_task("a"), depends_on_past=True), a_task("b"))
    assert world.states(second) == {"a": "none", "b": "queued"}
    world.succeed(next(start for start in world.started if start.run_key == first and start.task_key.task_id == "a"))
    world.step()
    assert world.states(second) == {"a": "queued", "b": "queued"}


@pytest.mark.parametrize(("end", "expected"), [("fail", "none"), ("skip", "queued"), ("succeed", "queued")])
def test_the_past_must_have_ended_well_also_when_its_run_is_over(end: str, expected: str) -> None:
    """S038."""
    world, (_, second) = after_each_other(replace(a_task("a"), depends_on_past=True))
    getattr(world, end)(world.started[0])
    world.step()
    assert world.states(second) == {"a": expected}
    world.step()
    assert world.states(second) == {"a": expected}


def test_a_run_that_comes_later_looks_at_runs_that_have_ended() -> None:
    world, (first,) = after_each_other(replace(a_task("a"), depends_on_past=True), count=1)
    world.fail(world.started[0])
    world.step()
    assert first in world.ended
    world.now += timedelta(days=1)
    key = world.trigger(a_dag(replace(a_task("a"), depends_on_past=True)), "r9")
    world.step()
    assert world.states(key) == {"a": "none"}


def test_a_task_new_to_its_dag_waits_for_nothing_unless_it_wants_to() -> None:
    for ignore_first, expected in ((True, "queued"), (False, "none")):
        world, (first,) = after_each_other(a_task("b"), count=1)
        world.succeed(world.started[0])
        world.step()
        assert first in world.ended
        new = replace(a_task("a"), depends_on_past=True, ignore_first_depends_on_past=ignore_first)
        world.now += timedelta(days=1)
        key = world.trigger(a_dag(new, a_task("b")), "r9")
        world.step()
        assert world.states(key)["a"] == expected


def test_wait_for_downstream_waits_for_what_follows_directly() -> None:
    a = replace(a_task("a"), depends_on_past=True, wait_for_downstream=True)
    world, (first, second) = after_each_other(a, a_task("b", "a"), a_task("c", "b"))
    for name, expected in (("a", "none"), ("b", "queued")):
        start = [each for each in world.started if each.run_key == first and each.task_key.task_id == name][-1]
        world.succeed(start)
        world.step()
        assert world.states(second)["a"] == expected


def test_scheduled_runs_look_at_scheduled_ones_and_manual_ones_at_all() -> None:
    spec = a_dag(replace(a_task("a"), depends_on_past=True))
    world = World({spec.dag_id: a_case(spec)})
    world.trigger(spec, "manual")
    for number, kind in enumerate((RunType.SCHEDULED, RunType.MANUAL)):
        at = T0 + timedelta(days=number + 1)
        run = replace(a_run(spec, kind.value + "1", at), run_type=kind)
        world.live[run.key] = type(world.live[next(iter(world.live))]).of(run, spec)
    world.step()
    assert {key.run_id: world.states(key)["a"] for key in world.live} == {
        "manual": "queued",
        "scheduled1": "queued",
        "manual1": "none",
    }


# --- dates, branches, setups ------------------------------------------------------------------------------------------


def test_a_task_outside_its_own_dates_is_no_part_of_the_run() -> None:
    early = replace(a_task("early"), end_date=T0 - seconds(1))
    late = replace(a_task("late"), start_date=T0 + seconds(1))
    world = World.of(a_dag(early, late, a_task("after", "early", "late"), a_task("now", "after")))
    world.step()
    (key,) = world.live
    assert world.states(key) == {"early": "removed", "late": "removed", "after": "queued", "now": "none"}
    reasons = [task.reason for task in world.live[key].run.tasks.values() if task.reason]
    assert reasons == ["Its end_date was 2026-11-22 11:59:59 UTC.", "Its start_date is 2026-11-22 12:00:01 UTC."]


def test_a_branch_skips_what_it_does_not_choose_whatever_the_rule() -> None:
    tasks = [a_task("pick"), a_task("left", "pick"), a_task("right", "pick", rule=TriggerRule.ALL_DONE)]
    join = a_task("join", "left", "right", rule=TriggerRule.NONE_FAILED_MIN_ONE_SUCCESS)
    world = World.of(a_dag(*tasks, join))
    world.step()
    (key,) = world.live
    world.succeed(world.started[0], skips=("right",))
    world.step()
    assert world.states(key) == {"pick": "success", "left": "queued", "right": "skipped", "join": "none"}
    assert world.live[key].run.tasks[task_key("right")].reason == "Task pick chose another way."
    world.succeed(world.started[1])
    assert started(world) == ["join"]


def test_a_short_circuit_skips_further_down_at_once() -> None:
    far = a_task("far", "near", rule=TriggerRule.ALL_DONE)
    world = World.of(a_dag(a_task("check"), a_task("near", "check"), far))
    world.step()
    (key,) = world.live
    world.succeed(world.started[0], skips=("near", "far"))
    world.step()
    assert world.states(key) == {"check": "success", "near": "skipped", "far": "skipped"}


def teardown(name: str, *upstream: str, setups: tuple[str, ...], is_deciding: bool = False) -> TaskSpec:
    return replace(
        a_task(name, *upstream, rule=TriggerRule.ALL_DONE_SETUP_SUCCESS),
        is_teardown=True,
        is_deciding=is_deciding,
        setups=tuple(TaskId(each) for each in setups),
    )


def cluster(*, is_deciding: bool = False) -> tuple[World, RunKey]:
    work = replace(a_task("work", "up"), setups=(TaskId("up"),))
    down = teardown("down", "up", "work", setups=("up",), is_deciding=is_deciding)
    world = World.of(a_dag(replace(a_task("up"), is_setup=True), work, down))
    world.step()
    return world, next(iter(world.live))


@pytest.mark.parametrize(
    ("setup", "work", "down", "run"),
    [
        ("succeed", "fail", "queued", RunState.FAILED),
        ("succeed", "succeed", "queued", RunState.SUCCESS),
        ("fail", None, "upstream_failed", RunState.FAILED),
        ("skip", None, "skipped", RunState.SUCCESS),
    ],
)
def test_a_teardown_runs_if_there_is_something_to_tear_down(
    setup: str, work: str | None, down: str, run: RunState
) -> None:
    world, key = cluster()
    getattr(world, setup)(world.started[0])
    world.step()
    if work is not None:
        getattr(world, work)(world.started[1])
        world.step()
    assert world.states(key)["down"] == down
    if down == "queued":
        world.fail(world.started[2])  # a teardown that fails does not fail the run, unless it is to
        world.step()
    assert world.ended[key].state is run


def test_a_teardown_that_is_to_decide_fails_the_run() -> None:
    world, key = cluster(is_deciding=True)
    for end in (world.succeed, world.succeed, world.fail):
        end(world.started[-1])
        world.step()
    assert world.ended[key].state is RunState.FAILED


def test_a_failed_setup_fails_what_needs_it_whatever_its_rule() -> None:
    needy = replace(a_task("needy", "other", rule=TriggerRule.ALWAYS), setups=(TaskId("up"),))
    world = World.of(a_dag(a_task("up"), a_task("other", "up", rule=TriggerRule.ALL_DONE), needy))
    world.step()
    (key,) = world.live
    assert world.states(key)["needy"] == "none"
    world.fail(world.started[0])
    world.step()
    assert world.states(key)["needy"] == "upstream_failed"
    assert world.live[key].run.tasks[task_key("needy")].reason == "Its setup did not end well: up."


def test_a_failure_in_a_fail_fast_dag_ends_everything_but_teardowns() -> None:
    tasks = [replace(a_task("up"), is_setup=True), a_task("bad"), a_task("runs", retries=5), a_task("later", "runs")]
    spec = replace(a_dag(*tasks, teardown("down", "up", "later", setups=("up",))), is_fail_fast=True)
    world = World.of(spec)
    world.step()
    (key,) = world.live
    by_name: dict[str, StartAttempt] = {start.task_key.task_id: start for start in world.started}
    world.succeed(by_name["up"])
    world.fail(by_name["bad"])
    made = world.step()
    assert made.cancels == [by_name["runs"].attempt_id]
    assert world.states(key)["later"] == "skipped"
    assert [start.task_key.task_id for start in made.starts] == ["down"]
    world.fail(by_name["runs"])
    world.succeed(world.started[-1])
    world.step()
    assert world.states(key)["runs"] == "failed"
    assert world.ended[key].state is RunState.FAILED


def test_a_dag_is_turned_off_after_so_many_failures_in_a_row() -> None:
    spec = replace(a_dag(a_task("a")), max_failed_runs=2)
    world = World({spec.dag_id: a_case(spec)})
    world.failed_streaks = {DagId("d"): 1}
    assert world.step().batch.is_empty
    world.failed_streaks = {DagId("d"): 2}
    made = world.step()
    assert made.batch.paused_dags == ["d"]
    assert [entry.data for entry in made.batch.feed] == [{"is_paused": True}]
    assert world.step().batch.is_empty


def test_a_spec_knows_which_of_its_tasks_decide() -> None:
    assert DagSpec(dag_id=DagId("d"), tasks=(teardown("only", setups=()),)).deciding == ("only",)
