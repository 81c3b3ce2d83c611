"""A port here that leads to a port over there, through an SSH connection."""

import logging
import select
import socketserver
import threading
from collections.abc import Callable
from typing import Any, Self

_log = logging.getLogger(__name__)

_CHUNK_BYTES = 64 * 1024


class SSHTunnel:
    """Forwards connections while it is open: ``with`` it, or ``start()`` and ``stop()`` it.

    ``local_bind_host`` and ``local_bind_port`` say where it begins; only programs of this machine can reach it.
    """

    def __init__(self, connect: Callable[[], Any], remote_bind_address: tuple[str, int], local_port: int) -> None:
        self._connect = connect
        self.remote_bind_address = remote_bind_address
        self._wanted_port = local_port
        self._client: Any = None
        self._server: socketserver.ThreadingTCPServer | None = None
        self._thread: threading.Thread | None = None

    @property
    def local_bind_address(self) -> tuple[str, int]:
        """Host and port where it begins; the port is known once it is open."""
        port = self._server.server_address[1] if self._server is not None else self._wanted_port
        return "127.0.0.1", int(port)

    @property
    def local_bind_host(self) -> str:
        """The host where it begins."""
        return self.local_bind_address[0]

    @property
    def local_bind_port(self) -> int:
        """The port where it begins; known once it is open."""
        return self.local_bind_address[1]

    @property
    def is_active(self) -> bool:
        """Whether it is open."""
        return self._server is not None

    def start(self) -> None:
        """Open it; raises what connecting raises."""
        if self._server is not None:
            return
        self._client = self._connect()
        self._server = _Server(("127.0.0.1", self._wanted_port), _handler(self._client, self.remote_bind_address))
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()
        _log.info("Forwarding port %s to %s:%s", self.local_bind_port, *self.remote_bind_address)

    def stop(self, force: bool = False) -> None:
        """Close it, and the SSH connection with it."""
        server, thread, client = self._server, self._thread, self._client
        self._server = self._thread = self._client = None
        if server is not None and thread is not None:
            server.shutdown()
            server.server_close()
            thread.join()
        if client is not None:
            client.close()

    close = stop

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True


def _handler(client: Any, remote: tuple[str, int]) -> type[socketserver.BaseRequestHandler]:
    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            try:
                channel = client.get_transport().open_channel("direct-tcpip", remote, self.client_address)
            except Exception as error:  # noqa: BLE001  # the edge of this thread; whoever connected sees the end
                _log.warning("%s:%s cannot be reached over there: %s", *remote, error)
                return
            with channel:
                _exchange(self.request, channel)

    return Handler


def _exchange(here: Any, there: Any) -> None:
    """Carry bytes both ways until one side ends."""
    while True:
        ready, _, _ = select.select([here, there], [], [])
        for source, target in ((here, there), (there, here)):
            if source in ready:
                chunk = source.recv(_CHUNK_BYTES)
                if not chunk:
                    return
                target.sendall(chunk)
