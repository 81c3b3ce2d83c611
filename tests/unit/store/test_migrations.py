"""The schema: made at once or by steps it is the same; a newer one is left alone."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, inspect, text

from jupyter_couture.model.errors import Unavailable
from jupyter_couture.store import SqlStore
from jupyter_couture.store.database import Database
from jupyter_couture.store.migrations import HEAD, steps, upgrade

URLS = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]


@pytest.fixture(params=URLS)
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    is_sqlite = request.param == "sqlite"
    url = f"sqlite:///{tmp_path / 'x.db'}" if is_sqlite else request.getfixturevalue("postgres_url")
    database = Database(url)
    yield database
    database.close()


def _schema(connection: Connection) -> dict[str, Any]:
    look = inspect(connection)
    return {
        name: {
            "columns": {column["name"]: (str(column["type"]), column["nullable"]) for column in look.get_columns(name)},
            "key": look.get_pk_constraint(name)["constrained_columns"],
            "foreign": sorted(
                (tuple(key["constrained_columns"]), key["referred_table"]) for key in look.get_foreign_keys(name)
            ),
            "unique": sorted(tuple(key["column_names"]) for key in look.get_unique_constraints(name)),
            "indices": sorted((index["name"] or "", tuple(index["column_names"])) for index in look.get_indexes(name)),
        }
        for name in look.get_table_names()
    }


def _rows(connection: Connection) -> list[Any]:
    return [
        tuple(connection.execute(text(f"SELECT * FROM {name}")).one())
        for name in ("lease", "feed_head", "alembic_version")
    ]


def test_the_steps_lead_to_what_a_new_database_gets_at_once(empty: Database, tmp_path: Path) -> None:
    empty.write(lambda connection: steps.climb(connection, HEAD))
    by_steps = empty.read(lambda connection: (_schema(connection), _rows(connection)))
    tables = ", ".join(reversed(list(by_steps[0])))
    if empty.is_sqlite:
        other = Database(f"sqlite:///{tmp_path / 'other.db'}")
    else:
        empty.write(lambda connection: connection.execute(text(f"DROP TABLE {tables} CASCADE")))
        other = empty
    assert upgrade(other)
    assert other.read(lambda connection: (_schema(connection), _rows(connection))) == by_steps


def test_upgrading_twice_does_nothing_the_second_time(empty: Database) -> None:
    assert upgrade(empty)
    assert not upgrade(empty)


def test_the_newest_step_is_the_one_the_program_names() -> None:
    assert max(steps.known()) == HEAD


def test_many_that_open_a_new_database_at_once_all_succeed(empty: Database) -> None:
    stores: list[SqlStore] = []
    gate = threading.Barrier(6)

    def work() -> None:
        gate.wait()
        stores.append(SqlStore.open(empty.url))

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(stores) == 6
    for store in stores:
        assert store.current_lease() is None
        store.close()


def test_a_newer_schema_is_refused_in_words_and_left_alone(empty: Database) -> None:
    upgrade(empty)
    empty.write(lambda connection: connection.execute(text("UPDATE alembic_version SET version_num = '9999'")))
    with pytest.raises(Unavailable, match=r"9999 was written by a newer Jupyter Couture .* restore a backup"):
        SqlStore.open(empty.url)
    assert empty.read(lambda connection: connection.execute(text("SELECT * FROM alembic_version")).scalar()) == "9999"


def test_a_store_that_is_up_to_date_opens_without_alembic(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'x.db'}"
    program = (
        "import sys; from jupyter_couture.store import SqlStore; "
        f"SqlStore.open({url!r}).close(); SqlStore.open({url!r}).close(); sys.exit('alembic' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
