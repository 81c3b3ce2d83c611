"""``airflow.utils.state`` and small enumerations of Airflow's: states as one class, days of the week, kinds of runs."""

from datetime import datetime
from enum import IntEnum, StrEnum
from typing import ClassVar, Self

from jupyter_couture.model.states import RunState, TaskState

_COLOURS: dict[str | None, str] = {
    "queued": "gray",
    "running": "lime",
    "success": "green",
    "restarting": "violet",
    "failed": "red",
    "up_for_retry": "gold",
    "up_for_reschedule": "turquoise",
    "upstream_failed": "orange",
    "skipped": "hotpink",
    "removed": "lightgrey",
    "scheduled": "tan",
    "deferred": "mediumpurple",
}


class State:
    """Names of the states of runs and tasks; ``NONE`` is None."""

    NONE = None
    REMOVED = TaskState.REMOVED
    SCHEDULED = TaskState.SCHEDULED
    QUEUED = TaskState.QUEUED
    RUNNING = TaskState.RUNNING
    SUCCESS = TaskState.SUCCESS
    RESTARTING = TaskState.RESTARTING
    FAILED = TaskState.FAILED
    UP_FOR_RETRY = TaskState.UP_FOR_RETRY
    UP_FOR_RESCHEDULE = TaskState.UP_FOR_RESCHEDULE
    UPSTREAM_FAILED = TaskState.UPSTREAM_FAILED
    SKIPPED = TaskState.SKIPPED
    DEFERRED = TaskState.DEFERRED
    SHUTDOWN = "shutdown"
    SENSING = "sensing"

    finished_dr_states = frozenset({RunState.SUCCESS, RunState.FAILED})
    unfinished_dr_states = frozenset({RunState.QUEUED, RunState.RUNNING})
    dag_states = (RunState.QUEUED, RunState.SUCCESS, RunState.RUNNING, RunState.FAILED)
    success_states = frozenset({TaskState.SUCCESS, TaskState.SKIPPED})
    failed_states = frozenset({TaskState.FAILED, TaskState.UPSTREAM_FAILED})
    finished = frozenset(
        {TaskState.SUCCESS, TaskState.FAILED, TaskState.SKIPPED, TaskState.UPSTREAM_FAILED, TaskState.REMOVED}
    )
    unfinished = frozenset(
        {
            None,
            TaskState.SCHEDULED,
            TaskState.QUEUED,
            TaskState.RUNNING,
            TaskState.RESTARTING,
            TaskState.UP_FOR_RETRY,
            TaskState.UP_FOR_RESCHEDULE,
            TaskState.DEFERRED,
        }
    )
    running = frozenset({TaskState.RUNNING, TaskState.DEFERRED})
    terminating_states = frozenset({TaskState.RESTARTING})
    task_states = (None, *(state for state in TaskState if state is not TaskState.NONE))
    state_color: ClassVar[dict[str | None, str]] = {None: "lightblue", **_COLOURS}

    @classmethod
    def color(cls, state: str | None) -> str:
        """What Airflow paints a state with."""
        return cls.state_color.get(state, "white")

    @classmethod
    def color_fg(cls, state: str | None) -> str:
        """What Airflow writes on that."""
        return "white" if cls.color(state) in ("green", "red") else "black"


class TerminalTIState(StrEnum):
    """How a task instance may end."""

    SUCCESS = "success"
    FAILED = "failed"
    SKIPPED = "skipped"
    UPSTREAM_FAILED = "upstream_failed"
    REMOVED = "removed"


class JobState(StrEnum):
    """States of Airflow's own processes."""

    RUNNING = "running"
    SUCCESS = "success"
    RESTARTING = "restarting"
    FAILED = "failed"


class WeekDay(IntEnum):
    """Days of the week; Monday is 1."""

    MONDAY = 1
    TUESDAY = 2
    WEDNESDAY = 3
    THURSDAY = 4
    FRIDAY = 5
    SATURDAY = 6
    SUNDAY = 7

    @classmethod
    def get_weekday_number(cls, week_day_str: str) -> Self:
        """A day by its name; raises ``AttributeError``."""
        name = week_day_str.upper()
        if name not in cls.__members__:
            message = f'Invalid Week Day passed: "{week_day_str}"'
            raise AttributeError(message)
        return cls[name]

    @classmethod
    def convert(cls, day: object) -> int:
        """The number of a day given in either way."""
        return (day if isinstance(day, cls) else cls.get_weekday_number(str(day))).value

    @classmethod
    def validate_week_day(cls, week_day: object) -> set[Self]:
        """One day or several as a set."""
        days = week_day if isinstance(week_day, list | tuple | set | frozenset | dict) else [week_day]
        return {day if isinstance(day, cls) else cls.get_weekday_number(str(day)) for day in days}


class DagRunType(StrEnum):
    """Who made a run."""

    BACKFILL_JOB = "backfill"
    SCHEDULED = "scheduled"
    MANUAL = "manual"
    ASSET_TRIGGERED = "asset_triggered"
    DATASET_TRIGGERED = "asset_triggered"

    @classmethod
    def from_run_id(cls, run_id: str) -> Self:
        """The kind of run that an id of ours begins with; manual if it begins otherwise."""
        return next((kind for kind in cls if run_id.startswith(f"{kind.value}__")), cls("manual"))

    def generate_run_id(self, suffix: object) -> str:
        """The id of a run of this kind."""
        return f"{self.value}__{suffix.isoformat() if isinstance(suffix, datetime) else suffix}"
