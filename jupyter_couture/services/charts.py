"""The series behind the charts."""

from datetime import UTC, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from jupyter_couture.charts.history import History, Measure, history_of
from jupyter_couture.charts.timeline import Gantt, Today
from jupyter_couture.charts.usage import PoolUsage, usage_of
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

_MICROSECONDS = 1_000_000


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

    def gantt(self, key: RunKey, *, is_grouped: bool) -> Gantt:
        """The attempts of a run and the cells of its notebooks; raises ``NotFound``."""
        run = self._store.run_row(key).run
        spec = self._specs.spec(run.dag_id, run.version)
        attempts = tuple(self._store.attempt_spans(key))
        zone, zone_name = _zone_of(spec)
        return Gantt(
            dag_id=run.dag_id,
            run_id=run.run_id,
            began_at=run.started_at or run.queued_at,
            ended_at=run.ended_at,
            now=self._clock.now(),
            task_ids=tuple(task.task_id for task in spec.tasks),
            attempts=attempts,
            cells=tuple(cell for attempt in attempts for cell in self._cells.of(attempt)),
            zone=zone,
            zone_name=zone_name,
            is_grouped=is_grouped,
        )

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
        spans = self._store.slot_spans(since, MOST_ATTEMPTS + 1)
        is_cut = len(spans) > MOST_ATTEMPTS
        if is_cut:  # newest first: what comes after the last one is complete
            oldest = datetime.fromtimestamp(spans[MOST_ATTEMPTS].dispatched_at / _MICROSECONDS, UTC)
            since = min(max(oldest, since), now - timedelta(seconds=1))
        return usage_of(spans[:MOST_ATTEMPTS], self._store.pools(), since, now, is_cut=is_cut)


def _zone_of(spec: DagSpec) -> tuple[ZoneInfo, str]:
    name = spec.schedule.timezone if spec.schedule is not None else "UTC"
    try:
        return ZoneInfo(name), name
    except (ZoneInfoNotFoundError, ValueError):  # a fixed offset, as +02:00
        return ZoneInfo("UTC"), "UTC"
