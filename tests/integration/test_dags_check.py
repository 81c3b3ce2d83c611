"""``jupyter couture dags check``: what of a folder of DAG files loads and runs here, and what must be there first."""

import copy
import json
import pickle
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import create_engine, inspect

from jupyter_couture.cli.main import main
from jupyter_couture.dagbag.obliging import StandIn

Run = Callable[..., Result]

NEW = """
from airflow.sdk import DAG, task
from airflow.providers.standard.operators.bash import BashOperator
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator

with DAG("new", schedule="@daily"):
    BashOperator(task_id="say", bash_command="echo {{ var.value.greeting }}", pool="narrow")
    KubernetesPodOperator(task_id="pod", image="x", kubernetes_conn_id="cluster")

    @task
    def load():
        import no_such_late_package

    load()
"""
OLD = """
from datetime import datetime
from airflow import DAG
from airflow.models import Variable
from airflow.operators.bash_operator import BashOperator
from airflow.operators.email_operator import EmailOperator
from airflow.hooks.base_hook import BaseHook

config = Variable.get("config", deserialize_json=True)
owner = Variable.get("owner", default_var="nobody")
warehouse = BaseHook.get_connection("warehouse")
dag = DAG("old", start_date=datetime(2020, 1, 1), schedule_interval="@hourly")
for table in config["tables"]:
    BashOperator(task_id="load_%s" % table["name"], bash_command=warehouse.host + ":1", dag=dag)
EmailOperator(task_id="tell", to="a@example.com", subject="s", html_content="h", dag=dag, conn_id="mail")
"""
BROKEN = "from airflow import DAG\nimport no_such_package\nDAG('broken')\n"


@pytest.fixture
def run(home: Path) -> Run:
    def call(*arguments: str, code: int = 0) -> Result:
        result = CliRunner().invoke(main, list(arguments))
        assert result.exit_code == code, result.output
        return result

    return call


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    found = tmp_path / "dags"
    (found / "team").mkdir(parents=True)
    (found / "new.py").write_text(NEW)
    (found / "team" / "old.py").write_text(OLD)
    (found / "helper_of_dags.py").write_text("WORDS = 'for dags'\n")
    return found


def report_of(run: Run, path: Path, code: int = 0) -> Any:
    return json.loads(run("dags", "check", str(path), "--json", code=code).stdout)


def named(rows: Any) -> dict[str, Any]:
    return {row["name"]: row for row in rows}


def test_a_folder_is_checked_without_any_deployment_and_none_is_made(run: Run, folder: Path, home: Path) -> None:
    report = report_of(run, folder)
    assert report["deployment"] is False
    assert list(home.iterdir()) == []
    assert report["summary"] == {
        "files": 3,
        "loading": 3,
        "broken": 0,
        "with_stand_ins": 1,
        "without_dags": 1,
        "dags": 2,
        "tasks": 5,
        "runs": 3,
        "needs_service": 1,
        "placeholders": 1,
    }
    assert {row["file"]: row["state"] for row in report["files"]} == {
        "helper_of_dags.py": "no_dags",
        "new.py": "loads",
        "team/old.py": "loads",
    }


def test_each_dag_tells_its_dialect_its_schedule_and_what_becomes_of_its_tasks(run: Run, folder: Path) -> None:
    new, old = report_of(run, folder)["dags"]
    assert (new["dag_id"], new["dialect"], new["schedule"]) == ("new", "airflow-3", "@daily")
    assert (old["dag_id"], old["dialect"], old["schedule"]) == ("old", "airflow-1.10", "@hourly")
    verdicts = {task["task_id"]: (task["verdict"], task["needs"]) for task in (*new["tasks"], *old["tasks"])}
    assert verdicts == {
        "say": ("runs", []),
        "pod": ("placeholder", ["connection cluster"]),
        "load": ("runs", []),
        "load_MISSING_config.tables.0.name": ("runs", []),
        "tell": ("needs_service", ["a mail server", "connection mail"]),
    }
    (pod,) = (task for task in new["tasks"] if task["task_id"] == "pod")
    assert pod["provider"] == "apache-airflow-providers-cncf-kubernetes"
    assert "DockerOperator" in pod["advice"]


