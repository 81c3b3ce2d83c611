"""Spark tasks: what is submitted, argument by argument, and what the file may not say (S045, S046, S020, S012)."""

from typing import Any

import pytest

from jupyter_couture import DAG, CouturePySparkOperator, CoutureSparkOperator, SparkSubmitOperator, task
from jupyter_couture.authoring.compile import compile_dag
from jupyter_couture.authoring.operators.spark import NOT_YET
from jupyter_couture.authoring.operators.spark_sql import SparkJDBCOperator, SparkSqlOperator
from jupyter_couture.authoring.spark_submit import CLUSTER_PYTHON, SparkJob, shown_command, submit_command
from jupyter_couture.model.errors import CannotRun, InvalidDag


def a_jar_task(**given: Any) -> CoutureSparkOperator:
    """A Spark task with a jar, changed by ``given``."""
    usual: dict[str, Any] = {
        "task_id": "load",
        "app_name": "Load attributes",
        "class_path": "ai.couture.MainClass",
        "code_artifact": "Spark.jar",
        "application_arguments": ["hdfs:///in", 7, "two words"],
    }
    return CoutureSparkOperator(**{name: value for name, value in {**usual, **given}.items() if value is not ...})


def test_S045_a_jar_is_submitted_with_name_class_jar_and_arguments_in_order() -> None:
    assert submit_command(a_jar_task().job()) == [
        *("spark-submit", "--name", "Load attributes", "--class", "ai.couture.MainClass"),
        *("Spark.jar", "hdfs:///in", "7", "two words"),
    ]


def test_S045_jar_path_is_the_other_way_to_name_the_jar() -> None:
    made = a_jar_task(code_artifact=..., jar_path="hdfs:///artifacts/Spark.jar")
    assert submit_command(made.job())[-4:] == ["hdfs:///artifacts/Spark.jar", "hdfs:///in", "7", "two words"]


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"jar_path": "hdfs:///x.jar"}, "not both"),
        ({"code_artifact": ...}, "is missing"),
        ({"code_artifact": "PySpark.py"}, "must end in .jar"),
        ({"code_artifact": "folder/Spark.jar"}, "bare name"),
        ({"code_artifact": ..., "jar_path": "hdfs:///x.zip"}, "must end in .jar"),
        ({"class_path": "not a class"}, "class like"),
        ({"class_path": ""}, "class like"),
        ({"application_arguments": {"a": 1}}, "list of texts"),
        ({"application_arguments": 7}, "list of texts"),
        ({"application_arguments": ["a", None]}, "None"),
        ({"application_arguments": "an 'open quote"}, "cut into words"),
    ],
)
def test_S045_what_makes_no_job_is_refused_with_the_task_named(given: dict[str, Any], says: str) -> None:
    with pytest.raises(InvalidDag, match=says) as caught:
        a_jar_task(**given)
    assert "'load'" in str(caught.value)


def test_S046_a_python_file_is_submitted_with_name_and_arguments_in_order() -> None:
    made = CouturePySparkOperator(
        "score", app_name="Score", code_artifact="PySpark.py", application_arguments=["--day", "2026-01-01", 0.5]
    )
    assert submit_command(made.job()) == [
        *("spark-submit", "--name", "Score", "PySpark.py", "--day", "2026-01-01", "0.5"),
    ]


@pytest.mark.parametrize("artifact", ["Spark.jar", "PySpark.pyc", "", None, "a/PySpark.py"])
def test_S046_only_a_bare_python_file_is_an_artifact_of_pyspark(artifact: Any) -> None:
    with pytest.raises(InvalidDag):
        CouturePySparkOperator("score", code_artifact=artifact)


def test_S020_python_conf_goes_over_the_python_of_the_deployment() -> None:
    own = CouturePySparkOperator("own", code_artifact="a.py", python_conf="/opt/python").job()
    usual = CouturePySparkOperator("usual", code_artifact="a.py").job()
    everywhere = {CLUSTER_PYTHON: "/usr/bin/python3", "spark.scheduler.mode": "FAIR"}
    assert f"{CLUSTER_PYTHON}=/opt/python" in submit_command(own.over({}, everywhere))
    assert f"{CLUSTER_PYTHON}=/usr/bin/python3" in submit_command(usual.over({}, everywhere))
    assert "spark.scheduler.mode=FAIR" in submit_command(own.over({}, everywhere))


def test_S012_options_and_configuration_are_given_each_in_its_way() -> None:
    job = SparkJob("a.jar").over({"driver-memory": "7g", "executor-memory": "3500m"}, {"spark.x": "y"}, "yarn")
    assert submit_command(job) == [
        *("spark-submit", "--master", "yarn", "--conf", "spark.x=y"),
        *("--executor-memory", "3500m", "--driver-memory", "7g", "a.jar"),
    ]


