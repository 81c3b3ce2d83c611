"""Charts: a Bokeh figure with the series it shows."""

import hashlib
from typing import Any

import msgspec

from jupyter_couture.charts.drawing import Drawing
from jupyter_couture.charts.history import WHOLE_RUN, History, Measure, draw_history
from jupyter_couture.charts.timeline import draw_gantt, draw_today
from jupyter_couture.charts.usage import draw_usage
from jupyter_couture.services.access import Permission
from jupyter_couture.services.browsing import moment
from jupyter_couture_server import present
from jupyter_couture_server import wire_charts as wire
from jupyter_couture_server.charting import figures
from jupyter_couture_server.route import Call
from jupyter_couture_server.wire import encode

_STAMP_LENGTH = 32


def get_duration(call: Call[wire.DurationQuery, None]) -> wire.HistoryReply:
    """How long tasks took over past runs."""
    return _history(call, Measure.DURATION, is_cumulative=call.query.cumulative)


def get_tries(call: Call[wire.HistoryQuery, None]) -> wire.HistoryReply:
    """How many tries tasks needed over past runs."""
    return _history(call, Measure.TRIES)


def get_landing(call: Call[wire.HistoryQuery, None]) -> wire.HistoryReply:
    """How long after the end of the data interval tasks ended, over past runs."""
    return _history(call, Measure.LANDING)


async def get_gantt(call: Call[wire.GanttQuery, None]) -> wire.GanttReply:
    """The attempts of a run in time; the sources of cells for who may read notebooks."""
    has_sources = Permission.OUTPUTS_READ in await call.allowed()
    return await call.backend.workers.run(_gantt, call, has_sources)


def _gantt(call: Call[wire.GanttQuery, None], has_sources: bool) -> wire.GanttReply:
    query = call.query
    found = call.backend.charts.gantt(
        call.ids.run_key,
        is_grouped=query.grouped,
        first_row=query.first_row,
        rows=query.rows,
        has_sources=has_sources,
    )
    attempts = [
        wire.BarInfo(
            each.task_id,
            each.map_index,
            each.try_number,
            each.label,
            each.state.value,
            present.instant(each.dispatched_at),
            present.instant_or_none(each.started_at),
            present.instant_or_none(each.ended_at),
        )
        for each in found.attempts
    ]
    cells = [
        wire.CellBarInfo(
            each.task_id,
            each.map_index,
            each.try_number,
            each.number,
            each.label,
            present.instant(each.started_at),
            present.instant_or_none(each.ended_at),
            each.is_failed,
        )
        for each in found.cells
    ]
    return wire.GanttReply(
        **_common(call, "gantt", draw_gantt(found)),
        attempts=attempts,
        cells=cells,
        timezone=found.zone_name,
        first_row=found.first_row,
        shown_rows=min(query.rows, found.total_rows - found.first_row),
        total_rows=found.total_rows,
        attempts_left_out=found.attempts_left_out,
        notebooks_left_out=found.notebooks_left_out,
    )


def get_today(call: Call[wire.HoursQuery, None]) -> wire.TodayReply:
    """Runs of all DAGs in time."""
    found = call.backend.charts.today(call.query.hours)
    runs = [
        wire.RunBarInfo(
            run.dag_id,
            run.run_id,
            run.state.value,
            present.instant(run.logical_date),
            present.instant(run.queued_at),
            present.instant_or_none(run.started_at),
            present.instant_or_none(run.ended_at),
        )
        for run in found.runs
    ]
    common = _common(call, "today", draw_today(found))
    return wire.TodayReply(**common, window_start=present.instant(found.since), runs=runs, is_cut=found.is_cut)


def get_pool_usage(call: Call[wire.HoursQuery, None]) -> wire.PoolUsageReply:
    """Slots of pools over time."""
    found = call.backend.charts.pools(call.query.hours)
    return wire.PoolUsageReply(
        **_common(call, "pools", draw_usage(found)),
        window_start=present.instant(found.since),
        step_seconds=found.step.total_seconds(),
        pools=[wire.PoolUseInfo(each.pool, each.slots, list(each.used), list(each.wanted)) for each in found.pools],
        is_cut=found.is_cut,
    )


def _history(call: Call[Any, None], measure: Measure, *, is_cumulative: bool = False) -> wire.HistoryReply:
    query: wire.HistoryQuery = call.query
    until = moment(query.base_date, "$.base_date")
    found = call.backend.charts.history(
        call.ids.dag_id, measure, query.runs, until, most_lines=query.tasks, is_cumulative=is_cumulative
    )
    return wire.HistoryReply(
        **_common(call, measure.value, draw_history(found)),
        runs=[
            wire.HistoryRunInfo(run.run_id, present.instant(run.logical_date), run.state.value) for run in found.runs
        ],
        lines=_lines(found),
        left_out=found.left_out,
    )


def _lines(found: History) -> list[wire.HistoryLineInfo]:
    return [
        wire.HistoryLineInfo(
            None if line.task_id == WHOLE_RUN else line.task_id,
            line.median,
            [
                None
                if point is None
                else wire.HistoryPointInfo(
                    point.value, point.state.value, point.tries, point.instances, point.is_outlier
                )
                for point in line.points
            ],
        )
        for line in found.lines
    ]


def _common(call: Call[Any, None], chart: str, drawing: Drawing) -> dict[str, Any]:
    """The fields that every chart has."""
    query: wire.ChartQuery = call.query
    models = {name: dict(properties) for name, properties in drawing.models.items()}
    stamp = hashlib.sha256(encode(_Models(models))).hexdigest()[:_STAMP_LENGTH]
    is_unchanged = stamp == query.since
    module = figures()
    return {
        "item": module.item_of(chart, drawing) if query.figure else None,
        "version": module.BOKEH_VERSION,
        "models": {} if is_unchanged else models,
        "height": drawing.height,
        "is_empty": drawing.is_empty,
        "is_unchanged": is_unchanged,
        "stamp": stamp,
        "now": present.instant(call.backend.adapters.clock.now()),
    }


class _Models(msgspec.Struct, frozen=True):
    models: dict[str, Any]
