"""What a caller may get wrong: each has its status and a typed error that says what to do, and nothing is half done."""

from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from jupyter_couture_server.errors import failure_of
from jupyter_couture_server.requests import MAX_BODY_BYTES, MAX_DEPTH

from jupyter_couture.model import errors as model_errors
from jupyter_couture.model.errors import (
    CoutureError,
    IllegalTransition,
    LeaseLost,
    TaskDeferralError,
    TaskDeferralTimeout,
)
from tests.server.conftest import Ask
from tests.server.yard import Yard, etl


@pytest.fixture
def one_dag(yard: Yard) -> Iterator[Yard]:
    """A DAG ``etl``; after the test it must be as it was."""
    yard.add_dag(etl())
    yield yard
    row = yard.store.dag_row(etl().dag_id)
    assert (row.is_paused, sum(row.run_counts.values())) == (False, 0)


WRONG_OPTIONS: list[tuple[str, dict[str, str], str]] = [
    ("dags", {"nonsense": "1"}, "$.nonsense"),
    ("dags", {"limit": "0"}, "$.limit"),
    ("dags", {"limit": "1001"}, "$.limit"),
    ("dags", {"limit": "many"}, "$.limit"),
    ("dags", {"offset": "-1"}, "$.offset"),
    ("dags", {"offset": str(10**30)}, "$.offset"),
    ("dags", {"paused": "maybe"}, "$.paused"),
    ("dags", {"search": "a\x00b"}, "$.search"),
    ("dags", {"search": "x" * 251}, "$.search"),
    ("dags/etl/graph", {"version": "../../etc/passwd"}, "$.version"),
    ("dags/etl/runs", {"limit": "1.5"}, "$.limit"),
    ("dags/etl/runs/r/tasks/t", {"map_index": "-2"}, "$.map_index"),
    ("dags/etl/runs/r/tasks/t/attempts/1/log", {"wait": "21"}, "$.wait"),
    ("dags/etl/runs/r/tasks/t/attempts/1/log", {"wait": "nan"}, "$.wait"),
    ("dags/etl/runs/r/tasks/t/attempts/1/log", {"limit": "0"}, "$.limit"),
    ("me", {"limit": "1"}, "$.limit"),
]


async def test_a_wrong_or_unknown_option_is_named(one_dag: Yard, ask: Ask) -> None:
    for path, options, field in WRONG_OPTIONS:
        answer = await ask(*path.split("/"), params=options)
        found = (answer.status, answer.error["type"], answer.error["field"])
        assert found == (422, "invalid", field), (path, options)
        assert answer.error["hint"]


async def test_an_option_given_twice_is_refused(one_dag: Yard, ask: Ask) -> None:
    answer = await ask("dags", params=[("limit", "1"), ("limit", "2")])
    assert (answer.status, answer.error["field"]) == (422, "$.limit")


async def test_options_of_the_jupyter_server_itself_pass(one_dag: Yard, ask: Ask) -> None:
    """The lab appends the time against caches and may say that a call is no activity."""
    answer = await ask("dags", params={"1700000000000": "", "no_track_activity": "1"})
    assert answer.status == 200


WRONG_FIELDS: list[tuple[str, str, Any, str]] = [
    ("PATCH", "dags/etl", {"is_paused": "yes"}, "$.is_paused"),
    ("PATCH", "dags/etl", {"is_paused": 1}, "$.is_paused"),
    ("PATCH", "dags/etl", {"is_paused": True, "extra": 1}, "$.extra"),
    ("PATCH", "dags/etl", {}, "$"),
    ("PATCH", "dags/etl", [], "$"),
    ("POST", "dags/etl/runs", {"conf": []}, "$.conf"),
    ("POST", "dags/etl/runs", {"conf": "x"}, "$.conf"),
    ("POST", "dags/etl/runs", {"conf": {"rows": "ten"}}, "$.conf.rows"),
    ("POST", "dags/etl/runs", {"conf": {"rows": True}}, "$.conf.rows"),
    ("POST", "dags/etl/runs", {"conf": {"name": 1}}, "$.conf.name"),
    ("POST", "dags/etl/runs", {"conf": {"deep": []}}, "$.conf.deep"),
    ("POST", "dags/etl/runs", {"logical_date": "yesterday"}, "$.logical_date"),
    ("POST", "dags/etl/runs", {"logical_date": "2026-01-01T00:00:00"}, "$.logical_date"),
    ("POST", "dags/etl/runs", {"logical_date": "0001-01-01T00:00:00+14:00"}, "$.logical_date"),
    ("POST", "dags/etl/runs", {"logical_date": 5}, "$.logical_date"),
    ("POST", "dags/etl/runs", {"run_id": "a/b"}, "$.run_id"),
    ("POST", "dags/etl/runs", {"run_id": ".."}, "$.run_id"),
    ("POST", "dags/etl/runs", {"run_id": ""}, "$.run_id"),
    ("POST", "dags/etl/runs", {"run_id": "scheduled__2026"}, "$.run_id"),
    ("POST", "dags/etl/runs", {"idempotency_key": ""}, "$.idempotency_key"),
    ("POST", "dags/etl/runs", {"idempotency_key": "a\x00"}, "$.idempotency_key"),
    ("POST", "dags/etl/runs", {"__proto__": {}}, "$.__proto__"),
    ("POST", "dags/etl/refresh", {"x": 1}, "$.x"),
]


