"""Doors to Airflow's own records, helpers, settings and exceptions."""

from collections.abc import Mapping

_C = "jupyter_couture.compat"
_A = "jupyter_couture.authoring"
_E = "jupyter_couture.model.errors"


def _at(module: str, *names: str, **renamed: str) -> dict[str, str]:
    """``names`` of a module of ours; ``renamed``: Airflow's name and ours."""
    same = {name: f"{module}:{name}" for name in names}
    return {**same, **{name: f"{module}:{ours}" for name, ours in renamed.items()}}


_EXCEPTION = _at(_E, "AirflowException")

_RUNS = _at(f"{_C}.models.runs", "DagRun")
_INSTANCES = _at(f"{_C}.models.runs", "TaskInstance", "clear_task_instances")
_INSTANCE_KEY = _at(f"{_C}.models.runs", "TaskInstanceKey")
_CONTEXT = _at(f"{_A}.context", "Context", "get_current_context")
_DAG_MODEL = _at(f"{_C}.models.dags", "DagModel")
_LAST_RUN = _at(f"{_C}.models.dags", "get_last_dagrun")
_BAG = _at(f"{_C}.models.dags", "DagBag")
_POOL = _at(f"{_C}.models.dags", "Pool")
_XCOM = _at(f"{_C}.models.values", "XCom", BaseXCom="XCom")
_XCOM_KEY = _at(f"{_C}.models.values", "XCOM_RETURN_KEY")
_LINK = _at(f"{_C}.links", "BaseOperatorLink")
_T = f"{_C}.models.columns"
_TABLES = _at(
    _T,
    "Base",
    "DagCode",
    "DagOwnerAttributes",
    "DagPickle",
    "DagTag",
    "DagWarning",
    "ID_LEN",
    "Log",
    "RenderedTaskInstanceFields",
    "SerializedDagModel",
    "SlaMiss",
    "TaskFail",
    "TaskMap",
    "TaskReschedule",
    ImportError="ImportErrorRow",
    Trigger="TriggerRow",
    DbCallbackRequest="CallbackRequest",
)
_JOB = _at(_T, "Job", BaseJob="Job", SchedulerJob="Job", LocalTaskJob="Job", BackfillJob="Job", TriggererJob="Job")

