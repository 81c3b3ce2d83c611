"""Which scheduled run a DAG is due for, and when.

A run of an interval schedule covers the data interval between two points and is due at its end; one of a trigger
schedule (``is_instant``) is due at a point itself. The logical date of a run is the start of its data interval, and the
next interval begins where the last one ended, also after the schedule was changed.
"""

from datetime import datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfoNotFoundError

from jupyter_couture.decisions.timetables import BEFORE, point_after, point_at_or_before
from jupyter_couture.model.dag import DagSpec
from jupyter_couture.model.policy import Schedule, ScheduleKind, TimetablePoints, Upcoming

_UNTOLD = TimetablePoints()


def upcoming(
    spec: DagSpec,
    latest: datetime | None,
    first_seen_at: datetime,
    now: datetime,
    *,
    latest_end: datetime | None = None,
    told: TimetablePoints | None = None,
) -> Upcoming | None:
    """The next run the schedule asks for, due or not; None if it asks for no more.

    ``latest`` and ``latest_end`` are the data interval of the newest scheduled run, ``told`` is what a custom timetable
    said. Without ``catchup`` what became due before ``now`` is passed over but for the last of it. A schedule that
    leaves the calendar (an interval of 10,000 years, a start in year 1) or whose time zone this host does not know asks
    for none: one DAG must not end the scheduler.
    """
    try:
        return _upcoming(spec, latest, first_seen_at, now, latest_end, told or _UNTOLD)
    except (ArithmeticError, ValueError, ZoneInfoNotFoundError):
        return None


def between(spec: DagSpec, first_seen_at: datetime, first: datetime, last: datetime, limit: int) -> list[Upcoming]:
    """The runs with a logical date in ``[first, last]``, oldest first, at most ``limit``; none before the start date.

    Of schedules without points of their own (none, once, continuous, assets, custom timetables) there are none.
    """
    schedule = time_part(spec.schedule)
    if schedule is None:
        return []
    anchor = begin_of(spec, first_seen_at)
    earliest = max(first, spec.start_date) if spec.start_date is not None else first
    latest = min(last, spec.end_date) if spec.end_date is not None else last
    found: list[Upcoming] = []
    try:
        shift = schedule.span if schedule.is_instant else timedelta(0)
        point = point_after(schedule, earliest + shift - BEFORE, anchor)
        while point is not None and point - shift <= latest and len(found) < limit:
            following = point_after(schedule, point, anchor)
            if schedule.is_instant:
                found.append(Upcoming(point - shift, point, point))
            elif following is not None:
                found.append(Upcoming(point, following, following))
            point = following
    except (ArithmeticError, ValueError, ZoneInfoNotFoundError):
        return found
    return found


def manual_interval(
    schedule: Schedule | None, at: datetime, told: TimetablePoints | None = None
) -> tuple[datetime, datetime]:
    """The data interval of a run made by hand at ``at``.

    Of an interval cron the latest one that was complete then; of an interval as long as that and ending ``at``; of a
    trigger schedule what reaches its span back; of a custom timetable the latest complete one it told; else ``at``.
    """
    part = time_part(schedule)
    try:
        return _manual_interval(part, at, told or _UNTOLD) if part is not None else (at, at)
    except (ArithmeticError, ValueError, ZoneInfoNotFoundError):
        return at, at


def time_part(schedule: Schedule | None) -> Schedule | None:
    """What of a schedule goes by the clock; None if nothing does."""
    if schedule is None or schedule.kind is ScheduleKind.ASSETS:
        return None
    if schedule.kind is ScheduleKind.ANY and len(schedule.parts) == 1:
        return schedule.parts[0]
    return schedule


def begin_of(spec: DagSpec, first_seen_at: datetime) -> datetime:
    """Where the schedule begins: at the start date, else when the DAG was first seen."""
    return spec.start_date if spec.start_date is not None else first_seen_at


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


# --- the next run -----------------------------------------------------------------------------------------------------


