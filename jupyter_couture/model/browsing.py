"""What people look for in lists, and what they find."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Generic, TypeVar

from jupyter_couture.model.commands import CommandOutcome
from jupyter_couture.model.ids import DagId, RunId
from jupyter_couture.model.run import DagRun, RunType, TaskInstance
from jupyter_couture.model.states import RunState, TaskState

COUNTED = 10_000
"""Up to here a list counts what matches; beyond it says only that there is more."""


class DagOrder(StrEnum):
    """How DAGs are ordered; ``-`` is descending. Those without a last or a next run, owner or schedule come last."""

    ID = "dag_id"
    ID_DOWN = "-dag_id"
    LAST_RUN = "last_run"
    LAST_RUN_DOWN = "-last_run"
    NEXT_RUN = "next_run"
    NEXT_RUN_DOWN = "-next_run"
    OWNER = "owner"
    OWNER_DOWN = "-owner"
    SCHEDULE = "schedule"
    SCHEDULE_DOWN = "-schedule"


class RunOrder(StrEnum):
    """How runs are ordered; ``-`` is descending."""

    NEWEST = "-created"
    OLDEST = "created"
    LATEST_DATE = "-logical_date"
    EARLIEST_DATE = "logical_date"


class TaskOrder(StrEnum):
    """How task instances are ordered. By start, only those that have started are listed."""

    NEWEST_RUN = "-run"
    OLDEST_RUN = "run"
    LATEST_START = "-started_at"
    EARLIEST_START = "started_at"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFilter:
    """Runs that are wanted: all that is given must hold. Ranges include their ends; ``search`` is part of a run id."""

    dag_id: DagId | None = None
    states: tuple[RunState, ...] = ()
    run_types: tuple[RunType, ...] = ()
    date_from: datetime | None = None
    date_to: datetime | None = None
    search: str = ""
    order: RunOrder = RunOrder.NEWEST
    limit: int = 100
    offset: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskFilter:
    """Task instances that are wanted: all that is given must hold. Ranges include their ends."""

    dag_id: DagId | None = None
    run_id: RunId | None = None
    task_id: str | None = None
    states: tuple[TaskState, ...] = ()
    operator: str | None = None
    pool: str | None = None
    started_from: datetime | None = None
    started_to: datetime | None = None
    order: TaskOrder = TaskOrder.NEWEST_RUN
    limit: int = 100
    offset: int = 0


@dataclass(frozen=True, slots=True)
class FoundTask:
    """A task instance with its run (without tasks), and what its version's file says of the task."""

    run: DagRun
    task: TaskInstance
    operator: str = ""
    kind: str = ""
    pool: str = ""
    max_tries: int = 1
    queue: str = ""
    priority_weight: int = 1


@dataclass(frozen=True, slots=True)
class FoundTasks:
    """A page. ``total`` counts no further than ``COUNTED``; ``has_more`` says that there are more than that."""

    rows: tuple[FoundTask, ...]
    total: int
    has_more: bool


_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Page(Generic[_T]):
    """A page. ``total`` counts no further than ``COUNTED``; ``has_more`` says that there are more than that."""

    rows: Sequence[_T]
    total: int
    has_more: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditFilter:
    """Entries of the audit log that are wanted: empty texts mean all; ``since`` and ``until`` are included."""

    event: str = ""
    actor: str = ""
    dag_id: str = ""
    run_id: str = ""
    task_id: str = ""
    since: datetime | None = None
    until: datetime | None = None
    is_oldest_first: bool = False
    limit: int = 100
    offset: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandFilter:
    """Commands that are wanted: empty texts and None mean all."""

    kind: str = ""
    actor: str = ""
    is_done: bool | None = None
    is_oldest_first: bool = False
    limit: int = 100
    offset: int = 0


@dataclass(frozen=True, slots=True)
class GivenCommand:
    """A command as lists show it; without ``outcome`` the leader has not come to it."""

    number: int
    kind: str
    actor: str
    at: datetime
    done_at: datetime | None
    outcome: CommandOutcome | None
