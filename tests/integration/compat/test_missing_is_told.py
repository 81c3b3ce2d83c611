"""What a task lacks reaches those who ask: ``dags show --json`` and the REST API's graph."""

from pathlib import Path

from jupyter_couture_server import present

from jupyter_couture.dagbag.show import show_file
from jupyter_couture.model.codec import from_document, to_document
from jupyter_couture.model.dag import DagSpec, Missing, TaskKind, TaskSpec
from jupyter_couture.model.ids import DagId, TaskId, VersionHash
from jupyter_couture.settings import Settings

FILE = """
from airflow import DAG
from airflow.operators.bash_operator import BashOperator
from airflow.contrib.operators.databricks_operator import DatabricksSubmitRunOperator
with DAG("d", schedule_interval=None) as dag:
    DatabricksSubmitRunOperator(task_id="submit", json={"a": 1}) >> BashOperator(task_id="say", bash_command="true")
"""


def test_dags_show_tells_what_a_task_lacks_and_nothing_for_others(tmp_path: Path) -> None:
    path = tmp_path / "dag.py"
    path.write_text(FILE)
    shown = show_file(path, Settings.load({}, home=str(tmp_path / "home")))
    assert shown["errors"] == []
    (dag,) = shown["dags"]
    submit, say = dag["tasks"]
    assert submit["task_id"] == "submit"
    assert submit["operator"] == "DatabricksSubmitRunOperator"
    assert submit["provider"] == "apache-airflow-providers-databricks"
    assert submit["missing"].startswith("DatabricksSubmitRunOperator belongs to the Airflow provider")
    assert say == {"task_id": "say", "operator": "BashOperator"}
    assert dag["edges"] == [["submit", "say"]]


def test_the_graph_of_the_api_tells_what_a_task_lacks_also_after_it_was_stored() -> None:
    missing = Missing("apache-airflow-providers-x", "XOperator does not run here.")
    tasks = (
        TaskSpec(TaskId("a"), "XOperator", TaskKind.PYTHON, missing=missing),
        TaskSpec(TaskId("b"), "BashOperator", TaskKind.BASH),
    )
    stored = from_document(DagSpec, to_document(DagSpec(DagId("d"), tasks)))
    first, second = present.graph(VersionHash("v"), stored).nodes
    assert first.missing is not None
    assert (first.missing.provider, first.missing.sentence) == (missing.provider, missing.sentence)
    assert second.missing is None
