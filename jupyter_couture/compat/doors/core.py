"""Doors to the classes that have a sense of their own outside Airflow: DAGs, operators, sensors, assets, timetables."""

from collections.abc import Mapping

_A = "jupyter_couture.authoring"


def _at(module: str, *names: str, **renamed: str) -> dict[str, str]:
    """``names`` of a module of ours; ``renamed``: Airflow's name and ours."""
    same = {name: f"{module}:{name}" for name in names}
    return {**same, **{name: f"{module}:{ours}" for name, ours in renamed.items()}}


_DAG = _at(f"{_A}.dag", "DAG")
_DAGS = _at(f"{_A}.dag", "DAG", "dag")
_EDGES = _at(f"{_A}.edges", "chain", "chain_linear", "cross_downstream")
_LABEL = _at(f"{_A}.edges", "Label", "EdgeModifier")
_GROUP = _at(f"{_A}.groups", "TaskGroup")
_TASK_GROUP = _at(f"{_A}.groups", "task_group")
_BASE = _at(f"{_A}.operator", "BaseOperator")
_BASE_MODULE = {**_BASE, **_EDGES, **_at(f"{_A}.operator_type", BaseOperatorMeta="OperatorType")}
_PARAM = _at(f"{_A}.params", "Param", "ParamsDict")
_DAG_PARAM = _at(f"{_A}.references", "DagParam")
_XCOM_ARG = _at(f"{_A}.references", "XComArg", PlainXComArg="XComArg")
_MAPPED = {**_at(f"{_A}.mapping", "OperatorPartial"), **_at(f"{_A}.operator", MappedOperator="BaseOperator")}
_RULE = _at("jupyter_couture.model.policy", "TriggerRule")
_WEIGHT = _at(f"{_A}.weights", "WeightRule")
_VARIABLE = _at(f"{_A}.variables", "Variable")
_CONNECTION = _at(f"{_A}.connections", "Connection")
_CONTEXT = _at(f"{_A}.context", "get_current_context")
_LITERAL = _at(f"{_A}.literals", "literal")
_MASK = _at(f"{_A}.hiding", "mask_secret")

_BASH = _at(f"{_A}.operators.bash", "BashOperator")
_EMPTY = _at(f"{_A}.operators.empty", "EmptyOperator", "DummyOperator")
_EMAIL = _at(f"{_A}.operators.email", "EmailOperator")
_BRANCH = _at(f"{_A}.operators.branch", "BaseBranchOperator")
_BY_DATE = _at(f"{_A}.operators.branch", "BranchDateTimeOperator")
_BY_DAY = _at(f"{_A}.operators.branch", "BranchDayOfWeekOperator")
_LATEST = _at(f"{_A}.operators.branch", "LatestOnlyOperator")
_TRIGGER_RUN = _at(f"{_A}.operators.trigger_run", "TriggerDagRunOperator", "DagRunOrder")
_DAG_OPERATOR = _at(f"{_A}.operators.trigger_run", "DagOperator")
_PYTHON = {
    **_at(f"{_A}.operators.python", "PythonOperator"),
    **_at(f"{_A}.operators.branch", "BranchPythonOperator", "ShortCircuitOperator"),
    **_at(
        f"{_A}.operators.virtualenv",
        "BranchExternalPythonOperator",
        "BranchPythonVirtualenvOperator",
        "ExternalPythonOperator",
        "PythonVirtualenvOperator",
        "ShortCircuitVirtualenvOperator",
        "is_venv_installed",
    ),
    **_CONTEXT,
}
_TASK = _at("jupyter_couture.compat.decorators", "task")
_PYTHON_OLD = {**_PYTHON, **_TASK}
_HITL = _at(f"{_A}.operators.approval", "ApprovalOperator", "HITLBranchOperator", "HITLEntryOperator", "HITLOperator")
_PAPERMILL = _at(f"{_A}.operators.papermill", "PapermillOperator")

