"""The warm process that parser children are forked from: ``python -m jupyter_couture.dagbag.zygote FD [IDLE]``.

It is started by exec, stays single-threaded, and never sees user code: of a request it reads JSON and forks. ``FD`` is
its end of a socket pair; when the other end closes, or after ``IDLE`` seconds without work, it ends.

A request is four bytes of length and a JSON object, with two descriptors alongside: the pipe to report to, and the
socket at which the file may ask for variables.
"""

import array
import gc
import json
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
from jupyter_couture.runtime.processes import become_subreaper, children_of, show_name, signal_child

HEADER_BYTES = 4

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


def send(control: socket.socket, request: dict[str, Any], report_fd: int, ask_fd: int) -> None:
    """Write one request; raises ``OSError`` if nobody is there."""
    body = json.dumps(request).encode()
    message = len(body).to_bytes(HEADER_BYTES, "big") + body
    rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [report_fd, ask_fd]))]
    sent = control.sendmsg([message], rights)
    control.sendall(message[sent:])


def receive(control: socket.socket) -> tuple[dict[str, Any], int, int] | None:
    """Read one request; None if the other end has closed."""
    header, fds, _, _ = socket.recv_fds(control, HEADER_BYTES, 2)
    if len(header) < HEADER_BYTES or len(fds) != 2:
        return None
    body = bytearray()
    length = int.from_bytes(header, "big")
    while len(body) < length:
        piece = control.recv(min(1 << 20, length - len(body)))
        if not piece:
            return None
        body += piece
    return json.loads(body), fds[0], fds[1]


if __name__ == "__main__":
    main()
