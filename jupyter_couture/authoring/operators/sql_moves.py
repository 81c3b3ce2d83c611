"""Rows into a table: from another database, from a value, from a file."""

import logging
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any

from jupyter_couture.authoring.connections import Connection
from jupyter_couture.authoring.context import Context
from jupyter_couture.authoring.hooks.dbapi import DbApiHook, sql_hook_of
from jupyter_couture.authoring.operator import BaseOperator
from jupyter_couture.authoring.operators.sql import SqlTask
from jupyter_couture.model.errors import GiveUp

_log = logging.getLogger(__name__)

Statements = str | Sequence[str] | None


class GenericTransfer(BaseOperator):
    """Copies what a query returns in one database into a table of another; all rows of a query are held in memory.

    Parameters
    ----------
    sql
        The query, or several, on the source; a template or a ``.sql`` file.
    destination_table
        The table the rows are added to.
    source_conn_id, destination_conn_id
        The connections.
    source_hook_params, destination_hook_params
        More arguments for their hooks.
    preoperator
        A statement or several for the destination, run before.
    insert_args
        More arguments of ``insert_rows``: ``target_fields``, ``commit_every``, ``replace`` ...
    rows_processor
        ``f(rows, **context)`` that gives the rows to insert.
    page_size, paginated_sql_statement_clause
        Read so many rows at a time, by ``{} LIMIT {} OFFSET {}``; the query should order its rows then.
    """

    template_fields: Sequence[str] = (
        *("source_conn_id", "destination_conn_id", "sql", "destination_table", "preoperator", "insert_args"),
        *("page_size", "paginated_sql_statement_clause"),
    )
    template_ext = (".sql", ".hql")

    def __init__(
        self,
        task_id: str,
        *,
        sql: str | Sequence[str],
        destination_table: str,
        source_conn_id: str,
        destination_conn_id: str,
        source_hook_params: Mapping[str, Any] | None = None,
        destination_hook_params: Mapping[str, Any] | None = None,
        preoperator: Statements = None,
        insert_args: Mapping[str, Any] | None = None,
        rows_processor: Callable[..., Sequence[Any]] | None = None,
        page_size: int | str | None = None,
        paginated_sql_statement_clause: str | None = None,
        deferrable: bool = False,
        **options: Any,
    ) -> None:
        super().__init__(task_id, **options)
        self.sql = sql
        self.destination_table = destination_table
        self.source_conn_id = source_conn_id
        self.destination_conn_id = destination_conn_id
        self.source_hook_params = dict(source_hook_params or {})
        self.destination_hook_params = dict(destination_hook_params or {})
        self.preoperator = preoperator
        self.insert_args = dict(insert_args or {})
        self.rows_processor = rows_processor
        self.page_size = page_size
        self.paginated_sql_statement_clause = paginated_sql_statement_clause or "{} LIMIT {} OFFSET {}"
        self.deferrable = bool(deferrable)

    @classmethod
    def get_hook(cls, conn_id: str, hook_params: Mapping[str, Any] | None = None) -> DbApiHook:
        """The database hook of a connection; raises ``NotFound``."""
        return sql_hook_of(Connection.get(conn_id), hook_params)

    @cached_property
    def source_hook(self) -> DbApiHook:
        """The hook of the source."""
        return self.get_hook(self.source_conn_id, self.source_hook_params)

    @cached_property
    def destination_hook(self) -> DbApiHook:
        """The hook of the destination."""
        return self.get_hook(self.destination_conn_id, self.destination_hook_params)

    def get_paginated_sql(self, offset: int) -> str:
        """The query for the page that begins at the row ``offset``."""
        return self.paginated_sql_statement_clause.format(self.sql, self.page_size, offset)

    def execute(self, context: Context) -> None:
        """Copy."""
        if self.preoperator:
            self.destination_hook.run(self.preoperator)
        if self.page_size and isinstance(self.sql, str):
            offset = 0
            while rows := self.source_hook.get_records(self.get_paginated_sql(offset)):
                self._insert(rows, context)
                offset += int(self.page_size)
            return
        for query in [self.sql] if isinstance(self.sql, str) else self.sql:
            self._insert(self.source_hook.get_records(query), context)

    def _insert(self, rows: Sequence[Any], context: Context) -> None:
        if self.rows_processor is not None:
            rows = self.rows_processor(rows, **context)
        how = dict(self.insert_args)
        if "commit_every" in how:
            how["commit_every"] = int(how["commit_every"])
        self.destination_hook.insert_rows(table=self.destination_table, rows=rows or [], **how)


