"""Again, when, or give up."""

from datetime import datetime, timedelta

from jupyter_couture.model.policy import RetryPolicy

_LONGEST_SECONDS = 100 * 365 * 86_400.0


def later(moment: datetime, seconds: float) -> datetime:
    """``seconds`` after ``moment``, at most a hundred years: users may say ``timedelta.max``, or what is no number.

    One such number must not end the scheduler, so what is negative or no number counts as nothing.
    """
    return moment + timedelta(seconds=min(seconds, _LONGEST_SECONDS) if seconds > 0 else 0.0)


def next_attempt_at(policy: RetryPolicy, failures: int, failed_at: datetime, jitter: float) -> datetime | None:
    """When to try again, or None to give up.

    ``failures`` counts from 1. The delay is constant, or with ``is_exponential`` it is
    ``min(cap, base * 2 ** (failures - 1)) * (1 - jitter / 2)`` seconds; ``jitter`` in [0, 1) comes from the caller, so
    that the result is repeatable.

    Raises ``ValueError`` if ``failures < 1``. Source: capped exponential backoff with equal jitter.
    """
    if failures < 1:
        raise ValueError(f"failures counts from 1, got {failures}")
    if failures > policy.retries:
        return None
    delay = policy.delay_seconds
    if policy.is_exponential:
        doubled = policy.delay_seconds * 2.0 ** min(failures - 1, 60)
        delay = min(policy.max_delay_seconds, doubled) * (1 - jitter / 2)
    return later(failed_at, delay)
