"""Which task instances an action touches: a target, and the directions a person chose.

Directions multiply: the tasks chosen by upstream and downstream, in every run chosen by past and future. The same
function gives the preview and the targets of the command.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from jupyter_couture.model.commands import Target
from jupyter_couture.model.dag import DagSpec
from jupyter_couture.model.graph import reachable
from jupyter_couture.model.ids import NOT_MAPPED, RunKey
from jupyter_couture.model.run import DagRun, TaskRef
from jupyter_couture.model.states import TaskState


@dataclass(frozen=True, slots=True)
class Directions:
    """How far from its target an action reaches.

    ``past`` and ``future`` are the runs with an earlier and a later logical date, ``upstream`` and ``downstream`` all
    tasks before and after it, ``recursive`` the runs that a selected task triggered, whole.
    """

    past: bool = False
    future: bool = False
    upstream: bool = False
    downstream: bool = False
    recursive: bool = False


@dataclass(frozen=True, slots=True)
class GridRun:
    """A run with its task instances, and the spec of the version it is pinned to."""

    run: DagRun
    spec: DagSpec


def is_in_reach(run: DagRun, logical_date: datetime, directions: Directions) -> bool:
    """Whether ``directions`` from a run of ``logical_date`` include ``run`` of the same DAG."""
    if run.logical_date == logical_date:
        return True
    return directions.past if run.logical_date < logical_date else directions.future


def select(
    grid: Iterable[GridRun],
    target: Target,
    directions: Directions,
    *,
    with_setups: bool = False,
    map_index: int | None = None,
) -> list[Target]:
    """The task instances that ``directions`` from ``target`` select, run by run in the author's order.

    ``grid`` are the runs of the target's DAG; those out of reach are passed over, and of several runs with the target's
    own logical date only the target's. With ``with_setups`` the setups of what is selected and their teardowns come
    along. ``map_index`` (None: all) narrows the target's task to one instance, and the tasks of its mapped group with
    it. A task that a version does not have selects nothing there.
    """
    runs = sorted(grid, key=lambda item: (item.run.logical_date, item.run.run_id))
    origin = next((item.run for item in runs if item.run.key == target.run_key), None)
    if origin is None:
        return []
    found: list[Target] = []
    for item in runs:
        is_own = item.run.key == origin.key
        if not is_own and (
            item.run.logical_date == origin.logical_date or not is_in_reach(item.run, origin.logical_date, directions)
        ):
            continue
        found.extend(_select_in_run(item, target.task_key.task_id, directions, map_index, with_setups=with_setups))
    return found


def _select_in_run(
    item: GridRun, task_id: str, directions: Directions, map_index: int | None, *, with_setups: bool
) -> Iterator[Target]:
    spec = item.spec
    if task_id not in spec.task_by_id:
        return
    names = {task_id}
    if directions.upstream:
        names |= reachable(spec.upstream, [task_id])
    if directions.downstream:
        names |= reachable(spec.downstream, [task_id])
    if with_setups:
        names |= _setups_around(spec, names)
    narrowed = _same_index(spec, task_id) if map_index is not None else frozenset[str]()
    position = spec.position
    keys = [key for key in item.run.tasks if key.task_id in names]
    for key in sorted(keys, key=lambda key: (position[key.task_id], key.map_index)):
        if key.task_id in narrowed and key.map_index not in (map_index, NOT_MAPPED):
            continue
        yield Target(item.run.key, key)


def _same_index(spec: DagSpec, task_id: str) -> frozenset[str]:
    """The tasks whose instances belong to one index together with the target's."""
    scope = spec.task_by_id[task_id].map_scope
    if not scope:
        return frozenset({task_id})
    return frozenset(task.task_id for task in spec.tasks if task.map_scope == scope)


def _setups_around(spec: DagSpec, names: set[str]) -> set[str]:
    """The setups that tasks stand under, and the teardowns of those setups."""
    teardowns = [task for task in spec.tasks if task.is_teardown]
    if not teardowns and not any(task.is_setup for task in spec.tasks):
        return set()
    above = reachable(spec.upstream, names)
    setups = {name for name in (above | names) if spec.task_by_id[name].is_setup}
    return setups | {task.task_id for task in teardowns if setups.intersection(task.setups)}


def parents_in(targets: Iterable[Target]) -> list[TaskRef]:
    """Task instances as the runs that they have triggered name them."""
    return [TaskRef(run.dag_id, run.run_id, key.task_id, key.map_index) for run, key in targets]


def whole(item: GridRun) -> list[Target]:
    """Every task instance of a run."""
    position = item.spec.position
    keys = sorted(item.run.tasks, key=lambda key: (position.get(key.task_id, -1), key.map_index))
    return [Target(item.run.key, key) for key in keys]


def in_states(
    targets: Sequence[Target], runs: Mapping[RunKey, DagRun], states: frozenset[TaskState] | None
) -> list[Target]:
    """Those of ``targets`` that are in one of ``states`` (None: any)."""
    if states is None:
        return list(targets)
    return [target for target in targets if runs[target.run_key].tasks[target.task_key].state in states]
