"""What of the corpus does not come to exactly what the real Airflow reports, and why."""

from collections.abc import Mapping

EXCEPTIONS: Mapping[tuple[str, str], str] = {
    ("af-1.10.15", "example_dags/example_complex.py"): (
        "gives a dependency twice, which is an error in files for Airflow 1.10 unless strict_dependencies is off (S053)"
    ),
    ("af-1.10.15", "contrib/example_dags/example_gcs_to_bq_operator.py"): (
        "makes its DAG only if Google's operators can be imported; they could not where the facts were taken, "
        "here a placeholder can, so the DAG is there"
    ),
}

_CONF = "asks for values in the conf of its run"
_DILL = "needs dill, which comes with Airflow and is not installed here"
_STORE = "the stores of states of Airflow 3.3 (task_state_store, asset_state_store) are not there"

AS_MEANT: Mapping[str, str] = {
    "example_failed_dag": "fails on purpose",
    "example_params_ui_tutorial": "has a parameter without a default",
    "example_passing_params_via_test_command": _CONF,
    "example_trigger_controller_dag": "triggers a DAG of another file, which a trial does not know",
    "example_trigger_target_dag": _CONF,
    "read_asset_event_from_classic": "asks for the last of the updates of an asset that never had one",
}
"""DAGs that do not end well with the real Airflow either, when they are tried alone."""

FAILING: Mapping[tuple[str, str], str] = {
    ("af-1.10.15", "example_kubernetes_executor_config"): "needs a helper of Airflow that lies in another folder",
    ("af-1.10.15", "example_papermill_operator"): "needs a notebook in /tmp",
    ("af-2.10.5", "tutorial_taskflow_api_virtualenv"): _DILL,
    ("af-3.3.2", "example_asset_state_store_consumer"): _STORE,
    ("af-3.3.2", "example_asset_state_store_producer"): _STORE,
    ("af-3.3.2", "example_task_state_store"): _STORE,
    ("af-3.3.2", "example_task_state_store_async"): _STORE,
    ("af-3.3.2", "example_task_state_store_mapped"): _STORE,
    ("af-3.3.2", "tutorial_taskflow_api_virtualenv"): _DILL,
}
"""DAGs that fail here alone, by set."""

_CHANCE = (r"venv|ext_py|branch|follow_", "chooses by chance")
_LATEST = (
    "latest_only|task[13]",
    "dags test is a run by hand here, as dags trigger is in both, and such a run goes on; there it counts as scheduled",
)
_CLOCK = "looks at the clock or the weekday of the moment it runs"
_ALIAS = ("the run is|produce_dataset", "dags test of that version breaks off at aliases of datasets")

DIFFERENCES: Mapping[str, tuple[str, str]] = {
    "dataset_alias_example_alias_producer": _ALIAS,
    "dataset_alias_example_alias_producer_with_no_taskflow": _ALIAS,
    "example_branch_datetime_operator_2": ("date_|datetime_branch", _CLOCK),
    "example_branch_python_operator_decorator": _CHANCE,
    "example_branch_operator": _CHANCE,
    "example_time_delta_sensor_async": ("return_value of wait", "a moment that has passed makes the value True there"),
    "latest_only": _LATEST,
    "latest_only_with_trigger": _LATEST,
    "short_circuit": ("return_value of latest", "names the tasks after it in any order there"),
    "tutorial": ("return_value of print_date", "tells the time"),
    "tutorial_taskflow_api_virtualenv": ("run is|extract|load|transform", "needs dill, which comes with Airflow"),
    "example_weekday_branch_operator": ("branch_|make_", _CLOCK),
}
"""How runs differ from the recorded ones and may: a pattern for the texts of ``against.differences``, and why."""
