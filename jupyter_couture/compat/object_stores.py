"""File systems by their protocol and connection, by ``fsspec``: this machine's, and what it has drivers for."""

import importlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from jupyter_couture.authoring.connections import Connection
from jupyter_couture.authoring.hooks.drivers import LibraryMissing, driver
from jupyter_couture.compat.object_paths import SERVER_PROTOCOLS

_ACCOUNTS: Mapping[str, Mapping[str, str]] = {
    "abfs": {"login": "account_name", "password": "account_key"},
    "abfss": {"login": "account_name", "password": "account_key"},
    "s3": {"login": "key", "password": "secret"},
    "s3a": {"login": "key", "password": "secret"},
    "s3n": {"login": "key", "password": "secret"},
}
"""What the drivers of object stores call login and password."""

_SERVERS = {"host": "host", "port": "port", "login": "username", "password": "password"}
_SSH = frozenset({"sftp", "ssh"})
_CLIENT_OPTIONS = ("endpoint_url", "region_name", "verify")


@dataclass(frozen=True)
class ObjectStore:
    """A file system that ``attach`` made known: paths of its protocol and connection use it."""

    protocol: str
    conn_id: str | None = None
    fs: Any = None
    storage_options: Mapping[str, Any] = field(default_factory=dict)


_attached: dict[tuple[str, str | None], ObjectStore] = {}


def attach(
    protocol: str | None = None,
    conn_id: str | None = None,
    alias: str | None = None,
    encryption_type: str | None = "",
    fs: Any = None,
    **kwargs: Any,
) -> ObjectStore:
    """Let paths of ``protocol`` and ``conn_id`` use the file system ``fs``, or one made with ``kwargs``."""
    known = protocol or (alias or "").partition("-")[0]
    if not known:
        raise ValueError("No protocol, alias or fs was given")
    store = ObjectStore(known, conn_id, fs, kwargs)
    _attached[known, conn_id] = store
    return store


def get_fs(
    scheme: str, conn_id: str | None = None, storage_options: Mapping[str, Any] | None = None, *, url: str = ""
) -> Any:
    """The file system of a protocol over a connection; raises ``LibraryMissing`` if it needs a driver.

    Without a connection what ``url`` says of a server counts, for protocols whose addresses name one.
    """
    store = _attached.get((scheme, conn_id))
    if store is not None and store.fs is not None:
        return store.fs
    kind = file_system_class(scheme)
    if conn_id is None:
        told = kind._get_kwargs_from_urls(url)
    else:
        told = {"conn_id": conn_id} if scheme in _SSH else _options_of(scheme, Connection.get(conn_id))
    given = store.storage_options if store is not None else {}
    try:
        return kind(**{**told, **given, **(storage_options or {})})
    except ImportError as error:
        raise LibraryMissing(f"Files at {scheme}:// need a driver that is not installed here: {error}") from None


def has_fs(scheme: str) -> bool:
    """Whether there is a file system of a protocol."""
    try:
        file_system_class(scheme)
    except (LibraryMissing, ValueError):
        return False
    return True


def file_system_class(scheme: str) -> Any:
    """The class of ``fsspec`` for a protocol; raises ``LibraryMissing``, or ``ValueError`` if nobody knows it."""
    if scheme in _SSH:
        driver("paramiko", "SSH")
        return importlib.import_module("jupyter_couture.compat.ssh_files").SshFiles
    fsspec = driver("fsspec", "files elsewhere")
    try:
        return fsspec.get_filesystem_class(scheme)
    except ImportError as error:
        raise LibraryMissing(f"Files at {scheme}:// need a driver that is not installed here: {error}") from None


def _options_of(scheme: str, connection: Connection) -> dict[str, Any]:
    """What a connection says, as the driver of a protocol wants it; its extra is handed on as it is."""
    extra = dict(connection.extra_dejson)
    names = _ACCOUNTS.get(scheme, _SERVERS if scheme in SERVER_PROTOCOLS else {})
    options = {theirs: getattr(connection, ours) for ours, theirs in names.items() if getattr(connection, ours)}
    if scheme.startswith("s3"):
        client = {name: extra.pop(name) for name in _CLIENT_OPTIONS if name in extra}
        if connection.host and "endpoint_url" not in client:
            client["endpoint_url"] = connection.host
        if client:
            extra["client_kwargs"] = {**client, **extra.get("client_kwargs", {})}
        options.setdefault("key", extra.pop("aws_access_key_id", None))
        options.setdefault("secret", extra.pop("aws_secret_access_key", None))
    if scheme in ("gs", "gcs"):
        options["token"] = extra.pop("key_path", None) or extra.pop("keyfile_dict", None)
    return {name: value for name, value in {**options, **extra}.items() if value is not None}