def test_what_is_asked_for_is_compared_with_what_the_deployment_has(run: Run, folder: Path) -> None:
    report = report_of(run, folder)
    assert [row["exists"] for row in report["variables"]] == [None, None, None]
    run("variables", "set", "config", '{"tables": [{"name": "a"}, {"name": "b"}]}')
    run("pools", "set", "narrow", "1")
    run("connections", "add", "mail", "--host", "h")
    report = report_of(run, folder)
    assert report["deployment"] is True
    variables, connections = named(report["variables"]), named(report["connections"])
    assert {name: row["exists"] for name, row in variables.items()} == {
        "config": True,
        "owner": False,
        "greeting": False,
    }
    assert variables["config"]["when"] == ["load", "run"]
    assert (variables["owner"]["has_default"], variables["greeting"]["has_default"]) == (True, False)
    assert {name: row["exists"] for name, row in connections.items()} == {"warehouse": False, "mail": True}
    assert connections["warehouse"]["files"] == ["team/old.py"]
    assert named(report["pools"])["narrow"]["exists"] is True
    (old,) = (dag for dag in report["dags"] if dag["dag_id"] == "old")
    assert [task["task_id"] for task in old["tasks"]] == ["load_a", "load_b", "tell"]


def test_a_variable_with_a_default_at_the_top_and_none_in_a_template_is_not_needed_to_load(
    run: Run, tmp_path: Path
) -> None:
    (tmp_path / "stage.py").write_text(
        "from airflow.models import DAG, Variable\nfrom airflow.operators.bash import BashOperator\n"
        "STAGE = Variable.get('stage', default_var='dev')\nNEEDED = Variable.get('needed')\nwith DAG('stage'):\n"
        "    BashOperator(task_id='say', bash_command='echo {{ var.value.stage }}')\n"
    )
    variables = named(report_of(run, tmp_path)["variables"])
    assert {name: (row["has_default"], row["is_needed_to_load"]) for name, row in variables.items()} == {
        "needed": (False, True),
        "stage": (False, False),
    }
    assert run("dags", "check", str(tmp_path)).output.count("needed to load the file") == 1


def test_the_database_of_an_older_version_is_left_as_it_is(run: Run, folder: Path, home: Path) -> None:
    run("pools", "set", "narrow", "1")
    database = home / "couture.db"
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0001'")
        connection.commit()
    result = run("dags", "check", str(folder), "--json")
    assert "db upgrade" in result.stderr
    assert json.loads(result.stdout)["deployment"] is False
    with closing(sqlite3.connect(database)) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [("0001",)]


