"""What goes on in the whole deployment, and what comes next."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from jupyter_couture.model.ids import DagId
from jupyter_couture.model.records import RunRow
from jupyter_couture.model.run import DagRun, TaskInstance


@dataclass(frozen=True, slots=True)
class ActiveRun:
    """A run under way. ``usual_seconds``: how long runs of its DAG take that succeed; None if none has yet."""

    row: RunRow
    usual_seconds: float | None


@dataclass(frozen=True, slots=True)
class FailedRun:
    """A run that failed, and the task instance that failed first; None if it failed without one, as by a timeout."""

    run: DagRun
    first_failed: TaskInstance | None


@dataclass(frozen=True, slots=True)
class ComingRun:
    """The next scheduled run of a DAG that is on, and when it is due."""

    dag_id: DagId
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Activity:
    """Runs under way and failed runs, newest first; runs to come, soonest first. Each list is cut at what was asked."""

    active: Sequence[ActiveRun]
    failed: Sequence[FailedRun]
    coming: Sequence[ComingRun]
