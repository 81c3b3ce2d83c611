"""Values between tasks over REST and at the terminal: previews are shown, values are not, files go with them."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from jupyter_couture.cli.main import main
from jupyter_couture.model.ids import RunKey
from jupyter_couture.model.xcom import XComFilter, XComForm, XComItem
from tests.server.conftest import Ask
from tests.server.yard import Yard, etl

CANARY = "c4nary-77d1"


@pytest.fixture
def run(yard: Yard) -> RunKey:
    """A run with three values, one of them in a file."""
    key = yard.add_run(yard.add_dag(etl()), "r1", {})
    yard.add_value(key, "extract", "return_value", an_item({"rows": 3}, value={"rows": 3}))
    yard.add_value(key, "extract", "secret", an_item("***", value=CANARY))
    yard.add_value(key, "load", "big one", an_item("[0, 1…", path="etl/r/load/a-1", sha256="00"))
    return key


def an_item(preview: object, **changes: object) -> XComItem:
    given: dict[str, Any] = {"form": XComForm.JSON, "type_name": "dict", "size_bytes": 10, "preview": preview}
    return XComItem(**{**given, **changes})


async def test_S140_values_are_listed_over_all_runs_of_one_run_and_of_one_task(
    yard: Yard, ask: Ask, run: RunKey
) -> None:
    everything = await ask("xcoms")
    assert [(each["task_id"], each["key"]) for each in everything.json["xcoms"]] == [
        ("load", "big one"),
        ("extract", "secret"),
        ("extract", "return_value"),
    ]
    assert CANARY.encode() not in everything.body
    page = (await ask("xcoms", params={"order_by": "pushed_at", "limit": "1", "dag_id": "etl"})).json
    assert (page["xcoms"][0]["preview"], page["total"]) == ({"rows": 3}, 3)
    assert (await ask("xcoms", params={"dag_id": "other"})).json == {"xcoms": [], "total": 0}
    path = ("dags", "etl", "runs", run.run_id)
    assert (await ask(*path, "xcoms", params={"key": "secret"})).json["total"] == 1
    assert (await ask(*path, "tasks", "extract", "xcoms")).json["total"] == 2
    assert (await ask(*path, "tasks", "nobody", "xcoms")).status == 404
    assert (await ask("dags", "etl", "runs", "none", "xcoms")).status == 404


async def test_a_value_is_shown_as_its_preview_and_removed_with_its_file(yard: Yard, ask: Ask, run: RunKey) -> None:
    place = yard.home / "xcom" / "etl/r/load/a-1"
    place.parent.mkdir(parents=True)
    place.write_text("[]")
    path = ("dags", "etl", "runs", run.run_id, "tasks")

    shown = await ask(*path, "extract", "xcoms", "secret")
    assert (shown.json["preview"], shown.json["is_file"]) == ("***", False)
    assert CANARY.encode() not in shown.body
    gone = await ask(*path, "load", "xcoms", "big one", method="DELETE")
    assert gone.json == {"key": "big one"}
    assert not place.exists()
    assert (await ask(*path, "load", "xcoms", "big one")).status == 404


def test_values_are_listed_shown_and_removed_at_the_terminal(yard: Yard, run: RunKey) -> None:
    call = terminal(yard.home)

    listed = json.loads(call("list", "--dag", "etl", "--json"))
    assert [each["key"] for each in listed["xcoms"]] == ["big one", "secret", "return_value"]
    assert f"etl/{run.run_id}/extract  secret = ***" in call("list", "--limit", "2")
    assert "{'rows': 3}" in call("get", "etl", run.run_id, "extract")
    assert json.loads(call("get", "etl", run.run_id, "extract", "secret", "--json"))["preview"] == "***"
    call("delete", "etl", run.run_id, "extract", "secret")
    assert yard.store.list_xcoms(XComFilter()).total == 2


def terminal(home: Path) -> Callable[..., str]:
    def call(*words: str) -> str:
        found = CliRunner().invoke(main, ["--home", str(home), "xcoms", *words])
        assert found.exit_code == 0, found.output
        return found.stdout

    return call
