"""What the server says of a chart, as far as a still picture shows it."""

from datetime import datetime
from typing import Any

from msgspec import Struct


class GridRun(Struct, frozen=True):
    """``states`` are places in the grid's, -1 where the run has no such task."""

    run_id: str
    state: str
    logical_date: datetime
    states: list[int]


class Grid(Struct, frozen=True):
    """Runs, the latest last."""

    states: list[str]
    tasks: list[str]
    runs: list[GridRun]


class Attempt(Struct, frozen=True):
    """A bar of a Gantt chart."""

    task_id: str
    map_index: int
    try_number: int
    label: str
    state: str
    queued_at: datetime
    started_at: datetime | None
    ended_at: datetime | None


class Gantt(Struct, frozen=True):
    """The attempts of a run."""

    attempts: list[Attempt]
    now: datetime


class PastRun(Struct, frozen=True):
    """A run over which a measure is drawn."""

    run_id: str
    logical_date: datetime


class PastPoint(Struct, frozen=True):
    """Seconds, or a number of tries."""

    value: float


class PastLine(Struct, frozen=True):
    """A task over the runs; without a name the run itself."""

    task_id: str | None
    median: float
    points: list[PastPoint | None]


class Past(Struct, frozen=True):
    """A measure over runs, the latest last."""

    runs: list[PastRun]
    lines: list[PastLine]
    left_out: int


class Pool(Struct, frozen=True):
    """A pool with its use in each step; without slots it has no limit."""

    pool: str
    slots: int | None
    used: list[int]


class Pools(Struct, frozen=True):
    """The use of all pools."""

    window_start: datetime
    step_seconds: float
    pools: list[Pool]


class NotebookCell(Struct, frozen=True):
    """A code cell; ``state`` is ``pending``, ``running``, ``success`` or ``failed``."""

    number: int
    source: str
    state: str
    outputs: list[dict[str, Any]]


class Notebook(Struct, frozen=True):
    """Cells of a notebook that a task runs."""

    cells: list[NotebookCell]
    size_bytes: int
    is_too_large: bool