def test_the_name_is_the_tasks_and_a_text_of_arguments_is_cut_as_a_shell_does() -> None:
    made = a_jar_task(app_name=..., application_arguments="--path 'a b' --fast")
    job = made.job()
    assert (job.name, job.arguments) == ("load", ("--path", "a b", "--fast"))


def test_arguments_are_templates_and_take_what_other_tasks_return() -> None:
    with DAG("d") as dag:

        @task
        def day() -> str:
            return "2026-01-01"

        made = a_jar_task(
            application_arguments=[day(), "{{ ds }}"], class_path="{{ params.main }}", code_artifact="{{ j }}"
        )
    spec = compile_dag(dag).task_by_id["load"]
    assert spec.upstream == ("day",)
    assert spec.fields["class_path"] == "{{ params.main }}"
    assert set(made.template_fields) == {
        *("app_name", "class_path", "code_artifact", "jar_path", "application_arguments"),
    }


def test_a_template_as_text_of_arguments_is_cut_when_it_is_rendered() -> None:
    made = a_jar_task(application_arguments="--day {{ ds }}")
    made.application_arguments = "--day 2026-01-01"
    assert made.job().arguments == ("--day", "2026-01-01")


def test_a_spark_task_says_in_its_spec_and_when_it_runs_that_it_does_not_run_yet() -> None:
    with DAG("d") as dag:
        made = a_jar_task(retries=3)
    assert compile_dag(dag).task_by_id["load"].missing == NOT_YET
    with pytest.raises(CannotRun, match="Spark release"):
        made.execute({})
    assert NOT_YET.sentence.count(".") == 1


def test_airflows_operator_gives_the_same_command_with_all_its_options() -> None:
    made = SparkSubmitOperator(
        task_id="submit",
        application="job.py",
        name="job",
        conf={"spark.ui.enabled": False, "spark.sql.shuffle.partitions": 210},
        files="a.txt,b.txt",
        py_files=["x.zip", "y.egg"],
        jars="z.jar",
        packages="org:p:1",
        java_class="Main",
        num_executors=2,
        total_executor_cores=4,
        executor_cores=2,
        executor_memory="1g",
        driver_memory="2g",
        keytab="k",
        principal="p",
        proxy_user="u",
        yarn_queue="root",
        deploy_mode="cluster",
        application_args=["1", 2],
        verbose=True,
        spark_binary="spark3-submit",
    )
    assert submit_command(made.job()) == [
        *("spark3-submit", "--conf", "spark.ui.enabled=false", "--conf", "spark.sql.shuffle.partitions=210"),
        *("--files", "a.txt,b.txt", "--py-files", "x.zip,y.egg", "--jars", "z.jar", "--packages", "org:p:1"),
        *("--num-executors", "2", "--total-executor-cores", "4", "--executor-cores", "2"),
        *("--executor-memory", "1g", "--driver-memory", "2g", "--keytab", "k", "--principal", "p"),
        *("--proxy-user", "u", "--queue", "root", "--deploy-mode", "cluster", "--name", "job", "--class", "Main"),
        *("--verbose", "job.py", "1", "2"),
    ]


def test_a_statement_and_a_moved_table_are_jobs_too() -> None:
    statement = SparkSqlOperator(task_id="s", sql="select 1", master="local[2]", conf="a=1,b=2", verbose=False)
    assert statement.command() == [
        *("spark-sql", "--master", "local[2]", "--conf", "a=1", "--conf", "b=2", "--name", "default-name"),
        *("-e", "select 1"),
    ]
    assert SparkSqlOperator(task_id="s", sql="daily.sql").command()[-2:] == ["-f", "daily.sql"]
    move = SparkJDBCOperator(task_id="m", cmd_type="jdbc_to_spark", jdbc_table="t", metastore_table="h", fetch_size=10)
    assert move.job().arguments == (
        *("-cmdType", "jdbc_to_spark", "-jdbcTable", "t", "-metastoreTable", "h", "-fetchsize", "10"),
    )
    with pytest.raises(InvalidDag, match="cmd_type is one of"):
        SparkJDBCOperator(task_id="m", cmd_type="sideways")


def test_passwords_are_not_shown() -> None:
    command = submit_command(SparkJob("a.jar", conf={"spark.ssl.keyPassword": "x1", "spark.a": "b"}))
    assert "x1" not in " ".join(shown_command(command))
    assert "spark.a=b" in shown_command(command)
