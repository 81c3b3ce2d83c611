"""Where each word of DAG files lies, so that naming one reads its module alone, and only then."""

import importlib
from collections.abc import Mapping
from typing import Any

_HERE = "jupyter_couture.authoring"

WORDS: Mapping[str, str] = {
    "BaseHook": "connections",
    "BaseOperator": "operator",
    "BashOperator": "operators.bash",
    "Connection": "connections",
    "DAG": "dag",
    "DummyOperator": "operators.empty",
    "EdgeModifier": "edges",
    "EmptyOperator": "operators.empty",
    "ExceptionRetryPolicy": "retry_rules",
    "FileReference": "files",
    "Label": "edges",
    "NotebookOperator": "operators.notebook",
    "Param": "params",
    "PythonOperator": "operators.python",
    "RetryAction": "retry_rules",
    "RetryDecision": "retry_rules",
    "RetryRule": "retry_rules",
    "TaskGroup": "groups",
    "Variable": "variables",
    "WeightRule": "weights",
    "XComArg": "references",
    "chain": "edges",
    "chain_linear": "edges",
    "cross_downstream": "edges",
    "current_attempt": "context",
    "dag": "dag",
    "get_current_context": "context",
    "literal": "literals",
    "mask_secret": "hiding",
    "setup": "task_decorator",
    "task": "task_decorator",
    "task_group": "groups",
    "teardown": "task_decorator",
}
"""What nearly every DAG file says."""

OPERATORS: Mapping[str, str] = {
    "ApprovalOperator": "operators.approval",
    "BaseBranchOperator": "operators.branch",
    "BaseOperator": "operator",
    "BashOperator": "operators.bash",
    "BranchDateTimeOperator": "operators.branch",
    "BranchDayOfWeekOperator": "operators.branch",
    "BranchExternalPythonOperator": "operators.virtualenv",
    "BranchOperator": "operators.branch",
    "BranchPythonOperator": "operators.branch",
    "BranchPythonVirtualenvOperator": "operators.virtualenv",
    "BranchSQLOperator": "operators.sql",
    "CouturePySparkOperator": "operators.spark",
    "CoutureSparkOperator": "operators.spark",
    "DagOperator": "operators.trigger_run",
    "DagRunOrder": "operators.trigger_run",
    "DummyOperator": "operators.empty",
    "EmailOperator": "operators.email",
    "EmptyOperator": "operators.empty",
    "EntryOperator": "operators.approval",
    "ExternalPythonOperator": "operators.virtualenv",
    "GenericTransfer": "operators.sql_moves",
    "HITLBranchOperator": "operators.approval",
    "HITLEntryOperator": "operators.approval",
    "HITLOperator": "operators.approval",
    "HttpOperator": "operators.http",
    "InputBranchOperator": "operators.approval",
    "InputOperator": "operators.approval",
    "LatestOnlyOperator": "operators.branch",
    "NotebookOperator": "operators.notebook",
    "PapermillOperator": "operators.papermill",
    "PythonOperator": "operators.python",
    "PythonVirtualenvOperator": "operators.virtualenv",
    "SQLBulkLoadOperator": "operators.sql_moves",
    "SQLCheckOperator": "operators.sql_checks",
    "SQLColumnCheckOperator": "operators.sql_checks",
    "SQLExecuteQueryOperator": "operators.sql",
    "SQLInsertRowsOperator": "operators.sql_moves",
    "SQLIntervalCheckOperator": "operators.sql_checks",
    "SQLTableCheckOperator": "operators.sql_checks",
    "SQLThresholdCheckOperator": "operators.sql_checks",
    "SQLValueCheckOperator": "operators.sql_checks",
    "ShortCircuitOperator": "operators.branch",
    "ShortCircuitVirtualenvOperator": "operators.virtualenv",
    "SimpleHttpOperator": "operators.http",
    "SparkJDBCOperator": "operators.spark_sql",
    "SparkSqlOperator": "operators.spark_sql",
    "SparkSubmitOperator": "operators.spark",
    "TriggerDagRunOperator": "operators.trigger_run",
    "is_venv_installed": "operators.virtualenv",
}

SENSORS: Mapping[str, str] = {
    "BaseSensor": "sensors.sensor",
    "BaseSensorOperator": "sensors.sensor",
    "BashSensor": "sensors.bash",
    "DateTimeSensor": "sensors.moments",
    "DateTimeSensorAsync": "sensors.moments",
    "DayOfWeekSensor": "sensors.moments",
    "ExternalTaskMarker": "sensors.external_task",
    "ExternalTaskSensor": "sensors.external_task",
    "FileSensor": "sensors.files",
    "HttpSensor": "sensors.http",
    "PokeReturnValue": "sensors.sensor",
    "PythonSensor": "sensors.python",
    "SensorTimeout": "sensors.sensor",
    "SqlSensor": "sensors.sql",
    "TimeDeltaSensor": "sensors.moments",
    "TimeDeltaSensorAsync": "sensors.moments",
    "TimeSensor": "sensors.moments",
    "TimeSensorAsync": "sensors.moments",
    "WaitSensor": "sensors.moments",
}

HOOKS: Mapping[str, str] = {
    "BaseHook": "connections",
    "DbApiHook": "hooks.dbapi",
    "JdbcHook": "hooks.vendors",
    "MsSqlHook": "hooks.vendors",
    "MySqlHook": "hooks.mysql",
    "OdbcHook": "hooks.vendors",
    "OracleHook": "hooks.vendors",
    "PostgresHook": "hooks.postgres",
    "PrestoHook": "hooks.vendors",
    "RedshiftSQLHook": "hooks.postgres",
    "SnowflakeHook": "hooks.vendors",
    "SqlAlchemyHook": "hooks.generic",
    "SqliteHook": "hooks.sqlite",
    "TrinoHook": "hooks.vendors",
    "VerticaHook": "hooks.vendors",
    "fetch_all_handler": "hooks.handlers",
    "fetch_one_handler": "hooks.handlers",
}

TRIGGERS: Mapping[str, str] = {
    "BaseTrigger": "triggers.trigger",
    "DateTimeTrigger": "triggers.moments",
    "FileTrigger": "triggers.files",
    "HttpTrigger": "triggers.http",
    "RunEndTrigger": "triggers.runs",
    "TimeDeltaTrigger": "triggers.moments",
    "TriggerEvent": "triggers.trigger",
}


def find(names: Mapping[str, str], name: str, of: str) -> Any:
    """What ``name`` of the module ``of`` stands for; raises ``AttributeError``."""
    place = names.get(name)
    if place is None:
        raise AttributeError(f"module {of!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{_HERE}.{place}"), name)


def read_words() -> None:
    """Read what nearly every DAG file says: for a process from which those are forked that run such files."""
    for place in dict.fromkeys(WORDS.values()):
        importlib.import_module(f"{_HERE}.{place}")
