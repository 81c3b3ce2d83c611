"""``SSHHook``: commands and tunnels over SSH, with ``paramiko`` (the extra ``ssh``).

Host keys: the key of a host seen for the first time is remembered in ``~/.ssh/known_hosts``, a host whose key is
another one than before is refused. Stricter: ``host_key`` in the connection's extra, or ``no_host_key_check: false``,
which refuses unknown hosts. Laxer, for hosts that are made anew all the time: ``allow_host_key_change: true``.
"""

import getpass
import io
import select
import time
from collections.abc import Mapping, Sequence
from enum import Enum
from pathlib import Path
from typing import Any, ClassVar, Self

from jupyter_couture.authoring.connections import BaseHook, Connection
from jupyter_couture.authoring.hooks.drivers import driver
from jupyter_couture.compat.hooks.ssh_keys import HostKeyPolicy, private_key_in, private_key_of, public_key_of
from jupyter_couture.compat.hooks.ssh_tunnels import SSHTunnel
from jupyter_couture.model.errors import AirflowException, GiveUp, NotFound, Unavailable

SSH_PORT = 22
CONNECT_SECONDS = 10.0
SILENCE_SECONDS = 10.0
_CONNECT_TRIES = 3
_PAUSE_SECONDS = 3.0
_CHUNK_BYTES = 64 * 1024
_LATE_SECONDS = 2.0
"""How long output is waited for after a command has ended; one it left in the background may hold the stream open."""


class _Unset(Enum):
    NOTSET = "not given"


NOTSET: Any = _Unset.NOTSET
"""Says that an argument was not given, where None means something else. Survives copying."""


