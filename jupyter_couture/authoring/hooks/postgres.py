"""``PostgresHook``: PostgreSQL by psycopg2 where that is installed, as under Airflow, else by psycopg 3 in its ways."""

import importlib
import re
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, ClassVar

from jupyter_couture.authoring.endpoints import database_url
from jupyter_couture.authoring.hooks.dbapi import DbApiHook, plain_cell
from jupyter_couture.authoring.hooks.drivers import driver, is_installed
from jupyter_couture.model.errors import InvalidRequest, Unavailable

CURSORS = ("dictcursor", "realdictcursor", "namedtuplecursor")


class PostgresHook(DbApiHook):
    """PostgreSQL. ``PostgresHook("warehouse")``; ``database`` (or ``schema``) replaces that of the connection.

    In the connection, ``schema`` is the database. Its extra may hold any option of libpq (``sslmode``,
    ``application_name`` ...), ``cursor`` (``dictcursor``, ``realdictcursor`` or ``namedtuplecursor``), and ``driver``:
    ``psycopg2`` or ``psycopg``.

    ``options`` are settings for the server, such as ``-c statement_timeout=3000ms``.
    """

    conn_name_attr = "postgres_conn_id"
    default_conn_name = "postgres_default"
    conn_type = "postgres"
    hook_name = "Postgres"
    supports_autocommit = True
    supports_executemany = True
    splits_scripts = True
    ignored_extra_options = frozenset(
        {
            *("iam", "redshift", "redshift-serverless", "cursor", "cluster-identifier", "workgroup-name"),
            *("aws_conn_id", "driver", "dialect", "sqlalchemy_url", "sqlalchemy_scheme", "sqlalchemy_query"),
            *("login_token", "enable_log_db_messages"),
        }
    )
    default_port: ClassVar[int | None] = None

    def __init__(
        self,
        *args: Any,
        options: str | None = None,
        enable_log_db_messages: bool = False,
        database: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.database = self.schema = database or self.schema
        self.options = options
        self.enable_log_db_messages = bool(enable_log_db_messages)
        self.conn: Any = None

    def get_conn(self) -> Any:
        """A new connection of psycopg; as the context of a ``with`` it commits and stays open. The caller closes it."""
        adapter = "psycopg2_connection" if self._driver_name() == "psycopg2" else "psycopg_connection"
        connect = importlib.import_module(f"jupyter_couture.authoring.hooks.{adapter}").connect
        self.conn = connect(self._connect_options(), self._cursor_name())
        return self.conn

    def _driver_name(self) -> str:
        name = str(self.connection_extra_lower.get("driver") or "")
        if name not in ("", "psycopg2", "psycopg"):
            raise InvalidRequest(field="driver", message=f"the driver is psycopg2 or psycopg, not {name!r}")
        name = name or ("psycopg2" if is_installed("psycopg2") else "psycopg")
        driver(name, "PostgreSQL")
        return name

    def _cursor_name(self) -> str:
        name = str(self.connection_extra_lower.get("cursor") or "").lower()
        if name and name not in CURSORS:
            raise InvalidRequest(field="cursor", message=f"cursor is one of {', '.join(CURSORS)}, not {name!r}")
        return name

    def _connect_options(self) -> dict[str, Any]:
        place, extra = self.connection, self.connection_extra
        if extra.get("iam"):
            message = "logging in by tokens of a cloud is not available; give the connection a password"
            raise Unavailable(what=f"connection {place.conn_id!r}", message=message)
        options: dict[str, Any] = {
            "host": place.host,
            "port": place.port or self.default_port,
            "user": place.login,
            "password": place.password,
            "dbname": self.database or place.schema,
            "options": self.options,
        }
        options |= {name: value for name, value in extra.items() if name.lower() not in self.ignored_extra_options}
        return {name: value for name, value in options.items() if value not in (None, "")}

    def get_uri(self) -> str:
        """Its connection as ``postgresql://...``, password included."""
        return _with_scheme(database_url(self.connection, self.database), "postgresql")

    @property
    def sqlalchemy_url(self) -> Any:
        """The same with the driver, as a ``sqlalchemy.URL``."""
        address = _with_scheme(database_url(self.connection, self.database), f"postgresql+{self._driver_name()}")
        return driver("sqlalchemy.engine", "SQLAlchemy").make_url(address)

    def get_sqlalchemy_engine(self, engine_kwargs: Mapping[str, Any] | None = None) -> Any:
        """A SQLAlchemy engine that connects with the options of the connection's extra."""
        given = dict(engine_kwargs or {})
        options = self._connect_options()
        given["connect_args"] = {**options, **given.get("connect_args", {})}
        return driver("sqlalchemy", "SQLAlchemy").create_engine(self.sqlalchemy_url, **given)

    def copy_expert(self, sql: str, filename: str | Path) -> None:
        """Run ``COPY ... FROM STDIN`` from a file, or ``COPY ... TO STDOUT`` into it."""
        path = Path(filename)
        mode = "rb" if re.search(r"\bFROM\s+STDIN\b", sql, re.IGNORECASE) else "wb"
        with path.open(mode) as file, closing(self.get_conn()) as connection, closing(connection.cursor()) as cursor:
            cursor.copy_expert(sql, file)
            connection.commit()

    def bulk_load(self, table: str, tmp_file: str) -> None:
        """Load a file whose columns are parted by tabs into a table."""
        self.copy_expert(f"COPY {table} FROM STDIN", tmp_file)

    def bulk_dump(self, table: str, tmp_file: str) -> None:
        """Write a table to a file whose columns are parted by tabs."""
        self.copy_expert(f"COPY {table} TO STDOUT", tmp_file)

    def get_table_primary_key(self, table: str, schema: str | None = "public") -> list[str] | None:
        """The columns of a table's primary key; None if it has none."""
        rows = self.get_records(
            "SELECT k.column_name FROM information_schema.table_constraints c"
            " JOIN information_schema.key_column_usage k ON k.constraint_name = c.constraint_name"
            " AND k.constraint_schema = c.constraint_schema AND k.table_name = c.table_name"
            " WHERE c.constraint_type = 'PRIMARY KEY' AND k.table_schema = %s AND k.table_name = %s"
            " ORDER BY k.ordinal_position",
            (schema, table),
        )
        return [row[0] for row in map(_values, rows)] or None

    def get_db_log_messages(self, conn: Any) -> None:
        """Log what the server noticed, if ``enable_log_db_messages``."""
        if self.enable_log_db_messages:
            for notice in conn.notices:
                self.log.info("%s", str(notice).strip())

    def _generate_insert_sql(
        self, table: str, values: Sequence[Any], target_fields: Sequence[str] | None, replace: bool, **kwargs: Any
    ) -> str:
        """``replace_index`` (the columns of a unique key) says with ``replace`` which rows are the same."""
        insert = super()._generate_insert_sql(table, values, target_fields, False)
        if not replace:
            return insert
        index = kwargs.get("replace_index")
        if not target_fields or not index:
            raise ValueError("replacing rows in PostgreSQL needs target_fields, and the unique key in replace_index")
        keys = [index] if isinstance(index, str) else list(index)
        changed = ", ".join(f"{name} = excluded.{name}" for name in target_fields if name not in keys)
        return f"{insert} ON CONFLICT ({', '.join(keys)}) DO {f'UPDATE SET {changed}' if changed else 'NOTHING'}"

    _serialize_cell = staticmethod(plain_cell)


class RedshiftSQLHook(PostgresHook):
    """Amazon Redshift with a password, by the protocol of PostgreSQL."""

    conn_name_attr = "redshift_conn_id"
    default_conn_name = "redshift_default"
    conn_type = "redshift"
    hook_name = "Amazon Redshift"
    default_port = 5439


def _with_scheme(address: str, scheme: str) -> str:
    return f"{scheme}://{address.partition('://')[2]}"


def _values(row: Any) -> Sequence[Any]:
    return list(row.values()) if isinstance(row, Mapping) else row
