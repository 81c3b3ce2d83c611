"""Is everything there? Database, engine, workers."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from jupyter_couture.model.errors import CoutureError
from jupyter_couture.ports.clock import Clock
from jupyter_couture.ports.store import ActionStore, SchedulerStore

FAILED_RUNS_WINDOW = timedelta(hours=24)


class EngineCondition(StrEnum):
    """What is known of the engine."""

    LEADING = "leading"  # somebody renews the lease
    STARTING = "starting"  # a process was started and does not lead yet
    DOWN = "down"


@dataclass(frozen=True, slots=True)
class DatabaseHealth:
    """Whether the database answers. ``dialect`` is empty if it does not, ``message`` then says why."""

    is_ok: bool
    dialect: str = ""
    message: str = ""


@dataclass(frozen=True, slots=True)
class Leader:
    """Who leads: the lease as the database knows it. ``is_live``: its time is not up."""

    holder: str
    fence: int
    renewed_at: datetime
    is_live: bool


class HealthStore(ActionStore, SchedulerStore, Protocol):
    """What health needs of the store: to ask it anything, and who leads."""


class Health:
    """Asks around. Every method may block."""

    def __init__(self, store: HealthStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def database(self) -> DatabaseHealth:
        """One round trip to the database."""
        try:
            return DatabaseHealth(is_ok=True, dialect=self._store.check())
        except CoutureError as error:
            return DatabaseHealth(is_ok=False, message=str(error))

    def leader(self) -> Leader | None:
        """Who leads or led last; None if nobody ever did or the lease was given back."""
        lease = self._store.current_lease()
        if lease is None:
            return None
        return Leader(lease.holder, lease.fence, lease.renewed_at, is_live=lease.expires_at > self._store.now())

    def overview(self) -> tuple[dict[str, int], int]:
        """Counters of the status bar, and the feed number they are at least as new as."""
        feed_seq = self._store.feed_position()[1]
        return dict(self._store.overview(self._clock.now() - FAILED_RUNS_WINDOW)), feed_seq