_LOGGING = _at(f"{_C}.logs", "LoggingMixin", "StreamLogWriter")
_MASK = {
    **_at(f"{_A}.hiding", "mask_secret"),
    **_at(f"{_C}.logs", "DEFAULT_SENSITIVE_FIELDS", "redact", "should_hide_value_for_key"),
}
_SESSION = _at(f"{_C}.sessions", "NEW_SESSION", "create_session", "provide_session")
_NO_DATABASE = dict.fromkeys(
    ("initdb", "resetdb", "upgradedb", "merge_conn", "check", "checkmigration", "synchronize_log_template"),
    f"{_C}.sessions:without_database",
)
_STATES = _at(
    f"{_C}.states",
    "JobState",
    "State",
    "TerminalTIState",
    DagRunState="RunState",
    TaskInstanceState="TaskState",
    IntermediateTIState="TaskState",
)
_WEEKDAY = _at(f"{_C}.states", "WeekDay")
_RUN_TYPES = _at(f"{_C}.states", "DagRunType")
_DATES = _at(
    f"{_C}.moments",
    "cron_presets",
    "date_range",
    "days_ago",
    "infer_time_unit",
    "parse_execution_date",
    "round_time",
    "scale_time_units",
)
_DATES_MODULE = {
    **_DATES,
    "timezone": f"{_C}.zones:",
    "datetime": "datetime:datetime",
    "timedelta": "datetime:timedelta",
    "relativedelta": "dateutil.relativedelta:relativedelta",
}
_ZONES = _at(
    f"{_C}.zones",
    "TIMEZONE",
    "coerce_datetime",
    "convert_to_utc",
    "datetime",
    "from_timestamp",
    "is_localized",
    "is_naive",
    "local_timezone",
    "make_aware",
    "make_naive",
    "parse",
    "parse_timezone",
    "td_format",
    "utc",
    "utc_epoch",
    "utcnow",
)
_LISTS = _at(
    f"{_C}.lists",
    "alchemy_to_dict",
    "as_flattened_list",
    "as_tuple",
    "ask_yesno",
    "at_most_one",
    "build_airflow_url_with_query",
    "chunks",
    "convert_camel_to_snake",
    "exactly_one",
    "is_container",
    "is_empty_mapping",
    "merge_dicts",
    "parse_template_string",
    "partition",
    "prevent_duplicates",
    "prune_dict",
    "reduce_in_chunks",
    "render_template",
    "render_template_to_string",
    "validate_group_key",
    "validate_instance_args",
    "validate_key",
)
_EDGES = _at(f"{_A}.edges", "chain", "cross_downstream")
_SETTINGS = {
    name: f"{_C}.surroundings:{name}"
    for name in (
        *(
            "AIRFLOW_HOME",
            "DAGS_FOLDER",
            "PLUGINS_FOLDER",
            "TIMEZONE",
            "NEW_SESSION",
            "STATE_COLORS",
            "SQL_ALCHEMY_CONN",
        ),
        *("HEADER", "LOGGING_LEVEL", "MASK_SECRETS_IN_LOGS", "IS_K8S_OR_K8SCELERY_EXECUTOR"),
        *("EXECUTE_TASKS_NEW_PYTHON_INTERPRETER", "ALLOW_FUTURE_EXEC_DATES", "GUNICORN_WORKER_READY_PREFIX", "engine"),
        *("Session", "Stats", "conf", "json", "initialize", "configure_orm", "configure_vars", "configure_logging"),
    )
}
_CONFIGURATION = {
    name: f"{_C}.configuration:{name}"
    for name in (
        *("AIRFLOW_CONFIG", "AIRFLOW_HOME", "AirflowConfigParser", "as_dict", "conf", "get", "getboolean", "getfloat"),
        *("get_airflow_home", "getint", "getsection", "has_option", "remove_option"),
    )
}
_MAIL = _at(
    f"{_C}.mail", "build_mime_message", "get_email_address_list", "send_email", "send_email_smtp", "send_mime_email"
)
_PROCESSES = _at(
    f"{_C}.processes",
    "execute_in_subprocess",
    "execute_in_subprocess_with_kwargs",
    "kill_child_processes_by_pids",
    "patch_environ",
    "reap_process_group",
)
_NET = _at(f"{_C}.processes", "get_host_ip_address", "get_hostname", "getfqdn")
_FILES = _at(f"{_C}.finding", "find_path_from_directory", "list_py_file_paths", "mkdirs", "open_maybe_zipped")
_IMPORTS = _at(f"{_C}.finding", "import_string", "is_valid_dotpath", "iter_namespace", "qualname")
_STATS = _at(f"{_C}.metrics", "Stats", DummyStatsLogger="Stats")
_DEFAULTS = _at(f"{_A}.operator_type", "apply_defaults")
_NOTIFIER = _at(f"{_C}.notifiers", "BaseNotifier")
_EXECUTOR = dict.fromkeys(
    (
        *("BaseExecutor", "CeleryExecutor", "CeleryKubernetesExecutor", "DaskExecutor", "DebugExecutor"),
        *("KubernetesExecutor", "LocalExecutor", "LocalKubernetesExecutor", "SequentialExecutor"),
    ),
    f"{_C}.links:Executor",
)
_EXECUTORS = {
    **_EXECUTOR,
    **_at(f"{_C}.links", GetDefaultExecutor="default_executor", get_default_executor="default_executor"),
}
_LINEAGE = {
    **_at(f"{_C}.links", "AUTO", apply_lineage="unchanged", prepare_lineage="unchanged", File="LineageFile"),
    **dict.fromkeys(("Column", "Tag", "User", "Table"), f"{_C}.links:LineageEntity"),
}
_SECRETS = _at(f"{_C}.links", BaseSecretsBackend="SecretsBackend", LocalFilesystemBackend="SecretsBackend")
_NOT_SET = _at(f"{_C}.links", "ArgNotSet", "NOTSET")
_PARSING = _at(f"{_C}.links", "get_parsing_context", AirflowParsingContext="ParsingContext")

_SUBDAG = _at(f"{_C}.operators.subdag", "SkippedStatePropagationOptions", "SubDagOperator")
_MACROS = {
    **_at(f"{_A}.macros", "datetime_diff_for_humans", "ds_add", "ds_format", "ds_format_locale"),
    **{name: f"{name}:" for name in ("dateutil", "json", "time", "uuid")},
    "datetime": "datetime:datetime",
    "timedelta": "datetime:timedelta",
    "random": "random:random",
}

