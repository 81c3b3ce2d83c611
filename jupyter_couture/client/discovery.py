"""Which server, and with what token: as told, or found.

Found means, first one wins: ``COUTURE_SERVER_URL`` with ``COUTURE_SERVER_TOKEN``; the Jupyter server that started this
kernel; the one running server of this user (of several, the one whose folder holds the working directory most closely).
Servers are found by the files that Jupyter keeps for them in its runtime folder, readable by their owner only.

A token is only ever sent to the server it is known to belong to, travels in a header, and is in no address and no repr.
"""

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit, urlunsplit

from jupyter_core.paths import jupyter_runtime_dir

from jupyter_couture.client.errors import Invalid, NoServer
from jupyter_couture.settings import SERVER_TOKEN, SERVER_URL

_PARENT_NAME = "JPY_PARENT_PID"  # set by Jupyter for every kernel: the process that started it
_HUB_TOKEN_NAME = "JUPYTERHUB_API_TOKEN"

_PAGE = re.compile(r"/(lab|tree|doc|notebooks|edit|consoles)(/.*)?$")
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


@dataclass(frozen=True, slots=True)
class Server:
    """Where to send requests, and the token to send with them. ``url`` ends in a slash."""

    url: str
    token: str = field(default="", repr=False)

    @property
    def is_on_this_machine(self) -> bool:
        """Whether it is reached over loopback, where no proxy stands between."""
        return urlsplit(self.url).hostname in _LOOPBACK

    @property
    def api(self) -> str:
        """The base of our REST API."""
        return f"{self.url}couture/api/"

    @property
    def stream(self) -> str:
        """The address of the live stream."""
        return f"ws{self.api.removeprefix('http')}stream"


@dataclass(frozen=True, slots=True)
class Running:
    """A Jupyter server of this user as its runtime file tells."""

    server: Server
    pid: int
    folder: str


def find_server(
    url: str | None = None,
    token: str | None = None,
    *,
    environ: Mapping[str, str] | None = None,
    runtime_dir: Path | None = None,
) -> Server:
    """The server that is meant; raises ``NoServer`` if it is none or one of several, ``Invalid`` for a bad ``url``."""
    environ = os.environ if environ is None else environ
    if url is None and environ.get(SERVER_URL):
        url = environ[SERVER_URL]
    running = running_servers(Path(jupyter_runtime_dir()) if runtime_dir is None else runtime_dir, environ)
    if url is None:
        found = _own(running, environ)
        return found if token is None else Server(found.url, token)
    told = server_at(url)
    if token is None:
        token = told.token or _token_for(told.url, running, environ)
    return Server(told.url, token)


def server_at(url: str) -> Server:
    """The server of an address, also of one copied from a browser (``.../lab?token=...``)."""
    try:
        parts = urlsplit(url.strip())
        is_usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        parts, is_usable = urlsplit(""), False
    if not is_usable:
        raise Invalid(field="url", message="The address must be like http://host:8888 or https://host/user/name")
    if "@" in parts.netloc:
        raise Invalid(field="url", message="The address must not hold a name or password; give token=... instead")
    path = _PAGE.sub("", parts.path).rstrip("/") + "/"
    token = parse_qs(parts.query).get("token", [""])[0]
    return Server(urlunsplit((parts.scheme, parts.netloc, path, "", "")), token)


def running_servers(folder: Path, environ: Mapping[str, str]) -> list[Running]:
    """Jupyter servers of this user that run on this machine, from their runtime files."""
    found = (_read(path, environ) for path in sorted(folder.glob("jpserver-*.json")))
    return [each for each in found if each is not None and _is_alive(each.pid)]


def _own(running: list[Running], environ: Mapping[str, str]) -> Server:
    parent = environ.get(_PARENT_NAME, "")
    for each in running:
        if str(each.pid) == parent:
            return each.server
    around = [each for each in running if _depth(each.folder) >= 0]
    closest = [each for each in around if _depth(each.folder) == max(_depth(one.folder) for one in around)]
    for candidates in (closest, running):
        if len(candidates) == 1:
            return candidates[0].server
    if not running:
        raise NoServer(message="No running Jupyter server was found")
    names = ", ".join(each.server.url for each in running)
    raise NoServer(message=f"Several Jupyter servers run here: {names}", hint="Say which: Client(url=...).")


def _depth(folder: str) -> int:
    """How many steps above the working directory ``folder`` is; the closer, the greater. -1: it is not above it."""
    here = Path.cwd()
    root = Path(folder) if folder else None
    return len(root.parts) if root is not None and (root == here or root in here.parents) else -1


def _token_for(url: str, running: list[Running], environ: Mapping[str, str]) -> str:
    """The token of a server that was given without: from its runtime file, or the environment that names it."""
    named = environ.get(SERVER_URL)
    if named and server_at(named).url == url and environ.get(SERVER_TOKEN):
        return environ[SERVER_TOKEN]
    return next((each.server.token for each in running if each.server.url == url), "")


def _read(path: Path, environ: Mapping[str, str]) -> Running | None:
    try:
        told: Mapping[str, Any] = json.loads(path.read_text())
        pid, folder = int(told["pid"]), str(told.get("root_dir") or "")
        server = server_at(str(told["url"]))
    except (OSError, ValueError, KeyError, TypeError, Invalid):
        return None  # being written, of another version, or on a Unix socket
    token = str(told.get("token") or "")
    if not token and environ.get(_PARENT_NAME) == str(pid):
        token = environ.get(_HUB_TOKEN_NAME, "")  # below JupyterHub the server asks the hub about tokens
    return Running(Server(server.url, token), pid, folder)


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
