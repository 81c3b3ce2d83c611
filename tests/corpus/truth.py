"""What the real Airflow reports of half of its example files, and how what we make of them differs."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jupyter_couture.model.dag import DagSpec
from jupyter_couture.model.policy import Schedule, ScheduleKind

TRUTH = Path(__file__).parents[1] / "data" / "airflow" / "truth.json"

Facts = Mapping[str, Any]
"""What is known of one file: ``dags`` by id, and ``error`` if the real Airflow could not load it."""


def known_files() -> dict[str, dict[str, Facts]]:
    """The facts, by set and by path below ``airflow/``."""
    sets = json.loads(TRUTH.read_text())["sets"]
    return {name: found["files"] for name, found in sets.items()}


def schedule_text(schedule: Schedule | None) -> str:
    """A schedule as the facts have it: ``none``, ``cron:@daily``, ``delta:86400``, ``asset``, or our own kind."""
    if schedule is None:
        return "none"
    if schedule.kind is ScheduleKind.ASSETS or (schedule.kind is ScheduleKind.ANY and schedule.assets is not None):
        return "asset"
    if schedule.kind is ScheduleKind.INTERVAL:
        return f"delta:{schedule.interval_seconds:g}"
    if schedule.kind in (ScheduleKind.CRON, ScheduleKind.ONCE, ScheduleKind.CONTINUOUS):
        return f"cron:{schedule.label}"
    return str(schedule.kind)


@dataclass(frozen=True, slots=True)
class Comparison:
    """What is not as it should be, one text each; empty: exactly right."""

    differences: tuple[str, ...]

    @property
    def is_exact(self) -> bool:
        """Whether all is right."""
        return not self.differences


def compare(specs: Mapping[str, DagSpec], facts: Facts) -> Comparison:
    """Our DAGs of one file against the facts; sub-DAGs may be DAGs of their own or not."""
    dags: Mapping[str, Any] = facts["dags"]
    missing = sorted(name for name in dags.keys() - specs.keys() if not _is_sub(name, dags))
    too_many = sorted(name for name in specs.keys() - dags.keys() if not _is_sub(name, specs))
    found = [*(f"DAG {name} is missing" for name in missing), *(f"DAG {name} is too much" for name in too_many)]
    for dag_id in sorted(dags.keys() & specs.keys()):
        found += [f"{dag_id}: {text}" for text in _differences(specs[dag_id], dags[dag_id])]
    return Comparison(tuple(found))


def _is_sub(dag_id: str, dags: Mapping[str, Any]) -> bool:
    return "." in dag_id and dag_id.rpartition(".")[0] in dags


def _differences(spec: DagSpec, true: Mapping[str, Any]) -> Iterator[str]:
    tasks = {str(task.task_id): task for task in spec.tasks}
    yield from _sets("task", set(tasks), set(true["tasks"]))
    yield from _sets("edge", {f"{up} > {down}" for up, down in spec.edges}, {f"{a} > {b}" for a, b in true["edges"]})
    for name, ours in (
        ("schedule", schedule_text(spec.schedule)),
        ("catchup", spec.catchup),
        ("tags", sorted(spec.tags)),
    ):
        if name in true and ours != true[name]:
            yield f"{name} is {ours}, not {true[name]}"
    for task_id in tasks.keys() & true["tasks"].keys():
        task, told = tasks[task_id], true["tasks"][task_id]
        for name, mine in (
            ("rule", task.trigger_rule.value),
            ("mapped", task.expand is not None),
            ("is_setup", task.is_setup),
            ("is_teardown", task.is_teardown),
        ):
            if name in told and _NAMES.get(told[name], told[name]) != mine:
                yield f"{name} of task {task_id} is {mine}, not {told[name]}"
        if "Decorated" not in told["cls"] and _renamed(told["cls"]) != _renamed(task.operator):
            yield f"operator of task {task_id} is {task.operator}, not {told['cls']}"


def _sets(what: str, ours: set[str], theirs: set[str]) -> Iterator[str]:
    if theirs - ours:
        yield f"{what} missing: {', '.join(sorted(theirs - ours))}"
    if ours - theirs:
        yield f"{what} too much: {', '.join(sorted(ours - theirs))}"


_NAMES = {
    "DummyOperator": "EmptyOperator",
    "HITLBranchOperator": "InputBranchOperator",
    "HITLEntryOperator": "EntryOperator",
    "HITLOperator": "InputOperator",
    "SimpleHttpOperator": "HttpOperator",
    "none_failed_or_skipped": "none_failed_min_one_success",
}


def _renamed(operator: str) -> str:
    """Names of one thing in one form."""
    return _NAMES.get(operator, operator)
