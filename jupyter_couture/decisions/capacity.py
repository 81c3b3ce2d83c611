"""Is there room, and who goes first.

Scheduled instances wait in lanes (``live.Lane``): all in a lane are stopped by the same limits, so a full pool closes
its lanes and holds up nobody else, and a pass asks about lanes and those it admits, not about all that wait.
"""

import heapq
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import NamedTuple

from jupyter_couture.decisions.live import FORCED, Lane, LiveRun
from jupyter_couture.model.dag import Json, TaskSpec
from jupyter_couture.model.ids import DagId, RunKey, TaskKey
from jupyter_couture.model.pools import THE_DEFAULT_POOL, Pool
from jupyter_couture.model.reasons import Reason, ReasonKind

_ONLY_DEFAULT: Mapping[str, Pool] = MappingProxyType({THE_DEFAULT_POOL.name: THE_DEFAULT_POOL})


@dataclass(frozen=True, slots=True)
class Room:
    """What may be handed out: ``slots`` run at once, ``backlog`` more may wait at the workers; ``pools`` by name.

    A backlog keeps workers busy while the scheduler thinks; a short one keeps priorities meaningful.
    """

    slots: int
    backlog: int
    pools: Mapping[str, Pool] = field(default_factory=lambda: _ONLY_DEFAULT)

    @property
    def limit(self) -> int:
        """How many attempts may be open; none while there is no worker."""
        return self.slots + self.backlog if self.slots else 0


class Rank(NamedTuple):
    """Where a task stands in the queue: heavy before light, old runs before new ones, then the author's order."""

    minus_priority: int
    queued_timestamp: float
    position: int


class Candidate(NamedTuple):
    """A scheduled task that asks for an attempt; the smallest goes first."""

    rank: Rank
    run_key: RunKey
    task_key: TaskKey


class Occupancy:
    """How many attempts are open: in all, by pool, DAG and task. Counts up as attempts are granted."""

    def __init__(self, live: Mapping[RunKey, LiveRun], room: Room) -> None:
        self._room = room
        self.total = 0
        self._by_pool: Counter[str] = Counter()
        self._by_dag: Counter[DagId] = Counter()
        self._by_task: Counter[tuple[DagId, str]] = Counter()
        self._by_run: Counter[tuple[RunKey, str]] = Counter()
        for item in live.values():
            tasks, key = item.spec.task_by_id, item.run.key
            for each in item.open:
                self.count(key, tasks[each.task_id])
            if item.waits:
                for each in item.waits.keys() - item.open:
                    self.count(key, tasks[each.task_id], 0, 1)

    def count(self, key: RunKey, task: TaskSpec, opened: int = 1, waiting: int = 0) -> None:
        """Count instances of a task: so many with an attempt, so many that wait for a trigger or a person."""
        self.total += opened
        pool = self._room.pools.get(task.pool)
        if pool is not None and pool.includes_deferred:
            self._by_pool[task.pool] += task.pool_slots * (opened + waiting)
        else:
            self._by_pool[task.pool] += task.pool_slots * opened
        self._by_dag[key.dag_id] += opened
        if task.max_active_instances is not None:
            self._by_task[key.dag_id, task.task_id] += opened
        if task.max_active_instances_per_run is not None:
            self._by_run[key, task.task_id] += opened

    def is_full(self) -> bool:
        """Whether nobody can be admitted, whoever asks."""
        return self.total >= self._room.limit

    def taken(self, pool: str) -> int:
        """How many slots of a pool are taken."""
        return self._by_pool[pool]

    def refusals(self, item: LiveRun, task_id: str) -> Iterator[Reason]:
        """Everything that keeps a task of a run from an attempt now."""
        dag_id, spec = item.run.dag_id, item.spec
        task = spec.task_by_id[task_id]
        if self.is_full():
            kind = ReasonKind.NO_SLOTS if self._room.slots else ReasonKind.NO_WORKERS
            yield Reason(kind, {"slots": self._room.slots})
        pool = self._room.pools.get(task.pool)
        if pool is None:
            yield Reason(ReasonKind.POOL_MISSING, {"pool": task.pool})
        elif not pool.is_unlimited:
            if task.pool_slots > pool.slots:
                facts: dict[str, Json] = {"pool": pool.name, "slots": pool.slots, "wanted": task.pool_slots}
                yield Reason(ReasonKind.POOL_TOO_SMALL, facts)
            elif self._by_pool[pool.name] + task.pool_slots > pool.slots:
                yield Reason(ReasonKind.POOL_FULL, {"pool": pool.name, "slots": pool.slots})
        if self._by_dag[dag_id] >= spec.max_active_tasks:
            yield Reason(ReasonKind.DAG_TASK_LIMIT, {"limit": spec.max_active_tasks})
        limit = task.max_active_instances
        if limit is not None and self._by_task[dag_id, task_id] >= limit:
            yield Reason(ReasonKind.TASK_LIMIT, {"limit": limit})
        limit = task.max_active_instances_per_run
        if limit is not None and self._by_run[item.run.key, task_id] >= limit:
            yield Reason(ReasonKind.RUN_TASK_LIMIT, {"limit": limit})

    def take(self, item: LiveRun, task: TaskKey) -> None:
        """Count an attempt that was granted."""
        self.count(item.run.key, item.spec.task_by_id[task.task_id])


class _Turn(NamedTuple):
    """The first of a lane that has not been asked yet."""

    candidate: Candidate
    place: int
    lane: Lane


def _turn(item: LiveRun, lane: Lane, place: int) -> _Turn:
    key = item.lanes[lane][place]
    task = item.spec.task_by_id[key.task_id]
    rank = Rank(-task.priority_weight, item.run.queued_at.timestamp(), item.spec.position[key.task_id])
    return _Turn(Candidate(rank, item.run.key, key), place, lane)


def admit(live: Mapping[RunKey, LiveRun], eligible: Iterable[RunKey], room: Room) -> list[Candidate]:
    """Who gets an attempt now, in order. Only tasks of ``eligible`` runs are asked."""
    occupancy = Occupancy(live, room)
    chosen: list[Candidate] = []
    if occupancy.is_full():
        return chosen
    turns = [_turn(live[key], lane, 0) for key in eligible for lane in live[key].lanes]
    heapq.heapify(turns)
    while turns and not occupancy.is_full():
        candidate, place, lane = turns[0]
        item = live[candidate.run_key]
        is_refused = lane != FORCED and next(occupancy.refusals(item, candidate.task_key.task_id), None) is not None
        if not is_refused:
            occupancy.take(item, candidate.task_key)
            chosen.append(candidate)
        if is_refused or place + 1 == len(item.lanes[lane]):
            heapq.heappop(turns)
        else:
            heapq.heapreplace(turns, _turn(item, lane, place + 1))
    return chosen
