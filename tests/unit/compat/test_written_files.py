"""Files as teams write them for Airflow 1.10, 2 and 3, with operators, sensors, hooks, plugins, triggers, notifiers and
timetables of their own, run to their end; and the context by Airflow's names (S141, S142).
"""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from jupyter_couture.authoring.dag import DAG
from jupyter_couture.authoring.dialects import Dialect
from jupyter_couture.model.policy import ScheduleKind
from jupyter_couture.testing import run_dag
from jupyter_couture.testing.files import load_dag

WRITTEN = Path(__file__).parents[2] / "data" / "airflow" / "written" / "dags"
MOMENT = datetime.fromisoformat("2018-10-02T09:56:05.289457+00:00")

RECIPES = """
from datetime import timedelta, datetime
from airflow import DAG
from airflow.operators.python_operator import PythonOperator
from airflow.operators.bash_operator import BashOperator

dag = DAG("parsing_recipes", schedule_interval=timedelta(minutes=2), start_date=datetime(2018, 10, 2), catchup=False)

def show(**context):
    plain = {name: str(context[name]) for name in context if isinstance(context[name], (str, datetime))}
    return {"names": sorted(context), **plain, "tables": context["tables"], "templates_dict": context["templates_dict"],
            "test_mode": context["test_mode"], "inlets": context["inlets"], "outlets": context["outlets"],
            "params": context["params"], "same": context["ti"] is context["task_instance"]}

PythonOperator(task_id="download_image", python_callable=show, provide_context=True, dag=dag)
"""

NAMES = (
    "dag ds next_ds prev_ds ds_nodash ts ts_nodash yesterday_ds yesterday_ds_nodash tomorrow_ds tomorrow_ds_nodash "
    "END_DATE end_date dag_run run_id execution_date prev_execution_date next_execution_date latest_date params tables "
    "task task_instance ti task_instance_key_str test_mode var inlets outlets templates_dict"
)


def test_S141_S142_the_context_has_airflows_names_and_values(tmp_path: Path) -> None:
    path = tmp_path / "recipes.py"
    path.write_text(RECIPES)
    found = run_dag(path, logical_date=MOMENT).tasks["download_image"].value
    assert set(NAMES.split()) <= set(found["names"])
    golden: dict[str, Any] = {
        **dict.fromkeys(("ds", "END_DATE", "end_date", "latest_date", "prev_ds", "next_ds"), "2018-10-02"),
        "ds_nodash": "20181002",
        "ts": "2018-10-02T09:56:05.289457+00:00",
        "ts_nodash": "20181002T095605.289457+0000",
        "yesterday_ds": "2018-10-01",
        "yesterday_ds_nodash": "20181001",
        "tomorrow_ds": "2018-10-03",
        "tomorrow_ds_nodash": "20181003",
        "run_id": "manual__2018-10-02T09:56:05.289457+00:00",
        "task_instance_key_str": "parsing_recipes__download_image__20181002",
        "test_mode": False,
        "tables": None,
        "templates_dict": None,
        "inlets": [],
        "outlets": [],
        "params": {},
        "same": True,
    }
    assert {name: found[name] for name in golden} == golden
    assert found["prev_execution_date"] == "2018-10-02 09:56:00+00:00"
    assert found["next_execution_date"] == "2018-10-02 09:58:00+00:00"


def a_dag(name: str, dag_id: str | None = None) -> DAG:
    """A DAG of one of the files."""
    return load_dag(WRITTEN / f"{name}.py", dag_id)


def test_a_file_for_airflow_1_10_runs_with_its_plugin_and_its_sub_dag() -> None:
    dag = a_dag("weather_1_10", "weather_old")
    assert dag.dialect is Dialect.AIRFLOW_1
    inner = a_dag("weather_1_10", "weather_old.inner")
    assert inner.schedule is None
    assert inner.task_ids == ["inner-task-1", "inner-task-2"]

    result = run_dag(dag, logical_date=datetime(2024, 3, 4, tzinfo=UTC), dags={inner.dag_id: inner})
    result.assert_success()
    assert result.tasks["greet"].value == "hello 2024-03-04 8 2024-03-05!"
    assert result.tasks["echo"].value == "22"
    assert result.states["skip"] == "skipped"
    assert result.tasks["skip"].xcoms["why"] == "not today"
    assert result.states["right"] == "skipped"
    (child,) = result.children["weather_old.inner"]
    assert child.run.logical_date == result.run.logical_date
    assert set(child.states.values()) == {"success"}


def test_a_file_for_airflow_2_runs_with_all_that_its_team_wrote(monkeypatch: pytest.MonkeyPatch) -> None:
    dag = a_dag("bells_2")
    assert dag.dialect is Dialect.AIRFLOW_2
    assert dag.schedule is not None
    assert dag.schedule.kind is ScheduleKind.CUSTOM
    monkeypatch.setenv("AIRFLOW__WEBSERVER__BASE_URL", "https://bells.example/")

    result = run_dag(dag, logical_date=datetime(2024, 3, 4, tzinfo=UTC))
    states = result.states
    assert {task: state for task, state in states.items() if state != "success"} == {
        "unwanted": "skipped",
        "no": "skipped",
        "broken": "failed",
    }
    assert (result.tasks["ring"].value, result.tasks["ring2"].value) == ("ding 2024-03-04", "dong")
    assert result.tasks["mixed"].value == "20240304 red"
    assert result.tasks["count"].value == "liftoff"
    assert "Unavailable: a database session" in result.tasks["summary"].value
    assert "DagRun.find" in result.tasks["summary"].value
    assert "NOTIFIED ok mixed 20240304T000000 https://bells.example/couture/api/dags/bells" in result.tasks["mixed"].log
    assert "FAILED broken no good https://bells.example/" in result.tasks["broken"].log
    assert result.tasks["broken"].log.rstrip().endswith("['broken']")


def test_a_file_for_airflow_3_runs() -> None:
    dag = a_dag("shop_3")
    assert dag.dialect is Dialect.AIRFLOW_3
    result = run_dag(dag, logical_date=datetime(2024, 3, 4, tzinfo=UTC))
    assert result.states["skip"] == "skipped"
    assert result.tasks["fetch"].value == {"item": "3 apples", "day": "2024-03-04"}
    assert result.tasks["group.one"].value == "3 apples!"


def test_operators_of_odd_shapes_keep_their_fields_and_their_work() -> None:
    result = run_dag(a_dag("shapes_2"), logical_date=datetime(2024, 3, 4, tzinfo=UTC))
    result.assert_success()
    values = {name: result.tasks[name].value for name in result.tasks}
    assert values == {
        "load_deflt": "select 1 into deflt",
        "load_two": "select 2 into two",
        "b": "SHOPS 2024-03-04",
        "p": ("2024-03-04", "p"),
        "s": "own",
        "q": ["odd", 1, 0],
        "q2": ["odd", 1, 2],
        "sc": True,
        "t_0": "t_0",
        "t_1": "t_1",
    }


def test_task_code_finds_runs_and_what_became_of_their_tasks() -> None:
    result = run_dag(a_dag("asking_3"), logical_date=datetime(2024, 3, 4, tzinfo=UTC))
    result.assert_success()
    assert result.tasks["work"].value == ["running", "manual"]
    assert "'AIRFLOW_CTX_DAG_ID': 'asking'" in result.tasks["work"].log
