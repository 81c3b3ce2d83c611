"""Grids: the states of all tasks over the newest runs, one column for each run."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from jupyter_couture.model.grids import Grid, GridColumn, GridFilter, GridRow, GridRun
from jupyter_couture.model.states import TaskState
from jupyter_couture.ports.grids import GridStore
from jupyter_couture.services.versions import SpecCache

_MICROSECONDS = 1_000_000
_UNMAPPED = -1

WORST_FIRST = (
    TaskState.FAILED,
    TaskState.UPSTREAM_FAILED,
    TaskState.AWAITING_INPUT,
    TaskState.RUNNING,
    TaskState.RESTARTING,
    TaskState.UP_FOR_RETRY,
    TaskState.UP_FOR_RESCHEDULE,
    TaskState.DEFERRED,
    TaskState.QUEUED,
    TaskState.SCHEDULED,
    TaskState.NONE,
    TaskState.SUCCESS,
    TaskState.SKIPPED,
    TaskState.REMOVED,
)
"""What one cell for many instances shows: the first of these that any of them is in."""

_SEVERITY: Mapping[str, int] = {state.value: place for place, state in enumerate(WORST_FIRST)}


class Grids:
    """Reads grids. May block."""

    def __init__(self, store: GridStore, specs: SpecCache) -> None:
        self._store = store
        self._specs = specs

    def grid(self, wanted: GridFilter) -> Grid:
        """The grid of a DAG; raises ``NotFound`` for the DAG, or for a run that is asked for by its id."""
        feed_seq = self._store.feed_position()[1]
        present = self._store.dag_version(wanted.dag_id)
        runs, has_more = self._store.grid_runs(wanted)
        cells = [self._cells(wanted, run) for run in runs]
        tasks: list[str] = [task.task_id for task in present.spec.tasks]
        task_count = len(tasks)
        tasks += sorted({task_id for found in cells for task_id in found}.difference(tasks))
        columns = [_column(run, found, tasks) for run, found in zip(runs, cells, strict=True)]
        return Grid(present.version, tasks, task_count, columns, has_more, feed_seq)

    def _cells(self, wanted: GridFilter, run: GridRun) -> Mapping[str, "_Cell"]:
        """What is known of each task of a run. Before it begins: that its version's tasks have begun nothing."""
        if run.rows:
            return _cells(run.rows)
        return {task.task_id: _NOTHING for task in self._specs.spec(wanted.dag_id, run.version).tasks}


@dataclass(slots=True)
class _Cell:
    state: str = TaskState.NONE.value
    try_number: int = 0
    started_at: int | None = None
    ended_at: int | None = None
    counts: dict[str, int] = field(default_factory=dict)  # of a mapped task


_NOTHING = _Cell()


def _cells(rows: Iterable[GridRow]) -> dict[str, _Cell]:
    cells: dict[str, _Cell] = {}
    for task_id, map_index, state, try_number, started_at, ended_at in rows:
        known = cells.get(task_id)
        if known is None:
            known = cells[task_id] = _Cell(state, try_number, started_at, ended_at)
        else:
            known.ended_at = _later(known.ended_at, ended_at)
            known.started_at = min(filter(None, (known.started_at, started_at)), default=None)
            known.try_number = max(known.try_number, try_number)
            known.state = min(known.state, state, key=_SEVERITY.__getitem__)
        if map_index != _UNMAPPED:
            known.counts[state] = known.counts.get(state, 0) + 1
    return cells


def _later(one: int | None, other: int | None) -> int | None:
    """The end of two instances: none while one of them goes on."""
    return None if one is None or other is None else max(one, other)


def _column(run: GridRun, cells: Mapping[str, _Cell], tasks: Sequence[str]) -> GridColumn:
    zero = int(run.queued_at.timestamp() * _MICROSECONDS)
    found = [cells.get(task_id) for task_id in tasks]
    return GridColumn(
        run=run,
        states=[None if cell is None else cell.state for cell in found],
        tries=[0 if cell is None else cell.try_number for cell in found],
        starts=[None if cell is None else _seconds(cell.started_at, zero) for cell in found],
        ends=[None if cell is None else _seconds(cell.ended_at, zero) for cell in found],
        mapped={task_id: cell.counts for task_id, cell in cells.items() if cell.counts},
    )


def _seconds(at: int | None, zero: int) -> float | None:
    return None if at is None else round((at - zero) / _MICROSECONDS, 3)
