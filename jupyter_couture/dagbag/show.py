"""One DAG file as data: what ``jupyter couture dags show FILE --json`` prints."""

from pathlib import Path
from typing import Any

from jupyter_couture.dagbag.parse import parse_one
from jupyter_couture.model.dag import DagSpec, TaskSpec
from jupyter_couture.model.records import ImportProblem
from jupyter_couture.ports.secrets import Secrets
from jupyter_couture.settings import Settings


def show_file(path: Path, settings: Settings, secrets: Secrets | None = None) -> dict[str, Any]:
    """Parse the file at ``path`` in an isolated child: ``{"dags": [...], "errors": [...]}``.

    The file need not lie in the DAG folder. Errors name the file as it was given.
    """
    parsed = parse_one(path, settings, secrets)
    return {
        "dags": [_show_dag(version.spec) for version in parsed.dags],
        "errors": [_show_problem(problem, path) for problem in parsed.problems],
    }


def _show_dag(spec: DagSpec) -> dict[str, Any]:
    return {
        "dag_id": spec.dag_id,
        "dialect": spec.dialect,
        "warnings": list(spec.warnings),
        "schedule": spec.schedule.label if spec.schedule is not None else None,
        "catchup": spec.catchup,
        "tasks": [_show_task(task) for task in spec.tasks],
        "edges": [[up, down] for up, down in spec.edges],
    }


def _show_task(task: TaskSpec) -> dict[str, Any]:
    shown: dict[str, Any] = {"task_id": task.task_id, "operator": task.operator}
    if task.missing is not None:
        shown |= {"provider": task.missing.provider, "missing": task.missing.sentence}
    return shown


def _show_problem(problem: ImportProblem, path: Path) -> dict[str, Any]:
    return {"file": str(path), "line": problem.line, "message": problem.message}
