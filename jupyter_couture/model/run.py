"""What a run is: ``DagRun``, its ``TaskInstance`` values, and the ``Attempt`` values they point to."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from enum import StrEnum
from operator import attrgetter
from types import MappingProxyType
from typing import Any

from jupyter_couture.model.dag import Json
from jupyter_couture.model.ids import AttemptId, DagId, RunId, RunKey, TaskKey, VersionHash
from jupyter_couture.model.states import AttemptState, RunState, TaskState

_NOTHING: Mapping[str, Json] = MappingProxyType({})
_NO_TASKS: Mapping[TaskKey, "TaskInstance"] = MappingProxyType({})


class RunType(StrEnum):
    """Who made the run; also the first word of its run id."""

    MANUAL = "manual"
    SCHEDULED = "scheduled"
    BACKFILL = "backfill"
    ASSET_TRIGGERED = "asset_triggered"


@dataclass(frozen=True, slots=True)
class AttemptError:
    """Why an attempt did not end well, for people: what happened, where, and what to do."""

    type: str
    message: str
    traceback: str = ""
    hint: str = ""


def manual_run_id(at: datetime) -> RunId:
    """``manual__2026-11-22T16:00:00.000001+00:00``: always with microseconds and offset, so that it sorts."""
    return RunId(f"{RunType.MANUAL}__{at.astimezone(UTC).isoformat(timespec='microseconds')}")


class WaitKind(StrEnum):
    """What ends a wait without a slot."""

    TRIGGER = "trigger"  # an asynchronous trigger fires
    PERSON = "person"  # somebody decides


@dataclass(frozen=True, slots=True)
class Wait:
    """What a deferred task instance waits for, and how it goes on afterwards.

    ``wait_id`` names this wait alone. ``trigger`` is the dotted path of the trigger class, ``arguments`` what it is
    made with; of a ``PERSON`` wait ``arguments`` say what to ask. When it ends, the next attempt of the same try calls
    ``method`` of the operator with ``kwargs`` and the event. After ``timeout_at`` it goes on without an event.
    """

    wait_id: str
    kind: WaitKind
    method: str
    trigger: str = ""
    arguments: Mapping[str, Json] = field(default_factory=lambda: _NOTHING)
    kwargs: Mapping[str, Json] = field(default_factory=lambda: _NOTHING)
    timeout_at: datetime | None = None


WAIT_TIMED_OUT = "timed out"
"""How the ``error`` of a ``Resume`` begins if the time for the wait was up."""


@dataclass(frozen=True, slots=True)
class Resume:
    """How an attempt goes on after a wait: ``method`` of the operator, with ``kwargs`` and the ``event``.

    ``error`` says why there is no event: the trigger failed, or the time was up (then it begins with
    ``WAIT_TIMED_OUT``).
    """

    method: str
    kwargs: Mapping[str, Json] = field(default_factory=lambda: _NOTHING)
    event: Json = None
    error: str = ""


@dataclass(frozen=True, slots=True)
class TaskInstance:
    """One task of one run.

    ``try_number`` counts tries that were made, from 1 (0: none yet); ``failures`` those that used up a retry;
    ``losses`` attempts that vanished after their start. Looks of a sensor and the parts of a deferred task are attempts
    of one try, which began at ``first_started_at``. ``next_retry_at`` is when an instance in ``up_for_retry`` or
    ``up_for_reschedule`` is due. ``map_length`` is the length of what the task returned, if others are mapped over it;
    ``skips`` are the tasks after it that it decided to skip; ``label`` names a mapped instance for people. ``forced``
    names the checks a user told the instance to ignore in its next attempt.
    """

    key: TaskKey
    state: TaskState = TaskState.NONE
    try_number: int = 0
    failures: int = 0
    losses: int = 0
    attempt_id: AttemptId | None = None
    queued_at: datetime | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    next_retry_at: datetime | None = None
    reason: str | None = None
    map_length: int | None = None
    label: str | None = None
    skips: tuple[str, ...] = ()
    wait: Wait | None = None
    resume: Resume | None = None
    first_started_at: datetime | None = None
    forced: tuple[str, ...] = ()


_SLOTS: Mapping[str, Any] = {each.name: getattr(TaskInstance, each.name) for each in fields(TaskInstance)}
_SETTERS = tuple(slot.__set__ for slot in _SLOTS.values())
_values_of = attrgetter(*_SLOTS)


def altered(task: TaskInstance, **changes: Any) -> TaskInstance:
    """What ``dataclasses.replace`` gives, in less than half the time: a pass may change ten thousand.

    A frozen dataclass sets its fields by name, which is most of the work; its slots can be filled at once.
    """
    made = object.__new__(TaskInstance)
    for fill, value in zip(_SETTERS, _values_of(task), strict=True):
        fill(made, value)
    for name, value in changes.items():
        _SLOTS[name].__set__(made, value)
    return made


@dataclass(frozen=True, slots=True)
class TaskRef:
    """A task instance anywhere: the parent of a run that a task triggered."""

    dag_id: DagId
    run_id: RunId
    task_id: str
    map_index: int = -1


@dataclass(frozen=True, slots=True)
class DagRun:
    """One run of one DAG version. ``tasks`` is empty until the run starts.

    ``parent`` is the task instance that triggered it, ``backfill_id`` the backfill it belongs to, ``asset_events`` the
    numbers of the events it was made for. ``next_deadline`` is the next of its deadlines (SLAs) that is ahead.
    """

    dag_id: DagId
    run_id: RunId
    run_type: RunType
    version: VersionHash
    state: RunState
    logical_date: datetime
    data_interval_start: datetime
    data_interval_end: datetime
    queued_at: datetime
    started_at: datetime | None = None
    ended_at: datetime | None = None
    conf: Mapping[str, Json] = field(default_factory=lambda: _NOTHING)
    is_cancel_requested: bool = False
    reason: str | None = None
    parent: TaskRef | None = None
    backfill_id: int | None = None
    asset_events: tuple[int, ...] = ()
    note: str = ""
    next_deadline: datetime | None = None
    tasks: Mapping[TaskKey, TaskInstance] = field(default_factory=lambda: _NO_TASKS)

    @property
    def key(self) -> RunKey:
        """The pair that names the run."""
        return RunKey(self.dag_id, self.run_id)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try at a task instance. ``runner`` is the supervisor that claimed its start."""

    attempt_id: AttemptId
    run_key: RunKey
    task_key: TaskKey
    try_number: int
    state: AttemptState
    fence: int
    dispatched_at: datetime
    is_cancel_requested: bool = False
    started_at: datetime | None = None
    ended_at: datetime | None = None
    beat_at: datetime | None = None
    runner: str | None = None
    host: str | None = None
    pid: int | None = None
    exit_code: int | None = None
    error: AttemptError | None = None
