"""DAGs as people see them: the list, one DAG, its graph and code; turning it on and off, reading it anew."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from jupyter_couture.model.dag import DagSpec
from jupyter_couture.model.ids import DagId, VersionHash
from jupyter_couture.model.records import DagLabels, DagPage, DagQuery, DagRow, DagVersion, ImportProblem
from jupyter_couture.ports.bus import BAG, ENGINE, FEED, Publisher
from jupyter_couture.ports.store import ServiceStore
from jupyter_couture.services.versions import SpecCache
from jupyter_couture.services.work import Workers

REFRESH_SECONDS = 3.0
"""How long a refresh waits for the engine to have parsed the file."""

_LOOK_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class DagDetail:
    """A row of the list and all versions, newest first."""

    row: DagRow
    versions: Sequence[tuple[VersionHash, datetime]]


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What a fresh look at a DAG's file gave."""

    dag_id: DagId
    version: VersionHash
    is_changed: bool
    problems: tuple[ImportProblem, ...]


class Dags:
    """Reads and changes DAGs. Every plain method is one or a few store calls and may block."""

    def __init__(self, store: ServiceStore, publisher: Publisher, specs: SpecCache, dags_folder: Path) -> None:
        self._store = store
        self._publisher = publisher
        self._specs = specs
        self._folder = dags_folder

    def page(self, query: DagQuery) -> tuple[DagPage, int]:
        """A page of the list and the feed number it is at least as new as."""
        feed_seq = self._store.feed_position()[1]
        return self._store.list_dags(query), feed_seq

    def labels(self) -> DagLabels:
        """The tags and owners by which the list can be narrowed."""
        return self._store.dag_labels()

    def detail(self, dag_id: DagId) -> DagDetail:
        """One DAG; raises ``NotFound``."""
        return DagDetail(row=self._store.dag_row(dag_id), versions=self._store.dag_versions(dag_id))

    def set_paused(self, dag_id: DagId, is_paused: bool) -> DagRow:
        """Turn a DAG off or on; raises ``NotFound``."""
        self._store.set_paused(dag_id, is_paused)
        self._publisher.publish(ENGINE)
        self._publisher.publish(FEED)
        return self._store.dag_row(dag_id)

    def spec(self, dag_id: DagId, version: VersionHash | None) -> tuple[VersionHash, DagSpec]:
        """The spec of a version, the present one if None; raises ``NotFound``."""
        if version is None:
            found = self._store.dag_version(dag_id)
            return found.version, found.spec
        return version, self._specs.spec(dag_id, version)

    def source(self, dag_id: DagId, version: VersionHash | None) -> DagVersion:
        """A version with its source text; raises ``NotFound``."""
        return self._store.dag_version(dag_id, version)

    def problems(self) -> Sequence[ImportProblem]:
        """Why files could not be loaded, by file."""
        return self._store.import_problems()

    async def refresh(self, dag_id: DagId, workers: Workers) -> Refreshed:
        """Ask the engine to parse the DAG's file now, and wait a little for what comes of it.

        The server itself never opens the file's code. If nothing changes within ``REFRESH_SECONDS``, or the text is
        the one the present version was made from, the answer says so. Raises ``NotFound``.
        """
        before = await workers.run(self._store.dag_version, dag_id)
        problems = await workers.run(self._problems_of, before.spec.file)
        self._publisher.publish(BAG, before.spec.file)
        version, now = before.version, problems
        if not problems and await workers.run(self._is_unchanged, before):
            return Refreshed(dag_id, version, False, problems)
        deadline = asyncio.get_running_loop().time() + REFRESH_SECONDS
        while version == before.version and now == problems and asyncio.get_running_loop().time() < deadline:
            await asyncio.sleep(_LOOK_SECONDS)
            version = (await workers.run(self._store.dag_row, dag_id)).version
            now = await workers.run(self._problems_of, before.spec.file)
        return Refreshed(dag_id, version, version != before.version, now)

    def _problems_of(self, file: str) -> tuple[ImportProblem, ...]:
        return tuple(problem for problem in self._store.import_problems() if problem.file == file)

    def _is_unchanged(self, version: DagVersion) -> bool:
        try:
            data = (self._folder / version.spec.file).read_bytes()
        except OSError:
            return False
        return sha256(data).digest() == sha256(version.source.encode()).digest()
