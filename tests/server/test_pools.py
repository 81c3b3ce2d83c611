"""Pools over REST and from the command line, and the answer to why something does not run."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml
from click.testing import CliRunner

from jupyter_couture.cli.main import main
from jupyter_couture.model.ids import TaskId, TaskKey
from jupyter_couture.model.pools import Pool
from jupyter_couture.model.records import Batch, TaskUpdate
from jupyter_couture.model.run import AttemptError
from jupyter_couture.model.states import AttemptState, TaskState
from tests.server.conftest import Ask
from tests.server.yard import Yard, etl

S = TaskState


async def test_S158_pools_are_listed_made_changed_and_removed(yard: Yard, ask: Ask) -> None:
    made = await ask("pools", method="POST", json={"name": "db", "slots": 3, "description": "what for"})
    assert (made.status, made.json) == (
        201,
        {"name": "db", "slots": 3, "description": "what for", "includes_deferred": False},
    )
    assert (await ask("pools", method="POST", json={"name": "db", "slots": 4})).status == 409
    changed = await ask("pools", "db", method="PATCH", json={"slots": 5})
    assert (changed.json["slots"], changed.json["description"]) == (5, "what for")
    listed = (await ask("pools", params={"order_by": "-name"})).json
    assert [(row["name"], row["open"]) for row in listed["pools"]] == [("default_pool", 128), ("db", 5)]
    assert listed["total"] == 2
    assert (await ask("pools", "db", method="DELETE")).json == {"name": "db"}
    assert (await ask("pools", "db")).status == 404
    assert (await ask("pools", "default_pool", method="DELETE")).status == 409
    assert (await ask("pools", "default_pool", method="PATCH", json={"slots": 2})).json["slots"] == 2
    assert (await ask("pools", "default_pool")).json["slots"] == 2


async def test_a_change_of_a_pool_that_changed_meanwhile_is_refused(yard: Yard, ask: Ask) -> None:
    """T07."""
    await ask("pools", method="POST", json={"name": "db", "slots": 3})
    seen = (await ask("pools", "db")).headers["ETag"]
    assert (await ask("pools", "db", method="PATCH", json={"slots": 4}, headers={"If-Match": seen})).status == 200
    assert (await ask("pools", "db", method="PATCH", json={"slots": 9}, headers={"If-Match": seen})).status == 412
    assert (await ask("pools", "db", method="DELETE", headers={"If-Match": seen})).status == 412


async def test_the_list_counts_slots_that_are_taken_and_wanted(yard: Yard, ask: Ask) -> None:
    """S158."""
    spec = yard.add_dag(etl())
    yard.add_run(spec, "r1", {"extract": S.RUNNING, "transform": S.QUEUED, "load": S.SCHEDULED})
    yard.add_run(spec, "r2", {"extract": S.DEFERRED, "transform": S.SUCCESS})
    (row,) = (await ask("pools")).json["pools"]
    assert {name: row[name] for name in ("running", "queued", "scheduled", "deferred", "open")} == {
        "running": 1,
        "queued": 1,
        "scheduled": 1,
        "deferred": 1,
        "open": 126,
    }


async def test_why_names_everything_that_stands_in_the_way(yard: Yard, ask: Ask) -> None:
    """S170."""
    spec = yard.add_dag(etl(), is_paused=True)
    key = yard.add_run(spec, "r1", {"extract": S.SCHEDULED, "transform": S.NONE})
    yard.store.put_pool(Pool("default_pool", 0))

    async def kinds(task: str) -> list[str]:
        answer = await ask("dags", key.dag_id, "runs", key.run_id, "tasks", task, "why")
        assert answer.status == 200, answer.body
        assert all(row["sentence"].endswith(".") or row["sentence"] for row in answer.json["reasons"])
        return [row["kind"] for row in answer.json["reasons"]]

    assert await kinds("extract") == ["dag_paused", "pool_too_small"]
    assert await kinds("transform") == ["dag_paused", "upstream_unfinished"]
    assert (await ask("dags", key.dag_id, "runs", key.run_id, "tasks", "nobody", "why")).status == 404
    assert (await ask("dags", key.dag_id, "runs", "r9", "tasks", "extract", "why")).status == 404


async def test_why_of_a_run_tells_it_task_by_task(yard: Yard, ask: Ask) -> None:
    """What holds up the whole run is said once; what runs or has run is left out."""
    spec = yard.add_dag(etl(), is_paused=True)
    states = {"extract": S.RUNNING, "transform": S.NONE, "load": S.UPSTREAM_FAILED}
    key = yard.add_run(spec, "r1", states)
    answer = (await ask("dags", key.dag_id, "runs", key.run_id, "why")).json

    assert "dag_paused" in [row["kind"] for row in answer["reasons"]]
    told = {row["task_id"]: (row["state"], [reason["kind"] for reason in row["reasons"]]) for row in answer["tasks"]}
    assert told["transform"] == ("none", ["upstream_unfinished"])
    assert told["load"][0] == "upstream_failed"
    assert "extract" not in told
    assert answer["total"] == 2
    second = (await ask("dags", key.dag_id, "runs", key.run_id, "why", params={"limit": "1", "offset": "1"})).json
    assert [row["task_id"] for row in second["tasks"]] == [answer["tasks"][1]["task_id"]]
    assert (await ask("dags", key.dag_id, "runs", "r9", "why")).status == 404


async def test_why_begins_with_what_failed_and_its_error(yard: Yard, ask: Ask) -> None:
    spec = yard.add_dag(etl())
    key = yard.add_run(spec, "r1", {"extract": S.NONE, "transform": S.UPSTREAM_FAILED, "load": S.NONE})
    error = AttemptError("ValueError", "\nthere is no such airline\nand more\n", "Traceback ...")
    yard.add_attempt(key, "load", ends=AttemptState.FAILED, error=error)
    queued = yard.store.task_row(key, TaskKey(TaskId("load"))).task
    yard.commit(Batch(task_updates=[TaskUpdate(key, replace(queued, state=S.FAILED, attempt_id=None), queued.state)]))

    (failed, *others) = (await ask("dags", "etl", "runs", key.run_id, "why")).json["tasks"]
    assert (failed["task_id"], failed["state"]) == ("load", "failed")
    assert [row["sentence"] for row in failed["reasons"]] == ["Attempt 1 failed: ValueError: there is no such airline"]
    assert failed["reasons"][0]["facts"] == {"try": 1, "error": "ValueError: there is no such airline"}
    assert {row["task_id"] for row in others} == {"extract", "transform"}
    lines = run(yard.home, "why", "etl", key.run_id, "load").splitlines()
    assert lines == ["Attempt 1 failed: ValueError: there is no such airline", "It is over: failed."]


# --- the command line -------------------------------------------------------------------------------------------------


def run(home: Path, *words: str, exit_code: int = 0) -> Any:
    result = CliRunner().invoke(main, ["--home", str(home), *words])
    assert result.exit_code == exit_code, result.output
    return result.output


@pytest.mark.parametrize("ending", ["json", "yaml"])
def test_pools_are_set_listed_exported_and_imported_by_commands(home: Path, tmp_path: Path, ending: str) -> None:
    run(home, "pools", "set", "db", "3", "what for", "--include-deferred")
    run(home, "pools", "set", "wide", "-1")
    listed = msgspec.json.decode(run(home, "pools", "list", "--json"))["pools"]
    assert [(row["name"], row["slots"], row["open"]) for row in listed] == [
        ("db", 3, 3),
        ("default_pool", 128, 128),
        ("wide", -1, None),
    ]
    file = tmp_path / f"pools.{ending}"
    run(home, "pools", "export", str(file))
    found = yaml.safe_load(file.read_text())
    assert found["db"] == {"slots": 3, "description": "what for", "includes_deferred": True}
    run(home, "pools", "delete", "db")
    assert "unlimited" in run(home, "pools", "get", "wide")
    run(home, "pools", "get", "db", exit_code=2)
    report = msgspec.json.decode(run(home, "pools", "import", str(file), "--if-exists", "skip", "--json"))
    assert {name: found for name, found in report.items() if found} == {
        "created": ["db"],
        "skipped": ["default_pool", "wide"],
    }
    file.write_text("{bad: {slots: many}, good: 2}" if ending == "yaml" else '{"bad": {"slots": "x"}, "good": 2}')
    assert "1 created, 0 updated, 0 unchanged, 0 skipped, 1 failed" in run(
        home, "pools", "import", str(file), exit_code=1
    )


def test_why_is_answered_by_a_command(yard: Yard) -> None:
    """S170."""
    spec = yard.add_dag(etl())
    key = yard.add_run(spec, "r1", {"extract": S.RUNNING, "transform": S.NONE})
    assert run(yard.home, "why", key.dag_id, key.run_id, "transform") == "It waits for extract.\n"
    assert "runs, or is about to" in run(yard.home, "why", key.dag_id, key.run_id, "extract")
    rows = msgspec.json.decode(run(yard.home, "why", key.dag_id, key.run_id, "transform", "--json"))["reasons"]
    assert rows == [
        {"kind": "upstream_unfinished", "facts": {"tasks": ["extract"]}, "sentence": "It waits for extract."}
    ]