class SQLInsertRowsOperator(SqlTask):
    """Inserts rows into a table: sequences of values, or mappings by the names of ``columns``.

    Parameters
    ----------
    table_name
        The table; ``schema`` is put before it.
    rows
        The rows, mostly the value of another task.
    columns, ignored_columns
        The columns in the order of the values; those among them that are left out.
    rows_processor
        ``f(rows, **context)`` that gives the rows to insert.
    preoperator, postoperator
        Statements run before and after.
    insert_args
        More arguments of ``insert_rows``: ``commit_every``, ``replace``, ``executemany`` ...
    """

    template_fields = (
        *("table_name", "conn_id", "schema", "database", "columns", "ignored_columns", "rows"),
        *("preoperator", "postoperator", "insert_args"),
    )
    template_ext = (".sql",)

    def __init__(
        self,
        task_id: str,
        *,
        table_name: str,
        rows: Any = None,
        schema: str | None = None,
        columns: Sequence[str] | None = None,
        ignored_columns: Sequence[str] | None = None,
        rows_processor: Callable[..., Sequence[Any]] | None = None,
        preoperator: Statements = None,
        postoperator: Statements = None,
        insert_args: Mapping[str, Any] | None = None,
        **options: Any,
    ) -> None:
        super().__init__(task_id, **options)
        self.table_name = table_name
        self.rows = rows
        self.schema = schema
        self.columns = columns
        self.ignored_columns = ignored_columns
        self.rows_processor = rows_processor
        self.preoperator = preoperator
        self.postoperator = postoperator
        self.insert_args = dict(insert_args or {})

    @property
    def table_name_with_schema(self) -> str:
        """``schema.table``."""
        return f"{self.schema}.{self.table_name}" if self.schema else self.table_name

    @property
    def column_names(self) -> list[str]:
        """The columns that are filled; empty: those of the table in its order."""
        left_out = set(self.ignored_columns or ())
        return [name for name in self.columns or () if name not in left_out]

    def execute(self, context: Context) -> None:
        """Insert."""
        rows = self.rows if self.rows_processor is None else self.rows_processor(self.rows, **context)
        if not rows:
            raise GiveUp(f"task {self.task_id} was given no rows to insert into {self.table_name_with_schema}")
        names = self.column_names
        if not names and isinstance(rows[0], Mapping):
            left_out = set(self.ignored_columns or ())
            names = [name for name in rows[0] if name not in left_out]
        if self.preoperator:
            self._hook.run(self.preoperator)
        self._hook.insert_rows(
            table=self.table_name_with_schema,
            rows=[self._values(row, names) for row in rows],
            target_fields=names or None,
            **self.insert_args,
        )
        if self.postoperator:
            self._hook.run(self.postoperator)

    def _values(self, row: Any, names: Sequence[str]) -> Sequence[Any]:
        if isinstance(row, Mapping):
            return [row[name] for name in names]
        if self.columns and self.ignored_columns:
            return [value for name, value in zip(self.columns, row, strict=True) if name in names]
        return row if isinstance(row, Sequence) and not isinstance(row, str) else [row]


class SQLBulkLoadOperator(SqlTask):
    """Loads a file whose columns are parted by tabs into a table, by the database's own means.

    ``preoperator`` and ``postoperator`` are statements run before and after.
    """

    template_fields = ("table", "tmp_file", "preoperator", "postoperator", *SqlTask.template_fields)
    template_ext = (".sql",)

    def __init__(
        self,
        task_id: str,
        *,
        table: str,
        tmp_file: str,
        preoperator: Statements = None,
        postoperator: Statements = None,
        **options: Any,
    ) -> None:
        super().__init__(task_id, **options)
        self.table = table
        self.tmp_file = tmp_file
        self.preoperator = preoperator
        self.postoperator = postoperator

    def execute(self, context: Context) -> None:
        """Load."""
        if self.preoperator:
            self._hook.run(self.preoperator)
        self._hook.bulk_load(self.table, self.tmp_file)
        if self.postoperator:
            self._hook.run(self.postoperator)
