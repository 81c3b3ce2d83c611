"""Pipelines in the style of the contract's sections 1.6 to 1.9 load as they are (S048, S045 to S047, S032, S176)."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from jupyter_couture.authoring.compile import compile_dag
from jupyter_couture.authoring.load import load_source
from jupyter_couture.authoring.operators.spark import NOT_YET, CouturePySparkOperator
from jupyter_couture.authoring.operators.trigger_run import DagOperator
from jupyter_couture.authoring.sources import decode_source
from jupyter_couture.authoring.spark_submit import submit_command
from jupyter_couture.compat import importing
from jupyter_couture.model.dag import DagSpec
from jupyter_couture.testing import run_dag

LISTINGS = Path(__file__).parents[2] / "data" / "airflow" / "contract"

EDGES: Mapping[str, set[tuple[str, str]]] = {
    "tutorial": {("print_date", "sleep"), ("print_date", "templated"), ("sleep", "end"), ("templated", "end")},
    "PySpark": {("start", "read_attributes"), ("read_attributes", "score")},
    "LegosRelatedAttributesClustering": {
        ("write_data_from_hbase_to_hdfs", "compute_similarity_based_on_feature_vectors"),
        ("write_data_from_hbase_to_hdfs", "compute_similarity_based_on_attributes"),
        ("compute_similarity_based_on_feature_vectors", "write_data_from_hdfs_to_hbase"),
        ("compute_similarity_based_on_attributes", "write_data_from_hdfs_to_hbase"),
        ("write_data_from_hdfs_to_hbase", "tell"),
    },
    "dag_1": set(),
    "dag_2": set(),
    "master_dag": {("section_1", "section_2")},
    "parsing_recipes": {("download_image", "parse_recipes"), ("parse_recipes", "show")},
}


@pytest.fixture(autouse=True)
def doors() -> None:
    """Airflow's doors in this process."""
    importing.install()


def specs() -> dict[str, DagSpec]:
    """The DAGs of all listings."""
    found = {}
    for path in sorted(LISTINGS.glob("*.py")):
        loaded = load_source(decode_source(path.read_bytes()), path, LISTINGS)
        found.update({dag_id: compile_dag(dag) for dag_id, dag in loaded.dags.items()})
    return found


def test_S048_every_listing_loads_unchanged_with_its_graph() -> None:
    assert {dag_id: set(spec.edges) for dag_id, spec in specs().items()} == EDGES


def test_S048_the_names_are_our_own_classes() -> None:
    text = """
from airflow import DAG
from airflow.models import DAG as again, Variable
from airflow.operators import CouturePySparkOperator, CoutureSparkOperator, DagOperator
from airflow.operators.bash_operator import BashOperator
from airflow.operators.dummy_operator import DummyOperator
from airflow.operators.dag_operator import DagOperator as alone
import jupyter_couture
for name in ("DAG", "Variable", "CouturePySparkOperator", "CoutureSparkOperator", "BashOperator", "DummyOperator"):
    assert globals()[name] is getattr(jupyter_couture, name), name
assert again is DAG and alone is DagOperator is jupyter_couture.DagOperator
"""
    load_source(text, LISTINGS / "names.py", LISTINGS)


def test_S045_S046_spark_tasks_keep_what_is_submitted_and_say_that_they_do_not_run_yet() -> None:
    found = specs()
    spark = [task for task in found["LegosRelatedAttributesClustering"].tasks if task.operator != "BashOperator"]
    assert {(task.operator, task.missing) for task in spark} == {("CoutureSparkOperator", NOT_YET)}
    assert spark[0].fields["code_artifact"] == "Spark.jar"
    assert spark[0].description == "stage write_data_from_hbase_to_hdfs"
    assert spark[3].fields["jar_path"] == "hdfs:///artifacts/Spark.jar"
    path = LISTINGS / "pyspark_pipeline.py"
    score = load_source(path.read_text(), path, LISTINGS).dags["PySpark"].task_dict["score"]
    assert isinstance(score, CouturePySparkOperator)
    assert submit_command(score.job()) == [
        *("spark-submit", "--conf", "spark.yarn.appMasterEnv.PYSPARK_PYTHON=/usr/bin/python3"),
        *("--name", "PySparkPipeline", "PySpark.py", "score", "12"),
    ]


def test_S047_the_master_dag_names_its_members() -> None:
    path = LISTINGS / "master_dag.py"
    dag = load_source(path.read_text(), path, LISTINGS).dags["master_dag"]
    sections = [task for task in dag.tasks if isinstance(task, DagOperator)]
    assert [section.run_dag_id for section in sections] == ["dag_1", "dag_2"]
    assert sections[0].params == {"condition_param": True, "message": "Hi there!!"}


def test_the_tutorial_and_the_recipes_run_to_their_end() -> None:
    assert run_dag(LISTINGS / "tutorial.py").state == "success"
    recipes = run_dag(LISTINGS / "parsing_recipes.py")
    assert recipes.state == "success"
    assert recipes.tasks["parse_recipes"].value["image"].startswith("/images/")


def test_a_spark_task_fails_at_once_with_the_sentence() -> None:
    result = run_dag(LISTINGS / "pyspark_pipeline.py")
    first = result.tasks["read_attributes"]
    assert (first.state, first.try_number) == ("failed", 1)  # retries=1 is of no use
    assert first.error is not None
    assert first.error.message == NOT_YET.sentence