_SKIP = _at(f"{_A}.operators.branch", "SkipMixin")
_BRANCH = _at(f"{_A}.operators.branch", BranchMixIn="SkipMixin")
_X = f"{_C}.texts"
_OPERATOR_TYPES = _at(
    _X,
    "Chainable",
    "DEFAULT_OWNER",
    "DEFAULT_POOL_SLOTS",
    "DEFAULT_PRIORITY_WEIGHT",
    "DEFAULT_QUEUE",
    "DEFAULT_RETRIES",
    "DEFAULT_TRIGGER_RULE",
    "DEFAULT_WEIGHT_RULE",
    "ScheduleInterval",
    "TaskPostExecuteHook",
    "TaskPreExecuteHook",
    "TaskStateChangeCallback",
)
_ANY_OPERATOR = dict.fromkeys(("AbstractOperator", "BaseOperator", "Operator"), f"{_A}.operator:BaseOperator")
_DAG_TYPES = _at(
    _X,
    "DEFAULT_VIEW_PRESETS",
    "DagStateChangeCallback",
    "ORIENTATION_PRESETS",
    "SLAMissCallback",
    "ScheduleArg",
    "ScheduleInterval",
    "ScheduleIntervalArg",
)
_NODES = _at(f"{_A}.edges", DAGNode="TaskNode", DependencyMixin="Dependable", TaskMixin="Dependable")
_FERNET = _at(_X, "NullFernet", "get_fernet")
_JSON = dict.fromkeys(("AirflowJsonEncoder", "WebEncoder", "XComEncoder"), f"{_X}:AirflowJsonEncoder")
_CALLING = _at(_X, "context_to_airflow_vars", "determine_kwargs", "make_kwargs_callable")
_YAML = _at(_X, "dump", "safe_load")
_JINJA = {
    "SandboxedEnvironment": "jinja2.sandbox:SandboxedEnvironment",
    "NativeEnvironment": "jinja2.nativetypes:NativeEnvironment",
}
_STRATEGY = _at(f"{_C}.links", "PriorityWeightStrategy")

_MODELS = {
    **_RUNS,
    **_INSTANCES,
    **_DAG_MODEL,
    **_BAG,
    **_POOL,
    **_XCOM,
    **_XCOM_KEY,
    **_LINK,
    **_TABLES,
    **_EXCEPTION,
    **_SKIP,
}

