"""Keeps the store in step with the DAG folder: looks, parses what changed, records."""

import contextlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from threading import Lock

from jupyter_couture.dagbag.discover import Discovery, FoundFile
from jupyter_couture.dagbag.parse import Parser
from jupyter_couture.dagbag.verdict import Candidate
from jupyter_couture.model.ids import DagId
from jupyter_couture.ports.clock import Clock
from jupyter_couture.ports.records import FileState, ImportProblem, ParsedFile
from jupyter_couture.ports.store import BagStore
from jupyter_couture.settings import Settings

_BATCH_FILES = 32
_BATCH_SECONDS = 0.25


@dataclass(frozen=True, slots=True)
class ScanResult:
    """What a look at the folder changed. ``parsed`` counts the files that were executed."""

    changed: tuple[DagId, ...] = ()
    parsed: int = 0
    files: int = 0


@dataclass
class _Round:
    changed: dict[DagId, None] = field(default_factory=dict)
    pending: list[ParsedFile] = field(default_factory=list)
    parsed: int = 0
    recorded_at: float = 0.0


class DagBag:
    """The DAG files of one folder and what the store knows of them. Blocking; one scan at a time."""

    def __init__(self, store: BagStore, parser: Parser, settings: Settings, clock: Clock) -> None:
        self._store = store
        self._parser = parser
        self._clock = clock
        self._paused_at_creation = settings.paused_at_creation
        self._discovery = Discovery(settings.dags_folder)
        self._folder = settings.dags_folder
        self._lock = Lock()

    def scan(self, files: Collection[str] = ()) -> ScanResult:
        """Look at the whole folder, parse what changed, record it.

        ``files`` (paths below the folder) are parsed even if they did not change. A file that is gone is recorded as
        missing; the folder itself being away is taken for trouble with the disk, and changes nothing.
        """
        with self._lock:
            if not self._folder.is_dir():
                return ScanResult()
            known = {state.file: state for state in self._store.file_states()}
            found = self._discovery.look()
            wanted = [item for item in found if self._is_due(item, known.get(item.file), files)]
            work = _Round(recorded_at=self._clock.monotonic())
            for parsed in self._parse(wanted, known):
                self._take(work, parsed)
            present = {item.file for item in found}
            work.pending += [ParsedFile(name, "", is_missing=True) for name in known if name not in present]
            self._record(work)
            return ScanResult(changed=tuple(work.changed), parsed=work.parsed, files=len(found))

    def close(self) -> None:
        """End the parser process."""
        self._parser.close()

    @staticmethod
    def _is_due(found: FoundFile, state: FileState | None, files: Collection[str]) -> bool:
        if found.file in files:
            return True
        if found.is_empty:  # an empty file that never held DAGs is nobody's business
            return state is not None and state.content_hash != found.content_hash
        return state is None or state.content_hash != found.content_hash

    def _parse(self, wanted: list[FoundFile], known: dict[str, FileState]) -> Iterator[ParsedFile]:
        candidates: list[Candidate] = []
        for item in wanted:
            state = known.get(item.file)
            if item.is_empty and state is not None and state.dag_ids:
                yield _half_written(item)
                continue
            candidate = self._discovery.candidate(item)
            if isinstance(candidate, Candidate):
                candidates.append(candidate)
            else:
                yield candidate
        with contextlib.closing(self._parser.parse(candidates)) as results:
            yield from results

    def _take(self, work: _Round, parsed: ParsedFile) -> None:
        work.parsed += 1
        work.pending.append(parsed)
        is_late = self._clock.monotonic() - work.recorded_at > _BATCH_SECONDS
        if is_late or len(work.pending) >= _BATCH_FILES:
            self._record(work)

    def _record(self, work: _Round) -> None:
        if work.pending:
            changed = self._store.record_parse(
                work.pending, self._clock.now(), paused_at_creation=self._paused_at_creation
            )
            work.changed.update(dict.fromkeys(changed))
            work.pending.clear()
        work.recorded_at = self._clock.monotonic()


def _half_written(found: FoundFile) -> ParsedFile:
    """An empty file that held DAGs: its writer has begun, or was killed. Deleting the file is how DAGs are removed."""
    message = "Empty: the file is empty, its DAGs stay as they were; delete the file to remove them"
    problem = ImportProblem(file=found.file, message=message)
    return ParsedFile(found.file, found.content_hash, problems=(problem,))
