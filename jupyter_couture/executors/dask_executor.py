"""Carries attempts to the workers of a Dask cluster: our own pool, or the one at ``Settings.dask_address``.

Rules
-----
* One Dask task for each delivery of an attempt; what is handed out in advance shares some (``pace``). The task only
  waits for the host's supervisor; whatever Dask does to it (runs it twice, loses it, forgets it), the supervisor starts
  each attempt once, and results come through the store.
* We remember every attempt until its Dask task has ended. After a lost connection or with a new pool, all of them are
  delivered again: running ones are joined.
* Waiting attempts wait here, by priority, and not in Dask: no worker has an attempt it has no slot for, so none is
  stuck behind a long one while another worker is free.
* A worker of other versions than ours gets nothing, and health names both.
"""

import asyncio
import contextlib
import heapq
import itertools
import json
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import IntEnum

from jupyter_couture.executors import dask_pool, dask_quiet
from jupyter_couture.executors.dask_cluster import Act, Cluster, Delivery, End, Errand, Outcome
from jupyter_couture.executors.dask_record import ClusterRecord
from jupyter_couture.executors.dask_task import attend, errand_text, prepare, withdraw
from jupyter_couture.executors.dask_workforce import Workforce
from jupyter_couture.executors.jobs import order_of
from jupyter_couture.executors.pace import PATIENCE_SECONDS, Pace, parcels
from jupyter_couture.executors.supervise import cancel
from jupyter_couture.executors.tls import TlsFiles
from jupyter_couture.model.errors import Unavailable
from jupyter_couture.model.ids import AttemptId
from jupyter_couture.model.intents import StartAttempt
from jupyter_couture.ports.executor import ExecutorHealth
from jupyter_couture.settings import Settings

WATCH_SECONDS = 2.0
FIRST_WORKER_SECONDS = 5.0
"""How long ``start`` waits for a worker; it goes on without, since one may come at any time."""
RETRY_SECONDS = 1.0
MAX_RETRY_SECONDS = 30.0
REST_SECONDS = 0.04
"""Between deliveries while as many attempts as there are slots wait at the supervisor already."""
HEAD_START_SECONDS = 0.01
"""Of what has a slot over what is handed out in advance: one that weighs less must not be at the supervisor first."""
FORGET_SECONDS = 0.25
"""Ended deliveries are forgotten together, so that the messages about it do not delay those that start attempts."""

_log = logging.getLogger(__name__)


class _Rank(IntEnum):
    """Who is delivered first, before any priority."""

    UNDER_WAY = 0  # has a slot and only joins, whether there is room or not
    AGAIN = 1  # was out, and may have a slot: before anything new takes it
    NEW = 2


@dataclass(slots=True)
class _Open:
    """An attempt that we owe a delivery, or that is being attended."""

    start: StartAttempt
    place: int  # in the order of their coming
    deliveries: int = 0
    failures: int = 0
    delivered_at: float = 0.0
    follower: asyncio.Task[None] | None = None
    is_waiting: bool = False


