"""What travels for the overview."""

from typing import Annotated

from msgspec import Meta, Struct

from jupyter_couture_server.wire import Instant, Query, RunInfo


class ActivityQuery(Query, frozen=True):
    """``limit`` is that of each list."""

    limit: Annotated[int, Meta(ge=1, le=50)] = 10


class ActiveRunInfo(Struct, frozen=True):
    """``usual_seconds`` is the median of the newest runs that succeeded; null if none has."""

    run: RunInfo
    usual_seconds: float | None


class FailedTaskInfo(Struct, frozen=True):
    task_id: str
    map_index: int
    try_number: int
    reason: str | None


class FailedRunInfo(Struct, frozen=True):
    """``task`` failed first; null if the run failed without one, and for who may not read tasks."""

    dag_id: str
    run_id: str
    run_type: str
    logical_date: Instant
    ended_at: Instant | None
    reason: str | None
    task: FailedTaskInfo | None


class ComingRunInfo(Struct, frozen=True):
    dag_id: str
    due_at: Instant


class ActivityReply(Struct, frozen=True):
    active: list[ActiveRunInfo]
    failed: list[FailedRunInfo]
    coming: list[ComingRunInfo]
