"""Timetables: schedules as objects, and the base of those that authors write themselves.

The timetables here are read as data and never executed by the scheduler. A class of the author's that derives from
``Timetable``, or from one of these, is asked for its runs in a parser process. Names are Airflow's.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any, ClassVar, NamedTuple

from jupyter_couture.authoring.arguments import aware, duration
from jupyter_couture.authoring.assets import condition_from
from jupyter_couture.authoring.crons import check_cron, check_zone, cron_of, months_and_seconds, zone_name
from jupyter_couture.decisions.calendar import manual_interval, upcoming
from jupyter_couture.model.dag import DagSpec
from jupyter_couture.model.errors import InvalidDag
from jupyter_couture.model.ids import DagId
from jupyter_couture.model.policy import Schedule, ScheduleKind


class DataInterval(NamedTuple):
    """What data a run covers: from ``start`` up to, not including, ``end``."""

    start: datetime
    end: datetime

    @classmethod
    def exact(cls, at: datetime) -> "DataInterval":
        """The interval that is one instant."""
        return cls(at, at)


class TimeRestriction(NamedTuple):
    """Bounds of a DAG's runs: no data interval begins before ``earliest`` or after ``latest``."""

    earliest: datetime | None
    latest: datetime | None
    catchup: bool


class DagRunInfo(NamedTuple):
    """A run to come: it may start at ``run_after`` and covers ``data_interval``."""

    run_after: datetime
    data_interval: DataInterval

    @classmethod
    def exact(cls, at: datetime) -> "DagRunInfo":
        """A run at an instant."""
        return cls(at, DataInterval.exact(at))

    @classmethod
    def interval(cls, start: datetime, end: datetime) -> "DagRunInfo":
        """A run at the end of an interval."""
        return cls(end, DataInterval(start, end))

    @property
    def logical_date(self) -> datetime:
        """The start of the data interval."""
        return self.data_interval.start


class Timetable:
    """When a DAG runs. Derive from it and say ``next_dagrun_info`` and ``infer_manual_data_interval``."""

    description: str = ""
    periodic: bool = True
    can_be_scheduled: bool = True
    run_ordering: ClassVar[Any] = ("data_interval_end", "logical_date")
    active_runs_limit: int | None = None
    advice: ClassVar[str] = ""
    """What of it has no effect here, as a warning on the DAG."""

    def next_dagrun_info(
        self, *, last_automated_data_interval: DataInterval | None, restriction: TimeRestriction
    ) -> DagRunInfo | None:
        """The run after the one of ``last_automated_data_interval``; None if there is none.

        Asked again and again, each time with the interval of the answer before. All times are aware.
        """
        raise InvalidDag(message=f"timetable {type(self).__name__} does not say next_dagrun_info")

    def infer_manual_data_interval(self, *, run_after: datetime) -> DataInterval:
        """What a run made by hand at ``run_after`` covers."""
        return DataInterval.exact(run_after)

    def validate(self) -> None:
        """Raise if the timetable makes no sense."""

    def serialize(self) -> dict[str, Any]:
        """Of no use here: the object is made anew by its DAG file."""
        return {}

    @classmethod
    def deserialize(cls, data: Mapping[str, Any]) -> "Timetable":
        """Of no use here: the object is made anew by its DAG file."""
        return cls(**data)

    @property
    def summary(self) -> str:
        """A few words for people."""
        return type(self).__name__

    def as_schedule(self) -> Schedule:
        """The timetable as data."""
        return Schedule(kind=ScheduleKind.CUSTOM, label=str(self.summary), timezone="UTC")