DOORS: Mapping[str, Mapping[str, str]] = {
    "airflow": {**_EXCEPTION, **_at(f"{_C}.configuration", "conf")},
    "airflow.sdk": {**_EXCEPTION, **_CONTEXT, **_LINK, **_NOTIFIER, **_PARSING, **_XCOM, **_STATES},
    "airflow.models": _MODELS,
    "airflow.models.base": _at(_T, "Base", "ID_LEN"),
    "airflow.models.baseoperator": {**_LINK, **_DEFAULTS, **_OPERATOR_TYPES},
    "airflow.models.baseoperatorlink": _LINK,
    "airflow.models.dag": {**_DAG_MODEL, **_DAG_TYPES, **_LAST_RUN, **_at(_T, "DagTag", "DagOwnerAttributes")},
    "airflow.models.dagbag": _BAG,
    "airflow.models.dagcode": _at(_T, "DagCode"),
    "airflow.models.dagpickle": _at(_T, "DagPickle"),
    "airflow.models.dagrun": {**_RUNS, **_at(f"{_C}.models.dags", "DagRunNote")},
    "airflow.models.dagwarning": _at(_T, "DagWarning"),
    "airflow.models.dataset": _at(_T, "DatasetDagRunQueue", "DatasetEvent", "DatasetModel"),
    "airflow.models.errors": _at(_T, ImportError="ImportErrorRow", ParseImportError="ImportErrorRow"),
    "airflow.models.log": _at(_T, "Log"),
    "airflow.models.operator": _ANY_OPERATOR,
    "airflow.models.pool": _POOL,
    "airflow.models.renderedtifields": _at(_T, "RenderedTaskInstanceFields"),
    "airflow.models.serialized_dag": _at(_T, "SerializedDagModel"),
    "airflow.models.skipmixin": _SKIP,
    "airflow.sdk.bases.skipmixin": _SKIP,
    "airflow.sdk.bases.branch": {**_BRANCH, **_at(f"{_A}.operators.branch", "BaseBranchOperator")},
    "airflow.operators.branch": _BRANCH,
    "airflow.models.abstractoperator": {**_ANY_OPERATOR, **_OPERATOR_TYPES, **_NOT_SET},
    "airflow.models.crypto": _FERNET,
    "airflow.sdk.crypto": _FERNET,
    "airflow.models.taskmixin": _NODES,
    "airflow.sdk.configuration": _at(f"{_C}.configuration", "conf"),
    "airflow.sdk.definitions.dag": _DAG_TYPES,
    "airflow.sdk.execution_time.context": {**_at(_X, "NEVER_EXPIRE", "context_to_airflow_vars"), **_CONTEXT},
    "airflow.sdk.plugins_manager": _at(f"{_C}.plugins", "AirflowPlugin"),
    "airflow.sdk.bases.secrets_backend": _SECRETS,
    "airflow.sdk.types": {**_INSTANCES, **_INSTANCE_KEY},
    "airflow.sdk.yaml": _YAML,
    "airflow.sensors.base": _at(f"{_C}.links", poke_mode_only="unchanged"),
    "airflow.sdk.bases.sensor": _at(f"{_C}.links", poke_mode_only="unchanged"),
    "airflow.sensors.base_sensor_operator": _at(f"{_C}.links", poke_mode_only="unchanged"),
    "airflow.sensors.external_task": _at(f"{_C}.links", "ExternalDagLink", ExternalTaskSensorLink="ExternalDagLink"),
    "airflow.operators.trigger_dagrun": {**_at(f"{_C}.links", "TriggerDagRunLink"), **_at(_X, "XCOM_RUN_ID")},
    "airflow.hooks.base": _at(f"{_C}.links", "DiscoverableHook"),
    "airflow.task.priority_strategy": _STRATEGY,
    "airflow.templates": _JINJA,
    "airflow.utils.db_cleanup": {"run_cleanup": f"{_C}.sessions:without_database"},
    "airflow.utils.hashlib_wrapper": _at(_X, "md5"),
    "airflow.utils.json": _JSON,
    "airflow.utils.operator_helpers": _CALLING,
    "airflow.utils.retries": _at(_X, run_with_db_retries="tried", retry_db_transaction="tried"),
    "airflow.utils.singleton": _at(_X, "Singleton"),
    "airflow.utils.strings": _at(_X, "TRUE_LIKE_VALUES", "get_random_string", "to_boolean"),
    "airflow.utils.template": {"literal": f"{_A}.literals:literal"},
    "airflow.utils.yaml": _YAML,
    "airflow.models.slamiss": _at(_T, "SlaMiss"),
    "airflow.models.taskfail": _at(_T, "TaskFail"),
    "airflow.models.taskinstance": {**_INSTANCES, **_INSTANCE_KEY, **_CONTEXT},
    "airflow.models.taskinstancekey": _INSTANCE_KEY,
    "airflow.models.taskmap": _at(_T, "TaskMap"),
    "airflow.models.taskreschedule": _at(_T, "TaskReschedule"),
    "airflow.models.trigger": _at(_T, Trigger="TriggerRow"),
    "airflow.models.xcom": {**_XCOM, **_XCOM_KEY, **_at(f"{_C}.models.values", "MAX_XCOM_SIZE")},
    "airflow.jobs": _JOB,
    "airflow.jobs.base_job": _JOB,
    "airflow.jobs.job": _JOB,
    "airflow.settings": _SETTINGS,
    "airflow.configuration": {**_CONFIGURATION, **_at(f"{_C}.exceptions", "AirflowConfigException")},
    "airflow.stats": _STATS,
    "airflow.metrics.base_stats_logger": _STATS,
    "airflow.observability.stats": _STATS,
    "airflow.sdk.observability.stats": _STATS,
    "airflow.lineage": _LINEAGE,
    "airflow.lineage.datasets": _LINEAGE,
    "airflow.lineage.entities": _LINEAGE,
    "airflow.secrets": _SECRETS,
    "airflow.secrets.base_secrets": _SECRETS,
    "airflow.secrets.local_filesystem": _SECRETS,
    "airflow.listeners": {"hookimpl": f"{_C}.links:unchanged"},
    "airflow.notifications.basenotifier": _NOTIFIER,
    "airflow.sdk.bases.notifier": _NOTIFIER,
    "airflow.sdk.bases.operatorlink": _LINK,
    "airflow.sdk.bases.xcom": _XCOM,
    "airflow.sdk.definitions.context": {**_CONTEXT, **_PARSING},
    "airflow.sdk.timezone": _ZONES,
    "airflow.executors": _EXECUTORS,
    **{
        f"airflow.executors.{name}": _EXECUTORS
        for name in (
            *("base_executor", "celery_executor", "celery_kubernetes_executor", "dask_executor", "debug_executor"),
            *("executor_loader", "kubernetes_executor", "local_executor", "sequential_executor"),
        )
    },
    "airflow.operators.subdag": _SUBDAG,
    "airflow.operators.subdag_operator": _SUBDAG,
    "airflow.plugins_manager": _at(f"{_C}.plugins", "AirflowPlugin", "AirflowPluginException"),
    "airflow.macros": _MACROS,
    "airflow.api.client.local_client": _at(f"{_C}.triggering", "Client"),
    "airflow.api.common.trigger_dag": _at(f"{_C}.triggering", "trigger_dag"),
    "airflow.api.common.experimental.get_task_instance": _at(f"{_C}.triggering", "get_task_instance"),
    "airflow.api.common.experimental.trigger_dag": _at(f"{_C}.triggering", "trigger_dag"),
    "airflow.ti_deps.deps.base_ti_dep": _at(f"{_C}.links", "BaseTIDep", "TIDepStatus"),
    "airflow.utils": {**_EXCEPTION, **_DEFAULTS, "timezone": f"{_C}.zones:"},
    "airflow.utils.context": {**_CONTEXT, **_at(_X, "context_merge")},
    "airflow.utils.dag_cycle_tester": _at(f"{_C}.links", check_cycle="no_cycle", test_cycle="no_cycle"),
    "airflow.utils.dag_parsing_context": _PARSING,
    "airflow.utils.dates": _DATES_MODULE,
    "airflow.utils.db": {**_SESSION, **_NO_DATABASE},
    "airflow.utils.decorators": _DEFAULTS,
    "airflow.utils.email": _MAIL,
    "airflow.utils.file": {**_FILES, **_at(f"{_C}.processes", "TemporaryDirectory")},
    "airflow.utils.helpers": {**_LISTS, **_EDGES, **_at(f"{_C}.processes", "reap_process_group")},
    "airflow.utils.log": {},
    "airflow.utils.log.logging_mixin": _LOGGING,
    "airflow.utils.log.secrets_masker": _MASK,
    "airflow.utils.module_loading": _IMPORTS,
    "airflow.utils.net": _NET,
    "airflow.utils.platform": _at(f"{_C}.processes", "IS_WINDOWS", "getuser", "is_tty"),
    "airflow.utils.process_utils": _PROCESSES,
    "airflow.utils.session": _SESSION,
    "airflow.utils.state": _STATES,
    "airflow.utils.timeout": _at(f"{_C}.processes", "timeout"),
    "airflow.utils.timezone": _ZONES,
    "airflow.utils.types": {**_RUN_TYPES, **_NOT_SET},
    "airflow.sdk.definitions._internal.types": _NOT_SET,
    "airflow.utils.weekday": _WEEKDAY,
    "airflow.utils.xcom": {**_XCOM_KEY, **_at(f"{_C}.models.values", "MAX_XCOM_SIZE")},
    "airflow.providers.standard.utils.weekday": _WEEKDAY,
    "airflow.providers.common.compat.sdk": {
        **_EXCEPTION,
        **_CONTEXT,
        **_LINK,
        **_NOTIFIER,
        **_XCOM,
        **_XCOM_KEY,
        **_STATES,
        **_at(f"{_C}.configuration", "conf"),
        **_at(f"{_C}.metrics", "Stats"),
        "timezone": f"{_C}.zones:",
    },
    "airflow.providers.common.compat.notifier": _NOTIFIER,
}
