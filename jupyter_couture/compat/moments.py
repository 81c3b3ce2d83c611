"""``airflow.utils.dates``: days ago, ranges of dates, rounding."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pendulum
from dateutil.relativedelta import relativedelta

from jupyter_couture.authoring.crons import PRESETS, check_cron, cron_of, zone_name
from jupyter_couture.compat.zones import make_aware, parse, utcnow
from jupyter_couture.decisions.timetables import BEFORE, point_after, point_at_or_before
from jupyter_couture.model.policy import Schedule, ScheduleKind

cron_presets = dict(PRESETS)

_SECONDS = {"seconds": 1.0, "minutes": 60.0, "hours": 3_600.0, "days": 86_400.0}


def days_ago(n: int, hour: int = 0, minute: int = 0, second: int = 0, microsecond: int = 0) -> pendulum.DateTime:
    """So many days before today, at that time of day in UTC."""
    today = utcnow().replace(hour=hour, minute=minute, second=second, microsecond=microsecond)
    return today - timedelta(days=n)


def date_range(
    start_date: datetime,
    end_date: datetime | None = None,
    num: int | None = None,
    delta: str | timedelta | relativedelta | None = None,
) -> list[datetime]:
    """The points from ``start_date`` on, ``num`` of them or up to ``end_date``, by a span or a cron text."""
    if not delta:
        return []
    if end_date is not None and start_date > end_date:
        raise ValueError("Wait. start_date needs to be before end_date")
    if end_date is not None and num:
        raise ValueError("Wait. Either specify end_date OR num")
    first = make_aware(start_date)
    last = make_aware(end_date) if end_date is not None or num else utcnow()
    count = abs(num) if num else None
    is_back = bool(num and num < 0)
    points: list[datetime] = []
    at = _first(first, delta)
    while at is not None and (last is None or at <= last) and (count is None or len(points) < count):
        points.append(at)
        at = _next(at, delta, is_back=is_back)
    return sorted(points)


def _first(start: datetime, delta: str | timedelta | relativedelta) -> datetime | None:
    if not isinstance(delta, str):
        return start
    found = point_after(_cron(delta, start), start - BEFORE, start)
    return None if found is None else found.astimezone(start.tzinfo)


def _next(at: datetime, delta: str | timedelta | relativedelta, *, is_back: bool) -> datetime | None:
    if not isinstance(delta, str):
        return at - delta if is_back else at + delta
    schedule = _cron(delta, at)
    found = point_at_or_before(schedule, at - BEFORE, at) if is_back else point_after(schedule, at, at)
    return None if found is None else found.astimezone(at.tzinfo)


def _cron(text: str, at: datetime) -> Schedule:
    expression = cron_of(text)
    check_cron(expression, text)
    return Schedule(ScheduleKind.CRON, text, expression, timezone=zone_name(at.tzinfo))


def round_time(dt: datetime, delta: str | timedelta | relativedelta, start_date: datetime | None = None) -> datetime:
    """The point nearest to ``dt`` of those that lie ``delta`` apart from ``start_date`` on.

    With a cron text: ``start_date`` if it is a point, else the point before it.
    """
    first = start_date if start_date is not None else datetime.min.replace(tzinfo=dt.tzinfo)
    if isinstance(delta, str):
        found = point_at_or_before(_cron(delta, make_aware(first)), make_aware(first) - BEFORE, make_aware(first))
        return first if found is None else found.astimezone(make_aware(first).tzinfo)
    at = dt.replace(microsecond=0)
    low, high = 0, 1
    while first + high * delta < at:
        high *= 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if first + middle * delta < at else (low, middle)
    before, after = first + low * delta, first + high * delta
    return after if after - at <= at - before else before


def infer_time_unit(time_seconds_arr: Sequence[float]) -> str:
    """The unit in which such spans are well read."""
    longest = max(time_seconds_arr, default=0.0)
    if not len(time_seconds_arr):
        return "hours"
    if longest <= 120:
        return "seconds"
    if longest <= 7_200:
        return "minutes"
    return "hours" if longest <= 172_800 else "days"


def scale_time_units(time_seconds_arr: Sequence[float], unit: str) -> list[float]:
    """Spans of seconds in another unit."""
    return [seconds / _SECONDS.get(unit, 1.0) for seconds in time_seconds_arr]


def parse_execution_date(execution_date_str: str) -> pendulum.DateTime:
    """A date text as a time."""
    return parse(execution_date_str)
