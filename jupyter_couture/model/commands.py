"""Commands: what users want done to runs that exist. They are stored, and the leader carries each out in one pass.

A command names its targets one by one: what a person saw in the preview is what is touched, whatever happened since.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple, TypeAlias

from jupyter_couture.model.ids import DagId, RunKey, TaskKey
from jupyter_couture.model.states import RunState, TaskState


class Target(NamedTuple):
    """One task instance of one run."""

    run_key: RunKey
    task_key: TaskKey


class Check(StrEnum):
    """What a task instance that is run by hand may be told to ignore."""

    DEPENDENCIES = "dependencies"  # everything: upstream tasks, the past, limits, pools
    STATE = "state"  # that it has ended well already
    UPSTREAM = "upstream"  # the upstream tasks of its own run


@dataclass(frozen=True, slots=True)
class ClearTasks:
    """Do ``targets`` again. Running ones are stopped first; runs that have ended are opened again.

    With ``latest_version`` their runs go on with the present version of their DAG.
    """

    targets: tuple[Target, ...]
    latest_version: bool = False


@dataclass(frozen=True, slots=True)
class MarkTasks:
    """Say that ``targets`` are ``state``, which is ``success`` or ``failed``. Running ones are stopped."""

    targets: tuple[Target, ...]
    state: TaskState


@dataclass(frozen=True, slots=True)
class RunTask:
    """Run ``target`` now, ignoring what ``ignored`` names."""

    target: Target
    ignored: tuple[Check, ...] = ()


@dataclass(frozen=True, slots=True)
class SetRunState:
    """Say that runs are ``state``: ``queued`` starts them anew as they are, the others end them."""

    run_keys: tuple[RunKey, ...]
    state: RunState


@dataclass(frozen=True, slots=True)
class DeleteRuns:
    """Stop runs and forget them with everything that belongs to them."""

    run_keys: tuple[RunKey, ...]


@dataclass(frozen=True, slots=True)
class DeleteDag:
    """Stop a DAG's runs and forget the DAG with all of them. Its file stays."""

    dag_id: DagId


Command: TypeAlias = ClearTasks | MarkTasks | RunTask | SetRunState | DeleteRuns | DeleteDag


@dataclass(frozen=True, slots=True)
class StoredCommand:
    """A command with its number, who gave it and when."""

    number: int
    command: Command
    actor: str
    at: datetime


@dataclass(frozen=True, slots=True)
class RunOutcome:
    """What came of a command in one run. Nothing touched and no notes: it was as it should be already."""

    run_key: RunKey
    touched: int = 0
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CommandOutcome:
    """What came of a command: how many task instances or runs it ``touched``, and in words what it had to leave.

    ``runs`` tells the same run by run, for those that it names.
    """

    number: int
    touched: int = 0
    notes: tuple[str, ...] = ()
    runs: tuple[RunOutcome, ...] = ()
