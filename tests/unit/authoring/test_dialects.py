"""Dialects: told by the names a file imports, and what they change."""

import textwrap
from pathlib import Path

import pytest

from jupyter_couture import DAG
from jupyter_couture.authoring.compile import compile_dag
from jupyter_couture.authoring.dialects import Dialect, current, dialect_of, loading
from jupyter_couture.authoring.operators.bash import BashOperator
from jupyter_couture.authoring.operators.empty import EmptyOperator
from jupyter_couture.model.errors import DuplicateDependency

PLACE = Path("/dags/file.py")


@pytest.mark.parametrize(
    ("source", "dialect"),
    [
        ("import os", None),
        ("# airflow\nimport os", None),
        ("from jupyter_couture import DAG", Dialect.NATIVE),
        ("from airflow import DAG", Dialect.AIRFLOW_2),
        ("import airflow", Dialect.AIRFLOW_2),
        ("from airflow.operators.bash_operator import BashOperator", Dialect.AIRFLOW_1),
        ("from airflow.contrib.operators.ssh_operator import SSHOperator", Dialect.AIRFLOW_1),
        ("from airflow.operators import BashOperator, PythonOperator", Dialect.AIRFLOW_1),
        ("from airflow.operators import (\n    CouturePySparkOperator,\n)", Dialect.AIRFLOW_1),
        ("from airflow.operators import bash, python", Dialect.AIRFLOW_2),
        ("from airflow.hooks.base_hook import BaseHook", Dialect.AIRFLOW_1),
        ("from airflow.operators.bash import BashOperator", Dialect.AIRFLOW_2),
        ("from airflow.decorators import dag, task", Dialect.AIRFLOW_2),
        ("from airflow.providers.postgres.hooks.postgres import PostgresHook", Dialect.AIRFLOW_2),
        ("from airflow import DAG\nfrom airflow.sdk import task", Dialect.AIRFLOW_3),
        ("from airflow.providers.standard.operators.bash import BashOperator", Dialect.AIRFLOW_3),
        (
            """
            try:
                from airflow.operators.bash import BashOperator
            except ImportError:
                from airflow.operators.bash_operator import BashOperator
            """,
            Dialect.AIRFLOW_2,
        ),
    ],
)
def test_the_imports_tell_the_dialect(source: str, dialect: Dialect | None) -> None:
    assert dialect_of(source) is dialect


def test_outside_of_a_file_the_dialect_is_ours() -> None:
    assert current() is Dialect.NATIVE


def test_in_a_file_for_airflow_1_unknown_arguments_are_kept_and_told() -> None:
    with loading("from airflow.operators.bash_operator import X", PLACE, PLACE.parent), DAG("d") as dag:
        task = BashOperator(task_id="a", bash_command="true", colour="red")

    assert task.unknown_arguments == {"colour": "red"}
    assert compile_dag(dag).warnings == ("BashOperator of task 'a' does not know colour: without effect",)


@pytest.mark.parametrize("source", ["from airflow.decorators import dag", "from airflow.sdk import dag", "import os"])
def test_elsewhere_unknown_arguments_are_refused(source: str) -> None:
    with loading(source, PLACE, PLACE.parent), DAG("d"), pytest.raises(TypeError, match="no argument 'colour'"):
        BashOperator(task_id="a", bash_command="true", colour="red")


@pytest.mark.parametrize(
    ("source", "is_refused"),
    [
        ("from jupyter_couture import DAG", True),
        ("from airflow.operators.bash_operator import X", True),
        ("from airflow.operators.bash import X", False),
        ("from airflow.sdk import X", False),
    ],
)
def test_s053_a_doubled_dependency_is_refused_where_the_files_airflow_does_not_take_it_for_granted(
    source: str, is_refused: bool
) -> None:
    with loading(source, PLACE, PLACE.parent), DAG("d") as dag:
        a, b = EmptyOperator(task_id="a"), EmptyOperator(task_id="b")
        a >> b
        if is_refused:
            with pytest.raises(DuplicateDependency):
                a >> b
            return
        with pytest.warns(UserWarning, match="given twice"):
            a >> b

    assert compile_dag(dag).warnings == ("Dependency a >> b is given twice in DAG 'd'",)


@pytest.mark.parametrize(("said", "is_refused"), [("1", True), ("0", False)])
def test_s053_the_setting_goes_before_the_dialect(monkeypatch: pytest.MonkeyPatch, said: str, is_refused: bool) -> None:
    monkeypatch.setenv("COUTURE_STRICT_DEPENDENCIES", said)
    with loading("from airflow.sdk import X", PLACE, PLACE.parent), DAG("d"):
        a, b = EmptyOperator(task_id="a"), EmptyOperator(task_id="b")
        a >> b
        with pytest.raises(DuplicateDependency) if is_refused else pytest.warns(UserWarning, match="twice"):
            a >> b


@pytest.mark.parametrize(
    "source", ["from airflow.operators.bash_operator import X", "from airflow.decorators import x"]
)
def test_without_a_schedule_an_older_file_runs_every_day_and_catches_up(source: str) -> None:
    with loading(source, PLACE, PLACE.parent):
        usual, none = compile_dag(DAG("a")), compile_dag(DAG("b", schedule_interval=None, catchup=False))
        timed = compile_dag(DAG("c", "words", "@hourly"))

    assert usual.schedule is not None
    assert usual.schedule.interval_seconds == 86_400
    assert usual.catchup
    assert (none.schedule, none.catchup) == (None, False)
    assert timed.schedule is not None
    assert timed.schedule.label == "@hourly"


def test_a_file_that_names_nobody_speaks_the_dialect_of_the_module_that_makes_its_dags(tmp_path: Path) -> None:
    maker = tmp_path / "maker.py"
    maker.write_text(
        textwrap.dedent(
            """
            from jupyter_couture import DAG
            # as if: from airflow.decorators import task
            from airflow.decorators import task
            def make(name):
                return DAG(name)
            """
        )
    )
    text = maker.read_text().replace("from airflow.decorators import task\ndef", "def")
    names: dict[str, object] = {}
    exec(compile(text, str(maker), "exec"), names)
    make = names["make"]
    assert callable(make)
    with loading("import maker", tmp_path / "file.py", tmp_path):
        made = make("d")

    assert made.dialect is Dialect.AIRFLOW_2
