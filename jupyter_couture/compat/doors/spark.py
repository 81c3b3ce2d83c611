"""Doors to the Spark operators and to ``DagOperator``; and old core paths of what became providers.

A target below ``airflow.`` is a door itself, or a placeholder: so a name that moved is one object at both places.
"""

from collections.abc import Mapping

_SPARK = "jupyter_couture.authoring.operators.spark"
_SQL = "jupyter_couture.authoring.operators.spark_sql"
_RUNS = "jupyter_couture.authoring.operators.trigger_run"

_SUBMIT = {"SparkSubmitOperator": f"{_SPARK}:SparkSubmitOperator"}
_STATEMENT = {"SparkSqlOperator": f"{_SQL}:SparkSqlOperator"}
_JDBC = {"SparkJDBCOperator": f"{_SQL}:SparkJDBCOperator"}
_DAG_OPERATOR = {"DagOperator": f"{_RUNS}:DagOperator"}
_COUTURE = {
    "CouturePySparkOperator": f"{_SPARK}:CouturePySparkOperator",
    "CoutureSparkOperator": f"{_SPARK}:CoutureSparkOperator",
}


def _moved(provider: str, *names: str, **renamed: str) -> dict[str, str]:
    """Names that lie in ``airflow.providers.<provider>`` now, under the same or another name."""
    there = {**{name: name for name in names}, **renamed}
    return {old: f"airflow.providers.{provider}:{new}" for old, new in there.items()}


_S3_KEY = _moved("amazon.aws.sensors.s3", "S3KeySensor")
_S3_HOOK = _moved("amazon.aws.hooks.s3", "S3Hook")
_S3_PREFIX = _moved("amazon.aws.sensors.s3", S3PrefixSensor="S3KeySensor")
_HIVE = _moved("apache.hive.operators.hive", "HiveOperator")
_HIVE_HOOKS = _moved("apache.hive.hooks.hive", "HiveCliHook", "HiveMetastoreHook", "HiveServer2Hook")
_HIVE_PARTITION = _moved("apache.hive.sensors.hive_partition", "HivePartitionSensor")
_NAMED_PARTITION = _moved("apache.hive.sensors.named_hive_partition", "NamedHivePartitionSensor")
_METASTORE_PARTITION = _moved("apache.hive.sensors.metastore_partition", "MetastorePartitionSensor")
_HDFS = _moved("apache.hdfs.sensors.hdfs", "HdfsSensor")
_WEB_HDFS = _moved("apache.hdfs.sensors.web_hdfs", "WebHdfsSensor")
_PIG = _moved("apache.pig.operators.pig", "PigOperator")
_POD = "cncf.kubernetes"

