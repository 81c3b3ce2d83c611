"""S132: lists over all DAGs over REST: filters, order, pages, and what makes no sense."""

from dataclasses import replace

import pytest
from jupyter_couture_server.route import Method
from jupyter_couture_server.routes import ROUTES
from jupyter_couture_server.wire_actions import PreviewReply
from msgspec import Struct

from jupyter_couture.model.commands import CommandOutcome
from jupyter_couture.model.records import Batch
from jupyter_couture.model.states import RunState, TaskState
from tests.server.conftest import Ask
from tests.server.yard import Yard, etl

S = TaskState
LISTS = """
dags runs task-instances commands audit assets assets/events backfills variables connections pools xcoms sla-misses
mails import-errors dags/etl/runs dags/etl/runs/r1/tasks dags/etl/runs/r1/tasks/extract/attempts dags/etl/runs/r1/xcoms
"""


@pytest.fixture(autouse=True)
def _runs(yard: Yard) -> None:
    for dag_id in ("etl", "other"):
        spec = yard.add_dag(etl(dag_id))
        yard.add_run(spec, "r1", {"extract": S.SUCCESS, "transform": S.FAILED}, RunState.FAILED)
        yard.add_run(spec, "r2", {"extract": S.SUCCESS})


async def test_S132_runs_of_all_dags(ask: Ask) -> None:
    async def found(**params: str) -> list[tuple[str, str]]:
        answer = await ask("runs", params=params)
        assert answer.status == 200, answer.body
        assert not answer.json["has_more"]
        return [(row["dag_id"], row["run_id"]) for row in answer.json["runs"]]

    assert await found() == [("other", "r2"), ("other", "r1"), ("etl", "r2"), ("etl", "r1")]
    assert await found(state="failed,queued", order_by="created") == [("etl", "r1"), ("other", "r1")]
    assert await found(dag_id="etl", run_type="manual", order_by="logical_date") == [("etl", "r1"), ("etl", "r2")]
    assert await found(date_from="2026-11-25T12:00:00+00:00", search="2") == [("other", "r2")]
    assert await found(date_to="2026-11-23 11:00:00") == []
    assert await found(date_to="2026-11-23T12:00:00Z") == [("etl", "r1")]
    page = (await ask("runs", params={"limit": "1", "offset": "1"})).json
    assert (len(page["runs"]), page["total"]) == (1, 4)


async def test_S132_task_instances_of_all_runs(ask: Ask) -> None:
    async def found(**params: str) -> list[str]:
        answer = await ask("task-instances", params=params)
        assert answer.status == 200, answer.body
        return [f"{row['dag_id']}/{row['run_id']}/{row['task_id']}" for row in answer.json["tasks"]]

    assert len(await found()) == 12
    assert await found(state="failed", order_by="run") == ["etl/r1/transform", "other/r1/transform"]
    assert await found(dag_id="etl", run_id="r2", operator="NotebookOperator") == ["etl/r2/load"]
    assert await found(task_id="extract", dag_id="other") == ["other/r2/extract", "other/r1/extract"]
    assert await found(pool="narrow") == []
    assert await found(started_from="2026-01-01T00:00:00+00:00") == []
    (row,) = (await ask("task-instances", params={"state": "failed", "dag_id": "etl"})).json["tasks"]
    assert (row["operator"], row["pool"], row["max_tries"], row["logical_date"]) == (
        "BashOperator",
        "default_pool",
        1,
        "2026-11-23T12:00:00+00:00",
    )


async def test_S132_runs_of_one_dag_take_the_same_filters(ask: Ask) -> None:
    async def found(**params: str) -> list[str]:
        return [row["run_id"] for row in (await ask("dags", "etl", "runs", params=params)).json["runs"]]

    assert await found() == ["r2", "r1"]
    assert await found(order_by="created") == ["r1", "r2"]
    assert await found(state="running") == ["r2"]
    assert await found(search="r1") == ["r1"]
    assert (await ask("dags", "gone", "runs", params={"state": "running"})).status == 404


@pytest.mark.parametrize(
    ("path", "params", "field"),
    [
        ("runs", {"state": "great"}, "$.state"),
        ("runs", {"date_from": "2026-99-99"}, "$.date_from"),
        ("runs", {"order_by": "colour"}, None),
        ("task-instances", {"state": "success,great"}, "$.state"),
        ("task-instances", {"limit": "0"}, None),
        ("task-instances", {"colour": "red"}, None),
    ],
)
async def test_what_does_not_make_sense_is_refused(
    ask: Ask, path: str, params: dict[str, str], field: str | None
) -> None:
    answer = await ask(path, params=params)
    assert answer.status == 422
    assert field is None or answer.error["field"] == field


