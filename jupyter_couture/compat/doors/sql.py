"""Doors to databases: hooks, operators, checks, sensors and transfers over SQL, in all spellings since 1.10."""

from collections.abc import Mapping

_A = "jupyter_couture.authoring"
_C = "jupyter_couture.compat.operators"


def _at(module: str, *names: str, **renamed: str) -> dict[str, str]:
    """``names`` of a module of ours; ``renamed``: Airflow's name and ours."""
    same = {name: f"{module}:{name}" for name in names}
    return {**same, **{name: f"{module}:{ours}" for name, ours in renamed.items()}}


_VENDORS = f"{_A}.hooks.vendors"
_HANDLERS = _at(f"{_A}.hooks.handlers", "fetch_all_handler", "fetch_one_handler", "return_single_query_results")
_DBAPI = {**_at(f"{_A}.hooks.dbapi", "ConnectorProtocol", "DbApiHook"), **_HANDLERS}
_POSTGRES = _at(f"{_A}.hooks.postgres", "PostgresHook")
_MYSQL = _at(f"{_A}.hooks.mysql", "MySqlHook")
_SQLITE = _at(f"{_A}.hooks.sqlite", "SqliteHook")
_ORACLE = _at(_VENDORS, "OracleHook")
_MSSQL = _at(_VENDORS, "MsSqlHook")
_JDBC = _at(_VENDORS, "JdbcHook")
_ODBC = _at(_VENDORS, "OdbcHook")
_PRESTO = _at(_VENDORS, "PrestoHook")
_SNOWFLAKE = _at(_VENDORS, "SnowflakeHook")
_TRINO = _at(_VENDORS, "TrinoHook")
_VERTICA = _at(_VENDORS, "VerticaHook")
_REDSHIFT = _at(f"{_A}.hooks.postgres", "RedshiftSQLHook")

_POSTGRES_TASK = _at(f"{_C}.sql", "PostgresOperator")
_MYSQL_TASK = _at(f"{_C}.sql", "MySqlOperator")
_SQLITE_TASK = _at(f"{_C}.sql", "SqliteOperator")
_ORACLE_TASK = _at(f"{_C}.sql", "OracleOperator")
_ORACLE_TASKS = {**_ORACLE_TASK, **_at(f"{_C}.sql", "OracleStoredProcedureOperator")}
_MSSQL_TASK = _at(f"{_C}.sql", "MsSqlOperator")
_JDBC_TASK = _at(f"{_C}.sql", "JdbcOperator")
_SNOWFLAKE_TASK = _at(f"{_C}.sql", "SnowflakeOperator")
_SNOWFLAKE_CHECKS = _at(
    f"{_C}.sql_checks", "SnowflakeCheckOperator", "SnowflakeIntervalCheckOperator", "SnowflakeValueCheckOperator"
)
_PRESTO_CHECKS = _at(
    f"{_C}.sql_checks", "PrestoCheckOperator", "PrestoIntervalCheckOperator", "PrestoValueCheckOperator"
)
_TRINO_TASK = _at(f"{_C}.sql", "TrinoOperator")
_VERTICA_TASK = _at(f"{_C}.sql", "VerticaOperator")
_REDSHIFT_TASK = _at(f"{_C}.sql", "RedshiftSQLOperator")

_EXECUTE = _at(f"{_A}.operators.sql", "SQLExecuteQueryOperator", BaseSQLOperator="SqlTask")
_BRANCH = _at(f"{_A}.operators.sql", "BranchSQLOperator", BranchSqlOperator="BranchSQLOperator")
_CHECKS = _at(
    f"{_A}.operators.sql_checks",
    "SQLCheckOperator",
    "SQLColumnCheckOperator",
    "SQLIntervalCheckOperator",
    "SQLTableCheckOperator",
    "SQLThresholdCheckOperator",
    "SQLValueCheckOperator",
)
_CHECKS_OF_1_10 = _at(
    f"{_A}.operators.sql_checks",
    CheckOperator="SQLCheckOperator",
    IntervalCheckOperator="SQLIntervalCheckOperator",
    ThresholdCheckOperator="SQLThresholdCheckOperator",
    ValueCheckOperator="SQLValueCheckOperator",
)
_TRANSFER = _at(f"{_A}.operators.sql_moves", "GenericTransfer")
_MOVES = _at(f"{_A}.operators.sql_moves", "SQLBulkLoadOperator", "SQLInsertRowsOperator")
_SENSOR = _at(f"{_A}.sensors.sql", "SqlSensor")
_PRESTO_TO_MYSQL = _at(f"{_C}.transfers", "PrestoToMySqlOperator", PrestoToMySqlTransfer="PrestoToMySqlOperator")
_VERTICA_TO_MYSQL = _at(f"{_C}.transfers", "VerticaToMySqlOperator", VerticaToMySqlTransfer="VerticaToMySqlOperator")
_ORACLE_TO_ORACLE = _at(f"{_C}.transfers", "OracleToOracleOperator", OracleToOracleTransfer="OracleToOracleOperator")

_TASKS = {
    **_EXECUTE,
    **_BRANCH,
    **_CHECKS,
    **_MOVES,
    **_HANDLERS,
    **_at(f"{_A}.hooks.handlers", "default_output_processor"),
    **_at(f"{_A}.operators.sql", "parse_boolean", _parse_boolean="parse_boolean"),
}

