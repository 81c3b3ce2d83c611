"""Asks the server for a picture, for no longer than a cell can wait.

Where no server is found, or none answers, it is not asked again for a while: a notebook with many widgets waits once.
"""

import logging
import time
from collections.abc import Callable
from queue import Empty, SimpleQueue
from threading import Lock, Thread

from jupyter_couture.client import Client
from jupyter_couture.client.errors import ClientError, Denied, NotFound, Unreachable
from jupyter_couture.display.html import page, tag
from jupyter_couture.widgets.painting import Painter

PATIENCE_SECONDS = 2.0
"""How long a cell waits for its picture."""

UNATTENDED_SECONDS = 10.0
"""How long a cell waits that nobody looks at."""

REST_SECONDS = 30.0
"""How long a server that does not answer is left alone."""

_log = logging.getLogger(__name__)


class Asker:
    """Draws pictures with one client, made when it is first needed and anew when its server is another one."""

    def __init__(self, connect: Callable[[], Client] | None = None) -> None:
        self._connect = connect or _connect
        self._client: Client | None = None
        self._lock = Lock()
        self._rests_until = 0.0

    def drawn(self, paint: Painter, patience_seconds: float = PATIENCE_SECONDS) -> str | None:
        """The picture; None if the server does not give it in time. Never raises."""
        if time.monotonic() < self._rests_until:
            return None
        found: SimpleQueue[str | None] = SimpleQueue()
        Thread(target=lambda: found.put(self._painted(paint)), name="couture-picture", daemon=True).start()
        try:
            return found.get(timeout=patience_seconds)
        except Empty:
            self._rest()
            return None

    def _painted(self, paint: Painter) -> str | None:
        try:
            with self._lock:
                client = self._client = self._client or self._connect()
            return paint(client)
        except (Unreachable, Denied):
            self._rest()
        except NotFound as error:
            return page(tag("p", str(error)), kind="missing")
        except ClientError:
            _log.debug("There is no picture", exc_info=True)
        except Exception:  # noqa: BLE001  # a picture is an extra; nothing that goes wrong with it may break the cell
            _log.warning("The picture of a widget could not be drawn", exc_info=True)
        return None

    def _rest(self) -> None:
        with self._lock:
            self._client = None
            self._rests_until = time.monotonic() + REST_SECONDS


def _connect() -> Client:
    return Client(timeout=UNATTENDED_SECONDS, patience=0.0)


asker = Asker()
"""Of this kernel."""
