"""Looking after attempts at each sweep: those nobody took, those nobody speaks of, and ends that nobody reported.

How long an attempt has been silent is counted from the first sweep that saw its last sign of life, by a clock that
nobody sets: neither a host's clock that jumps nor one that goes wrong makes an attempt look lost, or hides that it is.
"""

import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

from jupyter_couture.decisions.live import LiveRun
from jupyter_couture.model.facts import AttemptLost
from jupyter_couture.model.ids import AttemptId, RunKey, TaskKey
from jupyter_couture.model.messages import AttemptOutcome
from jupyter_couture.model.run import Attempt, AttemptError
from jupyter_couture.model.states import AttemptState
from jupyter_couture.ports.clock import Clock
from jupyter_couture.ports.store import SchedulerStore
from jupyter_couture.settings import Settings

log = logging.getLogger(__name__)

STALE_SECONDS = 15.0
"""A running attempt without a sign of life for so long is handed out again, which makes a supervisor look after it."""


class Caretaker:
    """What the leader remembers of attempts from one sweep to the next."""

    def __init__(self, store: SchedulerStore, clock: Clock, settings: Settings) -> None:
        self._store = store
        self._clock = clock
        self._settings = settings
        self._deliveries: Counter[AttemptId] = Counter()
        self._missing: set[tuple[AttemptId, RunKey, TaskKey]] = set()
        self._signs: dict[AttemptId, tuple[AttemptState, datetime | None, float]] = {}

    def look(self, live: Mapping[RunKey, LiveRun], slots: int) -> set[AttemptId]:
        """The open attempts that are to be handed out again.

        One that was handed out ``max_deliveries`` times while there was room for it is withdrawn, and its task asks for
        another. ``slots`` is how many may run at once.
        """
        opened = self._store.open_attempts()
        self._report_missing(live, {attempt.attempt_id for attempt in opened})
        claim = self._settings.claim_seconds
        silent = self._silence(opened)
        has_room = sum(attempt.state is AttemptState.RUNNING for attempt in opened) < slots
        neglected: set[AttemptId] = set()
        undelivered: list[Attempt] = []
        for attempt in opened:
            since = silent[attempt.attempt_id]
            if attempt.state is AttemptState.RUNNING:
                if since > STALE_SECONDS:
                    neglected.add(attempt.attempt_id)
            elif since > claim:
                is_next = since > claim * (1 + self._deliveries[attempt.attempt_id])
                self._deliveries[attempt.attempt_id] += has_room and is_next
                if self._deliveries[attempt.attempt_id] < self._settings.max_deliveries:
                    neglected.add(attempt.attempt_id)
                else:
                    undelivered.append(attempt)
        for known in self._deliveries.keys() - {attempt.attempt_id for attempt in opened}:
            del self._deliveries[known]
        self._withdraw(undelivered)
        return neglected

    def _silence(self, opened: Sequence[Attempt]) -> dict[AttemptId, float]:
        """For how many seconds each attempt has said nothing new."""
        now = self._clock.monotonic()
        signs: dict[AttemptId, tuple[AttemptState, datetime | None, float]] = {}
        for attempt in opened:
            known = self._signs.get(attempt.attempt_id)
            is_same = known is not None and known[:2] == (attempt.state, attempt.beat_at)
            signs[attempt.attempt_id] = (
                known if known is not None and is_same else (attempt.state, attempt.beat_at, now)
            )
        self._signs = signs
        return {name: now - seen for name, (_, _, seen) in signs.items()}

    def _withdraw(self, undelivered: Sequence[Attempt]) -> None:
        if not undelivered:
            return
        times = self._settings.max_deliveries
        log.warning("%s attempts were not taken in %s deliveries", len(undelivered), times)
        self._store.finish(
            [
                AttemptOutcome(
                    attempt_id=attempt.attempt_id,
                    run_key=attempt.run_key,
                    task_key=attempt.task_key,
                    state=AttemptState.LOST,
                    ended_at=self._clock.now(),
                    error=AttemptError("Undelivered", f"No worker took it in {times} deliveries."),
                    was_started=False,
                )
                for attempt in undelivered
            ]
        )

    def _report_missing(self, live: Mapping[RunKey, LiveRun], opened: set[AttemptId]) -> None:
        """Say that attempts are lost that are closed in the store although no fact of their end ever came.

        Only those that stood so at the last sweep too: the fact may wait to be read.
        """
        missing: set[tuple[AttemptId, RunKey, TaskKey]] = set()
        for item in live.values():
            for key in item.open:
                attempt_id = item.tasks[key].attempt_id
                if attempt_id is not None and attempt_id not in opened:
                    missing.add((attempt_id, item.run.key, key))
        error = AttemptError("Lost", "The attempt is over, but nobody said how it ended.")
        at = self._clock.now()
        lost = sorted(missing & self._missing)
        self._store.add_facts(
            [AttemptLost(attempt_id=name, run_key=run, task_key=key, at=at, error=error) for name, run, key in lost]
        )
        self._missing = missing