@pytest.mark.postgres
def test_no_tables_are_made_in_the_empty_database_of_a_deployment_to_come(
    run: Run, folder: Path, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COUTURE_DATABASE_URL", postgres_url)
    result = run("dags", "check", str(folder), "--json")
    assert "no deployment yet" in result.stderr
    assert json.loads(result.stdout)["deployment"] is False
    engine = create_engine(postgres_url)
    assert inspect(engine).get_table_names() == []
    engine.dispose()


def test_a_file_that_does_not_load_is_told_with_its_line_and_the_package_that_is_missing(
    run: Run, folder: Path
) -> None:
    (folder / "broken.py").write_text(BROKEN)
    report = report_of(run, folder, code=1)
    (broken,) = (row for row in report["files"] if row["file"] == "broken.py")
    assert (broken["state"], broken["errors"][0]["line"]) == ("broken", 2)
    packages = named(report["packages"])
    assert packages["no_such_package"] == {"name": "no_such_package", "when": ["load"], "files": ["broken.py"]}
    assert packages["no_such_late_package"]["when"] == ["run"]
    text = run("dags", "check", str(folder), code=1).output
    assert "broken.py:2: ModuleNotFoundError" in text
    assert "3 of 4 files load (1 only with stand-ins for what is missing). 2 DAGs, 5 tasks" in text


def test_what_a_stand_in_cannot_do_is_told_with_the_variables_name(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "dag.py"
    file.write_text(
        "from datetime import date\nfrom airflow import DAG\nfrom airflow.models import Variable\n"
        "DAG('d', start_date=date.fromisoformat(Variable.get('since')))\n"
    )
    text = run("dags", "check", str(file), code=1).output
    assert "dag.py:4: ValueError" in text
    assert "stand-ins for variable 'since'" in text


def test_the_scheduler_still_refuses_a_missing_variable_and_names_it(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "dag.py"
    file.write_text(OLD)
    assert "Variable config does not exist" in run("dags", "show", str(file), code=1).output


def test_one_id_in_two_files_and_arguments_without_effect_are_warned_about(run: Run, folder: Path) -> None:
    (folder / "again.py").write_text(NEW)
    (folder / "odd.py").write_text(
        "from airflow import DAG\nfrom airflow.operators.bash_operator import BashOperator\n"
        "dag = DAG('odd')\nBashOperator(task_id='t', bash_command='x', flavour=1, run_as_user='etl', dag=dag)\n"
    )
    warnings = [warning for dag in report_of(run, folder)["dags"] for warning in dag["warnings"]]
    assert sum("again.py, new.py" in warning for warning in warnings) == 2
    assert any("flavour" in warning for warning in warnings)
    assert any("run_as_user 'etl' is without effect" in warning for warning in warnings)


def test_mapped_tasks_and_hooks_in_functions_tell_their_connections(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "dag.py"
    file.write_text(
        "from airflow.decorators import dag, task\n"
        "from airflow.providers.common.sql.operators.sql import SQLExecuteQueryOperator\n"
        "from airflow.providers.postgres.hooks.postgres import PostgresHook\n"
        "@task\ndef load():\n    PostgresHook('lake').get_records('select 1')\n"
        "@dag('d')\ndef make():\n"
        "    SQLExecuteQueryOperator.partial(task_id='each', conn_id='store').expand(sql=['a', 'b'])\n    load()\n"
        "made = make()\n"
    )
    report = report_of(run, file)
    assert [(task["task_id"], task["verdict"]) for task in report["dags"][0]["tasks"]] == [
        ("each", "needs_service"),
        ("load", "runs"),
    ]
    assert sorted(named(report["connections"])) == ["lake", "store"]


def test_patterns_of_airflow_are_said_not_to_be_read(run: Run, folder: Path) -> None:
    (folder / ".airflowignore").write_text("team/.*")
    (note,) = report_of(run, folder)["notes"]
    assert ".coutureignore" in note
    assert note in run("dags", "check", str(folder)).output


def test_wrong_calls_exit_with_2_and_an_empty_folder_says_so(run: Run, tmp_path: Path) -> None:
    run("dags", "check", str(tmp_path / "nowhere"), code=2)
    assert "mentions a DAG" in run("dags", "check", str(tmp_path)).output


def test_a_stand_in_goes_where_texts_numbers_and_json_go() -> None:
    text, value = StandIn("MISSING_a"), StandIn("MISSING_a", is_json=True)
    assert (f"/{text}/x", text.split(","), int(text), float(text)) == ("/MISSING_a/x", ["MISSING_a"], 1, 1.0)
    assert value["b"]["c d"] == "MISSING_a.b.c_d"
    assert [each["n"] for each in value] == ["MISSING_a.0.n"]
    assert (value.get("x", 5), value.get("x"), {**value}) == (5, "MISSING_a.x", {})
    assert [(name, each["n"]) for name, each in value.items()] == [("MISSING_a.0", "MISSING_a.0.n")]
    assert copy.deepcopy(value)["b"] == pickle.loads(pickle.dumps(value))["b"] == "MISSING_a.b"
