"""A web server that notes what it is sent and answers what it is told to."""

import http.server
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True, slots=True)
class Request:
    """What was sent."""

    method: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body, read as JSON."""
        return json.loads(self.body)


Answer = Callable[[Request], tuple[int, Any]]


@dataclass
class Web:
    """A running server; ``answers`` and ``redirections`` by path, ``requests`` in order.

    A path without an answer gets its request back.
    """

    port: int = 0
    answers: dict[str, Answer] = field(default_factory=dict)
    redirections: dict[str, str] = field(default_factory=dict)
    requests: list[Request] = field(default_factory=list)

    @property
    def place(self) -> dict[str, Any]:
        """A connection to it."""
        return {"conn_type": "http", "host": "127.0.0.1", "port": self.port, "schema": "http"}


@contextmanager
def running_web() -> Iterator[Web]:
    """Start a server, yield it and stop it."""
    web = Web()

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def respond(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            parts = urlsplit(self.path)
            asked = Request(self.command, parts.path, parse_qs(parts.query), dict(self.headers.items()), body)
            web.requests.append(asked)
            status, said = web.answers.get(parts.path, _told_back)(asked)
            content = said if isinstance(said, bytes) else json.dumps(said).encode()
            target = web.redirections.get(parts.path)
            self.send_response(status if target is None else 302)
            if target is not None:
                self.send_header("Location", target)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PUT = do_DELETE = respond  # noqa: N815  # names of the standard library

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing on the screen."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    web.port = server.server_port
    try:
        yield web
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _told_back(asked: Request) -> tuple[int, Any]:
    told = {"method": asked.method, "path": asked.path, "query": asked.query, "body": asked.body.decode()}
    return 200, {**told, "headers": asked.headers}
