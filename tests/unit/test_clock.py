"""The host's clock as it is, and one that tests move."""

from datetime import UTC, datetime, timedelta

import pytest

from jupyter_couture.clock import ManualClock, SystemClock
from jupyter_couture.ports.clock import Clock
from tests.builders import T0


def test_the_systems_clock_is_aware_and_goes_on() -> None:
    clock: Clock = SystemClock()
    first, second = clock.now(), clock.now()
    assert first <= second
    assert first.tzinfo is UTC
    assert abs(first - datetime.now(UTC)) < timedelta(seconds=5)
    assert clock.monotonic() <= clock.monotonic()


def test_the_systems_ids_and_jitter_differ_and_fit() -> None:
    clock = SystemClock()
    ids = {clock.new_id() for _ in range(100)}
    assert len(ids) == 100
    assert all(len(found) == 32 and int(found, 16) >= 0 for found in ids)
    assert all(0 <= clock.jitter() < 1 for _ in range(100))


def test_a_manual_clock_stands_until_it_is_moved() -> None:
    clock = ManualClock(T0, jitter=0.5)
    as_port: Clock = clock
    assert (as_port.now(), as_port.monotonic(), as_port.jitter()) == (T0, 0.0, 0.5)
    clock.move(1.5)
    assert (clock.now(), clock.monotonic()) == (T0 + timedelta(seconds=1.5), 1.5)
    clock.set_back(3600)
    assert (clock.now(), clock.monotonic()) == (T0 + timedelta(seconds=-3598.5), 1.5)
    assert (clock.new_id(), clock.new_id()) == (f"{1:032x}", f"{2:032x}")
    with pytest.raises(ValueError, match="does not go back"):
        clock.move(-1)
