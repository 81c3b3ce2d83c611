"""What travels: request and reply bodies as msgspec structs. The OpenAPI document is drawn from them.

Times are ISO 8601 UTC with ``+00:00``, durations seconds, states the words of ``model.states``.
"""

import json
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from jupyter_couture_server.wire_graph import MissingInfo

Instant = Annotated[str, Meta(extra_json_schema={"format": "date-time"})]
Json = dict[str, Any]

_TEXT = r"^[^\x00-\x1f\x7f]*$"
_COUNT = 2**31 - 1


class Query(Struct, frozen=True, forbid_unknown_fields=True):
    """Base of query options: a name that is not listed is refused."""


class Body(Struct, frozen=True, forbid_unknown_fields=True):
    """Base of request bodies: a field that is not listed is refused."""


# --- errors -----------------------------------------------------------------------------------------------------------


class ErrorInfo(Struct, frozen=True):
    """What is wrong and what to do. ``field`` is the JSON path of the wrong value, ``ids`` what it is about."""

    type: str
    message: str
    hint: str = ""
    field: str | None = None
    ids: dict[str, str] = {}


class ErrorReply(Struct, frozen=True):
    """The body of every 4xx and 5xx."""

    error: ErrorInfo


# --- query options ----------------------------------------------------------------------------------------------------


class DagListQuery(Query, frozen=True):
    """``search`` is a part of an id, tag or owner; ``tag`` and ``owner`` are whole; ``state`` is the newest run's."""

    search: Annotated[str, Meta(max_length=250, pattern=_TEXT)] = ""
    paused: bool | None = None
    tag: Annotated[str, Meta(max_length=250, pattern=_TEXT)] = ""
    owner: Annotated[str, Meta(max_length=250, pattern=_TEXT)] = ""
    state: Literal["queued", "running", "success", "failed"] | None = None
    order_by: Literal[
        "dag_id", "-dag_id", "last_run", "-last_run", "next_run", "-next_run",
        "owner", "-owner", "schedule", "-schedule",
    ] = "dag_id"  # fmt: skip
    limit: Annotated[int, Meta(ge=1, le=1000)] = 100
    offset: Annotated[int, Meta(ge=0, le=_COUNT)] = 0


class ProblemListQuery(Query, frozen=True):
    """``search`` is a part of the file's path."""

    search: Annotated[str, Meta(max_length=250, pattern=_TEXT)] = ""
    order_by: Literal["file", "-file", "at", "-at"] = "file"
    limit: Annotated[int, Meta(ge=1, le=1000)] = 1000
    offset: Annotated[int, Meta(ge=0, le=_COUNT)] = 0


class TaskListQuery(Query, frozen=True):
    """``search`` is a part of the task id; ``state`` takes several words with commas; without ``limit`` all are given.

    ``position`` is the order of the file, and within a mapped task that of the indices.
    """

    search: Annotated[str, Meta(max_length=250, pattern=_TEXT)] = ""
    state: Annotated[str, Meta(max_length=200, pattern=r"^[a-z_, ]*$")] = ""
    order_by: Literal["position", "task_id", "-task_id", "started_at", "-started_at"] = "position"
    limit: Annotated[int, Meta(ge=1, le=100_000)] | None = None
    offset: Annotated[int, Meta(ge=0, le=_COUNT)] = 0


class AttemptListQuery(Query, frozen=True):
    """``state`` takes several words with commas."""

    map_index: Annotated[int, Meta(ge=-1, le=_COUNT)] = -1
    state: Annotated[str, Meta(max_length=200, pattern=r"^[a-z_, ]*$")] = ""
    order_by: Literal["try_number", "-try_number"] = "try_number"
    limit: Annotated[int, Meta(ge=1, le=1000)] = 100
    offset: Annotated[int, Meta(ge=0, le=_COUNT)] = 0


class VersionQuery(Query, frozen=True):
    version: Annotated[str, Meta(max_length=128, pattern=r"^[0-9A-Za-z]*$")] | None = None


class TaskQuery(Query, frozen=True):
    map_index: Annotated[int, Meta(ge=-1, le=_COUNT)] = -1


class LogQuery(Query, frozen=True):
    map_index: Annotated[int, Meta(ge=-1, le=_COUNT)] = -1
    offset: Annotated[int, Meta(ge=-(2**53), le=2**53)] = 0
    limit: Annotated[int, Meta(ge=1, le=1024 * 1024)] = 65_536
    wait: Annotated[float, Meta(ge=0, le=20)] = 0.0


class StreamQuery(Query, frozen=True):
    cursor: Annotated[int, Meta(ge=0, le=2**53)] | None = None


# --- request bodies ---------------------------------------------------------------------------------------------------


class PauseBody(Body, frozen=True):
    is_paused: bool


class TriggerBody(Body, frozen=True):
    conf: dict[str, Any] = {}
    logical_date: Annotated[str, Meta(max_length=64, extra_json_schema={"format": "date-time"})] | None = None
    run_id: Annotated[str, Meta(min_length=1, max_length=250)] | None = None
    idempotency_key: Annotated[str, Meta(min_length=1, max_length=200, pattern=r"^[!-~]+$")] | None = None


# --- system -----------------------------------------------------------------------------------------------------------


class EngineInfo(Struct, frozen=True):
    state: str
    holder: str | None = None
    heartbeat_at: Instant | None = None
    pid: int | None = None
    last_error: str | None = None


