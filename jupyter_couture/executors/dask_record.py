"""What is known of a running pool: ``pool.json`` in the run folder, written by its keeper.

The file is a hint. It is believed only while the very process that wrote it lives: process id, start time and boot must
agree, so an id that the system gave to somebody else convinces nobody.
"""

import hashlib
import json
import sys
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path

from jupyter_couture.executors.tls import TlsFiles
from jupyter_couture.model.codec import from_document, to_document
from jupyter_couture.model.errors import InvalidRequest
from jupyter_couture.runtime.places import write_whole
from jupyter_couture.runtime.processes import is_alive
from jupyter_couture.settings import Settings

POOL_FILE = "pool.json"
CLUSTER_FILE = "cluster.json"
DASHBOARD_SOCKET = "dask-dashboard.sock"
LOCK_FILE = "pool.lock"
"""Held by the keeper for as long as it lives."""
DELIVERIES = "3"
"""Changes with what an executor and the tasks in the workers say to each other."""
ALREADY_KEPT = 75
"""Exit code of a keeper that found the lock taken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeRecord:
    """A process of the pool; ``identity`` is empty while it is being replaced."""

    name: str
    identity: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolRecord:
    """A pool as its keeper last described it.

    ``generation`` counts the schedulers it has had; ``dashboard`` is the path of the dashboard's socket, or empty.
    """

    address: str
    keeper: str
    fingerprint: str
    generation: int
    workers: int
    slots_per_worker: int
    nodes: tuple[NodeRecord, ...] = ()
    dashboard: str = ""

    @classmethod
    def read(cls, run_dir: Path) -> "PoolRecord | None":
        """The record of a pool whose keeper lives, else None."""
        try:
            record = from_document(cls, json.loads((run_dir / POOL_FILE).read_text()))
        except (OSError, ValueError, InvalidRequest):
            return None
        return record if is_alive(record.keeper) else None

    @classmethod
    def remove(cls, run_dir: Path, keeper: str) -> None:
        """Forget the pool, if the file still speaks of this keeper's."""
        record = cls.read(run_dir)
        if record is not None and record.keeper == keeper:
            (run_dir / POOL_FILE).unlink(missing_ok=True)

    def write(self, run_dir: Path) -> None:
        """Publish; readers see the old record or the new one, never a part."""
        write_whole(run_dir / POOL_FILE, json.dumps(to_document(self), indent=1))


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterRecord:
    """A cluster of somebody else, as the executor that is connected to it found it: where its dashboard answers."""

    address: str
    dashboard: str

    @classmethod
    def read(cls, run_dir: Path) -> "ClusterRecord | None":
        """What was found last, if anything."""
        try:
            return from_document(cls, json.loads((run_dir / CLUSTER_FILE).read_text()))
        except (OSError, ValueError, InvalidRequest):
            return None

    def write(self, run_dir: Path) -> None:
        """Publish."""
        write_whole(run_dir / CLUSTER_FILE, json.dumps(to_document(self), indent=1))


def fingerprint(settings: Settings) -> str:
    """What a pool must have in common with those who use it; a pool with another one is replaced.

    Replacing costs a second and harms no attempt: a running one is joined by its next delivery.
    """
    certificate = TlsFiles.of(settings.tls_dir).certificate
    parts = (
        *versions(),
        DELIVERIES,
        str(settings.workers),
        str(settings.slots_per_worker),
        str(settings.dask_dashboard),
        hashlib.sha256(certificate.read_bytes()).hexdigest() if certificate.exists() else "",
    )
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


@cache
def versions() -> tuple[str, str, str]:
    """Of Python (without the patch number), Dask and Couture: what both ends of an attempt's delivery must share."""
    return (
        f"python {sys.version_info.major}.{sys.version_info.minor}",
        f"distributed {version('distributed')}",
        f"jupyter-couture {version('jupyter-couture')}",
    )
