"""The page about one DAG: statistics of its runs, its versions, and what changed between two of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from jupyter_couture.model.ids import DagId, RunId, VersionHash
from jupyter_couture.model.linediff import Hunk, line_diff
from jupyter_couture.model.statistics import (
    LATELY,
    RunHistory,
    Span,
    VersionUse,
    durations,
    expected_end,
    quantile,
    success_rate,
)
from jupyter_couture.ports.statistics import StatisticsStore
from jupyter_couture.ports.store import ServiceStore

_MEDIAN = 0.5
_SLOW = 0.95


class DagPageStore(ServiceStore, StatisticsStore, Protocol):
    """A store with what this service reads."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DagStatistics:
    """Rates are parts of one, durations seconds of successful runs; both of the newest runs that ended."""

    counts: Mapping[str, int]
    looked_at: int
    rate_lately: float | None
    rate: float | None
    median_seconds: float | None
    slow_seconds: float | None
    last_success: Span | None
    running: Sequence[tuple[RunId, datetime | None, datetime | None]]  # began at, will be done at
    operators: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class VersionDiff:
    """What the file of ``newer`` says otherwise than that of ``older``."""

    file: str
    older: VersionHash
    newer: VersionHash
    hunks: Sequence[Hunk]


class DagPage:
    """Reads what the page of a DAG shows beside its runs. Every method may block."""

    def __init__(self, store: DagPageStore) -> None:
        self._store = store

    def statistics(self, dag_id: DagId) -> DagStatistics:
        """What its newest runs were like, and its tasks by operator; raises ``NotFound``."""
        history: RunHistory = self._store.run_history(dag_id)
        took = durations(history.ended)
        median = quantile(took, _MEDIAN)
        operators: dict[str, int] = {}
        for task in self._store.dag_version(dag_id).spec.tasks:
            operators[task.operator] = operators.get(task.operator, 0) + 1
        return DagStatistics(
            counts=history.counts,
            looked_at=len(history.ended),
            rate_lately=success_rate(history.ended[:LATELY]),
            rate=success_rate(history.ended),
            median_seconds=median,
            slow_seconds=quantile(took, _SLOW),
            last_success=history.last_success,
            running=[(run.run_id, run.started_at, expected_end(run, median)) for run in history.running],
            operators=dict(sorted(operators.items(), key=lambda item: (-item[1], item[0]))),
        )

    def versions(self, dag_id: DagId) -> Sequence[VersionUse]:
        """All versions, newest first; raises ``NotFound``."""
        return self._store.version_uses(dag_id)

    def diff(self, dag_id: DagId, older: VersionHash, newer: VersionHash | None) -> VersionDiff:
        """What changed from ``older`` to ``newer``, the present version if None; raises ``NotFound``."""
        before = self._store.dag_version(dag_id, older)
        after = self._store.dag_version(dag_id, newer)
        hunks = line_diff(before.source.splitlines(), after.source.splitlines())
        return VersionDiff(after.spec.file, before.version, after.version, hunks)
