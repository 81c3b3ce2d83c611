"""``airflow.utils``: subprocesses, a time limit for a block, this host."""

import os
import shlex
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from getpass import getuser
from tempfile import TemporaryDirectory
from types import FrameType
from typing import Any, NoReturn, Self

from jupyter_couture.compat.exceptions import AirflowTaskTimeout
from jupyter_couture.compat.logs import LoggingMixin

__all__ = ["TemporaryDirectory", "getuser"]

IS_WINDOWS = False


class timeout(LoggingMixin):  # noqa: N801  # the name that DAG files use
    """Raise ``AirflowTaskTimeout`` in the block if it takes longer; in other threads than the main one it does not."""

    def __init__(self, seconds: float = 1, error_message: str = "Timeout") -> None:
        self.seconds = seconds
        self.error_message = error_message
        self._handler: Any = signal.SIG_DFL
        self._left = self._began = 0.0

    def handle_timeout(self, signum: int, frame: FrameType | None) -> NoReturn:
        """Called when the time is up."""
        raise AirflowTaskTimeout(f"{self.error_message}, PID: {os.getpid()}")

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            self._handler = signal.signal(signal.SIGALRM, self.handle_timeout)
            self._left = signal.setitimer(signal.ITIMER_REAL, self.seconds)[0]
            self._began = time.monotonic()
        return self

    def __exit__(self, *error: object) -> None:
        """Let a limit around this one go on."""
        if threading.current_thread() is threading.main_thread():
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, self._handler)
            if self._left:
                signal.setitimer(signal.ITIMER_REAL, max(0.001, self._left - (time.monotonic() - self._began)))


def execute_in_subprocess(cmd: list[str], cwd: str | None = None, env: Mapping[str, str] | None = None) -> None:
    """Run a command, its output in the log; raises ``subprocess.CalledProcessError``."""
    print(f"Executing cmd: {shlex.join(cmd)}")  # noqa: T201  # the log of the attempt
    with subprocess.Popen(
        cmd, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=cwd, env=None if env is None else {**env}
    ) as process:
        for line in process.stdout or ():
            print(line.decode(errors="replace").rstrip())  # noqa: T201  # as above
        code = process.wait()
    if code:
        raise subprocess.CalledProcessError(code, cmd)


def execute_in_subprocess_with_kwargs(cmd: list[str], **kwargs: str) -> None:
    """As ``execute_in_subprocess``."""
    execute_in_subprocess(cmd, cwd=kwargs.get("cwd"))


@contextmanager
def patch_environ(new_env_variables: Mapping[str, str]) -> Iterator[None]:
    """Other environment variables meanwhile."""
    before = {name: os.environ.get(name) for name in new_env_variables}
    os.environ.update(new_env_variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def reap_process_group(
    process_group_id: int, logger: object = None, sig: int = signal.SIGTERM, timeout: int = 60
) -> None:
    """Tell a group of processes to end."""
    os.killpg(process_group_id, sig)


def kill_child_processes_by_pids(pids_to_kill: Sequence[int], timeout: int = 5) -> None:
    """Tell processes to end."""
    for pid in pids_to_kill:
        os.kill(pid, signal.SIGTERM)


def get_hostname() -> str:
    """The name of this host."""
    return socket.getfqdn()


def get_host_ip_address() -> str:
    """The address of this host."""
    return socket.gethostbyname(get_hostname())


getfqdn = get_hostname


def is_tty() -> bool:
    """Whether somebody looks."""
    return sys.stdin.isatty() and sys.stdout.isatty()
