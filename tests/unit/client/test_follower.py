"""A run brought up to date by events."""

import random

from jupyter_couture.client import wire
from jupyter_couture.client.follower import RunFollower
from tests.unit.client.samples import event, run_info, task_info


def follower(*tasks: wire.TaskInfo, known_at: int = 10) -> RunFollower:
    """A run that has been looked at once."""
    found = RunFollower(run_info("queued"))
    found.take_snapshot(run_info("running"), wire.TaskList(list(tasks), known_at, len(tasks)))
    return found


def test_the_first_snapshot_tells_how_everything_stands() -> None:
    found = RunFollower(run_info("queued"))
    tasks = [task_info("a", "success", try_number=1), task_info("b")]
    changes = found.take_snapshot(run_info("running"), wire.TaskList(tasks, 10, 2))
    assert [(change.name, change.state) for change in changes] == [("a", "success"), ("run", "running")]
    assert found.cursor == 10


def test_events_change_tasks_and_old_ones_do_not() -> None:
    found = follower(task_info("a"), task_info("b"))
    assert found.take(event(10, "task.state", "a", -1, state="failed")) == []
    (change,) = found.take(
        event(11, "task.state", "a", -1, state="running", try_number=1, started_at="2026-11-22T12:00:05+00:00")
    )
    assert (change.name, change.state, change.try_number) == ("a", "running", 1)
    task = found.tasks[("a", -1)]
    assert task.started_at is not None
    assert task.started_at.second == 5
    assert found.take(event(12, "task.state", "a", -1, state="running", try_number=1)) == []


def test_what_is_about_others_is_passed_over() -> None:
    found = follower(task_info("a"))
    for other in (
        wire.Event(11, event(1, "x").at, "task.state", "etl", "r2", "a", -1, {"state": "failed"}),
        wire.Event(12, event(1, "x").at, "run.state", "other", "r1", None, None, {"state": "failed"}),
        wire.Event(13, event(1, "x").at, "engine.state", None, None, None, None, {"state": "down"}),
    ):
        assert found.take(other) == []
    assert not found.is_over


def test_instances_of_a_mapped_task_take_the_place_of_what_stood_for_them() -> None:
    found = follower(task_info("m"))
    for index in range(3):
        found.take(event(11 + index, "task.state", "m", index, state="running", try_number=1))
    assert sorted(found.tasks) == [("m", 0), ("m", 1), ("m", 2)]
    assert {task.operator for task in found.tasks.values()} == {"PythonOperator"}
    assert {task.map_index for task in found.tasks.values()} == {0, 1, 2}


def test_progress_is_kept_with_the_task() -> None:
    found = follower(task_info("a", "running"))
    assert found.take(event(11, "attempt.progress", "a", -1, try_number=1, done=2, total=5, label="cells")) == []
    assert found.tasks[("a", -1)].progress == wire.Progress(2, 5, "cells")


def test_the_end_of_the_run_is_told_after_its_last_tasks() -> None:
    found = follower(task_info("a", "running", try_number=1))
    assert found.take(event(11, "run.state", state="success")) == []
    assert found.is_over
    changes = found.take_snapshot(run_info("success"), wire.TaskList([task_info("a", "success", try_number=1)], 12, 1))
    assert [(change.name, change.state) for change in changes] == [("a", "success"), ("run", "success")]


def test_a_run_that_is_deleted_is_over() -> None:
    found = follower()
    assert found.take(event(11, "run.removed")) == []
    assert found.is_removed
    assert found.is_over


def test_wherever_the_stream_breaks_the_end_is_the_same() -> None:
    """Events from the cursor on, with any part of them doubled, give the same tasks as all of them in one go."""
    names = ["a", "b", "c"]
    states = ["scheduled", "queued", "running", "success"]
    story = [
        event(11 + number, "task.state", names[number % 3], -1, state=states[number // 3], try_number=1)
        for number in range(12)
    ]
    straight = follower(*map(task_info, names))
    for each in story:
        straight.take(each)
    for seed in range(50):
        found = follower(*map(task_info, names))
        cut = random.Random(seed).randrange(len(story))
        for each in story[:cut]:
            found.take(each)
        now = wire.TaskList(list(found.tasks.values()), 10 + cut, 3)
        found.take_snapshot(found.run, now)
        for each in story[random.Random(seed).randrange(cut + 1) :]:
            found.take(each)
        assert found.tasks == straight.tasks
