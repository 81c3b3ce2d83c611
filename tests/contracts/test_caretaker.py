"""What a sweep does about attempts nobody took, nobody speaks of, or whose end nobody reported."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from jupyter_couture.decisions.live import LiveRun
from jupyter_couture.model.facts import AttemptLost
from jupyter_couture.model.intents import StartAttempt
from jupyter_couture.model.records import AttemptUpdate, Batch
from jupyter_couture.model.run import DagRun
from jupyter_couture.model.states import AttemptState
from jupyter_couture.scheduler.care import Caretaker
from jupyter_couture.settings import Settings
from tests.builders import T0
from tests.contracts.store_desk import Desk, claims


class _Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.at = T0
        self.passed = 0.0

    def now(self) -> datetime:
        return self.at

    def monotonic(self) -> float:
        return self.passed

    def jitter(self) -> float:
        return 0.0

    def new_id(self) -> str:
        return "x"


class _Sweeps:
    """A caretaker, and what it looks after."""

    def __init__(self, desk: Desk, home: Path) -> None:
        self.desk = desk
        self.clock = _Clock()
        settings = replace(Settings.load({}, home=home), claim_seconds=30.0, max_deliveries=3)
        self.caretaker = Caretaker(desk.store, self.clock, settings)
        self.run: DagRun = desk.started()
        (self.start,) = desk.dispatched(self.run)
        self.clock.at = desk.store.open_attempts()[0].dispatched_at
        self.sweep()

    def sweep(self, after: float = 0.0, slots: int = 4) -> set[str]:
        """The attempts to hand out again ``after`` so many seconds."""
        self.clock.at += timedelta(seconds=after)
        self.clock.passed += after
        found = self.desk.store.run_with_tasks(self.run.key)
        assert found is not None
        live = {found.key: LiveRun.of(found, self.desk.spec)}
        return {str(name) for name in self.caretaker.look(live, slots)}

    def facts(self) -> list[AttemptLost]:
        """The losses in the inbox."""
        return [each.fact for each in self.desk.store.facts(99) if isinstance(each.fact, AttemptLost)]


@pytest.fixture
def sweeps(desk: Desk, tmp_path: Path) -> _Sweeps:
    return _Sweeps(desk, tmp_path)


def test_an_attempt_nobody_takes_is_handed_out_again_some_times_and_then_withdrawn(sweeps: _Sweeps) -> None:
    name: StartAttempt = sweeps.start
    assert sweeps.sweep(29) == set()
    assert sweeps.sweep(2) == {name.attempt_id}
    assert sweeps.sweep(31) == {name.attempt_id}
    assert sweeps.sweep(31) == set()
    (fact,) = sweeps.facts()
    assert (fact.attempt_id, fact.was_started, fact.error.type) == (name.attempt_id, False, "Undelivered")
    assert sweeps.desk.store.open_attempts() == []


def test_an_attempt_that_waits_behind_others_or_for_a_worker_is_not_withdrawn(sweeps: _Sweeps) -> None:
    """R35."""
    for _ in range(9):
        assert sweeps.sweep(31, slots=0) == {sweeps.start.attempt_id}
    assert sweeps.facts() == []


def test_an_attempt_that_fell_silent_is_handed_out_again(sweeps: _Sweeps) -> None:
    sweeps.desk.store.claim([replace(claim, at=sweeps.clock.at) for claim in claims([sweeps.start])])
    sweeps.sweep()
    assert sweeps.sweep(14) == set()
    assert sweeps.sweep(2) == {sweeps.start.attempt_id}
    sweeps.desk.store.beat("host:1", sweeps.clock.at)
    assert sweeps.sweep(14) == set()
    assert sweeps.sweep(14) == set()
    assert sweeps.sweep(2) == {sweeps.start.attempt_id}


@pytest.mark.parametrize("hours", [1, 24 * 366, -1, -24])
def test_T03_a_clock_that_jumps_makes_no_attempt_look_lost_and_hides_none_that_is(sweeps: _Sweeps, hours: int) -> None:
    sweeps.clock.at += timedelta(hours=hours)
    for _ in range(5):
        assert sweeps.sweep(5) == set()
    assert sweeps.sweep(6) == {sweeps.start.attempt_id}
    sweeps.desk.store.claim([replace(claim, at=sweeps.clock.at) for claim in claims([sweeps.start])])
    for _ in range(3):
        sweeps.clock.at -= timedelta(hours=hours)
        sweeps.desk.store.beat("host:1", sweeps.clock.at)
        assert sweeps.sweep(5) == set()
    assert sweeps.sweep(16) == {sweeps.start.attempt_id}
    assert sweeps.facts() == []


def test_an_end_that_nobody_reported_is_a_loss_at_the_second_sweep(sweeps: _Sweeps) -> None:
    gone = AttemptUpdate(sweeps.start.attempt_id, AttemptState.LOST, (AttemptState.DISPATCHING,), T0)
    sweeps.desk.commit(Batch(attempt_updates=[gone]))
    sweeps.sweep()
    assert sweeps.facts() == []
    sweeps.sweep()
    assert [fact.attempt_id for fact in sweeps.facts()] == [sweeps.start.attempt_id]
