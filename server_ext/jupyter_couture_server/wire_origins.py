"""What travels for assets, backfills and schedules."""

from typing import Annotated, Any, Literal

from msgspec import Meta, Struct, field

from jupyter_couture_server.wire import Body, Instant, Json, Query, RunInfo
from jupyter_couture_server.wire_actions import Token

_COUNT = 2**31 - 1
_Limit = Annotated[int, Meta(ge=1, le=1000)]
_Offset = Annotated[int, Meta(ge=0, le=_COUNT)]
_Uri = Annotated[str, Meta(min_length=1, max_length=700, pattern=r"^[^\x00-\x1f\x7f]*$")]
_Date = Annotated[str, Meta(min_length=4, max_length=64, extra_json_schema={"format": "date-time"})]
_DagId = Annotated[str, Meta(min_length=1, max_length=250)]


class TriggerReply(RunInfo, frozen=True, omit_defaults=True):
    """The run, and what its maker should know: ``notice``, if there is one, says what the run waits for."""

    notice: str | None = None


# --- assets -----------------------------------------------------------------------------------------------------------


class AssetListQuery(Query, frozen=True):
    """``search`` is a part of the URI; ``dag_id`` gives what this DAG updates, reads or waits for."""

    search: Annotated[str, Meta(max_length=250, pattern=r"^[^\x00-\x1f\x7f]*$")] = ""
    dag_id: _DagId | None = None
    order_by: Literal["uri", "-uri", "name", "-name", "group", "-group"] = "uri"
    limit: _Limit = 100
    offset: _Offset = 0


class AssetEventListQuery(Query, frozen=True):
    uri: _Uri | None = None
    dag_id: _DagId | None = None
    order_by: Literal["number", "-number"] = "-number"
    limit: _Limit = 100
    offset: _Offset = 0


class AssetEventBody(Body, frozen=True):
    uri: _Uri
    extra: dict[str, Any] = field(default_factory=dict)


class AssetTaskInfo(Struct, frozen=True):
    """A task that lists the asset, or with ``task_id`` null the DAG whose schedule waits for it."""

    dag_id: str
    task_id: str | None


class AssetInfo(Struct, frozen=True):
    uri: str
    name: str
    group: str
    extra: Json
    producers: list[AssetTaskInfo]
    consumers: list[AssetTaskInfo]
    event_count: int
    last_event_at: Instant | None


class AssetListReply(Struct, frozen=True):
    assets: list[AssetInfo]
    total: int


class AssetEventInfo(Struct, frozen=True):
    number: int
    uri: str
    at: Instant
    extra: Json
    source_dag_id: str | None
    source_run_id: str | None
    source_task_id: str | None
    source_map_index: int | None


class AssetEventListReply(Struct, frozen=True):
    events: list[AssetEventInfo]
    total: int


# --- backfills --------------------------------------------------------------------------------------------------------


class BackfillListQuery(Query, frozen=True):
    dag_id: _DagId | None = None
    open: bool = False
    order_by: Literal["backfill_id", "-backfill_id"] = "-backfill_id"
    limit: _Limit = 100
    offset: _Offset = 0


class PageQuery(Query, frozen=True):
    limit: _Limit = 100
    offset: _Offset = 0


class BackfillPreviewBody(Body, frozen=True):
    """Dates are logical dates, both included; a date without offset means UTC."""

    dag_id: _DagId
    from_date: _Date
    to_date: _Date
    reprocess: Literal["none", "failed", "completed"] = "none"
    run_backwards: bool = False
    max_active_runs: Annotated[int, Meta(ge=1, le=1000)] = 10
    conf: dict[str, Any] = field(default_factory=dict)


class BackfillBody(BackfillPreviewBody, frozen=True):
    """``expect`` is the token of the preview a person saw: what would go otherwise now is refused."""

    expect: Token | None = None


class BackfillInfo(Struct, frozen=True):
    """``counts`` are dates by what became of them: pending, created, cleared, kept, cancelled."""

    backfill_id: int
    dag_id: str
    from_date: Instant
    to_date: Instant
    state: str
    reprocess: str
    run_backwards: bool
    max_active_runs: int
    conf: Json
    created_at: Instant
    created_by: str
    ended_at: Instant | None
    counts: dict[str, int]


class BackfillListReply(Struct, frozen=True):
    backfills: list[BackfillInfo]
    total: int


class BackfillSlotInfo(Struct, frozen=True):
    """A date of a backfill. ``run_state`` is that of the run the date has now."""

    logical_date: Instant
    data_interval_end: Instant
    outcome: str
    run_id: str | None
    run_state: str | None


class BackfillSlotListReply(Struct, frozen=True):
    slots: list[BackfillSlotInfo]
    total: int


class BackfillPreviewReply(Struct, frozen=True):
    """What would become of each date; ``counts`` by outcome: created, cleared, kept.

    Send ``token`` as ``expect`` to be sure that nothing else is done.
    """

    slots: list[BackfillSlotInfo]
    total: int
    counts: dict[str, int]
    token: str


# --- schedules --------------------------------------------------------------------------------------------------------


class NextRunsQuery(Query, frozen=True):
    count: Annotated[int, Meta(ge=1, le=100)] = 5


class NextRunInfo(Struct, frozen=True):
    """A run to come: due at ``due_at``, which is ``local_time`` in the schedule's time zone."""

    logical_date: Instant
    data_interval_start: Instant
    data_interval_end: Instant
    due_at: Instant
    local_time: str


class NextRunsReply(Struct, frozen=True):
    dag_id: str
    schedule: str | None
    timezone: str
    is_paused: bool
    problem: str | None
    runs: list[NextRunInfo]