class SSHHook(BaseHook):
    """Reaches a host by SSH; arguments go before what the connection says.

    Parameters
    ----------
    ssh_conn_id
        Host, port (22), login (the present user) and password; in its extra ``key_file`` or ``private_key`` with
        ``private_key_passphrase``, ``host_key``, ``no_host_key_check``, ``allow_host_key_change``, ``look_for_keys``,
        ``compress``, ``conn_timeout``, ``cmd_timeout``, ``disabled_algorithms``, ``ciphers``, ``host_proxy_cmd``.
    conn_timeout, banner_timeout, auth_timeout
        Seconds to wait for the connection (10), the server's greeting (30), and the login.
    cmd_timeout
        Seconds that a command may be silent (10); None: any time.
    keepalive_interval
        Seconds between signs of life; 0: none.

    ``~/.ssh/config`` may name the key and the proxy command of a host.
    """

    conn_name_attr = "ssh_conn_id"
    default_conn_name = "ssh_default"
    conn_type = "ssh"
    hook_name = "SSH"
    switches: ClassVar[Sequence[str]] = ("compress", "look_for_keys", "no_host_key_check", "allow_host_key_change")

    def __init__(
        self,
        ssh_conn_id: str | None = None,
        remote_host: str | None = "",
        username: str | None = None,
        password: str | None = None,
        key_file: str | None = None,
        port: int | None = None,
        timeout: float | None = None,
        conn_timeout: float | None = None,
        cmd_timeout: float | None = NOTSET,
        keepalive_interval: int = 30,
        banner_timeout: float = 30.0,
        disabled_algorithms: Mapping[str, Any] | None = None,
        ciphers: Sequence[str] | None = None,
        auth_timeout: float | None = None,
        host_proxy_cmd: str | None = None,
    ) -> None:
        super().__init__()
        self.ssh_conn_id = ssh_conn_id
        self.remote_host = remote_host or ""
        self.username = username
        self.password = password
        self.key_file = key_file
        self.port = port
        self.conn_timeout = conn_timeout if conn_timeout is not None else timeout
        self.cmd_timeout = cmd_timeout
        self.keepalive_interval = keepalive_interval
        self.banner_timeout = banner_timeout
        self.auth_timeout = auth_timeout
        self.disabled_algorithms = disabled_algorithms
        self.ciphers = ciphers
        self.host_proxy_cmd = host_proxy_cmd
        self.compress = True
        self.look_for_keys = True
        self.no_host_key_check = True
        self.allow_host_key_change = False
        self.host_key: str | None = None
        self.private_key: str | None = None
        self.private_key_passphrase: str | None = None
        self.client: Any = None
        self._is_settled = False
        try:
            self._settle()
        except (NotFound, Unavailable):
            self.log.debug("Connection %s cannot be had yet; it is asked for again when it is used", ssh_conn_id)

    def get_conn(self) -> Any:
        """An open ``paramiko.SSHClient``, which is also a context manager; the same one while it is open."""
        if self.client is not None:
            transport = self.client.get_transport()
            if transport is not None and transport.is_active():
                return self.client
        self._settle()
        self.client = self._connected()
        return self.client

    def exec_ssh_client_command(
        self,
        ssh_client: Any,
        command: str,
        get_pty: bool = False,
        environment: Mapping[str, str] | None = None,
        timeout: float | None = NOTSET,
    ) -> tuple[int, bytes, bytes]:
        """Run a command to its end, its output going to the log; exit code, standard output, standard error.

        Raises ``AirflowException`` if it is silent for ``timeout`` seconds (that of the hook; None: it may be).
        """
        self.log.info("Running command: %s", command)
        silence = timeout if timeout is not NOTSET else self._silence()
        stdin, stdout, _ = ssh_client.exec_command(
            command, get_pty=get_pty, timeout=silence, environment=dict(environment) if environment else None
        )
        stdin.close()
        channel = stdout.channel
        channel.shutdown_write()
        try:
            return self._read_to_end(channel, silence)
        finally:
            channel.close()

    def get_tunnel(self, remote_port: int, remote_host: str = "localhost", local_port: int | None = None) -> SSHTunnel:
        """A forwarding of ``local_port`` (0 or None: any free one) here to a port over there; see ``SSHTunnel``."""
        return SSHTunnel(self.get_conn, (remote_host, remote_port), local_port or 0)

    def create_tunnel(self, local_port: int, remote_port: int, remote_host: str = "localhost") -> SSHTunnel:
        """As ``get_tunnel``, by its older name and order."""
        return self.get_tunnel(remote_port, remote_host, local_port)

    def test_connection(self) -> tuple[bool, str]:
        """Whether the host can be reached, and what is wrong if not."""
        try:
            with self.get_conn() as client:
                client.exec_command("pwd")
        except Exception as error:  # noqa: BLE001  # the answer to the question
            return False, str(error)
        return True, "Connection successfully tested"

    def close(self) -> None:
        """Close the connection, if there is one."""
        if self.client is not None:
            self.client.close()
            self.client = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __getstate__(self) -> dict[str, Any]:
        """Without the open connection, which stays where it is."""
        return {**vars(self), "client": None}

    def _settle(self) -> None:
        """Read the connection, once; raises ``NotFound``, ``AirflowException``."""
        if self._is_settled:
            return
        if self.ssh_conn_id is not None:
            self._read(self.get_connection(self.ssh_conn_id))
        if not self.remote_host:
            raise AirflowException("Missing required param: remote_host")
        if self.private_key and self.key_file:
            raise AirflowException("Params key_file and private_key both provided.  Must provide no more than one.")
        self.username = self.username or getpass.getuser()
        self.port = self.port or SSH_PORT
        if self.conn_timeout is None:
            self.conn_timeout = CONNECT_SECONDS
        self._is_settled = True

    def _read(self, connection: Connection) -> None:
        extra = connection.extra_dejson
        self.username = self.username or connection.login
        self.password = self.password or connection.password
        self.remote_host = self.remote_host or connection.host or ""
        self.port = self.port or connection.port
        for name in ("key_file", "disabled_algorithms", "ciphers", "host_proxy_cmd"):
            if getattr(self, name) is None:
                setattr(self, name, extra.get(name))
        for name in ("private_key", "private_key_passphrase", "host_key"):
            setattr(self, name, extra.get(name))
        if self.conn_timeout is None and (extra.get("conn_timeout") or extra.get("timeout")):
            self.conn_timeout = float(extra.get("conn_timeout") or extra["timeout"])
        if self.cmd_timeout is NOTSET and "cmd_timeout" in extra:
            self.cmd_timeout = float(extra["cmd_timeout"]) if extra["cmd_timeout"] else None
        for name in self.switches:
            if name in extra:
                setattr(self, name, str(extra[name]).lower() == "true")
        if self.host_key is not None:
            if "no_host_key_check" in extra and self.no_host_key_check:
                raise ValueError("Must check host key when provided")
            self.no_host_key_check = False

    def _silence(self) -> float | None:
        return SILENCE_SECONDS if self.cmd_timeout is NOTSET else self.cmd_timeout

    def _connected(self) -> Any:
        paramiko = driver("paramiko", "SSH")
        configured = self._configured(paramiko)
        wanted = {
            "hostname": self.remote_host,
            "port": self.port,
            "username": self.username,
            "password": self.password.strip() if self.password else None,
            "pkey": self._key(configured["key_file"]),
            "timeout": self.conn_timeout,
            "banner_timeout": self.banner_timeout,
            "auth_timeout": self.auth_timeout,
            "compress": self.compress,
            "look_for_keys": self.look_for_keys,
            "disabled_algorithms": self.disabled_algorithms,
        }
        client = self._opened(paramiko, wanted, configured["proxy"])
        transport = client.get_transport()
        if self.keepalive_interval:
            transport.set_keepalive(self.keepalive_interval)
        if self.ciphers:
            transport.get_security_options().ciphers = list(self.ciphers)
        return client

    def _key(self, configured: str | None) -> Any:
        """The private key to log in with, if one is named; without a passphrase the password opens it."""
        passphrase = self.private_key_passphrase or self.password
        if self.private_key:
            return private_key_of(self.private_key, passphrase)
        place = self.key_file or configured
        return private_key_in(Path(place).expanduser(), passphrase) if place else None

    def _opened(self, paramiko: Any, wanted: Mapping[str, Any], proxy: str | None) -> Any:
        """A client that is connected; what may pass by itself is tried again."""
        final = (paramiko.AuthenticationException, paramiko.BadHostKeyException, GiveUp)
        tries = 0
        while True:
            client = self._client(paramiko)
            tries += 1
            try:
                client.connect(**wanted, sock=paramiko.ProxyCommand(proxy) if proxy else None)
            except (paramiko.SSHException, OSError, EOFError, GiveUp) as error:
                client.close()
                if isinstance(error, final) or tries == _CONNECT_TRIES:
                    raise
                self.log.info("No connection to %s: %s; trying again", self.remote_host, error)
                time.sleep(_PAUSE_SECONDS)
            else:
                return client

    def _client(self, paramiko: Any) -> Any:
        client = paramiko.SSHClient()
        if self.allow_host_key_change:
            self.log.warning("The key of %s is not looked at: anybody could pose as it", self.remote_host)
            client.set_missing_host_key_policy(paramiko.MissingHostKeyPolicy())
            return client
        if self.host_key is not None:
            key = public_key_of(self.host_key)
            place = self.remote_host if self.port == SSH_PORT else f"[{self.remote_host}]:{self.port}"
            client.get_host_keys().add(place, key.get_name(), key)
        else:
            client.load_system_host_keys()
        client.set_missing_host_key_policy(HostKeyPolicy(is_trusted=self.no_host_key_check))
        return client

    def _configured(self, paramiko: Any) -> dict[str, Any]:
        """What ``~/.ssh/config`` says of the host: its key, if none is given otherwise, and its proxy."""
        found: Mapping[str, Any] = {}
        path = Path.home() / ".ssh" / "config"
        if path.is_file():
            config = paramiko.SSHConfig()
            config.parse(io.StringIO(path.read_text()))
            found = config.lookup(self.remote_host)
        has_key = bool(self.password or self.key_file or self.private_key)
        key_file = None if has_key else next(iter(found.get("identityfile", ())), None)
        return {"key_file": key_file, "proxy": self.host_proxy_cmd or found.get("proxycommand")}

    def _read_to_end(self, channel: Any, silence: float | None) -> tuple[int, bytes, bytes]:
        told = {"stdout": _Told(self.log), "stderr": _Told(self.log)}
        heard = time.monotonic()
        while True:
            is_over = channel.exit_status_ready() or channel.closed
            got = False
            while channel.recv_ready():
                got = told["stdout"].hear(channel.recv(_CHUNK_BYTES)) or got
            while channel.recv_stderr_ready():
                got = told["stderr"].hear(channel.recv_stderr(_CHUNK_BYTES)) or got
            now = time.monotonic()
            if got:
                heard = now
            elif is_over and (channel.eof_received or channel.closed or now - heard > _LATE_SECONDS):
                break
            elif silence is not None and now - heard > silence:
                raise AirflowException(f"SSH command timed out: it was silent for {silence:g} s")
            elif channel.eof_received:
                channel.status_event.wait(0.1)
            else:
                select.select([channel], [], [], 0.1)
        return channel.recv_exit_status(), told["stdout"].end(), told["stderr"].end()


class _Told:
    """One stream of a command: kept as it is, and written to the log line by line."""

    def __init__(self, log: Any) -> None:
        self._log = log
        self._all: list[bytes] = []
        self._line = b""

    def hear(self, chunk: bytes) -> bool:
        """Take what came; whether it was anything."""
        self._all.append(chunk)
        *lines, self._line = (self._line + chunk).split(b"\n")
        for line in lines:
            self._log.info("%s", line.decode("utf-8", "replace").rstrip())
        return bool(chunk)

    def end(self) -> bytes:
        """All of it."""
        if self._line:
            self._log.info("%s", self._line.decode("utf-8", "replace").rstrip())
        return b"".join(self._all)
