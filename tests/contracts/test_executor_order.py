"""What every executor promises about who goes next, with real processes and a real database."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from jupyter_couture.model.run import Attempt
from jupyter_couture.model.states import AttemptState
from tests.contracts.executor_bench import Bench, bench

pytestmark = pytest.mark.asyncio(loop_scope="module")

__all__ = ["bench"]

SLOTS = 8


async def test_after_many_short_attempts_long_ones_hold_nobody_up_and_no_slot_is_taken_twice(bench: Bench) -> None:
    """What is handed out in advance while attempts end quickly must not stay in front of something heavier."""
    write = bench.deployment.orders
    short = [replace(start, priority=5) for start in write("noop", 80)]
    long = [replace(start, priority=3) for start in write("effect", SLOTS)]
    light = [replace(start, priority=2) for start in write("effect", SLOTS)]
    await bench.executor.submit([*short, *long, *light])
    for start in short:
        await bench.deployment.ended(start)
    await asyncio.sleep(0.6)
    heavy = replace(bench.deployment.order("noop"), priority=9)
    heavy_came = datetime.now(UTC)
    await bench.executor.submit([heavy])
    everything = [*short, *long, *light, heavy]
    attempts = {start.attempt_id: await bench.deployment.ended(start) for start in everything}

    assert {attempt.state for attempt in attempts.values()} == {AttemptState.SUCCESS}
    assert most_at_once(list(attempts.values())) <= SLOTS
    began = {name: attempt.started_at for name, attempt in attempts.items() if attempt.started_at is not None}
    first_free = min(ended for start in long if (ended := attempts[start.attempt_id].ended_at) is not None)
    waited = (began[heavy.attempt_id] - max(first_free, heavy_came)).total_seconds()
    assert waited < 0.3, "it goes with the first slots that come free, which may be several"
    for start in everything:
        assert bench.deployment.facts(start) == ["AttemptStarted", "AttemptSucceeded"]


async def test_something_heavy_passes_what_was_handed_out_before_it_although_attempts_keep_ending(bench: Bench) -> None:
    """One of the long ones ends every eighth of a second, so there never is a quiet moment."""
    write = bench.deployment.orders
    short = [replace(start, priority=5) for start in write("noop", 80)]
    light = [replace(start, priority=2) for start in write("effect", 4 * SLOTS)]
    await bench.executor.submit(short)
    for start in light:
        await asyncio.sleep(0.125 if start in light[:SLOTS] else 0)
        await bench.executor.submit([start])
    heavy = replace(bench.deployment.order("noop"), priority=9)
    await bench.executor.submit([heavy])
    attempts = {start.attempt_id: await bench.deployment.ended(start, 60.0) for start in (*short, *light, heavy)}
    began = {name: attempt.started_at for name, attempt in attempts.items() if attempt.started_at is not None}

    assert most_at_once(list(attempts.values())) <= SLOTS
    assert sum(began[start.attempt_id] > began[heavy.attempt_id] for start in light) >= 2 * SLOTS


def most_at_once(attempts: list[Attempt]) -> int:
    """How many were under way at the fullest moment."""
    changes = sorted(
        change
        for attempt in attempts
        if attempt.started_at is not None and attempt.ended_at is not None
        for change in ((attempt.started_at, 1), (attempt.ended_at, -1))
    )
    most = now = 0
    for _, change in changes:
        now += change
        most = max(most, now)
    return most
