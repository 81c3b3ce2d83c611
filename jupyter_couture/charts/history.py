"""Durations, tries and landing times of tasks over past runs, with medians and outliers.

Definitions, for a task in a run (for a mapped task over all its instances):

- duration: from the start to the end of the last attempt, the longest of the instances; ``is_cumulative``: of all
  attempts of all instances together
- tries: how many tries were made, the most of the instances
- landing time: from the end of the run's data interval to the end of the task, the last of the instances

Tasks that have not ended, or ended without an attempt, have no duration and no landing time.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from operator import attrgetter
from statistics import median, quantiles
from typing import Any

from jupyter_couture.charts.drawing import Drawing, columns_of, duration, micros, ticks, unit_of
from jupyter_couture.model.charts import Past, TaskPast
from jupyter_couture.model.run import DagRun
from jupyter_couture.model.states import TaskState

WHOLE_RUN = ""
"""Stands for the run itself where a task id would stand."""

HUES = 10
"""How many colours lines take in turn; the run itself has one of its own before them."""

OUTLIER_RULE = "beyond the quartiles by more than 1.5 times their distance, and by a tenth of the median"

_FEWEST = 4  # values from which quartiles say something
_REACH, _NOTABLE = 1.5, 0.1
_HEIGHT = 360
_TICKS = 12
_MICROS = 1_000_000

_POINTS = ("x", "y", "hue", "state", "is_outlier", "size", "run_id", "task_id", "map_index", "title", "value", "note")
_LINES = ("xs", "ys", "hue", "task_id", "width")
_MEDIANS = ("xs", "ys", "hue", "task_id")


class Measure(StrEnum):
    """What is measured."""

    DURATION = "duration"
    TRIES = "tries"
    LANDING = "landing"


@dataclass(frozen=True, slots=True)
class Point:
    """One value: seconds, or a number of tries."""

    value: float
    state: TaskState
    tries: int
    instances: int
    is_outlier: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A task (or the ``WHOLE_RUN``) over the runs of its history, None where it has no value."""

    task_id: str
    points: tuple[Point | None, ...]
    median: float

    @property
    def largest(self) -> float:
        """The largest value."""
        return max(point.value for point in self.points if point is not None)


@dataclass(frozen=True, slots=True)
class History:
    """Runs from the oldest to the newest, and a line for each task with a value, the largest median first.

    ``left_out`` counts tasks beyond the number of lines that was asked for.
    """

    measure: Measure
    is_cumulative: bool
    runs: tuple[DagRun, ...]
    lines: tuple[Line, ...]
    left_out: int


def history_of(past: Past, measure: Measure, most_lines: int, *, is_cumulative: bool = False) -> History:
    """The series of a measure."""
    places = {run.run_id: place for place, run in enumerate(past.runs)}
    values: dict[str, list[float]] = {}
    of_task: dict[str, list[tuple[int, float, TaskPast]]] = {}
    value_of = _values_of(past.runs, measure, is_cumulative=is_cumulative)
    for task in past.tasks:
        value = value_of(task)
        if value is not None:
            values.setdefault(task.task_id, []).append(value)
            of_task.setdefault(task.task_id, []).append((places[task.run_id], value, task))
    ranks = {task_id: _rank(found) for task_id, found in values.items()}
    names = sorted(ranks, key=lambda task_id: (ranks[task_id], task_id))
    kept = tuple(_task_line(task_id, of_task[task_id], len(past.runs)) for task_id in names[:most_lines])
    whole = [_whole(run, measure) for run in past.runs] if not is_cumulative else []
    if any(whole):
        kept = (_line(WHOLE_RUN, whole), *kept)
    return History(measure, is_cumulative, tuple(past.runs), kept, max(0, len(names) - most_lines))


def draw_history(history: History) -> Drawing:
    """What the figure shows."""
    unit, scale = _unit(history)
    points = [
        _point(history, place, line, at, scale)
        for place, line in enumerate(history.lines)
        for at in range(len(history.runs))
        if line.points[at] is not None
    ]
    last = max(len(history.runs) - 1, 1)
    lines: list[dict[str, Any]] = []
    medians: list[dict[str, Any]] = []
    for place, line in enumerate(history.lines):
        hue = _hue(line, place, history)
        shown = [(at, point.value / scale) for at, point in enumerate(line.points) if point is not None]
        named = {"hue": hue, "task_id": line.task_id}
        width = 2.6 if line.task_id == WHOLE_RUN else 1.4
        lines.append({"xs": [at for at, _ in shown], "ys": [value for _, value in shown], "width": width, **named})
        medians.append({"xs": [-0.4, last + 0.4], "ys": [line.median / scale] * 2, **named})
    values = [value for row in lines for value in row["ys"]]
    top = max(values, default=1.0)
    bottom = min(0.0, min(values, default=0.0))
    room = max((top - bottom) * 0.06, 0.05)
    return Drawing(
        models={
            "x": {"start": -0.5, "end": last + 0.5},
            "y": {"start": bottom - (room if bottom < 0 else 0.0), "end": top + room},
            "x_axis": ticks(_run_labels(history.runs)),
            "y_axis": {"axis_label": _axis_label(history, unit)},
            "points": {"data": columns_of(_POINTS, points)},
            "lines": {"data": columns_of(_LINES, lines)},
            "medians": {"data": columns_of(_MEDIANS, medians)},
        },
        height=_HEIGHT,
        is_empty=not history.lines,
    )


