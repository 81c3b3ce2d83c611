"""Watches over the one process that executes a DAG file, and sees to it that nothing of it remains.

The keeper runs no user code. It is the subreaper of everything the file starts, so whatever forks, daemonises or opens
a session of its own ends up as its child and is killed. It reports how the child ended, not what that means.
"""

import contextlib
import json
import os
import select
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jupyter_couture.dagbag import child
from jupyter_couture.dagbag.limits import ParseLimits
from jupyter_couture.runtime.processes import become_subreaper, die_with_parent, signal_child

OUTPUT_TAIL = 8_192
"""So many bytes of what the file prints are kept, the last ones."""

_CHUNK = 1 << 18
_FIRST_LOOK_SECONDS = 0.05
_LAST_LOOK_SECONDS = 0.25
_DUMP_SECONDS = 0.3
_PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass
class _Child:
    pid: int
    result: int
    output: int
    lifeline: int


def keep(request: dict[str, Any], report_fd: int, ask_fd: int, lifeline: int) -> None:
    """Have the file of ``request`` executed; write a report line and the child's result to ``report_fd``.

    ``ask_fd`` goes to the child: what is said there is no business of ours. ``lifeline`` is a pipe that ends when the
    parser process does: then there is nobody to report to, and all ends.
    """
    become_subreaper()
    limits = ParseLimits(**request["limits"])
    watched = _start(request, limits, (report_fd, ask_fd), lifeline)
    watch = _Watch(watched, limits)
    reason = watch.until_end()
    status = _end(watched.pid, reason)
    if reason == "alone":  # killing the parser process is no doing of the file: no report is the right one
        return
    watch.drain()
    report = {"reason": reason, "status": status, "output": bytes(watch.output).decode("utf-8", "replace")}
    with contextlib.suppress(BrokenPipeError), os.fdopen(report_fd, "wb") as pipe:
        pipe.write(json.dumps(report).encode() + b"\n")
        pipe.write(watch.result)


def _start(request: dict[str, Any], limits: ParseLimits, links: tuple[int, int], lifeline: int) -> _Child:
    result_read, result_write = os.pipe()
    output_read, output_write = os.pipe()
    report_fd, ask_fd = links
    keeper = os.getpid()
    pid = os.fork()
    if pid == 0:
        try:
            os.setsid()
            die_with_parent(keeper)
            os.dup2(output_write, 1)
            os.dup2(output_write, 2)
            for fd in (result_read, output_read, output_write, report_fd, lifeline):
                os.close(fd)
            os.chdir(request["dags_folder"])
            child.run(request, result_write, limits, ask_fd)
        finally:
            os._exit(70)
    os.close(result_write)
    os.close(output_write)
    os.close(ask_fd)
    for fd in (result_read, output_read):
        os.set_blocking(fd, False)
    return _Child(pid=pid, result=result_read, output=output_read, lifeline=lifeline)


class _Watch:
    """Reads what the child writes and looks at what it takes, until it ends or goes too far."""

    def __init__(self, watched: _Child, limits: ParseLimits) -> None:
        self.result = bytearray()
        self.output = bytearray()
        self._child = watched
        self._limits = limits
        self._open = {watched.result, watched.output}

    def until_end(self) -> str:
        """Why it is over: ``ended`` by itself, or ``timeout``, ``memory``, ``processes``, ``result``, ``alone``."""
        ended = os.pidfd_open(self._child.pid)
        deadline = time.monotonic() + self._limits.timeout_seconds
        pause = _FIRST_LOOK_SECONDS
        next_look = time.monotonic() + pause
        while True:
            now = time.monotonic()
            if now >= deadline:
                self._dump(ended)
                return "timeout"
            wait = max(0.0, min(deadline, next_look) - now)
            ready, _, _ = select.select([ended, self._child.lifeline, *self._open], [], [], wait)
            self._read(ready)
            if self._child.lifeline in ready:
                return "alone"
            if ended in ready:
                return "ended"
            if len(self.result) > self._limits.result_bytes:
                return "result"
            if time.monotonic() >= next_look:
                reason = self._excess()
                if reason:
                    return reason
                pause = min(pause * 2, _LAST_LOOK_SECONDS)
                next_look = time.monotonic() + pause

    def drain(self) -> None:
        """Read what is left in the pipes; whoever could still write is gone."""
        while self._open and len(self.result) <= self._limits.result_bytes:
            ready, _, _ = select.select(list(self._open), [], [], 0)
            if not ready:
                return
            self._read(ready)

    def _dump(self, ended: int) -> None:
        """Let the child write where it is (faulthandler), for the line in the report."""
        self.output.clear()
        with contextlib.suppress(ProcessLookupError):
            os.kill(self._child.pid, signal.SIGUSR1)
        until = time.monotonic() + _DUMP_SECONDS
        while self._child.output in self._open and (left := until - time.monotonic()) > 0:
            ready, _, _ = select.select([ended, self._child.output], [], [], left)
            self._read(ready)
            if ended in ready or b"<module>" in self.output:
                return

    def _read(self, ready: list[int]) -> None:
        for fd in self._open.intersection(ready):
            try:
                data = os.read(fd, _CHUNK)
            except BlockingIOError:
                continue
            if not data:
                self._open.discard(fd)
            elif fd == self._child.result:
                self.result += data
            else:
                self.output += data
                del self.output[:-OUTPUT_TAIL]

    def _excess(self) -> str:
        count = memory = 0
        for _, threads, resident in tree(os.getpid()):
            count += threads
            memory += resident
        if count > self._limits.processes:
            return "processes"
        return "memory" if memory > self._limits.memory_bytes else ""


def _end(pid: int, reason: str) -> int:
    """Kill the child's group and all that is left below us; how the child itself ended."""
    if reason != "ended":
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGKILL)
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    _, status = os.waitpid(pid, 0)
    while _has_children():
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGKILL)
        for (member, parent), _, _ in tree(os.getpid()):
            signal_child(member, signal.SIGKILL, parent)
        time.sleep(0.001)
    return status


def _has_children() -> bool:
    """Whether any process is left below us; collects those that have ended."""
    try:
        while os.waitpid(-1, os.WNOHANG) != (0, 0):
            pass
    except ChildProcessError:
        return False
    return True


def tree(root: int) -> Iterator[tuple[tuple[int, int], int, int]]:
    """All processes below ``root``: (process id, parent), number of threads, bytes of memory of their own."""
    pending = [(member, root) for member in _children(root)]
    while pending:
        member, parent = pending.pop()
        with contextlib.suppress(OSError, ValueError, IndexError):
            folder = Path(f"/proc/{member}")
            fields = (folder / "statm").read_text().split()
            threads = len(list((folder / "task").iterdir()))
            yield (member, parent), threads, (int(fields[1]) - int(fields[2])) * _PAGE
        pending += [(below, member) for below in _children(member)]


def _children(pid: int) -> list[int]:
    found: list[int] = []
    with contextlib.suppress(OSError, ValueError):
        for thread in Path(f"/proc/{pid}/task").iterdir():
            with contextlib.suppress(OSError):
                found += [int(word) for word in (thread / "children").read_text().split()]
    return found
