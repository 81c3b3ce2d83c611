"""Connections as task code knows them: by id, by chance of several, as URI and JSON."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_couture import BaseHook, Connection
from jupyter_couture.authoring.door import EnvironmentDoor, answering, fields_of
from jupyter_couture.authoring.environment import connections_of
from jupyter_couture.authoring.uris import connection_from_uri, uri_of
from jupyter_couture.model.errors import InvalidRequest, NotFound, Unavailable
from jupyter_couture.model.secrets import Connection as Value


class Rack(EnvironmentDoor):
    """A door behind which some connections lie."""

    def __init__(self, *kept: Value) -> None:
        self.kept = kept

    def connections(self, conn_id: str) -> Sequence[Mapping[str, Any]]:
        return [fields_of(each) for each in self.kept if each.conn_id == conn_id]


def test_S147_code_names_only_the_id() -> None:
    with answering(Rack(Value(conn_id="db", conn_type="postgres", host="h", port=1, extra='{"a": {"b": 1}}'))):
        found = BaseHook.get_connection("db")
        assert (found.conn_id, found.conn_type, found.host, found.port) == ("db", "postgres", "h", 1)
        assert found.extra_dejson == {"a": {"b": 1}}
        assert Connection.get_connection_from_secrets("db").get_uri() == found.get_uri()
        with pytest.raises(NotFound, match="'gone'"):
            Connection.get("gone")


def test_S146_of_several_connections_one_is_picked_by_chance() -> None:
    """A thousand draws give each of two at least 40 %, so a retry meets the good one before long."""
    with answering(Rack(Value(conn_id="db", host="one"), Value(conn_id="db", host="two"))):
        drawn = Counter(Connection.get("db").host for _ in range(1000))
        assert min(drawn["one"], drawn["two"]) >= 400
        assert [each.host for each in BaseHook.get_connections("db")] == ["one", "two"]


def test_outside_a_task_the_environment_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Unavailable, match="COUTURE_CONN_DB"):
        Connection.get("db")
    monkeypatch.setenv("AIRFLOW_CONN_DB", "postgresql://me:p%40ss@h:5432/x?sslmode=require")
    found = Connection.get("db")
    assert (found.conn_type, found.login, found.password, found.host) == ("postgres", "me", "p@ss", "h")
    assert (found.port, found.schema, found.extra_dejson) == (5432, "x", {"sslmode": "require"})
    monkeypatch.setenv("COUTURE_CONN_DB", '[{"conn_type": "http", "host": "a"}, "http://b"]')
    assert {each.host for each in BaseHook.get_connections("db")} == {"a", "b"}


def test_a_connection_is_made_of_parts_a_uri_or_json() -> None:
    made = Connection("c", "http", host="https://h", login="a:b", password="/@ü", extra={"x": "1"})
    again = Connection("c", uri=made.get_uri())
    assert again.__dict__ == made.__dict__
    decoded = Connection.from_json(made.as_json(), conn_id="c")
    assert decoded.__dict__ == made.__dict__
    assert json.loads(made.as_json())["extra"] == {"x": "1"}
    with pytest.raises(InvalidRequest, match="not by both"):
        Connection("c", host="h", uri="http://h")
    assert "/@ü" not in repr(made)


@pytest.mark.parametrize(
    ("uri", "parts"),
    [
        ("http://[::1]:80/", ("http", "::1", 80, None)),
        ("google_cloud_platform://", ("google_cloud_platform", None, None, None)),
        ("google-cloud-platform://", ("google_cloud_platform", None, None, None)),
        ("sqlite:///tmp/x.db", ("sqlite", None, None, "tmp/x.db")),
        ("mysql://h/?__extra__=%7B%22a%22%3A1%7D", ("mysql", "h", None, None)),
    ],
)
def test_uris_of_many_kinds_are_read(uri: str, parts: tuple[Any, ...]) -> None:
    found = connection_from_uri("c", uri)
    assert (found.conn_type, found.host, found.port, found.schema) == parts


@pytest.mark.parametrize("uri", ["", "just words", "http://h:99999/", "http://[::1", "h:1234/c4nary"])
def test_a_uri_that_cannot_be_read_is_refused_without_being_shown(uri: str) -> None:
    with pytest.raises(InvalidRequest) as refusal:
        connection_from_uri("c", uri)
    assert "c4nary" not in str(refusal.value)


@pytest.mark.parametrize("said", [3, {"colour": "red"}, {"port": "x"}, "{", {"port": 70_000}])
def test_fields_that_are_none_are_refused(said: object) -> None:
    with pytest.raises(InvalidRequest):
        connections_of("c", said)


def test_fields_may_have_their_other_names() -> None:
    (found,) = connections_of("c", {"type": "x", "user": "u", "database": "d", "port": "5", "extra": {"a": 1}})
    assert (found.conn_type, found.login, found.schema, found.port, found.extra) == ("x", "u", "d", 5, '{"a": 1}')


_TEXTS = st.one_of(st.none(), st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
_EXTRAS = st.one_of(
    st.none(),
    st.just("no json"),
    st.dictionaries(st.text(min_size=1), st.one_of(st.text(), st.integers()), min_size=1).map(
        lambda fields: json.dumps(fields, ensure_ascii=False)
    ),
)


@given(
    host=_TEXTS, login=_TEXTS, password=_TEXTS, schema=_TEXTS, port=st.one_of(st.none(), st.integers(0, 65_535)),
    extra=_EXTRAS,
)  # fmt: skip
def test_a_uri_gives_back_the_connection_it_was_made_from(**parts: Any) -> None:
    made = Value(conn_id="c", conn_type="http", **parts)
    assert connection_from_uri("c", uri_of(made)) == made
