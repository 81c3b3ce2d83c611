"""The OpenAPI document is valid, complete and true: what it says is what the server does, whatever it is sent."""

import asyncio
import re
import sys
from pathlib import Path
from typing import Any

import pytest
from jupyter_couture_server.openapi import document
from jupyter_couture_server.route import Method
from jupyter_couture_server.routes import ROUTES
from openapi_spec_validator import validate

from jupyter_couture.model.secrets import Connection, Variable
from jupyter_couture.services import actions, dags
from tests.server.conftest import Ask
from tests.server.yard import Yard, add_origins, etl

API_PAGE = Path(__file__).parents[2] / "docs" / "api.md"

CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
    "allow_header_conformance",
    "unsupported_method",
    "ignored_auth",
)
SECONDS = 120

NOT_AIMED = """
[parameters]
"query.wait" = 0

[[operations]]
include-path = "/stream"
enabled = false
"""
AIMED = NOT_AIMED.replace(
    '"query.wait" = 0',
    """"query.wait" = 0
"path.dag_id" = "etl"
"path.run_id" = "r1"
"path.task_id" = "extract"
"path.try_number" = 1
"path.name" = "thing"
"path.number" = 1
""",
)


def verb(method: Method) -> str:
    """The method as OpenAPI knows it."""
    return "get" if method is Method.SOCKET else method.value.lower()


async def test_the_document_is_valid_and_lists_every_route(yard: Yard, ask: Ask) -> None:
    found = (await ask("openapi.json")).json
    validate(found)
    listed = {(path, method) for path, operations in found["paths"].items() for method in operations}
    assert listed == {(f"/{route.path}", verb(route.method)) for route in ROUTES}
    assert found["servers"] == [{"url": "/a%40b/couture/api"}]


def test_every_operation_says_its_permission_its_audit_event_and_its_errors() -> None:
    paths = document(ROUTES, "/")["paths"]
    for route in ROUTES:
        operation = paths[f"/{route.path}"][verb(route.method)]
        assert operation["x-couture-permission"] == route.permission
        assert operation["x-couture-audit"] == (route.audit.event if route.audit else None)
        assert {"403", "404", "422", "500", "503"} <= operation["responses"].keys()
    names = [operation["operationId"] for operations in paths.values() for operation in operations.values()]
    assert len(set(names)) == len(ROUTES)


def test_the_api_page_lists_every_route_and_no_other() -> None:
    """docs/api.md is written for people; this keeps its table honest."""
    rows = re.findall(
        r"^\| `(GET|POST|PATCH|PUT|DELETE|SOCKET) ([^`]+)` \| `?([\w.]+)`? \|", API_PAGE.read_text(), re.MULTILINE
    )
    assert {(method, path, permission) for method, path, permission in rows} == {
        (route.method.value, route.path, route.permission.value if route.permission else "open") for route in ROUTES
    }
    assert len(rows) == len(ROUTES)


@pytest.mark.timeout(SECONDS + 60)
@pytest.mark.parametrize("aimed", [True, False], ids=["at things that exist", "anywhere"])
async def test_random_requests_never_meet_a_fault_or_an_undocumented_answer(
    yard: Yard,
    ask: Ask,
    jp_serverapp: Any,
    jp_auth_header: dict[str, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    aimed: bool,
) -> None:
    """S30-lite: schemathesis over the live server, a few examples for each route.

    The yard holds the lease of a leader that is not there, for which nobody shall wait.
    """
    monkeypatch.setattr(actions, "WAIT_SECONDS", 0.0)
    monkeypatch.setattr(dags, "REFRESH_SECONDS", 0.0)
    key = yard.add_run(yard.add_dag(etl()), "r1", {})
    yard.add_attempt(key, "extract")
    yard.log(key, "extract").write_text("hello\n")
    yard.store.add_variable(Variable(key="thing", value="1"))
    yard.store.add_connection(Connection(conn_id="thing"))
    add_origins(yard)
    config = tmp_path / "schemathesis.toml"
    config.write_text(AIMED if aimed else NOT_AIMED)
    phases = "coverage,fuzzing" if aimed else "fuzzing"
    base = f"http://127.0.0.1:{jp_serverapp.port}/a%40b/couture/api"
    command = [
        sys.executable, "-m", "schemathesis.cli", "--config-file", str(config), "run", f"{base}/openapi.json",
        "--header", f"Authorization: {jp_auth_header['Authorization']}",
        "--phases", phases, "--max-examples", "4", "--seed", "1", "--workers", "1",
        "--checks", ",".join(CHECKS), "--no-color", "--warnings", "off",
    ]  # fmt: skip
    process = await asyncio.create_subprocess_exec(
        *command, cwd=tmp_path, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    try:
        async with asyncio.timeout(SECONDS):
            text = (await process.communicate())[0].decode()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert process.returncode == 0, text[-6000:]
