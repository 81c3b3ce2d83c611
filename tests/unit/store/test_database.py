"""Transactions: nothing is lost between threads, passing trouble is tried again, lasting trouble has a name."""

import sqlite3
import threading
import time
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import OperationalError

from jupyter_couture.model.errors import InvalidRequest, Unavailable
from jupyter_couture.store import SqlStore
from jupyter_couture.store.database import READER_CACHE_KIB, TRIES, WRITER_CACHE_KIB, Database


@pytest.fixture
def database(tmp_path: Path) -> Database:
    database = Database(f"sqlite:///{tmp_path / 'deep' / 'x.db'}")
    database.write(lambda connection: connection.execute(text("CREATE TABLE number (value INTEGER)")))
    database.write(lambda connection: connection.execute(text("INSERT INTO number VALUES (0)")))
    return database


def _add(connection: Connection) -> None:
    value = connection.execute(text("SELECT value FROM number")).scalar_one()
    connection.execute(text("UPDATE number SET value = :value"), {"value": value + 1})


def _value(database: Database) -> int:
    return int(database.read(lambda connection: connection.execute(text("SELECT value FROM number")).scalar_one()))


def _locked() -> OperationalError:
    cause = sqlite3.OperationalError("database is locked")
    cause.sqlite_errorcode = 5
    return OperationalError("UPDATE", {}, cause)


def test_a_file_is_durable_concurrent_and_checked(database: Database) -> None:
    def pragma(name: str) -> object:
        return database.read(lambda connection: connection.execute(text(f"PRAGMA {name}")).scalar())

    assert {name: pragma(name) for name in ("journal_mode", "synchronous", "foreign_keys")} == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
    }


def test_only_a_connection_that_has_written_keeps_many_pages(database: Database) -> None:
    def kept(connection: Connection) -> int:
        return int(connection.execute(text("PRAGMA cache_size")).scalar_one())

    database.close()
    assert database.read(kept) == -READER_CACHE_KIB
    assert database.write(kept) == -WRITER_CACHE_KIB


def test_threads_that_read_then_write_lose_no_update(database: Database) -> None:
    def work() -> None:
        for _ in range(50):
            database.write(_add)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert _value(database) == 400


def test_two_connections_to_one_file_lose_no_update(database: Database) -> None:
    databases = [Database(database.url) for _ in range(4)]  # as four processes would
    threads = [threading.Thread(target=lambda one=one: [one.write(_add) for _ in range(25)]) for one in databases]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert _value(database) == 100


def test_a_reader_sees_one_state_while_others_write(database: Database) -> None:
    def body(connection: Connection) -> tuple[int, int]:
        first = connection.execute(text("SELECT value FROM number")).scalar_one()
        writer = threading.Thread(target=database.write, args=(_add,))
        writer.start()
        writer.join()
        return first, connection.execute(text("SELECT value FROM number")).scalar_one()

    assert database.read(body) == (0, 0)
    assert _value(database) == 1


def test_a_body_that_raises_leaves_nothing(database: Database) -> None:
    def body(connection: Connection) -> None:
        _add(connection)
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        database.write(body)
    assert _value(database) == 0


def test_passing_trouble_is_tried_again(database: Database) -> None:
    calls = 0

    def body(connection: Connection) -> None:
        nonlocal calls
        calls += 1
        _add(connection)
        if calls < TRIES:
            raise _locked()

    database.write(body)
    assert (calls, _value(database)) == (TRIES, 1)


def test_R22_a_file_that_another_program_has_locked_costs_time_only(database: Database) -> None:
    other = sqlite3.connect(database.url.removeprefix("sqlite:///"), isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    threading.Timer(0.3, other.execute, ("COMMIT",)).start()
    began = time.monotonic()
    database.write(_add)
    assert time.monotonic() - began >= 0.2
    assert _value(database) == 1
    other.close()


@pytest.mark.postgres
def test_R18_connections_that_were_cut_are_opened_again_unnoticed(postgres_url: str) -> None:
    store = SqlStore.open(postgres_url)
    with psycopg.connect(postgres_url.replace("+psycopg", ""), autocommit=True) as admin:
        for _ in range(3):
            admin.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'jupyter-couture'"
            )
            assert store.check() == "postgresql"
            lease = store.acquire_lease("one", 10)
            assert lease is not None
            store.renew_lease(lease, 10)
    store.close()


def test_trouble_that_stays_is_called_unavailable(database: Database) -> None:
    def body(connection: Connection) -> None:
        raise _locked()

    with pytest.raises(Unavailable, match="database is locked"):
        database.write(body)


def test_a_database_that_cannot_be_opened_is_called_unavailable(tmp_path: Path) -> None:
    folder = tmp_path / "x.db"
    folder.mkdir()
    with pytest.raises(Unavailable, match="unable to open database file"):
        SqlStore.open(f"sqlite:///{folder}")


def test_a_server_that_is_away_is_called_unavailable() -> None:
    with pytest.raises(Unavailable, match="refused"):
        SqlStore.open("postgresql+psycopg://nobody@127.0.0.1:1/nothing")


def test_a_database_of_another_kind_is_refused_by_name() -> None:
    with pytest.raises(InvalidRequest, match="database_url"):
        Database("oracle://somewhere")
