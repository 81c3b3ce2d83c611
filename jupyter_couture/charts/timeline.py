"""Bars in time: the attempts of a run and the cells of its notebooks, or the runs of a day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from typing import Any

from jupyter_couture.charts.drawing import Drawing, columns_of, duration, millis, ticks, utc_span, zoned_span
from jupyter_couture.model.charts import AttemptSpan, CellSpan, RunSpan
from jupyter_couture.model.states import AttemptState

MOST_LANES = 12
"""Instances of a mapped task that overlap are drawn above each other up to this number."""

_ROW_PIXELS, _AROUND_PIXELS, _LEAST_PIXELS = 26, 74, 180
_LABEL_LENGTH = 34
_BAR = 0.72  # of the height of a row
_LEAST_WINDOW_MS = 1000.0
_MARGIN = 0.02

_QUEUE = ("left", "right", "top", "bottom", "is_open")
_REF = ("dag_id", "run_id", "task_id", "map_index", "try_number", "title", "utc", "local", "note")
QUEUE_COLUMNS = (*_QUEUE, *_REF)
WORK_COLUMNS = (*_QUEUE, "state", *_REF)
CELL_COLUMNS = (*_QUEUE, "shade", *_REF)

_RESTING: Mapping[AttemptState, str] = {
    AttemptState.RESCHEDULED: "up_for_reschedule",
    AttemptState.DEFERRED: "deferred",
}
_TASK_STATE: Mapping[AttemptState, str] = {
    AttemptState.DISPATCHING: "queued",
    AttemptState.RUNNING: "running",
    AttemptState.SUCCESS: "success",
    AttemptState.FAILED: "failed",
    AttemptState.SKIPPED: "skipped",
    AttemptState.TIMED_OUT: "failed",
    AttemptState.CANCELLED: "skipped",
    AttemptState.LOST: "upstream_failed",
    AttemptState.SUPERSEDED: "removed",
    AttemptState.RESCHEDULED: "up_for_reschedule",
    AttemptState.DEFERRED: "deferred",
}
"""The state of a task whose colour an attempt has."""


@dataclass(frozen=True, slots=True)
class Gantt:
    """Attempts of a run. ``task_ids`` are the tasks shown, in the author's order, ``zone_name`` is the schedule's.

    ``is_grouped``: the instances of a mapped task share a row. ``attempts`` are sorted by task, index and try.
    ``instances`` are those that have begun, by task. Of ``total_rows`` rows those from ``first_row`` on are shown.
    ``attempts_left_out`` older attempts of these are not, nor the cells of ``notebooks_left_out`` older notebooks.
    """

    dag_id: str
    run_id: str
    began_at: datetime
    ended_at: datetime | None
    now: datetime
    task_ids: tuple[str, ...]
    attempts: tuple[AttemptSpan, ...]
    cells: tuple[CellSpan, ...]
    zone: tzinfo = UTC
    zone_name: str = "UTC"
    is_grouped: bool = True
    instances: Mapping[str, int] = field(default_factory=dict)
    first_row: int = 0
    total_rows: int = 0
    attempts_left_out: int = 0
    notebooks_left_out: int = 0


@dataclass(frozen=True, slots=True)
class Today:
    """Runs of all DAGs in a window that ends now."""

    since: datetime
    now: datetime
    runs: tuple[RunSpan, ...]
    is_cut: bool = False


@dataclass(slots=True)
class _Row:
    """A row with the bars of its lanes; ``key`` sorts them: bars of one key lie in one lane."""

    label: str
    starts: dict[object, datetime] = field(default_factory=dict)
    ends: dict[object, datetime] = field(default_factory=dict)

    def take(self, key: object, start: datetime, end: datetime) -> None:
        self.starts[key] = min(start, self.starts.get(key, start))
        self.ends[key] = max(end, self.ends.get(key, end))

    def lanes(self) -> tuple[dict[object, int], int]:
        """The lane of each key, first fit by start, and how many there are."""
        free_at: list[datetime] = []
        found: dict[object, int] = {}
        for key in sorted(self.starts, key=lambda each: self.starts[each]):
            lane = next((place for place, at in enumerate(free_at) if at <= self.starts[key]), len(free_at))
            if lane == len(free_at):
                free_at.append(self.ends[key])
            else:
                free_at[lane] = self.ends[key]
            found[key] = lane % MOST_LANES
        return found, min(max(len(free_at), 1), MOST_LANES)


def draw_gantt(gantt: Gantt) -> Drawing:
    """Rows of tasks, in the author's order; bars of attempts with the time in the queue before them."""
    rows = _gantt_rows(gantt)
    boxes = _boxes(rows)
    earlier: list[dict[str, Any]] = []
    queue: list[dict[str, Any]] = []
    work: list[dict[str, Any]] = []
    rests: list[dict[str, Any]] = []
    newest = {(each.task_id, each.map_index): each.try_number for each in gantt.attempts}
    before: AttemptSpan | None = None
    for each in gantt.attempts:
        box = boxes[_row_key(gantt, each), (each.task_id, each.map_index)]
        is_again = before is not None and (before.task_id, before.map_index) == (each.task_id, each.map_index)
        if is_again and before is not None and before.ended_at is not None and before.ended_at < each.dispatched_at:
            rests.append(_rest(gantt, before, each, box))
        queue.append(_queued(gantt, each, box))
        if each.started_at is not None:
            is_newest = newest[each.task_id, each.map_index] == each.try_number
            bar = _worked(gantt, each, each.started_at, box, is_newest=is_newest)
            (work if is_newest else earlier).append(bar)
        before = each
    cells = [_cell(gantt, each, boxes) for each in gantt.cells]
    starts = [gantt.began_at, *(each.dispatched_at for each in gantt.attempts)]
    ends = [each.ended_at or gantt.now for each in gantt.attempts]
    end = gantt.now if gantt.ended_at is None else max([gantt.ended_at, *ends])
    return _drawing(
        [row.label for row in rows.values()],
        (min(starts), end),
        None if gantt.ended_at is not None else gantt.now,
        {
            "queue": columns_of(QUEUE_COLUMNS, queue),
            "rests": columns_of(WORK_COLUMNS, rests),
            "earlier": columns_of(WORK_COLUMNS, earlier),
            "work": columns_of(WORK_COLUMNS, work),
            "cells": columns_of(CELL_COLUMNS, cells),
        },
        is_empty=not gantt.attempts and not gantt.instances,
    )


