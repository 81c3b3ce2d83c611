"""What `dags check` tells of a folder of DAG files: what loads, what runs, and what must be there first."""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import groupby
from pathlib import Path
from typing import Any

from jupyter_couture.dagbag.check import CheckedFile, check_files
from jupyter_couture.dagbag.discover import IGNORE_FILE
from jupyter_couture.dagbag.questions import CONNECTION, VARIABLE
from jupyter_couture.model.dag import DEFAULT_POOL, DagSpec, TaskSpec
from jupyter_couture.model.errors import CoutureError
from jupyter_couture.model.records import FileNotes, ImportProblem
from jupyter_couture.ports.secrets import Secrets
from jupyter_couture.settings import Settings

POOL = "pool"
AIRFLOW_IGNORE = ".airflowignore"


class When(StrEnum):
    """When something is asked for."""

    LOAD = "load"  # whenever the file is parsed: without it there are no DAGs
    RUN = "run"  # by tasks


@dataclass(frozen=True, slots=True)
class Deployment:
    """What is here already. ``pools`` is None if there is no deployment to look at."""

    secrets: Secrets
    pools: AbstractSet[str] | None = None

    def has(self, kind: str, name: str) -> bool | None:
        """Whether the variable, connection or pool is here; None if nobody can tell."""
        if kind == POOL:
            return True if name == DEFAULT_POOL else name in self.pools if self.pools is not None else None
        try:
            found = self.secrets.get_variable(name) if kind == VARIABLE else self.secrets.get_connections(name) or None
        except CoutureError:  # it is somewhere, sealed or out of reach
            return None
        return True if found is not None else None if self.pools is None else False


@dataclass(slots=True)
class Asked:
    """A variable, connection or pool that files ask for.

    ``has_default``: they do without it too. ``is_needed_to_load``: without it some file does not load.
    """

    name: str
    exists: bool | None
    when: set[When] = field(default_factory=set)
    files: set[str] = field(default_factory=set)
    has_default: bool = True
    is_needed_to_load: bool = False

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        shown = {"name": self.name, "exists": self.exists, "when": sorted(self.when), "files": sorted(self.files)}
        return {**shown, "has_default": self.has_default, "is_needed_to_load": self.is_needed_to_load}


@dataclass(frozen=True, slots=True)
class TaskVerdict:
    """What becomes of a task here: it runs, it runs if what it ``needs`` is there, or it is a placeholder."""

    task: TaskSpec
    needs: tuple[str, ...]

    @property
    def verdict(self) -> str:
        """``runs``, ``needs_service`` or ``placeholder``."""
        return "placeholder" if self.task.missing is not None else "needs_service" if self.needs else "runs"

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        missing = self.task.missing
        return {
            "task_id": self.task.task_id,
            "operator": self.task.operator,
            "verdict": self.verdict,
            "needs": list(self.needs),
            "provider": missing.provider if missing is not None else None,
            "advice": missing.sentence if missing is not None else None,
        }


@dataclass(frozen=True, slots=True)
class DagVerdict:
    """One DAG that loads."""

    spec: DagSpec
    tasks: tuple[TaskVerdict, ...]
    warnings: tuple[str, ...]

    def count(self, verdict: str) -> int:
        """How many tasks have the verdict."""
        return sum(each.verdict == verdict for each in self.tasks)

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        return {
            "dag_id": self.spec.dag_id,
            "file": self.spec.file,
            "dialect": self.spec.dialect,
            "schedule": self.spec.schedule.label if self.spec.schedule is not None else None,
            "runs": self.count("runs"),
            "needs_service": self.count("needs_service"),
            "placeholders": self.count("placeholder"),
            "tasks": [each.as_json() for each in self.tasks],
            "warnings": list(self.warnings),
        }


@dataclass(frozen=True, slots=True)
class Report:
    """All that a check found. ``packages`` are imported and not installed; ``notes`` are about the folder."""

    path: Path
    has_deployment: bool
    files: Sequence[CheckedFile]
    dags: Sequence[DagVerdict]
    asked: Mapping[str, Sequence[Asked]]
    packages: Sequence[Asked]
    notes: Sequence[str] = ()

    @property
    def broken(self) -> Sequence[CheckedFile]:
        """The files that do not load, or not wholly."""
        return [each for each in self.files if each.parsed.problems]

    @property
    def summary(self) -> dict[str, int]:
        """Numbers of all files together."""
        return {
            "files": len(self.files),
            "loading": len(self.files) - len(self.broken),
            "broken": len(self.broken),
            "with_stand_ins": sum(bool(stand_ins(each)) for each in self.files if not each.parsed.problems),
            "without_dags": sum(not each.parsed.dags and not each.parsed.problems for each in self.files),
            "dags": len(self.dags),
            "tasks": sum(len(dag.tasks) for dag in self.dags),
            "runs": sum(dag.count("runs") for dag in self.dags),
            "needs_service": sum(dag.count("needs_service") for dag in self.dags),
            "placeholders": sum(dag.count("placeholder") for dag in self.dags),
        }

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        return {
            "path": str(self.path),
            "deployment": self.has_deployment,
            "summary": self.summary,
            "files": [_file_json(each) for each in self.files],
            "dags": [each.as_json() for each in self.dags],
            **{f"{kind}s": [each.as_json() for each in found] for kind, found in self.asked.items()},
            "packages": [
                {"name": each.name, "when": sorted(each.when), "files": sorted(each.files)} for each in self.packages
            ],
            "notes": list(self.notes),
        }


