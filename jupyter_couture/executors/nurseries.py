"""The supervisor's nurseries: starts them, hands orders to those that are ready, notices when one dies."""

import logging
import os
import socket
import subprocess
import sys
import time
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol

from jupyter_couture.executors.jobs import Job, Phase
from jupyter_couture.runtime import processes
from jupyter_couture.runtime.lines import Message, to_line
from jupyter_couture.runtime.nursery_key import NurseryKey
from jupyter_couture.runtime.places import supervisor_log
from jupyter_couture.settings import BORROWED, KEYS, Settings

_MOST_NURSERIES = 16
_BIRTH_SECONDS = 10.0
"""A nursery that has not called in after this is taken for dead."""
_MOST_COLD = 1000
_MOST_EARLY_DEATHS = 2

_log = logging.getLogger("couture.supervisor")


class Link(Protocol):
    """The connection to a nursery."""

    def send(self, message: Message) -> None:
        """Hand a message over."""
        ...


@dataclass(slots=True, eq=False)
class NurseryState:
    """A nursery we know; ``link`` is None until it calls in, and again when it is gone."""

    key: NurseryKey
    asked_at: float
    identity: str = ""
    link: Link | None = None
    is_ready: bool = False
    queue: deque[Job] = field(default_factory=deque)
    jobs: set[Job] = field(default_factory=set)
    used_at: float = 0.0


class Nurseries:
    """See the module. All of it runs in the event loop."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._zero: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._by_key: dict[NurseryKey, NurseryState] = {}
        self._cold: dict[str, None] = {}
        self._early_deaths: Counter[str] = Counter()

    def start(self) -> None:
        """Start nursery zero, unless it lives."""
        if self._zero is not None and self._zero.poll() is None:
            return
        ours, theirs = socket.socketpair()
        environ = {name: value for name, value in os.environ.items() if not name.startswith(("COUTURE_", *BORROWED))}
        environ.update(self._settings.environ())
        for name in KEYS:  # task code gets no key to the database, nor to what is sealed in it
            environ[name] = ""
        environ[processes.COOKIE] = processes.PLACEHOLDER
        with supervisor_log(self._settings).open("ab") as log:
            self._zero = subprocess.Popen(
                [sys.executable, "-P", "-m", "jupyter_couture.runtime.zero"],
                stdin=theirs.fileno(),
                stdout=log,
                stderr=log,
                env=environ,
                cwd="/",
                start_new_session=True,
            )
        theirs.close()
        if self._control is not None:
            self._control.close()
        self._control = ours

    def place(self, job: Job) -> None:
        """Hand a claimed job to its nursery, now or when that is ready."""
        job.is_cold = job.start.version in self._cold
        job.phase = Phase.WAITING
        state = self._by_key.get(job.key) or self._ask_for(job.key)
        state.used_at = time.monotonic()
        if state.link is not None and state.is_ready:
            self._hand_over(state, job)
        else:
            state.queue.append(job)

    def withdraw(self, job: Job) -> None:
        """A waiting job is no longer wanted."""
        state = self._by_key.get(job.key)
        if state is not None and job in state.queue:
            state.queue.remove(job)

    def arrived(self, link: Link, message: Message) -> NurseryState:
        """A nursery called in: one we asked for, or one of our predecessor's."""
        key = NurseryKey(str(message["version"]), str(message["kind"]))
        state = self._by_key.get(key)
        if state is None or state.link is not None:
            state = NurseryState(key, asked_at=time.monotonic())
            self._by_key.setdefault(key, state)
        state.link = link
        state.identity = str(message["identity"])
        state.used_at = time.monotonic()
        if message.get("is_ready"):
            self.ready(state, "")
        return state

    def ready(self, state: NurseryState, trouble: str) -> None:
        """A nursery has loaded its version, or says why attempts must not be forked from it."""
        waiting, state.queue = list(state.queue), deque()
        if trouble:
            _log.warning("Attempts of version %s start cold: %s", state.key.version[:12], trouble)
            self._start_cold(state.key.version)
            self._forget(state)
            for job in waiting:
                self.place(job)
            return
        state.is_ready = True
        for job in waiting:
            self._hand_over(state, job)

    def left(self, state: NurseryState) -> list[Job]:
        """The link to a nursery is closed; the jobs that were with it, to be looked after.

        Those that waited for it are placed anew.
        """
        if not state.is_ready:
            self._early_deaths[state.key.version] += 1
            if self._early_deaths[state.key.version] >= _MOST_EARLY_DEATHS:
                _log.warning("Nurseries of version %s die while they load it", state.key.version[:12])
                self._start_cold(state.key.version)
        state.link = None
        state.is_ready = False
        self._forget(state)
        waiting, state.queue = list(state.queue), deque()
        for job in waiting:
            self.place(job)
        with_it, state.jobs = list(state.jobs), set()
        return with_it

    def overdue(self) -> Iterator[Job]:
        """Jobs whose nursery takes too long to appear or to load its version; they are to be placed anew."""
        now = time.monotonic()
        for state in list(self._by_key.values()):
            patience = self._settings.parse_timeout_seconds if state.link is not None else _BIRTH_SECONDS
            if state.is_ready or now - state.asked_at < patience or not state.queue:
                continue
            _log.warning("Nursery of version %s is not ready in time", state.key.version[:12])
            if state.link is not None:
                self._start_cold(state.key.version)
                _end_process(state.identity)
            waiting, state.queue = list(state.queue), deque()
            self._forget(state)
            yield from waiting

    def live(self) -> int:
        """How many nurseries there are."""
        return len(self._by_key)

    def close(self) -> None:
        """Let nursery zero go; nurseries go by themselves when idle."""
        if self._control is not None:
            self._control.close()
        if self._zero is not None:
            self._zero.terminate()
            self._zero.wait()

    def _hand_over(self, state: NurseryState, job: Job) -> None:
        if state.link is None:
            state.queue.append(job)
            return
        job.phase = Phase.SENT
        job.nursery = state
        state.jobs.add(job)
        state.link.send(job.to_order())

    def _ask_for(self, key: NurseryKey) -> NurseryState:
        self._make_room()
        self.start()
        state = NurseryState(key, asked_at=time.monotonic())
        self._by_key[key] = state
        try:
            if self._control is not None:
                self._control.sendall(to_line({"version": key.version, "kind": key.kind}))
        except OSError:
            _log.warning("Nursery zero is gone")  # it is started anew when this nursery is overdue
        return state

    def _start_cold(self, version: str) -> None:
        """From now on fork attempts of this version from a nursery that has not run its file."""
        self._early_deaths.pop(version, None)
        self._cold[version] = None
        if len(self._cold) > _MOST_COLD:
            del self._cold[next(iter(self._cold))]

    def _make_room(self) -> None:
        idle = [state for state in self._by_key.values() if state.is_ready and not state.jobs and not state.queue]
        idle.sort(key=lambda state: state.used_at)
        while len(self._by_key) >= _MOST_NURSERIES and idle:
            state = idle.pop(0)
            if state.link is not None:
                state.link.send({"do": "close"})
            self._forget(state)

    def _forget(self, state: NurseryState) -> None:
        if self._by_key.get(state.key) is state:
            del self._by_key[state.key]


def _end_process(identity: str) -> None:
    """SIGKILL a process by identity, if it still is the one."""
    pid = identity.partition(":")[0]
    if processes.is_alive(identity):
        os.kill(int(pid), 9)
