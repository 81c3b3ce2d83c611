"""Which run is the one before which, among live runs and those that ended, during one pass."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from jupyter_couture.decisions.advance import Draft
from jupyter_couture.decisions.live import LiveRun
from jupyter_couture.decisions.past import ON_SCHEDULE, UNKNOWN, Past
from jupyter_couture.model.ids import DagId, RunKey
from jupyter_couture.model.states import TaskState


@dataclass(frozen=True, slots=True)
class _Line:
    """Runs by logical date. Of several of one date the first is the one before those that come later."""

    runs: tuple[LiveRun, ...]
    dates: tuple[datetime, ...]

    @classmethod
    def of(cls, runs: Iterable[LiveRun]) -> "_Line":
        """Sort ``runs``."""
        ordered = tuple(sorted(runs, key=lambda item: item.run.logical_date))
        return cls(ordered, tuple(item.run.logical_date for item in ordered))

    def before(self, date: datetime) -> LiveRun | None:
        """The run with the greatest date before ``date``."""
        place = bisect_left(self.dates, date)
        return self.runs[bisect_left(self.dates, self.dates[place - 1])] if place else None

    def after(self, date: datetime) -> tuple[LiveRun, ...]:
        """The runs of the smallest date after ``date``."""
        place = bisect_right(self.dates, date)
        return self.runs[place : bisect_right(self.dates, self.dates[place])] if place < len(self.dates) else ()


@dataclass(frozen=True, slots=True)
class _Family:
    """The live runs of a DAG: all, and those of them that look for the one before among their own kind."""

    all: _Line
    on_schedule: _Line

    def line_of(self, item: LiveRun) -> _Line:
        """The runs among which the one before ``item`` is."""
        return self.on_schedule if item.run.run_type in ON_SCHEDULE else self.all

    def before(self, item: LiveRun) -> LiveRun | None:
        """The run before ``item``."""
        return self.line_of(item).before(item.run.logical_date)

    def after(self, key: RunKey, date: datetime) -> Iterator[RunKey]:
        """The runs to which the run of ``key`` is the one before."""
        for line in (self.all, self.on_schedule):
            for item in line.after(date):
                before = self.before(item) if self.line_of(item) is line else None
                if before is not None and before.run.key == key:
                    yield item.run.key


_NONE = _Family(_Line((), ()), _Line((), ()))


class Lineage:
    """Finds the run before a run. ``live`` and ``drafts`` are those of the pass, ``ended`` what the store told."""

    def __init__(
        self, live: Mapping[RunKey, LiveRun], drafts: Mapping[RunKey, Draft], ended: Mapping[RunKey, Past]
    ) -> None:
        self._live = live
        self._drafts = drafts
        self._ended = ended
        self._families: dict[DagId, _Family] = {}
        self._indexed = -1

    def past_of(self, item: LiveRun) -> Past:
        """What the run before says: a live one as it stands whenever it is asked."""
        ended = self._ended.get(item.run.key)
        if ended is None:
            return UNKNOWN
        before = self._family_of(item.run.dag_id).before(item)
        if before is None or (ended.logical_date is not None and ended.logical_date > before.run.logical_date):
            return ended
        key = before.run.key

        def states(name: str) -> frozenset[TaskState]:
            view = self._drafts.get(key) or self._live[key]
            if name not in view.spec.task_by_id or not view.tasks:
                return frozenset() if name not in view.spec.task_by_id else frozenset({TaskState.NONE})
            return frozenset(view.tasks[each].state for each in view.keys_of(name))

        return Past(key.run_id, states, logical_date=before.run.logical_date)

    def after(self, key: RunKey) -> Iterator[RunKey]:
        """The live runs to which the run of ``key`` is the one before."""
        return self._family_of(key.dag_id).after(key, self._live[key].run.logical_date)

    def _family_of(self, dag_id: DagId) -> _Family:
        if self._indexed != len(self._live):  # runs came into being
            by_dag: dict[DagId, list[LiveRun]] = {}
            for item in self._live.values():
                by_dag.setdefault(item.run.dag_id, []).append(item)
            self._families = {
                name: _Family(_Line.of(runs), _Line.of(item for item in runs if item.run.run_type in ON_SCHEDULE))
                for name, runs in by_dag.items()
            }
            self._indexed = len(self._live)
        return self._families.get(dag_id, _NONE)
