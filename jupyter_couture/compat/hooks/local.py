"""Hooks for this machine: folders, programs, and where Python packages come from."""

import logging
import os
import signal
import subprocess
from collections import namedtuple
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from jupyter_couture.authoring.connections import BaseHook
from jupyter_couture.authoring.endpoints import index_address

_log = logging.getLogger(__name__)

SubprocessResult = namedtuple("SubprocessResult", ["exit_code", "output"])  # compared with tuples
"""How a program ended, and the last line it wrote."""


class FSHook(BaseHook):
    """A folder: the ``path`` in the extra of ``fs_conn_id``."""

    conn_name_attr = "fs_conn_id"
    default_conn_name = "fs_default"
    conn_type = "fs"
    hook_name = "File (path)"

    def __init__(self, fs_conn_id: str = default_conn_name, **kwargs: Any) -> None:
        super().__init__()
        connection = self.get_connection(fs_conn_id)
        self.basepath = str(connection.extra_dejson.get("path", ""))
        self.conn = connection

    def get_conn(self) -> None:
        """There is nothing to connect to."""

    def get_path(self) -> str:
        """The folder; empty if the connection names none."""
        return self.basepath

    def test_connection(self) -> tuple[bool, str]:
        """Whether the folder is there."""
        path = self.get_path()
        if not path:
            return False, "File Path is undefined."
        return (True, f"Path {path} is existing.") if Path(path).exists() else (False, f"Path {path} does not exist.")


class SubprocessHook(BaseHook):
    """Runs programs; their output goes to the log."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__()
        self.sub_process: subprocess.Popen[bytes] | None = None

    def run_command(
        self,
        command: Sequence[str],
        env: Mapping[str, str] | None = None,
        output_encoding: str = "utf-8",
        cwd: str | None = None,
    ) -> SubprocessResult:
        """Run a program to its end; ``env`` replaces the environment, ``cwd`` None: in a temporary folder."""
        with TemporaryDirectory(prefix="airflowtmp") as folder:
            self.log.info("Running command: %s", list(command))
            process = self.sub_process = subprocess.Popen(
                list(command),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                cwd=cwd or folder,
                env=dict(env) if env is not None else None,
                start_new_session=True,
            )
            last = ""
            with process:
                for line in process.stdout or ():
                    last = line.decode(output_encoding, "backslashreplace").rstrip()
                    self.log.info("%s", last)
            self.log.info("Command exited with return code %s", process.returncode)
        return SubprocessResult(process.returncode, last)

    def send_sigterm(self) -> None:
        """Ask the program, and what it started, to end."""
        if self.sub_process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.sub_process.pid, signal.SIGTERM)


class PackageIndexHook(BaseHook):
    """Where Python packages are installed from: the host (an address) of ``pi_conn_id``, with its login."""

    conn_name_attr = "pi_conn_id"
    default_conn_name = "package_index_default"
    conn_type = "package_index"
    hook_name = "Package Index (Python)"

    def __init__(self, pi_conn_id: str = default_conn_name, **kwargs: Any) -> None:
        super().__init__()
        self.pi_conn_id = pi_conn_id

    def get_conn(self) -> str:
        """As ``get_connection_url``."""
        return self.get_connection_url()

    def get_connection_url(self) -> str:
        """The address, with the login in it; raises ``ValueError`` if the connection has none."""
        connection = self.get_connection(self.pi_conn_id)
        if not connection.host:
            raise ValueError("Please provide an index URL.")
        return index_address(connection)