async def test_dags_are_filtered_and_ordered(yard: Yard, ask: Ask) -> None:
    async def found(**params: str) -> list[str]:
        answer = await ask("dags", params=params)
        assert answer.status == 200, answer.body
        assert answer.json["total"] >= len(answer.json["dags"])
        return [row["dag_id"] for row in answer.json["dags"]]

    yard.add_dag(replace(etl("marked"), tags=("other", "daily"), owner="ada"))
    yard.add_dag(replace(etl("worn"), tags=("daily report",), owner="grace"))
    spec = yard.add_dag(etl("late"))
    yard.add_run(spec, "r1", {"extract": S.SUCCESS}, RunState.SUCCESS)

    assert await found(tag="daily") == ["marked"], "the whole tag"
    assert await found(tag="other") == ["marked"], "and no DAG of that name"
    assert await found(owner="grace", order_by="-dag_id") == ["worn"]
    assert await found(owner="gra") == []
    assert await found(state="success") == ["late"], "that of the newest run"
    assert await found(order_by="-last_run", limit="2") == ["late", "other"]
    assert await found(order_by="last_run", limit="2", offset="1") == ["other", "late"]
    assert sorted(await found(order_by="-next_run")) == ["etl", "late", "marked", "other", "worn"]


async def test_tasks_of_a_run_and_attempts_of_a_task_are_filtered_ordered_and_paged(yard: Yard, ask: Ask) -> None:
    async def found(**params: str) -> tuple[list[str], int]:
        answer = await ask("dags", "etl", "runs", "r1", "tasks", params=params)
        assert answer.status == 200, answer.body
        return [row["task_id"] for row in answer.json["tasks"]], answer.json["total"]

    assert await found() == (["extract", "transform", "load"], 3)
    assert await found(state="success,failed", limit="1", offset="1") == (["transform"], 2)
    assert await found(search="a", order_by="-task_id") == (["transform", "load", "extract"], 3)
    assert await found(order_by="started_at") == ([], 0)
    key = yard.add_run(yard.add_dag(etl("tried")), "r1", {"extract": S.RUNNING})
    yard.add_attempt(key, "extract")
    place = ("dags", "tried", "runs", "r1", "tasks", "extract", "attempts")
    answer = await ask(*place, params={"order_by": "-try_number"})
    assert [row["try_number"] for row in answer.json["attempts"]] == [1]
    assert (await ask(*place, params={"state": "failed"})).json == {"attempts": [], "total": 0}
    assert (await ask(*place, params={"offset": "1"})).json == {"attempts": [], "total": 1}


async def test_commands_and_the_audit_log_are_listed(yard: Yard, ask: Ask) -> None:
    assert (await ask("dags", "etl", "runs", "r1", "clear", method="POST", json={})).status == 202
    assert (await ask("dags", "other", "runs", "r1", method="DELETE")).status == 202

    async def kinds(**params: str) -> list[str]:
        answer = await ask("commands", params=params)
        assert answer.status == 200, answer.body
        assert (answer.json["total"], answer.json["has_more"]) == (len(answer.json["commands"]), False)
        return [row["kind"] for row in answer.json["commands"]]

    assert await kinds() == ["DeleteRuns", "ClearTasks"]
    assert await kinds(order_by="number", is_done="false") == ["ClearTasks", "DeleteRuns"]
    assert await kinds(is_done="true") == await kinds(actor="nobody") == []
    assert await kinds(kind="ClearTasks") == ["ClearTasks"]
    number = yard.store.commands(1)[0].number
    yard.commit(Batch(command_outcomes=[CommandOutcome(number, 3, ("fine",))]))
    (done,) = (await ask("commands", params={"is_done": "true"})).json["commands"]
    assert (done["number"], done["touched"], done["notes"], done["done_at"] is None) == (number, 3, ["fine"], False)

    async def events(**params: str) -> list[tuple[str, str]]:
        answer = await ask("audit", params=params)
        assert answer.status == 200, answer.body
        return [(row["event"], row["dag_id"]) for row in answer.json["entries"]]

    assert await events() == [("delete_run", "other"), ("dagrun_clear", "etl")]
    assert await events(order_by="at", limit="1", run_id="r1") == [("dagrun_clear", "etl")]
    assert await events(event="delete_run") == await events(dag_id="other") == [("delete_run", "other")]
    assert await events(until="2020-01-01") == []
    assert len(await events(since="2020-01-01")) == 2


async def test_every_list_has_pages_and_refuses_an_order_it_does_not_know(ask: Ask) -> None:
    for path in LISTS.split():
        assert (await ask(*path.split("/"), params={"limit": "1", "offset": "1"})).status == 200, path
        refused = await ask(*path.split("/"), params={"order_by": "colour"})
        assert (refused.status, refused.error["field"]) == (422, "$.order_by"), path


def test_every_route_that_gives_a_list_has_pages() -> None:
    """A list that grows with use must not be given whole; those that a file or a request bounds may."""
    notebook = "dags/{dag_id}/runs/{run_id}/tasks/{task_id}/attempts/{try_number}/notebook"
    bounded = {"dags/{dag_id}/next-runs", "dags/{dag_id}/runs/{run_id}/callbacks", notebook}
    for route in ROUTES:
        result = route.result
        if route.method is not Method.GET or result is None or not issubclass(result, Struct):
            continue
        if {"total", "has_more"} & set(result.__struct_fields__) and route.path not in bounded:
            is_preview = result is PreviewReply  # one action's reach, cut at 5,000
            options = set(route.query.__struct_fields__)
            assert is_preview or {"limit", "offset"} <= options or {"limit", "before"} <= options, route.path