async def test_a_wrong_or_unknown_field_is_named(one_dag: Yard, ask: Ask) -> None:
    for method, path, body, field in WRONG_FIELDS:
        answer = await ask(*path.split("/"), method=method, json=body)
        assert (answer.status, answer.error["type"], answer.error["field"]) == (422, "invalid", field), answer.body


BAD_BODIES: list[bytes] = [
    b"{",
    b"not json",
    b"\xff\xfe{}",
    b'{"conf": {"x": NaN}}',
    b'{"conf": {"x": 1e999}}',
    b'{"conf": {"x": ' + b"9" * 30 + b"}}",
    b'{"conf": {"x": ' + b"9" * 9000 + b"}}",
    b'{"conf": {"x": "\\ud800"}}',
    b'{"conf": {}, "conf": {}}',
    b'{"conf": {"a": 1, "a": 2}}',
    b'{"conf": {"x": ' + b"[" * (MAX_DEPTH + 1) + b"]" * (MAX_DEPTH + 1) + b"}}",
    b"[" * 100_000,
    b"{} {}",
]


async def test_a_body_that_is_no_proper_json_is_a_bad_request(one_dag: Yard, ask: Ask) -> None:
    """S17."""
    for body in BAD_BODIES:
        answer = await ask("dags", "etl", "runs", method="POST", body=body)
        assert (answer.status, answer.error["type"]) == (400, "bad_request")


