"""A JupyterLab of our own, started as a process and spoken to over REST, for ``jupyter couture up``."""

import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jupyter_couture.client import Client, ClientError
from jupyter_couture.model.errors import Unavailable
from jupyter_couture.settings import Settings

_CALL_SECONDS = 10.0
_STOP_SECONDS = 10.0
_PORTS_TRIED = 50
_LOOK_SECONDS = 0.05

_LAB_DEFAULTS = {"@jupyterlab/apputils-extension:notification": {"fetchNews": "false"}}
"""Settings of the lab that its users may change: no question about news at the first start."""


class Lab:
    """One JupyterLab process on loopback with a token of its own. Stops with ``close``."""

    def __init__(self, settings: Settings, root: Path, port: int, log: Path, token: str = "") -> None:
        self.token = token or secrets.token_hex(24)
        self.port = free_port(port)
        self.base = f"http://127.0.0.1:{self.port}"
        self.settings = settings
        self.client = Client(self.base, self.token, timeout=_CALL_SECONDS, patience=0.0)
        self._log = log
        command = [
            sys.executable,
            "-m",
            "jupyterlab",
            "--no-browser",
            "--ip=127.0.0.1",
            f"--port={self.port}",
            "--ServerApp.port_retries=0",
            f"--ServerApp.root_dir={root}",
            "--ContentsManager.allow_hidden=True",  # DAG files may lie below .couture
        ]
        if os.getuid() == 0:
            command.append("--allow-root")
        environ = {
            **os.environ,
            **settings.environ(),
            "JUPYTER_TOKEN": self.token,
            "JUPYTER_CONFIG_PATH": os.pathsep.join(
                [str(_write_defaults(settings.home / "lab")), *filter(None, [os.environ.get("JUPYTER_CONFIG_PATH")])]
            ),
        }
        with log.open("ab") as out:
            self._process = subprocess.Popen(
                command, env=environ, stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True
            )

    @property
    def url(self) -> str:
        """Where a person opens the lab, token included."""
        return f"{self.base}/lab?token={self.token}"

    def call(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """One REST call below ``couture/api/``; raises ``Unavailable`` if the server does not answer well."""
        try:
            return self.client.call(method, path, body)
        except ClientError as error:
            status = f"{error.status} " if error.status else ""
            raise Unavailable(what=f"{method} {path}", message=f"{status}{error.message}") from None

    def wait_until_healthy(self, timeout_seconds: float) -> Mapping[str, Any]:
        """The health report once it says healthy; raises ``Unavailable`` with the end of the log if it does not."""
        deadline = time.monotonic() + timeout_seconds
        last = "no answer"
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                raise Unavailable(what="JupyterLab", message=f"it ended at its start:\n{self.last_lines()}")
            try:
                health: Mapping[str, Any] = self.call("GET", "health")
            except Unavailable as error:
                last = str(error)
            else:
                if health["status"] == "healthy":
                    return health
                last = json.dumps(health)
            time.sleep(_LOOK_SECONDS)
        raise Unavailable(what="Jupyter Couture", message=f"not healthy after {timeout_seconds:g} s: {last}")

    def last_lines(self, count: int = 15) -> str:
        """The end of the server's log."""
        return "\n".join(self._log.read_text(errors="replace").splitlines()[-count:])

    def wait(self) -> int:
        """Wait for the end of the process; its exit code."""
        return self._process.wait()

    def kill(self) -> None:
        """SIGKILL the server."""
        self.client.close()
        self._process.kill()
        self._process.wait()

    def close(self) -> None:
        """Stop the server and its kernels."""
        self.client.close()
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()


def _write_defaults(folder: Path) -> Path:
    """Keep the lab's defaults in a Jupyter configuration folder; that folder."""
    (folder / "labconfig").mkdir(parents=True, exist_ok=True)
    (folder / "labconfig" / "default_setting_overrides.json").write_text(json.dumps(_LAB_DEFAULTS, indent=2))
    return folder


def free_port(wanted: int) -> int:
    """``wanted``, or one of the next if it is taken; 0 means any."""
    for port in [wanted] if wanted == 0 else range(wanted, wanted + _PORTS_TRIED):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise Unavailable(what="A port", message=f"none of {wanted} to {wanted + _PORTS_TRIED - 1} is free")