def draw_today(today: Today) -> Drawing:
    """Rows of DAGs by name; bars of runs with the time they were queued before them."""
    rows: dict[object, _Row] = {}
    for dag_id in sorted({run.dag_id for run in today.runs}):
        rows[dag_id] = _Row(_shortened(dag_id))
    for run in today.runs:
        rows[run.dag_id].take((run.dag_id, run.run_id), run.queued_at, run.ended_at or today.now)
    boxes = _boxes(rows)
    queue: list[dict[str, Any]] = []
    work: list[dict[str, Any]] = []
    for run in today.runs:
        box = boxes[run.dag_id, (run.dag_id, run.run_id)]
        ref = {"dag_id": run.dag_id, "run_id": run.run_id, "task_id": "", "map_index": -1, "try_number": 0}
        title = f"{run.dag_id}, run of {run.logical_date:%Y-%m-%d %H:%M} UTC"
        queued_until = run.started_at or run.ended_at
        if queued_until is None or queued_until > today.since:
            texts = _texts(f"{title}: queued", run.queued_at, queued_until, today.now)
            queue.append({**box, **_reach(run.queued_at, queued_until, today.now), **ref, **texts})
        if run.started_at is not None:
            texts = _texts(f"{title}: {run.state.value}", run.started_at, run.ended_at, today.now)
            reach = _reach(run.started_at, run.ended_at, today.now)
            work.append({**box, **reach, "state": run.state.value, **ref, **texts})
    return _drawing(
        [row.label for row in rows.values()],
        (today.since, today.now),
        today.now,
        {"queue": columns_of(QUEUE_COLUMNS, queue), "work": columns_of(WORK_COLUMNS, work)},
        is_empty=not today.runs,
    )


