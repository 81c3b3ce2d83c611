"""Loading the files of a set as ``dags show`` does, each in an isolated child, from one warm parser."""

import tempfile
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from jupyter_couture.dagbag.discover import read_candidate
from jupyter_couture.dagbag.parse import Parser
from jupyter_couture.dagbag.verdict import Candidate
from jupyter_couture.model.records import ParsedFile
from jupyter_couture.services.secrets import Secrets
from jupyter_couture.settings import Settings


def load(files: Iterable[Path]) -> dict[Path, ParsedFile]:
    """What each file gave; the DAG folder is the one the file lies in."""
    folders: dict[Path, list[Path]] = defaultdict(list)
    for path in files:
        folders[path.parent].append(path)
    found: dict[Path, ParsedFile] = {}
    with tempfile.TemporaryDirectory() as home:
        for folder, members in folders.items():
            found.update(_load(folder, members, Settings.load(home=Path(home), dags_folder=folder)))
    return found


def _load(folder: Path, members: list[Path], settings: Settings) -> dict[Path, ParsedFile]:
    candidates: list[Candidate] = []
    found: dict[Path, ParsedFile] = {}
    for path in members:
        candidate = read_candidate(path, folder)
        if isinstance(candidate, Candidate):
            candidates.append(candidate)
        else:
            found[path] = candidate
    parser = Parser(settings, secrets=Secrets.load(settings, None))
    try:
        for parsed in parser.parse(candidates):
            if parsed is not None:
                found[folder / parsed.file] = parsed
    finally:
        parser.close()
    return found
