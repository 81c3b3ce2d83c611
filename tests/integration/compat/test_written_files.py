"""Files as teams write them for Airflow, run by the real engine, workers and triggerer, as ``dags test`` does."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

WRITTEN = Path(__file__).parents[2] / "data" / "airflow" / "written" / "dags"


def tried(home: Path, name: str, dag_id: str) -> tuple[str, dict[str, str], Any]:
    """How a run of a file ended, and its tasks."""
    done = subprocess.run(
        [sys.executable, "-m", "jupyter_couture.cli", "dags", "test", str(WRITTEN / name), dag_id, "--json"],
        capture_output=True,
        text=True,
        env={"PATH": "/usr/bin:/bin", "HOME": "/nonexistent", "COUTURE_HOME": str(home)},
        check=False,
        timeout=90,
    )
    assert done.stdout, done.stderr
    found = json.loads(done.stdout)
    assert not found["errors"], found["errors"]
    return found["state"], {task["task_id"]: task["state"] for task in found["tasks"]}, found


def test_a_plugin_and_a_sub_dag_of_airflow_1_10_run(tmp_path: Path) -> None:
    state, tasks, found = tried(tmp_path, "weather_1_10.py", "weather_old")
    assert state == "success", found
    assert {name for name, task in tasks.items() if task != "success"} == {"right", "skip"}


def test_triggers_that_a_dag_file_defines_wait_in_the_triggerer(tmp_path: Path) -> None:
    state, tasks, found = tried(tmp_path, "bells_2.py", "bells")
    assert state == "failed", found
    assert {name: task for name, task in tasks.items() if task != "success"} == {
        "unwanted": "skipped",
        "no": "skipped",
        "broken": "failed",
    }
