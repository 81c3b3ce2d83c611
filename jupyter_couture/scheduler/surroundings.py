"""What the leader reads before a pass besides runs and DAGs: pools, runs before the live ones, failures in a row."""

from collections.abc import Mapping

from jupyter_couture.decisions.live import LiveRun
from jupyter_couture.decisions.papers import Plan
from jupyter_couture.decisions.past import FIRST, Past, past_of, types_before
from jupyter_couture.model.ids import DagId, RunKey
from jupyter_couture.model.pools import Pool
from jupyter_couture.model.states import RunState
from jupyter_couture.ports.store import SchedulerStore


class Surroundings:
    """The leader's view of them; after any doubt ``forget``."""

    def __init__(self, store: SchedulerStore) -> None:
        self._store = store
        self._pools: Mapping[str, Pool] | None = None
        self.pasts: dict[RunKey, Past] = {}
        self.fresh_pasts: set[RunKey] = set()
        self.failed_streaks: dict[DagId, int] = {}

    @property
    def pools(self) -> Mapping[str, Pool]:
        """All pools by name."""
        if self._pools is None:
            self._pools = {pool.name: pool for pool in self._store.pools()}
        return self._pools

    def forget(self) -> None:
        """Read everything again."""
        self.forget_pools()
        self.pasts.clear()
        self.fresh_pasts.clear()

    def forget_pools(self) -> None:
        """Read the pools again."""
        self._pools = None

    def look_back(self, live: Mapping[RunKey, LiveRun]) -> bool:
        """Look up the runs before those that depend on their past and are new to us; whether there were such.

        Those that still queue for room are not asked about: there may be thousands, and they decide nothing.
        """
        for key, item in live.items():
            if key in self.pasts or not item.spec.past_dependents or item.run.state is RunState.QUEUED:
                continue
            run = item.run
            before = self._store.ended_run_before(run.dag_id, run.logical_date, types_before(run.run_type))
            self.pasts[key] = FIRST if before is None else past_of(before)
            self.fresh_pasts.add(key)
        return bool(self.fresh_pasts)

    def take(self, outcome: Plan) -> None:
        """Notice what a pass has written."""
        self.fresh_pasts.clear()
        self.failed_streaks.clear()
        for key, item in outcome.ended.items():
            self.pasts.pop(key, None)
            if item.spec.past_dependents:
                for other in [other for other in self.pasts if other.dag_id == key.dag_id]:
                    del self.pasts[other]
            limit = item.spec.max_failed_runs
            if limit and item.run.state is RunState.FAILED:
                self.failed_streaks[key.dag_id] = self._store.failed_streak(key.dag_id, limit)
