"""What the leader watches besides live runs: callbacks that are not done, deadlines of runs that are over."""

from collections.abc import Callable, Mapping
from datetime import datetime

from jupyter_couture.decisions.alerts import Watch
from jupyter_couture.decisions.live import LiveRun
from jupyter_couture.decisions.papers import Plan
from jupyter_couture.model.ids import AttemptId, RunKey
from jupyter_couture.model.intents import StartAttempt
from jupyter_couture.model.run import DagRun
from jupyter_couture.model.states import TERMINAL_RUN_STATES
from jupyter_couture.ports.alerts import WatchStore
from jupyter_couture.ports.store import SchedulerStore


class WatchBook:
    """The leader's view of them; after any doubt ``forget``. ``live_of`` makes a run ready to be looked at."""

    def __init__(self, store: SchedulerStore, live_of: Callable[[DagRun], LiveRun | None]) -> None:
        self._store = store
        self._watch_store: WatchStore = store
        self._live_of = live_of
        self._is_known = False
        self._deadlines: dict[RunKey, datetime] = {}
        self.callbacks: Mapping[AttemptId, StartAttempt] = {}

    def forget(self) -> None:
        """Read everything again before the next pass."""
        self._is_known = False

    def look(self, now: datetime) -> Watch:
        """What a pass at ``now`` has to know."""
        if not self._is_known:
            self.callbacks = {start.attempt_id: start for start in self._watch_store.open_callbacks()}
            self._deadlines = dict(self._watch_store.ended_deadlines())
            self._is_known = True
        overdue: dict[RunKey, LiveRun] = {}
        for key in [key for key, at in self._deadlines.items() if at <= now]:
            item = self._over(key)
            if item is None:
                del self._deadlines[key]
            else:
                overdue[key] = item
        ahead = (at for key, at in self._deadlines.items() if key not in overdue)
        return Watch(callbacks=self.callbacks, overdue=overdue, wake_at=min(ahead, default=None))

    def _over(self, key: RunKey) -> LiveRun | None:
        """The run, if it still is over and has a deadline; a run that goes on is watched with the live ones."""
        run = self._store.run_with_tasks(key)
        if run is None or run.state not in TERMINAL_RUN_STATES or run.next_deadline is None:
            return None
        return self._live_of(run)

    def take(self, outcome: Plan) -> None:
        """Notice what a pass has written."""
        gone = {*outcome.batch.deleted_runs}
        dags = {*outcome.batch.deleted_dags}
        self.callbacks = {
            attempt_id: start
            for attempt_id, start in outcome.callbacks.items()
            if start.run_key not in gone and start.run_key.dag_id not in dags
        }
        for key in outcome.live:
            self._deadlines.pop(key, None)
        said = {key: item.run.next_deadline for key, item in outcome.ended.items()}
        for key, at in {**said, **outcome.looked_back}.items():
            if at is None:
                self._deadlines.pop(key, None)
            else:
                self._deadlines[key] = at
        for key in [key for key in self._deadlines if key in gone or key.dag_id in dags]:
            del self._deadlines[key]