_SENSOR = _at(f"{_A}.sensors.sensor", "BaseSensorOperator", "PokeReturnValue")
_BASH_SENSOR = _at(f"{_A}.sensors.bash", "BashSensor")
_FILE_SENSOR = _at(f"{_A}.sensors.files", "FileSensor")
_PYTHON_SENSOR = _at(f"{_A}.sensors.python", "PythonSensor")
_EXTERNAL = _at(f"{_A}.sensors.external_task", "ExternalTaskMarker", "ExternalTaskSensor")
_DATE_SENSOR = _at(f"{_A}.sensors.moments", "DateTimeSensor", "DateTimeSensorAsync")
_DELTA_SENSOR = _at(f"{_A}.sensors.moments", "TimeDeltaSensor", "TimeDeltaSensorAsync", "WaitSensor")
_TIME_SENSOR = _at(f"{_A}.sensors.moments", "TimeSensor", "TimeSensorAsync")
_DAY_SENSOR = _at(f"{_A}.sensors.moments", "DayOfWeekSensor")

_TRIGGER = _at(f"{_A}.triggers.trigger", "BaseTrigger", "TriggerEvent")
_MOMENTS = _at(f"{_A}.triggers.moments", "DateTimeTrigger", "TimeDeltaTrigger")

_ASSETS = _at(
    f"{_A}.assets", "Asset", "AssetAlias", "AssetAll", "AssetAny", "BaseAsset", "Dataset", "DatasetAlias", "Model"
)
_DATASETS = _at(f"{_A}.assets", "Dataset", "DatasetAlias", "DatasetAll", "DatasetAny")

_DECORATORS = {
    **_at(f"{_A}.dag", "dag"),
    **_TASK_GROUP,
    **_TASK,
    **_at(f"{_A}.task_decorator", "setup", "teardown"),
}

_TIMETABLE = _at(f"{_A}.timetables", "DagRunInfo", "DataInterval", "TimeRestriction", "Timetable")
_CRON_INTERVAL = _at(f"{_A}.timetables", "CronDataIntervalTimetable", "DeltaDataIntervalTimetable")
_CRON_TRIGGER = _at(f"{_A}.timetables", "CronTriggerTimetable", "DeltaTriggerTimetable", "MultipleCronTriggerTimetable")
_EVENTS = _at(f"{_A}.timetables", "EventsTimetable")
_SIMPLE = _at(f"{_A}.timetables", "ContinuousTimetable", "NullTimetable", "OnceTimetable", "AssetTriggeredTimetable")
_ASSET_OR_TIME = _at(f"{_A}.timetables", "AssetOrTimeSchedule", "DatasetOrTimeSchedule")
_RETRY = _at(f"{_A}.retry_rules", "ExceptionRetryPolicy", "RetryAction", "RetryDecision", "RetryRule")

_VERSION = _at("jupyter_couture.compat.versions", "version")

_SDK = {
    **_DAGS,
    **_EDGES,
    **_LABEL,
    **_GROUP,
    **_TASK_GROUP,
    **_BASE,
    **_PARAM,
    **_DAG_PARAM,
    **_XCOM_ARG,
    **_RULE,
    **_WEIGHT,
    **_VARIABLE,
    **_CONNECTION,
    **_CONTEXT,
    **_LITERAL,
    **_SENSOR,
    **_TRIGGER,
    **_ASSETS,
    **_DECORATORS,
    **_CRON_INTERVAL,
    **_CRON_TRIGGER,
    **_EVENTS,
    **_ASSET_OR_TIME,
    **_RETRY,
    **_MASK,
    **_at(f"{_A}.connections", "BaseHook"),
}

