"""When DAGs are due: clocks that change, catching up, odd crons, intervals of every kind (T01, T02, T04, T05)."""

import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_couture.decisions.calendar import between, manual_interval, upcoming
from jupyter_couture.decisions.coming import coming
from jupyter_couture.decisions.due import DagCase, Origins, births, due_dates
from jupyter_couture.decisions.timetables import point_after, point_at_or_before
from jupyter_couture.model.dag import DagSpec, TaskKind
from jupyter_couture.model.ids import DagId
from jupyter_couture.model.policy import Schedule, ScheduleKind, TimetablePoints, Upcoming
from jupyter_couture.model.records import DagState
from jupyter_couture.model.states import RunState
from tests.builders import T0, World, a_case, a_task, seconds

ZONES = """
UTC Europe/Berlin Europe/London Europe/Lisbon Europe/Moscow America/New_York America/Los_Angeles America/St_Johns
America/Sao_Paulo America/Santiago Asia/Tehran Asia/Kolkata Asia/Kathmandu Asia/Tokyo Asia/Gaza Africa/Cairo
Africa/Casablanca Australia/Lord_Howe Pacific/Apia Antarctica/Troll
""".split()  # noqa: SIM905  # more readable than a list
FIXED = (
    """
30 2 * * *|0 0 * * *|15 1 * * *|45 3 * * *|59 23 * * *|0 12 * * 1-5|30 1 1 * *|0 2 29 2 *|0 0 L * *|5 4 * * SUN
0 1,2,3 * * *|30 2 15 3,10 *|0 9-17 * * *|1 0 1 1 *|10 2 * * 0#1
""".strip()
    .replace("\n", "|")
    .split("|")
)
STARRED = (
    """
* * * * *|*/5 * * * *|0 * * * *|30 * * * *|*/15 2 * * *|0 */6 * * *|*/7 1-3 * * *|15 */2 * * *|*/30 * * * 0
0 */12 1 * *|* 2 * * *|*/20 */3 * * *|45 * 31 * *|0 */8 * * 1|*/10 23 * * *
""".strip()
    .replace("\n", "|")
    .split("|")
)


def _cron(expression: str, zone: str = "UTC", **options: Any) -> Schedule:
    return Schedule(ScheduleKind.CRON, expression, expression, timezone=zone, **options)


def _dag(schedule: Schedule, start: datetime | None = T0, **options: Any) -> DagSpec:
    return replace(DagSpec(dag_id=DagId("d"), schedule=schedule, start_date=start), **options)


def _utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def _points(schedule: Schedule, first: datetime, last: datetime) -> Iterator[datetime]:
    point = point_after(schedule, first, first)
    while point is not None and point < last:
        yield point
        point = point_after(schedule, point, first)


# --- clock changes ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("zone", ZONES)
def test_points_rise_and_fixed_times_come_once_a_day_whatever_clocks_do(zone: str) -> None:
    """T01: 20 zones, 30 forms, around every change of the clock from 2020 to 2035."""
    around = [change for year in range(2020, 2036) for change in _changes(ZoneInfo(zone), year)] or [T0]
    for expression in (*FIXED, *STARRED):
        schedule = _cron(expression, zone)
        for change in around[:: 1 if expression in FIXED else 3]:
            points = list(_points(schedule, change - timedelta(hours=30), change + timedelta(hours=6)))[-400:]
            assert all(earlier < later for earlier, later in pairwise(points))
            for point in points[:3]:
                assert point_at_or_before(schedule, point, T0) == point
            if expression in ("30 2 * * *", "15 1 * * *", "45 3 * * *"):
                days = Counter(point.astimezone(ZoneInfo(zone)).date() for point in points)
                assert set(days.values()) <= {1}, (expression, change)


def _changes(zone: ZoneInfo, year: int) -> Iterator[datetime]:
    """The instants of ``year`` (to the hour) at which the offset of ``zone`` changes."""
    day = datetime(year, 1, 1, tzinfo=UTC)
    for number in range(366):
        before, after = day + timedelta(days=number), day + timedelta(days=number + 1)
        if before.astimezone(zone).utcoffset() != after.astimezone(zone).utcoffset():
            hours = (before + timedelta(hours=hour) for hour in range(25))
            yield next(at for at in hours if at.astimezone(zone).utcoffset() == after.astimezone(zone).utcoffset())