async def test_a_body_that_is_too_long_is_refused_with_and_without_its_length(one_dag: Yard, ask: Ask) -> None:
    """S14-lite: never held in memory as a whole."""
    long = b'{"conf": {"x": "' + b"y" * MAX_BODY_BYTES + b'"}}'
    answer = await ask("dags", "etl", "runs", method="POST", body=long)
    assert (answer.status, answer.error["type"]) == (413, "bad_request")

    async def pieces(write: Callable[[bytes], Awaitable[None]]) -> None:
        for _ in range(3):
            await write(b" " * (MAX_BODY_BYTES // 2))

    answer = await ask("dags", "etl", "runs", method="POST", body=None, body_producer=pieces)
    assert answer.status == 413


MISSING: list[tuple[str, str]] = [
    ("dags/gone", "not_found"),
    ("dags/etl/runs/gone", "not_found"),
    ("dags/gone/runs", "not_found"),
    ("dags/gone/graph", "not_found"),
    ("dags/etl/runs/gone/tasks", "not_found"),
    ("dags/etl/runs/gone/tasks/extract", "not_found"),
    ("dags/etl/runs/gone/tasks/extract/attempts/1/log", "not_found"),
    ("dags/etl/runs/gone/tasks/extract/attempts/1/log/download", "not_found"),
    ("dags/etl/runs/gone/tasks/extract/attempts/0/log", "not_found"),
    ("dags/etl/runs/gone/tasks/extract/attempts/x/log", "not_found"),
    ("nowhere", "not_found"),
    ("dags/etl/nowhere", "not_found"),
]


async def test_what_is_not_there_is_not_found(one_dag: Yard, ask: Ask) -> None:
    for path, type_ in MISSING:
        answer = await ask(*path.split("/"))
        assert (answer.status, answer.error["type"]) == (404, type_)
        assert answer.error["hint"]


async def test_an_unknown_task_of_a_run_is_not_found(yard: Yard, ask: Ask) -> None:
    yard.add_run(yard.add_dag(etl()), "r1", {})
    for path in ("tasks/gone", "tasks/gone/rendered", "tasks/gone/attempts/1/log", "tasks/extract?map_index=3"):
        parts, _, query = path.partition("?")
        params = dict([query.split("=")]) if query else {}
        answer = await ask("dags", "etl", "runs", "r1", *parts.split("/"), params=params)
        assert answer.status == 404, path


HOSTILE = [
    "..%2F..%2Fetc%2Fpasswd",
    "%2e%2e",
    "..%5C..%5Cboot",
    "a%00b",
    "%2Fetc%2Fpasswd",
    "C%3A%5Cx",
    "a%2Fb",
    "x" * 300,
    "%E2%88%95etc",
    "%EF%BC%8F",
    "a%0d%0ab",
    "%3Cscript%3E",
    "%C0%AF",
    "%FF",
    "a;b",
]


def _paths_with(name: str) -> list[str]:
    return [
        f"dags/{name}",
        f"dags/{name}/source",
        f"dags/etl/runs/{name}",
        f"dags/etl/runs/r/tasks/{name}",
        f"dags/{name}/runs/{name}/tasks/{name}/attempts/1/log",
        f"dags/etl/runs/r/tasks/{name}/attempts/1/log/download",
        f"dags/etl/runs/r/tasks/t/attempts/{name}/log",
    ]


async def test_ids_that_would_walk_through_folders_are_refused_everywhere(
    one_dag: Yard, http_server_client: Any, jp_auth_header: dict[str, str], jp_base_url: str
) -> None:
    """S10-lite: each path parameter, percent-decoded once and checked before anything is opened."""
    for path in [path for name in HOSTILE for path in _paths_with(name)]:
        url = f"{jp_base_url}couture/api/{path}"
        reply = await http_server_client.fetch(url, headers=jp_auth_header, raise_error=False)
        assert reply.code in (400, 404, 422), path
        error = msgspec.json.decode(reply.body)["error"]
        assert error["type"] in ("bad_request", "not_found", "invalid"), path
        assert b"root:" not in reply.body, path


async def test_ids_of_any_script_work_percent_encoded(yard: Yard, ask: Ask, home: Path) -> None:
    spec = yard.add_dag(etl("données_流れ"))
    key = yard.add_run(spec, "läuft+1", {})
    yard.add_attempt(key, "extract")
    yard.log(key, "extract").write_text("ok")
    assert (await ask("dags", "données_流れ")).json["dag_id"] == "données_流れ"
    log = await ask("dags", "données_流れ", "runs", "läuft+1", "tasks", "extract", "attempts", "1", "log")
    assert log.json["text"] == "ok"


@pytest.mark.parametrize("method", ["PUT", "POST", "HEAD"])
async def test_another_method_is_refused_with_those_allowed(one_dag: Yard, ask: Ask, method: str) -> None:
    answer = await ask("dags", "etl", method=method)
    assert answer.status == 405
    assert answer.headers["Allow"] == "DELETE, GET, PATCH"


async def test_what_only_reads_cannot_be_deleted(one_dag: Yard, ask: Ask) -> None:
    answer = await ask("overview", method="DELETE")
    assert (answer.status, answer.headers["Allow"]) == (405, "GET")


async def test_a_fault_of_ours_tells_a_number_and_nothing_else(
    one_dag: Yard, ask: Ask, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    await ask("me")

    def broken(*_: object) -> None:
        raise RuntimeError("secret inside")

    monkeypatch.setattr(type(one_dag.store), "list_dags", broken)
    answer = await ask("dags")
    assert (answer.status, answer.error["type"]) == (500, "internal")
    assert b"secret" not in answer.body
    number = answer.error["ids"]["request_id"]
    assert any(number in record.getMessage() for record in caplog.records)


def _all_errors(kind: type[CoutureError] = CoutureError) -> Iterator[type[CoutureError]]:
    for child in kind.__subclasses__():
        yield child
        yield from _all_errors(child)


def test_every_error_of_the_tree_has_one_status() -> None:
    fields = {
        "what": "x", "id": "x", "value": "x", "rule": "x", "dag_id": "d", "path": ["a", "a"], "upstream": "a",
        "downstream": "b", "task_id": "t", "user": "u", "action": "read", "resource": "r", "state": "s", "event": "e",
        "holder": "h", "fence": 1, "message": "m",
    }  # fmt: skip
    ours = {IllegalTransition, TaskDeferralError, TaskDeferralTimeout}  # those of task code never come here
    for kind in _all_errors():
        if kind.__module__ != model_errors.__name__:
            continue
        failure = failure_of(kind(**fields), "number")
        assert failure.is_ours == (kind in ours), kind
        assert failure.status == 500 if kind in ours else 403 <= failure.status <= 503, kind
    assert failure_of(LeaseLost(holder="h", fence=1), "n").status == 503
