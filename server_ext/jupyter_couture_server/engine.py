"""Looks after the engine: starts one if nobody leads, starts it again when it dies, and says how it is.

The engine is a process of its own in a session of its own; it outlives this server unless ``on_stop`` is ``stop``.
Whether one is there is read from the lease in the database: it may run on another host, or have been started by another
server. Two servers may both start one; the lease lets one lead, and the keeper of the other one lets it go.

A leader of this host whose process is gone is known to be dead; its lease need not run out before the next is started.
"""

import asyncio
import atexit
import logging
import os
import socket
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

from jupyter_couture.model.errors import CoutureError
from jupyter_couture.services.health import EngineCondition, Health, Leader
from jupyter_couture.services.work import Workers
from jupyter_couture.settings import Settings

LOOK_SECONDS = 1.0
STARTING_LOOK_SECONDS = 0.05
"""While an engine starts: people wait for it."""

FIRST_BACK_OFF_SECONDS = 1.0
LONGEST_BACK_OFF_SECONDS = 30.0
STEADY_SECONDS = 3.0
"""An engine that led this long is started again at once when it dies."""

STOP_SECONDS = 5.0
LARGEST_LOG_BYTES = 10 * 1024 * 1024
_LAST_LINES_BYTES = 4_096
_LAST_LINES = 5
_ENOUGH_FAILURES = 16
"""More are not counted: the back-off has long reached its end."""

_log = logging.getLogger(__name__)

_left_running: list[subprocess.Popen[bytes]] = []
"""Engines let go on purpose: kept here, as a forgotten process object would complain."""


def engine_command() -> list[str]:
    """How the engine is started."""
    return [sys.executable, "-m", "jupyter_couture.cli", "engine"]


def pid_here(holder: str) -> int | None:
    """The process that holds a lease (``<host>:<pid>:<id>``), if it runs on this host."""
    host, _, rest = holder.partition(":")
    pid = rest.partition(":")[0]
    return int(pid) if host == socket.gethostname() and pid.isdecimal() else None


def _is_gone(holder: str) -> bool:
    pid = pid_here(holder)
    return pid is not None and not psutil.pid_exists(pid)


@dataclass(frozen=True, slots=True)
class Seen:
    """The engine as it was seen last. ``pid``: the leader's if it runs on this host, else that of the one started."""

    condition: EngineCondition = EngineCondition.STARTING
    leader: Leader | None = None
    pid: int | None = None
    last_error: str = ""


