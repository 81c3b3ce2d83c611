"""What the leader reads before a pass about runs that are to come into being: taken dates, assets, backfills.

Events and backfills are read when something said that they changed, and at every sweep; dates when some are due.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from jupyter_couture.decisions.assets import waits_for
from jupyter_couture.decisions.due import DagCase, Origins, active_runs, due_dates
from jupyter_couture.decisions.live import LiveRun
from jupyter_couture.model.assets import AssetCursor, AssetEvent
from jupyter_couture.model.backfills import BackfillCase
from jupyter_couture.model.ids import DagId, RunKey
from jupyter_couture.model.records import Batch
from jupyter_couture.ports.origins import OriginStore


class OriginReader:
    """The leader's view of where runs come from. ``forget`` after anything that may have changed it."""

    def __init__(self, store: OriginStore) -> None:
        self._store = store
        self._is_known = False
        self._waiting: frozenset[DagId] = frozenset()
        self._events: Sequence[AssetEvent] = ()
        self._cursors: Mapping[DagId, AssetCursor] = {}
        self._backfills: Sequence[BackfillCase] = ()

    def forget(self) -> None:
        """Read everything again before the next pass."""
        self._is_known = False

    def take(self, batch: Batch) -> bool:
        """Notice what a pass has written; whether another pass should follow at once."""
        changed = batch.asset_events or batch.asset_cursors or batch.backfill_slots or batch.ended_backfills
        if changed or (self._backfills and batch.run_updates):
            self._is_known = False
        return bool(batch.asset_events or batch.backfill_slots)

    def look(self, dags: Mapping[DagId, DagCase], live: Mapping[RunKey, LiveRun], now: datetime) -> Origins:
        """What a pass at ``now`` has to know."""
        waiting = frozenset(dag_id for dag_id, case in dags.items() if waits_for(case.spec.schedule) is not None)
        if not self._is_known or waiting != self._waiting:
            self._read(waiting)
        wanted = due_dates(dags, active_runs(live), now)
        return Origins(
            taken=self._store.existing_dates(wanted) if wanted else {},
            asset_events=self._events,
            asset_cursors=self._cursors,
            backfills=self._backfills,
        )

    def _read(self, waiting: frozenset[DagId]) -> None:
        self._cursors = self._store.asset_cursors(waiting) if waiting else {}
        oldest = min((cursor.number for cursor in self._cursors.values()), default=None)
        self._events = self._store.asset_events_after(oldest) if oldest is not None else ()
        self._backfills = self._store.open_backfills()
        self._waiting = waiting
        self._is_known = True
