"""Mapped tasks: when they are expanded, who waits for whom, and what becomes of them when they are done again."""

from dataclasses import replace

import pytest

from jupyter_couture.decisions.advance import Draft
from jupyter_couture.decisions.live import LiveRun
from jupyter_couture.decisions.settling import settle
from jupyter_couture.model.dag import Expansion, Length, LengthKind, TaskKind, TaskSpec
from jupyter_couture.model.ids import RunKey, TaskId, TaskKey
from jupyter_couture.model.intents import StartAttempt
from jupyter_couture.model.policy import TriggerRule
from jupyter_couture.model.states import RunState, TaskEvent, TaskState
from tests.builders import World, a_dag, a_task


def literal(number: int) -> Length:
    return Length(LengthKind.LITERAL, number)


def returned(task: str) -> Length:
    return Length(LengthKind.TASK, task_id=TaskId(task))


def mapped(task: TaskSpec, *lengths: Length, group: str = "") -> TaskSpec:
    return replace(task, expand=Expansion(lengths, group))


def begun(*tasks: TaskSpec, slots: int = 50) -> tuple[World, RunKey]:
    world = World.of(a_dag(*tasks), slots=slots)
    world.step()
    return world, RunKey(*next(iter(world.live or world.ended)))


def start_of(world: World, task: str, index: int = -1) -> StartAttempt:
    return [start for start in world.started if start.task_key == TaskKey(TaskId(task), index)][-1]


def test_a_task_mapped_over_what_the_file_says_is_expanded_at_once() -> None:
    world, key = begun(mapped(a_task("m"), literal(2), literal(3)), a_task("after", "m"))
    assert world.states(key) == {**{f"m[{index}]": "queued" for index in range(6)}, "after": "none"}
    assert {start.lengths for start in world.started} == {(2, 3)}
    (added,) = world.plans[-1].batch.new_tasks
    assert len(added[1]) == 7
    assert not world.plans[-1].batch.removed_tasks
    for index in range(6):
        world.succeed(start_of(world, "m", index))
    world.step()
    assert world.states(key)["after"] == "queued"


def test_a_task_mapped_over_a_result_is_expanded_when_the_result_is_there() -> None:
    world, key = begun(a_task("src"), mapped(a_task("m", "src"), returned("src")), a_task("after", "m"))
    assert world.states(key) == {"src": "queued", "m": "none", "after": "none"}
    world.succeed(start_of(world, "src"), map_length=3)
    made = world.step()
    assert made.batch.removed_tasks == [(key, (TaskKey(TaskId("m")),))]
    assert [task.key.map_index for _, tasks in made.batch.new_tasks for task in tasks] == [0, 1, 2]
    assert world.states(key) == {"src": "success", **{f"m[{n}]": "queued" for n in range(3)}, "after": "none"}
    for index in range(3):
        world.succeed(start_of(world, "m", index))
    world.step()
    assert world.states(key)["after"] == "queued"


def test_a_failed_instance_fails_what_waits_for_all_of_them() -> None:
    world, key = begun(mapped(a_task("m"), literal(3)), a_task("after", "m"), a_task("done", "m", rule=_DONE))
    world.fail(start_of(world, "m", 1))
    world.step()
    assert world.states(key)["after"] == "upstream_failed"
    assert world.states(key)["done"] == "none"
    world.succeed(start_of(world, "m", 0))
    world.succeed(start_of(world, "m", 2))
    world.step()
    assert world.states(key)["done"] == "queued"


_DONE = TriggerRule.ALL_DONE


def test_a_task_mapped_over_nothing_is_skipped() -> None:
    world, key = begun(a_task("src"), mapped(a_task("m", "src"), returned("src")), a_task("after", "m"))
    world.succeed(start_of(world, "src"), map_length=0)
    world.step()
    assert world.states(key) == {"src": "success", "m": "skipped", "after": "skipped"}
    assert world.ended[key].state is RunState.SUCCESS
    assert world.ended[key].tasks[TaskKey(TaskId("m"))].reason == "It is mapped over nothing."


@pytest.mark.parametrize(("end", "expected"), [("fail", "upstream_failed"), ("skip", "skipped")])
def test_a_placeholder_takes_the_verdict_of_its_rule(end: str, expected: str) -> None:
    world, key = begun(a_task("src"), mapped(a_task("m", "src"), returned("src")))
    getattr(world, end)(start_of(world, "src"))
    world.step()
    assert world.states(key)["m"] == expected


def test_a_rule_that_holds_cannot_help_if_the_values_are_lost() -> None:
    world, key = begun(a_task("src"), mapped(a_task("m", "src", rule=TriggerRule.ALL_DONE), returned("src")))
    world.fail(start_of(world, "src"))
    world.step()
    assert world.states(key)["m"] == "upstream_failed"


def test_too_many_instances_are_refused() -> None:
    world, key = begun(a_task("src"), mapped(a_task("m", "src"), returned("src")))
    world.succeed(start_of(world, "src"), map_length=10_001)
    world.step()
    assert world.states(key)["m"] == "upstream_failed"
    assert "10001 times; the limit is 10000" in (world.ended[key].tasks[TaskKey(TaskId("m"))].reason or "")


