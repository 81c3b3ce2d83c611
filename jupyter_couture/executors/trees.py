"""Ending a process tree, and knowing that it has ended."""

import asyncio
import logging
import signal
import time

from jupyter_couture.runtime import processes

_FIRST_LOOK_SECONDS = 0.01
_SLOWEST_LOOK_SECONDS = 0.25

_log = logging.getLogger("couture.supervisor")


async def end_tree(cookie: str, grace_seconds: float) -> None:
    """SIGTERM everything that carries ``cookie``, SIGKILL what is left after the grace.

    Returns when nothing is left.
    """
    deadline = time.monotonic() + grace_seconds
    asked: set[int] = set()
    pause = _FIRST_LOOK_SECONDS
    while time.monotonic() < deadline:
        found = processes.members(cookie)
        if not found:
            return
        for pid in found:
            if pid not in asked:
                processes.send_signal(pid, signal.SIGTERM, cookie)
        asked.update(found)
        await asyncio.sleep(pause)
        pause = min(pause * 1.5, _SLOWEST_LOOK_SECONDS)
    await kill_tree(cookie)


async def kill_tree(cookie: str) -> None:
    """SIGKILL everything that carries ``cookie``; returns when nothing is left.

    All of it is stopped before any of it is killed, so that it cannot fork faster than we look.
    """
    pause = _FIRST_LOOK_SECONDS
    begun = time.monotonic()
    while found := processes.members(cookie):
        stopped: set[int] = set()
        while new := set(found) - stopped:
            for pid in new:
                processes.send_signal(pid, signal.SIGSTOP, cookie)
            stopped |= new
            found = processes.members(cookie)
        for pid in found:
            processes.send_signal(pid, signal.SIGKILL, cookie)
        await asyncio.sleep(pause)
        pause = min(pause * 1.5, _SLOWEST_LOOK_SECONDS)
        if time.monotonic() - begun > 10 * _SLOWEST_LOOK_SECONDS:
            _log.warning("Processes %s do not end after SIGKILL; waiting for them", found)
            begun = time.monotonic()


async def kill_strays(nursery: str, known: frozenset[int]) -> None:
    """SIGKILL children of an idle nursery that are no payloads: they cleared their environment to escape."""
    parent = int(nursery.partition(":")[0])
    if not processes.is_alive(nursery):
        return
    for pid in processes.children_of(parent):
        if pid not in known:
            _log.warning("Process %d escaped from its attempt; it is killed", pid)
            processes.signal_child(pid, signal.SIGKILL, parent)
