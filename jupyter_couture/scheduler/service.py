"""The life of an engine process: wait for leadership, lead, and leave without taking running work along."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from jupyter_couture.model.errors import LeaseLost, Unavailable
from jupyter_couture.model.records import Lease
from jupyter_couture.ports.bus import BAG, ENGINE
from jupyter_couture.scheduler.housekeeping import keep_house
from jupyter_couture.scheduler.leadership import HostLock, LeaseWatch, holder_name, try_to_lead
from jupyter_couture.scheduler.loop import DAGS, Scheduler
from jupyter_couture.scheduler.mailer import Mailer
from jupyter_couture.scheduler.parts import EngineParts

log = logging.getLogger(__name__)

STANDBY_SECONDS = 0.5
"""How often a waiting engine looks whether it may lead."""

WATCH_AGAIN_SECONDS = 5.0
"""How long after the watching of the DAG folder broke off it is taken up again."""


class Engine:
    """One engine process. ``run`` returns after ``stop``."""

    def __init__(self, parts: EngineParts, on_leading: Callable[[Lease], Awaitable[None]] | None = None) -> None:
        self._parts = parts
        self._on_leading = on_leading
        self._stop = asyncio.Event()
        self._scheduler: Scheduler | None = None
        self._scan_lock = asyncio.Lock()
        self._watch = LeaseWatch(parts.clock.monotonic)

    def stop(self) -> None:
        """Ask for the end. Running attempts go on and are adopted by the next engine."""
        self._stop.set()
        if self._scheduler is not None:
            self._scheduler.stop()

    async def run(self) -> None:
        """Lead whenever nobody else does, until stopped."""
        lock = HostLock(Path(self._parts.settings.run_dir) / "engine.lock")
        try:
            while not self._stop.is_set():
                lease = self._try(lock)
                if lease is None:
                    with contextlib.suppress(TimeoutError):
                        await asyncio.wait_for(self._stop.wait(), STANDBY_SECONDS)
                    continue
                await self._lead(lease)
        finally:
            lock.release()

    def _try(self, lock: HostLock) -> Lease | None:
        if not lock.try_acquire():
            return None
        try:
            settings = self._parts.settings
            holder = holder_name(settings.home, self._parts.clock.new_id()[:8])
            return try_to_lead(self._parts.store, holder, settings.home, settings.lease_seconds, self._watch)
        except Unavailable as error:
            log.warning("%s; trying again", error)
            return None

    async def _lead(self, lease: Lease) -> None:
        parts = self._parts
        log.info("Leading with fence %s as %s", lease.fence, lease.holder)
        listener = parts.open_listener((ENGINE, BAG))
        mailer = Mailer(parts.store, parts.postman, parts.clock.now)
        scheduler = self._scheduler = Scheduler(parts, listener, self._on_bag, mailer.wake)
        mailer.start()
        watcher = asyncio.create_task(self._follow_files())
        starter = asyncio.create_task(self._start_executor())
        keeper = asyncio.create_task(keep_house(parts.store, parts.settings))
        try:
            if self._on_leading is not None:
                await self._on_leading(lease)
            await scheduler.run(lease)
        except LeaseLost as error:
            log.warning("%s", error)
        finally:
            for task in (watcher, starter, keeper):
                task.cancel()
            await asyncio.gather(watcher, starter, keeper, return_exceptions=True)
            listener.close()
            mailer.close()
            with contextlib.suppress(Unavailable):
                parts.store.release_lease(lease)
            await parts.triggers.close()
            await parts.executor.close(keep_running=True)
            self._scheduler = None

    async def _start_executor(self) -> None:
        """Start the executor beside the loop: a slow or absent cluster keeps nobody from triggering or looking."""
        delay = 0.5
        while True:
            try:
                await self._parts.executor.start()
            except Exception as error:  # the edge of a loop: an engine without executor does nothing
                is_expected = isinstance(error, Unavailable | OSError)
                log.warning("The executor did not start, trying again: %s", error, exc_info=not is_expected)
                await asyncio.sleep(delay)
                delay = min(delay * 2, 10.0)
            else:
                self._parts.publisher.publish(ENGINE)
                return

    async def _follow_files(self) -> None:
        """Look at what changes in the DAG folder; after a fault at everything, and then on."""
        while True:
            await self._scan(None)
            try:
                async for files in self._parts.watch():
                    await self._scan(files)
            except Exception:  # the edge of a loop: DAG files must not be left unread in silence
                log.exception("The DAG folder cannot be watched, trying again")
            await asyncio.sleep(WATCH_AGAIN_SECONDS)

    async def _on_bag(self, text: str) -> None:
        await self._scan([text] if text else None)

    async def _scan(self, files: Sequence[str] | None) -> None:
        async with self._scan_lock:
            try:
                changed = await asyncio.to_thread(self._parts.scan, files)
            except Unavailable as error:
                log.warning("The DAG folder could not be read into the store: %s", error)
                return
            except Exception:  # the edge of a loop: the next change is looked at all the same
                log.exception("The DAG folder could not be read")
                return
        if changed:
            self._parts.publisher.publish(ENGINE, DAGS)