@pytest.mark.parametrize(
    ("zone", "expression", "first", "golden"),
    [
        # Berlin, 29 March 2026: 02:00 becomes 03:00. 25 October 2026: 03:00 becomes 02:00.
        ("Europe/Berlin", "30 2 * * *", "2026-03-28T12:00", ["2026-03-29T01:00", "2026-03-30T00:30"]),
        ("Europe/Berlin", "30 2 * * *", "2026-10-24T12:00", ["2026-10-25T00:30", "2026-10-26T01:30"]),
        ("Europe/Berlin", "0 * * * *", "2026-03-29T00:00", ["2026-03-29T01:00", "2026-03-29T02:00"]),
        ("Europe/Berlin", "0 */2 * * *", "2026-10-24T23:00", ["2026-10-25T00:00", "2026-10-25T01:00"]),
        ("Europe/Berlin", "*/30 * * * *", "2026-10-25T00:20", ["2026-10-25T00:30", "2026-10-25T01:00"]),
        # New York, 8 March 2026: 02:00 becomes 03:00. 1 November 2026: 02:00 becomes 01:00.
        ("America/New_York", "15 2 * * *", "2026-03-07T12:00", ["2026-03-08T07:00", "2026-03-09T06:15"]),
        ("America/New_York", "30 1 * * *", "2026-10-31T12:00", ["2026-11-01T05:30", "2026-11-02T06:30"]),
        ("America/New_York", "0 * * * *", "2026-11-01T04:30", ["2026-11-01T05:00", "2026-11-01T06:00"]),
        # Lord Howe, 5 April 2026: 02:00 becomes 01:30. 4 October 2026: 02:00 becomes 02:30.
        ("Australia/Lord_Howe", "45 1 * * *", "2026-04-04T00:00", ["2026-04-04T14:45", "2026-04-05T15:15"]),
        ("Australia/Lord_Howe", "15 2 * * *", "2026-10-03T00:00", ["2026-10-03T15:30", "2026-10-04T15:15"]),
        ("Australia/Lord_Howe", "*/15 * * * *", "2026-10-03T15:20", ["2026-10-03T15:30", "2026-10-03T15:45"]),
    ],
)
def test_golden_points_over_clock_changes(zone: str, expression: str, first: str, golden: list[str]) -> None:
    """T01: a skipped time comes at the first valid instant, a doubled one once; stars follow elapsed time."""
    schedule = _cron(expression, zone)
    instant = _utc(first)
    for expected in golden:
        found = point_after(schedule, instant, T0)
        assert found == _utc(expected)
        assert point_at_or_before(schedule, found, T0) == found
        instant = found


def test_a_fixed_time_that_has_passed_does_not_come_again_in_the_doubled_hour() -> None:
    """T01: from inside the second 02:00 to 03:00 of Berlin's autumn."""
    schedule = _cron("45 2 * * *", "Europe/Berlin")
    inside = _utc("2026-10-25T01:10")
    assert point_after(schedule, inside, T0) == _utc("2026-10-26T01:45")
    assert point_at_or_before(schedule, inside, T0) == _utc("2026-10-25T00:45")


@settings(max_examples=60, deadline=None)
@given(
    zone=st.sampled_from(ZONES),
    expression=st.sampled_from(FIXED + STARRED),
    days=st.integers(0, 15 * 365),
    minute=st.integers(0, 24 * 60),
)
def test_looking_back_from_a_point_finds_it_and_nothing_lies_between(
    zone: str, expression: str, days: int, minute: int
) -> None:
    schedule = _cron(expression, zone)
    instant = datetime(2020, 1, 1, tzinfo=UTC) + timedelta(days=days, minutes=minute)
    following = point_after(schedule, instant, T0)
    last = point_at_or_before(schedule, instant, T0)
    assert following is not None
    assert following > instant
    assert last is not None
    assert last <= instant
    assert point_after(schedule, last, T0) == following


# --- odd crons --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("expression", "after", "golden"),
    [
        ("0 0 29 2 *", "2026-03-01", "2028-02-29T00:00"),
        ("0 0 L * *", "2027-02-01", "2027-02-28T00:00"),
        ("0 0 31 * *", "2026-04-01", "2026-05-31T00:00"),
        ("0 0 1 1 *", "2037-06-01", "2038-01-01T00:00"),
        ("0 4 * * *", "2038-01-19T04:00", "2038-01-20T04:00"),
        ("0 0 29 2 1", "2026-01-01", "2026-02-02T00:00"),  # either day, as in every cron
    ],
)
def test_odd_days_are_exact_and_found_at_once(expression: str, after: str, golden: str) -> None:
    """T04: leap days, ends of months, the year 2038, each found within 50 ms of processor time."""
    begun = time.process_time()
    assert point_after(_cron(expression), _utc(after), T0) == _utc(golden)
    assert time.process_time() - begun < 0.05


