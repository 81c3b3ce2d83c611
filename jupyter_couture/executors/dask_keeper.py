"""The keeper: one process that forks a Dask scheduler and workers, and replaces what dies.

``python -m jupyter_couture.executors.dask_keeper`` with the settings in the environment; ``dask_pool.ensure`` does so.

* It imports Dask once, freezes the heap and forks: a node starts in milliseconds and shares the memory of its code.
* It has one thread and no event loop, so forking is safe at any time; it sleeps in ``sigtimedwait``.
* A dead worker is replaced at once. A dead scheduler takes its workers along (they could not come back to it) and the
  whole set starts anew on the same port. Attempts do not notice: they belong to the supervisor.
* Nodes die with the keeper, so a pool is never left half alive; the next engine starts another.
"""

import asyncio
import fcntl
import gc
import logging
import os
import select
import signal
import sys
import time
import traceback
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import NoReturn

from jupyter_couture.executors.dask_quiet import QUIET, import_lightly
from jupyter_couture.executors.dask_record import (
    ALREADY_KEPT,
    DASHBOARD_SOCKET,
    LOCK_FILE,
    NodeRecord,
    PoolRecord,
    fingerprint,
)
from jupyter_couture.executors.tls import TlsFiles, ensure_certificates
from jupyter_couture.runtime.processes import die_with_parent, identity, show_name
from jupyter_couture.settings import Settings

READY_SECONDS = 20.0
STABLE_SECONDS = 1.0
"""A node that lived this long came up well: it is replaced without delay when it dies."""
MAX_DELAY_SECONDS = 2.0
"""Of one that dies young again and again: a fork costs little, and a run must not stand still for 5 s."""

_SIGNALS = frozenset({signal.SIGCHLD, signal.SIGTERM, signal.SIGINT})

_log = logging.getLogger("couture.pool")


@dataclass(slots=True)
class _Node:
    """A place for a process: which one lives there, since when, and how often the last ones died young."""

    name: str
    pid: int = 0
    started_at: float = 0.0
    lives: int = 0
    early_deaths: int = 0
    due_at: float = 0.0


class Keeper:
    """Keeps one scheduler and its workers alive until told to stop, or until the pool is abandoned."""

    def __init__(self, settings: Settings, nodes: ModuleType) -> None:
        self._settings = settings
        self._nodes = nodes
        self._plan = nodes.NodePlan(
            tls=TlsFiles.of(settings.tls_dir),
            scratch=settings.run_dir / "dask",
            slots=settings.slots_per_worker,
            dashboard=settings.run_dir / DASHBOARD_SOCKET if settings.dask_dashboard else None,
        )
        self._scheduler = _Node("scheduler")
        self._workers = [_Node(f"worker-{index}") for index in range(settings.workers)]
        self._address = ""
        self._generation = 0

    def run(self) -> None:
        """Start everything, then wait for deaths and for SIGTERM."""
        signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
        try:
            self._start_all()
            while self._turn():
                pass
        finally:
            self._kill_all()
            PoolRecord.remove(self._settings.run_dir, identity(os.getpid()))

    def _turn(self) -> bool:
        """Wait for something to happen and deal with it; False to end."""
        pending = [node.due_at for node in self._workers if not node.pid]
        patience = max(0.0, min(pending) - time.monotonic()) if pending else 3600.0
        news = signal.sigtimedwait(_SIGNALS, patience)
        if news is not None and news.si_signo != signal.SIGCHLD:
            return False
        ended = _reap()
        for pid, status in ended:
            if pid == self._scheduler.pid:
                if status == 0:
                    _log.warning("Nobody has used the pool for long: it ends")
                    return False
                _log.error("The Dask scheduler ended (%s); starting it and its workers anew", _describe(status))
                self._scheduler.pid = 0
                self._restart_all()
                return True
            self._note_death(pid, status)
        if self._replace_workers() or ended:
            self._record()
        return True

    def _note_death(self, pid: int, status: int) -> None:
        for node in self._workers:
            if node.pid == pid:
                _log.warning("Dask %s (process %s) ended (%s); replacing it", node.name, pid, _describe(status))
                _bury(node)

    def _replace_workers(self) -> bool:
        """Start what is due; whether anything was."""
        due = [node for node in self._workers if not node.pid and node.due_at <= time.monotonic()]
        for node in due:
            self._start_worker(node)
        return bool(due)

    def _restart_all(self) -> None:
        self._kill_all()
        _bury(self._scheduler)
        time.sleep(max(0.0, self._scheduler.due_at - time.monotonic()))
        self._start_all()

    def _start_all(self) -> None:
        self._address = self._start_scheduler()
        # Restarted on the same port, clients find the scheduler where it was.
        self._plan = replace(self._plan, port=int(self._address.rpartition(":")[2]))
        self._generation += 1
        for node in self._workers:
            self._start_worker(node)
        self._record()

    def _start_scheduler(self) -> str:
        """The address of a new scheduler; on a port of its own choice if the former one is taken."""
        for port in dict.fromkeys((self._plan.port, 0)):
            plan = replace(self._plan, port=port)
            reader, writer = os.pipe()

            self._start(self._scheduler, partial(self._nodes.run_scheduler, plan, partial(_write_line, writer)))
            os.close(writer)
            address = _read_line(reader)
            if address:
                return address
            _kill(self._scheduler)
        raise RuntimeError(f"The Dask scheduler did not start; see {self._settings.logs_dir / 'pool-scheduler.log'}")

    def _start_worker(self, node: _Node) -> None:
        node.lives += 1
        name = f"{node.name}-{self._generation}-{node.lives}"  # Dask refuses a name it has not yet forgotten
        self._start(node, partial(self._nodes.run_worker, self._plan, self._address, name))

    def _start(self, node: _Node, serve: Callable[[], Coroutine[None, None, None]]) -> None:
        keeper = os.getpid()
        pid = os.fork()
        if not pid:
            _be_node(keeper, node.name, self._settings.logs_dir, serve)
        node.pid = pid
        node.started_at = time.monotonic()

    def _record(self) -> None:
        def seen(node: _Node) -> NodeRecord:
            return NodeRecord(name=node.name, identity=identity(node.pid) if node.pid else "")

        PoolRecord(
            address=self._address,
            keeper=identity(os.getpid()),
            fingerprint=fingerprint(self._settings),
            generation=self._generation,
            workers=len(self._workers),
            slots_per_worker=self._plan.slots,
            nodes=(seen(self._scheduler), *map(seen, self._workers)),
            dashboard=str(self._plan.dashboard or ""),
        ).write(self._settings.run_dir)

    def _kill_all(self) -> None:
        for node in (*self._workers, self._scheduler):
            _kill(node)


