"""One server's part of a deployment: opened in the background, so that the server is there before the database is.

Heavy imports (SQLAlchemy, alembic) and the first look at the database happen in a thread. Until then ``health`` says
``starting`` and every other route waits a little, then answers 503.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import jupyter_couture
from jupyter_couture.model.errors import CoutureError, Unavailable
from jupyter_couture.model.records import FeedEvent
from jupyter_couture.services.health import EngineCondition
from jupyter_couture.services.live import LiveHub
from jupyter_couture.settings import Settings
from jupyter_couture_server import present, wire
from jupyter_couture_server.backend import Adapters, Backend
from jupyter_couture_server.charting import figures
from jupyter_couture_server.engine import EngineKeeper

READY_SECONDS = 20.0
"""How long a request waits for the backend of a server that just started."""

HEALTH_SECONDS = 3.0
"""How long health waits for the database before it says that it does not answer."""

_RETRY_SECONDS = 2.0
_CALM_SECONDS = 5.0
"""After this a server that just started has its processors for itself again."""

_log = logging.getLogger(__name__)


class Deployment:
    """Backend, live feed and engine keeper of one server; the latter only if ``keeper`` is given."""

    def __init__(
        self,
        settings: Settings,
        open_adapters: Callable[[Settings], Adapters],
        *,
        root_dir: Path | None = None,
        keeper: EngineKeeper | None = None,
        on_events: Callable[[Sequence[FeedEvent]], None] | None = None,
        openapi: Callable[[], dict[str, Any]],
    ) -> None:
        self.settings = settings
        self._open_adapters = open_adapters
        self._root_dir = root_dir
        self._on_events = on_events
        self._keeper = keeper
        self.openapi = openapi
        self._backend: Backend | None = None
        self._hub: LiveHub | None = None
        self._ready = asyncio.Event()
        self._problem = ""
        self._task: asyncio.Task[None] | None = None
        self._warming: asyncio.Task[Any] | None = None

    @property
    def backend(self) -> Backend:
        """The services; raises ``Unavailable`` while there are none."""
        if self._backend is None:
            raise Unavailable(what="the database", message=self._problem or "it is being opened")
        return self._backend

    @property
    def hub(self) -> LiveHub:
        """The live feed; raises ``Unavailable`` while there is none."""
        if self._hub is None:
            raise Unavailable(what="the live feed", message=self._problem or "it is being opened")
        return self._hub

    def start(self) -> None:
        """Open everything in the background. Call in the event loop."""
        if self._task is None:
            self._task = asyncio.create_task(self._open(), name="couture deployment")

    async def ready(self) -> None:
        """Wait for the backend, opening it if nobody did yet; raises ``Unavailable``."""
        self.start()
        try:
            async with asyncio.timeout(READY_SECONDS):
                await self._ready.wait()
        except TimeoutError:
            raise Unavailable(what="the database", message=self._problem or "it does not answer") from None

    async def close(self) -> None:
        """Close everything; what becomes of the engine is the keeper's setting."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        if self._warming is not None:
            self._warming.cancel()
            await asyncio.gather(self._warming, return_exceptions=True)
        if self._keeper is not None:
            await self._keeper.close()
        if self._hub is not None:
            await self._hub.close()
        if self._backend is not None:
            self._backend.close()

    async def health(self) -> wire.HealthReply:
        """What is there and what is not. Always answers."""
        database, feed_seq, open_attempts = await self._database()
        engine = self._engine()
        if database.ok and engine.state == EngineCondition.LEADING:
            status = "healthy"
        elif engine.state == EngineCondition.STARTING or (self._backend is None and not self._problem):
            status = "starting"
        else:
            status = "unhealthy"
        return wire.HealthReply(
            status=status,
            version=jupyter_couture.__version__,
            engine=engine,
            executor=wire.ExecutorInfo(
                kind=self.settings.executor,
                workers=self.settings.workers,
                slots=self.settings.workers * self.settings.slots_per_worker,
                open_attempts=open_attempts,
            ),
            database=database,
            feed_seq=feed_seq,
        )

    async def _database(self) -> tuple[wire.DatabaseInfo, int, int]:
        if self._backend is None:
            return wire.DatabaseInfo(ok=False, dialect=""), 0, 0
        health, workers = self._backend.health, self._backend.workers
        try:
            async with asyncio.timeout(HEALTH_SECONDS):
                found = await workers.run(health.database)
                counts, feed_seq = await workers.run(health.overview)
        except (TimeoutError, CoutureError):
            return wire.DatabaseInfo(ok=False, dialect=""), 0, 0
        open_attempts = counts.get("running_tasks", 0) + counts.get("queued_tasks", 0)
        return wire.DatabaseInfo(ok=found.is_ok, dialect=found.dialect), feed_seq, open_attempts

    @property
    def engine_condition(self) -> EngineCondition:
        """How the engine is, as seen last."""
        return EngineCondition.DOWN if self._keeper is None else self._keeper.seen.condition

    def _engine(self) -> wire.EngineInfo:
        if self._keeper is None:
            return wire.EngineInfo(state=EngineCondition.DOWN)
        seen = self._keeper.seen
        return wire.EngineInfo(
            state=seen.condition,
            holder=seen.leader.holder if seen.leader else None,
            heartbeat_at=present.instant(seen.leader.renewed_at) if seen.leader else None,
            pid=seen.pid,
            last_error=seen.last_error or None,
        )

    async def _open(self) -> None:
        while self._backend is None:
            try:
                with ThreadPoolExecutor(max_workers=1, thread_name_prefix="couture-open") as opener:
                    adapters = await asyncio.get_running_loop().run_in_executor(
                        opener, self._open_adapters, self.settings
                    )
            except CoutureError as error:
                self._problem = str(error)
                _log.warning("Jupyter Couture cannot start for now: %s", error)
                await asyncio.sleep(_RETRY_SECONDS)
                continue
            except Exception:  # noqa: BLE001 - the edge of a loop
                self._problem = "it cannot be opened; the server's log says why"
                _log.exception("Jupyter Couture cannot start")
                await asyncio.sleep(_RETRY_SECONDS)
                continue
            self._backend = Backend(self.settings, adapters, self._root_dir)
        backend, adapters = self._backend, self._backend.adapters
        hub = LiveHub(adapters.store, backend.workers, present.event, adapters.listen(), self._on_events)
        await hub.start()
        self._hub = hub
        self._problem = ""
        self._ready.set()
        self._warming = asyncio.create_task(self._warm(backend), name="couture figures")
        if self._keeper is not None:
            self._keeper.start(backend.health, backend.workers)

    @staticmethod
    async def _warm(backend: Backend) -> None:
        """Load Bokeh ahead of the first chart, but not while engine and page compete for the processors."""
        await asyncio.sleep(_CALM_SECONDS)
        await backend.workers.run(figures)
