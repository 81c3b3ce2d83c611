"""What a run is: ``DagRun``, its ``TaskInstance`` values, and the ``Attempt`` values they point to."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from jupyter_couture.model.dag import Json
from jupyter_couture.model.ids import AttemptId, DagId, RunId, RunKey, TaskKey, VersionHash
from jupyter_couture.model.states import AttemptState, RunState, TaskState

_NOTHING: Mapping[str, Json] = MappingProxyType({})
_NO_TASKS: Mapping[TaskKey, "TaskInstance"] = MappingProxyType({})


class RunType(StrEnum):
    """Who made the run; also the first word of its run id."""

    MANUAL = "manual"
    SCHEDULED = "scheduled"


@dataclass(frozen=True, slots=True)
class AttemptError:
    """Why an attempt did not end well, for people: what happened, where, and what to do."""

    type: str
    message: str
    traceback: str = ""
    hint: str = ""


@dataclass(frozen=True, slots=True)
class TaskInstance:
    """One task of one run.

    ``try_number`` counts attempts that were made, from 1 (0: none yet); ``failures`` those that used up a retry;
    ``losses`` attempts that vanished after their start.
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


@dataclass(frozen=True, slots=True)
class DagRun:
    """One run of one DAG version. ``tasks`` is empty until the run starts."""

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
