"""The client for asyncio: as ``client``, with awaits."""

import ssl
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from datetime import datetime
from types import TracebackType
from typing import Any

from jupyter_couture.client import calls, wire
from jupyter_couture.client.async_link import AsyncLink
from jupyter_couture.client.async_runs import AsyncRun, AsyncTask
from jupyter_couture.client.client import PATIENCE_SECONDS, STREAM_PATIENCE_SECONDS, TIMEOUT_SECONDS
from jupyter_couture.client.discovery import find_server
from jupyter_couture.client.errors import NotFound
from jupyter_couture.client.faces import NEXT_RUNS, DagFace, Schedule, dag_picture
from jupyter_couture.client.feed import Feed
from jupyter_couture.client.wire import Event


class AsyncDag(DagFace):
    """A DAG that the server knows."""

    def __init__(self, link: AsyncLink, info: wire.DagInfo) -> None:
        self._link = link
        self.info = info

    async def update(self) -> "AsyncDag":
        """Ask the server how it stands; itself."""
        self.info = await self._link.do(calls.dag(self.dag_id))
        return self

    async def trigger(
        self,
        conf: Mapping[str, Any] | None = None,
        *,
        logical_date: datetime | str | None = None,
        run_id: str | None = None,
        idempotency_key: str | None = None,
    ) -> AsyncRun:
        """Make a run; see ``Dag.trigger``."""
        call = calls.trigger(self.dag_id, conf, logical_date, run_id, idempotency_key)
        return AsyncRun(self._link, await self._link.do(call))

    def runs(self, *, state: str | None = None, run_type: str | None = None) -> AsyncGenerator[AsyncRun, None]:
        """Its runs, newest first, page by page as they are asked for."""
        return _runs(self._link, dag_id=self.dag_id, state=state, run_type=run_type)

    async def run(self, run_id: str) -> AsyncRun:
        """One run; raises ``NotFound``."""
        return AsyncRun(self._link, await self._link.do(calls.run(self.dag_id, run_id)))

    async def newest_run(self) -> AsyncRun:
        """The run that was made last; raises ``NotFound`` if there is none."""
        found = (await self._link.do(calls.newest_run(self.dag_id))).runs
        if not found:
            raise NotFound(message=f"DAG {self.dag_id!r} has not run yet", hint="dag.trigger() makes a run.")
        return AsyncRun(self._link, found[0])

    async def task(self, task_id: str, map_index: int = -1) -> AsyncTask:
        """A task instance of the newest run; raises ``NotFound``."""
        return await (await self.newest_run()).task(task_id, map_index)

    async def pause(self) -> "AsyncDag":
        """Turn it off: its schedule is not followed, and new runs wait. Itself."""
        self.info = await self._link.do(calls.set_paused(self.dag_id, True))
        return self

    async def unpause(self) -> "AsyncDag":
        """Turn it on. Itself."""
        self.info = await self._link.do(calls.set_paused(self.dag_id, False))
        return self

    async def refresh(self) -> "AsyncDag":
        """Have its file read again now. Itself."""
        await self._link.do(calls.refresh(self.dag_id))
        return await self.update()

    async def details(self) -> wire.DagDetails:
        """Everything its file says about it."""
        return await self._link.do(calls.details(self.dag_id))

    async def graph(self, version: str | None = None) -> wire.Graph:
        """Its tasks and their dependencies."""
        return await self._link.do(calls.graph(self.dag_id, version))

    async def source(self, version: str | None = None) -> str:
        """The text of its file."""
        return (await self._link.do(calls.source(self.dag_id, version))).source

    async def next_runs(self, count: int = NEXT_RUNS) -> Schedule:
        """When it is due, with up to 100 runs to come."""
        return Schedule.of(await self._link.do(calls.next_runs(self.dag_id, count)))

    def _repr_html_(self) -> str:
        return dag_picture(self.info, None, None)


