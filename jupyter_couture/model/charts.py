"""What charts are drawn from: tasks in past runs, attempts and notebook cells in time, slots taken of pools."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from jupyter_couture.model.ids import DagId, RunId
from jupyter_couture.model.run import DagRun
from jupyter_couture.model.states import AttemptState, RunState, TaskState


class TaskPast(NamedTuple):
    """A task in one run, all its mapped instances together.

    ``state`` is the worst of theirs, ``tries`` the most. ``seconds`` is how long the last attempt of the longest
    instance took, ``all_seconds`` what all attempts of all instances took together; None while nothing has ended.
    ``ended_at`` is the end of the last of them in microseconds since 1970, None while one is under way.
    """

    run_id: RunId
    task_id: str
    state: TaskState
    instances: int
    tries: int
    ended_at: int | None
    seconds: float | None
    all_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Past:
    """Runs of a DAG without their tasks, oldest logical date first, and what their tasks did."""

    runs: Sequence[DagRun]
    tasks: Sequence[TaskPast]


@dataclass(frozen=True, slots=True)
class Begun:
    """How many instances of a task of a run have had attempts, and how many attempts these are together."""

    instances: int
    attempts: int


@dataclass(frozen=True, slots=True)
class RowRange:
    """Rows of a task: its instances that have begun, counted by index from ``first`` up to, without, ``end``.

    With ``end`` None all of them.
    """

    task_id: str
    first: int = 0
    end: int | None = None


@dataclass(frozen=True, slots=True)
class AttemptSpan:
    """An attempt in time. ``label`` names a mapped instance for people; ``notebook`` is the executed one's path."""

    task_id: str
    map_index: int
    try_number: int
    state: AttemptState
    dispatched_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    label: str = ""
    notebook: str = ""


@dataclass(frozen=True, slots=True)
class CellSpan:
    """A code cell of a notebook in time, counted from 1 over the code cells; the last may be under way."""

    task_id: str
    map_index: int
    try_number: int
    number: int
    label: str
    started_at: datetime
    ended_at: datetime | None
    is_failed: bool = False


@dataclass(frozen=True, slots=True)
class RunSpan:
    """A run in time."""

    dag_id: DagId
    run_id: RunId
    state: RunState
    logical_date: datetime
    queued_at: datetime
    started_at: datetime | None
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class SlotSpans:
    """What attempts waited for and took, ``slots`` slots of a pool each. In columns, since there are many of them.

    Times are microseconds since 1970.
    """

    pool: str
    slots: int
    dispatched: Sequence[int]
    started: Sequence[int | None]
    ended: Sequence[int | None]
