"""The points of a schedule in time.

Cron arithmetic is cronsim's, in the schedule's time zone; everything else is UTC. The rule for clock changes is that of
Debian's cron. A fixed-time cron (neither its minute nor its hour field begins with a star) fires once a day: at the
first occurrence of a time that comes twice, and at the first valid instant where the clock jumps over its time. A cron
with a star follows elapsed time: a local time that comes twice matches twice, one that does not come never.
"""

from calendar import monthrange
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

from jupyter_couture.model.policy import Schedule, ScheduleKind

BEFORE = timedelta(microseconds=1)
"""The smallest step of time: a point at an instant comes after the instant less this."""

_CLOCK_CHANGE = timedelta(hours=3)
"""No clock has been set back by more: so far ahead of an instant a local time may stand that came before it."""

_MEAN_MONTH = timedelta(days=30, hours=10, minutes=30)


def point_after(schedule: Schedule, instant: datetime, anchor: datetime) -> datetime | None:
    """The first point of the schedule after ``instant``; None if there is none.

    ``anchor`` is a point of an ``INTERVAL`` schedule, from which the others are counted, also backwards.
    """
    match schedule.kind:
        case ScheduleKind.CRON:
            return _cron_after(schedule.expression, schedule.timezone, instant)
        case ScheduleKind.INTERVAL:
            return _step(schedule, anchor, _steps_until(schedule, anchor, instant) + 1)
        case ScheduleKind.EVENTS:
            return min((event for event in schedule.events if event > instant), default=None)
        case ScheduleKind.ANY:
            found = (point_after(part, instant, anchor) for part in schedule.parts)
            return min((point for point in found if point is not None), default=None)
        case _:
            return None


def point_at_or_before(schedule: Schedule, instant: datetime, anchor: datetime) -> datetime | None:
    """The last point of the schedule at or before ``instant``; None if there is none."""
    match schedule.kind:
        case ScheduleKind.CRON:
            return next(_cron_backwards(schedule, instant), None)
        case ScheduleKind.INTERVAL:
            return _step(schedule, anchor, _steps_until(schedule, anchor, instant))
        case ScheduleKind.EVENTS:
            return max((event for event in schedule.events if event <= instant), default=None)
        case ScheduleKind.ANY:
            found = (point_at_or_before(part, instant, anchor) for part in schedule.parts)
            return max((point for point in found if point is not None), default=None)
        case _:
            return None


def is_cron(expression: str) -> bool:
    """Whether cronsim can read the expression."""
    try:
        CronSim(expression, datetime(2026, 1, 1, tzinfo=UTC))
    except CronSimError:
        return False
    return True


@lru_cache(maxsize=4096)  # the end of an interval is asked for again as the start of the next
def _cron_after(expression: str, timezone: str, instant: datetime) -> datetime | None:
    """The point after ``instant``. In an hour that comes twice a fixed time may stand ahead that has fired already."""
    for point in CronSim(expression, instant.astimezone(ZoneInfo(timezone))):
        found = point.astimezone(UTC)
        if found > instant:
            return found
    return None


def _cron_backwards(schedule: Schedule, instant: datetime) -> Iterator[datetime]:
    local = (instant + _CLOCK_CHANGE).astimezone(ZoneInfo(schedule.timezone))
    for point in CronSim(schedule.expression, local, reverse=True):
        found = point.astimezone(UTC)
        if found <= instant:
            yield found


def _steps_until(schedule: Schedule, anchor: datetime, instant: datetime) -> int:
    """The number of the last point at or before ``instant``, counted from ``anchor``, which is 0."""
    span = datetime.__sub__(instant, anchor)  # plain also where both are pendulum's, whose spans no timedelta divides
    if not schedule.months:
        return span // schedule.interval
    steps = span // (schedule.months * _MEAN_MONTH + schedule.interval)
    while _step(schedule, anchor, steps) > instant:
        steps -= 1
    while _step(schedule, anchor, steps + 1) <= instant:
        steps += 1
    return steps


def _step(schedule: Schedule, anchor: datetime, steps: int) -> datetime:
    """Point number ``steps``. Months are added in the schedule's time zone; a day that a month lacks is its last."""
    if not schedule.months:
        return anchor + steps * schedule.interval
    local = anchor.astimezone(ZoneInfo(schedule.timezone))
    months = local.year * 12 + local.month - 1 + steps * schedule.months
    year, month = months // 12, months % 12 + 1
    moved = local.replace(year=year, month=month, day=min(local.day, monthrange(year, month)[1]))
    return moved.astimezone(UTC) + steps * schedule.interval
