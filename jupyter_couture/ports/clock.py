"""Time, randomness and new ids, as an argument."""

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """The only source of time and chance for code that decides."""

    def now(self) -> datetime:
        """Aware UTC."""
        ...

    def monotonic(self) -> float:
        """Seconds that never go back."""
        ...

    def jitter(self) -> float:
        """A number in [0, 1)."""
        ...

    def new_id(self) -> str:
        """A fresh random id, 32 hexadecimal digits."""
        ...
