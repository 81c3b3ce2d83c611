"""One database: connections, transactions, what to try again and what to give up.

A transaction's body is a function of the connection. It may run several times, so it must have no effect outside.

* SQLite: WAL with full sync. Writers say ``BEGIN IMMEDIATE`` and take turns: threads of this process by a lock, other
  processes by asking again each millisecond or two, since SQLite's own busy handler sleeps up to a tenth of a second.
  Readers say ``BEGIN`` and see one state throughout. The driver's own transaction handling is off: it begins too late
  and loses updates.
* PostgreSQL: writers run READ COMMITTED with compare-and-set statements and row locks; readers REPEATABLE READ. A
  writer that was stopped within a transaction is thrown out after five seconds, so that another may lead.
"""

import sqlite3
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any, TypeVar, cast

from sqlalchemy import Connection, Engine, Table, create_engine, event, make_url, text
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, TimeoutError
from sqlalchemy.pool import ConnectionPoolEntry, StaticPool

from jupyter_couture.model.errors import InvalidRequest, Unavailable
from jupyter_couture.ports.clock import Clock
from jupyter_couture.store.columns import SQLITE_NOW, to_micros
from jupyter_couture.store.keys import KeyRing
from jupyter_couture.store.sealed import seal_with

_T = TypeVar("_T")

BUSY_TIMEOUT_SECONDS = 5.0
TRIES = 5
"""Times a transaction is tried while the trouble is one that passes: over a minute for a locked SQLite file."""

_PASSING_STATES = frozenset({"40001", "40P01", "55P03"})  # serialisation, deadlock, lock timeout
_SQLITE_BUSY, _SQLITE_LOCKED = 5, 6
_TURN_PAUSES = (*[0.0005] * 20, *[0.002] * 5000)  # seconds between asking for a turn to write: ten in all
_WRITES = "couture_writes"
_POOL: Mapping[str, Any] = {"pool_size": 8, "max_overflow": 24, "pool_use_lifo": True}
"""The connection used last is used again: its caches are warm, and those of the others do not grow."""

READER_CACHE_KIB, WRITER_CACHE_KIB = 4000, 16_000
"""Pages that a connection to SQLite keeps, before and after it has written for the first time.

Lists and pages are as fast with the small one: the file's pages stay with the operating system. A writer that has more
changed pages than it keeps has to put them away before it commits.
"""

_RECYCLE_SECONDS = 900
"""A connection that PostgreSQL, or what stands before it, may have closed is made anew."""


