"""One leader at work: wake, load, plan, commit, dispatch.

Signals only say where to look first; every ``sweep_seconds`` the whole picture is looked at, so that a lost signal
costs that long at most. What the loop holds in memory repeats the store: after any doubt (a conflict, a database that
was away) it is thrown away and read again.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from jupyter_couture.decisions.capacity import Room
from jupyter_couture.decisions.due import DagCase
from jupyter_couture.decisions.ends import Rules
from jupyter_couture.decisions.live import LiveRun
from jupyter_couture.decisions.papers import Plan, Snapshot
from jupyter_couture.decisions.plan import plan
from jupyter_couture.model.dag import DagSpec
from jupyter_couture.model.errors import Conflict, InvalidRequest, LeaseLost, NotFound, Unavailable
from jupyter_couture.model.ids import DagId, RunKey, VersionHash
from jupyter_couture.model.intents import StartAttempt
from jupyter_couture.model.records import Batch, Lease, StoredFact
from jupyter_couture.model.run import DagRun
from jupyter_couture.ports.bus import BAG, ENGINE, FEED, Listener
from jupyter_couture.runtime.remains import remove_remains
from jupyter_couture.scheduler.care import Caretaker
from jupyter_couture.scheduler.doubt import Doubt
from jupyter_couture.scheduler.orders import COMMANDS, Orders
from jupyter_couture.scheduler.origins import OriginReader
from jupyter_couture.scheduler.parts import EngineParts
from jupyter_couture.scheduler.surroundings import Surroundings
from jupyter_couture.scheduler.timetables import TimetableAsker
from jupyter_couture.scheduler.waits import WaitBook
from jupyter_couture.scheduler.watchbook import WatchBook

log = logging.getLogger(__name__)

FACTS_PER_PASS = 400
"""More would make a pass long enough to be felt as a hop; fewer would not pay for the commit."""

CLOCK_SLACK_SECONDS = 2.0
"""A clock that was turned back by less is not looked into."""

REST_SECONDS = 0.05
"""Between two passes while more attempts wait for a slot than there are slots: none would begin sooner."""

MAX_CONFLICT_PAUSE_SECONDS = 2.0
"""Between two tries of what the store refuses again and again."""

RUNS, DAGS, FACTS, ORIGINS, POOLS, MAILS = "runs", "dags", "facts", "origins", "pools", "mails"
"""What a signal on the engine's topic may speak of."""


@dataclass(slots=True)
class _Memory:
    """What the loop knows of the store."""

    live: dict[RunKey, LiveRun] = field(default_factory=dict)
    dags: dict[DagId, DagCase] = field(default_factory=dict)
    specs: dict[VersionHash, DagSpec] = field(default_factory=dict)
    materialised: set[VersionHash] = field(default_factory=set)


