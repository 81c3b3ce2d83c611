"""The same server on PostgreSQL: database and bus are others, what a caller sees is not."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from jupyter_couture.model.ids import TaskId, TaskKey
from jupyter_couture.model.records import Batch, TaskUpdate
from jupyter_couture.model.states import AttemptState, RunState, TaskState
from tests.server.conftest import Ask
from tests.server.yard import Yard, etl

pytestmark = pytest.mark.postgres


@pytest.fixture
def couture_options(postgres_url: str) -> dict[str, Any]:
    """A database of its own."""
    return {"engine": "off", "database_url": postgres_url}


@pytest.fixture
def yard(home: Path, postgres_url: str) -> Iterator[Yard]:
    """Puts things into that database."""
    yard = Yard(home, postgres_url)
    yield yard
    yard.close()


async def test_a_run_is_triggered_once_seen_listed_and_told_on_the_stream(
    yard: Yard, ask: Ask, jp_ws_fetch: Any
) -> None:
    yard.add_run(yard.add_dag(etl()), "r1", {"extract": TaskState.RUNNING})
    assert (await ask("health")).status == 200
    socket = await jp_ws_fetch("couture", "api", "stream")
    hello = msgspec.json.decode(await socket.read_message())
    wish = {"conf": {"rows": 3, "text": "nul \u0000 and ünïcode"}, "idempotency_key": "k"}
    answers = [await ask("dags", "etl", "runs", method="POST", json=wish) for _ in range(2)]
    assert [answer.status for answer in answers] == [201, 200]
    assert answers[1].json["conf"] == wish["conf"]
    async with asyncio.timeout(10):
        message = msgspec.json.decode(await socket.read_message())
    assert message["events"][0]["seq"] == hello["seq"] + 1
    assert message["events"][0]["run_id"] == answers[0].json["run_id"]
    socket.close()
    assert await socket.read_message() is None
    assert (await ask("dags", params={"search": "e%t'l\\"})).json["total"] == 0
    (row,) = (await ask("dags")).json["dags"]
    assert row["recent_tasks"]["running"] == 1
    assert len(yard.audit()) == 2
    assert (await ask("health")).json["database"] == {"ok": True, "dialect": "postgresql"}


async def test_the_tree_and_the_charts_show_the_same_numbers(yard: Yard, ask: Ask) -> None:
    spec = yard.add_dag(etl())
    for name in ("r1", "r2"):
        key = yard.add_run(spec, name, {"extract": TaskState.SUCCESS}, RunState.SUCCESS)
        yard.add_attempt(key, "extract", try_number=1, ends=AttemptState.FAILED)
        yard.add_attempt(key, "extract", try_number=2, ends=AttemptState.SUCCESS)
        queued_at = yard.store.run_row(key).run.queued_at
        before = yard.store.task_row(key, TaskKey(TaskId("extract"))).task
        began_at, ended_at = queued_at + timedelta(seconds=1), queued_at + timedelta(seconds=4.25)
        after = replace(before, state=TaskState.SUCCESS, try_number=2, started_at=began_at, ended_at=ended_at)
        yard.commit(Batch(task_updates=[TaskUpdate(key, after, before.state)]))
    grid = (await ask("dags", "etl", "grid")).json
    assert [(run["tries"], run["starts"], run["ends"]) for run in grid["runs"]] == [
        ([2, 0, 0], [1, None, None], [4.25, None, None])
    ] * 2
    assert [grid["states"][code] for code in grid["runs"][0]["states"]] == ["success", "none", "none"]

    async def values(chart: str, **params: str) -> dict[str | None, list[float]]:
        answer = await ask("dags", "etl", "charts", chart, params=params)
        assert answer.status == 200, answer.body
        return {line["task_id"]: [point["value"] for point in line["points"]] for line in answer.json["lines"]}

    assert (await values("duration"))["extract"] == [3.25, 3.25]
    assert (await values("duration", cumulative="true"))["extract"] == [10, 10]
    assert await values("tries") == {"extract": [2, 2]}
    pools = (await ask("charts", "pools", params={"hours": "168"})).json["pools"]
    assert [each["pool"] for each in pools] == ["default_pool"]
