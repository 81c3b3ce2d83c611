"""The envelopes between a supervisor and the processes it looks after.

``PayloadReport`` goes from a payload to its nursery over a socket, one JSON object a line; ``AttemptOutcome`` is what
remains of an attempt when its process tree is gone, and is what the ledger records.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

from jupyter_couture.model.dag import Json
from jupyter_couture.model.ids import AttemptId, RunKey, TaskKey
from jupyter_couture.model.run import AttemptError, Wait
from jupyter_couture.model.states import AttemptState
from jupyter_couture.model.xcom import NO_ITEMS, XComItem

_NO_FIELDS: Mapping[str, Json] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptOutcome:
    """How an attempt ended. ``state`` is one of the terminal attempt states."""

    attempt_id: AttemptId
    run_key: RunKey
    task_key: TaskKey
    state: AttemptState
    ended_at: datetime
    exit_code: int | None = None
    error: AttemptError | None = None
    is_final: bool = False
    was_started: bool = True
    is_silent: bool = False  # it ended before it could call the author's callbacks
    retry_after_seconds: float | None = None
    next_at: datetime | None = None  # of a rescheduled one
    wait: Wait | None = None  # of a deferred one
    map_length: int | None = None
    skips: tuple[str, ...] = ()
    label: str | None = None
    assets: Mapping[str, Json] = field(default_factory=lambda: _NO_FIELDS)
    rendered: Mapping[str, Json] = field(default_factory=lambda: _NO_FIELDS)
    outputs: Mapping[str, Json] = field(default_factory=lambda: _NO_FIELDS)  # as people see them
    xcoms: Mapping[str, XComItem] = field(default_factory=lambda: NO_ITEMS)  # as other tasks get them


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptProgress:
    """How far an attempt is: ``done`` of ``total`` steps (0: unknown), and what it is at."""

    attempt_id: AttemptId
    run_key: RunKey
    task_key: TaskKey
    try_number: int
    at: datetime
    done: int
    total: int
    label: str = ""
    rendered: Mapping[str, Json] = field(default_factory=lambda: _NO_FIELDS)
    outputs: Mapping[str, Json] = field(default_factory=lambda: _NO_FIELDS)
    xcoms: Mapping[str, XComItem] = field(default_factory=lambda: NO_ITEMS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A supervisor's wish to start an attempt; of all claims for one attempt exactly one wins.

    ``is_new_try``: an earlier try may have left values for other tasks, which are forgotten now.
    """

    attempt_id: AttemptId
    run_key: RunKey
    task_key: TaskKey
    runner: str
    host: str
    at: datetime
    is_new_try: bool = False
