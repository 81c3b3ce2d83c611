"""Policies as data: when to try again, how long to run, when a trigger rule holds, when a DAG is due."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from jupyter_couture.model.errors import InvalidDag


class TriggerRule(StrEnum):
    """Which ends of the upstream tasks let a task run. Names and meaning are Airflow's."""

    ALL_SUCCESS = "all_success"
    ALL_FAILED = "all_failed"
    ALL_DONE = "all_done"
    ALL_SKIPPED = "all_skipped"
    ONE_SUCCESS = "one_success"
    ONE_FAILED = "one_failed"
    ONE_DONE = "one_done"
    NONE_FAILED = "none_failed"
    NONE_SKIPPED = "none_skipped"
    NONE_FAILED_MIN_ONE_SUCCESS = "none_failed_min_one_success"
    ALL_DONE_MIN_ONE_SUCCESS = "all_done_min_one_success"
    ALL_DONE_SETUP_SUCCESS = "all_done_setup_success"  # of a teardown: everything ended, and its setups ended well
    ALWAYS = "always"
    DUMMY = ALWAYS  # the older names of two of them
    NONE_FAILED_OR_SKIPPED = NONE_FAILED_MIN_ONE_SUCCESS

    @classmethod
    def is_valid(cls, trigger_rule: object) -> bool:
        """Whether there is such a rule."""
        return trigger_rule in cls.all_triggers()

    @classmethod
    def all_triggers(cls) -> set[str]:
        """The names of all of them."""
        return {rule.value for rule in cls}


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How often and after what delay a failed task is tried again.

    ``retries`` counts the attempts after the first. With ``is_exponential`` the delay doubles with each failure, up to
    ``max_delay_seconds``.
    """

    retries: int = 0
    delay_seconds: float = 300.0
    is_exponential: bool = False
    max_delay_seconds: float = 86_400.0

    def __post_init__(self) -> None:
        if self.retries < 0:
            raise InvalidDag(message=f"retries must be 0 or more, not {self.retries}")
        if self.delay_seconds < 0 or self.max_delay_seconds < 0:
            raise InvalidDag(message="retry_delay and max_retry_delay must not be negative")


class ScheduleKind(StrEnum):
    """How the points of a schedule are found."""

    CRON = "cron"
    INTERVAL = "interval"
    ONCE = "once"
    CONTINUOUS = "continuous"
    EVENTS = "events"  # the instants are listed
    CUSTOM = "custom"  # a timetable class of the author's; its points are asked for in a parser process
    ASSETS = "assets"  # due when assets were updated
    ANY = "any"  # due when one of several schedules is


class ConditionKind(StrEnum):
    """How an asset condition holds."""

    ASSET = "asset"
    ALL = "all"
    ANY = "any"


@dataclass(frozen=True, slots=True)
class AssetCondition:
    """Which assets must have been updated: one (``uri``), or ``parts`` that must all hold, or one of them."""

    kind: ConditionKind
    uri: str = ""
    parts: "tuple[AssetCondition, ...]" = ()


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a DAG is due.

    ``expression`` is the five-field cron text of a ``CRON`` schedule, ``interval_seconds`` the distance of two points
    of an ``INTERVAL`` one; ``label`` is what the author wrote (``@daily``), for people. With ``is_instant`` a point is
    due at itself and its data interval reaches ``span_seconds`` back (0: none), as a cron trigger timetable says;
    without, a run is due at the end of the interval between two points. ``parts`` are those of an ``ANY`` schedule.
    ``months`` are calendar months of an ``INTERVAL``, on top of its seconds. With ``is_restricted`` a run by hand gets
    the interval of the listed event before it, not one of its own.
    """

    kind: ScheduleKind
    label: str
    expression: str = ""
    interval_seconds: float = 0.0
    timezone: str = "UTC"
    is_instant: bool = False
    span_seconds: float = 0.0
    events: tuple[datetime, ...] = ()
    assets: AssetCondition | None = None
    parts: "tuple[Schedule, ...]" = ()
    months: int = 0
    is_restricted: bool = False

    def __post_init__(self) -> None:
        if self.kind is ScheduleKind.CRON and not self.expression:
            raise InvalidDag(message="a cron schedule needs an expression")
        if self.kind is ScheduleKind.INTERVAL and (self.interval_seconds < 0 or self.months < 0):
            raise InvalidDag(message="the interval of a schedule must not be negative")
        if self.kind is ScheduleKind.INTERVAL and not (self.interval_seconds or self.months):
            raise InvalidDag(message="the interval of a schedule must be longer than nothing")

    @property
    def interval(self) -> timedelta:
        """The distance of two points of an ``INTERVAL`` schedule."""
        return timedelta(seconds=self.interval_seconds)

    @property
    def span(self) -> timedelta:
        """How far the data interval of a point that is an instant reaches back."""
        return timedelta(seconds=self.span_seconds)


@dataclass(frozen=True, slots=True)
class Upcoming:
    """A scheduled run to come: its data interval (``start`` is its logical date), and the instant it may be made."""

    start: datetime
    end: datetime
    due_at: datetime


@dataclass(frozen=True, slots=True)
class TimetablePoints:
    """What the author's own timetable said of the runs to come, oldest first.

    ``is_final`` says that it wants none after the last of them.
    """

    points: tuple[Upcoming, ...] = ()
    is_final: bool = False
