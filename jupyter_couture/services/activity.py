"""What goes on, for the overview."""

from jupyter_couture.model.activity import Activity
from jupyter_couture.ports.activity import ActivityStore
from jupyter_couture.ports.clock import Clock
from jupyter_couture.services.health import FAILED_RUNS_WINDOW


class Activities:
    """Reads what goes on. Every method may block."""

    def __init__(self, store: ActivityStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def now(self, limit: int) -> Activity:
        """Runs under way, runs that failed within the last day, and runs to come: at most ``limit`` of each."""
        return self._store.activity(self._clock.now() - FAILED_RUNS_WINDOW, limit)
