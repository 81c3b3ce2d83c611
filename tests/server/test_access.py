"""Who gets in: every route of the table, as nobody, as the token's owner, and against an Authorizer that says no."""

import getpass
import json
from collections.abc import Mapping
from typing import Any

import pytest
from jupyter_couture_server import wire
from jupyter_couture_server.handlers import system
from jupyter_couture_server.route import Audit, Method, Route
from jupyter_couture_server.routes import ROUTES
from jupyter_server.auth import Authorizer, User
from jupyter_server.base.handlers import JupyterHandler
from tornado.httpclient import HTTPClientError

from jupyter_couture.model.dag import Json
from jupyter_couture.model.errors import Denied
from jupyter_couture.model.pools import Pool
from jupyter_couture.model.secrets import Connection, Variable
from jupyter_couture.services.access import ROLE_PERMISSIONS, Actor, Permission, Role, require
from tests.server.conftest import Ask
from tests.server.troubles import add_alerts
from tests.server.yard import Yard, add_origins, etl

PLAIN = [route for route in ROUTES if route.method is not Method.SOCKET]
CLOSED = [route for route in PLAIN if not route.is_open]


def parts_of(route: Route) -> list[str]:
    """The path of a route, filled in with ids of things that exist."""
    path = route.path.format(dag_id="etl", run_id="r1", task_id="extract", try_number=1, name="thing", number=1)
    return path.split("/")


def parts_of_nothing(route: Route) -> list[str]:
    """The path of a route, filled in with ids of things that do not exist; as it is if it names none."""
    path = route.path.format(dag_id="gone", run_id="gone", task_id="gone", try_number=1, name="gone", number=404)
    return path.split("/")


def named(route: Route) -> str:
    """The route's place in test reports."""
    return f"{route.method} {route.path}"


BODIES: dict[str, Any] = {
    "PATCH dags/{dag_id}": {"is_paused": False},
    "POST dags/{dag_id}/runs/{run_id}/tasks/{task_id}/mark": {"state": "success"},
    "POST dags/{dag_id}/runs/{run_id}/state": {"state": "failed"},
    "POST dags/{dag_id}/runs/{run_id}/tasks/{task_id}/decision": {"options": ["yes"]},
    "POST runs/actions": {"action": "set_failed", "runs": [{"dag_id": "etl", "run_id": "r1"}]},
    "PATCH sla-misses/{number}": {"note": "known"},
    "POST pools": {"name": "new", "slots": 1},
    "POST variables": {"key": "new", "value": "1"},
    "POST variables/import": {"variables": {"b": 1}},
    "POST connections": {"conn_id": "new"},
    "POST assets/events": {"uri": "s3://thing"},
    "POST backfills": {"dag_id": "nightly", "from_date": "2026-11-14", "to_date": "2026-11-16"},
    "POST backfills/preview": {"dag_id": "nightly", "from_date": "2026-11-14", "to_date": "2026-11-16"},
    "POST connections/import": {"connections": {"b": "http://h"}},
    "POST views": {"page": "jobs"},
    "POST dags/{dag_id}/views": {"page": "graph", "run_id": "r1"},
}
"""What a route's body must hold, for those that need one."""

QUERIES: dict[str, dict[str, str]] = {
    "GET dags/{dag_id}/runs/{run_id}/tasks/{task_id}/mark": {"state": "success"},
    "GET dags/{dag_id}/runs/{run_id}/state": {"state": "failed"},
    "GET dags/{dag_id}/diff": {"older": "etlv1"},
}
"""Options that a route must be given, for those that need some."""


def options_of(route: Route) -> dict[str, Any]:
    """Method, options and body of a request that is as it should be."""
    body, query = BODIES.get(named(route)), QUERIES.get(named(route))
    given = {"json": body, "params": query}
    return {"method": route.method.value, **{name: value for name, value in given.items() if value is not None}}


@pytest.fixture
def full_yard(yard: Yard) -> Yard:
    """A DAG ``etl`` with a run ``r1`` and an attempt at ``extract``; a ``thing`` of each kind with a name or number."""
    key = yard.add_run(yard.add_dag(etl()), "r1", {})
    yard.add_attempt(key, "extract")
    yard.store.put_pool(Pool("thing", 1))
    yard.store.add_variable(Variable(key="thing", value="1"))
    yard.add_value(key, "extract", "thing")
    yard.store.add_connection(Connection(conn_id="thing"))
    add_origins(yard)
    add_alerts(yard, key)
    yard.ask_somebody(key, "extract", "yes", "no")
    return yard


async def log_in(ask: Ask, jp_serverapp: Any, host: str) -> str:
    """The cookie of a browser that logged in; its name holds the host it was given for."""
    headers = {"Authorization": "", "Host": f"{host}:{jp_serverapp.port}"}
    options = {"headers": headers, "params": {"token": jp_serverapp.identity_provider.token}}
    answer = await ask("me", **options)
    assert answer.status == 200
    return "; ".join(text.partition(";")[0] for text in answer.headers.get_list("Set-Cookie"))


