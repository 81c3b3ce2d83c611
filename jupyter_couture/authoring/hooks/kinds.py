"""Which hook a connection has, by its type: a table of names, each read when a connection asks for it."""

import importlib
from collections.abc import Mapping
from typing import Any, Protocol

from jupyter_couture.model.errors import InvalidRequest

_HERE = "jupyter_couture.authoring.hooks"

HOOKS: dict[str, str] = {
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
"""``module:class`` by connection type. Where Airflow's names are known, more are added. Any other type is taken as a
dialect of SQLAlchemy.
"""

GENERIC = f"{_HERE}.generic:SqlAlchemyHook"


class Typed(Protocol):
    """What is asked of a connection here."""

    conn_id: str | None
    conn_type: str | None

    @property
    def extra_dejson(self) -> dict[str, Any]:
        """Its ``extra`` as an object."""
        ...


def hook_of(connection: Typed, hook_params: Mapping[str, Any] | None = None) -> Any:
    """The hook of ``connection``, made with ``hook_params``; raises ``InvalidRequest`` if the connection has no type.

    An extra that names ``sqlalchemy_url`` or ``dialect`` asks for SQLAlchemy whatever the type.
    """
    extra, kind = connection.extra_dejson, (connection.conn_type or "").lower()
    is_generic = bool(extra.get("sqlalchemy_url") or extra.get("dialect"))
    if not kind and not is_generic:
        message = f"connection {connection.conn_id!r} has no type, so it is not known what speaks to it"
        raise InvalidRequest(field="conn_type", message=message)
    module, _, name = (GENERIC if is_generic else HOOKS.get(kind, GENERIC)).partition(":")
    made = getattr(importlib.import_module(module), name)
    given: dict[str, Any] = {made.conn_name_attr: connection.conn_id, **(hook_params or {})}
    return made(**given)
