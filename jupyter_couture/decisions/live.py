"""A run as the scheduler holds it: the run, and what of it is asked for at every pass, kept ready."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from jupyter_couture.model.dag import DagSpec
from jupyter_couture.model.ids import TaskKey
from jupyter_couture.model.run import DagRun
from jupyter_couture.model.states import OPEN_TASK_STATES, TERMINAL_TASK_STATES, TaskState


@dataclass(frozen=True, slots=True)
class LiveRun:
    """A run that is not over. The sets repeat what ``run.tasks`` says, so that no pass needs to look at all tasks.

    ``unfinished`` counts tasks that are not terminal; ``scheduled`` wait for room, in turn; ``open`` have an
    attempt; ``retries`` tells when each task in ``up_for_retry`` is due.
    """

    run: DagRun
    spec: DagSpec
    unfinished: int
    scheduled: tuple[TaskKey, ...]
    open: frozenset[TaskKey]
    retries: Mapping[TaskKey, datetime]

    @classmethod
    def of(cls, run: DagRun, spec: DagSpec) -> "LiveRun":
        """Gather the sets from the task instances."""
        tasks = run.tasks
        return cls(
            run=run,
            spec=spec,
            unfinished=sum(task.state not in TERMINAL_TASK_STATES for task in tasks.values()),
            scheduled=in_turn(spec, (key for key, task in tasks.items() if task.state is TaskState.SCHEDULED)),
            open=frozenset(key for key, task in tasks.items() if task.state in OPEN_TASK_STATES),
            retries={
                key: task.next_retry_at or run.queued_at
                for key, task in tasks.items()
                if task.state is TaskState.UP_FOR_RETRY
            },
        )


def in_turn(spec: DagSpec, keys: Iterable[TaskKey]) -> tuple[TaskKey, ...]:
    """Task instances of one run in the order in which they get room: heavy before light, then the author's order."""
    tasks, position = spec.task_by_id, spec.position

    def turn(key: TaskKey) -> tuple[int, int, int]:
        return -tasks[key.task_id].priority_weight, position[key.task_id], key.map_index

    return tuple(sorted(keys, key=turn))