async def test_only_health_is_open() -> None:
    """S02: the allow-list has one entry."""
    assert [route.path for route in ROUTES if route.is_open] == ["health"]


async def test_the_tokens_owner_gets_what_the_table_promises(full_yard: Yard, ask: Ask) -> None:
    """S01, the row of the personal mode."""
    for route in PLAIN:
        answer = await ask(*parts_of(route), **options_of(route))
        assert answer.status == route.status, (named(route), answer.body)


async def test_nobody_gets_nothing_anywhere(full_yard: Yard, ask: Ask) -> None:
    """S01, S02: without credentials every route but health refuses, whatever the method, and changes nothing."""
    before = full_yard.store.feed_position()
    headers = {"Authorization": ""}
    for route in CLOSED:
        for method in ("GET", "POST", "PATCH", "PUT", "DELETE"):
            answer = await ask(*parts_of(route), method=method, headers=dict(headers))
            assert (answer.status, answer.error["type"]) == (403, "denied"), (method, route.path)
    assert (await ask("health", headers=dict(headers))).status == 200
    assert (await ask("no", "such", "path", headers=dict(headers))).status == 403
    assert full_yard.store.feed_position() == before
    assert full_yard.audit() == []


async def test_a_wrong_token_is_no_token(full_yard: Yard, ask: Ask) -> None:
    answer = await ask("dags", headers={"Authorization": "token wrong"})
    assert (answer.status, answer.error["type"]) == (403, "denied")


async def test_nobody_gets_the_stream(yard: Yard, jp_ws_fetch: Any) -> None:
    """S02 for the WebSocket."""
    with pytest.raises(HTTPClientError) as refusal:
        await jp_ws_fetch("couture", "api", "stream", headers={"Authorization": ""})
    assert refusal.value.code == 403


async def test_the_stream_refuses_a_foreign_origin(yard: Yard, ask: Ask, jp_serverapp: Any, jp_ws_fetch: Any) -> None:
    """S23 for the WebSocket: a cookie is not enough if the page comes from elsewhere."""
    headers = {"Authorization": "", "Cookie": await log_in(ask, jp_serverapp, "localhost")}
    socket = await jp_ws_fetch("couture", "api", "stream", headers=dict(headers))
    socket.close()
    assert await socket.read_message() is not None  # hello
    assert await socket.read_message() is None
    with pytest.raises(HTTPClientError) as refusal:
        await jp_ws_fetch("couture", "api", "stream", headers={**headers, "Origin": "https://evil.example"})
    assert refusal.value.code == 403


