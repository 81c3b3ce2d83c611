"""S103, S104, S105, S107: clear and mark on random grids of DAGs, against an oracle that walks every path."""

import itertools
import random
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from jupyter_couture.clock import SystemClock
from jupyter_couture.decisions.selection import Directions
from jupyter_couture.model.commands import Target
from jupyter_couture.model.dag import DagSpec
from jupyter_couture.model.ids import RunId, RunKey, TaskId, TaskKey, VersionHash
from jupyter_couture.model.records import Batch
from jupyter_couture.model.run import DagRun, TaskInstance, TaskRef
from jupyter_couture.model.states import RunState, TaskState
from jupyter_couture.services.actions import Actions
from jupyter_couture.services.versions import SpecCache
from jupyter_couture.store import SqlStore
from tests.builders import T0, a_dag, a_run, a_task
from tests.contracts.store_desk import a_file, a_version

DAGS, DAYS, TASKS = 3, 5, 5
NAMES = [f"t{number}" for number in range(TASKS)]


class _Quiet:
    """A bus that tells nobody."""

    def publish(self, topic: str, text: str = "") -> None:
        """Nobody listens."""


@dataclass
class Grid:
    """Random DAGs with runs of several days, some of which were triggered by task instances of others."""

    edges: dict[str, set[tuple[str, str]]] = field(default_factory=dict)
    runs: list[DagRun] = field(default_factory=list)

    @classmethod
    def stored(cls, store: SqlStore, rng: random.Random) -> "Grid":
        """Make one and write it down."""
        grid = cls()
        lease = store.acquire_lease("test", 600)
        assert lease is not None
        for number in range(DAGS):
            edges = {(a, b) for a, b in itertools.combinations(NAMES, 2) if rng.random() < 0.4}
            spec = a_dag(
                *(a_task(name, *(a for a, b in sorted(edges) if b == name)) for name in NAMES), dag_id=f"d{number}"
            )
            grid.edges[spec.dag_id] = edges
            store.record_parse([a_file(a_version(spec), file=f"{spec.dag_id}.py")], T0, paused_at_creation=False)
            grid._add_runs(store, lease.fence, spec, rng)
        return grid

    def _add_runs(self, store: SqlStore, fence: int, spec: DagSpec, rng: random.Random) -> None:
        """A DAG's runs may have been triggered by any run that is there: chains and trees, none of them in a circle."""
        for day in range(DAYS):
            made = replace(
                a_run(spec, f"r{day}", T0 + timedelta(days=day)),
                version=VersionHash(f"{spec.dag_id}@1"),
                state=RunState.SUCCESS,
                parent=self._some_task(rng) if rng.random() < 0.7 else None,
            )
            states = [TaskState.SUCCESS, TaskState.FAILED, TaskState.NONE]
            tasks = [TaskInstance(TaskKey(TaskId(name)), rng.choice(states)) for name in NAMES]
            store.commit(fence, Batch(new_runs=[made], new_tasks=[(made.key, tasks)]))
            self.runs.append(replace(made, tasks={task.key: task for task in tasks}))

    def _some_task(self, rng: random.Random) -> TaskRef | None:
        if not self.runs:
            return None
        run = rng.choice(self.runs)
        return TaskRef(run.dag_id, run.run_id, rng.choice(NAMES))

    def oracle(self, target: Target, way: Directions, without: TaskState = TaskState.NONE) -> set[Target]:
        """What should be touched: grow the set until nothing can be added, then leave out what is so already."""
        own = next(run for run in self.runs if run.key == target.run_key)
        name = target.task_key.task_id
        names = {str(name)}
        edges = self.edges[own.dag_id]
        ahead, behind = {str(name)}, {str(name)}
        for _ in NAMES:
            ahead |= {b for a, b in edges if a in ahead}
            behind |= {a for a, b in edges if b in behind}
        names |= (ahead if way.downstream else set()) | (behind if way.upstream else set())
        found: set[Target] = set()
        for run in self.runs:
            is_earlier, is_later = run.logical_date < own.logical_date, run.logical_date > own.logical_date
            is_chosen = run.key == own.key or (is_earlier and way.past) or (is_later and way.future)
            if run.dag_id == own.dag_id and is_chosen:
                found |= {Target(run.key, TaskKey(TaskId(each))) for each in names}
        for _ in self.runs if way.recursive else ():
            for run in self.runs:
                parent = run.parent
                if parent is None:
                    continue
                key = RunKey(parent.dag_id, RunId(parent.run_id))
                if Target(key, TaskKey(TaskId(parent.task_id))) in found:
                    found |= {Target(run.key, each) for each in run.tasks}
        return found - {
            Target(run.key, key) for run in self.runs for key, task in run.tasks.items() if task.state is without
        }


def _ways() -> Sequence[Directions]:
    return [Directions(*flags) for flags in itertools.product([False, True], repeat=5)]


@pytest.mark.parametrize("seed", range(3))
def test_S103_S107_all_five_flags_clear_what_the_oracle_says(store: SqlStore, seed: int) -> None:
    rng = random.Random(seed)
    grid = Grid.stored(store, rng)
    actions = Actions(store, _Quiet(), SpecCache(store), SystemClock())
    reached = 0
    for way in _ways():
        for run in rng.sample(grid.runs, 8):
            target = Target(run.key, TaskKey(TaskId(rng.choice(NAMES))))
            preview = actions.preview_clear(target, way, None)
            found = [touched.target for touched in preview.touched]
            assert len(found) == len(set(found))
            assert set(found) == grid.oracle(target, way), (target, way)
            reached += len({each.run_key.dag_id for each in found}) > 1
    assert reached > 10, "recursion must have led into other DAGs"


@pytest.mark.parametrize("state", [TaskState.SUCCESS, TaskState.FAILED])
def test_S104_S105_all_four_flags_mark_what_the_oracle_says(store: SqlStore, state: TaskState) -> None:
    rng = random.Random(state.value)
    grid = Grid.stored(store, rng)
    actions = Actions(store, _Quiet(), SpecCache(store), SystemClock())
    for way in (Directions(*flags) for flags in itertools.product([False, True], repeat=4)):
        for run in rng.sample(grid.runs, 5):
            target = Target(run.key, TaskKey(TaskId(rng.choice(NAMES))))
            found = [touched.target for touched in actions.preview_mark(target, way, None, state).touched]
            assert len(found) == len(set(found))
            assert set(found) == grid.oracle(target, way, without=state), (target, way)
