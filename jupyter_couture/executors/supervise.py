"""The blocking client of the supervisor, for a thread of a Dask worker: hand an order over, wait for its end.

Light to import: this is what a Dask worker loads. A worker or a thread that dies while it waits loses nothing; handing
the order over again joins the attempt.
"""

import socket
import threading
from collections.abc import Mapping, Sequence
from typing import Any

from jupyter_couture.executors.spawn import SUPERVISOR_COMMAND, ensure_supervisor
from jupyter_couture.runtime.lines import LineBuffer, to_line
from jupyter_couture.settings import Settings

_READ_BYTES = 65_536

_kept = threading.local()


def supervise(
    order_document: Mapping[str, Any], environ: Mapping[str, str], command: Sequence[str] = SUPERVISOR_COMMAND
) -> str:
    """Have this host's supervisor carry out an attempt; its end state.

    Parameters
    ----------
    order_document
        A ``StartAttempt`` as ``codec.to_json`` gives it. The source of its version must have been materialised.
    environ
        The deployment's settings, as ``Settings.environ`` gives them.

    Raises
    ------
    Unavailable
        No supervisor can be started on this host.
    """
    settings = Settings.load(environ)
    while True:
        link = _link(settings, command)
        try:
            link.sendall(to_line({"do": "supervise", "orders": [order_document]}))
            state = _wait(link, str(order_document["attempt_id"]))
        except OSError:
            state = None
        if state is not None:
            return state
        _drop()  # the supervisor was killed: the next one knows the attempt, or takes it anew


def cancel(attempt_ids: Sequence[str], environ: Mapping[str, str]) -> None:
    """Stop attempts that this host's supervisor may have; without a supervisor there is nothing to stop."""
    settings = Settings.load(environ)
    with ensure_supervisor(settings) as link:
        link.sendall(to_line({"do": "cancel", "attempts": list(attempt_ids)}))


def _wait(link: socket.socket, attempt_id: str) -> str | None:
    """The end state, or None if the supervisor is gone. Ends of attempts asked for before are passed over."""
    inbox = LineBuffer()
    while data := link.recv(_READ_BYTES):
        for message in inbox.feed(data):
            if message.get("ended") == attempt_id:
                return str(message.get("state"))
    return None


def _link(settings: Settings, command: Sequence[str]) -> socket.socket:
    """This thread's connection, kept from one attempt to the next."""
    link: socket.socket | None = getattr(_kept, "link", None)
    if link is None or getattr(_kept, "home", None) != settings.home:
        _drop()
        link = ensure_supervisor(settings, command)
        _kept.link, _kept.home = link, settings.home
    return link


def _drop() -> None:
    link: socket.socket | None = getattr(_kept, "link", None)
    if link is not None:
        link.close()
    _kept.link = None
