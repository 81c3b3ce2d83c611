"""The payload's end of the desk: where task code's questions go, one JSON line each, and answers come from.

The host's supervisor answers. It may be restarted meanwhile, or its database be away: every question can be asked
again, so it is, for a minute. Nothing is connected before the first question.
"""

import contextlib
import json
import os
import socket
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from jupyter_couture.model import errors
from jupyter_couture.model.dag import Json
from jupyter_couture.model.errors import CoutureError, Unavailable
from jupyter_couture.runtime.lines import to_line

PATIENCE_SECONDS = 60.0

_FIRST_DELAY_SECONDS = 0.02
_LONGEST_DELAY_SECONDS = 1.0
_READ_BYTES = 256 * 1024
_TOLD = frozenset({"InvalidRequest", "NotFound", "Conflict", "Denied"})


class DeskClient:
    """Asks for one attempt, whose ``token`` is valid as long as it runs. Safe to use from any thread."""

    def __init__(
        self, address: Callable[[], str], attempt_id: str, token: str, patience_seconds: float = PATIENCE_SECONDS
    ) -> None:
        self._address = address
        self._attempt_id = attempt_id
        self._token = token
        self._patience = patience_seconds
        self._turn = threading.Lock()
        self._link: socket.socket | None = None
        self._owner = 0

    def ask(self, do: str, **fields: Json) -> Any:
        """The answer to a question; raises what the other side raised, or ``Unavailable``."""
        line = to_line({"do": do, "attempt": self._attempt_id, "token": self._token, **fields})
        deadline = time.monotonic() + self._patience
        delay = _FIRST_DELAY_SECONDS
        while True:
            try:
                with self._turn:
                    answer = self._exchange(line)
            except OSError as error:
                trouble = str(error)
            else:
                if "unavailable" not in answer:
                    return _read(answer)
                trouble = str(answer["unavailable"])
            if time.monotonic() + delay > deadline:
                raise Unavailable(what="the desk of this host", message=trouble)
            time.sleep(delay)
            delay = min(delay * 2, _LONGEST_DELAY_SECONDS)

    def _exchange(self, line: bytes) -> Mapping[str, Any]:
        link = self._linked()
        try:
            link.sendall(line)
            pieces = [link.recv(_READ_BYTES)]
            while pieces[-1] and not pieces[-1].endswith(b"\n"):
                pieces.append(link.recv(_READ_BYTES))
            if not pieces[-1]:
                raise ConnectionResetError("the supervisor hung up")
            answer: Mapping[str, Any] = json.loads(b"".join(pieces))
        except (OSError, ValueError) as error:
            link.close()
            self._link = None
            raise ConnectionError(str(error)) from error
        return answer

    def _linked(self) -> socket.socket:
        if self._link is not None and self._owner == os.getpid():  # a process that the task forked has its own
            return self._link
        link = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_CLOEXEC)
        link.settimeout(self._patience)
        try:
            link.connect(self._address())
        except OSError:
            link.close()
            raise
        self._link, self._owner = link, os.getpid()
        return link

    def close(self) -> None:
        """Hang up."""
        if self._link is not None:
            with contextlib.suppress(OSError):
                self._link.close()
            self._link = None


def _read(answer: Mapping[str, Any]) -> Any:
    error = answer.get("error")
    if error is None:
        return answer.get("answer")
    kind = str(error.get("kind"))
    found = getattr(errors, kind) if kind in _TOLD else CoutureError
    raise found(**error.get("fields", {}))
