"""``airflow.stats``: counters and timers that go nowhere, so that code which counts keeps working."""

import time
from collections.abc import Callable
from functools import wraps
from typing import Any, Self


class Timer:
    """Measures a ``with`` block or a function; ``duration`` in milliseconds."""

    def __init__(self) -> None:
        self.duration: float | None = None
        self._began = 0.0

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *error: object) -> None:
        self.stop()

    def __call__(self, function: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(function)
        def timed(*args: Any, **kwargs: Any) -> Any:
            with Timer():
                return function(*args, **kwargs)

        return timed

    def start(self) -> Self:
        """Begin."""
        self._began = time.perf_counter()
        return self

    def stop(self, send: bool = True) -> None:
        """End."""
        self.duration = 1000.0 * (time.perf_counter() - self._began)


class Stats:
    """Takes every number and keeps none."""

    @classmethod
    def incr(cls, stat: str, count: int = 1, rate: float = 1, *, tags: Any = None) -> None:
        """Count up."""

    @classmethod
    def decr(cls, stat: str, count: int = 1, rate: float = 1, *, tags: Any = None) -> None:
        """Count down."""

    @classmethod
    def gauge(cls, stat: str, value: float, rate: float = 1, delta: bool = False, *, tags: Any = None) -> None:
        """Note a value."""

    @classmethod
    def timing(cls, stat: str, dt: Any, *, tags: Any = None) -> None:
        """Note a span."""

    @classmethod
    def timer(cls, *args: Any, **kwargs: Any) -> Timer:
        """Measure a block."""
        return Timer()
