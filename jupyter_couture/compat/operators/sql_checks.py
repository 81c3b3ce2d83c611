"""Checks with a connection argument named for the database, as Airflow's files give it."""

from typing import Any

from jupyter_couture.authoring.operators.sql_checks import (
    SQLCheckOperator,
    SQLIntervalCheckOperator,
    SQLValueCheckOperator,
)


class PrestoCheckOperator(SQLCheckOperator):
    """See ``SQLCheckOperator``; over ``presto_conn_id``."""

    def __init__(self, task_id: str, *, presto_conn_id: str = "presto_default", **options: Any) -> None:
        super().__init__(task_id, **{"conn_id": presto_conn_id, **options})


class PrestoValueCheckOperator(SQLValueCheckOperator):
    """See ``SQLValueCheckOperator``; over ``presto_conn_id``."""

    def __init__(self, task_id: str, *, presto_conn_id: str = "presto_default", **options: Any) -> None:
        super().__init__(task_id, **{"conn_id": presto_conn_id, **options})


class PrestoIntervalCheckOperator(SQLIntervalCheckOperator):
    """See ``SQLIntervalCheckOperator``; over ``presto_conn_id``."""

    def __init__(self, task_id: str, *, presto_conn_id: str = "presto_default", **options: Any) -> None:
        super().__init__(task_id, **{"conn_id": presto_conn_id, **options})


class SnowflakeCheckOperator(SQLCheckOperator):
    """See ``SQLCheckOperator``; over ``snowflake_conn_id``."""

    def __init__(self, task_id: str, *, snowflake_conn_id: str = "snowflake_default", **options: Any) -> None:
        super().__init__(task_id, **{"conn_id": snowflake_conn_id, **options})


class SnowflakeValueCheckOperator(SQLValueCheckOperator):
    """See ``SQLValueCheckOperator``; over ``snowflake_conn_id``."""

    def __init__(self, task_id: str, *, snowflake_conn_id: str = "snowflake_default", **options: Any) -> None:
        super().__init__(task_id, **{"conn_id": snowflake_conn_id, **options})


class SnowflakeIntervalCheckOperator(SQLIntervalCheckOperator):
    """See ``SQLIntervalCheckOperator``; over ``snowflake_conn_id``."""

    def __init__(self, task_id: str, *, snowflake_conn_id: str = "snowflake_default", **options: Any) -> None:
        super().__init__(task_id, **{"conn_id": snowflake_conn_id, **options})
