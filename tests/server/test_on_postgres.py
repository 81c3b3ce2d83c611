"""The same server on PostgreSQL: database and bus are others, what a caller sees is not."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from jupyter_couture.model.states import TaskState
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