def outliers(values: Sequence[float], middle: float) -> list[bool]:
    """Which values stand out (``OUTLIER_RULE``); none of fewer than four."""
    if len(values) < _FEWEST:
        return [False] * len(values)
    low, _, high = quantiles(values, n=4, method="inclusive")
    reach = _REACH * (high - low)
    return [
        (value > high + reach or value < low - reach) and abs(value - middle) > _NOTABLE * abs(middle)
        for value in values
    ]


def _values_of(runs: Sequence[DagRun], measure: Measure, *, is_cumulative: bool) -> Callable[[TaskPast], float | None]:
    """What to measure of a task."""
    match measure:
        case Measure.DURATION:
            return attrgetter("all_seconds" if is_cumulative else "seconds")
        case Measure.TRIES:
            return lambda task: float(task.tries) if task.tries else None
        case Measure.LANDING:
            zeros = {run.run_id: micros(run.data_interval_end) for run in runs}
            return lambda task: _seconds_after(zeros[task.run_id], task)


def _seconds_after(zero: int, task: TaskPast) -> float | None:
    return None if task.ended_at is None or not task.tries else (task.ended_at - zero) / _MICROS


def _whole(run: DagRun, measure: Measure) -> Point | None:
    start = run.data_interval_end if measure is Measure.LANDING else run.started_at
    if measure is Measure.TRIES or start is None or run.ended_at is None:
        return None
    return Point((run.ended_at - start).total_seconds(), TaskState(run.state.value), 0, 0)


def _rank(values: Sequence[float]) -> tuple[float, float]:
    """What lines are sorted by: the largest median first, among equal ones the largest value."""
    return (-median(values), -max(values))


def _task_line(task_id: str, found: Iterable[tuple[int, float, TaskPast]], runs: int) -> Line:
    points: list[Point | None] = [None] * runs
    for place, value, task in found:
        points[place] = Point(value, task.state, task.tries, task.instances)
    return _line(task_id, points)


def _line(task_id: str, points: Sequence[Point | None]) -> Line:
    values = [point.value for point in points if point is not None]
    middle = median(values)
    stand_out = iter(outliers(values, middle))
    return Line(
        task_id,
        tuple(
            None
            if point is None
            else Point(point.value, point.state, point.tries, point.instances, is_outlier=next(stand_out))
            for point in points
        ),
        middle,
    )


def _unit(history: History) -> tuple[str, float]:
    if history.measure is Measure.TRIES:
        return "", 1.0
    return unit_of(max((abs(line.largest) for line in history.lines), default=1.0))


def _axis_label(history: History, unit: str) -> str:
    match history.measure:
        case Measure.DURATION:
            return f"Duration of all attempts ({unit})" if history.is_cumulative else f"Duration ({unit})"
        case Measure.TRIES:
            return "Tries"
        case Measure.LANDING:
            return f"After the end of the data interval ({unit})"


def _hue(line: Line, place: int, history: History) -> int:
    if line.task_id == WHOLE_RUN:
        return 0
    before = 1 if history.lines[0].task_id == WHOLE_RUN else 0
    return 1 + (place - before) % HUES


def _point(history: History, place: int, line: Line, at: int, scale: float) -> dict[str, Any]:
    point, run = line.points[at], history.runs[at]
    assert point is not None
    is_count = history.measure is Measure.TRIES
    shown = f"{point.value:g}" if is_count else duration(point.value)
    middle = f"{line.median:g}" if is_count else duration(line.median)
    notes = [f"median {middle}"]
    if point.is_outlier:
        notes.append(f"an outlier: {OUTLIER_RULE}")
    if point.tries > 1 and not is_count:
        notes.append(f"{point.tries} tries")
    if point.instances > 1:
        notes.append(f"{point.instances} instances")
    return {
        "x": at,
        "y": point.value / scale,
        "hue": _hue(line, place, history),
        "state": point.state.value,
        "is_outlier": point.is_outlier,
        "size": 11 if point.is_outlier else 6,
        "run_id": run.run_id,
        "task_id": line.task_id,
        "map_index": -1,
        "title": line.task_id or "The whole run",
        "value": f"{shown} ({point.state.value.replace('_', ' ')}), run of {run.logical_date:%Y-%m-%d %H:%M} UTC",
        "note": "; ".join(notes),
    }


def _run_labels(runs: Sequence[DagRun]) -> dict[float, str]:
    """A label under so many runs as there is room for, the newest always among them."""
    step = -(-len(runs) // _TICKS) or 1
    newest = len(runs) - 1
    return {
        float(place): f"{run.logical_date:%m-%d}\n{run.logical_date:%H:%M}"
        for place, run in enumerate(runs)
        if (newest - place) % step == 0
    }
