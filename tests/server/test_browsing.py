"""S132: lists over all DAGs over REST: filters, order, pages, and what makes no sense."""

import pytest

from jupyter_couture.model.states import RunState, TaskState
from tests.server.conftest import Ask
from tests.server.yard import Yard, etl

S = TaskState


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
