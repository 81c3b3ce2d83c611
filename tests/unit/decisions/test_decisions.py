"""The verbs, one by one, on values and a clock that is a number."""

import math
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product
from zoneinfo import ZoneInfo

import pytest

from jupyter_couture.decisions.calendar import preview, upcoming
from jupyter_couture.decisions.capacity import Occupancy, Room
from jupyter_couture.decisions.explain import _SENTENCES, waiting_reasons
from jupyter_couture.decisions.live import LiveRun
from jupyter_couture.decisions.plan import run_refusals
from jupyter_couture.decisions.readiness import Ready, Settled, Waiting, readiness
from jupyter_couture.decisions.retries import later, next_attempt_at
from jupyter_couture.decisions.timetables import is_cron, point_after, point_at_or_before
from jupyter_couture.model.dag import DagSpec, TaskKind
from jupyter_couture.model.ids import DagId
from jupyter_couture.model.policy import RetryPolicy, Schedule, ScheduleKind, TriggerRule
from jupyter_couture.model.reasons import ReasonKind
from jupyter_couture.model.states import RunState, TaskState
from tests.builders import T0, World, a_case, a_dag, a_live_run, a_run, a_task, seconds, task_key

_DONE = (TaskState.SUCCESS, TaskState.FAILED, TaskState.UPSTREAM_FAILED, TaskState.SKIPPED)
_LIVE = (TaskState.NONE, TaskState.RUNNING)


def _holds(rule: TriggerRule, states: tuple[TaskState, ...]) -> bool:
    """The rules as Airflow's documentation words them, on upstream tasks that are all done."""
    success = states.count(TaskState.SUCCESS)
    failed = states.count(TaskState.FAILED) + states.count(TaskState.UPSTREAM_FAILED)
    skipped = states.count(TaskState.SKIPPED)
    total = len(states)
    return {
        TriggerRule.ALL_SUCCESS: success == total,
        TriggerRule.ALL_FAILED: failed == total,
        TriggerRule.ALL_DONE: True,
        TriggerRule.ALL_SKIPPED: skipped == total,
        TriggerRule.ONE_SUCCESS: success > 0,
        TriggerRule.ONE_FAILED: failed > 0,
        TriggerRule.ONE_DONE: success + failed > 0,
        TriggerRule.NONE_FAILED: failed == 0,
        TriggerRule.NONE_SKIPPED: skipped == 0,
        TriggerRule.NONE_FAILED_MIN_ONE_SUCCESS: failed == 0 and success > 0,
        TriggerRule.ALL_DONE_MIN_ONE_SUCCESS: success > 0,
        TriggerRule.ALL_DONE_SETUP_SUCCESS: True,  # of a task without setups
        TriggerRule.ALWAYS: True,
    }[rule]


@pytest.mark.parametrize("rule", list(TriggerRule))
def test_trigger_rules_do_what_their_names_say(rule: TriggerRule) -> None:
    task = a_task("t", "a", "b", "c", rule=rule)
    spec = a_dag(a_task("a"), a_task("b"), a_task("c"), task)
    for states in product(_DONE, repeat=3):
        view = a_live_run(spec, dict(zip("abc", states, strict=True)))
        assert isinstance(readiness(view, task), Ready) is _holds(rule, states), states


@pytest.mark.parametrize("rule", list(TriggerRule))
def test_a_rule_decided_early_is_decided_the_same_way_later(rule: TriggerRule) -> None:
    task = a_task("t", "a", "b", rule=rule)
    spec = a_dag(a_task("a"), a_task("b"), task)

    def verdict(*states: TaskState) -> object:
        return readiness(a_live_run(spec, dict(zip("ab", states, strict=True))), task)

    for first, unfinished in product(_DONE, _LIVE):
        early = verdict(first, unfinished)
        later = [verdict(first, second) for second in _DONE]
        if isinstance(early, Ready):
            assert all(isinstance(item, Ready) for item in later)
        elif isinstance(early, Settled):
            assert not any(isinstance(item, Ready) for item in later)
        else:
            assert isinstance(early, Waiting)


def test_retries_wait_and_end() -> None:
    """S037: attempts at t0 and t0 + 5 minutes."""
    policy = RetryPolicy(retries=1, delay_seconds=300)
    assert next_attempt_at(policy, 1, T0, 0.0) == T0 + timedelta(minutes=5)
    assert next_attempt_at(policy, 2, T0, 0.0) is None
    with pytest.raises(ValueError, match="counts from 1"):
        next_attempt_at(policy, 0, T0, 0.0)


def test_exponential_delays_double_up_to_the_cap() -> None:
    policy = RetryPolicy(retries=100, delay_seconds=10, is_exponential=True, max_delay_seconds=60)
    delays = [next_attempt_at(policy, number, T0, 0.0) for number in (1, 2, 3, 4, 90)]
    assert [(at - T0).total_seconds() for at in delays if at] == [10, 20, 40, 60, 60]
    assert next_attempt_at(policy, 1, T0, 0.5) == T0 + seconds(7.5)


