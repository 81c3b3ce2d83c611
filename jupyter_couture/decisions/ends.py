"""What facts do to task instances: starts, ends, waits, losses; and what time alone does to those that wait."""

from dataclasses import dataclass, replace
from datetime import datetime

from jupyter_couture.decisions.advance import Draft
from jupyter_couture.decisions.expansion import MAX_MAP_LENGTH
from jupyter_couture.decisions.explain import sentence
from jupyter_couture.decisions.readiness import Settled, culprit
from jupyter_couture.decisions.retries import later, next_attempt_at
from jupyter_couture.model.dag import TaskSpec
from jupyter_couture.model.facts import (
    AttemptCancelled,
    AttemptDeferred,
    AttemptFact,
    AttemptFailed,
    AttemptLost,
    AttemptRescheduled,
    AttemptSkipped,
    AttemptStarted,
    AttemptSucceeded,
    AttemptTimedOut,
    Fact,
    WaitEnded,
)
from jupyter_couture.model.ids import TaskId, TaskKey
from jupyter_couture.model.reasons import Reason, ReasonKind
from jupyter_couture.model.run import WAIT_TIMED_OUT, Resume, TaskInstance, WaitKind
from jupyter_couture.model.states import OPEN_TASK_STATES, TERMINAL_TASK_STATES, TaskEvent, TaskState

_S, _E = TaskState, TaskEvent

_WAITING = frozenset({_S.DEFERRED, _S.AWAITING_INPUT})
_SKIPPABLE = frozenset({_S.NONE, _S.SCHEDULED})


@dataclass(frozen=True, slots=True)
class Rules:
    """Limits of the deployment that decide how attempts end. ``jitter`` in [0, 1) spreads exponential delays."""

    max_losses: int = 3
    jitter: float = 0.0
    max_map_length: int = MAX_MAP_LENGTH


def act(draft: Draft, fact: Fact, rules: Rules) -> bool:
    """Let a fact act; False if it speaks of what is over or was never there, and nothing happens."""
    task = draft.tasks.get(fact.task_key)
    if task is None:
        return False
    if isinstance(fact, WaitEnded):
        if task.state not in _WAITING or task.wait is None or task.wait.wait_id != fact.wait_id:
            return False
        _resume(draft, task, Resume(task.wait.method, task.wait.kwargs, fact.event, fact.error))
        return True
    if task.attempt_id is None or task.attempt_id != fact.attempt_id:
        return False
    if isinstance(fact, AttemptStarted):
        _started(draft, task, fact.at)
    elif task.state not in OPEN_TASK_STATES:
        _left_behind(draft, task)
    elif task.state is _S.RESTARTING:
        _restart(draft, task, fact.at)
    else:
        _end(draft, task, fact, rules)
    return True


def _end(draft: Draft, task: TaskInstance, fact: AttemptFact, rules: Rules) -> None:
    key, at = task.key, fact.at
    if not (isinstance(fact, AttemptLost) and not fact.was_started):
        _started(draft, task, at)
    match fact:
        case AttemptSucceeded():
            known = {"map_length": fact.map_length, "skips": fact.skips, "label": fact.label or task.label}
            draft.close(key, _E.FINISHED, ended_at=at, reason=None, **known)
            _skip(draft, key, fact.skips, at)
        case AttemptSkipped():
            draft.close(key, _E.SKIPPED, ended_at=at, reason=fact.reason or "the task skipped itself")
        case AttemptCancelled():
            draft.close(key, _E.CANCELLED, ended_at=at, reason="cancelled")
        case AttemptRescheduled() | AttemptDeferred() if draft.run.is_cancel_requested or _is_over(draft):
            draft.close(key, _E.CANCELLED, ended_at=at, reason="cancelled")
        case AttemptRescheduled():
            draft.close(key, _E.RESCHEDULED, next_retry_at=fact.next_at, first_started_at=_begun(draft, key, at))
        case AttemptDeferred():
            event = _E.AWAITED if fact.wait.kind is WaitKind.PERSON else _E.DEFERRED
            draft.close(key, event, wait=fact.wait, first_started_at=_begun(draft, key, at))
        case AttemptFailed():
            delay = fact.retry_after_seconds
            _failed(draft, task, at, fact.error.message, rules, is_final=fact.is_final, delay=delay)
        case AttemptTimedOut():
            _failed(draft, task, at, fact.error.message, rules)
        case AttemptLost():
            _lost(draft, task, fact, rules)


def _started(draft: Draft, task: TaskInstance, at: datetime) -> None:
    if task.state is _S.QUEUED:
        draft.move(task.key, _E.STARTED, started_at=at)


def _begun(draft: Draft, key: TaskKey, at: datetime) -> datetime:
    """When the try began of which an attempt has just ended."""
    task = draft.tasks[key]
    return task.first_started_at or task.started_at or at


def _left_behind(draft: Draft, task: TaskInstance) -> None:
    """The attempt of an instance that a user had marked meanwhile is gone at last."""
    draft.change(task.key, attempt_id=None)
    if task.state is _S.NONE:
        draft.unsettle(task.key)


def _restart(draft: Draft, task: TaskInstance, at: datetime) -> None:
    """The attempt of a cleared instance has ended: decide the instance anew, unless the run is to end."""
    if draft.run.is_cancel_requested:
        draft.close(task.key, _E.CANCELLED, ended_at=at, reason="cancelled")
        return
    draft.close(
        task.key,
        _E.RESTARTED,
        failures=0,
        losses=0,
        queued_at=None,
        started_at=None,
        ended_at=None,
        next_retry_at=None,
        first_started_at=None,
        reason=None,
        map_length=None,
        skips=(),
    )
    draft.unsettle(task.key)


