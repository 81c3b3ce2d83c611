"""An SSH server of the tests' own: OpenSSH on a free port of this machine, with throw-away keys."""

import getpass
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

START_TIMEOUT_SECONDS = 30
PRIVILEGE_SEPARATION = Path("/run/sshd")  # a server that root starts insists on it


@dataclass(frozen=True)
class SshServer:
    """A running server. ``key_file`` is the private key that it lets in, ``host_key`` its own public key's file."""

    port: int
    user: str
    key_file: Path
    host_key: Path

    @property
    def public_key(self) -> str:
        """Kind and base64 text of its key, as in ``known_hosts``."""
        return " ".join(self.host_key.read_text().split()[:2])


@contextmanager
def running_sshd(folder: Path, *, host_key_type: str = "ed25519") -> Iterator[SshServer]:
    """Start a server whose files are in ``folder``, yield it and stop it."""
    program = shutil.which("sshd", path=f"{os.environ['PATH']}:/usr/sbin:/sbin:/usr/local/sbin")
    if program is None:
        raise RuntimeError("OpenSSH's server is not installed; `make test` installs it (Debian: openssh-server)")
    folder.mkdir(parents=True, exist_ok=True)
    for name, kind in (("host", host_key_type), ("user", "ed25519")):
        command = ["ssh-keygen", "-q", "-t", kind, "-N", "", "-C", "", "-f", str(folder / name)]
        subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
    port = _free_port()
    settings = {
        "ListenAddress": "127.0.0.1",
        "Port": port,
        "HostKey": folder / "host",
        "AuthorizedKeysFile": folder / "user.pub",
        "PidFile": "none",
        "UsePAM": "no",
        "StrictModes": "no",
        "PasswordAuthentication": "no",
        "KbdInteractiveAuthentication": "no",
        "PermitRootLogin": "yes",
        "AcceptEnv": "COUTURE_*",
        "Subsystem": "sftp internal-sftp",
    }
    (folder / "config").write_text("".join(f"{name} {value}\n" for name, value in settings.items()))
    if os.geteuid() == 0:
        PRIVILEGE_SEPARATION.mkdir(mode=0o755, exist_ok=True)
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            [program, "-D", "-e", "-f", str(folder / "config")],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        _wait_until_it_answers(port, server, folder / "log")
        yield SshServer(port, getpass.getuser(), folder / "user", folder / "host.pub")
    finally:
        server.terminate()
        server.wait(START_TIMEOUT_SECONDS)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
    return port


def _wait_until_it_answers(port: int, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_TIMEOUT_SECONDS
    while True:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1) as probe:
                if probe.recv(4) == b"SSH-":
                    return
        except OSError:
            pass
        if server.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"sshd did not start:\n{log.read_text(errors='replace')[-4000:]}")
        time.sleep(0.05)
