"""``DbApiHook``: a database over its connection, for code in tasks and as the base of hooks that users write.

A subclass names the attribute and the default of its connection id and says in ``get_conn`` how to connect; all else
works over any DB-API connection. Names and meaning are Airflow's.
"""

import itertools
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import datetime
from functools import cached_property
from typing import Any, ClassVar, Protocol

from jupyter_couture.authoring.connections import BaseHook, Connection
from jupyter_couture.authoring.endpoints import database_url
from jupyter_couture.authoring.hooks.drivers import driver
from jupyter_couture.authoring.hooks.handlers import (
    fetch_all_handler,
    fetch_one_handler,
    return_single_query_results,
)
from jupyter_couture.authoring.hooks.kinds import hook_of
from jupyter_couture.authoring.hooks.tables import read_table, read_tables
from jupyter_couture.authoring.statements import Parameters, split_statements, with_named_placeholders
from jupyter_couture.model.errors import InvalidRequest

_log = logging.getLogger(__name__)


class ConnectorProtocol(Protocol):
    """What a hook's ``connector`` has: a module of a driver has it."""

    def connect(self, host: str, port: int, username: str, schema: str) -> Any:
        """A new connection."""
        ...


class DbApiHook(BaseHook):
    """Statements, rows and tables over one connection.

    ``hook = PostgresHook("warehouse")``, ``PostgresHook(postgres_conn_id="warehouse", schema="sales")``. Each call
    connects anew and closes; ``get_conn`` gives a connection that the caller closes. ``connection=`` gives a
    ``Connection`` itself instead of an id. Errors: ``NotFound`` (connection), ``Unavailable`` (driver), and whatever
    the database says.
    """

    conn_name_attr: str = ""
    default_conn_name: str = "default_conn_id"
    conn_type: str = ""
    hook_name: str = ""
    supports_autocommit: bool = False
    supports_executemany: bool = False
    connector: Any = None
    """A module or object with ``connect``, for subclasses that do not define ``get_conn``."""
    placeholder: str = "%s"
    splits_scripts: ClassVar[bool] = False
    """Whether a text of several statements is cut into them unless the caller says."""
    ignored_extra_options: ClassVar[frozenset[str]] = frozenset()
    _test_connection_sql = "select 1"

    def __init__(self, *args: Any, schema: str | None = None, log_sql: bool = True, **kwargs: Any) -> None:
        super().__init__()
        if not self.conn_name_attr:
            raise TypeError(f"{type(self).__name__} does not say in conn_name_attr what its connection id is called")
        if len(args) > 1:
            raise TypeError(f"{type(self).__name__} takes one positional argument, the connection id")
        given = args[0] if args else kwargs.get(self.conn_name_attr)
        setattr(self, self.conn_name_attr, given if given is not None else self.default_conn_name)
        self._given_connection: Connection | None = kwargs.get("connection")
        self.schema = schema
        self.log_sql = log_sql
        self.descriptions: list[Any] = []

    # --- the connection -----------------------------------------------------------------------------------------------

    def get_conn_id(self) -> str:
        """The id of its connection."""
        return str(getattr(self, self.conn_name_attr))

    @property
    def connection(self) -> Connection:
        """Its connection; asked for once, and then kept."""
        if self._given_connection is None:
            self._given_connection = self.get_connection(self.get_conn_id())
        return self._given_connection

    @connection.setter
    def connection(self, connection: Connection | None) -> None:
        self._given_connection = connection

    @property
    def connection_extra(self) -> dict[str, Any]:
        """The ``extra`` of its connection."""
        return self.connection.extra_dejson

    @cached_property
    def connection_extra_lower(self) -> dict[str, Any]:
        """The same with names in lower case."""
        return {name.lower(): value for name, value in self.connection_extra.items()}

    def get_conn(self) -> Any:
        """A new DB-API connection; the caller closes it."""
        if self.connector is None:
            raise TypeError(f"{type(self).__name__} defines neither get_conn() nor a connector")
        place = self.connection
        return self.connector.connect(host=place.host, port=place.port, username=place.login, schema=place.schema)

    def get_cursor(self) -> Any:
        """A cursor of a new connection."""
        return self.get_conn().cursor()

    def get_uri(self) -> str:
        """Its connection as an address that SQLAlchemy reads, password included."""
        return database_url(self.connection, self.schema)

    @property
    def sqlalchemy_url(self) -> Any:
        """The same as a ``sqlalchemy.URL``."""
        return driver("sqlalchemy.engine", "SQLAlchemy").make_url(self.get_uri())

    def get_sqlalchemy_engine(self, engine_kwargs: Mapping[str, Any] | None = None) -> Any:
        """A SQLAlchemy engine; ``engine_kwargs`` are those of ``create_engine``."""
        return driver("sqlalchemy", "SQLAlchemy").create_engine(self.sqlalchemy_url, **(engine_kwargs or {}))

    @property
    def inspector(self) -> Any:
        """SQLAlchemy's inspector: tables, columns, keys."""
        return driver("sqlalchemy", "SQLAlchemy").inspect(self.get_sqlalchemy_engine())

    @cached_property
    def dialect_name(self) -> str:
        """What SQLAlchemy calls the kind of the database."""
        return str(self.sqlalchemy_url.get_backend_name())

    def test_connection(self) -> tuple[bool, str]:
        """Whether a query comes through, and what to tell."""
        try:
            self.get_first(self._test_connection_sql)
        except Exception as error:  # noqa: BLE001  # whatever the driver raises is the answer
            return False, str(error)
        return True, "Connection successfully tested"

    # --- reading ------------------------------------------------------------------------------------------------------

    def get_records(self, sql: str | list[str], parameters: Parameters = None) -> Any:
        """All rows."""
        return self.run(sql, parameters=parameters, handler=fetch_all_handler)

    def get_first(self, sql: str | list[str], parameters: Parameters = None) -> Any:
        """The first row; None if there is none."""
        return self.run(sql, parameters=parameters, handler=fetch_one_handler)

    def get_df(self, sql: str, parameters: Parameters = None, *, df_type: str = "pandas", **options: Any) -> Any:
        """The rows as a table of pandas, or of ``polars``."""
        sql, parameters = with_named_placeholders(sql, parameters, self.placeholder)
        with closing(self.get_conn()) as connection:
            return read_table(connection, sql, parameters, df_type, **options)

    def get_df_by_chunks(
        self, sql: str, parameters: Parameters = None, *, chunksize: int, df_type: str = "pandas", **options: Any
    ) -> Iterator[Any]:
        """The same in tables of ``chunksize`` rows."""
        sql, parameters = with_named_placeholders(sql, parameters, self.placeholder)
        with closing(self.get_conn()) as connection:
            yield from read_tables(connection, sql, parameters, df_type, chunksize, **options)

    def get_pandas_df(self, sql: str, parameters: Parameters = None, **options: Any) -> Any:
        """The rows as a table of pandas."""
        return self.get_df(sql, parameters, df_type="pandas", **options)

    def get_pandas_df_by_chunks(
        self, sql: str, parameters: Parameters = None, *, chunksize: int, **options: Any
    ) -> Iterator[Any]:
        """The same in tables of ``chunksize`` rows."""
        return self.get_df_by_chunks(sql, parameters, chunksize=chunksize, df_type="pandas", **options)

    # --- running ------------------------------------------------------------------------------------------------------

    @staticmethod
    def strip_sql_string(sql: str) -> str:
        """A statement without white space and semicolon at its end."""
        return sql.strip().rstrip(";")

    @staticmethod
    def split_sql_string(sql: str, strip_semicolon: bool = False) -> list[str]:
        """The statements of a text; all lose their semicolon but those with a body."""
        return split_statements(sql)

    @property
    def last_description(self) -> Any:
        """The columns of the last result; None if there was none."""
        return self.descriptions[-1] if self.descriptions else None

    def run(
        self,
        sql: str | Iterable[str],
        autocommit: bool = False,
        parameters: Parameters = None,
        handler: Callable[[Any], Any] | None = None,
        split_statements: bool | None = None,
        return_last: bool = True,
    ) -> Any:
        """Run a statement, a text of several, or a list of them; what ``handler`` takes from the cursor.

        All are one transaction, or with ``autocommit`` each by itself. Of a text the last result is returned, or with
        ``return_last=False`` a list; of a list always a list. ``split_statements``: whether a text is cut into
        statements; None: as the database needs it. Raises ``ValueError`` if there is no statement.
        """
        statements = self._statements(sql, split_statements)
        if not statements:
            raise ValueError("List of SQL statements is empty")
        self.descriptions = []
        results: list[Any] = []
        with self._create_autocommit_connection(autocommit) as connection:
            with closing(connection.cursor()) as cursor:
                for statement in statements:
                    self._run_command(cursor, statement, parameters)
                    if handler is not None:
                        results.append(self._make_common_data_structure(handler(cursor)))
                        self.descriptions.append(getattr(cursor, "description", None))
            if not self.get_autocommit(connection):
                connection.commit()
            self.get_db_log_messages(connection)
        if handler is None:
            return None
        return results[-1] if return_single_query_results(sql, return_last, split_statements) else results

    def _statements(self, sql: str | Iterable[str], is_split: bool | None) -> list[str]:
        if not isinstance(sql, str):
            return [self.strip_sql_string(statement) for statement in sql if statement.strip()]
        if self.splits_scripts if is_split is None else is_split:
            return self.split_sql_string(sql)
        return [self.strip_sql_string(sql)] if sql.strip() else []

    def _run_command(self, cur: Any, sql_statement: str, parameters: Parameters) -> None:
        """Run one statement. Its parameters may be secret, so they are not logged."""
        if self.log_sql:
            _log.info("Running statement: %s", sql_statement)
        statement, given = with_named_placeholders(sql_statement, parameters, self.placeholder)
        if given:
            cur.execute(statement, given)
        else:
            cur.execute(statement)
        if getattr(cur, "rowcount", -1) >= 0:
            _log.info("Rows affected: %s", cur.rowcount)

    def _make_common_data_structure(self, result: Any) -> Any:
        """What ``handler`` took, in the shape that tasks hand on; for subclasses whose driver has rows of its own."""
        return result

    def get_db_log_messages(self, conn: Any) -> None:
        """Log what the database said meanwhile; for subclasses."""

    def set_autocommit(self, conn: Any, autocommit: bool) -> None:
        """Make every statement of ``conn`` final at once, or not."""
        if not self.supports_autocommit and autocommit:
            _log.warning("%s of %s knows no autocommit", type(self).__name__, self.get_conn_id())
        conn.autocommit = autocommit

    def get_autocommit(self, conn: Any) -> bool:
        """Whether every statement of ``conn`` is final at once."""
        return bool(getattr(conn, "autocommit", False)) and self.supports_autocommit

    @contextmanager
    def _create_autocommit_connection(self, autocommit: bool = False) -> Iterator[Any]:
        with closing(self.get_conn()) as connection:
            if self.supports_autocommit:
                self.set_autocommit(connection, autocommit)
            yield connection

    # --- writing ------------------------------------------------------------------------------------------------------

    def insert_rows(
        self,
        table: str,
        rows: Iterable[Sequence[Any]],
        target_fields: Sequence[str] | None = None,
        commit_every: int = 1000,
        replace: bool = False,
        *,
        executemany: bool = False,
        fast_executemany: bool = False,
        autocommit: bool = False,
        **kwargs: Any,
    ) -> None:
        """Insert rows, and make them final every ``commit_every`` rows (0: all at once).

        ``target_fields`` names the columns. ``replace`` replaces rows of the same key; what it needs for that is the
        database's. ``executemany`` hands many rows over at once.
        """
        count = 0
        with self._create_autocommit_connection(autocommit) as connection, closing(connection.cursor()) as cursor:
            if fast_executemany:
                cursor.fast_executemany = True
            for batch in _batches(rows, commit_every):
                values = [self._serialize_cells(row, connection) for row in batch]
                statement = self._generate_insert_sql(table, values[0], target_fields, replace, **kwargs)
                if executemany or self.supports_executemany:
                    cursor.executemany(statement, values)
                else:
                    for row in values:
                        statement = self._generate_insert_sql(table, row, target_fields, replace, **kwargs)
                        cursor.execute(statement, row)
                if not self.get_autocommit(connection):
                    connection.commit()
                count += len(values)
        _log.info("Inserted %s rows into %s", count, table)

    def _generate_insert_sql(
        self, table: str, values: Sequence[Any], target_fields: Sequence[str] | None, replace: bool, **kwargs: Any
    ) -> str:
        """The statement that inserts one row."""
        verb = "REPLACE INTO" if replace else "INSERT INTO"
        return f"{verb} {table}{self._columns(target_fields)} VALUES ({self._placeholders(len(values))})"

    def _columns(self, target_fields: Sequence[str] | None) -> str:
        return f" ({', '.join(target_fields)})" if target_fields else ""

    def _placeholders(self, count: int) -> str:
        return ", ".join([self.placeholder] * count)

    def _serialize_cells(self, row: Sequence[Any], conn: Any = None) -> tuple[Any, ...]:
        return tuple(self._serialize_cell(cell, conn) for cell in row)

    @staticmethod
    def _serialize_cell(cell: Any, conn: Any = None) -> Any:
        """A value as the driver takes it; by default as text."""
        if cell is None:
            return None
        return cell.isoformat() if isinstance(cell, datetime) else str(cell)

    def bulk_dump(self, table: str, tmp_file: str) -> None:
        """Write a table to a file whose columns are parted by tabs; where the database can."""
        raise self._cannot("write a table to a file")

    def bulk_load(self, table: str, tmp_file: str) -> None:
        """Load a file whose columns are parted by tabs into a table; where the database can."""
        raise self._cannot("load a file into a table")

    def _cannot(self, what: str) -> TypeError:
        return TypeError(f"{type(self).__name__} cannot {what}; use insert_rows or get_records")


def plain_cell(cell: Any, conn: Any = None) -> Any:
    """A value as drivers take it that take values as they are: a number of numpy as Python's, all else itself."""
    return cell.item() if getattr(cell, "ndim", None) == 0 and hasattr(cell, "item") else cell


def _batches(rows: Iterable[Sequence[Any]], size: int) -> Iterator[list[Sequence[Any]]]:
    """The rows in lists of ``size``; 0: all in one."""
    left = iter(rows)
    while batch := list(itertools.islice(left, size) if size else left):
        yield batch


def sql_hook_of(connection: Connection, hook_params: Mapping[str, Any] | None = None) -> DbApiHook:
    """The database hook of ``connection``; raises ``InvalidRequest`` if what it leads to is no database."""
    hook = hook_of(connection, hook_params)
    if not isinstance(hook, DbApiHook):
        message = f"connection {connection.conn_id!r} of type {connection.conn_type!r} leads to no SQL database"
        raise InvalidRequest(field="conn_id", message=message)
    hook.connection = connection
    return hook
