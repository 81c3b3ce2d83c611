"""``SqlAlchemyHook``: any database that SQLAlchemy has a dialect and a driver for."""

from collections.abc import Mapping
from typing import Any

from jupyter_couture.authoring.endpoints import database_url
from jupyter_couture.authoring.hooks.dbapi import DbApiHook, plain_cell
from jupyter_couture.authoring.hooks.drivers import LibraryMissing, driver

PLACEHOLDERS = {"pyformat": "%s", "format": "%s", "qmark": "?", "named": ":name", "numeric": ":1"}
"""What parameters look like, by the driver's ``paramstyle``."""


class SqlAlchemyHook(DbApiHook):
    """A database by SQLAlchemy. The type of the connection is the dialect, unless its extra names ``dialect`` or
    ``sqlalchemy_url``.
    """

    conn_name_attr = "sqlalchemy_conn_id"
    default_conn_name = "sqlalchemy_default"
    conn_type = "sqlalchemy"
    hook_name = "SQLAlchemy"
    supports_autocommit = True
    splits_scripts = True

    def __init__(self, *args: Any, database: str | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.schema = database or self.schema
        self._engine: Any = None

    def get_sqlalchemy_engine(self, engine_kwargs: Mapping[str, Any] | None = None) -> Any:
        """A SQLAlchemy engine; one that keeps no connection unless ``engine_kwargs`` says how."""
        sqlalchemy = driver("sqlalchemy", "SQLAlchemy")
        address = database_url(self.connection, self.schema)
        given = {"poolclass": sqlalchemy.pool.NullPool, **(engine_kwargs or {})}
        try:
            return sqlalchemy.create_engine(address, **given)
        except (ImportError, sqlalchemy.exc.NoSuchModuleError) as error:
            kind = address.partition(":")[0]
            raise LibraryMissing(f"a database of type {kind!r} needs a driver that is not installed: {error}") from None

    @property
    def engine(self) -> Any:
        """Its engine, made once."""
        if self._engine is None:
            self._engine = self.get_sqlalchemy_engine()
            self.placeholder = PLACEHOLDERS.get(self._engine.dialect.paramstyle, "%s")
        return self._engine

    def get_conn(self) -> Any:
        """A new connection of the driver; the caller closes it."""
        return self.engine.raw_connection()

    def set_autocommit(self, conn: Any, autocommit: bool) -> None:
        """Make every statement of ``conn`` final at once, or not."""
        if autocommit:
            self.engine.dialect.set_isolation_level(conn.dbapi_connection, "AUTOCOMMIT")
        conn.record_info["is_autocommit"] = autocommit

    def get_autocommit(self, conn: Any) -> bool:
        """Whether every statement of ``conn`` is final at once."""
        return bool(conn.record_info.get("is_autocommit"))

    _serialize_cell = staticmethod(plain_cell)
