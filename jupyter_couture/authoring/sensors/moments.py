"""Sensors that wait for a moment: a date, a time of day, some time after the run's interval, a day of the week."""

from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta, tzinfo
from enum import Enum
from typing import Any
from zoneinfo import ZoneInfo

from jupyter_couture.authoring.arguments import aware, duration
from jupyter_couture.authoring.context import Context
from jupyter_couture.authoring.present import utc_now
from jupyter_couture.authoring.sensors.sensor import BaseSensor
from jupyter_couture.authoring.triggers.moments import DateTimeTrigger
from jupyter_couture.model.errors import InvalidDag

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class MomentSensor(BaseSensor):
    """Waits for what ``moment`` says. With ``deferrable`` a trigger waits, without a slot.

    ``end_from_trigger`` and ``start_from_trigger`` are accepted for Airflow's sake and change nothing.
    """

    def __init__(
        self,
        task_id: str,
        *,
        deferrable: bool = False,
        end_from_trigger: bool = False,
        start_from_trigger: bool = False,
        trigger_kwargs: dict[str, Any] | None = None,
        **options: Any,
    ) -> None:
        super().__init__(task_id, **options)
        self.deferrable = bool(deferrable)
        self.end_from_trigger = end_from_trigger
        self.start_from_trigger = start_from_trigger
        self.trigger_kwargs = trigger_kwargs

    def moment(self, context: Context) -> datetime:
        """The moment to wait for (aware)."""
        raise TypeError(f"{type(self).__name__} does not define moment(context)")

    def execute(self, context: Context) -> Any:
        """Wait for it, by a trigger if that is wanted and it is not past."""
        if self.deferrable and not self.poke(context):
            self.wait_by(DateTimeTrigger(self.moment(context)))
        return super().execute(context)

    def poke(self, context: Context) -> bool:
        """Whether the moment is past."""
        return utc_now() >= self.moment(context)


class DateTimeSensor(MomentSensor):
    """Waits until ``target_time``: a ``datetime`` (naive: UTC) or ISO text, which may be a template.

    Errors: ``InvalidDag`` if the rendered text is no time.
    """

    template_fields = ("target_time",)

    def __init__(self, task_id: str, *, target_time: datetime | str, **options: Any) -> None:
        super().__init__(task_id, **options)
        self.target_time = target_time.isoformat() if isinstance(target_time, datetime) else target_time

    def moment(self, context: Context) -> datetime:
        """The target."""
        found = aware(str(self.target_time), "target_time")
        if found is None:
            raise InvalidDag(task_id=self.task_id, message="target_time is empty")
        return found


class DateTimeSensorAsync(DateTimeSensor):
    """``DateTimeSensor`` that waits by a trigger."""

    def __init__(self, task_id: str, *, deferrable: bool = True, **options: Any) -> None:
        super().__init__(task_id, deferrable=deferrable, **options)


class TimeDeltaSensor(MomentSensor):
    """Waits until ``delta`` (``timedelta`` or seconds) after the end of the run's data interval."""

    def __init__(self, task_id: str, *, delta: timedelta | float, **options: Any) -> None:
        super().__init__(task_id, **options)
        self.delta = duration(delta, "delta") or timedelta(0)

    def moment(self, context: Context) -> datetime:
        """The end of the interval, or the logical date if there is none, and the delta."""
        end: datetime = context.get("data_interval_end") or context["logical_date"]
        return end + self.delta


class TimeDeltaSensorAsync(TimeDeltaSensor):
    """``TimeDeltaSensor`` that waits by a trigger."""

    def __init__(self, task_id: str, *, deferrable: bool = True, **options: Any) -> None:
        super().__init__(task_id, deferrable=deferrable, **options)


class WaitSensor(MomentSensor):
    """Waits for ``time_to_wait`` (``timedelta``, or minutes as Airflow has it) from the beginning of the try."""

    def __init__(self, task_id: str, *, time_to_wait: timedelta | int, **options: Any) -> None:
        super().__init__(task_id, **options)
        self.time_to_wait = time_to_wait if isinstance(time_to_wait, timedelta) else timedelta(minutes=time_to_wait)

    def moment(self, context: Context) -> datetime:
        """When the try began, and the wait."""
        return self.began() + self.time_to_wait


class TimeSensor(MomentSensor):
    """Waits until ``target_time`` (a ``datetime.time``) of the day on which the task began.

    A time without zone is in the time zone ``timezone`` (a name or ``tzinfo``; default: that of the DAG's start date,
    else UTC).
    """

    def __init__(
        self, task_id: str, *, target_time: time, timezone: str | tzinfo | None = None, **options: Any
    ) -> None:
        super().__init__(task_id, **options)
        if not isinstance(target_time, time):
            raise InvalidDag(task_id=self.task_id, message="target_time must be a datetime.time")
        self.target_time = target_time
        self.timezone = ZoneInfo(timezone) if isinstance(timezone, str) else timezone

    def moment(self, context: Context) -> datetime:
        """Today at that time."""
        zone = self.target_time.tzinfo or self.timezone or getattr(self.dag, "timezone", None) or UTC
        zone = ZoneInfo(zone) if isinstance(zone, str) else zone
        today = self.began().astimezone(zone).date()
        return datetime.combine(today, self.target_time.replace(tzinfo=None), tzinfo=zone)


class TimeSensorAsync(TimeSensor):
    """``TimeSensor`` that waits by a trigger."""

    def __init__(self, task_id: str, *, deferrable: bool = True, **options: Any) -> None:
        super().__init__(task_id, deferrable=deferrable, **options)


class DayOfWeekSensor(BaseSensor):
    """Waits for a day of the week, in UTC.

    ``week_day``: a name (``"Monday"``), an enum member of that name, or a collection of them. With
    ``use_task_logical_date`` (``use_task_execution_day``) the run's logical date is looked at instead of today.
    """

    def __init__(
        self,
        task_id: str,
        *,
        week_day: object,
        use_task_logical_date: bool = False,
        use_task_execution_day: bool = False,
        **options: Any,
    ) -> None:
        super().__init__(task_id, **options)
        self.week_day = week_days(week_day, self.task_id)
        self.use_task_logical_date = bool(use_task_logical_date or use_task_execution_day)

    def poke(self, context: Context) -> bool:
        """Whether it is one of the days."""
        moment: datetime = context["logical_date"] if self.use_task_logical_date else utc_now()
        return moment.isoweekday() in self.week_day


def week_days(given: object, task_id: str = "") -> frozenset[int]:
    """ISO numbers (Monday: 1) of the days an author named; raises ``InvalidDag``."""
    if isinstance(given, Enum):
        given = given.name
    if isinstance(given, str):
        name = given.strip().lower()
        if name in _DAYS:
            return frozenset({_DAYS.index(name) + 1})
    elif isinstance(given, Iterable):
        return frozenset(number for item in given for number in week_days(item, task_id))
    days = ", ".join(day.capitalize() for day in _DAYS)
    raise InvalidDag(task_id=task_id, message=f"week_day {given!r} is no day of the week; they are {days}")
