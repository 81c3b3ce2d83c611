"""A database of each kind, as tests of hooks and operators see it: an attempt with the connection ``db`` to it."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.mariadb import MariaDbServer
from tests.postgres import PostgresServer
from tests.unit.authoring.attempts import StandInAttempt

SQLITE = pytest.param("sqlite")
POSTGRES = pytest.param("psycopg", marks=pytest.mark.postgres)
POSTGRES_BY_PSYCOPG2 = pytest.param("psycopg2", marks=pytest.mark.postgres)
MARIADB = pytest.param("mariadb")
SQLALCHEMY = pytest.param("sqlalchemy")
ALL = (SQLITE, POSTGRES, POSTGRES_BY_PSYCOPG2, MARIADB, SQLALCHEMY)


@contextmanager
def opened(kind: str, request: pytest.FixtureRequest, folder: Path, **extra: Any) -> Iterator[dict[str, Any]]:
    """The connection to an empty database of that kind, as a mapping of its fields."""
    if kind == "sqlite":
        yield {"conn_type": "sqlite", "host": str(folder / "data.db"), "extra": json.dumps(extra)}
    elif kind in ("psycopg", "psycopg2"):
        postgres: PostgresServer = request.getfixturevalue("postgres_server")
        url = postgres.create_database()
        yield {
            "conn_type": "postgres",
            "host": "127.0.0.1",
            "port": postgres.port,
            "login": "postgres",
            "schema": url.rsplit("/", 1)[1],
            "extra": json.dumps({"driver": kind, **extra}),
        }
        postgres.drop_database(url)
    else:
        mariadb: MariaDbServer = request.getfixturevalue("mariadb_server")
        name = mariadb.create_database()
        dialect = {"dialect": "mysql+pymysql"} if kind == "sqlalchemy" else {}
        yield {
            "conn_type": "mysql",
            "host": "127.0.0.1",
            "port": mariadb.port,
            "login": mariadb.user,
            "password": mariadb.password,
            "schema": name,
            "extra": json.dumps({**dialect, **extra}),
        }
        mariadb.drop_database(name)


def attempt_with(**connections: Mapping[str, Any]) -> StandInAttempt:
    """An attempt that knows these connections."""
    return StandInAttempt(connections=connections)
