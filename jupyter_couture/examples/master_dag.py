"""A pipeline of pipelines: each task runs another DAG to its end, with what it hands over, or decides not to run it.

The three DAGs must be on: a task whose DAG is off fails at once and says so.
"""

from datetime import datetime
from typing import Any

from jupyter_couture import DAG, DagOperator


def conditionally_trigger(context: Any, dag_run_obj: Any) -> Any:
    """Run the DAG if the task's parameters say so; what is given as payload is ``dag_run.conf`` there."""
    if not context["params"]["condition_param"]:
        return None
    dag_run_obj.payload = {"message": context["params"]["message"]}
    return dag_run_obj


with DAG(
    "master_dag",
    description="Runs dag_1, dag_2 and dag_3 one after the other",
    schedule=None,
    start_date=datetime(2026, 1, 1),
    default_args={"owner": "examples", "python_callable": conditionally_trigger},
    tags=["example"],
    doc_md=__doc__,
) as dag:
    sections = [
        DagOperator(
            f"section_{number}",
            run_dag_id=f"dag_{number}",
            params={"condition_param": True, "message": f"Hi there from section {number}!!"},
        )
        for number in (1, 2, 3)
    ]
    left_out = DagOperator("left_out", run_dag_id="dag_1", params={"condition_param": False})

    sections[0] >> sections[1] >> sections[2]
    sections[0] >> left_out
