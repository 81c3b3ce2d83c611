"""``airflow.api``: making runs of other DAGs from task code."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from jupyter_couture.authoring.context import current_attempt
from jupyter_couture.compat.models.runs import DagRun, TaskInstance
from jupyter_couture.compat.zones import make_aware
from jupyter_couture.model.errors import NotFound


def trigger_dag(
    dag_id: str,
    run_id: str | None = None,
    conf: Mapping[str, Any] | str | None = None,
    execution_date: datetime | None = None,
    replace_microseconds: bool = True,
    session: Any = None,
    **kwargs: Any,
) -> DagRun:
    """Make a run of a DAG; the run. Only while a task runs."""
    made = current_attempt().trigger_run(
        dag_id,
        run_id=run_id,
        logical_date=make_aware(execution_date or kwargs.get("logical_date")),
        conf=json.loads(conf) if isinstance(conf, str) else conf,
    )
    return DagRun.find(dag_id, str(made["run_id"]))[0]


def get_task_instance(dag_id: str, task_id: str, execution_date: datetime) -> TaskInstance:
    """A task instance of the run of that date; raises ``NotFound``."""
    runs = DagRun.find(dag_id, execution_date=execution_date)
    found = runs[0].get_task_instance(task_id) if runs else None
    if found is None:
        raise NotFound(what="task instance", id=f"{dag_id}.{task_id}")
    return found


class Client:
    """Airflow's client for its own process."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        pass

    def trigger_dag(self, dag_id: str, run_id: str | None = None, conf: Any = None, **kwargs: Any) -> dict[str, Any]:
        """Make a run of a DAG."""
        run = trigger_dag(dag_id, run_id, conf, kwargs.get("execution_date"))
        return {"dag_id": run.dag_id, "dag_run_id": run.run_id, "logical_date": run.logical_date}