def _gantt_rows(gantt: Gantt) -> dict[object, _Row]:
    """Rows by key: every task, and with ``is_grouped`` false every instance of it that has an attempt."""
    rows: dict[object, _Row] = {}
    of_task: dict[str, list[AttemptSpan]] = {}
    for each in gantt.attempts:
        of_task.setdefault(each.task_id, []).append(each)
    gone = [task_id for task_id in of_task if task_id not in gantt.task_ids]  # of a version before a clear
    for task_id in (*gantt.task_ids, *gone):
        attempts = of_task.get(task_id, [])
        if not attempts:
            rows[task_id] = _Row(_shortened(task_id))
        instances = gantt.instances.get(task_id, len({each.map_index for each in attempts}))
        for each in attempts:
            key = _row_key(gantt, each)
            if key not in rows:
                rows[key] = _Row(_label(gantt, each, instances))
            instance = (each.task_id, each.map_index)
            rows[key].take(instance, each.dispatched_at, each.ended_at or gantt.now)
    return rows


def _row_key(gantt: Gantt, attempt: AttemptSpan | CellSpan) -> object:
    return attempt.task_id if gantt.is_grouped else (attempt.task_id, attempt.map_index)


def _label(gantt: Gantt, attempt: AttemptSpan, instances: int) -> str:
    if attempt.map_index < 0:
        return _shortened(attempt.task_id)
    if gantt.is_grouped:
        return f"{_shortened(attempt.task_id)} ×{instances}"
    return _shortened(instance_name(attempt))


def instance_name(attempt: AttemptSpan | CellSpan) -> str:
    """``fetch``, ``fetch [3]`` or ``fetch [3] gamma``."""
    if attempt.map_index < 0:
        return attempt.task_id
    label = attempt.label if isinstance(attempt, AttemptSpan) else ""
    return f"{attempt.task_id} [{attempt.map_index}] {label}".rstrip()


def _shortened(name: str) -> str:
    """The end of a long name says more than its beginning, which is its groups."""
    return name if len(name) <= _LABEL_LENGTH else f"…{name[1 - _LABEL_LENGTH :]}"


def _boxes(rows: Mapping[object, _Row]) -> dict[tuple[object, object], dict[str, float]]:
    """Top and bottom of every bar, by row key and by what has the lane."""
    found: dict[tuple[object, object], dict[str, float]] = {}
    for place, (key, row) in enumerate(rows.items()):
        lanes, number = row.lanes()
        for owner, lane in lanes.items():
            top = place - _BAR / 2 + lane * _BAR / number
            found[key, owner] = {"top": round(top, 4), "bottom": round(top + _BAR / number * 0.94, 4)}
    return found


def _reach(start: datetime, end: datetime | None, now: datetime) -> dict[str, Any]:
    return {"left": millis(start), "right": millis(end or max(now, start)), "is_open": end is None}


def _texts(
    title: str,
    start: datetime,
    end: datetime | None,
    now: datetime,
    zone: tuple[tzinfo, str] = (UTC, "UTC"),
    note: str = "",
) -> dict[str, str]:
    took = duration(((end or max(now, start)) - start).total_seconds())
    local = zoned_span(start, end, *zone)
    more = f"; {note}" if note else ""
    return {"title": title, "utc": utc_span(start, end), "local": local, "note": f"{took}{more}"}


def _ref(gantt: Gantt, each: AttemptSpan | CellSpan) -> dict[str, Any]:
    return {
        "dag_id": gantt.dag_id,
        "run_id": gantt.run_id,
        "task_id": each.task_id,
        "map_index": each.map_index,
        "try_number": each.try_number,
    }


