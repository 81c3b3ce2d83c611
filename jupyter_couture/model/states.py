"""States, events and the tables that join them.

A state changes only along these tables, in ``decisions.advance``; a pair that is absent is refused and leaves the
state untouched. The names are the field's own, as users of Airflow-like systems know them. The diagrams in
``docs/states.md`` are drawn from these tables by a test.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from jupyter_couture.model.errors import IllegalTransition


class TaskState(StrEnum):
    """State of a task instance."""

    NONE = "none"  # nothing decided yet
    SCHEDULED = "scheduled"  # its dependencies are met, it waits for room
    QUEUED = "queued"  # an attempt was handed to the executor
    RUNNING = "running"  # an attempt claimed its start
    SUCCESS = "success"  # the last attempt ended well
    FAILED = "failed"  # the last attempt failed and no retry is left
    UP_FOR_RETRY = "up_for_retry"  # failed, and the next attempt has its time
    UP_FOR_RESCHEDULE = "up_for_reschedule"  # a sensor gave its slot back until its next look
    DEFERRED = "deferred"  # waits for a trigger, without a slot
    SKIPPED = "skipped"  # decided not to run
    UPSTREAM_FAILED = "upstream_failed"  # cannot run, since a task before it failed
    REMOVED = "removed"  # no longer part of the DAG
    RESTARTING = "restarting"  # cleared while running; decided anew when its attempt has ended
    AWAITING_INPUT = "awaiting_input"  # waits for a person, without a slot


class TaskEvent(StrEnum):
    """What may happen to a task instance."""

    UPSTREAM_MET = "upstream_met"  # the trigger rule holds
    UPSTREAM_FAILED = "upstream_failed"  # the trigger rule can no longer hold
    SKIPPED = "skipped"  # decided to be skipped, by rule or by the task itself
    ADMITTED = "admitted"  # there is room: an attempt is made
    STARTED = "started"  # the attempt claimed its start
    FINISHED = "finished"  # the attempt ended well
    FAILED_RETRYABLE = "failed_retryable"  # the attempt failed, a retry is left
    FAILED_FINAL = "failed_final"  # the attempt failed, none is left
    RETRY_DUE = "retry_due"  # the time of the next attempt has come
    UNDELIVERED = "undelivered"  # the attempt never started; it costs no retry
    CANCELLED = "cancelled"  # the run was cancelled
    REMOVED = "removed"  # the task left the DAG
    CLEARED = "cleared"  # a user wants it done again
    RESTARTED = "restarted"  # the attempt of a cleared instance has ended
    RESCHEDULED = "rescheduled"  # a sensor looked in vain and gave its slot back
    RESCHEDULE_DUE = "reschedule_due"  # the time of its next look has come
    DEFERRED = "deferred"  # the attempt handed over to a trigger
    AWAITED = "awaited"  # the attempt asked a person
    RESUMED = "resumed"  # the trigger fired, the person decided, or the time for it is up
    MARKED_SUCCESS = "marked_success"  # a user says that it is done
    MARKED_FAILED = "marked_failed"  # a user says that it failed
    FORCED = "forced"  # a user wants it run now, whatever it waits for


class RunState(StrEnum):
    """State of a DAG run."""

    QUEUED = "queued"  # waits for its DAG to be on and to have room
    RUNNING = "running"  # tasks are decided
    SUCCESS = "success"  # every leaf ended well or was skipped
    FAILED = "failed"  # a leaf failed, or the run was cancelled


class RunEvent(StrEnum):
    """What may happen to a DAG run."""

    STARTED = "started"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CLEARED = "cleared"


class AttemptState(StrEnum):
    """State of one attempt (try) of a task instance."""

    DISPATCHING = "dispatching"  # written down and handed over, not yet started
    RUNNING = "running"  # a supervisor claimed the start; user code runs
    SUCCESS = "success"
    FAILED = "failed"
    SKIPPED = "skipped"  # the user's code asked to be skipped
    TIMED_OUT = "timed_out"  # stopped at its execution timeout
    CANCELLED = "cancelled"  # stopped because a user or the engine asked
    LOST = "lost"  # it was running and its process tree is gone without a word
    SUPERSEDED = "superseded"  # withdrawn before it started
    RESCHEDULED = "rescheduled"  # looked in vain; the next attempt of the same try looks again
    DEFERRED = "deferred"  # handed over to a trigger or a person; the next attempt of the same try goes on


class AttemptEvent(StrEnum):
    """What may happen to an attempt."""

    CLAIMED = "claimed"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    SKIPPED = "skipped"
    TIMED_OUT = "timed_out"
    CANCELLED = "cancelled"
    LOST = "lost"
    WITHDRAWN = "withdrawn"
    RESCHEDULED = "rescheduled"
    DEFERRED = "deferred"


_S, _E = TaskState, TaskEvent

TASK_TRANSITIONS: Mapping[tuple[TaskState, TaskEvent], TaskState] = MappingProxyType(
    {
        (_S.NONE, _E.UPSTREAM_MET): _S.SCHEDULED,
        (_S.NONE, _E.UPSTREAM_FAILED): _S.UPSTREAM_FAILED,
        (_S.NONE, _E.SKIPPED): _S.SKIPPED,
        (_S.NONE, _E.CANCELLED): _S.SKIPPED,
        (_S.NONE, _E.REMOVED): _S.REMOVED,
        (_S.SCHEDULED, _E.ADMITTED): _S.QUEUED,
        (_S.SCHEDULED, _E.FINISHED): _S.SUCCESS,  # a task without work needs no attempt
        (_S.SCHEDULED, _E.CANCELLED): _S.SKIPPED,
        (_S.SCHEDULED, _E.REMOVED): _S.REMOVED,
        (_S.QUEUED, _E.STARTED): _S.RUNNING,
        (_S.QUEUED, _E.UNDELIVERED): _S.SCHEDULED,
        (_S.QUEUED, _E.FAILED_RETRYABLE): _S.UP_FOR_RETRY,
        (_S.QUEUED, _E.FAILED_FINAL): _S.FAILED,
        (_S.QUEUED, _E.CANCELLED): _S.FAILED,
        (_S.RUNNING, _E.FINISHED): _S.SUCCESS,
        (_S.RUNNING, _E.SKIPPED): _S.SKIPPED,
        (_S.RUNNING, _E.FAILED_RETRYABLE): _S.UP_FOR_RETRY,
        (_S.RUNNING, _E.FAILED_FINAL): _S.FAILED,
        (_S.RUNNING, _E.CANCELLED): _S.FAILED,
        (_S.QUEUED, _E.CLEARED): _S.RESTARTING,
        (_S.RUNNING, _E.CLEARED): _S.RESTARTING,
        (_S.RESTARTING, _E.RESTARTED): _S.NONE,
        (_S.RESTARTING, _E.CANCELLED): _S.FAILED,
        (_S.RUNNING, _E.RESCHEDULED): _S.UP_FOR_RESCHEDULE,
        (_S.UP_FOR_RESCHEDULE, _E.RESCHEDULE_DUE): _S.SCHEDULED,
        (_S.UP_FOR_RESCHEDULE, _E.CANCELLED): _S.FAILED,
        (_S.RUNNING, _E.DEFERRED): _S.DEFERRED,
        (_S.RUNNING, _E.AWAITED): _S.AWAITING_INPUT,
        (_S.DEFERRED, _E.RESUMED): _S.SCHEDULED,
        (_S.DEFERRED, _E.CANCELLED): _S.FAILED,
        (_S.AWAITING_INPUT, _E.RESUMED): _S.SCHEDULED,
        (_S.AWAITING_INPUT, _E.CANCELLED): _S.FAILED,
        (_S.UP_FOR_RETRY, _E.RETRY_DUE): _S.SCHEDULED,
        (_S.UP_FOR_RETRY, _E.CANCELLED): _S.FAILED,
        (_S.SUCCESS, _E.CLEARED): _S.NONE,
        (_S.FAILED, _E.CLEARED): _S.NONE,
        (_S.SKIPPED, _E.CLEARED): _S.NONE,
        (_S.UPSTREAM_FAILED, _E.CLEARED): _S.NONE,
        (_S.UP_FOR_RETRY, _E.CLEARED): _S.NONE,
        (_S.UP_FOR_RESCHEDULE, _E.CLEARED): _S.NONE,
        (_S.DEFERRED, _E.CLEARED): _S.NONE,
        (_S.AWAITING_INPUT, _E.CLEARED): _S.NONE,
        (_S.SCHEDULED, _E.CLEARED): _S.NONE,
        (_S.REMOVED, _E.CLEARED): _S.NONE,
        **{(state, _E.MARKED_SUCCESS): _S.SUCCESS for state in TaskState if state not in (_S.SUCCESS, _S.REMOVED)},
        **{(state, _E.MARKED_FAILED): _S.FAILED for state in TaskState if state not in (_S.FAILED, _S.REMOVED)},
        **{
            (state, _E.FORCED): _S.SCHEDULED
            for state in (
                _S.NONE,
                _S.UP_FOR_RETRY,
                _S.UP_FOR_RESCHEDULE,
                _S.SUCCESS,
                _S.FAILED,
                _S.SKIPPED,
                _S.UPSTREAM_FAILED,
            )
        },
        **{(state, _E.REMOVED): _S.REMOVED for state in (_S.SUCCESS, _S.FAILED, _S.SKIPPED, _S.UPSTREAM_FAILED)},
    }
)

RUN_TRANSITIONS: Mapping[tuple[RunState, RunEvent], RunState] = MappingProxyType(
    {
        (RunState.QUEUED, RunEvent.STARTED): RunState.RUNNING,
        (RunState.QUEUED, RunEvent.FAILED): RunState.FAILED,  # cancelled before it began
        (RunState.RUNNING, RunEvent.SUCCEEDED): RunState.SUCCESS,
        (RunState.RUNNING, RunEvent.FAILED): RunState.FAILED,
        (RunState.SUCCESS, RunEvent.CLEARED): RunState.QUEUED,
        (RunState.FAILED, RunEvent.CLEARED): RunState.QUEUED,
        (RunState.QUEUED, RunEvent.SUCCEEDED): RunState.SUCCESS,  # marked so by a user
        (RunState.SUCCESS, RunEvent.FAILED): RunState.FAILED,  # marked so by a user
        (RunState.FAILED, RunEvent.SUCCEEDED): RunState.SUCCESS,  # marked so by a user
    }
)

_A, _V = AttemptState, AttemptEvent

ATTEMPT_TRANSITIONS: Mapping[tuple[AttemptState, AttemptEvent], AttemptState] = MappingProxyType(
    {
        (_A.DISPATCHING, _V.CLAIMED): _A.RUNNING,
        (_A.DISPATCHING, _V.CANCELLED): _A.CANCELLED,
        (_A.DISPATCHING, _V.LOST): _A.LOST,
        (_A.DISPATCHING, _V.WITHDRAWN): _A.SUPERSEDED,
        (_A.RUNNING, _V.SUCCEEDED): _A.SUCCESS,
        (_A.RUNNING, _V.FAILED): _A.FAILED,
        (_A.RUNNING, _V.SKIPPED): _A.SKIPPED,
        (_A.RUNNING, _V.TIMED_OUT): _A.TIMED_OUT,
        (_A.RUNNING, _V.CANCELLED): _A.CANCELLED,
        (_A.RUNNING, _V.LOST): _A.LOST,
        (_A.RUNNING, _V.RESCHEDULED): _A.RESCHEDULED,
        (_A.RUNNING, _V.DEFERRED): _A.DEFERRED,
    }
)

TERMINAL_TASK_STATES = frozenset({_S.SUCCESS, _S.FAILED, _S.SKIPPED, _S.UPSTREAM_FAILED, _S.REMOVED})
OPEN_TASK_STATES = frozenset({_S.QUEUED, _S.RUNNING, _S.RESTARTING})
"""States in which a task instance has an open attempt."""

WORST_FIRST = (
    *(_S.FAILED, _S.UPSTREAM_FAILED, _S.AWAITING_INPUT, _S.RUNNING, _S.RESTARTING, _S.UP_FOR_RETRY),
    *(_S.UP_FOR_RESCHEDULE, _S.DEFERRED, _S.QUEUED, _S.SCHEDULED, _S.NONE, _S.SUCCESS, _S.SKIPPED, _S.REMOVED),
)
"""What stands for many instances: the first of these that any of them is in."""

TERMINAL_RUN_STATES = frozenset({RunState.SUCCESS, RunState.FAILED})
OPEN_ATTEMPT_STATES = frozenset({_A.DISPATCHING, _A.RUNNING})


def next_task_state(state: TaskState, event: TaskEvent, *, task: str, story: str = "") -> TaskState:
    """Where ``event`` leads from ``state``; raises ``IllegalTransition`` if the table has no such pair."""
    try:
        return TASK_TRANSITIONS[state, event]
    except KeyError:
        raise IllegalTransition(what="task", id=task, state=state.value, event=event.value, story=story) from None


def next_run_state(state: RunState, event: RunEvent, *, run: str, story: str = "") -> RunState:
    """Where ``event`` leads from ``state``; raises ``IllegalTransition`` if the table has no such pair."""
    try:
        return RUN_TRANSITIONS[state, event]
    except KeyError:
        raise IllegalTransition(what="run", id=run, state=state.value, event=event.value, story=story) from None


def next_attempt_state(state: AttemptState, event: AttemptEvent, *, attempt: str, story: str = "") -> AttemptState:
    """Where ``event`` leads from ``state``; raises ``IllegalTransition`` if the table has no such pair."""
    try:
        return ATTEMPT_TRANSITIONS[state, event]
    except KeyError:
        raise IllegalTransition(what="attempt", id=attempt, state=state.value, event=event.value, story=story) from None
