"""S103, S104, S105: what an action touches, against an oracle that knows nothing of graphs: every path is walked."""

import itertools
import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from jupyter_couture.decisions.selection import Directions, GridRun, select
from jupyter_couture.model.commands import Target
from jupyter_couture.model.dag import DagSpec, Expansion, Length, LengthKind, TaskSpec
from jupyter_couture.model.ids import RunId, RunKey, TaskId, TaskKey
from jupyter_couture.model.run import DagRun, TaskInstance
from tests.builders import T0, a_dag, a_run, a_task

SIDE = 5


def a_grid(seed: int) -> tuple[list[GridRun], DagSpec, set[tuple[str, str]]]:
    """Five runs of a random DAG of five tasks, in random order, and the DAG's edges."""
    rng = random.Random(seed)
    names = [f"t{number}" for number in range(SIDE)]
    edges = {(a, b) for a, b in itertools.combinations(names, 2) if rng.random() < 0.4}
    spec = a_dag(*(a_task(name, *(a for a, b in sorted(edges) if b == name)) for name in names))
    runs = [_with_tasks(spec, f"r{day}", day) for day in range(SIDE)]
    rng.shuffle(runs)
    return runs, spec, edges


def _with_tasks(spec: DagSpec, run_id: str, day: int, indices: int = 0) -> GridRun:
    run = a_run(spec, run_id, T0 + timedelta(days=day))
    keys = [
        TaskKey(task.task_id, index)
        for task in spec.tasks
        for index in (range(indices) if task.expand is not None and indices else (-1,))
    ]
    return GridRun(replace(run, tasks={key: TaskInstance(key) for key in keys}), spec)


def walked(edges: set[tuple[str, str]], start: str, forwards: bool) -> set[str]:
    """All tasks on any path from ``start``, by walking one edge at a time as often as there are tasks."""
    seen = {start}
    for _ in range(SIDE):
        seen |= {(b if forwards else a) for a, b in edges if (a if forwards else b) in seen}
    return seen


def oracle(runs: list[DagRun], edges: set[tuple[str, str]], target: Target, way: Directions) -> set[Target]:
    """What should be selected."""
    own = next(run for run in runs if run.key == target.run_key)
    days = {run.key for run in runs if run.key == own.key}
    days |= {run.key for run in runs if way.past and run.logical_date < own.logical_date}
    days |= {run.key for run in runs if way.future and run.logical_date > own.logical_date}
    name = target.task_key.task_id
    tasks: set[str] = {name}
    tasks |= walked(edges, name, forwards=False) if way.upstream else set()
    tasks |= walked(edges, name, forwards=True) if way.downstream else set()
    return {Target(day, TaskKey(TaskId(task))) for day in days for task in tasks}


def _ways() -> Iterator[Directions]:
    for flags in itertools.product([False, True], repeat=4):
        yield Directions(*flags)


@pytest.mark.parametrize("seed", range(6))
def test_S103_S104_S105_every_combination_selects_what_the_oracle_says(seed: int) -> None:
    runs, spec, edges = a_grid(seed)
    plain = [item.run for item in runs]
    checked = 0
    for way in _ways():
        for run, task in itertools.product(plain, spec.tasks):
            target = Target(run.key, TaskKey(task.task_id))
            found = select(runs, target, way)
            assert set(found) == oracle(plain, edges, target, way)
            assert len(found) == len(set(found))
            checked += 1
    assert checked == 2**4 * SIDE * SIDE


def test_the_order_is_run_by_run_in_the_authors_order() -> None:
    runs, spec, _ = a_grid(1)
    target = Target(RunKey(spec.dag_id, RunId("r2")), TaskKey(TaskId("t2")))
    found = select(runs, target, Directions(True, True, True, True))
    assert found == sorted(found, key=lambda item: (item.run_key.run_id, item.task_key.task_id))


def test_another_run_of_the_same_date_is_left_alone() -> None:
    spec = a_dag(a_task("a"))
    runs = [_with_tasks(spec, "mine", 1), _with_tasks(spec, "twin", 1), _with_tasks(spec, "old", 0)]
    target = Target(runs[0].run.key, TaskKey(TaskId("a")))
    found = select(runs, target, Directions(past=True, future=True))
    assert [item.run_key.run_id for item in found] == ["old", "mine"]


def test_a_task_that_a_version_does_not_have_selects_nothing_there() -> None:
    spec, smaller = a_dag(a_task("a"), a_task("b", "a")), a_dag(a_task("a"))
    runs = [_with_tasks(smaller, "old", 0), _with_tasks(spec, "new", 1)]
    found = select(runs, Target(runs[1].run.key, TaskKey(TaskId("b"))), Directions(past=True, upstream=True))
    assert [(item.run_key.run_id, item.task_key.task_id) for item in found] == [("new", "a"), ("new", "b")]


def test_an_unknown_run_selects_nothing() -> None:
    runs, spec, _ = a_grid(0)
    assert select(runs, Target(RunKey(spec.dag_id, RunId("no")), TaskKey(TaskId("t0"))), Directions(past=True)) == []


def mapped(task: TaskSpec, group: str = "") -> TaskSpec:
    """The task, mapped over three values; in ``group`` as a whole if given."""
    return replace(task, expand=Expansion((Length(LengthKind.LITERAL, 3),), group))


def test_one_instance_of_a_mapped_task_comes_with_its_own_index_of_the_group_and_all_of_the_others() -> None:
    spec = a_dag(
        a_task("before"),
        mapped(a_task("g.one", "before"), "g"),
        mapped(a_task("g.two", "g.one"), "g"),
        a_task("after", "g.two"),
    )
    grid = [_with_tasks(spec, "r", 0, indices=3)]
    target = Target(grid[0].run.key, TaskKey(TaskId("g.one"), 1))
    found = select(grid, target, Directions(downstream=True), map_index=1)
    assert [tuple(item.task_key) for item in found] == [("g.one", 1), ("g.two", 1), ("after", -1)]
    whole_task = select(grid, target, Directions())
    assert [item.task_key.map_index for item in whole_task] == [0, 1, 2]


def test_clearing_brings_the_setups_and_teardowns_of_what_is_cleared() -> None:
    setup = replace(a_task("up"), is_setup=True)
    teardown = replace(a_task("down", "up", "work"), is_teardown=True, setups=(TaskId("up"),))
    spec = a_dag(setup, a_task("work", "up"), teardown, a_task("other"))
    grid = [_with_tasks(spec, "r", 0)]
    target = Target(grid[0].run.key, TaskKey(TaskId("work")))
    with_setups = select(grid, target, Directions(), with_setups=True)
    assert [item.task_key.task_id for item in with_setups] == ["up", "work", "down"]
    assert [item.task_key.task_id for item in select(grid, target, Directions())] == ["work"]
