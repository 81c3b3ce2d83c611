"""Airflow's providers that have no counterpart here: which package a name comes from, and what would do instead.

Tables and the sentence made of them. A provider that is not in the tables is named after its path.
"""

import re
from collections.abc import Mapping

from jupyter_couture.model.dag import Missing

_PREFIX = "airflow.providers."
_CLIENT = "a @task that calls the service with its own Python client"
_HTTP = "an HttpOperator that calls its API"
_SQL = "SQLExecuteQueryOperator over a connection whose SQLAlchemy driver is installed"
_SPARK = "SparkSubmitOperator or CouturePySparkOperator, which run from the Spark release on"
_AWS = "a @task that calls boto3, or BashOperator with the aws command"
_GOOGLE = "a @task that calls Google's Python client, or BashOperator with the gcloud command"
_AZURE = "a @task that calls Azure's Python client, or BashOperator with the az command"
_CONTAINER = "DockerOperator with the same image, or a @task on a Dask worker that runs in it"
_HADOOP = "BashOperator with the hdfs command"
_MODEL = "a @task that calls the model's Python client"
_MESSAGE = "an HttpOperator on the service's webhook"

PROVIDERS: Mapping[str, str] = {
    "airbyte": "an HttpOperator that starts the sync through Airbyte's API, and an HttpSensor for its end",
    "alibaba": _CLIENT,
    "amazon": _AWS,
    "apache.beam": "BashOperator that starts the pipeline with its runner",
    "apache.cassandra": _CLIENT,
    "apache.drill": _SQL,
    "apache.druid": _SQL,
    "apache.flink": "an HttpOperator on Flink's REST API",
    "apache.hdfs": _HADOOP,
    "apache.hive": f"{_SQL} (PyHive), or BashOperator with beeline",
    "apache.iceberg": "a @task that uses pyiceberg",
    "apache.impala": _SQL,
    "apache.kafka": "a @task that uses a Kafka client",
    "apache.kylin": _HTTP,
    "apache.livy": f"{_SPARK}, or an HttpOperator on Livy's batches",
    "apache.pig": "BashOperator with the pig command",
    "apache.pinot": _SQL,
    "apache.spark": _SPARK,
    "apache.sqoop": "BashOperator with the sqoop command",
    "apache.tinkerpop": _CLIENT,
    "apprise": _MESSAGE,
    "arangodb": _CLIENT,
    "asana": _HTTP,
    "atlassian.jira": _HTTP,
    "celery": "nothing, since tasks run on Dask workers here",
    "cloudant": _HTTP,
    "cncf.kubernetes": _CONTAINER,
    "cohere": _MODEL,
    "common.ai": _MODEL,
    "common.messaging": "a sensor or an asset that a task updates",
    "common.sql": _SQL,
    "databricks": "an HttpOperator on the Jobs API, or a @task that uses databricks-sdk",
    "datadog": _HTTP,
    "dbt.cloud": "BashOperator with the dbt command, or an HttpOperator on dbt Cloud's API",
    "dingding": _MESSAGE,
    "discord": _MESSAGE,
    "docker": "DockerOperator",
    "edge3": "nothing, since tasks run on Dask workers here",
    "elasticsearch": _CLIENT,
    "exasol": _SQL,
    "facebook": _CLIENT,
    "ftp": "a @task that uses ftplib",
    "github": _HTTP,
    "google": _GOOGLE,
    "grpc": "a @task that uses grpcio",
    "hashicorp": "a @task that uses hvac, or a Connection of this deployment",
    "http": "HttpOperator",
    "imap": "a @task that uses imaplib",
    "influxdb": _CLIENT,
    "jdbc": _SQL,
    "jenkins": _HTTP,
    "microsoft.azure": _AZURE,
    "microsoft.mssql": _SQL,
    "microsoft.psrp": "SSHOperator",
    "microsoft.winrm": "SSHOperator",
    "mongo": "a @task that uses pymongo",
    "mysql": _SQL,
    "neo4j": "a @task that uses the neo4j package",
    "odbc": _SQL,
    "openai": _MODEL,
    "openfaas": _HTTP,
    "openlineage": "inlets and outlets of the tasks",
    "opensearch": _CLIENT,
    "opsgenie": _MESSAGE,
    "oracle": _SQL,
    "pagerduty": _MESSAGE,
    "papermill": "PapermillOperator or NotebookOperator",
    "pgvector": _SQL,
    "pinecone": _CLIENT,
    "plexus": _HTTP,
    "postgres": _SQL,
    "presto": _SQL,
    "qdrant": _CLIENT,
    "qubole": _CLIENT,
    "redis": "a @task that uses the redis package",
    "salesforce": "a @task that uses simple-salesforce",
    "samba": "a @task that uses smbprotocol",
    "segment": _CLIENT,
    "sendgrid": "EmailOperator",
    "sftp": "SFTPOperator",
    "singularity": _CONTAINER,
    "slack": "a Slack webhook with HttpOperator",
    "smtp": "EmailOperator",
    "snowflake": f"{_SQL} (snowflake-sqlalchemy)",
    "sqlite": _SQL,
    "ssh": "SSHOperator",
    "standard": "one of the operators of docs/operators.md",
    "tableau": _HTTP,
    "tabular": _HTTP,
    "telegram": _MESSAGE,
    "teradata": _SQL,
    "trino": _SQL,
    "vertica": _SQL,
    "weaviate": _CLIENT,
    "yandex": _CLIENT,
    "ydb": _SQL,
    "zendesk": _HTTP,
}
"""Path below ``airflow.providers`` to what would do instead; the package follows from the path."""

