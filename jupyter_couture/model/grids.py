"""The states of all tasks over the newest runs of a DAG: what is asked for, and what is found."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from jupyter_couture.model.ids import DagId, RunId, VersionHash
from jupyter_couture.model.run import RunType
from jupyter_couture.model.states import RunState

MOST_RUNS = 365


@dataclass(frozen=True, slots=True, kw_only=True)
class GridFilter:
    """Which runs are wanted: the ``limit`` latest by logical date, none after ``before``; or ``run_id`` alone."""

    dag_id: DagId
    run_id: RunId | None = None
    before: datetime | None = None
    states: tuple[RunState, ...] = ()
    run_types: tuple[RunType, ...] = ()
    limit: int = 25


@dataclass(frozen=True, slots=True)
class GridRows:
    """Task instances of a run in columns, as little of them as a grid shows. Times are microseconds since 1970.

    Columns and not rows, since there are tens of thousands of instances: objects for each of them would be the larger
    part of the work, and wake the garbage collector.
    """

    task_ids: Sequence[str] = ()
    map_indices: Sequence[int] = ()
    states: Sequence[str] = ()
    tries: Sequence[int] = ()
    starts: Sequence[int | None] = ()
    ends: Sequence[int | None] = ()


@dataclass(frozen=True, slots=True)
class GridRun:
    """A run with its task instances, in no order; none while it waits to begin."""

    run_id: RunId
    run_type: RunType
    state: RunState
    version: VersionHash
    logical_date: datetime
    queued_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    rows: GridRows


@dataclass(frozen=True, slots=True)
class GridColumn:
    """A run with one cell for each task of the grid, in its order.

    ``states`` is None where the run has no such task. ``starts`` and ``ends`` are seconds after the run was queued. A
    mapped task has the worst state of its instances, their first start, their last end and their highest try;
    ``mapped`` counts their states, by task.
    """

    run: GridRun
    states: Sequence[str | None]
    tries: Sequence[int]
    starts: Sequence[float | None]
    ends: Sequence[float | None]
    mapped: Mapping[str, Mapping[str, int]]


@dataclass(frozen=True, slots=True)
class Grid:
    """Runs, the latest last. The first ``task_count`` of ``tasks`` are those of ``version``, the present one.

    The others are only in runs of older versions. ``feed_seq``: the grid is at least as new as that event.
    """

    version: VersionHash
    tasks: Sequence[str]
    task_count: int
    columns: Sequence[GridColumn]
    has_more: bool
    feed_seq: int
