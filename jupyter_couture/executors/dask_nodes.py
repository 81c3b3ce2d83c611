"""The Dask scheduler and workers of our own pool, tuned to be quiet: they place attempts and carry no data.

Imported once by the keeper, which then forks one process for each node. What the nodes do without:

* what ``dask_quiet`` turns off;
* an HTTP server: the scheduler's would answer anyone on the host. A dashboard, if it is wanted, has a Unix socket;
* frequent heartbeats: a dead worker is known at once by its closed connection, a stopped one by ``WORKER_TTL``.
"""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dask
from distributed import Scheduler, Worker
from distributed.core import Server
from distributed.diagnostics.plugin import SchedulerPlugin
from distributed.event import EventExtension

from jupyter_couture.executors import dask_dashboard
from jupyter_couture.executors.dask_security import security_of
from jupyter_couture.executors.dask_task import Unended
from jupyter_couture.executors.pace import MOST_TIMES
from jupyter_couture.executors.tls import TlsFiles

HEARTBEAT_SECONDS = 5.0
BATCH_SECONDS = 0.0005
"""How long a stream collects messages after it has sent some. Dask's 2 to 10 ms are meant for graphs of many tasks."""
ABANDONED_SECONDS = 900.0
"""A pool without clients and without work ends after this; the next engine starts another."""


@dataclass(frozen=True, slots=True)
class NodePlan:
    """What a node needs to know. ``port`` 0 lets the system choose; ``dashboard`` is a socket, or none."""

    tls: TlsFiles
    scratch: Path
    slots: int
    port: int = 0
    dashboard: Path | None = None


class QuietScheduler(Scheduler):
    """A scheduler that listens for Dask's protocol only, and asks for few heartbeats."""

    def start_http_server(self, *args: object, **kwargs: object) -> None:
        """Do not."""

    def heartbeat_worker(self, **message: Any) -> dict[str, Any]:
        """As ever, but at our pace."""
        answer = super().heartbeat_worker(**message)
        if "heartbeat-interval" in answer:
            answer["heartbeat-interval"] = HEARTBEAT_SECONDS
        return answer


class QuietWorker(Worker):
    """A worker without an HTTP server."""

    def start_http_server(self, *args: object, **kwargs: object) -> None:
        """Do not."""


class _FastStreams(SchedulerPlugin):
    """Shortens the batching of each worker's stream as it appears."""

    def add_worker(self, scheduler: Scheduler, worker: str) -> None:
        scheduler.stream_comms[worker].interval = BATCH_SECONDS


async def run_scheduler(plan: NodePlan, announce: Callable[[str], None]) -> None:
    """Serve until the pool is abandoned; ``announce`` gets the address as soon as workers and clients may connect."""
    _be_seen(plan)
    async with QuietScheduler(
        host="127.0.0.1",
        port=plan.port,
        protocol="tls",
        security=security_of(plan.tls),
        dashboard=False,
        extensions={"events": EventExtension},
        plugins=[_FastStreams()],
    ) as scheduler:
        _silence(scheduler, "idle-timeout", "no-workers-timeout", "tick", "ticks")
        announce(scheduler.address)
        if plan.dashboard is None:
            _silence(scheduler, "monitor")
        else:
            await dask_dashboard.show(scheduler, plan.dashboard)
        quiet_seconds = 0.0
        while quiet_seconds < ABANDONED_SECONDS:
            await asyncio.sleep(30)
            is_used = len(scheduler.clients) > 1 or any(worker.processing for worker in scheduler.workers.values())
            quiet_seconds = 0.0 if is_used else quiet_seconds + 30


async def run_worker(plan: NodePlan, address: str, name: str) -> None:
    """Serve until the scheduler goes away.

    Attempts wait in the worker's event loop, not in its threads, so a slot costs nothing while it is idle. There are
    several times as many as ``plan.slots``: the executor counts slots and hands out more in advance (``pace``), and a
    delivery that was taken back or is not yet forgotten must not keep the next one waiting.
    """
    _be_seen(plan)
    logging.getLogger("distributed.worker").addFilter(lambda record: not _is_no_failure(record))
    async with QuietWorker(
        address,
        name=name,
        nthreads=plan.slots * (MOST_TIMES + 2),
        host="127.0.0.1",
        security=security_of(plan.tls),
        local_directory=str(plan.scratch),
        memory_limit=0,
        extensions={},
        dashboard=False,
    ) as worker:
        worker.batched_stream.interval = BATCH_SECONDS
        _silence(worker, "find-missing", "tick", "ticks")
        if plan.dashboard is None:
            _silence(worker, "monitor")
        await worker.finished()


def _is_no_failure(record: logging.LogRecord) -> bool:
    """Whether Dask tells of the failure of a task that only came back before its attempts had ended."""
    return f"{Unended.__name__}(" in record.getMessage()


def _be_seen(plan: NodePlan) -> None:
    if plan.dashboard is not None:
        dask.config.set(dask_dashboard.SEEING)


def _silence(node: Server, *names: str) -> None:
    for name in names:
        if name in node.periodic_callbacks:
            node.periodic_callbacks[name].stop()
