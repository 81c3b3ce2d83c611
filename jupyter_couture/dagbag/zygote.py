"""The warm process that parser children are forked from: ``python -m jupyter_couture.dagbag.zygote FD [IDLE]``.

It is started by exec, stays single-threaded, and never sees user code: of a request it reads JSON and forks. ``FD`` is
its end of a socket pair; when the other end closes, or after ``IDLE`` seconds without work, it ends.
"""

import gc
import os
import select
import signal
import socket
import sys
import time
from typing import Any

from jupyter_couture.authoring.catalogue import read_words
from jupyter_couture.compat import importing
from jupyter_couture.dagbag.keeper import keep
from jupyter_couture.dagbag.requests import receive
from jupyter_couture.runtime.processes import become_subreaper, children_of, show_name, signal_child

_REAP_SECONDS = 0.5


def main() -> None:
    """Serve requests until nobody is there."""
    control = socket.socket(fileno=int(sys.argv[1]))
    idle_seconds = float(sys.argv[2]) if len(sys.argv) > 2 else 0.0
    show_name("couture-parser")
    become_subreaper()
    importing.install()
    read_words()
    gc.collect()
    gc.freeze()
    _Zygote(control, idle_seconds).serve()


class _Zygote:
    def __init__(self, control: socket.socket, idle_seconds: float) -> None:
        self._control = control
        self._idle_seconds = idle_seconds
        self._lifeline, self._life = os.pipe()
        self._keepers: set[int] = set()

    def serve(self) -> None:
        last_work = time.monotonic()
        while True:
            pause = _REAP_SECONDS if self._keepers else (self._idle_seconds or None)
            ready, _, _ = select.select([self._control], [], [], pause)
            self._reap()
            if ready:
                received = receive(self._control)
                if received is None:
                    return
                self._fork(*received)
                last_work = time.monotonic()
            elif not self._keepers and self._idle_seconds and time.monotonic() - last_work >= self._idle_seconds:
                return

    def _fork(self, request: dict[str, Any], report_fd: int, ask_fd: int) -> None:
        pid = os.fork()
        if pid:
            os.close(report_fd)
            os.close(ask_fd)
            self._keepers.add(pid)
            return
        try:
            self._control.close()
            os.close(self._life)
            keep(request, report_fd, ask_fd, self._lifeline)
        finally:
            os._exit(0)

    def _reap(self) -> None:
        """Collect keepers that have ended. If one was killed, what it kept is ours now, and is killed."""
        while self._keepers:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return
            if pid in self._keepers and status != 0:
                for stray in set(children_of(os.getpid())) - self._keepers:
                    signal_child(stray, signal.SIGKILL, os.getpid())
            self._keepers.discard(pid)


if __name__ == "__main__":
    main()
