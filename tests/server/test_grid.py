"""S085: the states of all tasks over the latest runs, over REST."""

import gzip
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from jupyter_couture.model.dag import DagSpec, TaskKind, TaskSpec
from jupyter_couture.model.ids import DagId, RunKey, TaskId, TaskKey
from jupyter_couture.model.records import Batch, TaskUpdate
from jupyter_couture.model.run import TaskInstance
from jupyter_couture.model.states import RunState, TaskState
from tests.server.conftest import Ask, Fetch
from tests.server.yard import T0, Yard, etl

S = TaskState


def words(grid: Any, run: Any) -> dict[str, str | None]:
    """The states of a run by task; None where it has no such task."""
    found = [None if code < 0 else grid["states"][code] for code in run["states"]]
    return dict(zip(grid["tasks"], found, strict=True))


@pytest.fixture
def spec(yard: Yard) -> DagSpec:
    """Extract, transform, load."""
    return yard.add_dag(etl())


def set_times(yard: Yard, key: RunKey, task_id: str, *, tries: int, starts: float, ends: float | None) -> None:
    """Say when a task ran, in seconds after its run was queued."""
    queued_at = yard.store.run_row(key).run.queued_at
    before = yard.store.task_row(key, TaskKey(TaskId(task_id))).task
    after = replace(
        before,
        try_number=tries,
        started_at=queued_at + timedelta(seconds=starts),
        ended_at=None if ends is None else queued_at + timedelta(seconds=ends),
    )
    yard.commit(Batch(task_updates=[TaskUpdate(key, after, before.state)]))


async def test_S085_a_column_for_each_run_the_latest_last(yard: Yard, ask: Ask, spec: DagSpec) -> None:
    first = yard.add_run(spec, "r1", {"extract": S.SUCCESS, "transform": S.FAILED}, RunState.FAILED)
    yard.add_run(spec, "r2", {"extract": S.RUNNING})
    set_times(yard, first, "transform", tries=3, starts=1.25, ends=61.5)
    answer = await ask("dags", "etl", "grid")
    assert answer.status == 200, answer.body
    grid = answer.json
    assert grid["tasks"] == ["extract", "transform", "load"]
    assert (grid["version"], grid["task_count"], grid["has_more"]) == ("etlv1", 3, False)
    old, new = grid["runs"]
    assert [old["run_id"], new["run_id"]] == ["r1", "r2"]
    assert words(grid, old) == {"extract": "success", "transform": "failed", "load": "none"}
    assert words(grid, new) == {"extract": "running", "transform": "none", "load": "none"}
    assert (old["tries"], old["starts"], old["ends"]) == ([0, 3, 0], [None, 1.25, None], [None, 61.5, None])
    assert (old["state"], old["run_type"], old["mapped"]) == ("failed", "manual", {})
    assert old["logical_date"] < new["logical_date"]
    assert grid["feed_seq"] > 0


async def test_S085_a_dag_of_one_task_has_one_cell_for_each_run(yard: Yard, ask: Ask) -> None:
    tasks = (TaskSpec(TaskId("only"), "PythonOperator", TaskKind.PYTHON),)
    key = yard.add_run(yard.add_dag(replace(etl("single"), tasks=tasks)), "r1", {"only": S.SUCCESS})
    set_times(yard, key, "only", tries=1, starts=1, ends=2)
    (run,) = (await ask("dags", "single", "grid")).json["runs"]
    assert (run["tries"], run["starts"], run["ends"]) == ([1], [1.0], [2.0])


async def test_S085_as_many_runs_as_asked_for_up_to_a_date(yard: Yard, ask: Ask, spec: DagSpec) -> None:
    for number in range(1, 6):
        is_bad = number == 2
        yard.add_run(spec, f"r{number}", {}, RunState.FAILED if is_bad else RunState.SUCCESS)

    async def found(**params: str) -> tuple[list[str], bool]:
        answer = await ask("dags", "etl", "grid", params=params)
        assert answer.status == 200, answer.body
        return [run["run_id"] for run in answer.json["runs"]], answer.json["has_more"]

    assert await found() == (["r1", "r2", "r3", "r4", "r5"], False)
    assert await found(limit="2") == (["r4", "r5"], True)
    at = (T0 + timedelta(days=3)).isoformat()
    assert await found(limit="2", before=at) == (["r2", "r3"], True)
    assert await found(state="failed,queued") == (["r2"], False)
    assert await found(run_type="scheduled") == ([], False)
    assert await found(run_id="r4") == (["r4"], False)
    for wrong in ({"limit": "0"}, {"limit": "366"}, {"before": "12:99"}, {"state": "odd"}, {"of": "r1"}):
        assert (await ask("dags", "etl", "grid", params=wrong)).status == 422, wrong