def _upcoming(
    spec: DagSpec,
    latest: datetime | None,
    first_seen_at: datetime,
    now: datetime,
    latest_end: datetime | None,
    told: TimetablePoints,
) -> Upcoming | None:
    schedule = time_part(spec.schedule)
    if schedule is None:
        return None
    begin = begin_of(spec, first_seen_at)
    match schedule.kind:
        case ScheduleKind.ONCE:
            found = None if latest is not None else Upcoming(begin, begin, begin)
        case ScheduleKind.CONTINUOUS:
            found = _continuous(latest_end or latest or begin, now, is_first=latest is None)
        case ScheduleKind.CUSTOM:
            found = _told(told, latest, now, catchup=spec.catchup)
        case _ if schedule.is_instant:
            last = latest_end if latest_end is not None or latest is None else latest + schedule.span
            found = _instant(schedule, begin, last, now, catchup=spec.catchup)
        case _:
            after = latest if latest_end is None else latest_end - BEFORE
            found = _interval(schedule, begin, after, now, catchup=spec.catchup)
    if found is None or (spec.end_date is not None and _counts_at(schedule, found) > spec.end_date):
        return None
    return found


def _counts_at(schedule: Schedule, found: Upcoming) -> datetime:
    """What the end date is compared with."""
    return found.end if schedule.is_instant else found.start


def _continuous(start: datetime, now: datetime, *, is_first: bool) -> Upcoming:
    """From the end of the last run until now; never empty, so that no two have one logical date.

    The first is due at its start; the others at once, also if the clock was turned back behind the end of the last.
    """
    end = max(now, start + BEFORE)
    return Upcoming(start, end, end if is_first else min(end, now))


def _told(told: TimetablePoints, latest: datetime | None, now: datetime, *, catchup: bool) -> Upcoming | None:
    ahead = [point for point in told.points if latest is None or point.start > latest]
    if catchup or not ahead:
        return ahead[0] if ahead else None
    overdue = [point for point in ahead if point.due_at <= now]
    if not overdue:
        return ahead[0]
    is_last_known = len(overdue) < len(ahead) or told.is_final
    return overdue[-1] if is_last_known else None  # there may be a later one: the timetable is asked first


def _instant(
    schedule: Schedule, begin: datetime, last: datetime | None, now: datetime, *, catchup: bool
) -> Upcoming | None:
    after = begin - BEFORE if last is None else max(last, begin - BEFORE)
    if not catchup:
        overdue = point_at_or_before(schedule, now, begin)
        after = after if overdue is None else max(after, overdue - BEFORE)
    point = point_after(schedule, after, begin)
    return None if point is None else Upcoming(point - schedule.span, point, point)


def _interval(
    schedule: Schedule, begin: datetime, after: datetime | None, now: datetime, *, catchup: bool
) -> Upcoming | None:
    after = begin - BEFORE if after is None else max(after, begin - BEFORE)
    if not catchup:
        after = max(after, _last_ended(schedule, begin, now))
    start = point_after(schedule, after, begin)
    end = point_after(schedule, start, begin) if start else None
    return Upcoming(start, end, end) if start and end else None


def _last_ended(schedule: Schedule, begin: datetime, now: datetime) -> datetime:
    """Just before the start of the last interval that has ended by ``now`` (or before ``begin`` if none has)."""
    end = point_at_or_before(schedule, now, begin)
    start = point_at_or_before(schedule, end - BEFORE, begin) if end else None
    return max(start or begin, begin) - BEFORE


def _manual_interval(schedule: Schedule, at: datetime, told: TimetablePoints) -> tuple[datetime, datetime]:
    match schedule.kind:
        case ScheduleKind.CUSTOM:
            complete = [point for point in told.points if point.end <= at]
            return (complete[-1].start, complete[-1].end) if complete else (at, at)
        case ScheduleKind.EVENTS if schedule.is_restricted and schedule.events:
            event = point_at_or_before(schedule, at, at) or min(schedule.events)
            return event, event
        case _ if schedule.is_instant:
            return at - schedule.span, at
        case ScheduleKind.CRON:
            end = point_at_or_before(schedule, at, at)
            start = point_at_or_before(schedule, end - BEFORE, at) if end is not None else None
            return (start, end) if start is not None and end is not None else (at, at)
        case ScheduleKind.INTERVAL:
            return point_at_or_before(schedule, at - BEFORE, at) or at, at
        case _:
            return at, at
