"""What processes that a payload forks (a notebook's kernel first of all) learn in confidence, told to the payload.

Such a process inherits the attempt's right to ask, so it hears secrets that the payload has not heard of; but it is the
payload that writes its outputs down. A secret is told before its value is in the hands of user code; the lines of one
that is too long for a message are told one by one.
"""

import contextlib
import os
import socket
import threading

_LONGEST_BYTES = 128 * 1024  # systems take at least 200 KiB at once


class Whispers:
    """Made in the payload, inherited by what it forks. Until the first fork there is nobody to tell anything."""

    def __init__(self) -> None:
        self._listener = self._speaker = -1
        self._owner = os.getpid()
        self._opening = threading.Lock()  # two threads may fork
        _all.add(self)

    def speaker(self) -> int:
        """The handle that what is forked needs."""
        self.open()
        return self._speaker

    def open(self) -> None:
        """Be ready to be told something. In the payload alone: what it forked inherits this, or is not meant."""
        if self._speaker >= 0 or os.getpid() != self._owner:
            return
        with self._opening:
            if self._speaker < 0:
                listener, speaker = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
                listener.setblocking(False)
                speaker.setblocking(False)
                self._listener, self._speaker = listener.detach(), speaker.detach()

    def tell(self, secret: str) -> None:
        """Tell the payload; nothing to do in the payload itself. One that is gone or does not listen hears nothing."""
        if os.getpid() == self._owner or self._speaker < 0:
            return
        whole = secret.encode("utf-8", "backslashreplace")
        with contextlib.suppress(OSError):
            for said in [whole] if len(whole) <= _LONGEST_BYTES else whole.splitlines():
                os.write(self._speaker, said)

    def heard(self) -> list[str]:
        """What was told since the last call, in the payload; elsewhere nothing."""
        found: list[str] = []
        if os.getpid() == self._owner and self._listener >= 0:
            with contextlib.suppress(BlockingIOError):
                while said := os.read(self._listener, _LONGEST_BYTES):
                    found.append(said.decode("utf-8", "replace"))
        return found

    def close(self) -> None:
        """Listen no more."""
        _all.discard(self)
        if self._speaker >= 0:
            os.close(self._listener)
            os.close(self._speaker)
            self._listener = self._speaker = -1


_all: set[Whispers] = set()


def _open_all() -> None:
    for whispers in tuple(_all):
        whispers.open()


os.register_at_fork(before=_open_all)
