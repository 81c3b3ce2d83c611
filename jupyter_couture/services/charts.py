"""The series behind the charts."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from jupyter_couture.charts.history import History, Measure, history_of
from jupyter_couture.charts.rows import fair_share, page_of
from jupyter_couture.charts.timeline import Gantt, Today
from jupyter_couture.charts.usage import PoolUsage, usage_of
from jupyter_couture.model.charts import AttemptSpan, Begun, CellSpan, RowRange
from jupyter_couture.model.dag import DagSpec
from jupyter_couture.model.ids import DagId, RunKey
from jupyter_couture.ports.charts import ChartStore
from jupyter_couture.ports.clock import Clock
from jupyter_couture.ports.pools import PoolStore
from jupyter_couture.ports.store import ServiceStore
from jupyter_couture.services.cells import Cells
from jupyter_couture.services.versions import SpecCache

MOST_RUNS = 500
"""Bars of the chart of all runs."""

MOST_ATTEMPTS = 20_000
"""Attempts that the use of pools is counted from."""

MOST_BARS = 2_000
"""Attempts that a Gantt chart draws; their rows share them out."""

MOST_NOTEBOOKS = 50
"""Notebooks whose cells a Gantt chart draws."""

MOST_CELLS = 2_000
"""Cells that it draws."""


class _Store(ChartStore, PoolStore, ServiceStore, Protocol):
    """What the series are made of."""


class Charts:
    """Reads. Every method may block."""

    def __init__(self, store: _Store, specs: SpecCache, clock: Clock, cells: Cells) -> None:
        self._store = store
        self._specs = specs
        self._clock = clock
        self._cells = cells

    def history(
        self,
        dag_id: DagId,
        measure: Measure,
        runs: int,
        until: datetime | None,
        *,
        most_lines: int,
        is_cumulative: bool = False,
    ) -> History:
        """A measure over the newest ``runs`` runs up to a logical date; raises ``NotFound``."""
        past = self._store.past(dag_id, runs, until, with_attempts=is_cumulative)
        return history_of(past, measure, most_lines, is_cumulative=is_cumulative)

    def gantt(self, key: RunKey, *, is_grouped: bool, first_row: int, rows: int, has_sources: bool) -> Gantt:
        """Attempts of a run and cells of its notebooks, ``rows`` rows from ``first_row`` on; raises ``NotFound``.

        Beyond the last row it is the last page. Without ``has_sources`` cells are numbered only.
        """
        run = self._store.run_row(key).run
        spec = self._specs.spec(run.dag_id, run.version)
        begun = self._store.begun(key)
        known = [task.task_id for task in spec.tasks]
        gone = sorted(begun.keys() - set(known))  # of a version before a clear
        sizes = [(name, 1 if is_grouped else _instances(begun, name)) for name in (*known, *gone)]
        total = sum(size for _, size in sizes)
        first = min(first_row, max(total - 1, 0) // rows * rows)
        parts = page_of(sizes, first, rows)
        most = _most(parts, begun, is_grouped=is_grouped)
        attempts, left_out = self._store.attempt_spans(key, parts, most, is_grouped=is_grouped)
        cells, notebooks_left_out = self._cells_of(attempts, has_sources=has_sources)
        zone, zone_name = _zone_of(spec)
        return Gantt(
            dag_id=run.dag_id,
            run_id=run.run_id,
            began_at=run.started_at or run.queued_at,
            ended_at=run.ended_at,
            now=self._clock.now(),
            task_ids=tuple(part.task_id for part in parts),
            attempts=tuple(attempts),
            cells=tuple(cells),
            zone=zone,
            zone_name=zone_name,
            is_grouped=is_grouped,
            instances={name: each.instances for name, each in begun.items()},
            first_row=first,
            total_rows=total,
            attempts_left_out=left_out,
            notebooks_left_out=notebooks_left_out,
        )

    def _cells_of(self, attempts: Sequence[AttemptSpan], *, has_sources: bool) -> tuple[Sequence[CellSpan], int]:
        """The cells of the newest notebooks among ``attempts``, and of how many they are left out."""
        noted = sorted((each for each in attempts if each.notebook), key=lambda each: each.dispatched_at, reverse=True)
        found: list[CellSpan] = []
        for place, attempt in enumerate(noted):
            own = self._cells.of(attempt) if place < MOST_NOTEBOOKS else []
            if place >= MOST_NOTEBOOKS or (found and len(found) + len(own) > MOST_CELLS):
                return found, len(noted) - place
            found += own[:MOST_CELLS] if has_sources else [replace(cell, label="") for cell in own[:MOST_CELLS]]
        return found, 0

    def today(self, hours: int) -> Today:
        """Runs of all DAGs in the last hours."""
        now = self._clock.now()
        since = now - timedelta(hours=hours)
        found = self._store.run_spans(since, MOST_RUNS + 1)
        return Today(since, now, tuple(found[:MOST_RUNS]), is_cut=len(found) > MOST_RUNS)

    def pools(self, hours: int) -> PoolUsage:
        """Slots of all pools in the last hours."""
        now = self._clock.now()
        since = now - timedelta(hours=hours)
        spans, cut_at = self._store.slot_spans(since, MOST_ATTEMPTS)
        if cut_at is not None:  # what is missing had ended by then
            since = min(max(cut_at, since), now - timedelta(seconds=1))
        return usage_of(spans, self._store.pools(), since, now, is_cut=cut_at is not None)


def _instances(begun: Mapping[str, Begun], task_id: str) -> int:
    """The rows of a task whose instances have one each; one that has not begun has a row, too."""
    return begun[task_id].instances if task_id in begun else 1


def _most(parts: Sequence[RowRange], begun: Mapping[str, Begun], *, is_grouped: bool) -> int:
    """How many attempts each row may have."""
    if is_grouped:
        return fair_share([begun[part.task_id].attempts for part in parts if part.task_id in begun], MOST_BARS)
    rows = sum((_instances(begun, part.task_id) if part.end is None else part.end) - part.first for part in parts)
    return max(MOST_BARS // max(rows, 1), 1)


def _zone_of(spec: DagSpec) -> tuple[ZoneInfo, str]:
    name = spec.schedule.timezone if spec.schedule is not None else "UTC"
    try:
        return ZoneInfo(name), name
    except (ZoneInfoNotFoundError, ValueError):  # a fixed offset, as +02:00
        return ZoneInfo("UTC"), "UTC"
