"""T03: a clock that is turned back, or was ahead for a while, makes nobody wait longer than was asked for."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from jupyter_couture.decisions.calendar import upcoming
from jupyter_couture.decisions.due import DagCase
from jupyter_couture.decisions.plan import plan
from jupyter_couture.decisions.set_back import rewound
from jupyter_couture.model.dag import DagSpec
from jupyter_couture.model.policy import Schedule, ScheduleKind
from jupyter_couture.model.run import Wait, WaitKind
from tests.builders import T0, World, a_case, a_dag, a_task

HOUR = timedelta(hours=1)


def _again(world: World, jump: timedelta) -> None:
    """A pass after the clock was moved, by a leader that has noticed."""
    world.now += jump
    world.take(plan(replace(world.snapshot(), is_clock_in_doubt=True), world.now))


@pytest.mark.parametrize("jump", [timedelta(days=-1), -HOUR])
@pytest.mark.parametrize("times", [1, 3])
def test_a_retry_comes_after_its_delay(jump: timedelta, times: int) -> None:
    world = World.of(a_dag(a_task("t", retries=1, delay=300.0)))
    (key,) = world.live
    world.fail(world.step().starts[0])
    world.step()
    for _ in range(times):
        _again(world, jump)
        assert world.states(key) == {"t": "up_for_retry"}
    assert not world.step(299).starts
    assert len(world.step(2).starts) == 1


def test_a_sensor_looks_again_and_the_patience_of_a_deferred_task_ends() -> None:
    world = World.of(a_dag(a_task("sensor"), a_task("deferred")))
    (key,) = world.live
    sensor, deferred = world.step().starts
    for start in (sensor, deferred):
        world.begin(start)
    world.look_again(sensor, 60.0)
    wait = Wait(wait_id="w", kind=WaitKind.TRIGGER, method="go_on", timeout_at=world.now + timedelta(minutes=5))
    world.defer(deferred, wait)
    world.step()
    _again(world, -24 * HOUR)
    assert not world.step(59).starts
    assert [start.task_key.task_id for start in world.step(2).starts] == ["sensor"]
    assert [start.task_key.task_id for start in world.step(240).starts] == ["deferred"]
    assert world.states(key) == {"sensor": "queued", "deferred": "queued"}


def test_a_wait_that_began_before_is_left_alone_whatever_the_leader_suspects() -> None:
    world = World.of(a_dag(a_task("t", retries=1, delay=300.0)))
    world.fail(world.step().starts[0])
    world.step()
    before = dict(next(iter(world.live.values())).tasks)
    _again(world, timedelta(seconds=100))
    assert dict(next(iter(world.live.values())).tasks) == before


def _daily(**changes: Any) -> DagSpec:
    spec = replace(a_dag(a_task("t")), start_date=datetime(2026, 11, 1, tzinfo=UTC))
    return replace(spec, **changes)


@pytest.mark.parametrize("is_instant", [True, False])
def test_a_schedule_without_catchup_goes_back_to_the_present(*, is_instant: bool) -> None:
    schedule = Schedule(ScheduleKind.CRON, "@daily", "0 0 * * *", is_instant=is_instant)
    spec = _daily(schedule=schedule, catchup=False)
    ahead = upcoming(spec, None, T0, T0 + timedelta(days=366))
    last = upcoming(spec, None, T0, T0)
    assert ahead is not None
    assert last is not None
    state = replace(a_case(spec).state, latest_scheduled=ahead.start, latest_end=ahead.end)
    case = DagCase.of(state, spec, T0)
    back = rewound(case, T0)
    assert back is not None
    assert (back.state.latest_scheduled, back.state.latest_end) == (last.start, last.end)
    assert back.upcoming is not None
    assert T0 < back.upcoming.due_at <= T0 + timedelta(days=1)
    assert rewound(back, T0) is None
    assert rewound(DagCase.of(state, replace(spec, catchup=True), T0), T0) is None, "each day up to then has a run"


def test_a_continuous_dag_goes_on_at_once() -> None:
    spec = _daily(schedule=Schedule(ScheduleKind.CONTINUOUS, "@continuous"))
    first = upcoming(spec, None, T0, T0 - timedelta(days=60))
    assert first is not None
    assert spec.start_date is not None
    assert spec.start_date < first.due_at < spec.start_date + timedelta(seconds=1)
    found = upcoming(spec, T0 + 23 * HOUR, T0, T0, latest_end=T0 + 24 * HOUR)
    assert found is not None
    assert found.due_at == T0
    assert found.start == T0 + 24 * HOUR
    assert found.end > found.start
