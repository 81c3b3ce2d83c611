"""Keeps the store in step with the DAG folder: looks, parses what changed, records."""

from collections.abc import Callable, Collection, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from threading import Lock

from jupyter_couture.dagbag.discover import Discovery, FoundFile
from jupyter_couture.dagbag.parse import LOST, Parser
from jupyter_couture.dagbag.verdict import Candidate
from jupyter_couture.model.ids import DagId
from jupyter_couture.model.records import FileState, ImportProblem, ParsedFile
from jupyter_couture.ports.clock import Clock
from jupyter_couture.ports.store import BagStore
from jupyter_couture.ports.timetables import TimetableAnswer, TimetableQuestion
from jupyter_couture.settings import Settings

_BATCH_FILES = 32
_BATCH_SECONDS = 0.25


@dataclass
class _Scan:
    """One look at the folder and what follows from it.

    ``hashes`` say for each known file which content was recorded last or is being parsed now; ``holders`` are the files
    that held DAGs.
    """

    hashes: dict[str, str]
    holders: frozenset[str]
    present: frozenset[str] = frozenset()
    pending: list[ParsedFile] = field(default_factory=list)
    changed: dict[DagId, None] = field(default_factory=dict)
    looked_at: float = 0.0
    recorded_at: float = 0.0


def _nothing(changed: Sequence[DagId]) -> None:
    """Nobody wants to know before the scan is over."""


class DagBag:
    """The DAG files of one folder and what the store knows of them. Blocking; one scan at a time.

    ``on_change`` is told the DAG ids of each step that was recorded, while the scan goes on.
    """

    def __init__(
        self,
        store: BagStore,
        parser: Parser,
        settings: Settings,
        clock: Clock,
        on_change: Callable[[Sequence[DagId]], None] = _nothing,
    ) -> None:
        self._store = store
        self._parser = parser
        self._clock = clock
        self._on_change = on_change
        self._paused_at_creation = settings.paused_at_creation
        self._folder = settings.dags_folder
        self._discovery = Discovery(self._folder)
        self._lock = Lock()
        self._has_scanned = False

    def scan(self, files: Collection[str] | None = None) -> Sequence[DagId]:
        """Look at the whole folder, parse what changed, record it; the ids of the DAGs that changed.

        ``files`` (paths below the folder) are parsed even if they did not change, and so are those that were told the
        value of a variable that has changed. Files that change meanwhile are seen
        to in the same scan, so that one slow file holds up no other. A file that is gone is recorded as missing; the
        folder itself being away is taken for trouble with the disk, and changes nothing.
        """
        with self._lock:
            if not self._folder.is_dir():
                return ()
            known = self._store.file_states()
            scan = _Scan(
                hashes={state.file: state.content_hash for state in known},
                holders=frozenset(state.file for state in known if state.dag_ids),
                recorded_at=self._clock.monotonic(),
            )
            forced = {*(files or ()), *self._parser.answers.outdated(), *self._troubled(known)}
            with closing(self._parser.parse(self._look(scan, forced), lambda: self._look_again(scan))) as results:
                for parsed in results:
                    self._take(scan, parsed)
            if self._folder.is_dir():
                scan.pending += [ParsedFile(file, "", is_missing=True) for file in scan.hashes.keys() - scan.present]
            self._record(scan)
            return tuple(scan.changed)

    def ask_timetable(self, question: TimetableQuestion) -> TimetableAnswer:
        """What a DAG's own timetable says of its next runs."""
        return self._parser.ask_timetable(question)

    def close(self) -> None:
        """End the parser process; a scan in another thread ends with what it has."""
        self._parser.close()

    def _troubled(self, known: Sequence[FileState]) -> frozenset[str]:
        """At the first scan, the files with problems: a variable that one of them missed may be there now."""
        if self._has_scanned:
            return frozenset()
        self._has_scanned = True
        return frozenset(state.file for state in known if state.problems)

    def _look(self, scan: _Scan, forced: Collection[str]) -> list[Candidate]:
        """What has to be parsed now. Files that cannot be read go to ``scan.pending`` at once."""
        found = self._discovery.look()
        scan.present = frozenset(item.file for item in found)
        scan.looked_at = self._clock.monotonic()
        candidates: list[Candidate] = []
        for item in found:
            if not _is_due(item, scan, forced):
                continue
            candidate = self._discovery.candidate(item) if not item.is_empty else _half_written(item)
            if isinstance(candidate, Candidate):
                scan.hashes[item.file] = candidate.content_hash
                candidates.append(candidate)
            else:
                scan.hashes[item.file] = item.content_hash
                scan.pending.append(replace(candidate, content_hash=item.content_hash))
        return candidates

    def _look_again(self, scan: _Scan) -> list[Candidate]:
        if self._clock.monotonic() - scan.looked_at < _BATCH_SECONDS or not self._folder.is_dir():
            return []
        return self._look(scan, ())

    def _take(self, scan: _Scan, parsed: ParsedFile | None) -> None:
        """Keep a result, unless the file has changed since; record when there are some or nothing more comes."""
        if parsed is not None and parsed.content_hash in (LOST, scan.hashes.get(parsed.file)):
            scan.pending.append(parsed)
        is_late = self._clock.monotonic() - scan.recorded_at > _BATCH_SECONDS
        if parsed is None or is_late or len(scan.pending) >= _BATCH_FILES:
            self._record(scan)

    def _record(self, scan: _Scan) -> None:
        if scan.pending:
            parsed, scan.pending = scan.pending, []
            changed = self._store.record_parse(parsed, self._clock.now(), paused_at_creation=self._paused_at_creation)
            scan.changed.update(dict.fromkeys(changed))
            if changed:
                self._on_change(changed)
        scan.recorded_at = self._clock.monotonic()


def _is_due(found: FoundFile, scan: _Scan, forced: Collection[str]) -> bool:
    if found.is_empty and found.file not in scan.holders:  # an empty file that never held DAGs is nobody's business
        return False
    return found.file in forced or scan.hashes.get(found.file) != found.content_hash


def _half_written(found: FoundFile) -> ParsedFile:
    """An empty file that held DAGs: its writer has begun, or was killed. Deleting the file is how DAGs are removed."""
    message = "Empty: the file is empty, its DAGs stay as they were; delete the file to remove them"
    problem = ImportProblem(file=found.file, message=message)
    return ParsedFile(found.file, found.content_hash, problems=(problem,))