class EngineKeeper:
    """Keeps one engine running. ``start`` in the event loop; ``close`` lets it run or stops it."""

    def __init__(self, settings: Settings, *, stops_with_us: bool, command: Sequence[str] | None = None) -> None:
        self._settings = settings
        self._stops_with_us = stops_with_us
        self._command = list(command if command is not None else engine_command())
        self._child: subprocess.Popen[bytes] | None = None
        self._leading_since: float | None = None
        self._not_before = 0.0
        self._failures = 0
        self._is_dismissed = False
        self._last_error = ""
        self._task: asyncio.Task[None] | None = None
        self.seen = Seen()
        self.starts = 0

    @property
    def log_path(self) -> Path:
        """What the engine writes to standard output and error."""
        return self._settings.logs_dir / "engine.log"

    def start_ahead(self) -> None:
        """Start the engine beside a server that still loads, if it can only be here and none is.

        Most of what an engine does at first waits for nothing of the server. With another database than SQLite it may
        lead on another host, which only the lease tells. A server that never comes takes the engine along.
        """
        if self._settings.database_url.startswith("sqlite") and not self._is_here():
            self._spawn(0.0)
            atexit.register(self._give_up)

    def _is_here(self) -> bool:
        """Whether an engine of this home holds its lock."""
        try:
            pid = (self._settings.run_dir / "engine.lock").read_text().strip()
        except OSError:
            return False
        return pid.isdecimal() and psutil.pid_exists(int(pid))

    def _give_up(self) -> None:
        if self._task is None and self._child is not None:
            _stop(self._child)

    def start(self, health: Health, workers: Workers) -> None:
        """Look after the engine from now on."""
        self._task = asyncio.create_task(self._keep(health, workers), name="couture engine keeper")

    async def close(self) -> None:
        """Look away; stop our engine first if it is to stop with us."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        child, self._child = self._child, None
        if child is None or child.poll() is not None:
            return
        if self._stops_with_us:
            await asyncio.to_thread(_stop, child)
        else:
            _left_running.append(child)

    async def _keep(self, health: Health, workers: Workers) -> None:
        while True:
            try:
                leader = await workers.run(health.leader)
            except CoutureError as error:
                # Without the database nobody can lead, and an engine could not start either.
                self.seen = Seen(EngineCondition.DOWN, self.seen.leader, self._pid, str(error))
            else:
                self._look(leader)
            is_starting = self.seen.condition is EngineCondition.STARTING
            await asyncio.sleep(STARTING_LOOK_SECONDS if is_starting else LOOK_SECONDS)

    @property
    def _pid(self) -> int | None:
        return self._child.pid if self._child is not None else None

    def _look(self, leader: Leader | None) -> None:
        now = asyncio.get_running_loop().time()
        self._bury(now)
        if leader is not None and leader.is_live and not _is_gone(leader.holder):
            self._note_leading(leader, now)
            return
        self._leading_since = None
        if self._child is None and now >= self._not_before:
            self._spawn(now)
        condition = EngineCondition.STARTING if self._child is not None else EngineCondition.DOWN
        self.seen = Seen(condition, leader, self._pid, self._last_error)

    def _note_leading(self, leader: Leader, now: float) -> None:
        if self._leading_since is None:
            self._leading_since = now
        if now - self._leading_since >= STEADY_SECONDS:
            self._failures = 0
        leading_pid = pid_here(leader.holder)
        if self._child is not None and leading_pid != self._child.pid and not self._is_dismissed:
            _log.info("%s leads; the engine we started is not needed", leader.holder)
            self._is_dismissed = True
            self._child.terminate()
        self.seen = Seen(EngineCondition.LEADING, leader, leading_pid)

    def _bury(self, now: float) -> None:
        """Notice that our engine has ended, and decide when the next may be started."""
        if self._child is None or self._child.poll() is None:
            return
        code, self._child = self._child.returncode, None
        if self._is_dismissed:
            self._is_dismissed = False
            return
        self._last_error = f"the engine ended with code {code}\n{self._last_lines()}".strip()
        _log.warning("The engine ended with code %s; see %s", code, self.log_path)
        self._wait_longer(now)

    def _wait_longer(self, now: float) -> None:
        """At once after the first failure, then less and less often."""
        if self._failures:
            self._not_before = now + min(FIRST_BACK_OFF_SECONDS * 2 ** (self._failures - 1), LONGEST_BACK_OFF_SECONDS)
        self._failures = min(self._failures + 1, _ENOUGH_FAILURES)

    def _spawn(self, now: float) -> None:
        self.starts += 1
        try:
            self._settings.make_folders()
            if self.log_path.exists() and self.log_path.stat().st_size > LARGEST_LOG_BYTES:
                self.log_path.replace(self.log_path.with_suffix(".log.1"))
            with self.log_path.open("ab") as log:
                self._child = subprocess.Popen(
                    self._command,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    env={**os.environ, **self._settings.environ()},
                    start_new_session=True,
                )
        except OSError as error:
            self._last_error = f"the engine cannot be started: {error}"
            self._wait_longer(now)

    def _last_lines(self) -> str:
        try:
            with self.log_path.open("rb") as log:
                log.seek(0, os.SEEK_END)
                log.seek(max(0, log.tell() - _LAST_LINES_BYTES))
                text = log.read().decode(errors="replace")
        except OSError:
            return ""
        return "\n".join(text.splitlines()[-_LAST_LINES:])


def _stop(child: subprocess.Popen[bytes]) -> None:
    child.terminate()
    try:
        child.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
