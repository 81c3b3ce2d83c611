"""The connection to one Dask scheduler: ``dask_cluster.Cluster`` on an asynchronous ``distributed.Client``."""

import asyncio
import contextlib
import warnings
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeAlias
from urllib.parse import urlsplit

from distributed import Client
from distributed.comm.core import CommClosedError

from jupyter_couture.executors.dask_cluster import Act, End, Errand, Outcome, WorkerSeen
from jupyter_couture.executors.dask_record import versions
from jupyter_couture.executors.dask_security import security_of
from jupyter_couture.executors.dask_task import Unended
from jupyter_couture.executors.tls import TlsFiles
from jupyter_couture.model.errors import Unavailable

_Untyped: TypeAlias = Any
"""Dask's client and futures: their types are incomplete, and wrong where coroutines are meant."""

BATCH_SECONDS = 0.0005
"""How long the client collects messages after it has sent some; Dask's own 10 ms are meant for graphs of many tasks."""
CONNECT_SECONDS = 5.0
ANSWER_SECONDS = 10.0


class DaskDelivery:
    """A Dask future of which only the end is of interest."""

    def __init__(self, future: _Untyped) -> None:
        self._future = future

    async def outcome(self) -> Outcome:
        """Wait for its end, without fetching its result."""
        error = await self._future.exception()
        match self._future.status:
            case "finished":
                return Outcome(End.DONE)
            case "error" if isinstance(error, Unended):
                returned, under_way = map(frozenset, error.args)
                return Outcome(End.DONE, returned=returned, under_way=under_way)
            case "error":
                return Outcome(End.REFUSED, f"{type(error).__name__}: {error}")
            case status:
                return Outcome(End.LOST, str(status))


class DaskLink:
    """One client of one scheduler."""

    def __init__(self, client: _Untyped) -> None:
        self._client = client

    @classmethod
    async def open(cls, address: str, files: TlsFiles) -> "DaskLink":
        """Connect; raises ``Unavailable``, at the latest soon after ``CONNECT_SECONDS``."""
        is_secure = address.startswith("tls://")
        if is_secure and not files.exist():
            raise Unavailable(what=f"The Dask scheduler {address}", message=f"no certificates in {files.key.parent}")
        make: Callable[..., _Untyped] = Client
        client = make(
            address,
            asynchronous=True,
            security=security_of(files) if is_secure else None,
            timeout=CONNECT_SECONDS,
            heartbeat_interval="60s",
            set_as_default=False,
            name="couture",
        )
        link = cls(client)
        try:
            with warnings.catch_warnings():  # of versions that differ: we compare and say so ourselves
                warnings.simplefilter("ignore")
                await asyncio.wait_for(_ready(client), CONNECT_SECONDS + 1)
            client.scheduler_comm.interval = BATCH_SECONDS
            client._timeout = 0  # never reconnect by itself: a lost link is closed, and the executor opens another
        except (OSError, TimeoutError, ValueError, ImportError) as error:
            raise Unavailable(what=f"The Dask scheduler {address}", message=str(error) or "no answer") from error
        finally:
            if not link.is_open:
                await link.close()
        return link

    @property
    def is_open(self) -> bool:
        """Whether the connection stands."""
        comm = self._client.scheduler_comm
        return self._client.status == "running" and comm is not None and not comm.closed()

    def deliver(
        self, errands: Sequence[Errand], act: Act, environ: dict[str, str], only: Sequence[str] | None
    ) -> list[DaskDelivery]:
        """Send errands, all in one graph, to workers with a free thread."""
        futures = self._client.map(
            act,
            [errand.text for errand in errands],
            [environ] * len(errands),
            key=[errand.key for errand in errands],
            workers=None if only is None else list(only),
            retries=0,
            pure=False,
        )
        return [DaskDelivery(future) for future in futures]

    async def workers(self) -> tuple[WorkerSeen, ...]:
        """The workers that the scheduler knows now."""
        document = await _answer(self._client.scheduler.identity(n_workers=-1))
        return tuple(
            WorkerSeen(address=address, host=str(seen["host"]), threads=int(seen["nthreads"]))
            for address, seen in document["workers"].items()
            if seen["status"] == "running"
        )

    async def dashboard(self) -> str:
        """The URL of the scheduler's dashboard; the host is the one we are connected to, whatever it says."""
        document = await _answer(self._client.scheduler.identity(n_workers=0))
        port = document["services"].get("dashboard")
        host = urlsplit(self._client.scheduler.address).hostname or ""
        return f"http://{f'[{host}]' if ':' in host else host}:{int(port)}" if port else ""

    async def misfits(self, addresses: Sequence[str]) -> dict[str, str]:
        """Those of the workers that run other versions than we do, with what they run."""
        question = self._client.run(_versions_here, workers=list(addresses), on_error="return")
        answers: dict[str, object] = await _answer(question)
        ours = versions()
        return {address: _describe(theirs) for address, theirs in answers.items() if theirs != ours}

    async def run_on(self, addresses: Sequence[str], act: Act, text: str, environ: dict[str, str]) -> None:
        """Run something on each of the workers at once, whether a thread is free or not."""
        answers = await _answer(self._client.run(act, text, environ, workers=list(addresses), on_error="return"))
        for address, answer in answers.items():
            if isinstance(answer, Exception):
                raise Unavailable(what=f"The Dask worker {address}", message=str(answer))

    async def close(self) -> None:
        """Disconnect."""
        await _close(self._client)


def _versions_here() -> tuple[str, str, str]:
    """Runs in a worker; one without our package cannot even load this."""
    return versions()


def _describe(theirs: object) -> str:
    return ", ".join(map(str, theirs)) if isinstance(theirs, tuple) else f"no usable jupyter-couture ({theirs})"


async def _ready(client: _Untyped) -> None:
    await client


async def _answer(question: Awaitable[Any]) -> Any:
    try:
        return await asyncio.wait_for(question, ANSWER_SECONDS)
    except (OSError, CommClosedError, TimeoutError) as error:
        raise Unavailable(what="The Dask scheduler", message=str(error) or "no answer") from error


async def _close(client: _Untyped) -> None:
    with contextlib.suppress(OSError, CommClosedError, TimeoutError):
        await asyncio.wait_for(client._close(fast=True), ANSWER_SECONDS)
