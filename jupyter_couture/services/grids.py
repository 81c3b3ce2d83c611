"""Grids: the states of all tasks over the newest runs, one column for each run."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any, TypeAlias, TypeVar

from jupyter_couture.model.grids import Grid, GridColumn, GridFilter, GridRows, GridRun
from jupyter_couture.model.states import WORST_FIRST, TaskState
from jupyter_couture.ports.grids import GridStore
from jupyter_couture.services.versions import SpecCache

_MICROSECONDS = 1_000_000
_MILLISECOND = 1000
_UNMAPPED = -1

_T = TypeVar("_T")

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
        known = [self._known(wanted, run) for run in runs]
        tasks: list[str] = [task.task_id for task in present.spec.tasks]
        task_count = len(tasks)
        tasks += sorted({task_id for rows, _ in known for task_id in rows.task_ids}.difference(tasks))
        order = _Order(tasks)
        columns = [_column(run, *found, order) for run, found in zip(runs, known, strict=True)]
        return Grid(present.version, tasks, task_count, columns, has_more, feed_seq)

    def _known(self, wanted: GridFilter, run: GridRun) -> "_Known":
        """One row for each task of a run. Before it begins: that its version's tasks have begun nothing."""
        if run.rows.task_ids:
            return _merged(run.rows)
        names = [task.task_id for task in self._specs.spec(wanted.dag_id, run.version).tasks]
        count = len(names)
        none, nothing = [None] * count, [TaskState.NONE.value] * count
        return GridRows(names, [_UNMAPPED] * count, nothing, [0] * count, none, none), {}


_Known: TypeAlias = tuple[GridRows, Mapping[str, Mapping[str, int]]]
"""One row for each task, and the states of the instances of those that are mapped."""


@dataclass(slots=True)
class _Cell:
    state: str
    try_number: int
    started_at: int | None
    ended_at: int | None


def _merged(rows: GridRows) -> _Known:
    """One row for each task. Nearly always there is one instance of each, and nothing to do."""
    if max(rows.map_indices) == _UNMAPPED:
        return rows, {}
    cells: dict[str, _Cell] = {}
    counts: dict[str, Counter[str]] = {}
    columns = (rows.task_ids, rows.map_indices, rows.states, rows.tries, rows.starts, rows.ends)
    for task_id, map_index, state, try_number, started_at, ended_at in zip(*columns, strict=True):
        known = cells.get(task_id)
        if known is None:
            cells[task_id] = _Cell(state, try_number, started_at, ended_at)
        else:
            known.ended_at = _later(known.ended_at, ended_at)
            known.started_at = min(filter(None, (known.started_at, started_at)), default=None)
            known.try_number = max(known.try_number, try_number)
            known.state = min(known.state, state, key=_SEVERITY.__getitem__)
        if map_index != _UNMAPPED:
            counts.setdefault(task_id, Counter())[state] += 1
    found = cells.values()
    return GridRows(
        task_ids=list(cells),
        map_indices=[_UNMAPPED] * len(cells),
        states=[cell.state for cell in found],
        tries=[cell.try_number for cell in found],
        starts=[cell.started_at for cell in found],
        ends=[cell.ended_at for cell in found],
    ), counts


def _later(one: int | None, other: int | None) -> int | None:
    """The end of two instances: none while one of them goes on."""
    return None if one is None or other is None else max(one, other)


class _Order:
    """Brings columns of runs into the order of the grid's tasks. Most runs have the same tasks in the same order."""

    def __init__(self, tasks: Sequence[str]) -> None:
        self._tasks = tasks
        self._names: Sequence[str] = ()
        self._pick: Callable[[Sequence[Any]], Sequence[Any]] = itemgetter(slice(0))

    def follow(self, names: Sequence[str]) -> None:
        """Take columns that stand for tasks of these names from now on."""
        if names == self._names:
            return
        place_of = dict(zip(names, range(len(names)), strict=True))
        places = [place_of.get(task_id, len(names)) for task_id in self._tasks]
        # A getter of one place gives a value and not a sequence of one.
        self._pick = itemgetter(*places) if len(places) > 1 else lambda column: [column[place] for place in places]
        self._names = names

    def of(self, column: Sequence[_T], absent: _T) -> Sequence[_T]:
        """One value for each task of the grid: ``absent`` where there is none."""
        return self._pick([*column, absent])


def _column(run: GridRun, rows: GridRows, mapped: Mapping[str, Mapping[str, int]], order: _Order) -> GridColumn:
    zero = int(run.queued_at.timestamp() * _MICROSECONDS)
    order.follow(rows.task_ids)
    return GridColumn(
        run=run,
        states=order.of(rows.states, None),
        tries=order.of(rows.tries, 0),
        starts=order.of(_seconds(rows.starts, zero), None),
        ends=order.of(_seconds(rows.ends, zero), None),
        mapped=mapped,
    )


def _seconds(times: Sequence[int | None], zero: int) -> list[float | None]:
    """Seconds after ``zero``, to the millisecond."""
    half = zero - _MILLISECOND // 2
    return [None if at is None else (at - half) // _MILLISECOND / _MILLISECOND for at in times]
