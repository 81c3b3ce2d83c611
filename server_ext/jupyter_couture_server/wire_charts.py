"""What travels for charts."""

from typing import Annotated

from msgspec import Meta, Struct

from jupyter_couture_server.wire import Instant, Json, Query

_Time = Annotated[str, Meta(max_length=64, pattern=r"^[0-9TZ:+. -]*$")]
_Stamp = Annotated[str, Meta(max_length=64, pattern=r"^[0-9a-f]*$")]


class ChartQuery(Query, frozen=True):
    """``figure`` false leaves the figure out, for a page that has it; ``since`` is the ``stamp`` of what it has."""

    figure: bool = True
    since: _Stamp = ""


class HistoryQuery(ChartQuery, frozen=True):
    """The newest ``runs`` runs with a logical date up to ``base_date``; ``tasks`` is how many tasks have a line."""

    runs: Annotated[int, Meta(ge=1, le=200)] = 25
    base_date: _Time = ""
    tasks: Annotated[int, Meta(ge=1, le=1000)] = 50


class DurationQuery(HistoryQuery, frozen=True):
    """``cumulative``: all attempts together instead of the last one."""

    cumulative: bool = False


class GanttQuery(ChartQuery, frozen=True):
    """``grouped``: the instances of a mapped task share a row. ``rows`` rows from ``first_row`` on are drawn."""

    grouped: bool = True
    first_row: Annotated[int, Meta(ge=0, le=2**31 - 1)] = 0
    rows: Annotated[int, Meta(ge=1, le=300)] = 150


class HoursQuery(ChartQuery, frozen=True):
    """How far back it goes."""

    hours: Annotated[int, Meta(ge=1, le=168)] = 24


class ChartReply(Struct, frozen=True, kw_only=True):
    """A chart. ``item`` goes to ``Bokeh.embed.embed_item`` of BokehJS ``version``, served below ``couture/bokeh/``.

    ``models`` are properties of the figure's models by name, to be set in a figure that is shown already; empty with
    ``is_unchanged``. ``now`` is the server's time.
    """

    item: Json | None
    version: str
    models: dict[str, Json]
    height: int
    is_empty: bool
    is_unchanged: bool
    stamp: str
    now: Instant


class HistoryRunInfo(Struct, frozen=True):
    run_id: str
    logical_date: Instant
    state: str


class HistoryPointInfo(Struct, frozen=True):
    """``value`` in seconds, or a number of tries."""

    value: float
    state: str
    tries: int
    instances: int
    is_outlier: bool


class HistoryLineInfo(Struct, frozen=True):
    """``task_id`` null is the whole run; ``points`` stand for the runs, null where there is no value."""

    task_id: str | None
    median: float
    points: list[HistoryPointInfo | None]


class HistoryReply(ChartReply, frozen=True, kw_only=True):
    """``left_out`` counts the tasks beyond ``tasks``."""

    runs: list[HistoryRunInfo]
    lines: list[HistoryLineInfo]
    left_out: int


class BarInfo(Struct, frozen=True):
    """An attempt. It was queued until ``started_at``."""

    task_id: str
    map_index: int
    try_number: int
    label: str
    state: str
    queued_at: Instant
    started_at: Instant | None
    ended_at: Instant | None


class CellBarInfo(Struct, frozen=True):
    task_id: str
    map_index: int
    try_number: int
    number: int
    label: str
    started_at: Instant
    ended_at: Instant | None
    is_failed: bool


class GanttReply(ChartReply, frozen=True, kw_only=True):
    """The rows from ``first_row`` on, of ``total_rows``.

    ``attempts_left_out`` are older attempts in these rows, ``notebooks_left_out`` notebooks whose cells are not shown.
    Cells have a ``label``, the first line of their source, for who may read outputs.
    """

    attempts: list[BarInfo]
    cells: list[CellBarInfo]
    timezone: str
    first_row: int
    shown_rows: int
    total_rows: int
    attempts_left_out: int
    notebooks_left_out: int


class RunBarInfo(Struct, frozen=True):
    dag_id: str
    run_id: str
    state: str
    logical_date: Instant
    queued_at: Instant
    started_at: Instant | None
    ended_at: Instant | None


class TodayReply(ChartReply, frozen=True, kw_only=True):
    """``is_cut``: there are more runs, older ones."""

    window_start: Instant
    runs: list[RunBarInfo]
    is_cut: bool


class PoolUseInfo(Struct, frozen=True):
    """The most slots in use, and wanted beyond that, at once in each step. ``slots`` null: no limit."""

    pool: str
    slots: int | None
    used: list[int]
    wanted: list[int]


class PoolUsageReply(ChartReply, frozen=True, kw_only=True):
    """Steps are equal parts of the time from ``window_start`` to ``now``. ``is_cut``: it starts later than asked."""

    window_start: Instant
    step_seconds: float
    pools: list[PoolUseInfo]
    is_cut: bool