class DaskExecutor:
    """The executor port on a Dask cluster. ``on_change`` is called when the number of slots has changed.

    ``act`` is what a worker runs for an attempt; tests give something simpler.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        on_change: Callable[[], None] = lambda: None,
        act: Act = attend,
    ) -> None:
        self._settings = settings
        self._on_change = on_change
        self._act = act
        self._files = TlsFiles.of(settings.tls_dir)
        self._environ = settings.environ() if settings.dask_address else {}
        self._cluster: Cluster | None = None
        self._workforce = Workforce(None)
        self._open: dict[AttemptId, _Open] = {}
        self._waiting: list[tuple[_Rank, int, int, AttemptId]] = []
        self._places = itertools.count()
        self._ended: list[Delivery] = []
        self._is_pumping = False
        self._pace = Pace()
        self._poke = asyncio.Event()
        self._watcher: asyncio.Task[None] | None = None
        self._prepared: set[str] = set()
        self._trouble = "not started"
        self._refusal = ""

    # --- the port -----------------------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Find or start the cluster and wait a little for its first worker; raises ``Unavailable``."""
        if self._watcher is not None:
            return
        await self._connect()
        deadline = time.monotonic() + FIRST_WORKER_SECONDS
        while not self._workforce.slots and not self._workforce.misfits and time.monotonic() < deadline:
            await asyncio.sleep(0.01)
            await self._look_at_workers()
        self._watcher = asyncio.create_task(self._watch())

    async def submit(self, starts: Sequence[StartAttempt]) -> None:
        """Hand attempts out. A known one is delivered again only if it was out for long without a claim."""
        for start in starts:
            known = self._open.get(start.attempt_id)
            if known is None:
                known = self._open[start.attempt_id] = _Open(start, next(self._places))
                self._queue(known)
            elif self._is_stuck(known):
                self._take_back(known)
                self._queue(known, _Rank.AGAIN)
        self._pump_soon()

    async def cancel(self, attempt_ids: Sequence[AttemptId]) -> None:
        """Tell the supervisors of all hosts; without any, our own host's: one that is waiting is recorded by it."""
        if not attempt_ids:
            return
        hosts = self._workforce.one_of_each_host() if self._settings.dask_address else []
        try:
            if self._cluster is not None and hosts:
                await self._cluster.run_on(hosts, withdraw, json.dumps(list(attempt_ids)), self._environ)
            else:
                await asyncio.to_thread(cancel, list(attempt_ids), self._settings.environ())
        except (Unavailable, OSError) as error:
            _log.warning("%s; the supervisors learn of the cancellation with their next heartbeat", error)

    def slots(self) -> int:
        """Slots of the workers that are there and fit."""
        return self._workforce.slots

    def waiting(self) -> int:
        """Of the attempts handed to us, how many are not with a worker."""
        return len(self._waiting)

    def health(self) -> ExecutorHealth:
        """The present condition, with the reason if attempts have to wait."""
        return ExecutorHealth(
            kind="dask",
            workers=self._workforce.count,
            slots=self._workforce.slots,
            message=self._trouble or self._workforce.message or self._refusal,
        )

    @property
    def is_idle(self) -> bool:
        """Whether no attempt is waiting or under way."""
        return not self._open

    async def close(self, *, keep_running: bool) -> None:
        """Disconnect; without ``keep_running`` also cancel what is open and end our own pool."""
        if not keep_running:
            await self.cancel(list(self._open))
        tasks = {task for item in self._open.values() if (task := item.follower) is not None}
        if self._watcher is not None:
            tasks.add(self._watcher)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._watcher = None
        self._open.clear()
        self._waiting.clear()
        await self._disconnect()
        self._trouble = "closed"
        if not keep_running and not self._settings.dask_address:
            await dask_pool.stop(self._settings)

    # --- deliveries ---------------------------------------------------------------------------------------------------

    def _queue(self, item: _Open, rank: _Rank = _Rank.NEW) -> None:
        item.is_waiting = True
        heapq.heappush(self._waiting, (rank, -item.start.priority, item.place, item.start.attempt_id))

    def _pump_soon(self) -> None:
        """Deliver what there are slots for, once in this turn of the event loop: a batch costs little more than one."""
        if not self._is_pumping:
            self._is_pumping = True
            slots, out = self._workforce.slots, len(self._out())
            rest = 0.0 if out < slots else HEAD_START_SECONDS if out < 2 * slots else REST_SECONDS
            asyncio.get_running_loop().call_later(rest, self._pump)

    def _out(self) -> list[AttemptId]:
        """The attempts that are with workers."""
        return [attempt_id for attempt_id, item in self._open.items() if item.follower is not None]

    def _pump(self) -> None:
        self._is_pumping = False
        cluster = self._cluster
        if cluster is None or not cluster.is_open:
            return
        slots, out = self._workforce.slots, len(self._out())
        has_gate = not self._settings.dask_address  # the supervisor of our own pool's host, which knows the slots
        ahead = self._pace.ahead(slots, time.monotonic()) if has_gate else 0
        batch: list[_Open] = []
        room = slots - out if out < slots else slots + ahead - out
        joining = 0
        while self._waiting and (len(batch) < room or (has_gate and self._waiting[0][0] is _Rank.UNDER_WAY)):
            rank, *_, attempt_id = heapq.heappop(self._waiting)
            item = self._open.get(attempt_id)
            if item is not None and item.is_waiting:
                item.is_waiting = False
                batch.append(item)
                joining += rank is _Rank.UNDER_WAY
        if batch:
            self._deliver(cluster, batch, max(slots - out, joining, 0))
            if self._waiting and out < slots and ahead:
                self._pump_soon()

    def _deliver(self, cluster: Cluster, items: Sequence[_Open], alone: int) -> None:
        """The first ``alone`` have slots, the others are handed out in advance."""
        now = time.monotonic()
        slots = self._workforce.most
        errands = []
        batches = parcels(items, alone)
        for number, batch in enumerate(batches):
            for item in batch:
                item.deliveries += 1
                item.delivered_at = now
            # Dask groups tasks by the words of a key before the first hexadecimal one, and never forgets a group.
            key = f"attempt-{batch[0].start.attempt_id}-{batch[0].deliveries}"
            patience = None if number < alone else PATIENCE_SECONDS
            errands.append(Errand(key, errand_text([order_of(item.start) for item in batch], slots, patience)))
        try:
            deliveries = cluster.deliver(errands, self._act, self._environ, self._workforce.only)
        except Exception:
            for item in items:
                self._queue(item, _Rank.AGAIN)
            raise
        for batch, delivery in zip(batches, deliveries, strict=True):
            follower = asyncio.create_task(self._follow(batch, delivery))
            for item in batch:
                item.follower = follower

    async def _follow(self, batch: Sequence[_Open], delivery: Delivery) -> None:
        outcome = await delivery.outcome()
        self._forget(delivery)
        for item in batch:
            if item.follower is asyncio.current_task():  # else it was delivered again meanwhile
                item.follower = None
                self._came_back(item, outcome)
        self._pump_soon()

    def _came_back(self, item: _Open, outcome: Outcome) -> None:
        match outcome.end_of(item.start.attempt_id):
            case End.DONE:
                del self._open[item.start.attempt_id]
                self._refusal = ""
                self._pace.ended(time.monotonic())
            case End.RETURNED:
                self._queue(item)
            case End.UNDER_WAY:
                self._queue(item, _Rank.UNDER_WAY)
            case End.LOST:
                self._queue(item, _Rank.AGAIN)
                self._poke.set()
            case End.REFUSED:
                self._on_refusal(item, outcome)

    def _on_refusal(self, item: _Open, outcome: Outcome) -> None:
        attempt_id = item.start.attempt_id
        item.failures += 1
        self._refusal = f"A worker could not hand attempt {attempt_id} to its supervisor: {outcome.message}"
        if item.failures >= self._settings.max_deliveries:
            _log.error("Attempt %s could not be delivered: %s; giving it back", attempt_id, outcome.message)
            del self._open[attempt_id]
            return
        delay = min(MAX_RETRY_SECONDS, RETRY_SECONDS * 2 ** (item.failures - 1))
        _log.warning("Attempt %s was not taken (%s); trying again in %.0f s", attempt_id, outcome.message, delay)
        asyncio.get_running_loop().call_later(delay, self._queue_again, attempt_id)

    def _queue_again(self, attempt_id: AttemptId) -> None:
        item = self._open.get(attempt_id)
        if item is not None and item.follower is None and not item.is_waiting:
            self._queue(item, _Rank.AGAIN)
            self._pump_soon()

    def _is_stuck(self, item: _Open) -> bool:
        return item.follower is not None and time.monotonic() - item.delivered_at > self._settings.claim_seconds

    def _take_back(self, item: _Open) -> None:
        follower, item.follower = item.follower, None
        if follower is not None and all(other.follower is not follower for other in self._open.values()):
            follower.cancel()

    def _forget(self, delivery: Delivery) -> None:
        if not self._ended:
            asyncio.get_running_loop().call_later(FORGET_SECONDS, self._ended.clear)
        self._ended.append(delivery)

    # --- the cluster --------------------------------------------------------------------------------------------------

    async def _watch(self) -> None:
        """Keep connected and know the workers, for as long as the executor is open."""
        delay = 0.05
        while True:
            try:
                if self._cluster is None or not self._cluster.is_open:
                    self._lose("The connection to the Dask scheduler was lost")
                    await self._connect()
                await self._look_at_workers()
                await self._prepare_hosts()
            except Exception as error:  # noqa: BLE001  # the edge of a loop: Dask's client fails in many ways
                if not isinstance(error, Unavailable):
                    _log.warning("The Dask cluster cannot be looked after, trying again", exc_info=error)
                self._lose(str(error) or type(error).__name__)
                await asyncio.sleep(delay)
                delay = min(delay * 2, WATCH_SECONDS)
                continue
            delay = 0.05
            self._pump_soon()
            self._poke.clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._poke.wait(), WATCH_SECONDS if self._workforce.is_complete else 0.1)

    async def _connect(self) -> None:
        await self._disconnect()
        # The pool's processes import Dask at the same time as we do.
        importing = asyncio.to_thread(
            dask_quiet.import_lightly, "jupyter_couture.executors.dask_link", dask_quiet.QUIET_CLIENT
        )
        if self._settings.dask_address:
            module = await importing
            self._cluster = await module.DaskLink.open(self._settings.dask_address, self._files)
            self._workforce = Workforce(None)
            await self._note_dashboard(self._cluster)
        else:
            module, record = await asyncio.gather(importing, dask_pool.ensure(self._settings))
            opening = module.DaskLink.open(record.address, self._files)
            self._cluster = await dask_pool.while_it_stands(self._settings, record, opening)
            self._workforce = Workforce(record)
        self._trouble = ""
        await self._look_at_workers()

    async def _note_dashboard(self, cluster: Cluster) -> None:
        """Tell the servers of this deployment where the dashboard of somebody else's cluster is."""
        if self._settings.dask_dashboard and not self._settings.dask_dashboard_url:
            found = ClusterRecord(address=self._settings.dask_address, dashboard=await cluster.dashboard())
            found.write(self._settings.run_dir)

    async def _disconnect(self) -> None:
        cluster, self._cluster = self._cluster, None
        if cluster is not None:
            await cluster.close()

    async def _look_at_workers(self) -> None:
        if self._cluster is None:
            return
        before = self._workforce.slots
        await self._workforce.look(self._cluster)
        if self._workforce.slots != before:
            self._on_change()

    async def _prepare_hosts(self) -> None:
        """Have a supervisor on every host before the first attempt needs one."""
        hosts = set(self._workforce.one_of_each_host()) - self._prepared
        if self._cluster is None or not hosts or self._act is not attend:
            return
        self._prepared |= hosts
        try:
            await self._cluster.run_on(sorted(hosts), prepare, "", self._environ)
        except Unavailable as error:
            _log.warning("%s; attempts will try again", error)

    def _lose(self, message: str) -> None:
        had_slots = self._workforce.slots
        self._trouble = f"{message}; attempts wait"
        self._workforce = self._workforce.without_workers()
        if had_slots:
            _log.warning("%s", self._trouble)
            self._on_change()