class _KnownTimetable(Timetable):
    """A timetable that is data: what it does is decided from its ``Schedule`` by the functions the scheduler uses."""

    def __init__(self, schedule: Schedule) -> None:
        self._schedule = schedule

    @property
    def summary(self) -> str:
        return self._schedule.label

    def as_schedule(self) -> Schedule:
        """The timetable as data; a class derived from a known one is the author's own."""
        is_own = type(self).__module__ != __name__
        return Timetable.as_schedule(self) if is_own else self._schedule

    def next_dagrun_info(
        self, *, last_automated_data_interval: DataInterval | None, restriction: TimeRestriction
    ) -> DagRunInfo | None:
        now = datetime.now(UTC)
        last = last_automated_data_interval
        spec = DagSpec(
            dag_id=DagId("_"),
            schedule=self._schedule,
            start_date=restriction.earliest,
            end_date=restriction.latest,
            catchup=restriction.catchup,
        )
        found = upcoming(spec, last.start if last else None, now, now, latest_end=last.end if last else None)
        return None if found is None else DagRunInfo(found.due_at, DataInterval(found.start, found.end))

    def infer_manual_data_interval(self, *, run_after: datetime) -> DataInterval:
        return DataInterval(*manual_interval(self._schedule, run_after))

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.summary}>"


class NullTimetable(_KnownTimetable):
    """Never by itself."""

    can_be_scheduled = False

    def __init__(self) -> None:
        super().__init__(Schedule(kind=ScheduleKind.EVENTS, label="never", is_instant=True))


class OnceTimetable(_KnownTimetable):
    """Once, at the start date (``@once``)."""

    def __init__(self) -> None:
        super().__init__(Schedule(kind=ScheduleKind.ONCE, label="@once"))


class ContinuousTimetable(_KnownTimetable):
    """One run after the other (``@continuous``)."""

    active_runs_limit = 1

    def __init__(self) -> None:
        super().__init__(Schedule(kind=ScheduleKind.CONTINUOUS, label="@continuous"))


class CronTriggerTimetable(_KnownTimetable):
    """At each point of a cron text, as cron itself does.

    Parameters
    ----------
    cron
        A text of five fields or a preset such as ``@daily``.
    timezone
        An IANA name or a time zone; a fixed time fires once a day, also where the clock changes.
    interval
        How far the data interval reaches back from the point (``timedelta`` or seconds); nothing by default.
    run_immediately
        Taken for Airflow's sake. Without ``catchup`` the latest point since the start date is made up for in any case.
    """

    def __init__(
        self,
        cron: str,
        *,
        timezone: str | tzinfo = "UTC",
        interval: timedelta | float = timedelta(0),
        run_immediately: bool | timedelta = False,
    ) -> None:
        super().__init__(_trigger(cron, timezone, interval))
        self.run_immediately = run_immediately


class MultipleCronTriggerTimetable(_KnownTimetable):
    """At each point of several cron texts; a point they share counts once. Arguments as of ``CronTriggerTimetable``."""

    def __init__(
        self,
        *crons: str,
        timezone: str | tzinfo = "UTC",
        interval: timedelta | float = timedelta(0),
        run_immediately: bool | timedelta = False,
    ) -> None:
        if not crons:
            raise InvalidDag(message="MultipleCronTriggerTimetable needs at least one cron text")
        parts = tuple(_trigger(cron, timezone, interval) for cron in crons)
        label = ", ".join(part.label for part in parts)
        one = parts[0]
        super().__init__(
            Schedule(
                kind=ScheduleKind.ANY,
                label=label,
                timezone=one.timezone,
                is_instant=True,
                span_seconds=one.span_seconds,
                parts=parts,
            )
        )
        self.run_immediately = run_immediately


class CronDataIntervalTimetable(_KnownTimetable):
    """For each interval between two points of a cron text, at its end: what a plain cron text as schedule means."""

    def __init__(self, cron: str, timezone: str | tzinfo = "UTC") -> None:
        expression = cron_of(cron)
        check_cron(expression, cron)
        super().__init__(Schedule(kind=ScheduleKind.CRON, label=cron, expression=expression, timezone=_zone(timezone)))


class DeltaDataIntervalTimetable(_KnownTimetable):
    """For each interval of one length from the start date on, at its end: what a plain ``timedelta`` means."""

    def __init__(self, delta: Any) -> None:
        super().__init__(_delta(delta))


