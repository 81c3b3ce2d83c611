"""What the server says, as frozen values: the fields of the REST API that a client has use for.

Times are aware UTC, durations seconds, states the words of ``jupyter_couture.model.states``.
"""

from datetime import datetime
from typing import Any

from msgspec import Struct

Json = dict[str, Any]


class Value(Struct, frozen=True):
    """Base of all of them."""


class EngineInfo(Value, frozen=True):
    """``state`` is ``leading``, ``starting`` or ``down``."""

    state: str
    holder: str | None = None
    heartbeat_at: datetime | None = None
    pid: int | None = None
    last_error: str | None = None


class ExecutorInfo(Value, frozen=True):
    kind: str
    workers: int
    slots: int
    open_attempts: int


class DatabaseInfo(Value, frozen=True):
    ok: bool
    dialect: str


class Health(Value, frozen=True):
    """``status`` is ``healthy``, ``starting`` or ``unhealthy``."""

    status: str
    version: str
    engine: EngineInfo
    executor: ExecutorInfo
    database: DatabaseInfo
    feed_seq: int

    @property
    def is_healthy(self) -> bool:
        """Whether the database answers and an engine leads."""
        return self.status == "healthy"


class Me(Value, frozen=True):
    """Who the server takes the caller for."""

    name: str
    display_name: str
    role: str
    permissions: list[str]


class ImportProblem(Value, frozen=True):
    """Why a DAG file could not be loaded."""

    file: str
    line: int | None
    message: str
    at: datetime | None


class ImportProblems(Value, frozen=True):
    errors: list[ImportProblem]
    total: int


class RunInfo(Value, frozen=True):
    dag_id: str
    run_id: str
    run_type: str
    state: str
    version: str
    logical_date: datetime
    data_interval_start: datetime
    data_interval_end: datetime
    queued_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    duration_seconds: float | None
    conf: Json
    cancel_requested: bool
    reason: str | None
    task_counts: dict[str, int]


class RunList(Value, frozen=True):
    runs: list[RunInfo]
    total: int


class DagInfo(Value, frozen=True):
    dag_id: str
    description: str
    is_paused: bool
    schedule: str | None
    schedule_label: str
    timezone: str
    owner: str
    tags: list[str]
    file: str
    version: str
    has_import_error: bool
    last_run: RunInfo | None
    next_run_at: datetime | None
    run_counts: dict[str, int]
    recent_tasks: dict[str, int]
    task_count: int


class DagDetails(DagInfo, frozen=True):
    doc: str
    params: Json
    default_args: Json
    catchup: bool
    max_active_runs: int
    max_active_tasks: int
    start_date: datetime | None
    end_date: datetime | None
    params_schema: Json
    warnings: list[str]


class DagList(Value, frozen=True):
    dags: list[DagInfo]
    total: int
    feed_seq: int


class GraphNode(Value, frozen=True):
    """A task as the file says it."""

    id: str
    operator: str
    kind: str
    label: str
    group: str | None
    description: str
    trigger_rule: str
    retries: int
    pool: str
    is_mapped: bool


class Graph(Value, frozen=True):
    dag_id: str
    version: str
    nodes: list[GraphNode]
    edges: list[tuple[str, str]]


class Source(Value, frozen=True):
    file: str
    version: str
    source: str


class NextRun(Value, frozen=True):
    """A run to come: due at ``due_at``, which is ``local_time`` in the schedule's time zone."""

    logical_date: datetime
    data_interval_start: datetime
    data_interval_end: datetime
    due_at: datetime
    local_time: str


class NextRuns(Value, frozen=True):
    dag_id: str
    schedule: str | None
    timezone: str
    is_paused: bool
    problem: str | None
    runs: list[NextRun]


class Progress(Value, frozen=True):
    done: int
    total: int
    label: str


class TaskInfo(Value, frozen=True):
    dag_id: str
    run_id: str
    task_id: str
    map_index: int
    state: str
    try_number: int
    max_tries: int
    operator: str
    kind: str
    queued_at: datetime | None
    started_at: datetime | None
    ended_at: datetime | None
    duration_seconds: float | None
    next_retry_at: datetime | None
    reason: str | None
    progress: Progress | None


class TaskList(Value, frozen=True):
    tasks: list[TaskInfo]
    feed_seq: int
    total: int


class AttemptError(Value, frozen=True):
    type: str
    message: str
    traceback: str
    hint: str


class Attempt(Value, frozen=True):
    attempt_id: str
    try_number: int
    state: str
    dispatched_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    duration_seconds: float | None
    host: str | None
    exit_code: int | None
    error: AttemptError | None
    log_size: int


class AttemptList(Value, frozen=True):
    attempts: list[Attempt]
    total: int


class LogPart(Value, frozen=True):
    text: str
    offset: int
    next_offset: int
    size: int
    complete: bool


class Reason(Value, frozen=True):
    """One thing that keeps a task from running."""

    kind: str
    facts: Json
    sentence: str


class Why(Value, frozen=True):
    reasons: list[Reason]


class Command(Value, frozen=True):
    """An action that was ordered. While ``is_done`` is false the engine has not come to it."""

    number: int
    is_done: bool
    touched: int = 0
    notes: list[str] = []


class Event(Value, frozen=True):
    """Something that happened; ``seq`` counts up and is the cursor to go on from."""

    seq: int
    at: datetime
    kind: str
    dag_id: str | None
    run_id: str | None
    task_id: str | None
    map_index: int | None
    data: Json