def test_lengths_are_made_of_lengths() -> None:
    parts = (literal(2), literal(5))
    made = [Length(kind, parts=parts) for kind in (LengthKind.ZIP, LengthKind.ZIP_LONGEST, LengthKind.CONCAT)]
    world, _ = begun(*(mapped(a_task(f"m{number}"), length) for number, length in enumerate(made)))
    assert sorted({(start.task_key.task_id, start.lengths) for start in world.started}) == [
        ("m0", (2,)),
        ("m1", (5,)),
        ("m2", (7,)),
    ]


def test_a_mapped_task_may_be_mapped_over_the_results_of_another() -> None:
    world, key = begun(mapped(a_task("a"), literal(3)), mapped(a_task("b", "a"), returned("a")))
    for index in range(3):
        world.succeed(start_of(world, "a", index))
    world.step()
    assert [name for name in world.states(key) if name.startswith("b")] == ["b[0]", "b[1]", "b[2]"]


def test_tasks_of_a_mapped_group_wait_index_by_index() -> None:
    world, key = begun(
        mapped(a_task("one"), literal(2), group="g"),
        mapped(a_task("two", "one"), literal(2), group="g"),
        a_task("after", "two"),
    )
    world.succeed(start_of(world, "one", 1))
    world.step()
    assert world.states(key) == {
        "one[0]": "queued",
        "one[1]": "success",
        "two[0]": "none",
        "two[1]": "queued",
        "after": "none",
    }
    world.fail(start_of(world, "one", 0))
    world.step()
    assert world.states(key)["two[0]"] == "upstream_failed"
    assert world.states(key)["two[1]"] == "queued"


def test_a_branch_in_a_mapped_group_decides_for_its_own_index() -> None:
    world, key = begun(
        mapped(a_task("pick"), literal(2), group="g"),
        mapped(a_task("left", "pick"), literal(2), group="g"),
        mapped(a_task("right", "pick"), literal(2), group="g"),
    )
    world.succeed(start_of(world, "pick", 0), skips=("left",))
    world.succeed(start_of(world, "pick", 1), skips=("right",))
    world.step()
    found = world.states(key)
    assert [found[name] for name in ("left[0]", "left[1]", "right[0]", "right[1]")] == [
        "skipped",
        "queued",
        "queued",
        "skipped",
    ]


@pytest.mark.parametrize(("width", "expected"), [(1, ["none", "removed", "removed"]), (4, ["none"] * 4)])
def test_instances_that_are_done_again_follow_the_new_length(width: int, expected: list[str]) -> None:
    world, key = begun(a_task("src"), mapped(a_task("m", "src"), returned("src")), a_task("end", "m"))
    world.succeed(start_of(world, "src"), map_length=3)
    world.step()
    for index in range(3):
        world.succeed(start_of(world, "m", index))
    world.step()
    draft = Draft(world.live[key])
    names = ("src", "m")
    for task in [task for task in draft.tasks if task.task_id in names]:
        draft.move(task, TaskEvent.CLEARED, attempt_id=None, map_length=None)
    draft.change(TaskKey(TaskId("src")), state=TaskState.SUCCESS, map_length=width)
    draft.unsettle(TaskKey(TaskId("m"), 0))
    settle(draft, world.now)
    found = [task.state.value for task_key, task in sorted(draft.tasks.items()) if task_key.task_id == "m"]
    assert [state.replace("scheduled", "none") for state in found] == expected
    sealed = draft.seal()
    assert sealed == LiveRun.of(sealed.run, sealed.spec), "what is kept up to date is what would be counted anew"


def test_a_shrunken_map_over_nothing_leaves_a_skipped_placeholder_and_may_grow_again() -> None:
    world, key = begun(a_task("src"), mapped(a_task("m", "src"), returned("src")), a_task("end", "m"))
    world.succeed(start_of(world, "src"), map_length=2)
    world.step()
    draft = Draft(world.live[key])
    for width, expected in ((0, {-1: "skipped", 0: "removed", 1: "removed"}), (2, {0: "scheduled", 1: "scheduled"})):
        for task_key, task in list(draft.tasks.items()):
            if task_key.task_id == "m" and task.state is not TaskState.REMOVED:
                draft.change(task_key, state=TaskState.NONE, attempt_id=None, reason=None)
        draft.change(TaskKey(TaskId("src")), map_length=width)
        draft.unsettle_task("m")
        settle(draft, world.now)
        found = {each.map_index: task.state.value for each, task in draft.tasks.items() if each.task_id == "m"}
        assert found == expected
        sealed = draft.seal()
        assert sealed == LiveRun.of(sealed.run, sealed.spec)


def test_an_instance_without_work_succeeds_where_it_stands() -> None:
    world, key = begun(mapped(a_task("m", kind=TaskKind.EMPTY), literal(3)), a_task("end", "m", kind=TaskKind.EMPTY))
    assert world.ended[key].state is RunState.SUCCESS
