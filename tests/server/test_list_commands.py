"""The lists of the command line: filters, order and pages, each as over REST."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from click.testing import CliRunner, Result

from jupyter_couture.cli.main import main
from jupyter_couture.model.commands import ClearTasks, Target
from jupyter_couture.model.ids import TaskId, TaskKey
from jupyter_couture.model.pools import Pool
from jupyter_couture.model.records import AuditEntry
from jupyter_couture.model.secrets import Connection, Variable
from jupyter_couture.model.states import RunState, TaskState
from tests.builders import T0
from tests.server.troubles import add_alerts
from tests.server.yard import Yard, add_origins, etl

S = TaskState


class Shell:
    """Runs commands on one deployment."""

    def __init__(self, yard: Yard) -> None:
        self._home = str(yard.home)

    def run(self, *words: str) -> Result:
        return CliRunner().invoke(main, ["--home", self._home, *words])

    def rows(self, *words: str) -> list[Any]:
        """The rows that ``words`` lists."""
        result = self.run(*words, "--json")
        assert result.exit_code == 0, result.output
        found = json.loads(result.stdout)
        assert found["total"] >= len(next(value for value in found.values() if isinstance(value, list)))
        return [row for name, rows in found.items() if isinstance(rows, list) and name != "errors" for row in rows]


@pytest.fixture(scope="module")
def shell(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shell]:
    """A deployment with something of everything."""
    yard = Yard(tmp_path_factory.mktemp("lists") / "home")
    yard.add_dag(etl())
    add_origins(yard)
    spec = yard.add_dag(replace(etl(), tags=("quarterly",), owner="zoe"), "marked")
    yard.add_run(spec, "r1", {"extract": S.SUCCESS, "transform": S.FAILED}, RunState.FAILED)
    key = yard.add_run(spec, "r2", {"extract": S.RUNNING})
    other = yard.add_dag(etl("other"))
    yard.add_run(other, "r3", {"extract": S.SUCCESS}, RunState.SUCCESS)
    yard.add_attempt(key, "extract")
    yard.add_value(key, "extract", "early")
    yard.add_value(key, "extract", "late")
    yard.store.emit_asset("s3://thing", {})
    add_alerts(yard, key)
    for number, name in enumerate(("a", "b")):
        yard.store.put_variable(Variable(key=name, value="1"))
        yard.store.add_connection(Connection(conn_id=name, host=f"h{9 - number}"))
        yard.store.put_pool(Pool(name, 9 - number))
    yard.store.add_command(ClearTasks((Target(key, TaskKey(TaskId("extract"))),)), "ada", T0)
    for actor in ("ada", "grace"):
        yard.store.add_audit(AuditEntry(at=T0, actor=actor, event="trigger", source_ip="", dag_id="etl"))
    yield Shell(yard)
    yard.close()


def test_dags(shell: Shell) -> None:
    def found(*words: str) -> list[str]:
        return [row["dag_id"] for row in shell.rows("dags", "list", *words)]

    assert found("--tag", "quarterly") == found("--owner", "zoe") == ["etl"]
    assert found("--state", "running") == ["etl"]
    assert found("--order-by", "-last_run", "--limit", "1") == ["other"]
    assert found("--order-by", "-dag_id")[-1] == "etl"
    assert found("--paused", "--search", "etl") == []
    assert found("--not-paused", "--search", "etl") == ["etl"]


def test_runs_and_task_instances(shell: Shell) -> None:
    def runs(*words: str) -> list[str]:
        return [row["run_id"] for row in shell.rows("runs", "list", *words)]

    def tasks(*words: str) -> list[str]:
        rows = shell.rows("tasks", "find", *words)
        return [f"{row['run_id']}/{row['task_id']}" for row in rows]

    assert runs("etl", "--order-by", "created") == ["r1", "r2"]
    assert runs("--state", "failed", "--state", "success", "--search", "r", "--to-date", "2100-01-01")[:2] == [
        "r3",
        "r1",
    ]
    assert runs("etl", "--type", "backfill") == []
    assert runs("etl", "--limit", "1", "--offset", "1") == ["r1"]
    assert shell.run("runs", "list", "gone").exit_code == 2
    assert tasks("--dag", "etl", "--state", "failed", "--state", "success") == ["r1/transform", "r1/extract"]
    assert tasks("--dag", "etl", "--order-by", "run", "--limit", "1", "--task", "transform") == ["r1/transform"]
    assert tasks("--operator", "Nothing") == tasks("--pool", "narrow") == tasks("--started-from", "2100-01-01") == []
    assert "etl/r1/transform  failed" in shell.run("tasks", "find", "--state", "failed").output


@pytest.mark.parametrize(
    ("words", "field", "order"),
    [
        (("assets", "list"), "uri", "-uri"),
        (("variables", "list"), "key", "-key"),
        (("connections", "list"), "conn_id", "host"),
        (("pools", "list", "--search", ""), "name", "slots"),
        (("xcoms", "list", "--task", "extract", "--map-index", "-1"), "key", "pushed_at"),
        (("audit", "list", "--event", "trigger", "--dag", "etl"), "actor", "at"),
        (("mails", "list"), "mail_id", "made_at"),
        (("sla", "list"), "number", "recorded_at"),
        (("backfill", "list"), "backfill_id", "backfill_id"),
        (("assets", "events"), "number", "number"),
        (("commands", "list", "--waiting", "--kind", "ClearTasks"), "number", "number"),
    ],
)
def test_every_list_can_be_ordered_and_paged(shell: Shell, words: tuple[str, ...], field: str, order: str) -> None:
    def found(*more: str) -> list[Any]:
        return [row[field] for row in shell.rows(*words, *more)]

    back = order.removeprefix("-") if order.startswith("-") else f"-{order}"
    one, other = found("--order-by", order), found("--order-by", back)
    assert one
    assert sorted(map(str, one)) == sorted(map(str, other))
    assert found("--order-by", order, "--limit", "1") == one[:1]
    assert found("--order-by", order, "--offset", "1") == one[1:]
    assert shell.run(*words, "--order-by", "colour").exit_code == 2
    assert shell.run(*words).exit_code == 0


def test_orders_are_heeded(shell: Shell) -> None:
    def of(field: str, *words: str) -> list[Any]:
        return [row[field] for row in shell.rows(*words)]

    assert of("key", "variables", "list", "--order-by", "-key") == ["b", "a"]
    assert of("conn_id", "connections", "list", "--order-by", "host") == ["b", "a"]
    slots = of("slots", "pools", "list", "--order-by", "-slots")
    assert slots == sorted(slots, reverse=True)
    assert of("actor", "audit", "list", "--actor", "ada") == ["ada"]
    assert of("kind", "commands", "list", "--done") == []
