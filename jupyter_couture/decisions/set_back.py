"""What waits for a time does not wait longer because a clock was turned back.

A wait that began in what is now the future was begun by a clock that was ahead. It is taken to begin now, and keeps its
length; so no more of it is left than its author asked for.

A schedule without catchup whose newest run lies ahead has passed over all dates before it. It goes back to the present,
so that the DAG does not stand still until then; dates that have a run already are known by it.
"""

from dataclasses import replace
from datetime import datetime

from jupyter_couture.decisions.advance import Draft
from jupyter_couture.decisions.calendar import time_part, upcoming
from jupyter_couture.decisions.due import DagCase
from jupyter_couture.decisions.live import LiveRun
from jupyter_couture.model.policy import ScheduleKind
from jupyter_couture.model.run import TaskInstance

_BY_POINTS = frozenset({ScheduleKind.CRON, ScheduleKind.INTERVAL, ScheduleKind.EVENTS, ScheduleKind.ANY})
_BEGINNINGS = ("ended_at", "started_at", "first_started_at")


def waits_too_long(item: LiveRun, now: datetime) -> bool:
    """Whether some wait of the run began after ``now``."""
    return any(_began(item.tasks[key], now) > now for key in item.due)


def shorten_waits(draft: Draft, now: datetime) -> None:
    """Let waits that began after ``now`` begin now."""
    for key in draft.base.due:
        task = draft.tasks.get(key)
        if task is None or _began(task, now) <= now:
            continue
        ahead = _began(task, now) - now
        changes = {name: now for name in _BEGINNINGS if (at := getattr(task, name)) is not None and at > now}
        if task.next_retry_at is not None:
            changes["next_retry_at"] = task.next_retry_at - ahead
        draft.change(key, **changes)
        if task.wait is not None and task.wait.timeout_at is not None:
            draft.change(key, wait=replace(task.wait, timeout_at=task.wait.timeout_at - ahead))


def rewound(case: DagCase, now: datetime) -> DagCase | None:
    """The case with the last date up to ``now`` as its newest; None if its newest does not lie ahead."""
    state, schedule = case.state, time_part(case.spec.schedule)
    if case.spec.catchup or schedule is None or schedule.kind not in _BY_POINTS:
        return None
    if state.latest_end is None or state.latest_end <= now:
        return None
    last = upcoming(case.spec, None, state.first_seen_at, now)
    is_past = last is not None and last.due_at <= now
    start, end = (last.start, last.end) if last is not None and is_past else (None, None)
    return DagCase.of(replace(state, latest_scheduled=start, latest_end=end), case.spec, now)


def _began(task: TaskInstance, now: datetime) -> datetime:
    """When the wait began, as far as the instance knows."""
    return task.ended_at or task.started_at or now
