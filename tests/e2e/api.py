"""What the tests ask the server for directly, beside the browser."""

import time
from typing import Any
from urllib.parse import quote

from jupyter_couture.cli.lab import Lab

END_SECONDS = 90.0


def wait_for_dags(lab: Lab, *dag_ids: str) -> None:
    """Return once the engine has parsed the files of these DAGs."""
    deadline = time.monotonic() + END_SECONDS
    while missing := [dag_id for dag_id in dag_ids if not _is_there(lab, dag_id)]:
        assert time.monotonic() < deadline, f"no {missing} after {END_SECONDS:g} s"
        time.sleep(0.1)


def _is_there(lab: Lab, dag_id: str) -> bool:
    found = lab.call("GET", f"dags?search={quote(dag_id, safe='')}&limit=1000")["dags"]
    return any(row["dag_id"] == dag_id for row in found)


def trigger(lab: Lab, dag_id: str) -> dict[str, Any]:
    """A new run."""
    run: dict[str, Any] = lab.call("POST", f"dags/{dag_id}/runs", {"conf": {}})
    return run


def newest_run(lab: Lab, dag_id: str) -> dict[str, Any]:
    """The newest run of a DAG."""
    run: dict[str, Any] = lab.call("GET", f"dags/{dag_id}/runs?limit=1")["runs"][0]
    return run


def wait_for_end(lab: Lab, run: dict[str, Any]) -> dict[str, Any]:
    """The run when it has ended."""
    place = f"dags/{run['dag_id']}/runs/{quote(run['run_id'], safe='')}"
    deadline = time.monotonic() + END_SECONDS
    while run["state"] not in ("success", "failed"):
        assert time.monotonic() < deadline, f"the run is {run['state']} after {END_SECONDS:g} s"
        time.sleep(0.1)
        run = lab.call("GET", place)
    return run


def tasks_of(lab: Lab, run: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Task instances of a run by task id."""
    place = f"dags/{run['dag_id']}/runs/{quote(run['run_id'], safe='')}"
    return {task["task_id"]: task for task in lab.call("GET", f"{place}/tasks")["tasks"]}
