"""Intents: what should be done about it. They are stored with the change that calls for them, then carried out."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from jupyter_couture.model.alerts import LateTask
from jupyter_couture.model.dag import Json
from jupyter_couture.model.ids import AttemptId, RunKey, TaskKey, VersionHash
from jupyter_couture.model.run import Resume, TaskRef


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackOrder:
    """Run a callback of the author's instead of a task.

    ``name`` is that of the callback (``on_failure`` ...), ``task`` the task instance it is about (None: the run),
    ``reason`` why, ``late`` the tasks that missed a deadline, ``blocking`` those that hold them up.
    """

    name: str
    task: TaskKey | None = None
    try_number: int = 0
    reason: str = ""
    late: tuple[LateTask, ...] = ()
    blocking: tuple[LateTask, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StartAttempt:
    """Hand an attempt to the executor. Doing so twice is harmless: its start can be claimed once.

    Everything the supervisor and the payload need to know is here or in the DAG version; nothing is looked up.
    ``lengths`` are those of the mapped arguments, in the order of ``Expansion.lengths``. ``resume`` says how to go on
    after a wait, ``callback`` that this is no task but a callback.
    """

    attempt_id: AttemptId
    run_key: RunKey
    task_key: TaskKey
    try_number: int
    version: VersionHash
    fence: int
    operator_kind: str
    logical_date: datetime
    data_interval_start: datetime
    data_interval_end: datetime
    run_type: str
    run_queued_at: datetime
    conf: Mapping[str, Json]
    max_tries: int
    timeout_seconds: float | None = None
    priority: int = 0
    failures: int = 0
    lengths: tuple[int, ...] = ()
    resume: Resume | None = None
    first_started_at: datetime | None = None
    callback: CallbackOrder | None = None
    parent: TaskRef | None = None
    asset_events: tuple[int, ...] = ()
    run_started_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelAttempt:
    """Stop an attempt and its whole process tree."""

    attempt_id: AttemptId


Intent: TypeAlias = StartAttempt | CancelAttempt
