"""What goes on: runs under way, failed lately, to come."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from jupyter_server.auth import Authorizer, User

from jupyter_couture.model.dag import DagSpec
from jupyter_couture.model.ids import TaskId, TaskKey
from jupyter_couture.model.records import Batch, RunUpdate, TaskUpdate
from jupyter_couture.model.run import DagRun
from jupyter_couture.model.states import RunState, TaskState
from tests.server.conftest import Ask
from tests.server.yard import Yard, etl

S, F, R = TaskState.SUCCESS, TaskState.FAILED, TaskState.RUNNING


def end(yard: Yard, spec: DagSpec, run_id: str, state: RunState, ago: timedelta, took: timedelta) -> DagRun:
    """A run of ``spec`` that ended as ``state``, ``ago`` before now."""
    key = yard.add_run(spec, run_id, {"extract": S, "transform": F, "load": TaskState.UPSTREAM_FAILED})
    run = yard.store.run_row(key).run
    ended_at = datetime.now(UTC) - ago
    ended = replace(run, state=state, started_at=ended_at - took, ended_at=ended_at)
    yard.commit(Batch(run_updates=[RunUpdate(ended, RunState.RUNNING)]))
    return ended


async def test_nothing_goes_on_in_an_empty_deployment(yard: Yard, ask: Ask) -> None:
    assert (await ask("activity")).json == {"active": [], "failed": [], "coming": []}


async def test_a_run_under_way_comes_with_its_counts_and_the_median_of_the_good_ones(yard: Yard, ask: Ask) -> None:
    spec = yard.add_dag(etl())
    for number, seconds in enumerate((10, 70, 20)):
        end(yard, spec, f"good{number}", RunState.SUCCESS, timedelta(hours=1), timedelta(seconds=seconds))
    end(yard, spec, "bad", RunState.FAILED, timedelta(hours=1), timedelta(seconds=500))
    yard.add_run(spec, "now", {"extract": S, "transform": R})
    other = yard.add_dag(etl("other"))
    yard.add_run(other, "first", {})
    newest, older = (await ask("activity")).json["active"]
    assert (newest["run"]["dag_id"], newest["usual_seconds"]) == ("other", None)
    assert (older["run"]["run_id"], older["usual_seconds"]) == ("now", 20)
    assert older["run"]["task_counts"] == {"success": 1, "running": 1, "none": 1}
    assert len((await ask("activity", params={"limit": "1"})).json["active"]) == 1


async def test_failed_runs_of_a_day_come_with_the_task_that_failed_first(yard: Yard, ask: Ask) -> None:
    spec = yard.add_dag(etl())
    end(yard, spec, "old", RunState.FAILED, timedelta(hours=25), timedelta(seconds=5))
    end(yard, spec, "good", RunState.SUCCESS, timedelta(hours=2), timedelta(seconds=5))
    run = end(yard, spec, "bad", RunState.FAILED, timedelta(hours=1), timedelta(seconds=5))
    key = yard.add_run(spec, "timeout", {})
    late = replace(
        yard.store.run_row(key).run, state=RunState.FAILED, ended_at=datetime.now(UTC), reason="it took long"
    )
    yard.commit(Batch(run_updates=[RunUpdate(late, RunState.RUNNING)]))
    latest, earlier = (await ask("activity")).json["failed"]
    assert (latest["run_id"], latest["task"], latest["reason"]) == ("timeout", None, "it took long")
    assert earlier["run_id"] == run.run_id
    assert earlier["task"] == {"task_id": "transform", "map_index": -1, "try_number": 0, "reason": None}


async def test_of_several_failed_tasks_the_first_to_end_is_named(yard: Yard, ask: Ask) -> None:
    spec = yard.add_dag(etl())
    key = yard.add_run(spec, "r", {"extract": R, "transform": R})
    at = datetime.now(UTC)
    for task_id, seconds in (("extract", 9), ("transform", 4)):
        now = yard.store.task_row(key, TaskKey(TaskId(task_id))).task
        failed_task = replace(now, state=F, ended_at=at + timedelta(seconds=seconds))
        yard.commit(Batch(task_updates=[TaskUpdate(key, failed_task, R)]))
    run = yard.store.run_row(key).run
    failed = replace(run, state=RunState.FAILED, ended_at=at)
    yard.commit(Batch(run_updates=[RunUpdate(failed, RunState.RUNNING)]))
    (found,) = (await ask("activity")).json["failed"]
    assert found["task"]["task_id"] == "transform"


async def test_runs_to_come_are_those_of_dags_that_are_on_soonest_first(yard: Yard, ask: Ask) -> None:
    at = datetime.now(UTC) + timedelta(hours=1)
    for place, dag_id in enumerate(("late", "soon", "off")):
        spec = yard.add_dag(etl(dag_id), is_paused=dag_id == "off")
        yard.commit(Batch(next_due={spec.dag_id: at - timedelta(minutes=place)}))
    yard.add_dag(etl("never"))
    coming = (await ask("activity")).json["coming"]
    assert [each["dag_id"] for each in coming] == ["soon", "late"]
    assert coming[1]["due_at"] == at.isoformat()


class _KeepsTasks(Authorizer):
    def is_authorized(self, handler: Any, user: User, action: str, resource: str) -> bool:
        return resource != "couture:tasks"


async def test_which_task_failed_is_for_who_may_read_tasks(yard: Yard, ask: Ask, jp_serverapp: Any) -> None:
    run = end(yard, yard.add_dag(etl()), "bad", RunState.FAILED, timedelta(hours=1), timedelta(seconds=5))
    jp_serverapp.web_app.settings["authorizer"] = _KeepsTasks(parent=jp_serverapp)
    answer = await ask("activity")
    (failed,) = answer.json["failed"]
    assert (failed["run_id"], failed["task"]) == (run.run_id, None)
    assert b"transform" not in answer.body
