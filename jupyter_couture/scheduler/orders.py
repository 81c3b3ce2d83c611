"""The commands of users, as the loop holds them: read when a signal tells of them, with the runs they name."""

from collections.abc import Callable, Mapping, Sequence

from jupyter_couture.decisions.commands import PATIENCE_SECONDS, runs_of
from jupyter_couture.decisions.live import LiveRun
from jupyter_couture.model.commands import StoredCommand
from jupyter_couture.model.ids import RunKey
from jupyter_couture.model.records import Batch
from jupyter_couture.model.run import DagRun
from jupyter_couture.ports.store import SchedulerStore

COMMANDS = "commands"
"""What a signal on the engine's topic says when a command waits."""

AT_ONCE = 100


class Orders:
    """Commands that wait. ``forget`` makes the next pass look at all of them."""

    def __init__(
        self, store: SchedulerStore, live_of: Callable[[DagRun], LiveRun | None], monotonic: Callable[[], float]
    ) -> None:
        self._store = store
        self._live_of = live_of
        self._monotonic = monotonic
        self._first_seen: dict[int, float] = {}
        self._pending: Sequence[StoredCommand] = ()
        self._is_known = False
        self._has_more = False

    def forget(self) -> None:
        """Read everything again before the next pass."""
        self._pending = ()
        self._is_known = False

    @property
    def pending(self) -> Sequence[StoredCommand]:
        """The commands of this pass: those that a pass before could not carry out yet, and so many more."""
        if not self._is_known:
            fresh = self._store.commands(AT_ONCE, {stored.number for stored in self._pending})
            self._pending = sorted([*self._pending, *fresh], key=lambda stored: stored.number)
            self._has_more = len(fresh) == AT_ONCE
            self._is_known = True
            for stored in fresh:
                self._first_seen.setdefault(stored.number, self._monotonic())
        return self._pending

    def overdue(self) -> frozenset[int]:
        """The commands that have waited for the ends of attempts as long as they may, since this leader knows them."""
        if not self.pending:
            return frozenset()
        latest = self._monotonic() - PATIENCE_SECONDS
        return frozenset(stored.number for stored in self.pending if self._first_seen[stored.number] < latest)

    def with_named(self, live: Mapping[RunKey, LiveRun]) -> Mapping[RunKey, LiveRun]:
        """``live`` and the runs that commands name besides: those that have ended."""
        if not self.pending:
            return live
        more: dict[RunKey, LiveRun] = {}
        for key in sorted(runs_of(self.pending) - live.keys()):
            run = self._store.run_with_tasks(key)
            item = self._live_of(run) if run is not None else None
            if item is not None:
                more[key] = item
        return {**live, **more}

    def busy(self) -> frozenset[RunKey]:
        """The runs that still have attempts; looked up only while commands wait."""
        if not self.pending:
            return frozenset()
        return frozenset(attempt.run_key for attempt in self._store.open_attempts())

    def take(self, batch: Batch) -> bool:
        """Let go of what a pass carried out; whether there may be more. Backfills give commands in their steps."""
        if batch.backfill_slots:
            self._is_known = False
        if not self._pending:
            return False
        done = {outcome.number for outcome in batch.command_outcomes}
        for number in done:
            self._first_seen.pop(number, None)
        self._pending = [stored for stored in self._pending if stored.number not in done]
        if self._has_more:  # what waits for the end of an attempt keeps nobody else waiting
            self._is_known = False
        return bool(done) or self._has_more