def _cron(expression: str, zone: str = "UTC") -> Schedule:
    return Schedule(ScheduleKind.CRON, expression, expression, timezone=zone)


def _dag(schedule: Schedule, start: datetime | None = None, *, catchup: bool = False) -> DagSpec:
    return DagSpec(dag_id=DagId("d"), schedule=schedule, start_date=start, catchup=catchup)


def test_a_run_is_due_at_the_end_of_its_interval() -> None:
    """S034."""
    slot = upcoming(_dag(_cron("0 12 * * *"), T0 - timedelta(days=9)), None, T0, T0)
    assert slot is not None
    assert (slot.start, slot.end, slot.due_at) == (T0 - timedelta(days=1), T0, T0)


def test_catchup_begins_at_the_start_date_and_goes_on_after_the_latest() -> None:
    """S035."""
    spec = _dag(_cron("0 0 * * *"), datetime(2026, 11, 19, tzinfo=UTC), catchup=True)
    starts: list[datetime] = []
    latest = None
    while (slot := upcoming(spec, latest, T0, T0)) and slot.due_at <= T0:
        latest = slot.start
        starts.append(slot.start)
    assert [start.day for start in starts] == [19, 20, 21]
    assert (without := upcoming(_dag(_cron("0 0 * * *"), spec.start_date), None, T0, T0))
    assert without.start.day == 21


def test_a_new_dag_without_a_start_date_makes_no_run_for_the_past() -> None:
    slot = upcoming(_dag(_cron("0 0 * * *")), None, T0, T0)
    assert slot is not None
    assert slot.start > T0


@pytest.mark.parametrize("schedule", [_cron("*/7 3-5 * * 1-5"), Schedule(ScheduleKind.INTERVAL, "x", "", 1234.5)])
def test_a_point_is_the_last_at_itself_and_the_next_just_before(schedule: Schedule) -> None:
    anchor = T0 - timedelta(days=30)
    for point in preview(schedule, T0, 50):
        if schedule.kind is ScheduleKind.CRON:
            assert point_at_or_before(schedule, point, anchor) == point
        assert point_after(schedule, point - timedelta(microseconds=1), T0) == point


def test_a_fixed_time_fires_once_on_each_day_of_a_clock_change() -> None:
    zone = "America/New_York"
    for day in (datetime(2026, 3, 7, tzinfo=ZoneInfo(zone)), datetime(2026, 10, 31, tzinfo=ZoneInfo(zone))):
        for expression in ("30 2 * * *", "30 1 * * *"):
            points = preview(_cron(expression, zone), day.astimezone(UTC), 3)
            assert len({point.astimezone(ZoneInfo(zone)).date() for point in points}) == 3
            assert list(points) == sorted(points)


def test_once_continuous_and_never() -> None:
    once = _dag(Schedule(ScheduleKind.ONCE, "@once"), T0)
    slot = upcoming(once, None, T0, T0)
    assert slot is not None
    assert slot.due_at == T0
    assert upcoming(once, T0, T0, T0) is None
    assert not is_cron("0 0 30 2 *")
    ended = DagSpec(dag_id=DagId("d"), schedule=_cron("0 0 * * *"), end_date=T0 - timedelta(days=3))
    assert upcoming(ended, None, T0, T0) is None


def test_nobody_is_admitted_past_the_slots_and_heavy_tasks_go_first() -> None:
    spec = a_dag(*(a_task(f"t{number}", weight=number) for number in range(6)))
    world = World.of(spec, slots=2)
    assert [start.task_key.task_id for start in world.step().starts] == ["t5", "t4"]
    assert world.step().starts == []


def test_the_dag_limit_and_absent_workers_hold_tasks_back() -> None:
    spec = a_dag(*(a_task(f"t{number}") for number in range(4)), max_active_tasks=1)
    world = World.of(spec)
    assert len(world.step().starts) == 1
    idle = World.of(spec, slots=0)
    assert idle.step().starts == []


def test_every_reason_has_a_sentence() -> None:
    assert set(_SENTENCES) == set(ReasonKind)


def test_a_waiting_task_says_why() -> None:
    spec = a_dag(a_task("a"), a_task("b", "a"), a_task("c"))
    world = World.of(spec, slots=1)
    world.step()
    (item,) = world.live.values()
    occupancy = Occupancy(world.live, Room(1, 0))

    def kinds(name: str) -> list[ReasonKind]:
        return [reason.kind for reason in waiting_reasons(item, task_key(name), occupancy, ())]

    assert kinds("a") == [ReasonKind.ATTEMPT_OPEN]
    assert kinds("b") == [ReasonKind.UPSTREAM_UNFINISHED]
    assert kinds("c") == [ReasonKind.NO_SLOTS]


