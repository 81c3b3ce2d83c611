"""Finding this host's supervisor, and starting it when there is none.

The supervisor is started in a session of its own, so it outlives whoever needed it first.
"""

import atexit
import contextlib
import fcntl
import os
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from typing import IO

from jupyter_couture.model.errors import Unavailable
from jupyter_couture.runtime.places import supervisor_lock, supervisor_log, supervisor_socket
from jupyter_couture.settings import Settings, secret_environ

SUPERVISOR_COMMAND = (sys.executable, "-P", "-m", "jupyter_couture.cli", "supervisor")

_PATIENCE_SECONDS = 30.0
_LOOK_SECONDS = 0.01
_HEAD_START_SECONDS = 5.0
"""A supervisor that was started and does not listen after this is started again."""
_FIRST_PAUSE_SECONDS = 0.05
_LONGEST_PAUSE_SECONDS = 2.0
"""Between the death of one that never listened and the next: it was killed, or something is wrong."""
_END_SECONDS = 15.0

_started: "list[subprocess.Popen[bytes]]" = []
"""Supervisors that this process started and has not yet seen ending."""


def connect(settings: Settings) -> socket.socket | None:
    """A connection to the running supervisor; None if none listens."""
    link = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_CLOEXEC)
    try:
        link.connect(str(supervisor_socket(settings)))
    except OSError:
        link.close()
        return None
    return link


def ensure_supervisor(
    settings: Settings,
    command: Sequence[str] = SUPERVISOR_COMMAND,
    patience_seconds: float = _PATIENCE_SECONDS,
) -> socket.socket:
    """A connection to the supervisor, started if need be; raises ``Unavailable`` if it cannot be had in time.

    Of many callers at once one starts it and the others wait.
    """
    link = connect(settings)
    if link is not None:
        return link
    settings.make_folders()
    deadline = time.monotonic() + patience_seconds
    with supervisor_lock(settings).with_suffix(".starting").open("ab") as guard:
        due_at = 0.0
        pause = _FIRST_PAUSE_SECONDS
        child: subprocess.Popen[bytes] | None = None
        while (now := time.monotonic()) < deadline:
            link = connect(settings)
            if link is not None:
                return link
            if child is not None and child.poll() is not None:
                child, due_at = None, now + pause
                pause = min(pause * 2, _LONGEST_PAUSE_SECONDS)
            if now >= due_at and _is_ours(guard) and not _is_served(settings):
                child = spawn_supervisor(settings, command)
                due_at = now + _HEAD_START_SECONDS
            time.sleep(_LOOK_SECONDS)
    raise Unavailable(
        what="the supervisor of this host",
        message=f"it does not listen after {patience_seconds:g} s; see {supervisor_log(settings)}",
    )


def spawn_supervisor(settings: Settings, command: Sequence[str] = SUPERVISOR_COMMAND) -> "subprocess.Popen[bytes]":
    """Start a supervisor, detached. If there is one already, the new one ends at once."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith("COUTURE_")}
    _started[:] = [child for child in _started if child.poll() is None]
    with supervisor_log(settings).open("ab") as log:
        child = subprocess.Popen(
            list(command),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env={**environ, **secret_environ(), **settings.environ()},
            cwd="/",
            start_new_session=True,
        )
    _started.append(child)
    return child


def end_spawned() -> None:
    """End the supervisors that this process started. One that was started in vain may still be on its way."""
    for child in _started:
        child.terminate()
    for child in _started:
        try:
            child.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
    _started.clear()


@atexit.register
def _let_go() -> None:
    """What we started outlives us; that is no reason for a warning."""
    for child in _started:
        child.returncode = 0


def _is_ours(guard: IO[bytes]) -> bool:
    with contextlib.suppress(BlockingIOError):
        fcntl.flock(guard, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    return False


def _is_served(settings: Settings) -> bool:
    """Whether a supervisor holds the lock, and so is on its way to listening."""
    with supervisor_lock(settings).open("ab") as lock, contextlib.suppress(BlockingIOError):
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return False
    return True
