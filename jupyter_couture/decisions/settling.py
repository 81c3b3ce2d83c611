"""Deciding task instances: who may run, who is skipped, who cannot run any more, and how wide a mapped task is."""

from datetime import datetime

from jupyter_couture.decisions.advance import Draft
from jupyter_couture.decisions.dates import out_of_dates
from jupyter_couture.decisions.expansion import (
    MAX_MAP_LENGTH,
    NOTHING_TO_DO,
    Lengths,
    Unknown,
    lengths_of,
    too_long,
    width_of,
)
from jupyter_couture.decisions.explain import sentence
from jupyter_couture.decisions.past import past_refusals
from jupyter_couture.decisions.readiness import Readiness, Ready, Settled, Waiting, readiness
from jupyter_couture.model.dag import TaskKind, TaskSpec
from jupyter_couture.model.ids import TaskId, TaskKey
from jupyter_couture.model.reasons import Reason
from jupyter_couture.model.run import TaskInstance
from jupyter_couture.model.states import TERMINAL_TASK_STATES, TaskEvent, TaskState

_S, _E = TaskState, TaskEvent


def begin(draft: Draft, now: datetime) -> None:
    """Start a queued run. Tasks whose own dates leave it out are no part of it, and nobody waits for them."""
    is_new = not draft.tasks
    draft.start(now)
    if not is_new:
        return
    for task in draft.spec.tasks:
        if task.start_date is None and task.end_date is None:
            continue
        reason = out_of_dates(draft.run, task)
        if reason is not None:
            draft.move(TaskKey(task.task_id), _E.REMOVED, ended_at=now, reason=sentence(reason))


def settle(draft: Draft, now: datetime, max_map_length: int = MAX_MAP_LENGTH) -> None:
    """Decide every instance whose upstream changed, and those this decides in turn, until nothing moves."""
    while True:
        names, keys = draft.take_unsettled()
        if not names and not keys:
            return
        for name in names:
            _settle_task(draft, draft.spec.task_by_id[name], now, max_map_length)
        for key in keys:
            if key in draft.tasks:
                _settle_one(draft, draft.spec.task_by_id[key.task_id], key, now)


def _settle_task(draft: Draft, task: TaskSpec, now: datetime, max_map_length: int) -> None:
    if task.expand is not None and not _fit(draft, task, now, max_map_length):
        return
    is_alike = task.task_id not in draft.spec.inner_upstream
    if is_alike and task.task_id in draft.widths:  # one verdict for all
        verdict = readiness(draft, task)
        if not isinstance(verdict, Waiting):
            for key in draft.keys_of(task.task_id):
                _act(draft, task, draft.tasks[key], verdict, now)
    elif task.task_id in draft.widths:
        for key in draft.keys_of(task.task_id):
            _settle_one(draft, task, key, now)
    else:
        _settle_one(draft, task, TaskKey(task.task_id), now)


def _settle_one(draft: Draft, task: TaskSpec, key: TaskKey, now: datetime) -> None:
    instance = draft.tasks[key]
    if instance.state is _S.NONE:
        _act(draft, task, instance, readiness(draft, task, key.map_index), now)


def _act(draft: Draft, task: TaskSpec, instance: TaskInstance, verdict: Readiness, now: datetime) -> None:
    if instance.state is not _S.NONE or instance.attempt_id is not None:
        return
    key = instance.key
    match verdict:
        case Ready():
            if (task.depends_on_past or task.wait_for_downstream) and past_refusals(draft.past, draft.spec, task):
                return
            draft.move(key, _E.UPSTREAM_MET)
            if task.kind is TaskKind.EMPTY and not task.callbacks:
                draft.close(key, _E.FINISHED, started_at=now, ended_at=now)
        case Settled():
            draft.close(key, verdict.event, ended_at=now, reason=sentence(verdict.reason))


# --- mapped tasks -----------------------------------------------------------------------------------------------------


def _fit(draft: Draft, task: TaskSpec, now: datetime, max_map_length: int) -> bool:
    """Give a mapped task the instances it should have; False if there is nothing more to decide about it now."""
    name = task.task_id
    is_expanded = name in draft.widths
    if not is_expanded and draft.tasks[TaskKey(name)].state is not _S.NONE:
        return False
    if is_expanded and not any(draft.tasks[key].state is _S.NONE for key in draft.keys_of(name)):
        return False
    if not is_expanded:
        verdict = readiness(draft, task)
        if isinstance(verdict, Settled):
            _act(draft, task, draft.tasks[TaskKey(name)], verdict, now)
            return False
    lengths = lengths_of(draft, task)
    if isinstance(lengths, Unknown):
        return _miss(draft, task, lengths, now)
    refusal = too_long(lengths, max_map_length)
    if is_expanded:
        return _refit(draft, task, lengths, refusal, now)
    if refusal is not None:
        draft.close(TaskKey(name), _E.UPSTREAM_FAILED, ended_at=now, reason=sentence(refusal))
        return False
    if width_of(lengths) == 0:
        draft.close(TaskKey(name), _E.SKIPPED, ended_at=now, reason=NOTHING_TO_DO)
        return False
    draft.expand(name, width_of(lengths))
    return True


def _miss(draft: Draft, task: TaskSpec, lengths: Unknown, now: datetime) -> bool:
    """The lengths are not known: wait for them, or end if they never will be."""
    if lengths.waits_for:
        return False
    if task.task_id in draft.widths:
        return True  # instances that were cleared go on with what they had, as far as their rule lets them
    draft.close(TaskKey(task.task_id), lengths.event, ended_at=now, reason=sentence(lengths.reason))
    return False


def _refit(draft: Draft, task: TaskSpec, lengths: Lengths, refusal: Reason | None, now: datetime) -> bool:
    """Instances were cleared and what they are mapped over has another length now: make some, or remove some."""
    name, width = task.task_id, width_of(lengths) if refusal is None else 0
    old = draft.widths[name]
    if width == old:
        return True
    for key in [TaskKey(name, index) for index in range(width, old)]:
        state = draft.tasks[key].state
        if state is _S.NONE or state in TERMINAL_TASK_STATES - {_S.REMOVED}:
            draft.close(key, _E.REMOVED, ended_at=now)
    for key in [TaskKey(name, index) for index in range(old, width)]:
        if key in draft.tasks:
            draft.move(key, _E.CLEARED, ended_at=None, reason=None)
        else:
            draft.add(key)
    draft.note_width(name)
    if width == 0 and name not in draft.widths:
        _leave_placeholder(draft, name, refusal, now)
    return width > 0


def _leave_placeholder(draft: Draft, name: TaskId, refusal: Reason | None, now: datetime) -> None:
    key = TaskKey(name)
    if key not in draft.tasks:
        draft.add(key)
    event = _E.SKIPPED if refusal is None else _E.UPSTREAM_FAILED
    draft.close(key, event, ended_at=now, reason=NOTHING_TO_DO if refusal is None else sentence(refusal))
