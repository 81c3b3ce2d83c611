"""How often attempts are measured and what is kept of it."""

from itertools import pairwise

import pytest

from jupyter_couture.decisions.sampling import MOST_SAMPLES, pause_seconds, seconds_to_next, thinned
from jupyter_couture.model.usage import UsageSample

HOUR = 3600.0
DAY = 24 * HOUR


def a_sample(seconds: float, memory_bytes: int = 10, processes: int = 1) -> UsageSample:
    return UsageSample(seconds, seconds / 2, memory_bytes, processes)


def a_life(seconds: float, peak_at: float = -1.0) -> tuple[list[UsageSample], int]:
    """What is kept of an attempt of that length, and the most that was kept at any time."""
    kept: list[UsageSample] = []
    most = 0
    at = 1.0
    is_peak_due = peak_at >= 0
    while at < seconds:
        is_peak = is_peak_due and at >= peak_at
        is_peak_due = is_peak_due and not is_peak
        kept = thinned([*kept, a_sample(at, 999 if is_peak else 10)])
        most = max(most, len(kept))
        at += seconds_to_next(at)
    return kept, most


@pytest.mark.parametrize(
    ("age", "seconds"), [(0.0, 1.0), (1.0, 1.0), (60.0, 1.0), (600.0, 10.0), (1800.0, 30.0), (DAY, 30.0)]
)
def test_the_older_an_attempt_the_longer_it_is_left_alone(age: float, seconds: float) -> None:
    assert seconds_to_next(age) == pytest.approx(seconds)


@pytest.mark.parametrize("life", [10.0, 60.0, HOUR, 5 * HOUR, 3 * DAY, 30 * DAY])
def test_however_long_an_attempt_lives_its_samples_are_few_and_span_all_of_its_life(life: float) -> None:
    kept, most = a_life(life)
    assert most <= MOST_SAMPLES
    assert len(kept) >= min(life - 1, 100)
    assert kept == sorted(kept, key=lambda sample: sample.seconds)
    assert kept[-1].seconds >= life - 31
    gaps = [later.seconds - earlier.seconds for earlier, later in pairwise(kept)]
    assert max(gaps) <= max(30.1, life / 30), "no stretch of its life is left out"


def test_cpu_seconds_of_the_kept_samples_are_those_that_were_measured() -> None:
    kept, _ = a_life(DAY)
    assert all(sample.cpu_seconds == sample.seconds / 2 for sample in kept)


@pytest.mark.parametrize("peak_at", [5.0, HOUR, 20 * HOUR])
def test_the_peak_of_a_long_life_stays_near_its_time(peak_at: float) -> None:
    kept, _ = a_life(DAY, peak_at)
    peaks = [sample for sample in kept if sample.memory_bytes == 999]
    assert len(peaks) == 1
    assert peaks[0].seconds == pytest.approx(peak_at, abs=1024)


def test_few_samples_are_left_as_they_are() -> None:
    samples = [a_sample(number * 1.5) for number in range(1, 20)]
    assert thinned(samples) == samples


def test_thinning_makes_room_and_keeps_the_newest_sample() -> None:
    samples = [a_sample(float(number), memory_bytes=number, processes=number % 7) for number in range(301)]
    kept = thinned(samples)
    assert len(kept) <= 150
    assert kept[-1] == samples[-1]
    assert max(sample.memory_bytes for sample in kept) == 300
    assert max(sample.processes for sample in kept) == 6


def test_samples_of_one_moment_become_one() -> None:
    assert len(thinned([a_sample(5.0) for _ in range(400)])) == 1


def test_measuring_rests_fifty_times_as_long_as_it_works() -> None:
    assert pause_seconds(0.0, 0.5) == 0.5
    assert pause_seconds(0.2, 0.5) == pytest.approx(10.0)
