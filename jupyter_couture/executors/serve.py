"""The supervisor's process: its lock, its socket, its end.

Clients and nurseries speak JSON lines:

=================================================  ==================================================================
``{"do": "supervise", "orders": [...]}``           each order a ``StartAttempt``; answered by
                                                   ``{"ended": attempt_id, "state": state}`` when the attempt has ended;
                                                   ``"slots": n`` beside it: no more are to be under way at once
``{"do": "take_back", "attempts": [...]}``         forget those that have no slot yet; answered by
                                                   ``{"taken_back": [...]}``, their waiters hear of the end ``returned``
``{"do": "cancel", "attempts": [...]}``            stop them; not answered
``{"do": "ping"}``                                 answered by ``{"pong": {...}}``
``{"do": "nursery", "identity": ..., ...}``        a nursery calls in; the line is the nursery's from here on
=================================================  ==================================================================
"""

import asyncio
import contextlib
import fcntl
import logging
import os
import secrets
import signal
import time
from pathlib import Path
from typing import IO

from jupyter_couture.executors.adoption import adopt_from_disk, adopt_from_ledger
from jupyter_couture.executors.desk import Desk
from jupyter_couture.executors.nurseries import NurseryState
from jupyter_couture.executors.run_desk import RunDesk
from jupyter_couture.executors.sampling import Sampler
from jupyter_couture.executors.supervisor import Supervisor
from jupyter_couture.ports.bus import Publisher
from jupyter_couture.ports.clock import Clock
from jupyter_couture.ports.desk import DeskStore
from jupyter_couture.ports.secrets import Secrets
from jupyter_couture.ports.store import Ledger
from jupyter_couture.runtime.lines import LineBuffer, Message, to_line
from jupyter_couture.runtime.places import (
    desk_socket,
    runner_prefix,
    supervisor_lock,
    supervisor_socket,
    work_folder,
)
from jupyter_couture.runtime.processes import boot_id
from jupyter_couture.runtime.workplaces import remove_litter
from jupyter_couture.settings import Settings

_LOOK_SECONDS = 1.0

_log = logging.getLogger("couture.supervisor")


async def serve(
    settings: Settings, ledger: Ledger, publisher: Publisher, clock: Clock, desk: tuple[DeskStore, Secrets]
) -> None:
    """Be this host's supervisor until nobody has needed one for ``warm_idle_seconds``, or SIGTERM.

    ``desk`` is what running attempts are given: values of other tasks, variables and connections.
    Returns at once if there is one already. Attempts that run when it ends go on; the next supervisor adopts them.
    """
    settings.make_folders()
    work_folder(settings).mkdir(mode=0o700, parents=True, exist_ok=True)
    with supervisor_lock(settings).open("ab") as lock:
        if not _take_lock(lock):
            return
        runner = f"{runner_prefix(settings)}{boot_id()}:{secrets.token_hex(4)}"
        supervisor = Supervisor(settings, ledger, publisher, clock, runner)
        front = Desk(*desk, supervisor.jobs.get, RunDesk(desk[0], publisher, clock).questions)
        await _Service(settings, supervisor, clock, lock, front).run()


def _take_lock(lock: IO[bytes]) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    lock.truncate(0)
    lock.write(f"{os.getpid()}\n".encode())  # for whoever wants to stop us
    lock.flush()
    return True