def _be_node(keeper: int, name: str, logs_dir: Path, serve: Callable[[], Coroutine[None, None, None]]) -> NoReturn:
    """The life of a forked node. Never returns into the keeper's code."""
    code = 1
    try:
        die_with_parent(keeper)
        show_name(f"couture-{name}")
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)
        _log_to(logs_dir / f"pool-{name}.log")
        asyncio.run(serve())
        code = 0
    except BaseException:  # noqa: BLE001  # the edge of a process
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)


def _kill(node: _Node) -> None:
    if node.pid:
        os.kill(node.pid, signal.SIGKILL)  # our own child, not yet waited for: the id cannot be another's
        os.waitpid(node.pid, 0)
        node.pid = 0


def _bury(node: _Node) -> None:
    """Note a death and when the next life may begin: at once, or after a growing pause if it dies young again."""
    now = time.monotonic()
    node.pid = 0
    node.early_deaths = 0 if now - node.started_at > STABLE_SECONDS else node.early_deaths + 1
    pause = 0.0 if node.early_deaths < 2 else min(MAX_DELAY_SECONDS, 0.1 * 2**node.early_deaths)
    node.due_at = now + pause


def _reap() -> list[tuple[int, int]]:
    """Children that ended, with their wait status."""
    ended: list[tuple[int, int]] = []
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return ended
        if not pid:
            return ended
        ended.append((pid, status))


def _describe(status: int) -> str:
    code = os.waitstatus_to_exitcode(status)
    return f"exit code {code}" if code >= 0 else f"killed by {signal.Signals(-code).name}"


def _read_line(reader: int) -> str:
    """One line from a pipe, or nothing if its writer ends or takes too long."""
    try:
        is_there, _, _ = select.select([reader], [], [], READY_SECONDS)
        return os.read(reader, 4096).decode().strip() if is_there else ""
    finally:
        os.close(reader)


def _write_line(writer: int, text: str) -> None:
    os.write(writer, text.encode() + b"\n")


def _log_to(path: Path) -> None:
    """Append what this process says to ``path``; a log that has grown large makes room for a new one."""
    if path.exists() and path.stat().st_size > 1024**2:
        path.replace(path.with_suffix(".log.1"))
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(file, 1)
    os.dup2(file, 2)
    os.close(file)


def main() -> int:
    """Keep the pool of the deployment that the environment describes."""
    settings = Settings.load()
    settings.make_folders()
    lock = os.open(settings.run_dir / LOCK_FILE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return ALREADY_KEPT
    _log_to(settings.logs_dir / "pool-keeper.log")
    logging.basicConfig(format="%(asctime)s %(levelname)s %(message)s", level=logging.WARNING, force=True)
    show_name("couture-pool")
    nodes = _import_nodes()
    ensure_certificates(settings.tls_dir)
    Keeper(settings, nodes).run()
    return 0


def _import_nodes() -> ModuleType:
    """The module of nodes, ready to be forked. Heavy, and only for the one that got the lock."""
    nodes = import_lightly("jupyter_couture.executors.dask_nodes", QUIET)
    gc.collect()
    gc.freeze()
    return nodes


if __name__ == "__main__":
    sys.exit(main())
