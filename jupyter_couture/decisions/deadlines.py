"""Deadlines (SLAs): when they are, who missed one, who holds up whom.

A deadline counts from the end of the run's data interval, for runs that the schedule made. A task has met it if all its
instances had succeeded or been skipped by then; a run if it had succeeded. Whether the task is running by then, waits,
or was never started makes no difference, nor does how late the leader looks.
"""

from collections.abc import Collection
from datetime import datetime

from jupyter_couture.decisions.live import LiveRun
from jupyter_couture.decisions.retries import later
from jupyter_couture.model.alerts import WHOLE_RUN, LateTask
from jupyter_couture.model.dag import DagSpec
from jupyter_couture.model.graph import reachable
from jupyter_couture.model.run import TaskInstance
from jupyter_couture.model.states import RunState, TaskState

_DONE = frozenset({TaskState.SUCCESS, TaskState.SKIPPED})


def first_deadline(spec: DagSpec, interval_end: datetime, after: datetime) -> datetime | None:
    """The first deadline later than ``after`` of a run whose data interval ends so; None if there is none."""
    moments = (later(interval_end, offset) for offset, _ in spec.deadlines)
    return next((at for at in moments if at > after), None)


def late_tasks(item: LiveRun, now: datetime) -> list[LateTask]:
    """Who missed the deadlines of a run between its ``next_deadline`` and ``now``."""
    run = item.run
    found: list[LateTask] = []
    for offset, name in item.spec.deadlines:
        at = later(run.data_interval_end, offset)
        if at > now:
            break
        if run.next_deadline is None or at < run.next_deadline:
            continue
        state = _missed_in(item, name, at)
        if state is not None:
            found.append(
                LateTask(task_id=name, run_id=run.run_id, logical_date=run.logical_date, deadline=at, state=state)
            )
    return found


def blocking_tasks(item: LiveRun, names: Collection[str]) -> list[LateTask]:
    """The tasks ``names`` and those before them that have not ended well, in the author's order."""
    spec, run = item.spec, item.run
    wanted = set(spec.task_by_id) if WHOLE_RUN in names else {*names, *reachable(spec.upstream, names)}
    found: list[LateTask] = []
    for task in spec.tasks:
        if task.task_id not in wanted:
            continue
        states = [each.state for each in _instances(item, task.task_id) if each.state not in _DONE]
        if states or not run.tasks:
            state = states[0] if states else TaskState.NONE
            found.append(LateTask(task_id=task.task_id, run_id=run.run_id, logical_date=run.logical_date, state=state))
    return found


def has_met_all(item: LiveRun) -> bool:
    """Whether all that has a deadline is done: none can be missed any more, unless it is cleared."""
    end = item.run.data_interval_end
    return all(_missed_in(item, name, later(end, 1e9)) is None for _, name in item.spec.deadlines)


def _missed_in(item: LiveRun, name: str, at: datetime) -> TaskState | None:
    """The state in which a task (or the run) missed its deadline; None if it met it."""
    run = item.run
    if name == WHOLE_RUN:
        is_met = run.state is RunState.SUCCESS and run.ended_at is not None and run.ended_at <= at
        return None if is_met else TaskState(run.state.value)
    if not run.tasks:
        return TaskState.NONE
    late = (each.state for each in _instances(item, name) if not _is_done(each, at))
    return next(late, None)


def _is_done(task: TaskInstance, at: datetime) -> bool:
    return task.state in _DONE and (task.ended_at is None or task.ended_at <= at)


def _instances(item: LiveRun, name: str) -> list[TaskInstance]:
    return [item.tasks[key] for key in item.keys_of(name) if key in item.tasks]