def test_months_are_counted_by_the_calendar_and_a_missing_day_is_the_last() -> None:
    """T04."""
    schedule = Schedule(ScheduleKind.INTERVAL, "monthly", months=1)
    anchor = _utc("2026-01-31T10:00")
    points = list(_points(schedule, anchor, _utc("2026-06-15")))
    found = [point_after(schedule, anchor - seconds(1), anchor)]
    for _ in range(3):
        found.append(point_after(schedule, found[-1] or anchor, anchor))
    assert [at.strftime("%m-%d %H") for at in found if at] == ["01-31 10", "02-28 10", "03-31 10", "04-30 10"]
    assert len(points) == 4
    assert point_at_or_before(schedule, _utc("2026-03-30"), anchor) == _utc("2026-02-28T10:00")
    berlin = replace(schedule, timezone="Europe/Berlin")
    assert point_after(berlin, _utc("2026-03-31"), _utc("2026-03-01T11:00")) == _utc("2026-04-01T10:00")


# --- trigger schedules ------------------------------------------------------------------------------------------------


def test_a_trigger_schedule_is_due_at_its_points_and_reaches_its_span_back() -> None:
    schedule = _cron("0 12 * * *", is_instant=True, span_seconds=3600.0)
    slot = upcoming(_dag(schedule, T0), None, T0, T0)
    assert slot == Upcoming(T0 - timedelta(hours=1), T0, T0)
    after = upcoming(_dag(schedule, T0), slot.start, T0, T0, latest_end=slot.end)
    assert after is not None
    assert after.due_at == T0 + timedelta(days=1)


def test_of_several_crons_each_point_counts_once() -> None:
    parts = (_cron("0 12 * * *", is_instant=True), _cron("0 */6 * * *", is_instant=True))
    schedule = Schedule(ScheduleKind.ANY, "two", parts=parts, is_instant=True)
    points = list(_points(schedule, T0 - timedelta(hours=7), T0 + timedelta(hours=7)))
    assert [point.hour for point in points] == [6, 12, 18]


def test_events_are_runs_at_themselves_and_a_restricted_manual_run_takes_the_last_one() -> None:
    events = (T0 - timedelta(days=2), T0, T0 + timedelta(days=5))
    schedule = Schedule(ScheduleKind.EVENTS, "events", is_instant=True, events=events, is_restricted=True)
    spec = _dag(schedule, events[0], catchup=True)
    made = []
    latest = None
    while (slot := upcoming(spec, latest, T0, T0)) is not None:
        made.append(slot.due_at)
        latest = slot.start
    assert made == list(events)
    assert manual_interval(schedule, T0 + timedelta(days=1)) == (T0, T0)


# --- catching up ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("catchup", "runs"), [(True, 5), (False, 1)])
@pytest.mark.parametrize("is_instant", [True, False])
def test_after_five_missed_ticks_the_runs_are_made_once_each(*, catchup: bool, runs: int, is_instant: bool) -> None:
    """T05, S035, S055: the scheduler was away over five ticks."""
    spec = _dag(_cron("0 * * * *", is_instant=is_instant), T0 - timedelta(days=1), catchup=catchup)
    spec = replace(spec, tasks=(a_task("a", kind=TaskKind.EMPTY),))
    latest = T0 - timedelta(hours=0 if is_instant else 1)
    world = World({spec.dag_id: a_case(spec, latest=latest)})
    made = [*world.step(5 * 3600).batch.new_runs, *world.step().batch.new_runs]
    assert len(made) == runs
    assert made[-1].data_interval_end == T0 + timedelta(hours=5)
    assert len({run.logical_date for run in made}) == runs


def test_ten_years_of_hours_never_lie_ahead_in_rows() -> None:
    """T02, S035: at most ``max_active_runs`` runs exist that are not over, and each hour gets its run exactly once."""
    years = timedelta(days=3652)
    spec = replace(
        _dag(_cron("0 * * * *"), T0 - years, catchup=True, max_active_runs=16),
        tasks=(a_task("a", kind=TaskKind.EMPTY),),
    )
    state = DagState(spec.dag_id, a_case(spec).state.version, False, None, None, T0)
    world = World({spec.dag_id: DagCase.of(state, spec, T0)})
    hours = int(years / timedelta(hours=1))
    seen, longest, widest = 0, 0.0, 0
    expected = T0 - years
    while True:
        begun = time.process_time()
        made = world.step()
        longest = max(longest, time.process_time() - begun)
        world.plans.clear()
        world.ended.clear()
        new = made.batch.new_runs
        if not new:
            break
        widest = max(widest, len(new))
        for run in new:
            assert run.logical_date == expected
            expected += timedelta(hours=1)
        seen += len(new)
    assert seen == hours
    assert widest <= spec.max_active_runs
    assert longest < 0.2


