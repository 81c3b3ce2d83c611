"""``DockerHook``: a Docker engine, by Docker's own client (the extra ``docker``)."""

import os
import socket
from collections.abc import Sequence
from functools import cached_property
from typing import Any

from jupyter_couture.authoring.connections import BaseHook, Connection
from jupyter_couture.authoring.hooks.drivers import driver
from jupyter_couture.model.errors import AirflowException

DEFAULT_URL = "unix://var/run/docker.sock"
TIMEOUT_SECONDS = 60


class DockerHook(BaseHook):
    """Reaches an engine and, if ``docker_conn_id`` is given, logs in to the registry that connection names.

    Parameters
    ----------
    base_url
        Address of the engine, or several of which the first that answers is taken: ``unix://...``, ``tcp://host:2375``.
        By default the environment's ``DOCKER_HOST``, else the socket of this machine.
    version
        Of the engine's API; ``auto`` and None: the newest that both know.
    tls
        True, or a ``docker.tls.TLSConfig``.
    """

    conn_name_attr = "docker_conn_id"
    default_conn_name = "docker_default"
    conn_type = "docker"
    hook_name = "Docker"

    def __init__(
        self,
        docker_conn_id: str | None = default_conn_name,
        base_url: str | Sequence[str] | None = None,
        version: str | None = None,
        tls: Any = None,
        timeout: int = TIMEOUT_SECONDS,
    ) -> None:
        super().__init__()
        given = base_url or os.environ.get("DOCKER_HOST") or DEFAULT_URL
        urls = [given] if isinstance(given, str) else list(given)
        self.docker_conn_id = docker_conn_id
        self.base_urls = [url.replace("tcp://", "https://", 1) if tls else url for url in urls]
        self.version = version
        self.tls = tls or False
        self.timeout = timeout

    @staticmethod
    def construct_tls_config(
        ca_cert: str | None = None,
        client_cert: str | None = None,
        client_key: str | None = None,
        verify: bool = True,
        assert_hostname: str | bool | None = None,
        ssl_version: str | None = None,
    ) -> Any:
        """What ``tls`` is made of: paths of PEM files. False, for a connection in clear, if none is given.

        Raises ``AirflowException`` for one of certificate and key without the other. The engine's name and the version
        of TLS are looked at as Docker's client does, whatever the last two arguments say.
        """
        if bool(client_cert) != bool(client_key):
            raise AirflowException("Docker over TLS needs both tls_client_cert and tls_client_key, or neither")
        if not (ca_cert or client_cert):
            return False
        client = (client_cert, client_key) if client_cert else None
        return driver("docker.tls", "Docker").TLSConfig(ca_cert=ca_cert, client_cert=client, verify=verify)

    @cached_property
    def api_client(self) -> Any:
        """A ``docker.APIClient`` of an engine that answers; raises ``AirflowException`` if none does."""
        docker = driver("docker", "Docker")
        reasons = []
        for url in self.base_urls:
            try:
                _knock(url)
                client = docker.APIClient(base_url=url, version=self.version, tls=self.tls, timeout=self.timeout)
                client.ping()
            except (docker.errors.DockerException, OSError) as error:
                reasons.append(f"{url} ({' '.join(str(error).split())})")
            else:
                if self.docker_conn_id:
                    self._log_in(client, self.get_connection(self.docker_conn_id))
                return client
        raise AirflowException(f"No Docker engine answers where this task runs: {'; '.join(reasons)}")

    @property
    def client_created(self) -> bool:
        """Whether an engine was reached already."""
        return "api_client" in vars(self)

    def get_conn(self) -> Any:
        """As ``api_client``."""
        return self.api_client

    def _log_in(self, client: Any, connection: Connection) -> None:
        if not connection.host or not connection.login:
            raise AirflowException(f"Connection {connection.conn_id!r} needs a registry as its host, and a login")
        registry = f"{connection.host}:{connection.port}" if connection.port else connection.host
        self.log.info("Logging in to the registry %s", registry)
        extra = connection.extra_dejson
        client.login(
            username=connection.login,
            password=connection.password,
            registry=registry,
            email=extra.get("email") or None,
            reauth=str(extra.get("reauth", True)).lower() not in ("false", "no", "n", "off", "f", "0"),
        )


def _knock(url: str) -> None:
    """Raise ``OSError`` if nobody listens at a socket of this machine: Docker's client tells that at great length."""
    if url.startswith("unix://"):
        path = url.removeprefix("unix://")
        with socket.socket(socket.AF_UNIX) as knocking:
            knocking.connect(path if path.startswith("/") else f"/{path}")