async def test_S085_a_mapped_task_has_one_cell_its_worst_with_counts(yard: Yard, ask: Ask, spec: DagSpec) -> None:
    key = yard.add_run(spec, "r1", {"extract": S.SUCCESS})
    queued_at = yard.store.run_row(key).run.queued_at
    states = (S.SUCCESS, S.UP_FOR_RETRY, S.RUNNING, S.SUCCESS)
    instances = [
        TaskInstance(
            TaskKey(TaskId("transform"), index),
            state,
            try_number=index + 1,
            started_at=queued_at + timedelta(seconds=10 - index),
            ended_at=queued_at + timedelta(seconds=20 + index) if state is S.SUCCESS else None,
        )
        for index, state in enumerate(states)
    ]
    yard.commit(Batch(removed_tasks=[(key, [TaskKey(TaskId("transform"))])], new_tasks=[(key, instances)]))
    grid = (await ask("dags", "etl", "grid")).json
    (run,) = grid["runs"]
    assert words(grid, run) == {"extract": "success", "transform": "running", "load": "none"}
    assert run["mapped"] == {"transform": {"success": 2, "up_for_retry": 1, "running": 1}}
    assert (run["tries"][1], run["starts"][1], run["ends"][1]) == (4, 7.0, None)


async def test_S085_tasks_of_older_versions_stay_and_new_ones_are_not_in_old_runs(
    yard: Yard, ask: Ask, spec: DagSpec
) -> None:
    yard.add_run(spec, "r1", {"extract": S.SUCCESS, "transform": S.SUCCESS, "load": S.SUCCESS}, RunState.SUCCESS)
    tasks = (spec.tasks[0], TaskSpec(TaskId("ship"), "EmptyOperator", TaskKind.EMPTY, upstream=(TaskId("extract"),)))
    newer = yard.add_dag(replace(spec, tasks=tasks), "etlv2")
    yard.add_run(newer, "r2", {"extract": S.SUCCESS, "ship": S.RUNNING})
    grid = (await ask("dags", "etl", "grid")).json
    assert (grid["version"], grid["task_count"]) == ("etlv2", 2)
    assert grid["tasks"] == ["extract", "ship", "load", "transform"]
    old, new = grid["runs"]
    assert words(grid, old) == {"extract": "success", "ship": None, "load": "success", "transform": "success"}
    assert words(grid, new) == {"extract": "success", "ship": "running", "load": None, "transform": None}


async def test_S085_a_run_that_has_not_begun_has_the_tasks_of_its_version(yard: Yard, ask: Ask, spec: DagSpec) -> None:
    empty = (await ask("dags", "etl", "grid")).json
    assert (empty["runs"], empty["tasks"]) == ([], ["extract", "transform", "load"])
    answer = await ask("dags", "etl", "runs", method="POST", json={})
    assert answer.status == 201
    grid = (await ask("dags", "etl", "grid")).json
    (run,) = grid["runs"]
    assert (run["state"], set(words(grid, run).values())) == ("queued", {"none"})


async def test_a_dag_without_tasks_and_what_is_not_there(yard: Yard, ask: Ask, spec: DagSpec) -> None:
    yard.add_dag(DagSpec(DagId("bare"), file="bare.py"))
    bare = (await ask("dags", "bare", "grid")).json
    assert (bare["tasks"], bare["runs"], bare["task_count"]) == ([], [], 0)
    assert (await ask("dags", "gone", "grid")).status == 404
    assert (await ask("dags", "etl", "grid", params={"run_id": "gone"})).status == 404


async def test_a_large_grid_travels_packed_to_those_who_can_take_it(yard: Yard, jp_fetch: Fetch) -> None:
    tasks = tuple(TaskSpec(TaskId(f"task_{number:04}"), "EmptyOperator", TaskKind.EMPTY) for number in range(1000))
    wide = yard.add_dag(DagSpec(DagId("wide"), file="wide.py", tasks=tasks))
    for number in range(3):
        yard.add_run(wide, f"r{number}", {})

    async def asked(**headers: str) -> tuple[str | None, bytes]:
        reply = await jp_fetch("couture", "api", "dags", "wide", "grid", headers=headers, decompress_response=False)
        return reply.headers.get("Content-Encoding"), reply.body

    encoding, plain = await asked(**{"Accept-Encoding": "identity"})
    assert encoding is None
    encoding, packed = await asked(**{"Accept-Encoding": "gzip, br"})
    assert encoding == "gzip"
    assert gzip.decompress(packed) == plain
    assert len(packed) * 5 < len(plain)
