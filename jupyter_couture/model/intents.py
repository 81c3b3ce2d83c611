"""Intents: what should be done about it. They are stored with the change that calls for them, then carried out."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from jupyter_couture.model.dag import Json
from jupyter_couture.model.ids import AttemptId, RunKey, TaskKey, VersionHash


@dataclass(frozen=True, slots=True, kw_only=True)
class StartAttempt:
    """Hand an attempt to the executor. Doing so twice is harmless: its start can be claimed once.

    Everything the supervisor and the payload need to know is here or in the DAG version; nothing is looked up.
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


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelAttempt:
    """Stop an attempt and its whole process tree."""

    attempt_id: AttemptId


Intent: TypeAlias = StartAttempt | CancelAttempt