DOORS: Mapping[str, Mapping[str, str]] = {
    # common.sql, and the core modules it came from
    "airflow.providers.common.sql.operators.sql": _TASKS,
    "airflow.providers.common.sql.operators.generic_transfer": _TRANSFER,
    "airflow.providers.common.sql.hooks.sql": _DBAPI,
    "airflow.providers.common.sql.hooks.handlers": _HANDLERS,
    "airflow.providers.common.sql.sensors.sql": _SENSOR,
    "airflow.operators.sql": {**_EXECUTE, **_BRANCH, **_CHECKS},
    "airflow.operators.sql_branch_operator": _BRANCH,
    "airflow.operators.check_operator": {**_CHECKS_OF_1_10, **_CHECKS},
    "airflow.operators.generic_transfer": _TRANSFER,
    "airflow.sensors.sql": _SENSOR,
    "airflow.sensors.sql_sensor": _SENSOR,
    "airflow.hooks.dbapi": _DBAPI,
    "airflow.hooks.dbapi_hook": _DBAPI,
    # one database each
    "airflow.providers.postgres.hooks.postgres": _POSTGRES,
    "airflow.providers.postgres.operators.postgres": {**_POSTGRES_TASK, **_POSTGRES},
    "airflow.hooks.postgres_hook": _POSTGRES,
    "airflow.operators.postgres_operator": _POSTGRES_TASK,
    "airflow.providers.mysql.hooks.mysql": _MYSQL,
    "airflow.providers.mysql.operators.mysql": _MYSQL_TASK,
    "airflow.providers.mysql.transfers.presto_to_mysql": _PRESTO_TO_MYSQL,
    "airflow.providers.mysql.transfers.trino_to_mysql": _at(f"{_C}.transfers", "TrinoToMySqlOperator"),
    "airflow.providers.mysql.transfers.vertica_to_mysql": _VERTICA_TO_MYSQL,
    "airflow.hooks.mysql_hook": _MYSQL,
    "airflow.operators.mysql_operator": _MYSQL_TASK,
    "airflow.operators.presto_to_mysql": _PRESTO_TO_MYSQL,
    "airflow.contrib.operators.vertica_to_mysql": _VERTICA_TO_MYSQL,
    "airflow.providers.sqlite.hooks.sqlite": _SQLITE,
    "airflow.providers.sqlite.operators.sqlite": _SQLITE_TASK,
    "airflow.hooks.sqlite_hook": _SQLITE,
    "airflow.operators.sqlite_operator": _SQLITE_TASK,
    "airflow.providers.oracle.hooks.oracle": _ORACLE,
    "airflow.providers.oracle.operators.oracle": _ORACLE_TASKS,
    "airflow.providers.oracle.transfers.oracle_to_oracle": _ORACLE_TO_ORACLE,
    "airflow.hooks.oracle_hook": _ORACLE,
    "airflow.operators.oracle_operator": _ORACLE_TASK,
    "airflow.contrib.operators.oracle_to_oracle_transfer": _ORACLE_TO_ORACLE,
    "airflow.providers.microsoft.mssql.hooks.mssql": _MSSQL,
    "airflow.providers.microsoft.mssql.operators.mssql": _MSSQL_TASK,
    "airflow.hooks.mssql_hook": _MSSQL,
    "airflow.operators.mssql_operator": _MSSQL_TASK,
    "airflow.providers.jdbc.hooks.jdbc": _JDBC,
    "airflow.providers.jdbc.operators.jdbc": _JDBC_TASK,
    "airflow.hooks.jdbc_hook": _JDBC,
    "airflow.operators.jdbc_operator": _JDBC_TASK,
    "airflow.providers.odbc.hooks.odbc": _ODBC,
    "airflow.providers.snowflake.hooks.snowflake": _SNOWFLAKE,
    "airflow.providers.snowflake.operators.snowflake": {**_SNOWFLAKE_TASK, **_SNOWFLAKE_CHECKS},
    "airflow.contrib.hooks.snowflake_hook": _SNOWFLAKE,
    "airflow.contrib.operators.snowflake_operator": _SNOWFLAKE_TASK,
    "airflow.providers.trino.hooks.trino": _TRINO,
    "airflow.providers.trino.operators.trino": _TRINO_TASK,
    "airflow.providers.presto.hooks.presto": _PRESTO,
    "airflow.operators.presto_check_operator": _PRESTO_CHECKS,
    "airflow.providers.vertica.hooks.vertica": _VERTICA,
    "airflow.providers.vertica.operators.vertica": _VERTICA_TASK,
    "airflow.contrib.hooks.vertica_hook": _VERTICA,
    "airflow.contrib.operators.vertica_operator": _VERTICA_TASK,
    "airflow.providers.amazon.aws.hooks.redshift_sql": _REDSHIFT,
    "airflow.providers.amazon.aws.operators.redshift_sql": _REDSHIFT_TASK,
    # packages that gave these names themselves in 1.10
    "airflow.hooks": {
        **_at(f"{_A}.hooks.dbapi", "DbApiHook"),
        **_POSTGRES,
        **_MYSQL,
        **_SQLITE,
        **_ORACLE,
        **_MSSQL,
        **_JDBC,
        **_PRESTO,
    },
    "airflow.operators": {
        **_POSTGRES_TASK,
        **_MYSQL_TASK,
        **_SQLITE_TASK,
        **_ORACLE_TASK,
        **_MSSQL_TASK,
        **_JDBC_TASK,
        **_TRANSFER,
        **_CHECKS_OF_1_10,
        **_PRESTO_CHECKS,
        **_PRESTO_TO_MYSQL,
    },
    "airflow.operators.sensors": _SENSOR,
    "airflow.sensors": _SENSOR,
}