class Scheduler:
    """A leader. ``on_bag`` re-reads a DAG file somebody asks for, or all of them; ``on_mail`` has the outbox sent.

    ``run`` returns when ``stop`` was called and raises ``LeaseLost`` when another scheduler leads.
    """

    def __init__(
        self,
        parts: EngineParts,
        listener: Listener,
        on_bag: Callable[[str], Awaitable[None]],
        on_mail: Callable[[], None] = lambda: None,
    ) -> None:
        self._store = parts.store
        self._executor = parts.executor
        self._publisher = parts.publisher
        self._clock = parts.clock
        self._settings = parts.settings
        self._materialise = parts.materialise
        self._listener = listener
        self._on_bag = on_bag
        self._on_mail = on_mail
        self._memory = _Memory()
        self._stopping = False
        self._bag_tasks: set[asyncio.Task[None]] = set()
        self._swept_at = 0.0
        self._renewed_at = 0.0
        self._wake_at: datetime | None = None
        self._clock_lead: float | None = None  # of the wall clock over the monotonic one
        self._lead_seen = 0.0
        self._cancel_requests: set[RunKey] = set()
        self._origins = OriginReader(parts.store)
        self._asker = TimetableAsker(parts.store, parts.ask_timetable, parts.clock, self._publish_dags)
        self._orders = Orders(parts.store, self._live_of, parts.clock.monotonic)
        self._waits = WaitBook(parts.triggers)
        self._around = Surroundings(parts.store)
        self._alerts = WatchBook(parts.store, self._live_of)
        self._doubt = Doubt(FACTS_PER_PASS)
        self._care = Caretaker(parts.store, parts.clock, parts.settings)

    def stop(self) -> None:
        """End ``run`` soon; running attempts go on."""
        self._stopping = True
        self._publisher.publish(ENGINE, "stop")

    @property
    def live(self) -> dict[RunKey, LiveRun]:
        """The runs that are not over."""
        return self._memory.live

    async def run(self, lease: Lease) -> None:
        """Lead under ``lease`` until stopped."""
        self._renewed_at = self._clock.monotonic()
        is_known = False
        conflicts = 0
        while not self._stopping:
            try:
                if not is_known:
                    lease = self._renew(lease)
                    await self._recover()
                    is_known = True
                await self._work(lease.fence)
                conflicts = 0
                lease = self._keep(lease)
                await self._listen()
            except Conflict as error:
                log.warning("The store moved under us, reading everything again: %s", error)
                is_known = False
                # The first time at once; a conflict that stays must neither take the processor nor shut out signals.
                await asyncio.sleep(min(0.05 * (2**conflicts - 1), MAX_CONFLICT_PAUSE_SECONDS))
                conflicts = min(conflicts + 1, 10)
            except LeaseLost:
                raise
            except Unavailable as error:
                log.warning("%s; trying again", error)
                is_known = False
                await asyncio.sleep(1.0)
            except Exception:  # the edge of the loop: one bad value must not end the work of everybody
                log.exception("A pass of the scheduler failed; reading everything again, then fact by fact")
                is_known = False
                await asyncio.sleep(self._doubt.failed())

    # --- loading ------------------------------------------------------------------------------------------------------

    async def _recover(self) -> None:
        """Read everything, and hand out again whatever is open: joining is harmless."""
        self._memory.live.clear()
        self._clock_lead = None
        for run in self._store.live_runs():
            self._take(run)
        self._load_dags()
        self._origins.forget()
        self._orders.forget()
        self._alerts.forget()
        self._around.forget()
        self._waits.begin(self._memory.live)
        self._cancel_requests.update(self._store.cancel_requests())
        self._swept_at = self._clock.monotonic()
        starts = self._store.pending_starts()
        if starts:
            await self._dispatch(starts)

    def _take(self, run: DagRun) -> None:
        item = self._live_of(run)
        if item is not None:
            self._memory.live[run.key] = item

    def _live_of(self, run: DagRun) -> LiveRun | None:
        try:
            return LiveRun.of(run, self._spec(run.version))
        except (NotFound, InvalidRequest) as error:
            log.error("Run %s of DAG %s cannot go on: %s", run.run_id, run.dag_id, error)
            return None

    def _load_dags(self) -> None:
        now = self._clock.now()
        states = self._store.dag_states()
        known = self._memory.dags
        fresh: dict[DagId, DagCase] = {}
        for state in states:
            case = known.get(state.dag_id)
            is_same = case is not None and case.state == state
            try:
                fresh[state.dag_id] = case if case and is_same else DagCase.of(state, self._spec(state.version), now)
            except (NotFound, InvalidRequest) as error:
                log.error("DAG %s cannot be scheduled: %s", state.dag_id, error)
        self._memory.dags = fresh
        self._forget_specs()

    def _forget_specs(self) -> None:
        """Keep the specs in use: a file that gives another version at each parse must not fill the memory."""
        used = {case.state.version for case in self._memory.dags.values()}
        used.update(item.run.version for item in self._memory.live.values())
        for version in self._memory.specs.keys() - used:
            del self._memory.specs[version]

    def _load_runs(self) -> None:
        for run in self._store.new_live_runs(self._memory.live):
            self._take(run)
        self._waits.begin(self._memory.live)

    def _spec(self, version: VersionHash) -> DagSpec:
        spec = self._memory.specs.get(version)
        if spec is None:
            spec = self._memory.specs[version] = self._store.spec(version)
        return spec

    # --- a pass -------------------------------------------------------------------------------------------------------

    async def _work(self, fence: int) -> None:
        """Passes until there is nothing left to do now."""
        while not self._stopping:
            if self._doubt.dropped is not None:
                self._store.commit(fence, Batch(consumed_facts=[self._doubt.dropped]))
                self._doubt.dropped = None
            limit = self._doubt.limit
            facts = self._store.facts(limit)
            self._doubt.takes(facts)
            self._around.look_back(self._memory.live)
            live = self._orders.with_named(self._memory.live)
            outcome = self._decide(facts, fence, live)
            is_news = not outcome.batch.is_empty
            if is_news:
                self._store.commit(fence, outcome.batch)
            self._doubt.passed()
            self._remember(outcome)
            is_followed = self._origins.take(outcome.batch) or outcome.is_followed
            is_followed = self._orders.take(outcome.batch) or is_followed
            self._around.take(outcome)
            self._alerts.take(outcome)
            if outcome.batch.mails:
                self._on_mail()
            if outcome.batch.deleted_runs or outcome.batch.deleted_dags:
                await self._clear_away(outcome.batch)
            is_followed = self._around.look_back(self._memory.live) or is_followed
            self._waits.follow(outcome.live, outcome.ended)
            if outcome.starts:
                await self._dispatch(outcome.starts)
            if outcome.cancels:
                await self._executor.cancel(outcome.cancels)
            if is_news:  # who watches hears of it when who works has heard
                self._publisher.publish(FEED)
            # The end of a run makes room for the next one, an asset's event may start another.
            if len(facts) < limit and not outcome.ended and not is_followed:
                return
            await asyncio.sleep(0)

    def _publish_dags(self) -> None:
        self._publisher.publish(ENGINE, DAGS)

    def _decide(self, facts: Sequence[StoredFact], fence: int, live: Mapping[RunKey, LiveRun]) -> Plan:
        slots, now = self._executor.slots(), self._clock.now()
        self._asker.look(self._memory.dags, now)
        snapshot = Snapshot(
            live=live,
            dags=self._memory.dags,
            facts=facts,
            cancel_requests=frozenset(self._cancel_requests),
            room=Room(slots=slots, backlog=slots * 6, pools=self._around.pools),
            fence=fence,
            rules=Rules(
                max_losses=self._settings.max_losses,
                jitter=self._clock.jitter(),
                max_map_length=self._settings.max_map_length,
            ),
            new_id=self._clock.new_id,
            origins=self._origins.look(self._memory.dags, self._memory.live, now),
            pasts=dict(self._around.pasts),
            fresh_pasts=frozenset(self._around.fresh_pasts),
            failed_streaks=dict(self._around.failed_streaks),
            watch=self._alerts.look(now),
            commands=self._orders.pending,
            busy=self._orders.busy(),
            overdue_commands=self._orders.overdue(),
            is_clock_in_doubt=self._is_clock_in_doubt(now),
        )
        return plan(snapshot, now)

    def _is_clock_in_doubt(self, now: datetime) -> bool:
        """Whether the host's clock was turned back since a pass last came through, or may have been."""
        self._lead_seen = now.timestamp() - self._clock.monotonic()
        return self._clock_lead is None or self._lead_seen < self._clock_lead - CLOCK_SLACK_SECONDS

    def _remember(self, outcome: Plan) -> None:
        self._clock_lead = self._lead_seen
        self._memory.live.update(outcome.live)
        for key in outcome.ended:
            self._memory.live.pop(key, None)
        self._memory.dags.update(outcome.dags)
        self._wake_at = outcome.wake_at
        self._cancel_requests.clear()
        for dag_id in outcome.batch.deleted_dags:
            self._memory.dags.pop(dag_id, None)

    async def _clear_away(self, batch: Batch) -> None:
        """Remove what forgotten runs left on disk, and have the files of forgotten DAGs read again."""
        await asyncio.to_thread(remove_remains, self._settings, batch.deleted_runs, batch.deleted_dags)
        if batch.deleted_dags:
            self._look_at_files("")

    async def _dispatch(self, starts: Sequence[StartAttempt]) -> None:
        held: set[VersionHash] = set()
        for version in {start.version for start in starts} - self._memory.materialised:
            try:
                self._materialise(version, self._store.source(version), self._spec(version).file)
            except NotFound as error:
                log.error("The source of a DAG version is missing: %s", error)
            except OSError as error:  # a full disk: the sweep hands them out once they have waited long enough
                log.error("The source of DAG version %s cannot be written, its tasks wait: %s", version[:12], error)
                held.add(version)
                continue
            self._memory.materialised.add(version)
        await self._executor.submit([start for start in starts if start.version not in held])

    # --- waiting ------------------------------------------------------------------------------------------------------

    async def _listen(self) -> None:
        if self._executor.waiting() > self._executor.slots():
            await asyncio.sleep(REST_SECONDS)
        for topic, text in await self._listener.wait(self._patience()):
            if topic == BAG:
                self._look_at_files(text)
            else:
                self._look(text)
        if self._clock.monotonic() - self._swept_at >= self._settings.sweep_seconds:
            await self._sweep()

    def _patience(self) -> float:
        """Seconds until time alone gives something to do."""
        waits = [self._swept_at + self._settings.sweep_seconds - self._clock.monotonic()]
        if self._wake_at is not None:
            waits.append((self._wake_at - self._clock.now()).total_seconds())
        return max(0.0, min(waits))

    def _look(self, text: str) -> None:
        """Load what a signal speaks of; a signal that names nothing means everything."""
        if text in ("", RUNS):
            self._load_runs()
            self._cancel_requests.update(self._store.cancel_requests())
        if text in ("", DAGS):
            self._load_dags()
        if text == MAILS:
            self._on_mail()
        if text in ("", POOLS):
            self._around.forget_pools()
        if text in ("", ORIGINS):
            self._origins.forget()
        if text in ("", COMMANDS):
            self._orders.forget()

    def _look_at_files(self, text: str) -> None:
        task = asyncio.ensure_future(self._on_bag(text))
        self._bag_tasks.add(task)
        task.add_done_callback(self._bag_tasks.discard)

    async def _sweep(self) -> None:
        """Look at the whole picture: what signals should have told, and attempts nobody seems to care for."""
        self._swept_at = self._clock.monotonic()
        self._look("")
        if not self._alerts.callbacks and not any(item.open for item in self._memory.live.values()):
            return
        neglected = self._care.look(self._memory.live, self._executor.slots())
        if neglected:
            await self._dispatch([start for start in self._store.pending_starts() if start.attempt_id in neglected])

    # --- leadership ---------------------------------------------------------------------------------------------------

    def _keep(self, lease: Lease) -> Lease:
        is_due = self._clock.monotonic() - self._renewed_at > self._settings.lease_seconds / 3
        return self._renew(lease) if is_due else lease

    def _renew(self, lease: Lease) -> Lease:
        renewed = self._store.renew_lease(lease, self._settings.lease_seconds, self._executor.slots())
        self._renewed_at = self._clock.monotonic()
        return renewed
