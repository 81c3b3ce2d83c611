"""The sole reader of clock, randomness and new ids; and a clock that tests move by hand."""

import random
import time
import uuid
from datetime import UTC, datetime, timedelta


class SystemClock:
    """The host's clock."""

    def now(self) -> datetime:
        """Aware UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Seconds that never go back."""
        return time.monotonic()

    def jitter(self) -> float:
        """A number in [0, 1)."""
        return random.random()

    def new_id(self) -> str:
        """A fresh random id, 32 hexadecimal digits."""
        return uuid.uuid4().hex


class ManualClock:
    """A clock that stands until it is moved. Its ids count up, its jitter is always the same."""

    def __init__(self, start: datetime, jitter: float = 0.0) -> None:
        self._now = start
        self._passed = 0.0
        self._jitter = jitter
        self._ids = 0

    def now(self) -> datetime:
        """Where the clock stands."""
        return self._now

    def monotonic(self) -> float:
        """Seconds the clock was moved so far."""
        return self._passed

    def jitter(self) -> float:
        """The number given at the beginning."""
        return self._jitter

    def new_id(self) -> str:
        """The next number, as 32 hexadecimal digits."""
        self._ids += 1
        return f"{self._ids:032x}"

    def move(self, seconds: float) -> None:
        """Let ``seconds`` pass; raises ``ValueError`` if they are negative."""
        if seconds < 0:
            raise ValueError("time does not go back; use set_back for a wall clock that was corrected")
        self._now += timedelta(seconds=seconds)
        self._passed += seconds

    def set_back(self, seconds: float) -> None:
        """Turn the wall clock back, as a correction of the host's time does; monotonic time stays."""
        self._now -= timedelta(seconds=seconds)
