"""Clearing with the latest version: a run goes on with what the mended file says, if nothing of it is under way."""

from dataclasses import replace

import pytest

from jupyter_couture.model.commands import ClearTasks, Target
from jupyter_couture.model.dag import DagSpec, Expansion, Length, LengthKind
from jupyter_couture.model.ids import RunKey, TaskKey
from jupyter_couture.model.states import RunState
from tests.builders import World, a_dag, a_task, task_key

OLD = a_dag(a_task("a"), a_task("b", "a"), a_task("gone", "b"))
NEW = a_dag(a_task("a"), a_task("fresh", "a"), a_task("b", "fresh"))


def clear(world: World, key: RunKey, *tasks: TaskKey, latest: bool = True) -> tuple[int, tuple[str, ...]]:
    """Give the command; what came of it."""
    world.order(ClearTasks(tuple(Target(key, task) for task in tasks), latest))
    outcome = world.step().batch.command_outcomes[0]
    return outcome.touched, outcome.notes


def play(world: World, *ends: str) -> None:
    """Let the newest attempt end as each word says."""
    for end in ends:
        start = world.started[-1]
        world.begin(start)
        world.succeed(start) if end == "ok" else world.fail(start)
        world.step()
        world.step()


def begun(spec: DagSpec) -> tuple[World, RunKey]:
    """A world whose run has just begun."""
    world = World.of(spec)
    world.step()
    world.step()
    return world, next(iter(world.live))


def test_an_ended_run_goes_on_with_what_the_file_says_now() -> None:
    world, key = begun(OLD)
    play(world, "ok", "bad")
    assert world.states(key) == {"a": "success", "b": "failed", "gone": "upstream_failed"}
    world.mend(NEW, "v2")

    touched, notes = clear(world, key, task_key("b"), task_key("gone"))
    assert (touched, notes) == (3, ("gone is no longer part of run r.",)), "one leaves, one joins, one is done again"
    world.step()
    assert world.states(key) == {"a": "success", "fresh": "queued", "b": "none"}
    assert world.live[key].run.version == "v2"
    assert world.started[-1].version == "v2"
    play(world, "ok", "ok")
    assert world.ended[key].state is RunState.SUCCESS
    assert [start.task_key.task_id for start in world.started] == ["a", "b", "fresh", "b"]


def test_without_the_option_it_stays_with_the_version_it_has() -> None:
    world, key = begun(OLD)
    play(world, "ok", "bad")
    world.mend(NEW, "v2")

    assert clear(world, key, task_key("b"), task_key("gone"), latest=False) == (2, ())
    world.step()
    assert world.states(key) == {"a": "success", "b": "queued", "gone": "none"}
    assert world.started[-1].version != "v2"


def test_a_run_of_which_something_is_under_way_is_left_alone() -> None:
    world, key = begun(a_dag(a_task("a"), a_task("b")))
    world.begin(world.started[0])
    world.succeed(world.started[1])
    world.step()
    world.mend(NEW, "v2")

    touched, notes = clear(world, key, task_key("b"))
    assert (touched, notes) == (
        0,
        ("Nothing was cleared in run r: a must end before the run can go on with the latest version.",),
    )
    assert world.states(key) == {"a": "running", "b": "success"}


def test_tasks_that_are_mapped_in_one_version_only_fit_the_new_one() -> None:
    expansion = Expansion((Length(LengthKind.LITERAL, 2),), "")
    plain = a_dag(a_task("m"), a_task("z", "m"))
    mapped = a_dag(replace(a_task("m"), expand=expansion), a_task("z", "m"))
    for before, after, wanted in (
        (plain, mapped, {"m[0]": "queued", "m[1]": "queued", "z": "none"}),
        (mapped, plain, {"m": "queued", "z": "none"}),
    ):
        world, key = begun(before)
        for start in list(world.started):
            world.begin(start)
            world.succeed(start)
        world.step()
        play(world, "bad")
        world.mend(after, "v2")
        touched, _ = clear(world, key, *world.ended[key].tasks)
        assert touched
        world.step()
        assert world.states(key) == wanted


def test_a_version_in_which_nothing_is_left_to_do_ends_the_run_as_its_last_tasks_say() -> None:
    world, key = begun(OLD)
    play(world, "ok", "ok", "bad")
    world.mend(a_dag(a_task("a"), a_task("b", "a")), "v2")

    touched, notes = clear(world, key, task_key("gone"))
    assert (touched, notes) == (1, ("gone is no longer part of run r.",))
    world.step()
    world.step()
    assert world.states(key) == {"a": "success", "b": "success"}
    assert (world.ended[key].version, world.ended[key].state) == ("v2", RunState.SUCCESS)


@pytest.mark.parametrize("is_there", [True, False])
def test_a_run_that_has_the_latest_version_is_cleared_as_ever_and_one_without_a_dag_is_not(is_there: bool) -> None:
    world, key = begun(OLD)
    play(world, "bad")
    if not is_there:
        del world.dags[OLD.dag_id]
        world.versions[world.ended[key].version] = OLD
    touched, notes = clear(world, key, task_key("a"))
    assert (touched, notes) == (
        (1, ()) if is_there else (0, ("Nothing was cleared in run r: its DAG has no present version.",))
    )