DOORS: Mapping[str, Mapping[str, str]] = {
    "airflow.operators": {**_COUTURE, **_DAG_OPERATOR, **_HIVE, **_S3_KEY, **_PIG},
    "airflow.operators.couture_spark_operator": _COUTURE,
    "airflow.operators.couture_pyspark_operator": _COUTURE,
    "airflow.operators.dag_operator": _DAG_OPERATOR,
    "airflow.contrib.operators.spark_submit_operator": _SUBMIT,
    "airflow.contrib.operators.spark_sql_operator": _STATEMENT,
    "airflow.contrib.operators.spark_jdbc_operator": _JDBC,
    "airflow.providers.apache.spark.operators.spark_submit": _SUBMIT,
    "airflow.providers.apache.spark.operators.spark_sql": _STATEMENT,
    "airflow.providers.apache.spark.operators.spark_jdbc": _JDBC,
    # what was in the core of 1.10 (and, deprecated, of 2) and is in a provider now
    "airflow.hooks": {**_S3_HOOK, **_HIVE_HOOKS},
    "airflow.hooks.S3_hook": _S3_HOOK,
    "airflow.hooks.druid_hook": _moved("apache.druid.hooks.druid", "DruidDbApiHook", "DruidHook"),
    "airflow.hooks.hdfs_hook": _moved("apache.hdfs.hooks.hdfs", "HDFSHook", "HDFSHookException"),
    "airflow.hooks.hive_hooks": {**_HIVE_HOOKS, **_moved("apache.hive.hooks.hive", "HIVE_QUEUE_PRIORITIES")},
    "airflow.hooks.pig_hook": _moved("apache.pig.hooks.pig", "PigCliHook"),
    "airflow.hooks.presto_hook": _moved("presto.hooks.presto", "PrestoHook", "PrestoException"),
    "airflow.hooks.samba_hook": _moved("samba.hooks.samba", "SambaHook"),
    "airflow.hooks.webhdfs_hook": _moved("apache.hdfs.hooks.webhdfs", "WebHDFSHook"),
    "airflow.hooks.zendesk_hook": _moved("zendesk.hooks.zendesk", "ZendeskHook"),
    "airflow.operators.druid_check_operator": _moved("apache.druid.operators.druid_check", "DruidCheckOperator"),
    "airflow.operators.gcs_to_s3": _moved("amazon.aws.transfers.gcs_to_s3", "GCSToS3Operator"),
    "airflow.operators.google_api_to_s3_transfer": _moved(
        "amazon.aws.transfers.google_api_to_s3", "GoogleApiToS3Operator", GoogleApiToS3Transfer="GoogleApiToS3Operator"
    ),
    "airflow.operators.hive_operator": _HIVE,
    "airflow.operators.hive_stats_operator": _moved("apache.hive.operators.hive_stats", "HiveStatsCollectionOperator"),
    "airflow.operators.hive_to_druid": _moved(
        "apache.druid.transfers.hive_to_druid", "HiveToDruidOperator", HiveToDruidTransfer="HiveToDruidOperator"
    ),
    "airflow.operators.hive_to_mysql": _moved(
        "apache.hive.transfers.hive_to_mysql", "HiveToMySqlOperator", HiveToMySqlTransfer="HiveToMySqlOperator"
    ),
    "airflow.operators.hive_to_samba_operator": _moved("apache.hive.transfers.hive_to_samba", "HiveToSambaOperator"),
    "airflow.operators.mssql_to_hive": _moved(
        "apache.hive.transfers.mssql_to_hive", "MsSqlToHiveOperator", MsSqlToHiveTransfer="MsSqlToHiveOperator"
    ),
    "airflow.operators.mysql_to_hive": _moved(
        "apache.hive.transfers.mysql_to_hive", "MySqlToHiveOperator", MySqlToHiveTransfer="MySqlToHiveOperator"
    ),
    "airflow.operators.pig_operator": _PIG,
    "airflow.operators.redshift_to_s3_operator": _moved(
        "amazon.aws.transfers.redshift_to_s3", "RedshiftToS3Operator", RedshiftToS3Transfer="RedshiftToS3Operator"
    ),
    "airflow.operators.s3_file_transform_operator": _moved("amazon.aws.operators.s3", "S3FileTransformOperator"),
    "airflow.operators.s3_to_hive_operator": _moved(
        "apache.hive.transfers.s3_to_hive", "S3ToHiveOperator", S3ToHiveTransfer="S3ToHiveOperator"
    ),
    "airflow.operators.s3_to_redshift_operator": _moved(
        "amazon.aws.transfers.s3_to_redshift", "S3ToRedshiftOperator", S3ToRedshiftTransfer="S3ToRedshiftOperator"
    ),
    "airflow.operators.sensors": {
        **_HDFS,
        **_HIVE_PARTITION,
        **_METASTORE_PARTITION,
        **_NAMED_PARTITION,
        **_S3_KEY,
        **_S3_PREFIX,
        **_WEB_HDFS,
    },
    "airflow.sensors": {**_S3_KEY, **_S3_PREFIX, **_HDFS, **_HIVE_PARTITION, **_WEB_HDFS},
    "airflow.sensors.hdfs_sensor": _HDFS,
    "airflow.sensors.hive_partition_sensor": _HIVE_PARTITION,
    "airflow.sensors.metastore_partition_sensor": _METASTORE_PARTITION,
    "airflow.sensors.named_hive_partition_sensor": _NAMED_PARTITION,
    "airflow.sensors.s3_key_sensor": _S3_KEY,
    "airflow.sensors.s3_prefix_sensor": _S3_PREFIX,
    "airflow.sensors.web_hdfs_sensor": _WEB_HDFS,
    "airflow.kubernetes.k8s_model": _moved(f"{_POD}.k8s_model", "K8SModel", "append_to_pod"),
    "airflow.kubernetes.kube_client": _moved(f"{_POD}.kube_client", "get_kube_client"),
    "airflow.kubernetes.pod": _moved(f"{_POD}.backcompat.pod", "Port", "Resources"),
    "airflow.kubernetes.pod_generator": _moved(
        f"{_POD}.pod_generator", "PodDefaults", "PodGenerator", "make_safe_label_value"
    ),
    "airflow.kubernetes.pod_launcher": _moved(
        f"{_POD}.utils.pod_manager", PodLauncher="PodManager", PodStatus="PodPhase"
    ),
    "airflow.kubernetes.pod_runtime_info_env": _moved(f"{_POD}.backcompat.pod_runtime_info_env", "PodRuntimeInfoEnv"),
    "airflow.kubernetes.secret": _moved(f"{_POD}.secret", "Secret"),
    "airflow.kubernetes.volume": _moved(f"{_POD}.backcompat.volume", "Volume"),
    "airflow.kubernetes.volume_mount": _moved(f"{_POD}.backcompat.volume_mount", "VolumeMount"),
}
