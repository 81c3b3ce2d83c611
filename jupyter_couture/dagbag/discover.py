"""Finds the files of a DAG folder that may hold DAGs, and reads them.

A file's hash covers its bytes and those of the modules of the DAG folder it imports, so that a changed helper counts as
a change of every DAG file that uses it.
"""

import hashlib
import os
import stat
import time
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import TypeAlias

from jupyter_couture.authoring.readable import text_of
from jupyter_couture.authoring.sources import decode_source
from jupyter_couture.dagbag.local_imports import imported_files
from jupyter_couture.dagbag.verdict import Candidate, broken
from jupyter_couture.model.records import ParsedFile

IGNORE_FILE = ".coutureignore"
"""File of glob patterns, one a line, for what of its folder is no DAG file; ``#`` starts a comment."""

MAX_SOURCE_BYTES = 8 * 1024**2

_SKIPPED_FOLDERS = frozenset({"__pycache__", "node_modules"})
_UNSETTLED_NANOSECONDS = 2_000_000_000

_Stamp: TypeAlias = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class _Seen:
    stamp: _Stamp
    digest: str
    mentions_dag: bool
    is_empty: bool
    imports: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file that may hold DAGs. ``is_empty``: nothing is in it, which a writer may be about to change."""

    file: str
    path: Path
    content_hash: str
    is_empty: bool = False


class Discovery:
    """Looks through one DAG folder; remembers what it read, so that another look only asks for times and sizes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._seen: dict[Path, _Seen] = {}

    def look(self) -> list[FoundFile]:
        """The files that may hold DAGs, sorted by name. Reads only what changed since the last look."""
        return [found for path in sorted(python_files(self._folder)) if (found := self._find(path)) is not None]

    def _find(self, path: Path) -> FoundFile | None:
        seen = self._read(path)
        if seen is None or not (seen.mentions_dag or seen.is_empty):
            return None
        digests = [seen.digest, *self._imported_digests(path)]
        content_hash = digests[0] if len(digests) == 1 else _combined(digests)
        return FoundFile(relative_name(path, self._folder), path, content_hash, seen.is_empty)

    def candidate(self, found: FoundFile) -> Candidate | ParsedFile:
        """The file, read for parsing; a result at once if it cannot be read."""
        return read_candidate(found.path, self._folder, self._imported_digests(found.path))

    def _imported_digests(self, path: Path) -> tuple[str, ...]:
        """Hashes of all modules of the folder that the file imports, directly or not, by path."""
        reached: dict[Path, str] = {}
        first = self._read(path)
        pending = list(first.imports) if first is not None else []
        while pending:
            module = pending.pop()
            if module in reached or module == path:
                continue
            seen = self._read(module)
            if seen is not None:
                reached[module] = seen.digest
                pending += seen.imports
        return tuple(reached[module] for module in sorted(reached))

    def _read(self, path: Path) -> _Seen | None:
        try:
            facts = path.stat()
        except OSError:
            self._seen.pop(path, None)
            return None
        if not stat.S_ISREG(facts.st_mode):
            return None
        stamp = (facts.st_ctime_ns, facts.st_size, facts.st_ino)
        seen = self._seen.get(path)
        if seen is not None and seen.stamp == stamp:
            return seen
        data = _contents(path, facts.st_size)
        seen = _Seen(
            stamp=stamp,
            digest=hashlib.sha256(data).hexdigest(),
            mentions_dag=b"dag" in data.lower(),
            is_empty=not data.strip(),
            imports=imported_files(data, path, self._folder),
        )
        # A file written a moment ago may be written again without a new time: such a stamp proves nothing.
        if abs(time.time_ns() - facts.st_ctime_ns) > _UNSETTLED_NANOSECONDS:
            self._seen[path] = seen
        return seen


def _contents(path: Path, size: int) -> bytes:
    """The bytes of the file. What stands for one that cannot be read mentions DAGs, so that parsing it tells why."""
    if size > MAX_SOURCE_BYTES:
        return b"dag of %d bytes" % size
    try:
        return path.read_bytes()
    except OSError as error:
        return b"dag: " + str(error).encode("utf-8", "replace")


def folder_of(path: Path, dags_folder: Path) -> Path:
    """The DAG folder of the file at ``path``, which may lie anywhere: where its imports begin.

    ``dags_folder`` if the file lies in it, else the nearest folder above called ``dags``, else the folder of the file,
    or of the package that the file is part of.
    """
    if path.is_relative_to(dags_folder):
        return dags_folder
    named = next((folder for folder in path.parents if folder.name == "dags"), None)
    return named or next(folder for folder in path.parents if not (folder / "__init__.py").exists())


def read_candidate(path: Path, folder: Path, imported: tuple[str, ...] = ()) -> Candidate | ParsedFile:
    """Read the file at ``path`` for parsing; if that fails, the result that says why."""
    file = relative_name(path, folder)
    nothing = Candidate(file=file, path=str(path), source="", content_hash="")
    try:
        facts = path.stat()
        if not stat.S_ISREG(facts.st_mode):
            return broken(nothing, f"NotAFile: {path.name} is not a regular file")
        if facts.st_size > MAX_SOURCE_BYTES:
            return broken(nothing, f"TooLarge: the file has {facts.st_size} bytes, more than {MAX_SOURCE_BYTES}")
        data = path.read_bytes()
    except OSError as error:
        return broken(nothing, f"{type(error).__name__}: {error.strerror}: {path}")
    digests = [hashlib.sha256(data).hexdigest(), *imported]
    content_hash = digests[0] if len(digests) == 1 else _combined(digests)
    known = Candidate(file=file, path=str(path), source="", content_hash=content_hash, imported=imported)
    try:
        return Candidate(file, str(path), decode_source(data), content_hash, imported)
    except SyntaxError as error:
        return broken(known, f"SyntaxError: {error.msg}", error.lineno)


def _combined(digests: list[str]) -> str:
    return hashlib.sha256("".join(digests).encode()).hexdigest()


def relative_name(path: Path, folder: Path) -> str:
    """The path below ``folder`` with forward slashes, as everybody names the file; just the name if it is elsewhere."""
    return text_of(path.relative_to(folder).as_posix() if path.is_relative_to(folder) else path.name)


def python_files(folder: Path) -> Iterator[Path]:
    """The Python files below ``folder``: not hidden, not in caches, not named by an ignore file. Links are followed."""
    yield from _walk(folder, (), frozenset())


def _walk(folder: Path, ignored: tuple[tuple[Path, str], ...], above: frozenset[str]) -> Iterator[Path]:
    real = os.path.realpath(folder)
    if real in above:  # a link that leads back
        return
    ignored = (*ignored, *((folder, pattern) for pattern in _patterns(folder / IGNORE_FILE)))
    try:
        entries = list(os.scandir(folder))
    except OSError:
        return
    for entry in entries:
        path = Path(entry.path)
        if entry.name.startswith(".") or _is_ignored(path, ignored):
            continue
        if entry.name.endswith(".py"):
            if not _is_folder(entry):
                yield path
        elif entry.name not in _SKIPPED_FOLDERS and _is_folder(entry):
            yield from _walk(path, ignored, above | {real})


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False


def _patterns(path: Path) -> list[str]:
    try:
        lines = path.read_text("utf-8", "replace").splitlines()
    except OSError:
        return []
    return [text.rstrip("/") for line in lines if (text := line.partition("#")[0].strip())]


def _is_ignored(path: Path, ignored: tuple[tuple[Path, str], ...]) -> bool:
    return any(
        fnmatch(path.name, pattern) or fnmatch(path.relative_to(base).as_posix(), pattern) for base, pattern in ignored
    )