class _Picky(Authorizer):
    """Records what it is asked and refuses everything of ours."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.asked: list[tuple[str, str]] = []

    def is_authorized(self, handler: JupyterHandler, user: User, action: str, resource: str) -> bool:
        self.asked.append((action, resource))
        return not resource.startswith("couture:")


class _KeepsRuns(Authorizer):
    """Lets everything be done but changing runs."""

    def is_authorized(self, handler: JupyterHandler, user: User, action: str, resource: str) -> bool:
        return (action, resource) != (Permission.RUNS_DELETE.action, Permission.RUNS_DELETE.resource)


async def test_the_servers_authorizer_is_asked_also_about_what_a_body_wants(
    full_yard: Yard, ask: Ask, jp_serverapp: Any
) -> None:
    """S01: who may act on tasks, and not delete runs, deletes none as one of several either."""
    jp_serverapp.web_app.settings["authorizer"] = _KeepsRuns(parent=jp_serverapp)
    runs = [{"dag_id": "etl", "run_id": "r1"}]
    answer = await ask("runs", "actions", method="POST", json={"action": "delete", "runs": runs})
    assert (answer.status, answer.error["type"]) == (403, "denied")
    assert not full_yard.store.commands(10)
    assert (await ask("runs", "actions", method="POST", json={"action": "clear", "runs": runs})).status == 202


class _Reads(Authorizer):
    """Lets everything be read and nothing be changed."""

    async def is_authorized(self, handler: JupyterHandler, user: User, action: str, resource: str) -> bool:
        return action == "read"


async def test_who_asks_for_its_rights_hears_of_none_that_the_authorizer_refuses(
    full_yard: Yard, ask: Ask, jp_serverapp: Any
) -> None:
    """The interface offers what ``me`` says, so both must be one: each right is there as its routes answer."""
    jp_serverapp.web_app.settings["authorizer"] = _Reads(parent=jp_serverapp)
    told = set((await ask("me")).json["permissions"])
    assert told == {each.value for each in Permission if each.action == "read"}
    for route in CLOSED:
        assert route.permission is not None
        status = (await ask(*parts_of(route), **options_of(route))).status
        assert (status == 403) is (route.permission.value not in told), named(route)


async def test_the_servers_authorizer_is_asked_about_every_route(
    full_yard: Yard, ask: Ask, jp_serverapp: Any, jp_ws_fetch: Any
) -> None:
    """S01: each verb names its own action and resource, and a no is a no, the outputs drive and the stream included."""
    picky = _Picky(parent=jp_serverapp)
    jp_serverapp.web_app.settings["authorizer"] = picky
    for route in CLOSED:
        answer = await ask(*parts_of(route), **options_of(route))
        assert (answer.status, answer.error["type"]) == (403, "denied"), named(route)
        assert route.permission is not None
        assert picky.asked.pop() == (route.permission.action, route.permission.resource)
    with pytest.raises(HTTPClientError) as refusal:
        await jp_ws_fetch("couture", "api", "stream")
    assert (refusal.value.code, picky.asked.pop()) == (403, ("read", "couture:events"))
    denials = [entry for entry in full_yard.audit() if "denied" in str(entry["extra"])]
    assert len(denials) == sum(route.method.changes for route in CLOSED)


async def test_a_browser_needs_the_xsrf_header_for_changes(full_yard: Yard, ask: Ask, jp_serverapp: Any) -> None:
    """S23: a cookie alone reads, and changes nothing."""
    cookie = await log_in(ask, jp_serverapp, "127.0.0.1")
    assert (await ask("me", headers={"Authorization": "", "Cookie": cookie})).status == 200
    for kind in ("application/json", "text/plain", "application/x-www-form-urlencoded"):
        headers = {"Authorization": "", "Cookie": cookie, "Content-Type": kind}
        answer = await ask("dags", "etl", "runs", method="POST", body=b"{}", headers=headers)
        assert (answer.status, answer.error["type"]) == (403, "denied")
    assert full_yard.store.list_runs(etl().dag_id, 10, 0)[1] == 1


MUTATING = [route for route in ROUTES if route.method.changes]


async def test_every_change_leaves_exactly_one_audit_entry(full_yard: Yard, ask: Ask) -> None:
    """S53: with actor, source, target and outcome; a change that was refused too."""
    for route in MUTATING:
        before = len(full_yard.audit())
        await ask(*parts_of(route), **options_of(route))
        refusal = options_of(route) if "{" in route.path else {"method": route.method.value, "json": {"nonsense": 1}}
        await ask(*parts_of_nothing(route), **refusal)
        done, refused = full_yard.audit()[before:]
        assert route.audit is not None
        named_by = route.audit.named_by
        event = BODIES[named(route)][named_by] if named_by else route.audit.event
        wanted = event if "{" in route.path else route.audit.event  # a body that makes no sense names none
        assert (done["event"], refused["event"]) == (event, wanted), named(route)
        if "{dag_id}" in route.path:
            assert (done["dag_id"], refused["dag_id"]) == ("etl", "gone")
        if "{name}" in route.path:
            assert ("'name': 'thing'" in _words(done), "'name': 'gone'" in _words(refused)) == (True, True)
        assert done["source_ip"] in ("127.0.0.1", "::1")
        assert done["actor"] == getpass.getuser()
        reason = "not_found" if "{" in route.path else "invalid"
        assert ("success" in _words(done), reason in _words(refused)) == (True, True), named(route)


def _words(entry: Mapping[str, Json]) -> str:
    return str(json.loads(str(entry["extra"])))


def test_reading_leaves_no_audit_entry() -> None:
    assert all(route.audit is None for route in ROUTES if not route.method.changes)


def _route(**changes: Any) -> Route:
    values: dict[str, Any] = {
        "method": Method.POST,
        "path": "x",
        "handler": system.get_me,
        "permission": Permission.DAGS_EDIT,
        "summary": "x",
        "result": wire.MeReply,
        "audit": Audit("x"),
    }
    return Route(**{**values, **changes})


@pytest.mark.parametrize(
    "changes",
    [
        {"permission": None},
        {"audit": None},
        {"permission": None, "is_open": True},
        {"is_open": True},
        {"method": Method.GET},
        {"method": Method.GET, "audit": None, "body": wire.PauseBody},
        {"handler": None},
        {"method": Method.SOCKET, "audit": None},
    ],
)
def test_a_route_that_says_too_little_cannot_be_made(changes: dict[str, Any]) -> None:
    _route()
    with pytest.raises(ValueError, match=r"(POST|GET|SOCKET) x"):
        _route(**changes)


def test_deny_is_the_default() -> None:
    nobody = Actor("n", "", Role.PUBLIC)
    assert nobody.permissions == frozenset()
    for permission in Permission:
        with pytest.raises(Denied):
            require(nobody, permission)
    assert ROLE_PERMISSIONS[Role.ADMIN] == frozenset(Permission)