class _Service:
    def __init__(self, settings: Settings, supervisor: Supervisor, clock: Clock, lock: IO[bytes], desk: Desk) -> None:
        self._settings = settings
        self._supervisor = supervisor
        self._clock = clock
        self._lock = lock
        self._desk = desk
        self._clients: set[_Connection] = set()
        self._is_over = asyncio.Event()

    async def run(self) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._is_over.set)
        self._supervisor.nurseries.start()
        adopt_from_disk(self._supervisor, self._settings)
        desk_place = desk_socket(self._settings)
        desk_place.unlink(missing_ok=True)
        desk = await self._desk.open(desk_place)
        path = supervisor_socket(self._settings)
        path.unlink(missing_ok=True)
        server = await loop.create_unix_server(lambda: _Connection(self._supervisor, self._clients), path, backlog=512)
        work = [
            asyncio.create_task(self._supervisor.recorder.run()),
            asyncio.create_task(adopt_from_ledger(self._supervisor, self._settings, self._clock)),
            asyncio.create_task(self._supervisor.beat()),
            asyncio.create_task(Sampler(self._supervisor.jobs).run()),
            asyncio.create_task(self._watch_need()),
            asyncio.create_task(self._desk.keep_tidy(self._settings.xcom_dir)),
            asyncio.create_task(asyncio.to_thread(remove_litter, str(work_folder(self._settings)))),
        ]
        for task in work:
            task.add_done_callback(self._task_ended)
        try:
            await self._is_over.wait()
        finally:
            for listener, place in ((server, path), (desk, desk_place)):
                listener.close()
                place.unlink(missing_ok=True)
            self._desk.close()
            for task in work:
                task.cancel()
            await asyncio.gather(*work, return_exceptions=True)
            self._supervisor.nurseries.close()

    def _task_ended(self, task: "asyncio.Task[None]") -> None:
        with contextlib.suppress(asyncio.CancelledError):
            error = task.exception()
            if error is not None:
                _log.error("The supervisor fails; the next one goes on", exc_info=error)
                self._is_over.set()

    async def _watch_need(self) -> None:
        needed_at = time.monotonic()
        while True:
            await asyncio.sleep(_LOOK_SECONDS)
            if self._supervisor.jobs or self._clients:
                needed_at = time.monotonic()
            if time.monotonic() - needed_at > self._settings.warm_idle_seconds or not self._is_in_place():
                self._is_over.set()

    def _is_in_place(self) -> bool:
        """Whether our lock is still the one others would find: the home folder may have been removed under us."""
        with contextlib.suppress(OSError):
            return os.fstat(self._lock.fileno()).st_ino == Path(self._lock.name).stat().st_ino
        return False


class _Connection(asyncio.Protocol):
    """A client or a nursery."""

    def __init__(self, supervisor: Supervisor, clients: "set[_Connection]") -> None:
        self._supervisor = supervisor
        self._clients = clients
        self._inbox = LineBuffer()
        self._transport: asyncio.Transport | None = None
        self._unsent: list[bytes] = []
        self._nursery: NurseryState | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if isinstance(transport, asyncio.Transport):
            self._transport = transport
        self._clients.add(self)

    def data_received(self, data: bytes) -> None:
        for message in self._inbox.feed(data):
            try:
                self._hear(message)
            except Exception:  # noqa: BLE001  # the edge: what others send must not end us
                _log.exception("A message cannot be understood: %.500r", message)

    def connection_lost(self, exc: Exception | None) -> None:
        self._clients.discard(self)
        self._transport = None
        if self._nursery is not None:
            self._supervisor.nursery_left(self._nursery)
        else:
            self._supervisor.forget_waiter(self)

    def send(self, message: Message) -> None:
        """Hand a message over, unless the other side is gone; those of one turn of the event loop go together."""
        if not self._unsent:
            asyncio.get_running_loop().call_soon(self._flush)
        self._unsent.append(to_line(message))

    def _flush(self) -> None:
        lines, self._unsent = self._unsent, []
        if self._transport is not None:
            self._transport.write(b"".join(lines))

    def tell_end(self, attempt_id: str, state: str) -> None:
        """See ``jobs.Waiter``."""
        self.send({"ended": attempt_id, "state": state})

    def _hear(self, message: Message) -> None:
        if self._nursery is not None:
            self._supervisor.heard(self._nursery, message)
            return
        match message.get("do"):
            case "supervise":
                self._supervisor.intake.take(message["orders"], self, message.get("slots"))
            case "take_back":
                self.send({"taken_back": self._supervisor.intake.take_back(message["attempts"])})
            case "cancel":
                self._supervisor.cancel(message["attempts"])
            case "ping":
                self.send({"pong": self._supervisor.counts()})
            case "nursery":
                self._clients.discard(self)
                self._nursery = self._supervisor.nurseries.arrived(self, message)
                self._supervisor.nursery_called(self._nursery, message["live"])
            case _:
                _log.warning("Unknown message: %.500r", message)
