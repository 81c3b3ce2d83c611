"""Becoming and staying leader.

The lease in the database says who leads, its fence makes every late write of a former leader fail. On one host a file
lock says more: while it is free, the former leader of this host is dead, and its lease need not be waited for.

Nor does a wrong clock keep a dead leader's lease alive: who waits sees that nobody renews it. The fence makes it safe
to take over from one that is not dead after all.
"""

import fcntl
import hashlib
import os
import socket
from collections.abc import Callable
from pathlib import Path

from jupyter_couture.model.records import Lease
from jupyter_couture.ports.store import SchedulerStore


class HostLock:
    """An exclusive lock on a file, given up by the kernel when the process ends, however it ends."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._fd: int | None = None

    def try_acquire(self) -> bool:
        """Take the lock if it is free; True if it is ours now."""
        if self._fd is not None:
            return True
        fd = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(fd)
            return False
        os.ftruncate(fd, 0)
        os.write(fd, f"{os.getpid()}\n".encode())
        self._fd = fd
        return True

    def release(self) -> None:
        """Give the lock up, also where a child that is just being started still has our descriptor."""
        if self._fd is not None:
            os.ftruncate(self._fd, 0)
            fcntl.flock(self._fd, fcntl.LOCK_UN)
            os.close(self._fd)
            self._fd = None


class LeaseWatch:
    """Notices a lease that nobody renews, by a clock that nobody sets."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._seen: tuple[Lease, float] | None = None

    def is_abandoned(self, lease: Lease, ttl_seconds: float) -> bool:
        """Whether ``lease`` has stood as it does for longer than its holder may be silent."""
        now = self._monotonic()
        if self._seen is None or self._seen[0] != lease:
            self._seen = (lease, now)
        return now - self._seen[1] > ttl_seconds


def holder_name(home: Path, unique: str) -> str:
    """Our name as holder of a lease, ``host:pid:home-unique``: a successor of the same home knows its own kind."""
    return f"{socket.gethostname()}:{os.getpid()}:{_home_tag(home)}-{unique}"


def _home_tag(home: Path) -> str:
    return hashlib.sha256(str(home).encode()).hexdigest()[:8]


def _is_of_this_home(holder: str, home: Path) -> bool:
    host, _, rest = holder.partition(":")
    return host == socket.gethostname() and rest.partition(":")[2].startswith(f"{_home_tag(home)}-")


def try_to_lead(store: SchedulerStore, holder: str, home: Path, ttl_seconds: float, watch: LeaseWatch) -> Lease | None:
    """Take the lease, at once if its last holder was of this host and home; None if a scheduler elsewhere leads.

    The caller holds the ``HostLock`` of the home, which proves that no other scheduler of it is alive on this host.
    """
    lease = store.acquire_lease(holder, ttl_seconds)
    if lease is not None:
        return lease
    current = store.current_lease()
    if current is None:
        return None
    if _is_of_this_home(current.holder, home) or watch.is_abandoned(current, ttl_seconds):
        store.release_lease(current)
        return store.acquire_lease(holder, ttl_seconds)
    return None
