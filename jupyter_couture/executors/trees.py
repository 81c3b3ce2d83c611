"""Ending a process tree, and knowing that it has ended."""

import asyncio
import logging
import signal
import time
from dataclasses import dataclass

from jupyter_couture.runtime import processes

_FIRST_LOOK_SECONDS = 0.01
_SLOWEST_LOOK_SECONDS = 0.25
_COMPLAIN_SECONDS = 2.0

_log = logging.getLogger("couture.supervisor")


@dataclass(frozen=True, slots=True)
class Tree:
    """The processes of one attempt: all that carry ``cookie``, and the payload, which has none in its first instant."""

    cookie: str
    payload: int | None = None
    parent: int | None = None

    def members(self) -> list[int]:
        """Those that are alive."""
        found = processes.members(self.cookie)
        if self.payload is not None and self.payload not in found and self._has_payload():
            found.append(self.payload)
        return found

    def send_signal(self, pid: int, number: int) -> None:
        """Signal one of them; harmless if it is gone, whoever has its process id by now."""
        if processes.carries(pid, self.cookie):
            processes.send_signal(pid, number, self.cookie)
        elif pid == self.payload and self.parent is not None:
            processes.signal_child(pid, number, self.parent)

    def _has_payload(self) -> bool:
        return (
            self.payload is not None
            and self.parent is not None
            and processes.parent_of(self.payload) == self.parent
            and processes.identity(self.payload) != ""
        )


async def end_tree(tree: Tree, grace_seconds: float) -> None:
    """SIGTERM the whole tree, SIGKILL what is left after the grace; returns when nothing is left."""
    deadline = time.monotonic() + grace_seconds
    asked: set[int] = set()
    pause = _FIRST_LOOK_SECONDS
    while time.monotonic() < deadline:
        found = tree.members()
        if not found:
            return
        for pid in found:
            if pid not in asked:
                tree.send_signal(pid, signal.SIGTERM)
        asked.update(found)
        await asyncio.sleep(pause)
        pause = min(pause * 1.5, _SLOWEST_LOOK_SECONDS)
    await kill_tree(tree)


async def kill_tree(tree: Tree) -> None:
    """SIGKILL the whole tree; returns when nothing is left.

    All of it is stopped before any of it is killed, so that it cannot fork faster than we look.
    """
    pause = _FIRST_LOOK_SECONDS
    complain_at = time.monotonic() + _COMPLAIN_SECONDS
    while found := tree.members():
        stopped: set[int] = set()
        while new := set(found) - stopped:
            for pid in new:
                tree.send_signal(pid, signal.SIGSTOP)
            stopped |= new
            found = tree.members()
        for pid in found:
            tree.send_signal(pid, signal.SIGKILL)
        await asyncio.sleep(pause)
        pause = min(pause * 1.5, _SLOWEST_LOOK_SECONDS)
        if time.monotonic() > complain_at:
            _log.warning("Processes %s do not end after SIGKILL; waiting for them", found)
            complain_at = time.monotonic() + 10 * _COMPLAIN_SECONDS


async def kill_strays(nursery: str, known: frozenset[int]) -> None:
    """SIGKILL children of a nursery that are none of its payloads: they cleared their environment to escape."""
    parent = int(nursery.partition(":")[0])
    if not processes.is_alive(nursery):
        return
    for pid in processes.children_of(parent):
        if pid not in known:
            _log.warning("Process %d escaped from its attempt; it is killed", pid)
            processes.signal_child(pid, signal.SIGKILL, parent)
