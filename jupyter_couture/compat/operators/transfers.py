"""Transfers between two databases, with the arguments that Airflow's own names for them have."""

from collections.abc import Mapping, Sequence
from contextlib import closing
from typing import Any

from jupyter_couture.authoring.context import Context
from jupyter_couture.authoring.operators.sql_moves import GenericTransfer, Statements


class ToMySqlOperator(GenericTransfer):
    """What transfers into MySQL share: the query, the table, and statements before."""

    template_fields: Sequence[str] = ("sql", "mysql_table", "mysql_preoperator")

    def __init__(
        self,
        task_id: str,
        *,
        sql: str,
        mysql_table: str,
        source_conn_id: str,
        mysql_conn_id: str = "mysql_default",
        mysql_preoperator: Statements = None,
        **options: Any,
    ) -> None:
        given: dict[str, Any] = {"source_conn_id": source_conn_id, "destination_conn_id": mysql_conn_id}
        super().__init__(task_id, sql=sql, destination_table=mysql_table, **given, **options)
        self.mysql_table = mysql_table
        self.mysql_conn_id = mysql_conn_id
        self.mysql_preoperator = mysql_preoperator

    def execute(self, context: Context) -> None:
        """Copy."""
        self.destination_table, self.preoperator = self.mysql_table, self.mysql_preoperator
        super().execute(context)


class PrestoToMySqlOperator(ToMySqlOperator):
    """Copies what a query returns in Presto into a table of MySQL."""

    def __init__(self, task_id: str, *, presto_conn_id: str = "presto_default", **options: Any) -> None:
        super().__init__(task_id, source_conn_id=presto_conn_id, **options)
        self.presto_conn_id = presto_conn_id


class TrinoToMySqlOperator(ToMySqlOperator):
    """Copies what a query returns in Trino into a table of MySQL."""

    def __init__(self, task_id: str, *, trino_conn_id: str = "trino_default", **options: Any) -> None:
        super().__init__(task_id, source_conn_id=trino_conn_id, **options)
        self.trino_conn_id = trino_conn_id


class VerticaToMySqlOperator(ToMySqlOperator):
    """Copies what a query returns in Vertica into a table of MySQL; ``bulk_load`` changes nothing here."""

    template_fields = (*ToMySqlOperator.template_fields, "mysql_postoperator")

    def __init__(
        self,
        task_id: str,
        *,
        vertica_conn_id: str = "vertica_default",
        mysql_postoperator: Statements = None,
        bulk_load: bool = False,
        **options: Any,
    ) -> None:
        super().__init__(task_id, source_conn_id=vertica_conn_id, **options)
        self.vertica_conn_id = vertica_conn_id
        self.mysql_postoperator = mysql_postoperator
        self.bulk_load = bulk_load

    def execute(self, context: Context) -> None:
        """Copy."""
        super().execute(context)
        if self.mysql_postoperator:
            self.destination_hook.run(self.mysql_postoperator)


class OracleToOracleOperator(GenericTransfer):
    """Copies what a query returns in one Oracle into a table of another, ``rows_chunk`` rows at a time."""

    template_fields = ("source_sql", "source_sql_params")

    def __init__(
        self,
        task_id: str,
        *,
        oracle_destination_conn_id: str,
        destination_table: str,
        oracle_source_conn_id: str,
        source_sql: str,
        source_sql_params: Mapping[str, Any] | Sequence[Any] | None = None,
        rows_chunk: int = 5000,
        **options: Any,
    ) -> None:
        place: dict[str, Any] = {
            "source_conn_id": oracle_source_conn_id,
            "destination_conn_id": oracle_destination_conn_id,
        }
        super().__init__(task_id, sql=source_sql, destination_table=destination_table, **place, **options)
        self.source_sql = source_sql
        self.source_sql_params = source_sql_params
        self.rows_chunk = rows_chunk

    def execute(self, context: Context) -> None:
        """Copy."""
        with closing(self.source_hook.get_conn()) as connection, closing(connection.cursor()) as cursor:
            cursor.execute(self.source_sql, self.source_sql_params or {})
            names = [column[0] for column in cursor.description]
            while rows := cursor.fetchmany(self.rows_chunk):
                self.destination_hook.insert_rows(self.destination_table, rows, names, self.rows_chunk)