class Database:
    """Transactions over one URL. Safe to use from any number of threads."""

    def __init__(self, url: str, clock: Clock | None = None, keys: KeyRing | None = None) -> None:
        """Connect lazily. ``clock`` replaces the host's as the clock of a SQLite database (for tests).

        ``keys`` open and seal what is secret in it.
        """
        self.url = url
        self.keys = keys
        self.is_sqlite = url.startswith("sqlite")
        if self.is_sqlite:
            engine = _sqlite_engine(url, clock)
        elif url.startswith("postgresql"):
            engine = _postgres_engine(url)
        else:
            raise InvalidRequest(
                field="database_url", message="database_url must begin with sqlite:// or postgresql+psycopg://"
            )
        self.engine = engine
        if keys is not None:
            seal_with(engine.dialect, keys)
        is_shared = isinstance(engine.pool, StaticPool)
        self._write_turn: AbstractContextManager[Any] = threading.Lock() if self.is_sqlite else nullcontext()
        self._read_turn: AbstractContextManager[Any] = self._write_turn if is_shared else nullcontext()
        self._writes = engine.execution_options(**{_WRITES: True})
        self._reads = engine if self.is_sqlite else engine.execution_options(isolation_level="REPEATABLE READ")

    @property
    def dialect(self) -> str:
        """The database's kind: ``sqlite`` or ``postgresql``."""
        return self.engine.dialect.name

    @property
    def writes(self) -> Engine:
        """The engine of writing transactions, for sessions that end themselves."""
        return self._writes

    def read(self, body: Callable[[Connection], _T]) -> _T:
        """The result of ``body``, which sees one state of the database throughout."""
        with self._read_turn:
            return self._persist(self._reads, body)

    def write(self, body: Callable[[Connection], _T]) -> _T:
        """The result of ``body``, committed; nothing of it is if it raises."""
        with self._write_turn:
            return self._persist(self._writes, body)

    def insert_new(self, connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> int:
        """Insert those of ``rows`` that are not there yet, whoever else inserts them at this moment; how many."""
        if self.is_sqlite:
            return connection.execute(sqlite.insert(table).on_conflict_do_nothing(), rows).rowcount
        from sqlalchemy.dialects import postgresql  # noqa: PLC0415  # much to read, and in vain where SQLite is used

        return connection.execute(postgresql.insert(table).on_conflict_do_nothing(), rows).rowcount

    def take_turns(self, connection: Connection, number: int) -> None:
        """Let no other transaction that calls this with ``number`` pass until this one ends."""
        if not self.is_sqlite:  # where a writer is alone anyhow
            connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": number})

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()

    def _persist(self, engine: Engine, body: Callable[[Connection], _T]) -> _T:
        for left in reversed(range(TRIES)):
            try:
                return _transact(engine, body)
            except DBAPIError as error:
                if left and (_is_passing(error) or (error.connection_invalidated and left == TRIES - 1)):
                    time.sleep(0.002 * 2 ** (TRIES - left))
                elif isinstance(error, OperationalError | InterfaceError) or error.connection_invalidated:
                    raise Unavailable(what="database", message=_first_line(error)) from error
                else:
                    raise
            except TimeoutError as error:
                raise Unavailable(what="database", message="all connections are in use") from error
        raise AssertionError("the last try returns or raises")


def _transact(engine: Engine, body: Callable[[Connection], _T]) -> _T:
    with engine.connect() as connection:
        transaction = connection.begin()
        try:
            result = body(connection)
        except BaseException:
            transaction.rollback()
            raise
        try:
            transaction.commit()
        except DBAPIError as error:  # it may have been done, so it must not be tried again
            message = f"the outcome of the last change is not known ({_first_line(error)})"
            raise Unavailable(what="database", message=message) from error
        return result


def _is_passing(error: DBAPIError) -> bool:
    cause = error.orig
    if isinstance(cause, sqlite3.Error):
        return getattr(cause, "sqlite_errorcode", 0) & 0xFF in (_SQLITE_BUSY, _SQLITE_LOCKED)
    return getattr(cause, "sqlstate", None) in _PASSING_STATES


def _first_line(error: DBAPIError) -> str:
    return str(error.orig).strip().partition("\n")[0] or type(error.orig).__name__


def _host_micros() -> int:
    # SQLite has no server and so no clock of its own: the host's is the database's.
    return time.time_ns() // 1000


def _sqlite_engine(url: str, clock: Clock | None) -> Engine:
    path = make_url(url).database
    in_memory = not path or path == ":memory:"
    if path and not in_memory:
        Path(path).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    options = {"poolclass": StaticPool} if in_memory else _POOL
    engine = create_engine(
        url,
        hide_parameters=True,  # errors are logged; what they were about may be secret
        connect_args={"isolation_level": None, "check_same_thread": False, "timeout": BUSY_TIMEOUT_SECONDS},
        **options,
    )
    micros = _host_micros if clock is None else lambda: to_micros(clock.now())

    @event.listens_for(engine, "connect")
    def prepare(driver_connection: Any, entry: ConnectionPoolEntry) -> None:
        connection = cast(sqlite3.Connection, driver_connection)
        connection.create_function(SQLITE_NOW, 0, micros)
        if not in_memory:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute(f"PRAGMA cache_size = -{READER_CACHE_KIB}")
        connection.execute("PRAGMA temp_store = MEMORY")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        if in_memory or not connection.get_execution_options().get(_WRITES):
            connection.exec_driver_sql("BEGIN")
        else:
            _begin_in_turn(connection)

    return engine


def _begin_in_turn(connection: Connection) -> None:
    driver_connection = cast(sqlite3.Connection, connection.connection.driver_connection)
    driver_connection.execute(f"PRAGMA cache_size = -{WRITER_CACHE_KIB}")
    driver_connection.execute("PRAGMA busy_timeout = 0")
    try:
        for pause in _TURN_PAUSES:
            try:
                driver_connection.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != _SQLITE_BUSY:
                    break
                time.sleep(pause)
            else:
                return
    finally:
        driver_connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_SECONDS * 1000:.0f}")
    connection.exec_driver_sql("BEGIN IMMEDIATE")  # so that the error is raised as any other


def _postgres_engine(url: str) -> Engine:
    engine = create_engine(
        url,
        hide_parameters=True,
        **_POOL,
        pool_recycle=_RECYCLE_SECONDS,
        connect_args={
            "connect_timeout": 5,
            "application_name": "jupyter-couture",
            "keepalives_idle": 10,
            "keepalives_interval": 5,
            "keepalives_count": 3,
            "tcp_user_timeout": 20_000,
        },
    )

    @event.listens_for(engine, "connect")
    def prepare(driver_connection: Any, entry: ConnectionPoolEntry) -> None:
        is_autocommit = driver_connection.autocommit
        driver_connection.autocommit = True
        driver_connection.execute("SET idle_in_transaction_session_timeout = 5000")
        driver_connection.execute("SET lock_timeout = 10000")
        driver_connection.execute("SET timezone = 'UTC'")
        # The plan for any values takes a LIMIT for a tenth of the table, and six times as long for a page of a list.
        driver_connection.execute("SET plan_cache_mode = force_custom_plan")
        driver_connection.autocommit = is_autocommit

    return engine
