"""The dependencies of one DAG while its file is being executed.

A cycle is refused by the very line that closes it. For that the graph keeps an order in which every task stands after
the ones it waits for, and mends it where a new dependency breaks it (Pearce and Kelly, 2006): dependencies that follow
the order of writing cost nothing, others the size of the part they turn round.
"""

import os
import warnings
from collections.abc import Mapping

from jupyter_couture.authoring import dialects
from jupyter_couture.authoring.dialects import Dialect
from jupyter_couture.model.errors import DagCycle, DuplicateDependency

STRICT_VARIABLE = "COUTURE_STRICT_DEPENDENCIES"
"""Environment variable; ``0`` turns the refusal of doubled dependencies into a warning, ``1`` makes it hold always."""

_LENIENT = frozenset({Dialect.AIRFLOW_2, Dialect.AIRFLOW_3})
"""Dialects in which a doubled dependency is only warned of, as in the Airflow that the file was written for."""


def is_strict() -> bool:
    """Whether a dependency that is given twice is refused: as the deployment says, else by the file's dialect."""
    said = os.environ.get(STRICT_VARIABLE, "").lower()
    return said not in ("0", "false", "no") if said else dialects.current() not in _LENIENT


class DependencyGraph:
    """Task ids and who waits for whom; both directions in the order of writing."""

    def __init__(self, dag_id: str) -> None:
        self.dag_id = dag_id
        self._upstream: dict[str, dict[str, None]] = {}
        self._downstream: dict[str, dict[str, None]] = {}
        self._place: dict[str, int] = {}
        self._named: set[tuple[str, str]] = set()
        self.labels: dict[tuple[str, str], str] = {}
        """The words on dependencies, by (upstream, downstream)."""
        self.doubled: list[str] = []
        """The dependencies that were given twice and not refused, a sentence each."""
        self.taken: dict[str, int] = {}
        """For names that ask for a number: the last one that was given out."""

    def add(self, task_id: str) -> None:
        """A new task, behind all others."""
        self._upstream[task_id] = {}
        self._downstream[task_id] = {}
        self._place[task_id] = len(self._place)

    def __contains__(self, task_id: object) -> bool:
        return task_id in self._upstream

    def upstream_of(self, task_id: str) -> tuple[str, ...]:
        """The tasks ``task_id`` waits for."""
        return tuple(self._upstream[task_id])

    def downstream_of(self, task_id: str) -> tuple[str, ...]:
        """The tasks that wait for ``task_id``."""
        return tuple(self._downstream[task_id])

    def all_after(self, task_id: str) -> frozenset[str]:
        """Every task that waits for ``task_id``, directly or through others."""
        return _reached(task_id, self._downstream)

    def all_before(self, task_id: str) -> frozenset[str]:
        """Every task that ``task_id`` waits for, directly or through others."""
        return _reached(task_id, self._upstream)

    @property
    def order(self) -> list[str]:
        """All tasks so that each stands after the ones it waits for."""
        return sorted(self._place, key=self._place.__getitem__)

    @property
    def upstream(self) -> Mapping[str, tuple[str, ...]]:
        """For each task the tasks it waits for."""
        return {task_id: tuple(parents) for task_id, parents in self._upstream.items()}

    def connect(self, up: str, down: str, *, is_implied: bool = False) -> None:
        """Let ``down`` wait for ``up``.

        ``is_implied``: the author did not name the dependency, it follows from a value handed over; such a one may
        come again, and may be named once besides. Raises ``DuplicateDependency`` and ``DagCycle``; then nothing
        has changed.
        """
        if not is_implied and (up, down) in self._named:
            doubled = DuplicateDependency(dag_id=self.dag_id, upstream=up, downstream=down)
            if is_strict():
                raise doubled
            self.doubled.append(str(doubled))
            warnings.warn(str(doubled), UserWarning, stacklevel=2)
        if down not in self._downstream[up]:
            self._keep_order(up, down)
            self._upstream[down][up] = None
            self._downstream[up][down] = None
        if not is_implied:
            self._named.add((up, down))

    def _keep_order(self, up: str, down: str) -> None:
        first, last = self._place[down], self._place[up]
        if last < first:
            return
        after = self._forward(up, down, last)
        before = self._backward(up, first)
        moved = sorted(before, key=self._place.__getitem__) + sorted(after, key=self._place.__getitem__)
        places = sorted(self._place[task_id] for task_id in moved)
        self._place.update(zip(moved, places, strict=True))

    def _forward(self, up: str, down: str, last: int) -> list[str]:
        """Everything after ``down`` that stands no later than ``up``; raises ``DagCycle`` if that is ``up`` itself."""
        came_from: dict[str, str | None] = {down: None}
        stack = [down]
        while stack:
            task_id = stack.pop()
            if task_id == up:
                raise DagCycle(dag_id=self.dag_id, path=(*self._path(came_from, up), down))
            for child in self._downstream[task_id]:
                if child not in came_from and self._place[child] <= last:
                    came_from[child] = task_id
                    stack.append(child)
        return list(came_from)

    @staticmethod
    def _path(came_from: Mapping[str, str | None], end: str) -> tuple[str, ...]:
        path: list[str] = []
        step: str | None = end
        while step is not None:
            path.append(step)
            step = came_from[step]
        return tuple(reversed(path))

    def _backward(self, up: str, first: int) -> list[str]:
        seen = {up}
        stack = [up]
        while stack:
            for parent in self._upstream[stack.pop()]:
                if parent not in seen and self._place[parent] >= first:
                    seen.add(parent)
                    stack.append(parent)
        return list(seen)


def _reached(start: str, neighbours: Mapping[str, Mapping[str, None]]) -> frozenset[str]:
    seen: set[str] = set()
    stack = [start]
    while stack:
        for neighbour in neighbours[stack.pop()]:
            if neighbour not in seen:
                seen.add(neighbour)
                stack.append(neighbour)
    return frozenset(seen)