def test_runs_of_the_same_date_are_passed_over_and_not_made_twice() -> None:
    """A run by hand or a backfill with a scheduled date: the leader goes on with the next."""
    spec = _dag(_cron("0 0 * * *"), T0 - timedelta(days=3), catchup=True)
    case = a_case(spec)
    wanted = [at for _, at in due_dates({spec.dag_id: case}, {}, T0)]
    assert len(wanted) == 2
    made = births({spec.dag_id: case}, {}, Origins(taken={spec.dag_id: {wanted[0]}}), T0)
    assert [run.logical_date for run in made.runs] == [wanted[1]]
    assert made.passed[spec.dag_id].start == wanted[0]
    assert made.dags[spec.dag_id].state.latest_scheduled == wanted[1]


def test_a_changed_schedule_goes_on_where_the_last_interval_ended() -> None:
    hourly = _dag(_cron("0 * * * *"), T0 - timedelta(days=9), catchup=True)
    slot = upcoming(hourly, T0 - timedelta(days=1), T0, T0, latest_end=T0)
    assert slot is not None
    assert (slot.start, slot.end) == (T0, T0 + timedelta(hours=1))


def test_continuous_runs_follow_each_other_without_gap_or_double() -> None:
    spec = replace(
        _dag(Schedule(ScheduleKind.CONTINUOUS, "@continuous"), T0, max_active_runs=1),
        tasks=(a_task("a", kind=TaskKind.EMPTY),),
    )
    world = World({spec.dag_id: a_case(spec)})
    made = [run for _ in range(5) for run in world.step(1.0).batch.new_runs]
    assert len(made) == 5
    assert all(one.data_interval_end == two.data_interval_start for one, two in pairwise(made))
    assert {run.state for run in world.ended.values()} == {RunState.SUCCESS}


# --- custom timetables, manual runs, previews -------------------------------------------------------------------------


def _told(*hours: int, is_final: bool = False) -> TimetablePoints:
    at = [T0 + timedelta(hours=hour) for hour in hours]
    return TimetablePoints(tuple(Upcoming(one, one + seconds(60), one + seconds(60)) for one in at), is_final=is_final)


def test_a_custom_timetable_is_followed_as_far_as_it_was_asked() -> None:
    spec = _dag(Schedule(ScheduleKind.CUSTOM, "mine"), T0, catchup=True)
    assert upcoming(spec, None, T0, T0) is None
    first = upcoming(spec, None, T0, T0, told=_told(1, 2))
    assert first is not None
    assert first.start == T0 + timedelta(hours=1)
    assert upcoming(spec, T0 + timedelta(hours=2), T0, T0, told=_told(1, 2)) is None


def test_without_catchup_a_custom_timetable_is_asked_before_an_old_point_is_taken_for_the_last() -> None:
    spec = _dag(Schedule(ScheduleKind.CUSTOM, "mine"), T0)
    late = T0 + timedelta(hours=9)
    assert upcoming(spec, None, T0, late, told=_told(1, 2)) is None
    last = upcoming(spec, None, T0, late, told=_told(1, 2, is_final=True))
    assert last is not None
    assert last.start == T0 + timedelta(hours=2)


@pytest.mark.parametrize(
    ("schedule", "start", "end"),
    [
        (None, T0, T0),
        (_cron("0 0 * * *"), _utc("2026-11-21"), _utc("2026-11-22")),
        (_cron("0 0 * * *", is_instant=True), T0, T0),
        (_cron("0 0 * * *", is_instant=True, span_seconds=60.0), T0 - seconds(60), T0),
        (Schedule(ScheduleKind.INTERVAL, "x", interval_seconds=3600.0), T0 - seconds(3600), T0),
        (Schedule(ScheduleKind.ONCE, "@once"), T0, T0),
    ],
)
def test_a_run_by_hand_covers_the_latest_complete_interval(
    schedule: Schedule | None, start: datetime, end: datetime
) -> None:
    """S034."""
    assert manual_interval(schedule, T0) == (start, end)


def test_the_next_runs_can_be_listed_and_a_range_of_them_named() -> None:
    spec = _dag(_cron("0 0 * * *"), T0 - timedelta(days=10))
    state = a_case(spec).state
    ahead = coming(state, spec, T0, 3)
    assert [slot.due_at.day for slot in ahead] == [22, 23, 24]
    days = between(spec, T0, _utc("2026-11-15"), _utc("2026-11-18"), 100)
    assert [slot.start.day for slot in days] == [15, 16, 17, 18]
    assert [slot.start.day for slot in between(spec, T0, _utc("2026-11-01"), _utc("2026-11-14"), 100)] == [13, 14]
    assert len(between(spec, T0, _utc("2026-11-13"), _utc("2030-11-14"), 7)) == 7
