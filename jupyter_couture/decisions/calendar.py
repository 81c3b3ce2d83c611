"""Which scheduled run a DAG is due for, and when.

A scheduled run covers a data interval and is due at its end; its logical date is the interval's start (Airflow's
meaning). Cron arithmetic is cronsim's, in the schedule's time zone; everything else is UTC. A fixed-time cron fires
once on the day a clock goes back, and at the first valid instant where a clock jumps over it.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cronsim import CronSim, CronSimError

from jupyter_couture.model.dag import DagSpec
from jupyter_couture.model.policy import Schedule, ScheduleKind

_BEFORE_ALL = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Upcoming:
    """The next scheduled run of a DAG: its data interval, and the instant it may be made."""

    start: datetime
    end: datetime
    due_at: datetime


def upcoming(spec: DagSpec, latest: datetime | None, first_seen_at: datetime, now: datetime) -> Upcoming | None:
    """The next run the schedule asks for, due or not; None if it asks for no more.

    ``latest`` is the logical date of the newest scheduled run. Without ``catchup`` intervals that ended before ``now``
    are passed over but for the last of them. A schedule that leaves the calendar (an interval of 10,000 years, a start
    in year 1) or whose time zone this host does not know asks for none: one DAG must not end the scheduler.
    """
    try:
        return _upcoming(spec, latest, first_seen_at, now)
    except (ArithmeticError, ValueError, ZoneInfoNotFoundError):
        return None


def _upcoming(spec: DagSpec, latest: datetime | None, first_seen_at: datetime, now: datetime) -> Upcoming | None:
    schedule = spec.schedule
    if schedule is None:
        return None
    begin = _begin(spec, first_seen_at)
    if schedule.kind is ScheduleKind.ONCE:
        found = None if latest is not None else Upcoming(begin, begin, begin)
    elif schedule.kind is ScheduleKind.CONTINUOUS:
        instant = max(begin, now)
        found = Upcoming(instant, instant, instant)
    else:
        found = _periodic(schedule, begin, latest, now, catchup=spec.catchup)
    if found is None or (spec.end_date is not None and found.start > spec.end_date):
        return None
    return found


def _begin(spec: DagSpec, first_seen_at: datetime) -> datetime:
    starts = [task_start for task_start in (spec.start_date,) if task_start is not None]
    return starts[0] if starts else first_seen_at


def _periodic(
    schedule: Schedule, begin: datetime, latest: datetime | None, now: datetime, *, catchup: bool
) -> Upcoming | None:
    after = begin - _BEFORE_ALL if latest is None else latest
    if not catchup:
        after = max(after, _last_ended(schedule, begin, now))
    start = point_after(schedule, after, begin)
    end = point_after(schedule, start, begin) if start else None
    return Upcoming(start, end, end) if start and end else None


def _last_ended(schedule: Schedule, begin: datetime, now: datetime) -> datetime:
    """Just before the start of the last interval that has ended by ``now`` (or before ``begin`` if none has)."""
    end = point_at_or_before(schedule, now, begin)
    start = point_at_or_before(schedule, end - _BEFORE_ALL, begin) if end else None
    return (start or begin) - _BEFORE_ALL


def point_after(schedule: Schedule, instant: datetime, anchor: datetime) -> datetime | None:
    """The first point of the schedule after ``instant``; ``anchor`` is where intervals are counted from."""
    if schedule.kind is ScheduleKind.INTERVAL:
        steps = (instant - anchor) // schedule.interval + 1
        return anchor + max(steps, 0) * schedule.interval
    try:
        local = instant.astimezone(ZoneInfo(schedule.timezone))
        return next(CronSim(schedule.expression, local)).astimezone(UTC)
    except StopIteration:
        return None


def point_at_or_before(schedule: Schedule, instant: datetime, anchor: datetime) -> datetime | None:
    """The last point of the schedule at or before ``instant``; None if that is before ``anchor``."""
    if schedule.kind is ScheduleKind.INTERVAL:
        steps = (instant - anchor) // schedule.interval
        return anchor + steps * schedule.interval if steps >= 0 else None
    local = (instant + timedelta(minutes=1)).astimezone(ZoneInfo(schedule.timezone))
    for point in CronSim(schedule.expression, local, reverse=True):
        found = point.astimezone(UTC)
        if found <= instant:
            return found if found >= anchor else None
    return None


def preview(schedule: Schedule, after: datetime, count: int) -> tuple[datetime, ...]:
    """The next ``count`` points after ``after``, for people."""
    points: list[datetime] = []
    cursor = after
    while len(points) < count:
        point = point_after(schedule, cursor, after)
        if point is None:
            break
        points.append(point)
        cursor = point
    return tuple(points)


def shortest_gap(schedule: Schedule, after: datetime, count: int = 5) -> timedelta | None:
    """The shortest distance of the next points; None if there are fewer than two."""
    return min((later - earlier for earlier, later in pairwise(preview(schedule, after, count))), default=None)


def is_cron(expression: str) -> bool:
    """Whether cronsim can read the expression."""
    try:
        CronSim(expression, datetime(2026, 1, 1, tzinfo=UTC))
    except CronSimError:
        return False
    return True
