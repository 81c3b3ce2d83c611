"""Carrying out what users ask for: clear, mark, run now, set the state of a run.

Each function changes one ``Draft`` and says what came of it; attempts that must end are collected in ``cancels``.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from jupyter_couture.decisions.advance import Draft
from jupyter_couture.decisions.explain import sentence
from jupyter_couture.decisions.readiness import Ready
from jupyter_couture.model.commands import Check
from jupyter_couture.model.graph import reachable
from jupyter_couture.model.ids import NOT_MAPPED, TaskKey
from jupyter_couture.model.run import TaskInstance
from jupyter_couture.model.states import (
    OPEN_TASK_STATES,
    TERMINAL_RUN_STATES,
    TERMINAL_TASK_STATES,
    RunEvent,
    RunState,
    TaskEvent,
    TaskState,
)

_S, _E = TaskState, TaskEvent

_CAN_RUN_AS_THEY_ARE = frozenset({_S.NONE, _S.SCHEDULED, _S.UP_FOR_RETRY, _S.UP_FOR_RESCHEDULE})


@dataclass(slots=True)
class Effect:
    """What came of an order in one run: task instances touched, and notes for people."""

    touched: int = 0
    notes: list[str] = field(default_factory=list)


def clear(draft: Draft, keys: Iterable[TaskKey], now: datetime, effect: Effect) -> None:
    """Let task instances be decided and run anew, with all their retries; the run is opened again if it has ended."""
    for key in keys:
        task = draft.tasks.get(key)
        if task is None:
            effect.notes.append(f"{key.name} is no longer part of run {draft.run.run_id}.")
            continue
        if task.state is _S.RESTARTING:
            continue
        if task.state in (_S.QUEUED, _S.RUNNING):
            draft.stop(key)
            draft.move(key, _E.CLEARED, failures=0, losses=0, next_retry_at=None)
        elif task.state is not _S.NONE:
            draft.move(key, _E.CLEARED, **BLANK)
        else:
            draft.unsettle(key)
            continue
        effect.touched += 1
        draft.unsettle(key)
    if effect.touched and draft.run.state in TERMINAL_RUN_STATES:
        draft.reopen(now)


def is_under_way(task: TaskInstance) -> bool:
    """Whether something of an instance runs or waits that began by the version its run has now."""
    return task.attempt_id is not None or task.wait is not None or task.resume is not None


BLANK = {
    "failures": 0,
    "losses": 0,
    "queued_at": None,
    "started_at": None,
    "ended_at": None,
    "next_retry_at": None,
    "reason": None,
    "map_length": None,
    "skips": (),
    "wait": None,
    "resume": None,
    "first_started_at": None,
    "forced": (),
}
"""What an instance forgets when it is cleared. The number of its tries goes on; an attempt that is being stopped keeps
its place until it has ended."""


def mark(draft: Draft, keys: Iterable[TaskKey], state: TaskState, now: datetime, effect: Effect) -> None:
    """Say that task instances ended as ``state`` (success or failed); attempts that run are stopped.

    A success also lets what it had held up (``upstream_failed``) be decided anew, and the run go on if that is needed.
    """
    event = _E.MARKED_SUCCESS if state is _S.SUCCESS else _E.MARKED_FAILED
    changed: list[TaskKey] = []
    for key in keys:
        task = draft.tasks.get(key)
        if task is None or task.state is _S.REMOVED:
            effect.notes.append(f"{key.name} is no longer part of run {draft.run.run_id}.")
            continue
        if task.state is state:
            continue
        if task.state in OPEN_TASK_STATES:
            draft.stop(key)
        draft.close(key, event, ended_at=now, next_retry_at=None, reason=f"marked {state.value}")
        effect.touched += 1
        changed.append(key)
    if state is _S.SUCCESS and changed:
        _let_go_on(draft, changed)
    _decide_again(draft, changed, now)


def _let_go_on(draft: Draft, keys: Iterable[TaskKey]) -> None:
    below = reachable(draft.spec.downstream, {key.task_id for key in keys})
    for key, task in list(draft.tasks.items()):
        if key.task_id in below and task.state is _S.UPSTREAM_FAILED:
            draft.move(key, _E.CLEARED, **BLANK)
            draft.unsettle(key)


def _decide_again(draft: Draft, changed: list[TaskKey], now: datetime) -> None:
    """An ended run whose task instances were marked goes on if something is open, or ends as its leaves say now."""
    if not changed or draft.run.state not in TERMINAL_RUN_STATES:
        return
    if any(task.state not in TERMINAL_TASK_STATES for task in draft.tasks.values()):
        draft.reopen(now)
        return
    event = draft.verdict()
    is_same = (event is RunEvent.SUCCEEDED) == (draft.run.state is RunState.SUCCESS)
    if not is_same:
        draft.move_run(event, ended_at=now, reason="task instances were marked")


def run_now(draft: Draft, key: TaskKey, ignored: Iterable[Check], now: datetime, effect: Effect) -> None:
    """Let a task instance run whatever stands in its way, as far as ``ignored`` says so; else say what does."""
    checks = frozenset(ignored)
    refusal = _refusal(draft, key, checks)
    if refusal:
        effect.notes.append(refusal)
        return
    task = draft.tasks[key]
    if task.state is _S.SCHEDULED:
        draft.change(key, forced=tuple(sorted(checks)))
    else:
        draft.move(key, _E.FORCED, **{**BLANK, "forced": tuple(sorted(checks))})
    effect.touched += 1
    if draft.run.state in TERMINAL_RUN_STATES:
        draft.reopen(now)


def _refusal(draft: Draft, key: TaskKey, checks: frozenset[Check]) -> str:
    """Why a task instance may not run now; empty if it may."""
    task = draft.tasks.get(key)
    if task is None:
        return f"{key.name} is not part of run {draft.run.run_id}."
    if task.state in OPEN_TASK_STATES:
        return f"{key.name} is {task.state.value} already."
    spec = draft.spec.task_by_id[key.task_id]
    if spec.expand is not None and key.map_index == NOT_MAPPED:
        return f"{key.name} is not expanded yet; run one of its instances."
    if task.state in (_S.DEFERRED, _S.AWAITING_INPUT, _S.REMOVED):
        return f"{key.name} is {task.state.value}; clear it first."
    if Check.DEPENDENCIES in checks:
        return ""
    if task.state not in _CAN_RUN_AS_THEY_ARE and Check.STATE not in checks:
        return f"{key.name} is {task.state.value} already; ignore its state, or clear it."
    if Check.UPSTREAM in checks:
        return ""
    verdict = draft.readiness(key)
    if isinstance(verdict, Ready):
        return ""
    return f"{key.name} cannot run yet: {' '.join(sentence(reason) for reason in draft.obstacles(key))}"


def set_run_state(draft: Draft, state: RunState, now: datetime, effect: Effect) -> None:
    """Say that a run is ``state``. Its attempts are stopped; what was not done counts as done, or as skipped."""
    run = draft.run
    if run.state is state:
        return
    effect.touched += 1
    if state in (RunState.QUEUED, RunState.RUNNING):
        if run.state in TERMINAL_RUN_STATES:
            draft.reopen(now)
        return
    reason = f"marked {state.value}"
    for key, task in list(draft.tasks.items()):
        if task.state not in TERMINAL_TASK_STATES:
            _end_with_run(draft, key, state, now)
        elif task.attempt_id is not None:  # marked before, and still being stopped
            draft.stop(key)
            draft.change(key, attempt_id=None)
    event = RunEvent.SUCCEEDED if state is RunState.SUCCESS else RunEvent.FAILED
    draft.move_run(event, ended_at=now, reason=reason)


def _end_with_run(draft: Draft, key: TaskKey, state: RunState, now: datetime) -> None:
    """End an instance as its run was marked. An attempt is stopped, and does not hold up the end of the run."""
    is_begun = draft.tasks[key].state in OPEN_TASK_STATES
    if is_begun:
        draft.stop(key)
    event_of_failed = _E.MARKED_FAILED if is_begun else _E.CANCELLED
    event = _E.MARKED_SUCCESS if state is RunState.SUCCESS else event_of_failed
    reason = f"run marked {state.value}"
    draft.close(key, event, ended_at=now, next_retry_at=None, reason=reason, attempt_id=None)
