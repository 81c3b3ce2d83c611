"""``PostgresOperator`` and its like: ``SQLExecuteQueryOperator`` with a connection argument named for the database."""

from collections.abc import Mapping
from typing import Any, ClassVar

from jupyter_couture.authoring.connections import Connection
from jupyter_couture.authoring.context import Context
from jupyter_couture.authoring.hooks.dbapi import DbApiHook, sql_hook_of
from jupyter_couture.authoring.hooks.vendors import OracleHook
from jupyter_couture.authoring.operator import BaseOperator
from jupyter_couture.authoring.operators.sql import SQLExecuteQueryOperator


class NamedSqlOperator(SQLExecuteQueryOperator):
    """What they share. ``conn_type`` is that of a connection that says none."""

    conn_type: ClassVar[str] = ""

    @classmethod
    def get_hook(cls, conn_id: str, hook_params: Mapping[str, Any] | None = None) -> DbApiHook:
        """The hook of a connection; raises ``NotFound``."""
        connection = Connection.get(conn_id)
        connection.conn_type = connection.conn_type or cls.conn_type
        return sql_hook_of(connection, hook_params)


class PostgresOperator(NamedSqlOperator):
    """SQL on PostgreSQL. ``runtime_parameters`` are settings of the server for the time of the task."""

    conn_type = "postgres"

    def __init__(
        self,
        task_id: str,
        *,
        postgres_conn_id: str = "postgres_default",
        runtime_parameters: Mapping[str, Any] | None = None,
        **options: Any,
    ) -> None:
        if runtime_parameters:
            settings = " ".join(f"-c {name}={_escaped(value)}" for name, value in runtime_parameters.items())
            options["hook_params"] = {**(options.get("hook_params") or {}), "options": settings}
        super().__init__(task_id, **{"conn_id": postgres_conn_id, **options})
        self.postgres_conn_id = postgres_conn_id
        self.runtime_parameters = runtime_parameters


class MySqlOperator(NamedSqlOperator):
    """SQL on MySQL or MariaDB."""

    conn_type = "mysql"

    def __init__(self, task_id: str, *, mysql_conn_id: str = "mysql_default", **options: Any) -> None:
        super().__init__(task_id, **{"conn_id": mysql_conn_id, **options})
        self.mysql_conn_id = mysql_conn_id


class SqliteOperator(NamedSqlOperator):
    """SQL on SQLite."""

    conn_type = "sqlite"

    def __init__(self, task_id: str, *, sqlite_conn_id: str = "sqlite_default", **options: Any) -> None:
        super().__init__(task_id, **{"conn_id": sqlite_conn_id, **options})
        self.sqlite_conn_id = sqlite_conn_id


class OracleOperator(NamedSqlOperator):
    """SQL on Oracle."""

    conn_type = "oracle"

    def __init__(self, task_id: str, *, oracle_conn_id: str = "oracle_default", **options: Any) -> None:
        super().__init__(task_id, **{"conn_id": oracle_conn_id, **options})
        self.oracle_conn_id = oracle_conn_id


class OracleStoredProcedureOperator(BaseOperator):
    """Calls a stored procedure of Oracle; its parameters afterwards are what the task returns."""

    template_fields = ("parameters", "procedure")

    def __init__(
        self,
        task_id: str,
        *,
        procedure: str,
        oracle_conn_id: str = "oracle_default",
        parameters: Any = None,
        **options: Any,
    ) -> None:
        super().__init__(task_id, **options)
        self.procedure = procedure
        self.oracle_conn_id = oracle_conn_id
        self.parameters = parameters

    def execute(self, context: Context) -> Any:
        """Call it."""
        hook = OracleHook(oracle_conn_id=self.oracle_conn_id)
        return hook.callproc(self.procedure, autocommit=True, parameters=self.parameters)


class MsSqlOperator(NamedSqlOperator):
    """SQL on SQL Server."""

    conn_type = "mssql"

    def __init__(self, task_id: str, *, mssql_conn_id: str = "mssql_default", **options: Any) -> None:
        super().__init__(task_id, **{"conn_id": mssql_conn_id, **options})
        self.mssql_conn_id = mssql_conn_id


class JdbcOperator(NamedSqlOperator):
    """SQL by JDBC."""

    conn_type = "jdbc"

    def __init__(self, task_id: str, *, jdbc_conn_id: str = "jdbc_default", **options: Any) -> None:
        super().__init__(task_id, **{"conn_id": jdbc_conn_id, **options})
        self.jdbc_conn_id = jdbc_conn_id


class SnowflakeOperator(NamedSqlOperator):
    """SQL on Snowflake."""

    conn_type = "snowflake"

    def __init__(
        self,
        task_id: str,
        *,
        snowflake_conn_id: str = "snowflake_default",
        warehouse: str | None = None,
        database: str | None = None,
        role: str | None = None,
        schema: str | None = None,
        authenticator: str | None = None,
        session_parameters: Mapping[str, Any] | None = None,
        **options: Any,
    ) -> None:
        given: dict[str, Any] = {"warehouse": warehouse, "database": database, "role": role, "schema": schema}
        given |= {"authenticator": authenticator, "session_parameters": session_parameters}
        named = {name: value for name, value in given.items() if value}
        options["hook_params"] = {**named, **(options.get("hook_params") or {})}
        super().__init__(task_id, **{"conn_id": snowflake_conn_id, **options})
        self.snowflake_conn_id = snowflake_conn_id


class TrinoOperator(NamedSqlOperator):
    """SQL on Trino."""

    conn_type = "trino"

    def __init__(self, task_id: str, *, trino_conn_id: str = "trino_default", **options: Any) -> None:
        super().__init__(task_id, **{"conn_id": trino_conn_id, **options})
        self.trino_conn_id = trino_conn_id


class VerticaOperator(NamedSqlOperator):
    """SQL on Vertica."""

    conn_type = "vertica"

    def __init__(self, task_id: str, *, vertica_conn_id: str = "vertica_default", **options: Any) -> None:
        super().__init__(task_id, **{"conn_id": vertica_conn_id, **options})
        self.vertica_conn_id = vertica_conn_id


class RedshiftSQLOperator(NamedSqlOperator):
    """SQL on Amazon Redshift with a password."""

    conn_type = "redshift"

    def __init__(self, task_id: str, *, redshift_conn_id: str = "redshift_default", **options: Any) -> None:
        super().__init__(task_id, **{"conn_id": redshift_conn_id, **options})
        self.redshift_conn_id = redshift_conn_id


def _escaped(value: object) -> str:
    return str(value).replace("\\", "\\\\").replace(" ", "\\ ")
