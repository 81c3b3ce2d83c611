"""Where the processes of one host meet: socket, lock, attempt folders, source text of DAG versions.

The home folder may be shared by several hosts (NFS); socket and lock carry the host in their names. Versions are read
by every host, so either the home is shared or each host has its own copy.
"""

import hashlib
import json
import os
import socket
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from jupyter_couture.model.errors import NotFound
from jupyter_couture.settings import Settings

ORDER = ".order"
"""Ending of the file with what was asked for, written before the start is claimed. When the payload has ended, its
nursery adds a line that says how, and what it said."""
FORKED = ".forked"
"""Ending of the link that is made just before the fork, to a file that names the nursery. It can be made once."""


@dataclass(frozen=True, slots=True)
class VersionSource:
    """The text of a DAG file as one version had it; ``file`` is its path below the DAG folder."""

    file: str
    source: str


@cache
def host_name() -> str:
    """This host, as runner ids and logs name it."""
    return socket.gethostname() or "localhost"


def runner_prefix(settings: Settings) -> str:
    """What the ids of all supervisors of this host and home begin with.

    Two homes may share a host name and a database (containers do); neither may take the other's attempts for its own.
    """
    return f"{host_name()}~{home_tag(settings)}:"


def home_tag(settings: Settings) -> str:
    """A short name for the home folder."""
    return hashlib.sha256(str(settings.home).encode()).hexdigest()[:8]


@cache
def _host_tag() -> str:
    return hashlib.sha256(host_name().encode()).hexdigest()[:6]


def supervisor_socket(settings: Settings) -> Path:
    """Where this host's supervisor listens."""
    return settings.run_dir / f"supervisor-{_host_tag()}.sock"


def desk_socket(settings: Settings) -> Path:
    """Where this host's supervisor answers running attempts."""
    return settings.run_dir / f"desk-{_host_tag()}.sock"


def supervisor_lock(settings: Settings) -> Path:
    """Held by this host's supervisor for as long as it lives."""
    return settings.run_dir / f"supervisor-{_host_tag()}.lock"


def supervisor_log(settings: Settings) -> Path:
    """What supervisor and nurseries say about themselves."""
    return settings.logs_dir / f"supervisor-{_host_tag()}.log"


def attempts_folder(settings: Settings) -> Path:
    """Where this host's attempts have a few small files each, from before their claim until their end is recorded.

    Named ``<attempt id>`` with the endings above. They guard against the crash of a process, not of the machine: after
    that nothing runs, and the ledger knows what did.
    """
    return settings.attempts_dir / _host_tag()


def work_folder(settings: Settings) -> Path:
    """Where payloads have their working directories."""
    return attempts_folder(settings) / "work"


def materialise(settings: Settings, version: str, source: str, file: str) -> Path:
    """Write the source of a version where payload processes find it; does nothing if it is there.

    To be called before an attempt of the version is submitted.
    """
    path = version_path(settings, version)
    if not path.exists():
        write_whole(path, json.dumps({"file": file, "source": source}))
    return path


def version_path(settings: Settings, version: str) -> Path:
    """The file that ``materialise`` writes."""
    return settings.versions_dir / f"{version}.json"


def read_version(settings: Settings, version: str) -> VersionSource:
    """The source of a version; raises ``NotFound`` if it was not materialised on this host."""
    try:
        document = json.loads(version_path(settings, version).read_text())
    except FileNotFoundError:
        raise NotFound(what="source of DAG version", id=version) from None
    return VersionSource(file=document["file"], source=document["source"])


def spare_folder(settings: Settings) -> Path:
    """Where files of settled attempts wait to be used again."""
    return attempts_folder(settings) / "spare"


def write_whole(path: Path, text: str) -> None:
    """Write a file so that readers see all of it or nothing."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.write_text(text, encoding="utf-8", errors="surrogatepass")
    draft.replace(path)


def write_quickly(path: str, data: bytes) -> None:
    """Write a file whose readers can tell when it is not complete: half a JSON text is none."""
    _write(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600), data)


def add_line(path: str, line: bytes) -> None:
    """Add a line to a file; raises ``FileNotFoundError`` if there is none."""
    _write(os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC), line)


def _write(handle: int, data: bytes) -> None:
    try:
        while data:
            data = data[os.write(handle, data) :]
    finally:
        os.close(handle)
