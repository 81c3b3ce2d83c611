"""Variables and connections in the store: sealed at rest, readable through a rotation, never lost to a race."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from jupyter_couture.model.errors import Conflict, InvalidRequest, NotFound, Stale, Unavailable
from jupyter_couture.model.pools import Pool
from jupyter_couture.model.secrets import Connection, SecretQuery, Variable
from jupyter_couture.store import SqlStore
from jupyter_couture.store.keys import KeyRing, new_key

CANARY = "cañary-4f1c\x00\ud800"


@pytest.fixture
def keys_file(tmp_path: Path) -> Path:
    return tmp_path / "home" / "fernet.keys"


@pytest.fixture
def safe(store_url: str, keys_file: Path) -> Iterator[SqlStore]:
    """A store whose keys lie in a file that is not there yet."""
    kept = SqlStore.open(store_url, keys=KeyRing(file=keys_file))
    yield kept
    kept.close()


def a_variable(key: str = "a", value: str = "1", description: str = "") -> Variable:
    return Variable(key=key, value=value, description=description)


def a_connection(conn_id: str = "db", **more: Any) -> Connection:
    return replace(Connection(conn_id=conn_id, conn_type="postgres", host="h", password="p"), **more)


def raw(store: SqlStore, table: str) -> str:
    """Every row of a table as it lies in the database."""
    return repr(store._db.read(lambda database: database.execute(text(f"SELECT * FROM {table}")).all()))


def test_a_variable_is_added_changed_read_and_removed(safe: SqlStore) -> None:
    """S148."""
    made = safe.add_variable(a_variable(description="what for"))
    assert (made.key, made.value, made.description) == ("a", "1", "what for")
    assert safe.variable("a") == made
    with pytest.raises(Conflict):
        safe.add_variable(a_variable())
    assert not safe.put_variable(a_variable(value="2"))
    assert safe.variable("a").value == "2"
    assert safe.put_variable(a_variable("b"))
    safe.delete_variable("a")
    for call in (safe.variable, safe.delete_variable):
        with pytest.raises(NotFound):
            call("a")


def test_lists_are_searched_ordered_and_paged(safe: SqlStore) -> None:
    for key, description in (("b_one", ""), ("a_two", "Of ONE"), ("c%", "")):
        safe.add_variable(a_variable(key, description=description))
        safe.add_connection(a_connection(key, description=description, port=len(key)))

    def found(**query: Any) -> list[str]:
        return [each.key for each in safe.list_variables(SecretQuery(**query)).rows]

    assert found() == ["a_two", "b_one", "c%"]
    assert found(search="one") == ["a_two", "b_one"]
    assert found(search="%") == ["c%"]
    assert found(name="a_two") == ["a_two"]
    assert found(order_by="key", is_descending=True, limit=1, offset=1) == ["b_one"]
    assert safe.list_variables(SecretQuery(limit=1)).total == 3
    ports = [each.port for each in safe.list_connections(SecretQuery(order_by="port")).rows]
    assert ports == [2, 5, 5]
    with pytest.raises(InvalidRequest):
        found(order_by="val")


def test_S146_connections_may_share_an_id_and_keep_their_numbers(safe: SqlStore) -> None:
    first, second = safe.add_connection(a_connection(host="one")), safe.add_connection(a_connection(host="two"))
    assert first.number != second.number
    assert [each.host for each in safe.connections_of("db")] == ["one", "two"]
    assert safe.connections_of("other") == []
    changed = safe.put_connection(replace(first, host="three", password="q"))
    assert (changed.host, changed.password, changed.has_password) == ("three", "q", True)
    safe.delete_connection(second.number)
    assert safe.connections_of("db") == [changed]
    assert safe.add_connection(a_connection()).number > second.number
    for number in (second.number, 10**17):
        with pytest.raises(NotFound):
            safe.connection(number)


def test_a_list_of_connections_carries_no_password(safe: SqlStore) -> None:
    safe.add_connection(a_connection(password=CANARY))
    (row,) = safe.list_connections(SecretQuery()).rows
    assert (row.password, row.has_password) == (None, True)


def test_S155_values_are_sealed_at_rest_and_come_back_whole(safe: SqlStore) -> None:
    safe.add_variable(a_variable(value=CANARY))
    made = safe.add_connection(a_connection(password=CANARY, extra=f'{{"token": "{CANARY}"}}'))
    for table in ("variable", "connection"):
        assert "4f1c" not in raw(safe, table)
        assert "gAAAA" in raw(safe, table)
    assert safe.variable("a").value == CANARY
    assert safe.connection(made.number).password == CANARY
    assert CANARY in (safe.connection(made.number).extra or "")
    assert "4f1c" not in repr(made)
    assert "4f1c" not in repr(safe.variable("a"))


def test_the_key_file_is_made_with_the_first_secret_for_its_owner_alone(safe: SqlStore, keys_file: Path) -> None:
    assert safe.list_variables(SecretQuery()).total == 0
    assert not keys_file.exists()
    safe.add_variable(a_variable())
    assert keys_file.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in keys_file.parent.iterdir()] == ["fernet.keys"]


def test_stores_that_are_opened_at_once_agree_on_one_key(store_url: str, keys_file: Path) -> None:
    stores = [SqlStore.open(store_url, keys=KeyRing(file=keys_file)) for _ in range(4)]
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda pair: pair[1].add_variable(a_variable(f"v{pair[0]}")), enumerate(stores)))
    assert {each.value for store in stores for each in store.list_variables(SecretQuery()).rows} == {"1"}
    for store in stores:
        store.close()


def test_a_host_without_the_key_makes_no_other_and_says_what_to_do(
    safe: SqlStore, store_url: str, tmp_path: Path
) -> None:
    safe.add_variable(a_variable())
    other_keys = tmp_path / "other" / "fernet.keys"
    other = SqlStore.open(store_url, keys=KeyRing(file=other_keys))
    with pytest.raises(Unavailable, match=r"copy fernet\.keys"):
        other.put_variable(a_variable("b"))
    assert not other_keys.exists()
    assert other.variable("a").value is None
    other.delete_variable("a")
    other.close()


def test_a_secret_that_no_key_opens_spoils_no_list(safe: SqlStore, store_url: str) -> None:
    safe.add_variable(a_variable())
    safe.add_connection(a_connection(extra="{}"))
    other = SqlStore.open(store_url, keys=KeyRing([new_key()]))
    assert [each.value for each in other.list_variables(SecretQuery()).rows] == [None]
    (row,) = other.list_connections(SecretQuery()).rows
    assert (row.is_readable, row.extra, row.host) == (False, None, "h")
    (row,) = other.connections_of("db")
    assert (row.is_readable, row.password) == (False, None)
    other.close()


def test_T07_of_many_that_change_what_they_saw_one_wins(safe: SqlStore) -> None:
    seen = safe.add_variable(a_variable())
    row = safe.add_connection(a_connection())

    def change(number: int) -> bool:
        try:
            safe.put_variable(a_variable(value=str(number)), seen.revision)
        except Stale:
            return False
        return True

    with ThreadPoolExecutor(8) as threads:
        won = list(threads.map(change, range(40)))
    assert sum(won) == 1
    assert safe.variable("a").value == str(won.index(True))
    safe.put_connection(replace(row, password="q"), row.revision)
    for call in (lambda: safe.put_connection(row, row.revision), lambda: safe.delete_connection(row.number, "x")):
        with pytest.raises(Stale):
            call()
    with pytest.raises(NotFound):
        safe.put_variable(a_variable("gone"), seen.revision)


def test_T07_of_a_thousand_changes_by_several_users_none_is_lost(
    safe: SqlStore, store_url: str, keys_file: Path
) -> None:
    """Variables, connections and pools: each user reads, adds one and writes, and reads again if somebody was first."""
    safe.add_variable(a_variable(value="0"))
    number = safe.add_connection(a_connection(port=0)).number
    safe.add_pool(Pool("p", 0))
    users = [SqlStore.open(store_url, keys=KeyRing(file=keys_file)) for _ in range(4)]

    def count_on(store: SqlStore, kind: int) -> None:
        if kind == 0:
            variable = store.variable("a")
            store.put_variable(replace(variable, value=str(int(variable.value or 0) + 1)), variable.revision)
        elif kind == 1:
            row = store.connection(number)
            store.put_connection(replace(row, port=(row.port or 0) + 1), row.revision)
        else:
            (pool,) = [each for each in store.pools() if each.name == "p"]
            store.put_pool(replace(pool, slots=pool.slots + 1), pool)

    def work(store: SqlStore) -> int:
        refused = 0
        for turn in range(252):
            done = False
            while not done:
                try:
                    count_on(store, turn % 3)
                    done = True
                except Stale:
                    refused += 1
        return refused

    try:
        with ThreadPoolExecutor(4) as threads:
            refused = sum(threads.map(work, users))
    finally:
        for user in users:
            user.close()
    assert (safe.variable("a").value, safe.connection(number).port) == ("336", 336)
    assert [each.slots for each in safe.pools() if each.name == "p"] == [336]
    assert refused > 0, "they never met"


def test_the_same_value_stored_anew_is_another_revision(safe: SqlStore) -> None:
    """A change of a password shows, though the password does not."""
    first = safe.add_connection(a_connection())
    assert safe.put_connection(first).revision != first.revision


def test_S51_keys_are_rotated_while_readers_and_writers_work(safe: SqlStore, store_url: str, keys_file: Path) -> None:
    """S155: no read fails meanwhile, everything is readable afterwards, and the old key opens nothing."""
    for number in range(20):
        safe.add_variable(a_variable(f"v{number}", str(number)))
    safe.add_connection(a_connection(extra="{}"))
    old = keys_file.read_text()
    others = [SqlStore.open(store_url, keys=KeyRing(file=keys_file)) for _ in range(2)]
    over = threading.Event()
    failed: list[Variable | Connection] = []

    def read(store: SqlStore) -> None:
        while not over.is_set():
            failed.extend(each for each in store.list_variables(SecretQuery()).rows if each.value is None)
            failed.extend(each for each in store.connections_of("db") if not each.is_readable)

    def write(store: SqlStore) -> None:
        number = 0
        while not over.is_set():
            number += 1
            store.put_variable(a_variable("busy", str(number)))

    with ThreadPoolExecutor(3) as threads:
        work = [threads.submit(read, others[0]), threads.submit(read, safe), threads.submit(write, others[1])]
        keys = KeyRing(file=keys_file)
        rotator = SqlStore.open(store_url, keys=keys)
        for _ in range(3):
            keys.replace(lambda known: [new_key(), *known])
            assert rotator.reseal() >= 22
            keys.replace(lambda known: known[:1])
        over.set()
        for each in work:
            each.result()
    assert failed == []
    assert {each.value is not None for each in safe.list_variables(SecretQuery()).rows} == {True}
    late = SqlStore.open(store_url, keys=KeyRing([old.split()[-1]]))
    assert {each.value for each in late.list_variables(SecretQuery()).rows} == {None}
    for store in (*others, rotator, late):
        store.close()


def test_given_keys_open_all_and_the_first_seals(store_url: str) -> None:
    old, new = new_key(), new_key()
    before = SqlStore.open(store_url, keys=KeyRing([old]))
    before.add_variable(a_variable())
    before.close()
    both = KeyRing([new, old])
    during = SqlStore.open(store_url, keys=both)
    assert during.variable("a").value == "1"
    assert during.reseal() == 1
    with pytest.raises(InvalidRequest, match="COUTURE_FERNET_KEYS"):
        both.replace(lambda known: known)
    during.close()
    after = SqlStore.open(store_url, keys=KeyRing([new]))
    assert after.variable("a").value == "1"
    after.close()


def test_a_key_that_is_none_is_refused_without_being_shown(store_url: str) -> None:
    store = SqlStore.open(store_url, keys=KeyRing(["c4nary"]))
    with pytest.raises(InvalidRequest, match="no Fernet key") as refusal:
        store.add_variable(a_variable())
    assert "c4nary" not in str(refusal.value)
    store.close()