class ExecutorInfo(Struct, frozen=True):
    kind: str
    workers: int
    slots: int
    open_attempts: int


class DatabaseInfo(Struct, frozen=True):
    ok: bool
    dialect: str


class HealthReply(Struct, frozen=True):
    """``healthy``: database there and somebody leads; ``starting``: not yet; ``unhealthy``: something is away."""

    status: str
    version: str
    engine: EngineInfo
    executor: ExecutorInfo
    database: DatabaseInfo
    feed_seq: int


class MeReply(Struct, frozen=True):
    name: str
    display_name: str
    role: str
    permissions: list[str]


class OverviewReply(Struct, frozen=True):
    running_tasks: int
    queued_tasks: int
    running_runs: int
    failed_runs_24h: int
    import_errors: int
    feed_seq: int


class ImportErrorInfo(Struct, frozen=True):
    file: str
    line: int | None
    message: str
    at: Instant | None


class ImportErrorsReply(Struct, frozen=True):
    errors: list[ImportErrorInfo]
    total: int


# --- DAGs -------------------------------------------------------------------------------------------------------------


class RunInfo(Struct, frozen=True):
    dag_id: str
    run_id: str
    run_type: str
    state: str
    version: str
    logical_date: Instant
    data_interval_start: Instant
    data_interval_end: Instant
    queued_at: Instant
    started_at: Instant | None
    ended_at: Instant | None
    duration_seconds: float | None
    conf: Json
    external_trigger: bool
    cancel_requested: bool
    reason: str | None
    task_counts: dict[str, int]


class DagInfo(Struct, frozen=True):
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
    version_short: str
    has_import_error: bool
    last_run: RunInfo | None
    next_run_at: Instant | None
    run_counts: dict[str, int]
    recent_tasks: dict[str, int]
    task_count: int


class VersionInfo(Struct, frozen=True):
    version: str
    created_at: Instant


class DagDetailInfo(DagInfo, frozen=True):
    doc: str
    params: Json
    default_args: Json
    catchup: bool
    max_active_runs: int
    max_active_tasks: int
    start_date: Instant | None
    end_date: Instant | None
    versions: list[VersionInfo]
    dialect: str
    warnings: list[str]
    display_name: str
    owner_links: Json
    params_schema: Json
    run_timeout_seconds: float | None
    sla_seconds: float | None
    is_fail_fast: bool
    max_failed_runs: int
    callbacks: list[str]
    assets: list[str]


class DagListReply(Struct, frozen=True):
    dags: list[DagInfo]
    total: int
    hidden_paused: int
    feed_seq: int


class RefreshReply(Struct, frozen=True):
    dag_id: str
    version: str
    changed: bool
    errors: list[ImportErrorInfo]


class SourceReply(Struct, frozen=True):
    dag_id: str
    version: str
    file: str
    source: str


# --- runs and tasks ---------------------------------------------------------------------------------------------------


class RunListReply(Struct, frozen=True):
    runs: list[RunInfo]
    total: int
    feed_seq: int


class ProgressInfo(Struct, frozen=True):
    done: int
    total: int
    label: str


class TaskInfo(Struct, frozen=True):
    dag_id: str
    run_id: str
    task_id: str
    map_index: int
    state: str
    try_number: int
    max_tries: int
    operator: str
    kind: str
    queued_at: Instant | None
    started_at: Instant | None
    ended_at: Instant | None
    duration_seconds: float | None
    next_retry_at: Instant | None
    reason: str | None
    progress: ProgressInfo | None


class AttemptErrorInfo(Struct, frozen=True):
    type: str
    message: str
    traceback: str
    hint: str


class AttemptInfo(Struct, frozen=True):
    attempt_id: str
    try_number: int
    state: str
    dispatched_at: Instant
    started_at: Instant | None
    ended_at: Instant | None
    duration_seconds: float | None
    host: str | None
    pid: int | None
    exit_code: int | None
    error: AttemptErrorInfo | None
    log_size: int
    cpu_seconds: float | None
    peak_memory_bytes: int | None


class TaskDetailInfo(TaskInfo, frozen=True):
    attempts: list[AttemptInfo]
    rendered: Json | None
    notebook: str | None
    missing: MissingInfo | None


class TaskListReply(Struct, frozen=True):
    tasks: list[TaskInfo]
    feed_seq: int
    total: int


class AttemptListReply(Struct, frozen=True):
    attempts: list[AttemptInfo]
    total: int


class RenderedReply(Struct, frozen=True):
    fields: Json
    params: Json
    conf: Json


class LogReply(Struct, frozen=True):
    text: str
    offset: int
    next_offset: int
    size: int
    complete: bool


# --- the stream -------------------------------------------------------------------------------------------------------


class EventInfo(Struct, frozen=True):
    seq: int
    at: Instant
    kind: str
    dag_id: str | None
    run_id: str | None
    task_id: str | None
    map_index: int | None
    data: Json


def encode(value: object) -> bytes:
    """Bytes of a reply."""
    try:
        return msgspec.json.encode(value)
    except (OverflowError, UnicodeEncodeError):
        # Users' own values may hold integers over 64 bits and lone surrogates; the plain encoder takes both.
        return json.dumps(msgspec.to_builtins(value)).encode()
