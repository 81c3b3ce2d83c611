"""One DAG file as data: what ``jupyter couture dags show FILE --json`` prints."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from jupyter_couture.dagbag.discover import read_candidate
from jupyter_couture.dagbag.parse import Parser
from jupyter_couture.dagbag.verdict import Candidate
from jupyter_couture.model.dag import DagSpec
from jupyter_couture.ports.records import ImportProblem, ParsedFile
from jupyter_couture.settings import Settings


def show_file(path: Path, settings: Settings) -> dict[str, Any]:
    """Parse the file at ``path`` in an isolated child: ``{"dags": [...], "errors": [...]}``.

    The file need not lie in the DAG folder. Errors name the file as it was given.
    """
    parsed = parse_file(path, settings)
    return {
        "dags": [_show_dag(version.spec) for version in parsed.dags],
        "errors": [_show_problem(problem, path) for problem in parsed.problems],
    }


def parse_file(path: Path, settings: Settings) -> ParsedFile:
    """Parse one file anywhere, with its versions and problems; a file that cannot be read is a problem too."""
    full = path.expanduser().absolute()
    folder = settings.dags_folder if full.is_relative_to(settings.dags_folder) else full.parent
    candidate = read_candidate(full, folder)
    if not isinstance(candidate, Candidate):
        return candidate
    parser = Parser(replace(settings, dags_folder=folder), parallel=1)
    try:
        return next(iter(list(parser.parse([candidate]))))
    finally:
        parser.close()


def _show_dag(spec: DagSpec) -> dict[str, Any]:
    return {
        "dag_id": spec.dag_id,
        "schedule": spec.schedule.label if spec.schedule is not None else None,
        "tasks": [{"task_id": task.task_id, "operator": task.operator} for task in spec.tasks],
        "edges": [[up, down] for up, down in spec.edges],
    }


def _show_problem(problem: ImportProblem, path: Path) -> dict[str, Any]:
    return {"file": str(path), "line": problem.line, "message": problem.message}
