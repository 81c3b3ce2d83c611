"""When the cells of executed notebooks ran, as papermill wrote it into them."""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import Any

import msgspec

from jupyter_couture.model.charts import AttemptSpan, CellSpan

LARGEST_BYTES = 16 * 2**20
"""Notebooks beyond this size are not looked into."""

_LABEL_LENGTH = 60
_REMEMBERED = 64


@dataclass(frozen=True, slots=True)
class _Cell:
    number: int
    label: str
    started_at: datetime
    ended_at: datetime | None
    is_failed: bool


class Cells:
    """Reads notebooks below ``folders``, each once as long as it does not change. Safe to use from several threads."""

    def __init__(self, *folders: Path) -> None:
        self._folders = [folder.resolve() for folder in folders]
        self._known: OrderedDict[Path, tuple[tuple[int, int], Sequence[_Cell]]] = OrderedDict()
        self._lock = Lock()

    def of(self, attempt: AttemptSpan) -> list[CellSpan]:
        """The cells of the attempt's notebook that have begun; none if there is no notebook to be read."""
        if not attempt.notebook:
            return []
        path = (self._folders[0] / attempt.notebook).resolve()  # a task said the path: it may say anything
        if not any(path.is_relative_to(folder) for folder in self._folders):
            return []
        return [
            CellSpan(
                attempt.task_id,
                attempt.map_index,
                attempt.try_number,
                cell.number,
                cell.label,
                cell.started_at,
                cell.ended_at or attempt.ended_at,
                cell.is_failed,
            )
            for cell in self._read(path)
            if attempt.started_at is not None
            and cell.started_at >= attempt.started_at  # a later try writes the same file anew
            and (attempt.ended_at is None or cell.started_at <= attempt.ended_at)
        ]

    def _read(self, path: Path) -> Sequence[_Cell]:
        try:
            facts = path.stat()
            stamp = (facts.st_mtime_ns, facts.st_size)
            with self._lock:
                known = self._known.get(path)
            if known is not None and known[0] == stamp:
                return known[1]
            if facts.st_size > LARGEST_BYTES:
                return ()
            cells = _cells(msgspec.json.decode(path.read_bytes()))
        except (OSError, ValueError, msgspec.DecodeError):
            return ()
        with self._lock:
            self._known[path] = (stamp, cells)
            while len(self._known) > _REMEMBERED:
                self._known.popitem(last=False)
        return cells


def _cells(notebook: Any) -> list[_Cell]:
    """The code cells of a notebook's JSON that have begun."""
    found: list[_Cell] = []
    number = 0
    cells = notebook.get("cells") if isinstance(notebook, dict) else None
    for cell in cells if isinstance(cells, list) else ():
        source = _text(cell.get("source")) if isinstance(cell, dict) else ""
        if not source.strip() or cell.get("cell_type") != "code":
            continue
        number += 1
        metadata = cell.get("metadata")
        said = metadata.get("papermill") if isinstance(metadata, Mapping) else None
        start = _time(said, "start_time")
        if start is None or not isinstance(said, Mapping):
            continue
        label = next(line.strip() for line in source.splitlines() if line.strip())[:_LABEL_LENGTH]
        found.append(_Cell(number, label, start, _time(said, "end_time"), bool(said.get("exception"))))
    return found


def _text(source: object) -> str:
    return "".join(map(str, source)) if isinstance(source, list) else str(source or "")


def _time(said: object, field: str) -> datetime | None:
    """A time as papermill writes it: UTC, mostly without saying so."""
    text = said.get(field) if isinstance(said, Mapping) else None
    try:
        at = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
    return at if at is None or at.tzinfo is not None else at.replace(tzinfo=UTC)
