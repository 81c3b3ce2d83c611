"""dask.distributed as it comes: plain functions in as many workers and threads as a deployment has, one warm fork each.

This is what DESIGN compares with: a worker has one warm parent, which forks a child for each task and waits for its
end, and the client submits one task after the other. With it goes the same without the fork.
"""

import subprocess
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

from distributed import Client, LocalCluster

from jupyter_couture.settings import Settings

_PARENT = """
import gc, os, sys
import jinja2, sqlalchemy
gc.collect()
gc.freeze()
while line := sys.stdin.buffer.readline():
    child = os.fork()
    if not child:
        os._exit(0)
    os.waitpid(child, 0)
    os.write(1, line)
"""
_WARM_UP_TASKS = 64


def rates(settings: Settings, tasks: int) -> tuple[float, float]:
    """Tasks a second: tasks that do nothing, and tasks of one warm fork each."""
    make: Any = LocalCluster
    connect: Any = Client
    size = {"n_workers": settings.workers, "threads_per_worker": settings.slots_per_worker}
    with make(**size, dashboard_address=None) as cluster, connect(cluster) as client:
        return _rate(client, nothing, tasks), _rate(client, fork_once, tasks)


def nothing(_: int) -> None:
    """A task that costs nothing but its way."""


def fork_once(_: int) -> None:
    """A task that costs one warm fork."""
    _parent().fork()


def _rate(client: Any, work: Callable[[int], None], tasks: int) -> float:
    client.gather(client.map(work, range(_WARM_UP_TASKS), pure=False))
    begin = time.perf_counter()
    client.gather([client.submit(work, number, pure=False) for number in range(tasks)])
    return tasks / (time.perf_counter() - begin)


class _Parent:
    """The warm parent of a worker process; its threads take turns."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._process = subprocess.Popen(
            [sys.executable, "-c", _PARENT], stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0
        )

    def fork(self) -> None:
        """One child, born, gone and waited for."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with self._turn:
            self._process.stdin.write(b"1\n")
            self._process.stdout.readline()


_parents: list[_Parent] = []
_making = threading.Lock()


def _parent() -> _Parent:
    with _making:
        if not _parents:
            _parents.append(_Parent())
        return _parents[0]
