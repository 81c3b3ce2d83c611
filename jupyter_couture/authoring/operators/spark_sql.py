"""``SparkSqlOperator`` and ``SparkJDBCOperator``: statements, and tables moved between Spark and a database."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from jupyter_couture.authoring.operators.spark import SparkSubmitOperator, SparkTask, chosen, configured
from jupyter_couture.authoring.spark_submit import SparkJob, sql_command

JDBC_PROGRAM = "spark_jdbc_script.py"
"""The program that moves a table; it reads the options below, as Airflow's does."""

_DIRECTIONS = ("spark_to_jdbc", "jdbc_to_spark")


class SparkSqlOperator(SparkTask):
    """Runs a statement, or the file of statements it names, with ``spark-sql``; Airflow's arguments."""

    template_fields: Sequence[str] = ("sql",)
    template_ext: Sequence[str] = (".sql", ".hql")

    def __init__(
        self,
        task_id: str,
        *,
        sql: str,
        conf: Mapping[str, Any] | str | None = None,
        conn_id: str = "spark_sql_default",
        total_executor_cores: int | None = None,
        executor_cores: int | None = None,
        executor_memory: str | None = None,
        keytab: str | None = None,
        principal: str | None = None,
        master: str | None = None,
        name: str = "default-name",
        num_executors: int | None = None,
        verbose: bool = True,
        yarn_queue: str | None = None,
        **options: Any,
    ) -> None:
        super().__init__(task_id, **options)
        self.sql = sql
        self.conf = _as_mapping(conf)
        self.conn_id = conn_id
        self.total_executor_cores, self.executor_cores = total_executor_cores, executor_cores
        self.executor_memory = executor_memory
        self.keytab, self.principal = keytab, principal
        self.master = master
        self.name = name
        self.num_executors = num_executors
        self.verbose = bool(verbose)
        self.yarn_queue = yarn_queue

    def job(self) -> SparkJob:
        """See ``SparkTask``."""
        given = {
            "num-executors": self.num_executors,
            "total-executor-cores": self.total_executor_cores,
            "executor-cores": self.executor_cores,
            "executor-memory": self.executor_memory,
            "keytab": self.keytab,
            "principal": self.principal,
            "queue": self.yarn_queue,
        }
        return SparkJob(
            application="",
            name=str(self.name),
            conf=configured(self.conf),
            options=chosen(given),
            master=self.master or "",
            is_verbose=self.verbose,
            binary="spark-sql",
        )

    def command(self) -> list[str]:
        """The command line, of the fields as they are now."""
        return sql_command(self.job(), str(self.sql))


class SparkJDBCOperator(SparkSubmitOperator):
    """Moves a table from Spark to a database or back: ``cmd_type`` ``spark_to_jdbc`` or ``jdbc_to_spark``.

    Airflow's arguments; those of the submission have ``spark_`` before the name there. The database's address and
    password are those of the connection ``jdbc_conn_id``, read when the job is submitted.
    """

    def __init__(
        self,
        task_id: str,
        *,
        spark_app_name: str = "airflow-spark-jdbc",
        spark_conn_id: str = "spark_default",
        spark_conf: Mapping[str, Any] | None = None,
        spark_py_files: str | None = None,
        spark_files: str | None = None,
        spark_jars: str | None = None,
        cmd_type: str = "spark_to_jdbc",
        jdbc_table: str | None = None,
        jdbc_conn_id: str = "jdbc_default",
        jdbc_driver: str | None = None,
        metastore_table: str | None = None,
        jdbc_truncate: bool = False,
        save_mode: str | None = None,
        save_format: str | None = None,
        batch_size: int | None = None,
        fetch_size: int | None = None,
        num_partitions: int | None = None,
        partition_column: str | None = None,
        lower_bound: str | None = None,
        upper_bound: str | None = None,
        create_table_column_types: str | None = None,
        **options: Any,
    ) -> None:
        super().__init__(
            task_id,
            application=JDBC_PROGRAM,
            name=spark_app_name,
            conn_id=spark_conn_id,
            conf=spark_conf,
            py_files=spark_py_files,
            files=spark_files,
            jars=spark_jars,
            **options,
        )
        if cmd_type not in _DIRECTIONS:
            raise self.refused(f"cmd_type is one of {', '.join(_DIRECTIONS)}, not {cmd_type!r}")
        self.cmd_type = cmd_type
        self.jdbc_table, self.jdbc_conn_id, self.jdbc_driver = jdbc_table, jdbc_conn_id, jdbc_driver
        self.metastore_table = metastore_table
        self.jdbc_truncate = bool(jdbc_truncate)
        self.save_mode, self.save_format = save_mode, save_format
        self.batch_size, self.fetch_size = batch_size, fetch_size
        self.num_partitions, self.partition_column = num_partitions, partition_column
        self.lower_bound, self.upper_bound = lower_bound, upper_bound
        self.create_table_column_types = create_table_column_types

    def job(self) -> SparkJob:
        """See ``SparkTask``. What the connection says is not in it."""
        given = {
            "-cmdType": self.cmd_type,
            "-jdbcTable": self.jdbc_table,
            "-metastoreTable": self.metastore_table,
            "-jdbcDriver": self.jdbc_driver,
            "-jdbcTruncate": "true" if self.jdbc_truncate else None,
            "-saveMode": self.save_mode,
            "-saveFormat": self.save_format,
            "-batchsize": self.batch_size,
            "-fetchsize": self.fetch_size,
            "-numPartitions": self.num_partitions,
            "-partitionColumn": self.partition_column,
            "-lowerBound": self.lower_bound,
            "-upperBound": self.upper_bound,
            "-createTableColumnTypes": self.create_table_column_types,
        }
        arguments = tuple(part for name, value in chosen(given).items() for part in (name, value))
        return replace(super().job(), arguments=arguments)


def _as_mapping(conf: Mapping[str, Any] | str | None) -> dict[str, Any]:
    """Airflow also takes one text of pairs: ``a=1,b=2``."""
    if isinstance(conf, str):
        pairs = (part.partition("=") for part in conf.split(",") if part.strip())
        return {name.strip(): value for name, _, value in pairs}
    return dict(conf or {})
