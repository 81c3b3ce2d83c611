"""Process trees of attempts: how to mark one, find all of it, and signal nothing else.

Every process of an attempt carries ``COUTURE_COOKIE=<cookie>`` in the environment that the kernel shows in
``/proc/<pid>/environ``. A program started by exec inherits it by itself. A process that was only forked shows the
environment its ancestor was *started* with, so the warm parent is started with a placeholder, and each payload writes
its cookie over it in place (``bake_cookie``).

Stored process ids are never signalled. A process is signalled through a handle (pidfd) that was opened before its
cookie was checked, so a reused id cannot be hit. What clears its environment and starts a new session escapes the
cookie; such strays end up as children of the nursery (a subreaper) and are found there.
"""

import contextlib
import ctypes
import hashlib
import os
import signal
import time
from collections.abc import Iterable
from pathlib import Path

COOKIE = "COUTURE_COOKIE"

_ROOM = 64
PLACEHOLDER = "-" * _ROOM

_PR_SET_PDEATHSIG = 1
_PR_SET_NAME = 15
_PR_SET_CHILD_SUBREAPER = 36

_ENV_START = 47  # of the fields of /proc/<pid>/stat behind the command
_START_TIME = 19
_PARENT = 1

_FEW = 256
"""Up to so many process ids are looked at one by one; beyond that, listing /proc is cheaper."""

_libc = ctypes.CDLL(None, use_errno=True)


def cookie_of(attempt_id: str) -> str:
    """The cookie of an attempt: its id, or a digest of an id too long for the placeholder."""
    return attempt_id if len(attempt_id.encode()) <= _ROOM else hashlib.sha256(attempt_id.encode()).hexdigest()


def become_subreaper() -> None:
    """Let orphans among our descendants become our children instead of init's."""
    _libc.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def die_with_parent(parent: int) -> None:
    """Be killed when the process that forked us ends; ends at once if it already did."""
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


def show_name(name: str) -> None:
    """What ``top`` and ``ps -e`` show for this process (at most 15 bytes)."""
    _libc.prctl(_PR_SET_NAME, name.encode()[:15], 0, 0, 0)


def find_placeholder() -> int | None:
    """Address of the placeholder in our own environment block, or None if there is none."""
    marker = f"{COOKIE}=".encode()
    try:
        fields = _stat_fields("self")
        block = Path("/proc/self/environ").read_bytes()
    except (OSError, IndexError):
        return None
    at = 0 if block.startswith(marker) else block.find(b"\0" + marker) + 1
    if not block[at:].startswith(marker):
        return None
    address = int(fields[_ENV_START]) + at + len(marker)
    return address if block[at + len(marker) :].startswith(PLACEHOLDER.encode()) else None


def bake_cookie(address: int | None, cookie: str) -> None:
    """Write ``cookie`` over the placeholder, for this process and all it forks."""
    if address is not None:
        ctypes.memmove(address, cookie.encode().ljust(_ROOM, b"\0"), _ROOM)


def last_pid() -> int:
    """The process id handed out last on this machine (0 if the kernel does not say)."""
    with contextlib.suppress(OSError, ValueError, IndexError):
        return int(Path("/proc/loadavg").read_bytes().split()[4])
    return 0


def members(cookie: str, since: int | None = None) -> list[int]:
    """Processes that carry ``cookie``.

    ``since`` is a process id of the recent past: only ids handed out after it are looked at, which is cheap when they
    are few. None looks at all.
    """
    return [pid for pid in _candidates(since) if carries(pid, cookie)]


def carries(pid: int, cookie: str) -> bool:
    """Whether the process lives and carries ``cookie``. A zombie carries nothing."""
    block = _environment(pid)
    return block is not None and f"\0{COOKIE}={cookie}\0".encode() in block


def children_of(parent: int) -> list[int]:
    """Living direct children of a process."""
    return [pid for pid in _all_pids() if parent_of(pid) == parent]


def send_signal(pid: int, number: int, cookie: str) -> None:
    """Signal a process if it still carries ``cookie``; harmless if it is gone."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        handle = os.pidfd_open(pid)
        try:
            if carries(pid, cookie):
                signal.pidfd_send_signal(handle, number)
        finally:
            os.close(handle)


def signal_child(pid: int, number: int, parent: int) -> None:
    """Signal a process if it still is a child of ``parent``; harmless if it is gone."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        handle = os.pidfd_open(pid)
        try:
            if parent_of(pid) == parent:
                signal.pidfd_send_signal(handle, number)
        finally:
            os.close(handle)


def identity(pid: int) -> str:
    """Process id, start time and boot of a living process: differs for any other process ever; empty if it is gone."""
    try:
        fields = _stat_fields(str(pid))
    except (OSError, IndexError):
        return ""
    return "" if fields[0] in ("Z", "X") else f"{pid}:{fields[_START_TIME]}:{boot_id()}"


def age_of(pid: int) -> float | None:
    """How many seconds ago a process began, whatever was done to the host's clock meanwhile; None if it is gone."""
    try:
        began = int(_stat_fields(str(pid))[_START_TIME]) / os.sysconf("SC_CLK_TCK")
    except (OSError, IndexError, ValueError):
        return None
    return max(0.0, time.clock_gettime(time.CLOCK_BOOTTIME) - began)


def is_alive(name: str) -> bool:
    """Whether the process that ``identity`` named still runs."""
    pid = name.partition(":")[0]
    return pid.isdigit() and identity(int(pid)) == name


def boot_id() -> str:
    """Names this boot of this machine (eight hexadecimal digits)."""
    return _BOOT_ID


def thread_count() -> int:
    """How many threads this process has, Python's or not."""
    return len(os.listdir("/proc/self/task"))  # noqa: PTH208  # half the cost of iterdir, and asked for each nursery


def _read_boot_id() -> str:
    with contextlib.suppress(OSError):
        return Path("/proc/sys/kernel/random/boot_id").read_text()[:8]
    return "00000000"


_BOOT_ID = _read_boot_id()


def _all_pids() -> list[int]:
    return [int(name) for name in os.listdir("/proc") if name.isdigit()]  # noqa: PTH208  # see above


def _candidates(since: int | None) -> Iterable[int]:
    newest = last_pid() if since is not None else 0
    if since is None or newest < since:  # ids began anew at the bottom, or none are known
        return _all_pids()
    if newest - since <= _FEW:
        return range(since + 1, newest + 1)
    return [pid for pid in _all_pids() if since < pid <= newest]


def _environment(pid: int) -> bytes | None:
    try:
        handle = os.open(f"/proc/{pid}/environ", os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        parts = [b"\0"]
        while part := os.read(handle, 1 << 17):
            parts.append(part)
    except OSError:
        return None
    finally:
        os.close(handle)
    return b"".join((*parts, b"\0"))


def parent_of(pid: int) -> int:
    """Process id of the parent; 0 if the process is gone."""
    try:
        return int(_stat_fields(str(pid))[_PARENT])
    except (OSError, IndexError, ValueError):
        return 0


def _stat_fields(pid: str) -> list[str]:
    return Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()
