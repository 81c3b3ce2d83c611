"""Which hook a connection has, by its type."""

import importlib
from collections.abc import Mapping
from typing import Any

from jupyter_couture.authoring.connections import Connection
from jupyter_couture.authoring.hooks.dbapi import DbApiHook

_HERE = "jupyter_couture.authoring.hooks"

HOOKS: Mapping[str, str] = {
    "jdbc": f"{_HERE}.vendors:JdbcHook",
    "mariadb": f"{_HERE}.mysql:MySqlHook",
    "mssql": f"{_HERE}.vendors:MsSqlHook",
    "mysql": f"{_HERE}.mysql:MySqlHook",
    "odbc": f"{_HERE}.vendors:OdbcHook",
    "oracle": f"{_HERE}.vendors:OracleHook",
    "postgres": f"{_HERE}.postgres:PostgresHook",
    "postgresql": f"{_HERE}.postgres:PostgresHook",
    "presto": f"{_HERE}.vendors:PrestoHook",
    "redshift": f"{_HERE}.postgres:RedshiftSQLHook",
    "snowflake": f"{_HERE}.vendors:SnowflakeHook",
    "sqlite": f"{_HERE}.sqlite:SqliteHook",
    "trino": f"{_HERE}.vendors:TrinoHook",
    "vertica": f"{_HERE}.vendors:VerticaHook",
}
"""Database hooks by connection type. Any other type is taken as a dialect of SQLAlchemy."""


def sql_hook_of(connection: Connection, hook_params: Mapping[str, Any] | None = None) -> DbApiHook:
    """The database hook of ``connection``, made with ``hook_params``.

    An extra that names ``sqlalchemy_url`` or ``dialect`` asks for SQLAlchemy whatever the type.
    """
    extra = connection.extra_dejson
    is_generic = extra.get("sqlalchemy_url") or extra.get("dialect")
    place = "" if is_generic else HOOKS.get((connection.conn_type or "").lower(), "")
    module, _, name = (place or f"{_HERE}.generic:SqlAlchemyHook").partition(":")
    kind = getattr(importlib.import_module(module), name)
    hook: DbApiHook = kind(**{kind.conn_name_attr: connection.conn_id}, connection=connection, **(hook_params or {}))
    return hook