def _failed(
    draft: Draft,
    task: TaskInstance,
    at: datetime,
    message: str,
    rules: Rules,
    *,
    is_final: bool = False,
    delay: float | None = None,
) -> None:
    key, failures = task.key, task.failures + 1
    spec = draft.spec.task_by_id[key.task_id]
    again = None if is_final else next_attempt_at(spec.retry, failures, at, rules.jitter)
    if again is not None and delay is not None:
        again = later(at, delay)
    if again is None or draft.run.is_cancel_requested or (not spec.is_teardown and _is_over(draft)):
        draft.close(key, _E.FAILED_FINAL, ended_at=at, failures=failures, reason=message)
        _give_up(draft, spec, at)
    else:
        draft.close(
            key,
            _E.FAILED_RETRYABLE,
            ended_at=at,
            failures=failures,
            next_retry_at=again,
            first_started_at=None,
            reason=message,
        )


def _lost(draft: Draft, task: TaskInstance, fact: AttemptLost, rules: Rules) -> None:
    if not fact.was_started and task.state is _S.QUEUED:
        draft.move(task.key, _E.UNDELIVERED, attempt_id=None, reason=fact.error.message)
        return
    losses = task.losses + 1
    is_final = losses >= rules.max_losses
    message = f"{fact.error.message} (lost {losses} times)" if is_final and losses > 1 else fact.error.message
    _failed(draft, replace(task, losses=losses), fact.at, message, rules, is_final=is_final, delay=0.0)
    draft.change(task.key, losses=losses)


def _skip(draft: Draft, key: TaskKey, names: tuple[str, ...], at: datetime) -> None:
    """Skip at once what a task decided to skip further down; those directly after it are skipped when decided.

    One directly after it that was decided already, by a rule that did not wait for it, is skipped if it has not begun.
    """
    spec = draft.spec
    scope = spec.task_by_id[key.task_id].map_scope
    reason = sentence(Reason(ReasonKind.NOT_CHOSEN, {"task": key.task_id}))
    for name in names:
        if name not in spec.task_by_id:
            continue
        is_direct = name in spec.downstream[key.task_id]
        is_inner = bool(scope) and spec.task_by_id[name].map_scope == scope
        keys = (TaskKey(TaskId(name), key.map_index),) if is_inner else tuple(draft.keys_of(name))
        for each in keys:
            task = draft.tasks.get(each)
            if task is None or task.state not in _SKIPPABLE or task.forced:
                continue
            if is_direct and (task.state is _S.NONE or not isinstance(draft.readiness(each), Settled)):
                continue
            event = _E.SKIPPED if task.state is _S.NONE else _E.CANCELLED
            draft.close(each, event, ended_at=at, reason=reason)


# --- the end of everything else ---------------------------------------------------------------------------------------


def cancel_waiting(draft: Draft, now: datetime, reason: str) -> None:
    """End every instance that has no attempt; open attempts end by their own facts."""
    _cancel(draft, now, reason, is_teardown_spared=False)


def _is_over(draft: Draft) -> bool:
    """Whether a failure ended everything else of a fail-fast run."""
    return draft.spec.is_fail_fast and culprit(draft) is not None


def _give_up(draft: Draft, failed: TaskSpec, at: datetime) -> None:
    """A task of a fail-fast run failed for good: end the others, but for teardowns."""
    if not draft.spec.is_fail_fast or failed.is_teardown:
        return
    _cancel(draft, at, sentence(Reason(ReasonKind.DAG_OVER, {"task": failed.task_id})), is_teardown_spared=True)
    for key in sorted(draft.tasks):
        task = draft.tasks[key]
        if task.state in OPEN_TASK_STATES and not draft.spec.task_by_id[key.task_id].is_teardown:
            draft.stop(key)


def _cancel(draft: Draft, now: datetime, reason: str, *, is_teardown_spared: bool) -> None:
    tasks = draft.spec.task_by_id
    for key, task in list(draft.tasks.items()):
        if task.state in TERMINAL_TASK_STATES or task.state in OPEN_TASK_STATES:
            continue
        if is_teardown_spared and tasks[key.task_id].is_teardown:
            continue
        draft.close(key, _E.CANCELLED, ended_at=now, reason=reason, next_retry_at=None)


# --- time -------------------------------------------------------------------------------------------------------------


def release_due(draft: Draft, now: datetime) -> None:
    """Schedule every instance whose retry or next look has its time, or whose wait has used up its own."""
    if draft.run.is_cancel_requested:
        return
    for key in sorted({*(key for key, at in draft.base.due.items() if at <= now), *draft.touched}):
        task = draft.tasks.get(key)
        if task is None:
            continue
        is_due = task.next_retry_at is not None and task.next_retry_at <= now
        if task.state is _S.UP_FOR_RETRY and is_due:
            draft.move(key, _E.RETRY_DUE, next_retry_at=None)
        elif task.state is _S.UP_FOR_RESCHEDULE and is_due:
            draft.move(key, _E.RESCHEDULE_DUE, next_retry_at=None)
        elif task.state in _WAITING and task.wait is not None:
            until = task.wait.timeout_at
            if until is not None and until <= now:
                error = f"{WAIT_TIMED_OUT} at {until.isoformat()}"
                _resume(draft, task, Resume(task.wait.method, task.wait.kwargs, error=error))


def _resume(draft: Draft, task: TaskInstance, resume: Resume) -> None:
    draft.move(task.key, _E.RESUMED, wait=None, resume=resume)
