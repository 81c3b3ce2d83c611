"""What the run before says to tasks that depend on it: ``depends_on_past`` and ``wait_for_downstream``.

The run before is the one of the DAG with the greatest smaller logical date: among scheduled runs and backfills if the
run is one of those, else among all. A task that no run before has had is the first of its kind and waits for nothing.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from jupyter_couture.model.dag import DagSpec, TaskSpec
from jupyter_couture.model.reasons import Reason, ReasonKind
from jupyter_couture.model.run import DagRun, RunType
from jupyter_couture.model.states import TaskState

_WELL = frozenset({TaskState.SUCCESS, TaskState.SKIPPED, TaskState.REMOVED})

ON_SCHEDULE = frozenset({RunType.SCHEDULED, RunType.BACKFILL})


@dataclass(frozen=True, slots=True)
class Past:
    """The run before, as far as a run may ask for it; ``run_id`` is empty if there is none.

    ``states`` gives the states in which the instances of a task are (none if the run has no such task). With
    ``is_known`` unset it has not been looked up yet, and who depends on it waits.
    """

    run_id: str = ""
    states: Callable[[str], frozenset[TaskState]] = field(default=lambda _: frozenset(), compare=False)
    is_known: bool = True
    logical_date: datetime | None = None


FIRST = Past()
UNKNOWN = Past(is_known=False)


def types_before(run_type: RunType) -> frozenset[RunType]:
    """The types of runs among which the run before is looked for."""
    return ON_SCHEDULE if run_type in ON_SCHEDULE else frozenset(RunType)


def is_before(other: DagRun, run: DagRun) -> bool:
    """Whether ``other`` may be the run before ``run``."""
    return (
        other.dag_id == run.dag_id
        and other.logical_date < run.logical_date
        and other.run_type in types_before(run.run_type)
    )


def past_of(run: DagRun) -> Past:
    """What a run that has ended says to the next one."""
    found: dict[str, set[TaskState]] = {}
    for key, task in run.tasks.items():
        found.setdefault(key.task_id, set()).add(task.state)
    known = {name: frozenset(states) for name, states in found.items()}
    return past_from(run.run_id, known, run.logical_date)


def past_from(run_id: str, states: Mapping[str, frozenset[TaskState]], logical_date: datetime | None = None) -> Past:
    """The past that known states make."""
    return Past(run_id, lambda name: states.get(name, frozenset()), logical_date=logical_date)


def past_refusals(past: Past, spec: DagSpec, task: TaskSpec) -> list[Reason]:
    """What of the run before keeps ``task`` from running."""
    if not (task.depends_on_past or task.wait_for_downstream):
        return []
    if not past.is_known:
        return [Reason(ReasonKind.PAST_UNFINISHED, {"run": past.run_id or "before"})]
    own = past.states(task.task_id)
    if not past.run_id or (not own and task.ignore_first_depends_on_past):
        return []
    found: list[Reason] = []
    if not own or own - _WELL:
        found.append(Reason(ReasonKind.PAST_UNFINISHED, {"run": past.run_id}))
    if task.wait_for_downstream:
        unfinished = [name for name in spec.downstream[task.task_id] if past.states(name) - _WELL]
        if unfinished:
            found.append(Reason(ReasonKind.PAST_DOWNSTREAM, {"run": past.run_id, "tasks": unfinished}))
    return found
