"""Variables and connections over REST: what is secret stays hidden, and nobody's change is lost."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from jupyter_couture.app.edges import open_listener
from jupyter_couture.model.masking import SENSITIVE_WORDS
from jupyter_couture.ports.bus import BAG
from jupyter_couture.settings import Settings
from tests.server.conftest import Answer, Ask
from tests.server.yard import Yard

CANARY = "c4nary-77d1"


async def post(ask: Ask, *path: str, **body: Any) -> Answer:
    return await ask(*path, method="POST", json=body)


async def test_S148_variables_are_listed_made_changed_and_removed(yard: Yard, ask: Ask) -> None:
    made = await post(ask, "variables", key="a:b c", value="1", description="what for")
    assert made.status == 201
    assert (await post(ask, "variables", key="a:b c", value="2")).status == 409
    path = ("variables", "a:b c")
    found = await ask(*path)
    assert found.json == made.json
    changed = await ask(*path, method="PATCH", json={"value": "2"})
    assert (changed.json["value"], changed.json["description"]) == ("2", "what for")
    await post(ask, "variables", key="z", value="3")
    listed = (await ask("variables", params={"order_by": "-key", "limit": "1"})).json
    assert ([each["key"] for each in listed["variables"]], listed["total"]) == (["z"], 2)
    assert [each["key"] for each in (await ask("variables", params={"search": "FOR"})).json["variables"]] == ["a:b c"]
    assert (await ask(*path, method="DELETE")).json == {"removed": "a:b c"}
    assert (await ask(*path)).status == 404
    assert (await ask(*path, method="DELETE")).status == 404


async def test_T07_a_change_of_what_has_changed_meanwhile_is_refused(yard: Yard, ask: Ask) -> None:
    await post(ask, "variables", key="a", value="1")
    number = (await post(ask, "connections", conn_id="c", password="p")).json["number"]
    for path, change in ((("variables", "a"), {"value": "2"}), (("connections", str(number)), {"password": "q"})):
        seen = (await ask(*path)).headers["ETag"]
        won = await ask(*path, method="PATCH", json=change, headers={"If-Match": seen})
        assert won.status == 200, won.body
        assert won.headers["ETag"] != seen
        for method in ("PATCH", "DELETE"):
            options = {"json": change} if method == "PATCH" else {}
            lost = await ask(*path, method=method, headers={"If-Match": seen}, **options)
            assert (lost.status, lost.error["type"]) == (412, "stale")
        now = won.headers["ETag"]
        assert (await ask(*path, method="DELETE", headers={"If-Match": f'"old", {now}'})).status == 200


@pytest.mark.parametrize("word", [*SENSITIVE_WORDS, "My-API-KEY", "dbPassword"])
async def test_S156_a_value_is_hidden_if_its_key_says_so(yard: Yard, ask: Ask, word: str) -> None:
    made = (await post(ask, "variables", key=f"x_{word}", value=CANARY)).json
    assert (made["value"], made["hidden"]) == ("***", True)
    assert CANARY.encode() not in (await ask("variables")).body


async def test_S156_a_form_that_sends_hidden_values_back_changes_none_of_them(yard: Yard, ask: Ask) -> None:
    value = json.dumps({"host": "h", "password": CANARY, "deep": [{"api_key": CANARY}]})
    await post(ask, "variables", key="settings", value=value)
    shown = json.loads((await ask("variables", "settings")).json["value"])
    assert shown == {"host": "h", "password": "***", "deep": [{"api_key": "***"}]}
    shown["host"] = "other"
    await ask("variables", "settings", method="PATCH", json={"value": json.dumps(shown)})
    kept = json.loads(yard.store.variable("settings").value or "")
    assert kept == {"host": "other", "password": CANARY, "deep": [{"api_key": CANARY}]}


class TestInTheClear:
    """S157: masking can be switched off."""

    @pytest.fixture
    def couture_options(self) -> dict[str, Any]:
        return {"engine": "off", "hide_sensitive": False}

    async def test_S157_values_are_shown_and_passwords_are_not(self, yard: Yard, ask: Ask) -> None:
        made = (await post(ask, "variables", key="password", value=CANARY)).json
        assert (made["value"], made["hidden"]) == (CANARY, False)
        made = (await post(ask, "connections", conn_id="c", password=CANARY, extra={"token": "t"})).json
        assert json.loads(made["extra"]) == {"token": "t"}
        assert CANARY not in str(made)


async def test_S149_a_settings_file_is_stored_at_once_and_each_failure_is_told(yard: Yard, ask: Ask) -> None:
    await post(ask, "variables", key="old", value="1")
    given = {"text": "x", "nested": {"a": [1, {"b": None}]}, "old": 2, " bad": 1, "a_password": "***"}
    report = (await post(ask, "variables", "import", variables=given)).json
    assert report["created"] == ["text", "nested"]
    assert report["updated"] == ["old"]
    assert [each["name"] for each in report["failed"]] == [" bad", "a_password"]
    assert json.loads(yard.store.variable("nested").value or "") == {"a": [1, {"b": None}]}
    again = (await post(ask, "variables", "import", variables={"text": "y", "new": "z"}, if_exists="skip")).json
    assert (again["skipped"], again["created"]) == (["text"], ["new"])
    again = (await post(ask, "variables", "import", variables={"text": "y"}, if_exists="fail")).json
    assert again["failed"] == [{"name": "text", "message": "it is there already"}]
    entry = yard.audit()[-1]
    assert (entry["event"], json.loads(str(entry["extra"]))["names"]) == ("variable.import", ["text"])


async def test_an_export_can_be_imported_again_without_loss(yard: Yard, ask: Ask) -> None:
    await post(ask, "variables", key="a", value="1", description="d")
    await post(ask, "variables", key="my_token", value=CANARY)
    for host in ("one", "two"):
        await post(ask, "connections", conn_id="db", host=host, password=CANARY, extra={"secret": CANARY, "n": 1})
    kept = {each.host: each.password for each in yard.store.connections_of("db")}
    for kind in ("variables", "connections"):
        taken = await ask(kind, "export", method="POST")
        assert CANARY.encode() not in taken.body
        report = (await ask(kind, "import", method="POST", body=taken.body)).json
        assert (report["failed"], report["created"]) == ([], [])
    assert yard.store.variable("my_token").value == CANARY
    assert yard.store.variable("a").description == "d"
    assert {each.host: each.password for each in yard.store.connections_of("db")} == kept
    assert [json.loads(each.extra or "") for each in yard.store.connections_of("db")] == [
        {"secret": CANARY, "n": 1}
    ] * 2


async def test_S145_connections_are_made_changed_and_removed_and_never_give_their_password(
    yard: Yard, ask: Ask
) -> None:
    parts = {"conn_type": "postgres", "host": "h", "login": "me", "schema": "s", "port": 5432}
    answer = await post(ask, "connections", conn_id="db", password=CANARY, **parts)
    made = answer.json
    assert CANARY.encode() not in answer.body
    assert {name: made[name] for name in parts} == parts
    assert made["has_password"]
    path = ("connections", str(made["number"]))
    changed = (await ask(*path, method="PATCH", json={"password": "***", "port": None, "host": ""})).json
    assert (changed["port"], changed["host"], changed["has_password"]) == (None, None, True)
    for shown in (await ask(*path), await ask("connections")):
        assert shown.status == 200
        assert CANARY.encode() not in shown.body
    assert yard.store.connection(made["number"]).password == CANARY
    assert not (await ask(*path, method="PATCH", json={"password": None})).json["has_password"]
    second = await post(ask, "connections", conn_id="db", uri=f"mysql://u:{CANARY}@h2/?token={CANARY}")
    assert second.status == 201
    assert (second.json["host"], json.loads(second.json["extra"])) == ("h2", {"token": "***"})
    both = (await ask("connections", params={"conn_id": "db", "order_by": "-host"})).json
    assert [each["host"] for each in both["connections"]] == ["h2", None] or both["total"] == 2
    assert (await ask(*path, method="DELETE")).status == 200
    assert (await ask(*path)).status == 404


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"conn_id": "a", "uri": "no uri"}, "uri"),
        ({"conn_id": "a", "uri": "http://h", "host": "h"}, "$.host"),
        ({"conn_id": "a", "port": 70_000}, "$.port"),
        ({"conn_id": " a"}, "$.conn_id"),
        ({"conn_id": "a", "colour": "red"}, "$.colour"),
        ({}, "$"),
    ],
)
async def test_wrong_connections_are_refused_by_field(
    yard: Yard, ask: Ask, body: Mapping[str, Any], field: str
) -> None:
    refused = await ask("connections", method="POST", json=body)
    assert (refused.status, refused.error["field"]) == (422, field)


async def test_a_change_wakes_whoever_parses_the_files_that_read_it(yard: Yard, ask: Ask) -> None:
    listener = open_listener(Settings.load({}, home=yard.home), (BAG,))
    try:
        for body in ({"key": "a", "value": "1"}, {"conn_id": "c"}):
            await post(ask, "variables" if "key" in body else "connections", **body)
            assert await listener.wait(5)
    finally:
        listener.close()


async def test_a_value_that_looks_like_a_credential_comes_with_a_warning(yard: Yard, ask: Ask) -> None:
    assert "credential" in (await post(ask, "variables", key="a", value="AKIAIOSFODNN7EXAMPLE")).json["warning"]
    assert (await post(ask, "variables", key="b", value="plain words")).json["warning"] == ""


async def test_S50_a_canary_shows_nowhere(
    yard: Yard, ask: Ask, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    """Not in replies, logs, audit, errors or the database's bytes, plain or encoded; whatever was done with it."""
    secret = f"{CANARY}&<ü"
    replies = [
        await post(ask, "variables", key="my_secret", value=secret),
        await post(ask, "variables", key="my_secret", value=secret),
        await post(ask, "variables", key="plain", value=json.dumps({"password": secret})),
        await ask("variables", "my_secret", method="PATCH", json={"value": secret}),
        await ask("variables", "my_secret", method="PATCH", json={"value": secret, "x": 1}),
        await post(ask, "variables", "import", variables={"x_token": secret, " bad_password": secret}),
        await post(ask, "connections", conn_id="c", password=secret, extra={"api_key": secret}),
        await post(ask, "connections", conn_id="c", extra=secret),
        await post(ask, "connections", conn_id="c", uri=f"http://u:{CANARY}@h:x"),
        await post(ask, "connections", conn_id="c", uri=f"http://u:{CANARY}@h/?secret={CANARY}"),
        await post(ask, "connections", "import", connections={"d": {"password": secret, "bad": 1}, "e": secret}),
        await ask("connections", "1", method="PATCH", json={"password": secret, "port": -1}),
        *[await ask(kind, "export", method="POST") for kind in ("variables", "connections")],
        *[await ask(kind) for kind in ("variables", "connections")],
        await ask("variables", "my_secret"),
        await ask("connections", "1"),
    ]
    for reply in replies:
        assert CANARY.encode() not in reply.body
        assert CANARY not in str(reply.headers)
    assert CANARY not in caplog.text
    assert CANARY not in "".join(capfd.readouterr())
    assert CANARY not in str(yard.audit())
    files = [path for path in yard.home.rglob("*") if path.is_file()]
    assert {path.name for path in files} >= {"couture.db", "fernet.keys"}
    assert [path for path in files if CANARY.encode() in path.read_bytes()] == []
