"""A stand-in for a Docker engine: the calls of its API that tasks make, over a Unix socket.

No isolation: a "container" is a process of this machine, its files are this machine's. It keeps to the API as Docker
documents it (version 1.44), so Docker's own client speaks to it; what a real engine does beyond that is not shown here.
"""

import http.server
import io
import json
import os
import shutil
import socketserver
import subprocess
import tarfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

SAFELY: dict[str, Any] = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}
"""Python has had filters since 3.11.4, and warns of their absence since 3.12."""


@dataclass
class Container:
    """What was asked for, and the process it became."""

    asked: dict[str, Any]
    name: str
    process: "subprocess.Popen[bytes] | None" = None
    attached: Any = None
    is_removed: bool = False
    has_ended: threading.Event = field(default_factory=threading.Event)


@dataclass
class Engine:
    """A running engine: the images it has, those it was told to fetch, and its containers by id."""

    url: str
    images: set[str] = field(default_factory=lambda: {"python:3"})
    pulled: list[str] = field(default_factory=list)
    containers: dict[str, Container] = field(default_factory=dict)
    stopped: list[str] = field(default_factory=list)
    refused_sources: tuple[str, ...] = ()
    calls: list[str] = field(default_factory=list)
    copied: list[Path] = field(default_factory=list)


class _Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True


@contextmanager
def running_engine(folder: Path) -> Iterator[Engine]:
    """Start an engine whose socket is in ``folder``, yield it and stop it."""
    path = folder / "docker.sock"
    engine = Engine(f"unix://{path}")

    class Handler(_Handler):
        known = engine

    server = _Server(str(path), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield engine
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
        for place in engine.copied:
            shutil.rmtree(place)


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    known: Engine

    def address_string(self) -> str:
        return "socket"

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing on the screen."""

    def respond(self) -> None:
        parts = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        path = "/" + parts.path.lstrip("/").partition("/")[2] if parts.path.startswith("/v1") else parts.path
        self.known.calls.append(f"{self.command} {path}")
        self.client_address = ("socket", 0)
        match [self.command, *path.strip("/").split("/")]:
            case ["GET" | "HEAD", "_ping"]:
                self._say(b"OK")
            case ["GET", "version"]:
                self._tell({"Version": "27.0", "ApiVersion": "1.44", "MinAPIVersion": "1.24"})
            case ["GET", "images", "json"]:
                wanted = query.get("reference") or next(iter(json.loads(query.get("filters", "{}")).values()), [""])[0]
                self._tell([{"Id": name} for name in self.known.images if name == wanted])
            case ["POST", "images", "create"]:
                self._pull(query)
            case ["POST", "containers", "create"]:
                self._create(json.loads(body), query)
            case ["PUT", "containers", container, "archive"]:
                with tarfile.open(fileobj=io.BytesIO(body)) as archive:
                    archive.extractall(query["path"], **SAFELY)
                    self.known.copied.append(Path(query["path"], archive.getnames()[0]))
                assert container in self.known.containers
                self._say(b"")
            case ["GET", "containers", _, "archive"]:
                self._fetch(query["path"])
            case ["GET", "containers", container, "json"]:
                self._tell({"Config": {"Tty": bool(self.known.containers[container].asked.get("Tty"))}})
            case ["POST", "containers", container, verb]:
                self._act(self.known.containers[container], container, verb)
            case ["DELETE", "containers", container]:
                self.known.containers[container].is_removed = True
                self._say(b"", 204)
            case _:
                self._tell({"message": f"no such call: {self.command} {path}"}, 404)

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = respond  # noqa: N815  # names of the standard library

    def _say(self, content: bytes, status: int = 200, **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(content)), "Api-Version": "1.44", **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def _tell(self, value: Any, status: int = 200) -> None:
        self._say(json.dumps(value).encode(), status, Content_Type="application/json")

    def _pull(self, query: dict[str, str]) -> None:
        name = f"{query['fromImage']}:{query.get('tag', 'latest')}"
        self.known.pulled.append(name)
        lines: list[dict[str, str]] = [{"status": "Pulling", "id": "a1"}, {"status": "Done", "id": "a1"}]
        if query["fromImage"] == "nobody/nothing":
            lines = [{"error": "manifest unknown"}]
        else:
            self.known.images.add(name)
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for chunk in [*(f"{json.dumps(line)}\r\n".encode() for line in lines), b""]:
            self.wfile.write(f"{len(chunk):x}\r\n".encode() + chunk + b"\r\n")

    def _create(self, asked: dict[str, Any], query: dict[str, str]) -> None:
        sources = [mount["Source"] for mount in asked["HostConfig"].get("Mounts", ())]
        if any(source.startswith(refused) for source in sources for refused in self.known.refused_sources):
            message = f"invalid mount config for type bind: bind source path does not exist: {sources[-1]}"
            self._tell({"message": message}, 400)
            return
        key = f"c{len(self.known.containers)}"
        self.known.containers[key] = Container(asked, query.get("name", ""))
        self._tell({"Id": key, "Warnings": []}, 201)

    def _fetch(self, path: str) -> None:
        place = Path(path)
        if not place.exists():
            self._tell({"message": "Could not find the file"}, 404)
            return
        stream = io.BytesIO()
        with tarfile.open(fileobj=stream, mode="w") as archive:
            archive.add(place, place.name)
        stat = "eyJuYW1lIjoiYW5zd2VyIiwic2l6ZSI6MX0="
        self._say(stream.getvalue(), X_Docker_Container_Path_Stat=stat, Content_Type="application/x-tar")

    def _act(self, container: Container, key: str, verb: str) -> None:
        match verb:
            case "attach":
                container.attached = self.wfile
                self.send_response(101, "UPGRADED")
                self.send_header("Connection", "Upgrade")
                self.send_header("Upgrade", "tcp")
                self.end_headers()
                container.has_ended.wait(60)
                self.close_connection = True
            case "start":
                environment = dict(pair.partition("=")[::2] for pair in container.asked.get("Env") or ())
                container.process = subprocess.Popen(
                    container.asked["Cmd"],
                    env={"PATH": os.environ["PATH"], **environment},
                    stdout=subprocess.PIPE,
                    stderr=subprocess.STDOUT,
                )
                threading.Thread(target=_carry, args=(container,), daemon=True).start()
                self._say(b"", 204)
            case "wait":
                assert container.process is not None
                self._tell({"StatusCode": container.process.wait()})
            case "stop":
                self.known.stopped.append(key)
                if container.process is not None:
                    container.process.terminate()
                self._say(b"", 204)


def _carry(container: Container) -> None:
    """Send the output in frames: a byte that names the stream, three of nothing, four with the length."""
    assert container.process is not None
    assert container.process.stdout is not None
    with container.process:
        for line in container.process.stdout:
            head = b"" if container.asked.get("Tty") else b"\x01\0\0\0" + len(line).to_bytes(4, "big")
            container.attached.write(head + line)
            container.attached.flush()
    container.has_ended.set()
