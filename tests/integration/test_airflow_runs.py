"""Runs of Airflow's examples, and of files as people write them, against what the real Airflow 2.10.5 made of them."""

from pathlib import Path

from tests.corpus.facts import EXAMPLES, FOLDER, recorded
from tests.corpus.ours import Ended, run_all
from tests.corpus.runs import unexplained, written
from tests.corpus.wheels import corpus

QUICK = {
    "example_branch_datetime_operator.py": "example_branch_datetime_operator_3",
    "example_branch_labels.py": "example_branch_labels",
    "example_dynamic_task_mapping.py": "example_dynamic_task_mapping",
    "example_setup_teardown_taskflow.py": "example_setup_teardown_taskflow",
    "example_short_circuit_operator.py": "example_short_circuit_operator",
    "example_trigger_target_dag.py": "example_trigger_target_dag",
    "example_xcom.py": "example_xcom",
    "example_xcomargs.py": "example_xcom_args",
}


def test_quick_examples_end_task_by_task_as_with_the_real_airflow() -> None:
    folder = corpus() / "af-2.10.5" / "airflow" / "example_dags"
    ran = run_all([(folder / name, dag_id) for name, dag_id in QUICK.items()])

    assert _unlike(EXAMPLES, dict(ran)) == {}


def test_files_in_the_styles_of_public_repositories_end_task_by_task_as_with_the_real_airflow() -> None:
    chosen = [(FOLDER / name.partition("/")[2], dag_id) for name, dag_id in written()]

    assert len(chosen) == 5
    assert _unlike("dags", dict(run_all(chosen))) == {}


def _unlike(part: str, ran: dict[tuple[Path, str], Ended]) -> dict[str, object]:
    """The DAGs that did not end as recorded, and how."""
    facts = recorded()
    found: dict[str, object] = {}
    for (file, dag_id), ended in ran.items():
        real = facts[f"{part}/{file.name}"][dag_id]
        assert real is not None
        unlike = unexplained(dag_id, ended.ran, real) if ended.ran is not None else ended.problem
        if unlike:
            found[dag_id] = unlike
    return found
