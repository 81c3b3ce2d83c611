"""The files of the corpus that do not come to exactly what the real Airflow reports, and why."""

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
