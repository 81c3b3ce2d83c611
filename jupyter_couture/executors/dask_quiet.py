"""Dask as we use it: imported lightly, and quiet in the processes of our own pool.

Those place attempts and carry no data. Off are the profiler, the system monitor, event loop ticks, work stealing,
replica and memory management: an attempt's memory is not in the worker but in its payload process.
"""

import contextlib
import importlib
import sys
from collections.abc import Iterator, Mapping
from types import ModuleType
from typing import Any, cast

from jupyter_couture.runtime.collecting import uncollected

NEEDLESS = ("numpy", "pandas", "pyarrow", "scipy", "jinja2", "bokeh", "IPython")
"""What Dask takes along when it finds it: half of its import time and memory, and of no use to us."""

WORKER_TTL = "20s"
"""A worker that does not send heartbeats for so long is given up, and its attempts are delivered elsewhere."""

QUIET: dict[str, Any] = {
    "distributed.scheduler.active-memory-manager.start": False,
    "distributed.scheduler.allowed-failures": 1_000_000,  # a lost worker says nothing about the attempt
    "distributed.scheduler.http.routes": [],
    "distributed.scheduler.work-stealing": False,
    "distributed.scheduler.worker-ttl": WORKER_TTL,
    "distributed.scheduler.worker-saturation": 1.0,  # to a worker with a free thread, the least busy one
    "distributed.worker.http.routes": [],
    "distributed.worker.profile.enabled": False,
    "distributed.worker.use-file-locking": False,
    "distributed.worker.memory.target": False,
    "distributed.worker.memory.spill": False,
    "distributed.worker.memory.pause": False,
    "distributed.worker.memory.terminate": False,
    "distributed.admin.tick.interval": "1h",
    "distributed.admin.tick.cycle": "1h",
    "distributed.admin.system-monitor.interval": "1h",
    "distributed.admin.system-monitor.gil.enabled": False,
    "distributed.admin.log-length": 100,
    "distributed.admin.low-level-log-length": 10,
    "distributed.diagnostics.nvml": False,
    "distributed.diagnostics.computations.max-history": 1,
    "distributed.comm.require-encryption": True,
    "distributed.comm.offload": False,  # our messages are small, and finding that out costs more than sending them
    "logging.distributed": "warning",
}

QUIET_CLIENT: dict[str, Any] = {
    "distributed.client.scheduler-info-interval": "1h",
    "distributed.comm.offload": False,
    "distributed.admin.tick.interval": "1h",
    "distributed.admin.tick.cycle": "1h",
    "distributed.admin.system-monitor.interval": "1h",
    "distributed.admin.low-level-log-length": 10,
    "logging.distributed": "critical",  # losing a scheduler is ours to report
}


def import_lightly(module: str, config: Mapping[str, Any] | None = None) -> ModuleType:
    """Import a module that needs Dask, without what Dask would take along, after setting ``config``.

    Dask reads some of its settings while it is imported. What was imported before stays; what is held back here can be
    imported later by anybody else.
    """
    with _held_back(NEEDLESS), uncollected():
        if config:
            importlib.import_module("dask").config.set(config)
        return importlib.import_module(module)


@contextlib.contextmanager
def _held_back(names: tuple[str, ...]) -> Iterator[None]:
    absent = [name for name in names if name not in sys.modules]
    sys.modules.update(dict.fromkeys(absent, cast(ModuleType, None)))  # None: "not to be found", as import documents
    try:
        yield
    finally:
        for name in absent:
            sys.modules.pop(name, None)
