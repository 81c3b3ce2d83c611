"""What travels for the list of what works now."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from jupyter_couture_server.wire import Instant, Query

_Text = Annotated[str, Meta(max_length=250, pattern=r"^[^\x00-\x1f\x7f]*$")]


class JobQuery(Query, frozen=True):
    """Empty texts are no filter; ``host`` is a part of its name."""

    kind: Literal["", "scheduler", "executor", "worker", "task"] = ""
    state: Literal["", "starting", "running", "silent"] = ""
    host: _Text = ""
    dag_id: _Text = ""
    limit: Annotated[int, Meta(ge=1, le=1000)] = 100
    offset: Annotated[int, Meta(ge=0, le=2**31 - 1)] = 0


class JobInfo(Struct, frozen=True):
    """Something that works. What is not known is null. The ids and the try number are those of a task's attempt."""

    kind: str
    name: str
    state: str
    host: str | None
    pid: int | None
    started_at: Instant | None
    heartbeat_at: Instant | None
    slots: int | None
    running: int | None
    dag_id: str | None
    run_id: str | None
    task_id: str | None
    map_index: int | None
    try_number: int | None


class JobListReply(Struct, frozen=True):
    jobs: list[JobInfo]
    total: int
