"""``SqliteHook``: a SQLite file."""

import sqlite3
from collections.abc import Mapping
from datetime import date, time
from typing import Any
from urllib.parse import quote, urlencode

from jupyter_couture.authoring.hooks.dbapi import DbApiHook, plain_cell
from jupyter_couture.authoring.hooks.drivers import driver


class SqliteHook(DbApiHook):
    """A SQLite file, named by the connection's host, or by its schema (``sqlite:////data/shop.db``); none: in memory.

    Parameters of the URI that SQLite knows are in the extra: ``mode``, ``cache``, ``immutable``, ``vfs``.
    """

    conn_name_attr = "sqlite_conn_id"
    default_conn_name = "sqlite_default"
    conn_type = "sqlite"
    hook_name = "Sqlite"
    placeholder = "?"
    supports_autocommit = True
    splits_scripts = True
    uri_options = ("mode", "cache", "immutable", "vfs", "nolock", "psow")

    @property
    def path(self) -> str:
        """Where the file lies; empty: in memory."""
        return str(self.schema or self.connection.host or self.connection.schema or "")

    def get_uri(self) -> str:
        """Its connection as ``sqlite:///...``."""
        return f"sqlite:///{self.path}"

    def get_conn(self) -> sqlite3.Connection:
        """A new connection; the caller closes it."""
        return self._open()

    def _open(self, *, check_same_thread: bool = True) -> sqlite3.Connection:
        extra = self.connection_extra
        path = self.path or ":memory:"
        options = {name: extra[name] for name in self.uri_options if extra.get(name)}
        if options:
            address = f"file:{quote(path)}?{urlencode(options)}"
            return sqlite3.connect(address, uri=True, check_same_thread=check_same_thread)
        return sqlite3.connect(path, check_same_thread=check_same_thread)

    def get_sqlalchemy_engine(self, engine_kwargs: Mapping[str, Any] | None = None) -> Any:
        """A SQLAlchemy engine."""
        given = {"creator": lambda: self._open(check_same_thread=False), **(engine_kwargs or {})}
        return driver("sqlalchemy", "SQLAlchemy").create_engine(self.sqlalchemy_url, **given)

    def set_autocommit(self, conn: sqlite3.Connection, autocommit: bool) -> None:
        """Make every statement of ``conn`` final at once, or not."""
        conn.isolation_level = None if autocommit else "DEFERRED"

    def get_autocommit(self, conn: sqlite3.Connection) -> bool:
        """Whether every statement of ``conn`` is final at once."""
        return conn.isolation_level is None

    @staticmethod
    def _serialize_cell(cell: Any, conn: Any = None) -> Any:
        """A value as SQLite keeps it: times and whatever it does not know as text."""
        plain = plain_cell(cell)
        if isinstance(plain, date | time):
            return plain.isoformat()
        return plain if plain is None or isinstance(plain, int | float | str | bytes) else str(plain)
