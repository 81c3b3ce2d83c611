"""Every adapter of a port passes the port's suite: the fixtures here hand out the adapters."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from jupyter_couture.store import MemoryStore, SqlStore
from tests.contracts.store_desk import Desk
from tests.postgres import PostgresServer


@pytest.fixture(scope="session")
def _postgres_template(postgres_server: PostgresServer) -> str:
    """The name of a database with all tables, to be copied."""
    url = postgres_server.create_database()
    SqlStore.open(url).close()
    return url.rsplit("/", 1)[1]


def _postgres(request: pytest.FixtureRequest) -> Iterator[str]:
    server: PostgresServer = request.getfixturevalue("postgres_server")
    url = server.create_database(template=request.getfixturevalue("_postgres_template"))
    yield url
    server.drop_database(url)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty database that several processes may open."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'couture.db'}"
    else:
        yield from _postgres(request)


@pytest.fixture(params=["memory", "sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SqlStore]:
    """An empty store of each kind."""
    if request.param == "memory":
        kept: SqlStore = MemoryStore()
        yield kept
        kept.close()
        return
    urls = iter([f"sqlite:///{tmp_path / 'couture.db'}"]) if request.param == "sqlite" else _postgres(request)
    kept = SqlStore.open(next(urls))
    yield kept
    kept.close()
    next(urls, None)


@pytest.fixture
def desk(store: SqlStore) -> Desk:
    """A desk at an empty store: a DAG with tasks ``a`` and ``b``, and the lease."""
    return Desk.at(store)
