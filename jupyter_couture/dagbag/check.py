"""Looks through a file or a folder of DAG files, each in an isolated child, without anything of a deployment."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path

from jupyter_couture.dagbag.discover import Discovery, folder_of, read_candidate
from jupyter_couture.dagbag.mentions import Mentions, mentions_of
from jupyter_couture.dagbag.parse import Parser
from jupyter_couture.dagbag.verdict import Candidate
from jupyter_couture.model.records import ParsedFile
from jupyter_couture.ports.secrets import Secrets
from jupyter_couture.settings import Settings

_OURS = frozenset({"airflow", "jupyter_couture", "__future__"})


@dataclass(frozen=True, slots=True)
class CheckedFile:
    """One file: what parsing it gave, what it ``asked`` for meanwhile (kind, name), what its text mentions.

    ``missing_packages`` it imports when it is loaded, ``missing_late`` in functions, and they are not installed.
    """

    parsed: ParsedFile
    asked: frozenset[tuple[str, str]]
    mentions: Mentions
    missing_packages: tuple[str, ...] = ()
    missing_late: tuple[str, ...] = ()


def check_files(path: Path, settings: Settings, secrets: Secrets) -> list[CheckedFile]:
    """All files at ``path`` that may hold DAGs, by name. ``secrets`` answer what they ask for while they load."""
    full = path.expanduser().absolute()
    folder = full if full.is_dir() else folder_of(full, settings.dags_folder)
    readings = list(_readings(full, folder))
    candidates = [each for each in readings if isinstance(each, Candidate)]
    sources = {each.file: each.source for each in candidates}
    packages = _Packages(folder)
    found: list[CheckedFile] = []
    parser = Parser(replace(settings, dags_folder=folder), secrets=secrets, is_check=True)

    def note(parsed: ParsedFile) -> None:
        mentions = mentions_of(sources.get(parsed.file, ""))
        place = (folder / parsed.file).parent
        found.append(
            CheckedFile(
                parsed,
                parser.answers.asked_by(parsed.file),
                mentions,
                packages.missing(mentions.packages, place),
                packages.missing(mentions.late_packages, place),
            )
        )

    try:
        for each in readings:
            if isinstance(each, ParsedFile):
                note(each)
        for parsed in parser.parse(candidates):
            if parsed is not None:
                note(parsed)
    finally:
        parser.close()
    return sorted(found, key=lambda each: each.parsed.file)


def _readings(path: Path, folder: Path) -> Iterator[Candidate | ParsedFile]:
    if path.is_file():
        yield read_candidate(path, folder)
        return
    discovery = Discovery(folder)
    for found in discovery.look():
        if not found.is_empty:
            yield discovery.candidate(found)


class _Packages:
    """Which top-level packages can be imported here."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: dict[str, bool] = {}

    def missing(self, names: Iterable[str], place: Path) -> tuple[str, ...]:
        """Those of ``names`` that a file in the folder ``place`` cannot import."""
        roots = dict.fromkeys((place, self._folder, self._folder / "plugins", self._folder.parent / "plugins"))
        return tuple(
            name
            for name in sorted(set(names) - _OURS)
            if not any((root / name).is_dir() or (root / f"{name}.py").is_file() for root in roots)
            and not self._is_installed(name)
        )

    def _is_installed(self, name: str) -> bool:
        if name not in self._known:
            try:
                self._known[name] = find_spec(name) is not None
            except (ImportError, ValueError, AttributeError):
                self._known[name] = False
        return self._known[name]
