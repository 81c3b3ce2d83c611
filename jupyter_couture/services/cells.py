"""When the cells of executed notebooks ran, as papermill wrote it into them."""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import Any

from jupyter_couture.model.charts import AttemptSpan, CellSpan
from jupyter_couture.services.notebook_files import (
    LARGEST_BYTES,
    NotebookFolders,
    code_cells,
    facts_of,
    moment,
    read_json,
)

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
    """Reads notebooks, each once as long as it does not change. Safe to use from several threads."""

    def __init__(self, folders: NotebookFolders) -> None:
        self._folders = folders
        self._known: OrderedDict[Path, tuple[tuple[int, int], Sequence[_Cell]]] = OrderedDict()
        self._lock = Lock()

    def of(self, attempt: AttemptSpan) -> list[CellSpan]:
        """The cells of the attempt's notebook that have begun; none if there is no notebook to be read."""
        path = self._folders.find(attempt.notebook)
        if path is None:
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
            facts = facts_of(path)
            stamp = (facts.st_mtime_ns, facts.st_size)
            with self._lock:
                known = self._known.get(path)
            if known is not None and known[0] == stamp:
                return known[1]
            if facts.st_size > LARGEST_BYTES:
                return ()
            cells = _cells(read_json(path))
        except (OSError, ValueError):
            return ()
        with self._lock:
            self._known[path] = (stamp, cells)
            while len(self._known) > _REMEMBERED:
                self._known.popitem(last=False)
        return cells


def _cells(notebook: Any) -> list[_Cell]:
    """The code cells of a notebook's JSON that have begun."""
    found: list[_Cell] = []
    for cell in code_cells(notebook):
        start = moment(cell.said, "start_time")
        if start is not None:
            label = next(line.strip() for line in cell.source.splitlines() if line.strip())[:_LABEL_LENGTH]
            ended_at, is_failed = moment(cell.said, "end_time"), bool(cell.said.get("exception"))
            found.append(_Cell(cell.number, label, start, ended_at, is_failed))
    return found
