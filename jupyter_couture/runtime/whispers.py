"""What processes that a payload forks (a notebook's kernel first of all) learn in confidence, told to the payload.

Such a process inherits the attempt's right to ask, so it hears secrets that the payload has not heard of; but it is the
payload that writes its outputs down. A secret is told before its value is in the hands of user code; the lines of one
that is too long for a message are told one by one.
"""

import contextlib
import os
import socket

_LONGEST_BYTES = 128 * 1024  # systems take at least 200 KiB at once


class Whispers:
    """Made in the payload, inherited by what it forks."""

    def __init__(self) -> None:
        listener, speaker = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        listener.setblocking(False)
        speaker.setblocking(False)
        self._listener, self.speaker = listener.detach(), speaker.detach()
        self._owner = os.getpid()

    def tell(self, secret: str) -> None:
        """Tell the payload; nothing to do in the payload itself. One that is gone or does not listen hears nothing."""
        if os.getpid() == self._owner:
            return
        whole = secret.encode("utf-8", "backslashreplace")
        with contextlib.suppress(OSError):
            for said in [whole] if len(whole) <= _LONGEST_BYTES else whole.splitlines():
                os.write(self.speaker, said)

    def heard(self) -> list[str]:
        """What was told since the last call, in the payload; elsewhere nothing."""
        found: list[str] = []
        if os.getpid() == self._owner:
            with contextlib.suppress(BlockingIOError):
                while said := os.read(self._listener, _LONGEST_BYTES):
                    found.append(said.decode("utf-8", "replace"))
        return found

    def close(self) -> None:
        """Listen no more."""
        os.close(self._listener)
        os.close(self.speaker)