def _zone(gantt: Gantt) -> tuple[tzinfo, str]:
    return gantt.zone, gantt.zone_name


def _queued(gantt: Gantt, each: AttemptSpan, box: Mapping[str, float]) -> dict[str, Any]:
    end = each.started_at or each.ended_at
    title = f"{instance_name(each)}, try {each.try_number}: queued"
    texts = _texts(title, each.dispatched_at, end, gantt.now, _zone(gantt))
    return {**box, **_reach(each.dispatched_at, end, gantt.now), **_ref(gantt, each), **texts}


def _worked(
    gantt: Gantt, each: AttemptSpan, start: datetime, box: Mapping[str, float], *, is_newest: bool
) -> dict[str, Any]:
    title = f"{instance_name(each)}, try {each.try_number}: {each.state.value.replace('_', ' ')}"
    texts = _texts(title, start, each.ended_at, gantt.now, _zone(gantt), "" if is_newest else "tried again later")
    reach = _reach(start, each.ended_at, gantt.now)
    return {**box, **reach, "state": _TASK_STATE[each.state], **_ref(gantt, each), **texts}


def _rest(gantt: Gantt, before: AttemptSpan, after: AttemptSpan, box: Mapping[str, float]) -> dict[str, Any]:
    """The time between two attempts, a thin bar in the middle of the others."""
    assert before.ended_at is not None
    state = _RESTING.get(before.state, "up_for_retry")
    title = f"{instance_name(before)}: {state.replace('_', ' ')}"
    texts = _texts(title, before.ended_at, after.dispatched_at, gantt.now, _zone(gantt))
    middle, half = (box["top"] + box["bottom"]) / 2, (box["bottom"] - box["top"]) / 10
    reach = _reach(before.ended_at, after.dispatched_at, gantt.now)
    return {"top": middle - half, "bottom": middle + half, **reach, "state": state, **_ref(gantt, before), **texts}


def _cell(gantt: Gantt, each: CellSpan, boxes: Mapping[tuple[object, object], Mapping[str, float]]) -> dict[str, Any]:
    """A strip at the foot of the attempt's bar; neighbours are told apart by their shade."""
    box = boxes[_row_key(gantt, each), (each.task_id, each.map_index)]
    title = f"{instance_name(each)}, cell {each.number}{' (failed)' if each.is_failed else ''}"
    texts = _texts(title, each.started_at, each.ended_at, gantt.now, _zone(gantt), each.label)
    shade = "failed" if each.is_failed else ("odd", "even")[each.number % 2 == 0]
    height = box["bottom"] - box["top"]
    return {
        "top": round(box["top"] + height * 0.55, 4),
        "bottom": box["bottom"],
        **_reach(each.started_at, each.ended_at, gantt.now),
        "shade": shade,
        **_ref(gantt, each),
        **texts,
    }


def _drawing(
    labels: Sequence[str],
    window: tuple[datetime, datetime],
    now: datetime | None,
    sources: Mapping[str, Mapping[str, Any]],
    *,
    is_empty: bool,
) -> Drawing:
    start, end = millis(window[0]), millis(window[1])
    margin = max((end - start) * _MARGIN, _LEAST_WINDOW_MS * _MARGIN)
    return Drawing(
        models={
            "x": {"start": start - margin, "end": max(end, start + _LEAST_WINDOW_MS) + margin},
            "y": {"start": max(len(labels), 1) - 0.5, "end": -0.5},
            "y_axis": ticks({float(place): label for place, label in enumerate(labels)}),
            "now": {"location": 0.0 if now is None else millis(now), "visible": now is not None},
            **{name: {"data": columns} for name, columns in sources.items()},
        },
        height=max(_LEAST_PIXELS, _AROUND_PIXELS + _ROW_PIXELS * len(labels)),
        is_empty=is_empty,
    )
