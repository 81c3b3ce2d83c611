"""The cells of a notebook task with their outputs, followed while they run.

The attempt writes its notebook as it goes, and replaces the file each time (``runtime.notebook_engine``). Here the file
is looked at, read when it has changed, and of its cells those are told that are new to the reader. Nothing in it is run
or trusted: it is JSON, and whoever draws the outputs treats them as those of any notebook from elsewhere.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from threading import Lock
from typing import Any, NamedTuple

from jupyter_couture.model.ids import AttemptId, RunKey, TaskKey
from jupyter_couture.model.run import Attempt
from jupyter_couture.model.states import OPEN_ATTEMPT_STATES
from jupyter_couture.ports.store import ServiceStore
from jupyter_couture.services.notebook_files import (
    LARGEST_BYTES,
    CodeCell,
    NotebookFolders,
    code_cells,
    facts_of,
    moment,
    read_json,
)
from jupyter_couture.services.notebook_outputs import NO_OUTPUTS, Shortened, shorten_all
from jupyter_couture.services.runs import Runs
from jupyter_couture.services.work import Workers

_LOOK_SECONDS = 0.3
"""How often a waiting read looks for a change; attempts write no more often."""

_SOURCE_LENGTH = 10_000
_REMEMBERED = 8


class CellState(StrEnum):
    """How far a cell is."""

    PENDING = "pending"
    RUNNING = "running"
    SUCCESS = "success"
    FAILED = "failed"  # it raised, or its attempt ended before it did


@dataclass(frozen=True, slots=True)
class ShownCell:
    """A code cell as it stands, counted from 1. ``is_source_cut``: the source is longer than ``source``."""

    number: int
    source: str
    is_source_cut: bool
    state: CellState
    started_at: datetime | None
    ended_at: datetime | None
    outputs: Shortened


@dataclass(frozen=True, slots=True)
class NotebookPart:
    """What has changed in a notebook since the reader looked: ``cells`` out of ``total``.

    ``revision`` names this state; 0: there is no notebook yet. ``is_complete``: nothing more will come.
    ``is_too_large``: it is not looked into. ``path`` is where it lies, if it may be read.
    """

    path: Path | None
    revision: int
    total: int
    cells: Sequence[ShownCell]
    size_bytes: int
    is_too_large: bool
    is_complete: bool


class _Stamp(NamedTuple):
    modified_ns: int
    size_bytes: int
    inode: int
    started_at: datetime | None
    has_ended: bool


@dataclass(frozen=True, slots=True)
class _State:
    """A notebook as it was read; each cell with the revision that brought it as it is."""

    stamp: _Stamp
    revision: int
    cells: Sequence[tuple[int, ShownCell]]


class Notebooks:
    """Reads executed notebooks by try. ``try_number`` may be of a try that was not made yet: it has no notebook."""

    def __init__(self, store: ServiceStore, runs: Runs, workers: Workers, folders: NotebookFolders) -> None:
        self._store = store
        self._runs = runs
        self._workers = workers
        self._folders = folders
        self._known: OrderedDict[AttemptId, _State] = OrderedDict()
        self._lock = Lock()

    async def read(
        self, run: RunKey, task: TaskKey, try_number: int, *, since: int, wait_seconds: float
    ) -> NotebookPart:
        """The cells that have changed after the revision ``since``, waiting up to ``wait_seconds`` for any.

        Raises ``NotFound`` if there is no such task instance.
        """
        loop = asyncio.get_running_loop()
        deadline = loop.time() + wait_seconds
        while True:
            part = await self._workers.run(self._read_now, run, task, try_number, since)
            if part.revision != since or part.is_complete or loop.time() >= deadline:
                return part
            await asyncio.sleep(min(_LOOK_SECONDS, max(0.0, deadline - loop.time())))

    def _read_now(self, run: RunKey, task: TaskKey, try_number: int, since: int) -> NotebookPart:
        # The state comes first: an ended attempt has written all it will write into the file that is read next.
        attempt = self._runs.attempt(run, task, try_number)
        has_ended = attempt is not None and attempt.state not in OPEN_ATTEMPT_STATES
        said = self._store.outputs_of(run, task, try_number).get("notebook")
        path = self._folders.find(said) if isinstance(said, str) else None
        state = self._state(attempt, path, has_ended) if attempt is not None and path is not None else None
        if state is None:
            return NotebookPart(None, 0, 0, (), 0, is_too_large=False, is_complete=has_ended)
        known = since if since <= state.revision else 0
        return NotebookPart(
            path=path,
            revision=state.revision,
            total=len(state.cells),
            cells=[cell for revision, cell in state.cells if revision > known],
            size_bytes=state.stamp.size_bytes,
            is_too_large=state.stamp.size_bytes > LARGEST_BYTES,
            is_complete=has_ended,
        )

    def _state(self, attempt: Attempt, path: Path, has_ended: bool) -> _State | None:
        """The notebook as it is now; None if there is no file, or none that is a notebook."""
        try:
            facts = facts_of(path)
            stamp = _Stamp(facts.st_mtime_ns, facts.st_size, facts.st_ino, attempt.started_at, has_ended)
            with self._lock:
                known = self._known.get(attempt.attempt_id)
            if known is not None and known.stamp == stamp:
                return known
            document = None if facts.st_size > LARGEST_BYTES else read_json(path)
        except (OSError, ValueError):
            return None
        cells = _shown(document, attempt, has_ended)
        # A time in microseconds, so that another server, or this one started anew, goes on from there.
        revision = stamp.modified_ns // 1000 + has_ended
        before: Sequence[tuple[int, ShownCell]] = ()
        if known is not None:
            revision, before = max(revision, known.revision + 1), known.cells
        state = _State(stamp, revision, [_dated(cell, before, revision) for cell in cells])
        with self._lock:
            self._known[attempt.attempt_id] = state
            self._known.move_to_end(attempt.attempt_id)
            while len(self._known) > _REMEMBERED:
                self._known.popitem(last=False)
        return state


def _dated(cell: ShownCell, before: Sequence[tuple[int, ShownCell]], revision: int) -> tuple[int, ShownCell]:
    """The cell with the revision it has been so since."""
    old = before[cell.number - 1] if cell.number <= len(before) else None
    return old if old is not None and old[1] == cell else (revision, cell)


def _shown(document: Any, attempt: Attempt, has_ended: bool) -> list[ShownCell]:
    cells = list(code_cells(document))
    begun = [_begun(cell, attempt) for cell in cells]
    outputs = shorten_all([cell.outputs if at is not None else None for cell, at in zip(cells, begun, strict=True)])
    return [_shown_cell(cell, at, has_ended, short) for cell, at, short in zip(cells, begun, outputs, strict=True)]


def _begun(cell: CodeCell, attempt: Attempt) -> datetime | None:
    """When the attempt began the cell; what the file says of other attempts, which wrote it before or after, is not it.

    Before its first cell runs, a copy holds the outputs that the notebook was saved with.
    """
    at = moment(cell.said, "start_time")
    if at is None or attempt.started_at is None or at < attempt.started_at:
        return None
    return at if attempt.ended_at is None or at <= attempt.ended_at else None


def _shown_cell(cell: CodeCell, began: datetime | None, has_ended: bool, outputs: Shortened) -> ShownCell:
    ended = moment(cell.said, "end_time") if began is not None else None
    if began is None:
        state = CellState.PENDING
    elif cell.said.get("exception") or (ended is None and has_ended):
        state = CellState.FAILED
    else:
        state = CellState.RUNNING if ended is None else CellState.SUCCESS
    return ShownCell(
        number=cell.number,
        source=cell.source[:_SOURCE_LENGTH],
        is_source_cut=len(cell.source) > _SOURCE_LENGTH,
        state=state,
        started_at=began,
        ended_at=ended,
        outputs=outputs if began is not None else NO_OUTPUTS,
    )