class AsyncClient:
    """One Jupyter Couture, spoken to without blocking. Arguments are those of ``Client``; use ``async with``."""

    def __init__(
        self,
        url: str | None = None,
        token: str | None = None,
        *,
        timeout: float = TIMEOUT_SECONDS,
        patience: float = PATIENCE_SECONDS,
        stream_patience: float = STREAM_PATIENCE_SECONDS,
        verify: ssl.SSLContext | bool = True,
    ) -> None:
        self._link = AsyncLink(
            find_server(url, token),
            timeout_seconds=timeout,
            patience_seconds=patience,
            stream_patience_seconds=stream_patience,
            verify=verify,
        )

    @property
    def url(self) -> str:
        """The server's base address."""
        return self._link.server.url

    def __repr__(self) -> str:
        return f"<AsyncClient of {self.url}>"

    async def __aenter__(self) -> "AsyncClient":
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close all connections; runs go on."""
        await self._link.close()

    async def health(self) -> wire.Health:
        """Is everything there? Answers without a token too."""
        return await self._link.do(calls.health())

    async def me(self) -> wire.Me:
        """Who the server takes us for, and what we may do."""
        return await self._link.do(calls.read(wire.Me, "me"))

    async def dags(
        self,
        *,
        search: str = "",
        tag: str = "",
        owner: str = "",
        paused: bool | None = None,
        state: str | None = None,
    ) -> AsyncGenerator[AsyncDag, None]:
        """DAGs by id, page by page as they are asked for. ``state`` is that of the newest run."""
        offset: int | None = 0
        while offset is not None:
            call = calls.dags(offset, search=search, tag=tag, owner=owner, paused=paused, state=state)
            page = (await self._link.do(call)).dags
            for info in page:
                yield AsyncDag(self._link, info)
            offset = calls.next_page(offset, len(page))

    async def dag(self, dag_id: str) -> AsyncDag:
        """One DAG; raises ``NotFound``."""
        return AsyncDag(self._link, await self._link.do(calls.dag(dag_id)))

    def runs(
        self, *, dag_id: str | None = None, state: str | None = None, run_type: str | None = None
    ) -> AsyncGenerator[AsyncRun, None]:
        """Runs of all DAGs, newest first, page by page as they are asked for."""
        return _runs(self._link, dag_id=dag_id, state=state, run_type=run_type)

    async def run(self, dag_id: str, run_id: str) -> AsyncRun:
        """One run; raises ``NotFound``."""
        return AsyncRun(self._link, await self._link.do(calls.run(dag_id, run_id)))

    async def trigger(
        self,
        dag_id: str,
        conf: Mapping[str, Any] | None = None,
        *,
        logical_date: datetime | str | None = None,
        run_id: str | None = None,
        idempotency_key: str | None = None,
    ) -> AsyncRun:
        """Make a run; see ``Dag.trigger``."""
        call = calls.trigger(dag_id, conf, logical_date, run_id, idempotency_key)
        return AsyncRun(self._link, await self._link.do(call))

    async def import_errors(self) -> list[wire.ImportProblem]:
        """Why files could not be loaded."""
        return (await self._link.do(calls.read(wire.ImportProblems, "import-errors"))).errors

    async def events(self, cursor: int | None = None) -> AsyncGenerator[Event, None]:
        """The live stream from event ``cursor`` on, or from now on: for ever, through broken connections."""
        async with aclosing(self._link.listen(Feed(cursor, self._link.stream_patience_seconds))) as notices:
            async for notice in notices:
                if isinstance(notice, Event):
                    yield notice

    async def call(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """Any call of the REST API below ``couture/api/``, as plain JSON, for what has no method here."""
        return await self._link.do(calls.plain(method, path, body))


async def _runs(link: AsyncLink, **options: object) -> AsyncGenerator[AsyncRun, None]:
    offset: int | None = 0
    while offset is not None:
        page = (await link.do(calls.runs(offset, **options))).runs
        for info in page:
            yield AsyncRun(link, info)
        offset = calls.next_page(offset, len(page))
