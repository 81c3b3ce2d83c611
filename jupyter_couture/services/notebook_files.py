"""Executed notebooks as JSON: whoever wrote them may have written anything, so nothing is taken for granted."""

import os
import stat
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

LARGEST_BYTES = 16 * 2**20
"""Notebooks beyond this size are not looked into."""


class CodeCell(NamedTuple):
    """A code cell that is not empty, counted from 1 over such cells; ``said`` is what papermill noted of it."""

    number: int
    source: str
    said: Mapping[str, Any]
    outputs: Any


class NotebookFolders:
    """Where executed notebooks may lie: what a task says its path is may be anything."""

    def __init__(self, *folders: Path) -> None:
        self._folders = [folder.resolve() for folder in folders]

    def find(self, notebook: str) -> Path | None:
        """The file, relative to the first folder or absolute; None for a place outside all folders, or for none."""
        path = (self._folders[0] / notebook).resolve() if notebook else None
        return path if path is not None and any(path.is_relative_to(each) for each in self._folders) else None


def facts_of(path: Path) -> os.stat_result:
    """Size and time of a file; raises ``OSError`` for what is none (a pipe would be read for ever)."""
    facts = path.stat()
    if not stat.S_ISREG(facts.st_mode):
        raise FileNotFoundError(path)
    return facts


def read_json(path: Path) -> Any:
    """The JSON in a file; raises ``OSError`` or ``ValueError``."""
    try:
        return msgspec.json.decode(path.read_bytes())
    except (msgspec.DecodeError, RecursionError) as error:
        raise ValueError(str(error)) from None


def code_cells(notebook: Any) -> Iterator[CodeCell]:
    """The code cells in order."""
    number = 0
    cells = notebook.get("cells") if isinstance(notebook, dict) else None
    for cell in cells if isinstance(cells, list) else ():
        source = joined(cell.get("source")) if isinstance(cell, dict) else ""
        if not source.strip() or cell.get("cell_type") != "code":
            continue
        number += 1
        metadata = cell.get("metadata")
        said = metadata.get("papermill") if isinstance(metadata, dict) else None
        yield CodeCell(number, source, said if isinstance(said, dict) else {}, cell.get("outputs"))


def joined(text: object) -> str:
    """A text as notebooks hold it: whole, or a list of lines."""
    return "".join(map(str, text)) if isinstance(text, list) else str(text or "")


def moment(said: Mapping[str, Any], field: str) -> datetime | None:
    """A time as papermill writes it: UTC, mostly without saying so."""
    text = said.get(field)
    try:
        at = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
    return at if at is None or at.tzinfo is not None else at.replace(tzinfo=UTC)