def test_a_queued_run_says_why_it_does_not_start() -> None:
    """S075: a triggered run of a paused DAG stays queued until the DAG is on."""
    spec = a_dag(a_task("a"), max_active_runs=1)
    item = LiveRun.of(a_run(spec), spec)
    paused = {spec.dag_id: a_case(spec, is_paused=True)}
    assert [reason.kind for reason in run_refusals(item, paused, 0)] == [ReasonKind.DAG_PAUSED]
    assert [reason.kind for reason in run_refusals(item, {}, 1)] == [ReasonKind.DAG_MISSING, ReasonKind.RUN_LIMIT]
    world = World.of(spec)
    world.dags = dict(paused)
    world.step()
    assert [run.run.state for run in world.live.values()] == [RunState.QUEUED]
    world.dags = {spec.dag_id: a_case(spec)}
    assert len(world.step().starts) == 1


def test_a_task_without_work_succeeds_where_it_stands() -> None:
    """S042."""
    spec = a_dag(a_task("a", kind=TaskKind.EMPTY), a_task("b", "a", kind=TaskKind.EMPTY))
    world = World.of(spec)
    world.step()
    assert [run.state for run in world.ended.values()] == [RunState.SUCCESS]
    assert world.started == []


def test_a_scheduled_run_is_made_once_and_named_by_its_logical_date() -> None:
    """S126."""
    spec = DagSpec(
        dag_id=DagId("d"), tasks=(a_task("a"),), schedule=_cron("0 12 * * *"), start_date=T0 - seconds(86400)
    )
    world = World({spec.dag_id: a_case(spec)})
    (run,) = world.step().batch.new_runs
    assert run.run_id == "scheduled__2026-11-21T12:00:00+00:00"
    assert world.step().batch.new_runs == []
    assert world.plans[-1].wake_at == T0 + timedelta(days=1)


def test_a_dag_that_is_on_says_when_it_is_due_before_its_first_run() -> None:
    spec = DagSpec(dag_id=DagId("d"), tasks=(a_task("a"),), schedule=_cron("0 12 * * *"), start_date=T0)
    world = World({spec.dag_id: a_case(spec)})
    assert world.step().batch.next_due == {spec.dag_id: T0 + timedelta(days=1)}
    assert world.step().batch.is_empty


def test_what_waited_long_for_room_is_the_latest_interval_without_catchup() -> None:
    spec = replace(_dag(_cron("0 12 * * *"), T0 - seconds(86400)), tasks=(a_task("a"),), max_active_runs=1)
    world = World({spec.dag_id: a_case(spec)})
    (first,) = world.step().starts
    assert world.step(5 * 86400).batch.new_runs == []
    world.succeed(first)
    world.step()
    (run,) = world.step().batch.new_runs
    assert run.logical_date == T0 + timedelta(days=4)


def test_a_paused_dag_makes_no_run() -> None:
    """S065."""
    spec = DagSpec(
        dag_id=DagId("d"), tasks=(a_task("a"),), schedule=_cron("0 12 * * *"), start_date=T0 - seconds(86400)
    )
    world = World({spec.dag_id: a_case(spec, is_paused=True)})
    assert world.step().batch.is_empty
    assert world.plans[-1].wake_at is None


@pytest.mark.parametrize(
    ("schedule", "start"),
    [
        (Schedule(ScheduleKind.INTERVAL, "rare", interval_seconds=timedelta.max.total_seconds()), None),
        (Schedule(ScheduleKind.INTERVAL, "short", interval_seconds=1e-9), None),
        (_cron("0 0 * * *"), datetime.min.replace(tzinfo=UTC)),
        (_cron("0 0 * * *"), datetime.max.replace(tzinfo=UTC)),
        (_cron("0 0 * * *", "No/Where"), None),
    ],
)
@pytest.mark.parametrize("catchup", [False, True])
def test_a_schedule_beyond_the_calendar_asks_for_no_run(
    schedule: Schedule, start: datetime | None, catchup: bool
) -> None:
    """It would end the scheduler, and with it all DAGs."""
    assert upcoming(_dag(schedule, start, catchup=catchup), None, T0, T0) is None


@pytest.mark.parametrize("delay", [1e300, math.inf, timedelta.max.total_seconds()])
def test_a_delay_beyond_the_calendar_is_a_very_long_one(delay: float) -> None:
    again = next_attempt_at(RetryPolicy(retries=1, delay_seconds=delay), 1, T0, 0.0)
    assert again is not None
    assert again - T0 > timedelta(days=36_000)


def test_a_delay_that_is_no_number_is_none() -> None:
    assert later(T0, math.nan) == later(T0, -5.0) == T0
