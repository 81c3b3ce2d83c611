"""Bare dask.distributed on the same workers: what the cluster under a deployment can do without us."""

import asyncio
import time
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from distributed import Client

from benchmarks.forks import fork_once, nothing, warm_up
from jupyter_couture.executors.dask_record import PoolRecord
from jupyter_couture.executors.dask_security import security_of
from jupyter_couture.executors.tls import TlsFiles
from jupyter_couture.model.errors import Unavailable
from jupyter_couture.settings import Settings

_T = TypeVar("_T")


def rates(settings: Settings, tasks: int) -> tuple[float, float]:
    """Tasks a second on the pool of ``settings``: tasks that do nothing, and tasks of one warm fork each."""
    return asyncio.run(_with_client(settings, lambda client: _rates(client, tasks)))


async def _with_client(settings: Settings, work: Callable[[Any], Coroutine[Any, Any, _T]]) -> _T:
    record = PoolRecord.read(settings.run_dir)
    if record is None:
        raise Unavailable(what="The Dask pool", message="it does not run")
    make: Callable[..., Any] = Client
    security = security_of(TlsFiles.of(settings.tls_dir))
    async with make(record.address, asynchronous=True, security=security, set_as_default=False) as client:
        return await work(client)


async def _rates(client: Any, tasks: int) -> tuple[float, float]:
    await client.run(warm_up)
    return await _rate(client, nothing, tasks), await _rate(client, fork_once, tasks)


async def _rate(client: Any, work: Callable[[int], Coroutine[Any, Any, None]], tasks: int) -> float:
    await asyncio.gather(*(future.exception() for future in client.map(work, range(16), pure=False)))
    begin = time.perf_counter()
    futures = client.map(work, range(tasks), pure=False)
    await asyncio.gather(*(future.exception() for future in futures))
    return tasks / (time.perf_counter() - begin)
