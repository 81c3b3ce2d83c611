"""What time it is for operators, sensors and triggers: the system's, or that of a test that plays with time."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

_clock: ContextVar[Callable[[], datetime] | None] = ContextVar("couture_clock", default=None)


def utc_now() -> datetime:
    """The present moment, aware, in UTC."""
    clock = _clock.get()
    return datetime.now(UTC) if clock is None else clock()


@contextmanager
def clock_scope(clock: Callable[[], datetime]) -> Iterator[None]:
    """Let ``clock`` say what time it is for code in this context."""
    before = _clock.set(clock)
    try:
        yield
    finally:
        _clock.reset(before)
