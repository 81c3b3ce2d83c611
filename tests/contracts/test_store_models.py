"""S154: ``Variable`` and ``Connection`` as SQLAlchemy models, queryable through a session."""

from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

import jupyter_couture
from jupyter_couture.model.secrets import SecretQuery
from jupyter_couture.settings import Settings
from jupyter_couture.store import SqlStore
from jupyter_couture.store.keys import KeyRing
from jupyter_couture.store.models import Connection, Variable, session_scope

CANARY = "c4nary-77aa"


@pytest.fixture
def settings(store_url: str, tmp_path: Path) -> Settings:
    return Settings.load({}, home=tmp_path / "home", database_url=store_url)


def test_S154_variables_are_queried_through_a_session(settings: Settings) -> None:
    with session_scope(settings) as session:
        session.add_all([Variable(key="b", val=CANARY), Variable(key="a", val="1", description="what for")])
    with session_scope(settings) as session:
        rows = session.query(Variable).order_by(Variable.key).all()
        assert [(row.key, row.val, row.description) for row in rows] == [("a", "1", "what for"), ("b", CANARY, None)]
        found = session.scalars(select(Variable).where(Variable.key == "b")).one()
        found.set_val("changed")
        session.delete(rows[0])
    store = SqlStore.open(settings.database_url, keys=KeyRing.of(settings))
    try:
        assert store.variable("b").value == "changed"
        assert store.list_variables(SecretQuery()).total == 1
        raw = store._db.read(lambda database: str(database.execute(text("SELECT * FROM variable")).all()))
        assert "changed" not in raw
    finally:
        store.close()


def test_a_session_that_fails_leaves_nothing(settings: Settings) -> None:
    with pytest.raises(IntegrityError) as fault, session_scope(settings) as session:
        session.add_all([Variable(key="a", val=CANARY), Variable(key="a", val=CANARY)])
    assert CANARY not in str(fault.value)
    with session_scope(settings) as session:
        assert session.query(Variable).count() == 0


def test_connections_are_mapped_too(settings: Settings) -> None:
    with session_scope(settings) as session:
        session.add(Connection("db", uri=f"postgres://me:{CANARY}@h/x?a=1"))
    with session_scope(settings) as session:
        row = session.query(Connection).one()
        assert (row.host, row.password, row.extra_dejson) == ("h", CANARY, {"a": "1"})
        assert row.get_uri() == f"postgres://me:{CANARY}@h/x?a=1"
        assert isinstance(row, jupyter_couture.Connection)
