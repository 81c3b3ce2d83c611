"""Where people find the log of a task, for the messages that tasks write."""

import os
from urllib.parse import quote

_USUAL = "http://localhost:8888"
_NAMES = ("AIRFLOW__WEBSERVER__BASE_URL", "AIRFLOW__API__BASE_URL")


def server_address() -> str:
    """The address of the Jupyter server, if the environment says it by Airflow's name; else the usual one."""
    said = next((os.environ[name] for name in _NAMES if os.environ.get(name)), _USUAL)
    return said.rstrip("/")


def log_address(dag_id: str, run_id: str, task_id: str, try_number: int, map_index: int = -1) -> str:
    """Where the log of a try is."""
    run = f"{server_address()}/couture/api/dags/{quote(dag_id, safe='')}/runs/{quote(run_id, safe='')}"
    index = f"?map_index={map_index}" if map_index >= 0 else ""
    return f"{run}/tasks/{quote(task_id, safe='')}/attempts/{max(1, try_number)}/log/download{index}"
