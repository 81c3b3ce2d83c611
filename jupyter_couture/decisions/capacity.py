"""Is there room, and who goes first."""

import heapq
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from jupyter_couture.decisions.live import LiveRun
from jupyter_couture.model.ids import DagId, RunKey, TaskKey
from jupyter_couture.model.reasons import Reason, ReasonKind


@dataclass(frozen=True, slots=True)
class Room:
    """What may be handed out: ``slots`` run at once, ``backlog`` more may wait at the workers.

    A backlog keeps workers busy while the scheduler thinks; a short one keeps priorities meaningful.
    """

    slots: int
    backlog: int

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
    """How many attempts are open: in all, by DAG and by task. Counts up as attempts are granted."""

    def __init__(self, live: Mapping[RunKey, LiveRun], room: Room) -> None:
        self._room = room
        self.total = 0
        self._by_dag: Counter[DagId] = Counter()
        self._by_task: Counter[tuple[DagId, str]] = Counter()
        for item in live.values():
            if item.open:
                self.total += len(item.open)
                self._by_dag[item.run.dag_id] += len(item.open)
                self._by_task.update((item.run.dag_id, key.task_id) for key in item.open)

    def is_full(self) -> bool:
        """Whether nobody can be admitted, whoever asks."""
        return self.total >= self._room.limit

    def refusal(self, item: LiveRun, task: TaskKey) -> Reason | None:
        """Why the task may not have an attempt now; None if it may."""
        dag_id, spec = item.run.dag_id, item.spec
        if self.is_full():
            kind = ReasonKind.NO_SLOTS if self._room.slots else ReasonKind.NO_WORKERS
            return Reason(kind, {"slots": self._room.slots})
        if self._by_dag[dag_id] >= spec.max_active_tasks:
            return Reason(ReasonKind.DAG_TASK_LIMIT, {"limit": spec.max_active_tasks})
        limit = spec.task_by_id[task.task_id].max_active_instances
        if limit is not None and self._by_task[dag_id, task.task_id] >= limit:
            return Reason(ReasonKind.TASK_LIMIT, {"limit": limit})
        return None

    def take(self, item: LiveRun, task: TaskKey) -> None:
        """Count an attempt that was granted."""
        self.total += 1
        self._by_dag[item.run.dag_id] += 1
        self._by_task[item.run.dag_id, task.task_id] += 1


def candidates_of(item: LiveRun) -> Iterator[Candidate]:
    """The tasks of a run that wait for room, in turn."""
    tasks, position = item.spec.task_by_id, item.spec.position
    run_key, queued = item.run.key, item.run.queued_at.timestamp()
    for key in item.scheduled:
        rank = Rank(-tasks[key.task_id].priority_weight, queued, position[key.task_id])
        yield Candidate(rank, run_key, key)


def admit(live: Mapping[RunKey, LiveRun], eligible: Iterable[RunKey], room: Room) -> list[Candidate]:
    """Who gets an attempt now, in order. Only tasks of ``eligible`` runs are asked."""
    occupancy = Occupancy(live, room)
    chosen: list[Candidate] = []
    if occupancy.is_full():
        return chosen
    for candidate in heapq.merge(*(candidates_of(live[key]) for key in eligible)):
        item = live[candidate.run_key]
        if occupancy.refusal(item, candidate.task_key) is None:
            occupancy.take(item, candidate.task_key)
            chosen.append(candidate)
            if occupancy.is_full():
                break
    return chosen