DOORS: Mapping[str, Mapping[str, str]] = {
    "airflow": {
        **_DAG,
        **_XCOM_ARG,
        **_at(f"{_A}.assets", "Asset", "Dataset"),
        **_at("jupyter_couture.compat.versions", "__version__"),
    },
    "airflow.version": _VERSION,
    "airflow.models": {
        **_DAG,
        **_BASE,
        **_SENSOR,
        **_PARAM,
        **_XCOM_ARG,
        **_MAPPED,
        **_VARIABLE,
        **_CONNECTION,
    },
    "airflow.models.dag": _DAGS,
    "airflow.models.baseoperator": _BASE_MODULE,
    "airflow.models.mappedoperator": _MAPPED,
    "airflow.models.param": {**_PARAM, **_DAG_PARAM},
    "airflow.models.dagparam": _DAG_PARAM,
    "airflow.models.xcom_arg": _XCOM_ARG,
    "airflow.models.variable": _VARIABLE,
    "airflow.models.connection": _CONNECTION,
    "airflow.models.asset": _ASSETS,
    "airflow.decorators": _DECORATORS,
    "airflow.decorators.base": {},
    "airflow.decorators.python": {},
    "airflow.decorators.task_group": _TASK_GROUP,
    "airflow.decorators.setup_teardown": _at(f"{_A}.task_decorator", setup_task="setup", teardown_task="teardown"),
    "airflow.hooks.base": _at(f"{_A}.connections", "BaseHook"),
    "airflow.hooks.base_hook": _at(f"{_A}.connections", "BaseHook"),
    # operators: 2, then 1.10
    "airflow.operators.bash": _BASH,
    "airflow.operators.branch": _BRANCH,
    "airflow.operators.datetime": _BY_DATE,
    "airflow.operators.dummy": _EMPTY,
    "airflow.operators.email": _EMAIL,
    "airflow.operators.empty": _EMPTY,
    "airflow.operators.latest_only": _LATEST,
    "airflow.operators.python": _PYTHON_OLD,
    "airflow.operators.smooth": _at(f"{_A}.operators.empty", SmoothOperator="EmptyOperator"),
    "airflow.operators.trigger_dagrun": _TRIGGER_RUN,
    "airflow.operators.weekday": _BY_DAY,
    "airflow.operators.bash_operator": _BASH,
    "airflow.operators.branch_operator": _BRANCH,
    "airflow.operators.dag_operator": _DAG_OPERATOR,
    "airflow.operators.dagrun_operator": _TRIGGER_RUN,
    "airflow.operators.dummy_operator": _EMPTY,
    "airflow.operators.email_operator": _EMAIL,
    "airflow.operators.latest_only_operator": _LATEST,
    "airflow.operators.papermill_operator": _PAPERMILL,
    "airflow.operators.python_operator": _PYTHON,
    "airflow.operators.sensors": {
        **_SENSOR,
        **_EXTERNAL,
        **_DATE_SENSOR,
        **_DELTA_SENSOR,
        **_TIME_SENSOR,
        **_PYTHON_SENSOR,
        **_FILE_SENSOR,
        **_BASH_SENSOR,
    },
    "airflow.operators": {
        **_BASH,
        **_EMPTY,
        **_EMAIL,
        **_BRANCH,
        **_LATEST,
        **_TRIGGER_RUN,
        **_DAG_OPERATOR,
        **_PYTHON,
        **_BASE,
        **_SENSOR,
        **_EXTERNAL,
        **_DELTA_SENSOR,
        **_TIME_SENSOR,
        **_PAPERMILL,
    },
    # sensors: 2, then 1.10
    "airflow.sensors.base": _SENSOR,
    "airflow.sensors.bash": _BASH_SENSOR,
    "airflow.sensors.date_time": _DATE_SENSOR,
    "airflow.sensors.date_time_sensor": _DATE_SENSOR,
    "airflow.sensors.external_task": _EXTERNAL,
    "airflow.sensors.filesystem": _FILE_SENSOR,
    "airflow.sensors.python": _PYTHON_SENSOR,
    "airflow.sensors.time_delta": _DELTA_SENSOR,
    "airflow.sensors.time_sensor": _TIME_SENSOR,
    "airflow.sensors.weekday": _DAY_SENSOR,
    "airflow.sensors.base_sensor_operator": _SENSOR,
    "airflow.sensors.external_task_sensor": _EXTERNAL,
    "airflow.sensors.time_delta_sensor": _DELTA_SENSOR,
    "airflow.sensors": {**_SENSOR, **_EXTERNAL, **_DELTA_SENSOR, **_TIME_SENSOR},
    "airflow.contrib.operators.branch_operator": _BRANCH,
    "airflow.contrib.sensors.bash_sensor": _BASH_SENSOR,
    "airflow.contrib.sensors.file_sensor": _FILE_SENSOR,
    "airflow.contrib.sensors.python_sensor": _PYTHON_SENSOR,
    "airflow.contrib.sensors.weekday_sensor": _DAY_SENSOR,
    "airflow.triggers.base": _TRIGGER,
    "airflow.triggers.temporal": _MOMENTS,
    "airflow.triggers.file": _at(f"{_A}.triggers.files", "FileTrigger"),
    # assets and timetables
    "airflow.assets": _ASSETS,
    "airflow.datasets": _DATASETS,
    "airflow.timetables.base": _TIMETABLE,
    "airflow.timetables.assets": _ASSET_OR_TIME,
    "airflow.timetables.datasets": _ASSET_OR_TIME,
    "airflow.timetables.events": _EVENTS,
    "airflow.timetables.interval": _CRON_INTERVAL,
    "airflow.timetables.simple": _SIMPLE,
    "airflow.timetables.trigger": _CRON_TRIGGER,
    "airflow.utils.edgemodifier": _LABEL,
    "airflow.utils.task_group": _GROUP,
    "airflow.utils.trigger_rule": _RULE,
    "airflow.utils.weight_rule": _WEIGHT,
    # 3
    "airflow.sdk": _SDK,
    "airflow.sdk.bases.decorator": {},
    "airflow.sdk.bases.hook": _at(f"{_A}.connections", "BaseHook"),
    "airflow.sdk.bases.operator": _BASE_MODULE,
    "airflow.sdk.bases.sensor": _SENSOR,
    "airflow.sdk.definitions.asset": _ASSETS,
    "airflow.sdk.definitions.baseoperator": _BASE_MODULE,
    "airflow.sdk.definitions.connection": _CONNECTION,
    "airflow.sdk.definitions.dag": _DAGS,
    "airflow.sdk.definitions.decorators": _DECORATORS,
    "airflow.sdk.definitions.edges": _LABEL,
    "airflow.sdk.definitions.mappedoperator": _MAPPED,
    "airflow.sdk.definitions.param": {**_PARAM, **_DAG_PARAM},
    "airflow.sdk.definitions.taskgroup": _GROUP,
    "airflow.sdk.definitions.template": _LITERAL,
    "airflow.sdk.definitions.variable": _VARIABLE,
    "airflow.sdk.definitions.xcom_arg": _XCOM_ARG,
    "airflow.sdk.log": _MASK,
    "airflow.providers.common.compat.assets": _ASSETS,
    "airflow.providers.common.compat.sdk": _SDK,
    "airflow.providers.common.compat.standard.operators": _PYTHON,
    "airflow.providers.common.compat.standard.triggers": _MOMENTS,
    "airflow.providers.papermill.operators.papermill": _PAPERMILL,
    "airflow.providers.standard.operators.bash": _BASH,
    "airflow.providers.standard.operators.branch": _BRANCH,
    "airflow.providers.standard.operators.datetime": _BY_DATE,
    "airflow.providers.standard.operators.empty": _EMPTY,
    "airflow.providers.standard.operators.hitl": _HITL,
    "airflow.providers.standard.operators.latest_only": _LATEST,
    "airflow.providers.standard.operators.python": _PYTHON,
    "airflow.providers.standard.operators.smooth": _at(f"{_A}.operators.empty", SmoothOperator="EmptyOperator"),
    "airflow.providers.standard.operators.trigger_dagrun": _TRIGGER_RUN,
    "airflow.providers.standard.operators.weekday": _BY_DAY,
    "airflow.providers.standard.sensors.bash": _BASH_SENSOR,
    "airflow.providers.standard.sensors.date_time": _DATE_SENSOR,
    "airflow.providers.standard.sensors.external_task": _EXTERNAL,
    "airflow.providers.standard.sensors.filesystem": _FILE_SENSOR,
    "airflow.providers.standard.sensors.python": _PYTHON_SENSOR,
    "airflow.providers.standard.sensors.time": _TIME_SENSOR,
    "airflow.providers.standard.sensors.time_delta": _DELTA_SENSOR,
    "airflow.providers.standard.sensors.weekday": _DAY_SENSOR,
    "airflow.providers.standard.triggers.file": _at(f"{_A}.triggers.files", "FileTrigger"),
    "airflow.providers.standard.triggers.temporal": _MOMENTS,
    "airflow.providers.smtp.operators.smtp": _EMAIL,
}
