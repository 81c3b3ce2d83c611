"""For users: run a DAG, or one task, in a plain test, with fake time and nothing else running.

See ``docs/testing.md``.
"""

from jupyter_couture.testing.files import assert_dag_valid, dag_bag, next_runs
from jupyter_couture.testing.plays import run_dag, run_task
from jupyter_couture.testing.results import DagResult, RunStuck, TaskResult

__all__ = ["DagResult", "RunStuck", "TaskResult", "assert_dag_valid", "dag_bag", "next_runs", "run_dag", "run_task"]
