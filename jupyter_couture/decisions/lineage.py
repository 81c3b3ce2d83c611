"""Which run is the one before which, among live runs and those that ended, during one pass."""

from collections.abc import Iterator, Mapping

from jupyter_couture.decisions.advance import Draft
from jupyter_couture.decisions.live import LiveRun
from jupyter_couture.decisions.past import UNKNOWN, Past, is_before
from jupyter_couture.model.ids import DagId, RunKey
from jupyter_couture.model.states import TaskState


class Lineage:
    """Finds the run before a run. ``live`` and ``drafts`` are those of the pass, ``ended`` what the store told."""

    def __init__(
        self, live: Mapping[RunKey, LiveRun], drafts: Mapping[RunKey, Draft], ended: Mapping[RunKey, Past]
    ) -> None:
        self._live = live
        self._drafts = drafts
        self._ended = ended
        self._by_dag: dict[DagId, list[LiveRun]] | None = None
        self._indexed = 0

    def past_of(self, item: LiveRun) -> Past:
        """What the run before says: a live one as it stands whenever it is asked."""
        ended = self._ended.get(item.run.key)
        if ended is None:
            return UNKNOWN
        before = self._live_before(item)
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
        for item in self._runs_of(key.dag_id):
            before = self._live_before(item)
            if before is not None and before.run.key == key:
                yield item.run.key

    def _live_before(self, item: LiveRun) -> LiveRun | None:
        others = (other for other in self._runs_of(item.run.dag_id) if is_before(other.run, item.run))
        return max(others, key=lambda other: other.run.logical_date, default=None)

    def _runs_of(self, dag_id: DagId) -> list[LiveRun]:
        if self._by_dag is None or self._indexed != len(self._live):
            self._by_dag, self._indexed = {}, len(self._live)
            for item in self._live.values():
                self._by_dag.setdefault(item.run.dag_id, []).append(item)
        return self._by_dag.get(dag_id, [])
