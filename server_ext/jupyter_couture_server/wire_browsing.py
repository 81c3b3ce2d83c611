"""What travels for lists over everything: runs, task instances, the audit log, commands."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from jupyter_couture.model.ids import MAX_ID_LENGTH
from jupyter_couture_server.wire import Instant, Json, Query, RunInfo

_COUNT = 2**31 - 1
_Id = Annotated[str, Meta(max_length=MAX_ID_LENGTH, pattern=r"^[^\x00-\x1f\x7f]*$")]
_Words = Annotated[str, Meta(max_length=200, pattern=r"^[a-z_, ]*$")]
_Time = Annotated[str, Meta(max_length=64, pattern=r"^[0-9TZ:+. -]*$")]
_Limit = Annotated[int, Meta(ge=1, le=1000)]
_Offset = Annotated[int, Meta(ge=0, le=_COUNT)]
RunOrderWord = Literal["-created", "created", "-logical_date", "logical_date"]


class RunListQuery(Query, frozen=True):
    """Empty texts are no filter. ``state`` and ``run_type`` take several words with commas; ranges include their ends;
    ``search`` is a part of the run id.
    """

    state: _Words = ""
    run_type: _Words = ""
    date_from: _Time = ""
    date_to: _Time = ""
    search: _Id = ""
    order_by: RunOrderWord = "-created"
    limit: _Limit = 25
    offset: _Offset = 0


class RunBrowseQuery(RunListQuery, frozen=True):
    """The same over all DAGs."""

    dag_id: _Id = ""
    limit: _Limit = 100


class TaskBrowseQuery(Query, frozen=True):
    """Empty texts are no filter. ``state`` takes several words with commas; the range includes its ends; ``operator``
    and ``pool`` are what the file of the run's version says.
    """

    dag_id: _Id = ""
    run_id: _Id = ""
    task_id: _Id = ""
    state: _Words = ""
    operator: _Id = ""
    pool: _Id = ""
    started_from: _Time = ""
    started_to: _Time = ""
    order_by: Literal["-run", "run", "-started_at", "started_at"] = "-run"
    limit: _Limit = 100
    offset: _Offset = 0


class AuditQuery(Query, frozen=True):
    """Empty texts are no filter, others are exact; ``since`` and ``until`` are included."""

    event: _Id = ""
    actor: _Id = ""
    dag_id: _Id = ""
    run_id: _Id = ""
    task_id: _Id = ""
    since: _Time = ""
    until: _Time = ""
    order_by: Literal["-at", "at"] = "-at"
    limit: _Limit = 100
    offset: _Offset = 0


class CommandListQuery(Query, frozen=True):
    """``kind`` is a word such as ``ClearTasks``; ``is_done`` false gives those that still wait for an engine."""

    kind: _Id = ""
    actor: _Id = ""
    is_done: bool | None = None
    order_by: Literal["-number", "number"] = "-number"
    limit: _Limit = 100
    offset: _Offset = 0


class AuditInfo(Struct, frozen=True):
    """Who did what, when, from where; ``logical_date`` is that of the run, if it has one that is kept."""

    number: int
    at: Instant
    actor: str
    event: str
    source_ip: str
    dag_id: str | None
    run_id: str | None
    task_id: str | None
    logical_date: Instant | None
    extra: Json


class AuditReply(Struct, frozen=True):
    """``total`` counts no further than 10,000; ``has_more`` says that there are more than that."""

    entries: list[AuditInfo]
    total: int
    has_more: bool


class CommandInfo(Struct, frozen=True):
    """A command; ``done_at`` is null while no engine has come to it."""

    number: int
    kind: str
    actor: str
    at: Instant
    done_at: Instant | None
    touched: int
    notes: list[str]


class CommandListReply(Struct, frozen=True):
    """``total`` counts no further than 10,000; ``has_more`` says that there are more than that."""

    commands: list[CommandInfo]
    total: int
    has_more: bool


class RunPageReply(Struct, frozen=True):
    """``total`` counts no further than 10,000; ``has_more`` says that there are more than that."""

    runs: list[RunInfo]
    total: int
    has_more: bool


class FoundTaskInfo(Struct, frozen=True):
    """A task instance of any run."""

    dag_id: str
    run_id: str
    task_id: str
    map_index: int
    label: str | None
    state: str
    try_number: int
    max_tries: int
    operator: str
    kind: str
    pool: str
    queue: str
    priority_weight: int
    logical_date: Instant
    queued_at: Instant | None
    started_at: Instant | None
    ended_at: Instant | None
    duration_seconds: float | None
    reason: str | None


class TaskPageReply(Struct, frozen=True):
    """``total`` counts no further than 10,000; ``has_more`` says that there are more than that."""

    tasks: list[FoundTaskInfo]
    total: int
    has_more: bool