class DeltaTriggerTimetable(_KnownTimetable):
    """At the start date and every ``delta`` after it. ``interval`` as of ``CronTriggerTimetable``."""

    def __init__(self, delta: Any, *, interval: timedelta | float = timedelta(0)) -> None:
        made = _delta(delta)
        super().__init__(
            Schedule(
                kind=made.kind,
                label=made.label,
                interval_seconds=made.interval_seconds,
                months=made.months,
                is_instant=True,
                span_seconds=_span(interval),
            )
        )


class EventsTimetable(_KnownTimetable):
    """At listed instants.

    Parameters
    ----------
    event_dates
        The instants, in any order; a time without zone means UTC.
    restrict_to_events
        Whether a run by hand gets the date of the event before it instead of its own.
    presorted
        Taken for Airflow's sake.
    description
        A few words for people.
    """

    def __init__(
        self,
        event_dates: Iterable[datetime],
        restrict_to_events: bool = False,
        presorted: bool = False,
        description: str | None = None,
    ) -> None:
        dates = sorted({found.astimezone(UTC) for date in event_dates if (found := aware(date, "event_dates"))})
        if not dates:
            raise InvalidDag(message="EventsTimetable needs at least one date")
        self.description = description or f"{len(dates)} events between {dates[0]} and {dates[-1]}"
        super().__init__(
            Schedule(
                kind=ScheduleKind.EVENTS,
                label=f"{len(dates)} events",
                is_instant=True,
                events=tuple(dates),
                is_restricted=restrict_to_events,
            )
        )


class AssetTriggeredTimetable(_KnownTimetable):
    """When assets were updated: what assets as schedule mean."""

    def __init__(self, assets: Any) -> None:
        condition = condition_from(assets, "assets")
        self.asset_condition = condition
        super().__init__(Schedule(kind=ScheduleKind.ASSETS, label="Asset", assets=condition.as_condition()))


class AssetOrTimeSchedule(_KnownTimetable):
    """When ``timetable`` says so and when ``assets`` were updated, whichever comes."""

    def __init__(self, *, timetable: Timetable, assets: Any = None, datasets: Any = None) -> None:
        condition = condition_from(assets if assets is not None else datasets, "assets")
        self.timetable = timetable
        self.asset_condition = condition
        timed = timetable.as_schedule()
        super().__init__(
            Schedule(
                kind=ScheduleKind.ANY,
                label=f"Asset or {timed.label}",
                timezone=timed.timezone,
                assets=condition.as_condition(),
                parts=(timed,),
            )
        )

    def next_dagrun_info(
        self, *, last_automated_data_interval: DataInterval | None, restriction: TimeRestriction
    ) -> DagRunInfo | None:
        return self.timetable.next_dagrun_info(
            last_automated_data_interval=last_automated_data_interval, restriction=restriction
        )

    def infer_manual_data_interval(self, *, run_after: datetime) -> DataInterval:
        return self.timetable.infer_manual_data_interval(run_after=run_after)


DatasetOrTimeSchedule = AssetOrTimeSchedule


def _trigger(cron: str, timezone: str | tzinfo, interval: timedelta | float) -> Schedule:
    expression = cron_of(cron)
    check_cron(expression, cron)
    return Schedule(
        kind=ScheduleKind.CRON,
        label=cron,
        expression=expression,
        timezone=_zone(timezone),
        is_instant=True,
        span_seconds=_span(interval),
    )


def _zone(zone: str | tzinfo) -> str:
    return check_zone(zone) if isinstance(zone, str) else zone_name(zone)


def _span(interval: timedelta | float) -> float:
    span = (duration(interval, "interval") or timedelta(0)).total_seconds()
    if span < 0:
        raise InvalidDag(message="the interval of a timetable must not be negative")
    return span


def _delta(delta: object) -> Schedule:
    months, seconds = months_and_seconds(delta)
    return Schedule(kind=ScheduleKind.INTERVAL, label=str(delta), interval_seconds=seconds, months=months)