NAMED: Mapping[str, str] = {
    "AthenaOperator": "SQLExecuteQueryOperator over an Athena connection (PyAthena)",
    "BatchOperator": _CONTAINER,
    "BeamRunJavaPipelineOperator": "BashOperator that starts the jar with its runner",
    "BeamRunPythonPipelineOperator": "BashOperator that starts the pipeline's file with its runner",
    "BigQueryInsertJobOperator": "SQLExecuteQueryOperator over a BigQuery connection (sqlalchemy-bigquery)",
    "BigQueryOperator": "SQLExecuteQueryOperator over a BigQuery connection (sqlalchemy-bigquery)",
    "DataprocSubmitJobOperator": _SPARK,
    "DataprocSubmitPySparkJobOperator": _SPARK,
    "EcsRunTaskOperator": _CONTAINER,
    "EksPodOperator": _CONTAINER,
    "EmrAddStepsOperator": _SPARK,
    "GCSObjectExistenceSensor": "a @task.sensor that asks google-cloud-storage",
    "GKEStartPodOperator": _CONTAINER,
    "GlueJobOperator": _SPARK,
    "HiveOperator": "SQLExecuteQueryOperator over a Hive connection (PyHive), or BashOperator with beeline",
    "HivePartitionSensor": "SqlSensor over a Hive connection (PyHive)",
    "RedshiftDataOperator": "SQLExecuteQueryOperator over a PostgreSQL connection to Redshift",
    "RedshiftSQLOperator": "SQLExecuteQueryOperator over a PostgreSQL connection to Redshift",
    "S3KeySensor": "a @task.sensor that asks boto3",
    "SparkKubernetesOperator": _SPARK,
    "WasbBlobSensor": "a @task.sensor that asks azure-storage-blob",
}
"""Class to what would do instead, where that is better known than by provider."""

_CONTRIB: tuple[tuple[str, str], ...] = (
    (r"kubernetes|(^|\.)pod", "cncf.kubernetes"),
    (r"databricks", "databricks"),
    (r"azure|adls|wasb|adx|cosmos", "microsoft.azure"),
    (
        r"gc[pes]_?|gcs|gce|bigquery|bigtable|dataproc|dataflow|datastore|mlengine|pubsub|spanner|cloud_|_gcs|google",
        "google",
    ),
    (
        r"aws|s3|emr|ecs|sagemaker|redshift|dynamodb|glue|athena|sns|sqs|lambda|firehose|datasync|sftp_to_s3|batch",
        "amazon",
    ),
    (r"snowflake", "snowflake"),
    (r"spark", "apache.spark"),
    (r"sqoop", "apache.sqoop"),
    (r"druid", "apache.druid"),
    (r"hive", "apache.hive"),
    (r"pinot", "apache.pinot"),
    (r"cassandra", "apache.cassandra"),
    (r"hdfs", "apache.hdfs"),
    (r"jira", "atlassian.jira"),
    (r"winrm", "microsoft.winrm"),
    (r"dingding", "dingding"),
    (r"qubole", "qubole"),
    (r"segment", "segment"),
    (r"vertica", "vertica"),
    (
        r"(^|[._])(datadog|discord|docker|ftp|grpc|imap|jenkins|mongo|openfaas|opsgenie|oracle|redis|salesforce|sftp)",
        "",
    ),
    (r"(^|[._])(slack|ssh|telegram|zendesk|cloudant|mysql|postgres)", ""),
)
"""What modules of ``airflow.contrib`` became providers; an empty name: the word itself."""


def provider_of(module: str) -> str:
    """The provider that the module path belongs to, as below ``airflow.providers`` (``cncf.kubernetes``), or empty."""
    if module.startswith(_PREFIX):
        parts = module.removeprefix(_PREFIX).split(".")
        return next((name for name in (".".join(parts[:2]), parts[0]) if name in PROVIDERS), parts[0])
    inside = ".".join(module.split(".")[1:]).lower()
    for pattern, name in _CONTRIB:
        found = re.search(pattern, inside)
        if found is not None:
            return name or found[found.lastindex or 0]
    return ""


def package_of(provider: str) -> str:
    """The package of a provider, as it is called where packages are found."""
    return f"apache-airflow-providers-{provider.replace('.', '-')}" if provider else "apache-airflow"


def missing_of(module: str, name: str) -> Missing:
    """What is missing for the name ``name`` of the module path ``module``."""
    provider = provider_of(module)
    package = package_of(provider)
    instead = NAMED.get(name) or PROVIDERS.get(provider, _CLIENT)
    where = f"the Airflow provider {package}" if provider else f"Airflow's {module}"
    return Missing(package, f"{name} belongs to {where}, which does not run here; instead use {instead}.")