def check_path(path: Path, settings: Settings, deployment: Deployment) -> Report:
    """Look through the file or folder at ``path``; nothing in it or in the deployment is changed."""
    files = check_files(path, settings, deployment.secrets)
    dags = [_dag_verdict(each, version.spec) for each in files for version in each.parsed.dags]
    return Report(
        path=path,
        has_deployment=deployment.pools is not None,
        files=files,
        dags=_with_doubles(dags),
        asked=_asked(files, dags, deployment),
        packages=_packages(files),
        notes=_notes(path),
    )


def _notes(path: Path) -> list[str]:
    ignored = sorted(path.rglob(AIRFLOW_IGNORE)) if path.is_dir() else []
    return [f"{found} is not read: put glob patterns into {IGNORE_FILE} beside it" for found in ignored]


def stand_ins(checked: CheckedFile) -> str:
    """What the file was loaded without, in words; empty if it had all it asked for."""
    notes = checked.parsed.notes
    return ", ".join(f"{kind} {name!r}" for kind, name in notes.stood_in) if notes is not None else ""


def _file_json(checked: CheckedFile) -> dict[str, Any]:
    parsed = checked.parsed
    notes = parsed.notes or FileNotes()
    state = "broken" if parsed.problems else "loads" if parsed.dags else "no_dags"
    return {
        "file": parsed.file,
        "state": state,
        "dags": [version.spec.dag_id for version in parsed.dags],
        "errors": [_error_json(each) for each in parsed.problems],
        "loaded_without": [{"kind": kind, "name": name} for kind, name in notes.stood_in],
        "missing_packages": sorted({*checked.missing_packages, *checked.missing_late}),
    }


def _error_json(problem: ImportProblem) -> dict[str, Any]:
    return {"line": problem.line, "message": problem.message}


def _dag_verdict(checked: CheckedFile, spec: DagSpec) -> DagVerdict:
    needs = (checked.parsed.notes or FileNotes()).needs.get(spec.dag_id, {})
    tasks = tuple(TaskVerdict(task, tuple(needs.get(task.task_id, ()))) for task in spec.tasks)
    return DagVerdict(spec, tasks, spec.warnings)


def _with_doubles(dags: Sequence[DagVerdict]) -> list[DagVerdict]:
    """The DAGs, with a warning at those whose id another file has too."""
    files: dict[str, list[str]] = {}
    for dag in dags:
        files.setdefault(dag.spec.dag_id, []).append(dag.spec.file)
    return [
        dag
        if len(files[dag.spec.dag_id]) == 1
        else DagVerdict(
            dag.spec,
            dag.tasks,
            (*dag.warnings, f"DAG id {dag.spec.dag_id!r} is in {', '.join(files[dag.spec.dag_id])}: one is used"),
        )
        for dag in dags
    ]


class _Book:
    """What is asked for, by kind and name."""

    def __init__(self, deployment: Deployment) -> None:
        self._deployment = deployment
        self._found: dict[tuple[str, str], Asked] = {}

    def note(self, kind: str, name: str, file: str, when: When, *, has_default: bool = False) -> None:
        if (kind, name) not in self._found:
            self._found[kind, name] = Asked(name, self._deployment.has(kind, name))
        asked = self._found[kind, name]
        asked.when.add(when)
        asked.files.add(file)
        asked.has_default = asked.has_default and has_default
        asked.is_needed_to_load = asked.is_needed_to_load or (when is When.LOAD and not has_default)

    def of(self, kind: str) -> list[Asked]:
        return [asked for (found, _), asked in sorted(self._found.items()) if found == kind]


def _asked(
    files: Iterable[CheckedFile], dags: Iterable[DagVerdict], deployment: Deployment
) -> dict[str, Sequence[Asked]]:
    book = _Book(deployment)
    for checked in files:
        file, mentions = checked.parsed.file, checked.mentions
        stood_in = (checked.parsed.notes or FileNotes()).stood_in
        for kind, name in checked.asked:
            book.note(kind, name, file, When.LOAD, has_default=(kind, name) not in stood_in)
        for name in mentions.variables:
            book.note(VARIABLE, name, file, When.RUN, has_default=name in mentions.defaulted)
        for name in mentions.connections - _of_placeholders(checked, dags):
            book.note(CONNECTION, name, file, When.RUN)
    for dag in dags:
        for task in dag.tasks:
            if task.verdict == "placeholder":
                continue
            if task.task.pool != DEFAULT_POOL:
                book.note(POOL, task.task.pool, dag.spec.file, When.RUN)
            for need in task.needs:
                kind, _, name = need.partition(" ")
                if kind == CONNECTION and "{{" not in name:
                    book.note(CONNECTION, name, dag.spec.file, When.RUN)
    return {kind: book.of(kind) for kind in (VARIABLE, CONNECTION, POOL)}


def _of_placeholders(checked: CheckedFile, dags: Iterable[DagVerdict]) -> set[str]:
    """The connections that only placeholders of the file name."""
    needs: dict[bool, set[str]] = {False: set(), True: set()}
    for dag in dags:
        for task in dag.tasks if dag.spec.file == checked.parsed.file else ():
            found = (need.partition(" ") for need in task.needs)
            needs[task.verdict == "placeholder"].update(name for kind, _, name in found if kind == CONNECTION)
    return needs[True] - needs[False]


def _packages(files: Iterable[CheckedFile]) -> list[Asked]:
    rows = sorted(
        (name, when, checked.parsed.file)
        for checked in files
        for when, names in ((When.LOAD, checked.missing_packages), (When.RUN, checked.missing_late))
        for name in names
    )
    return [
        Asked(name, exists=False, when={row[1] for row in found}, files={row[2] for row in found})
        for name, group in groupby(rows, key=lambda row: row[0])
        for found in [list(group)]
    ]
