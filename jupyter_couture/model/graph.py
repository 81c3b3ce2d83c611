"""Order in a DAG: who comes before whom, levels, and a cycle as a path one can read.

A graph is given as ``upstream``: for each task id the ids it waits for, in the author's order.
"""

from collections import deque
from collections.abc import Iterable, Mapping, Sequence

Upstream = Mapping[str, Sequence[str]]


def downstream_of(upstream: Upstream) -> dict[str, tuple[str, ...]]:
    """Turn the edges round: for each task the tasks that wait for it, in the order of ``upstream``."""
    below: dict[str, list[str]] = {task: [] for task in upstream}
    for task, parents in upstream.items():
        for parent in parents:
            below[parent].append(task)
    return {task: tuple(children) for task, children in below.items()}


def topological_order(upstream: Upstream) -> tuple[str, ...]:
    """All tasks, each after the ones it waits for; stable in the order of ``upstream`` (Kahn's algorithm).

    Raises ``ValueError`` if there is a cycle; ``find_cycle`` names it.
    """
    below = downstream_of(upstream)
    waiting = {task: len(parents) for task, parents in upstream.items()}
    ready = deque(task for task, count in waiting.items() if count == 0)
    order: list[str] = []
    while ready:
        task = ready.popleft()
        order.append(task)
        for child in below[task]:
            waiting[child] -= 1
            if waiting[child] == 0:
                ready.append(child)
    if len(order) != len(waiting):
        raise ValueError("the graph has a cycle")
    return tuple(order)


def find_cycle(upstream: Upstream) -> tuple[str, ...]:
    """The task ids of one cycle in the direction of the work, the first repeated at the end; empty if none.

    Iterative, so that a chain of any length is fine.
    """
    below = downstream_of(upstream)
    finished: set[str] = set()
    for root in upstream:
        if root in finished:
            continue
        path: list[str] = [root]
        on_path = {root: 0}
        branches = [iter(below[root])]
        while branches:
            child = next(branches[-1], None)
            if child is None:
                branches.pop()
                done = path.pop()
                del on_path[done]
                finished.add(done)
            elif child in on_path:
                return (*path[on_path[child] :], child)
            elif child not in finished:
                on_path[child] = len(path)
                path.append(child)
                branches.append(iter(below[child]))
    return ()


def reachable(edges: Upstream, start: Iterable[str]) -> frozenset[str]:
    """Everything that can be reached from ``start`` along ``edges``, without ``start`` itself.

    With ``upstream`` edges these are the ancestors, with ``downstream_of`` the descendants.
    """
    first = set(start)
    seen: set[str] = set()
    stack = list(first)
    while stack:
        for neighbour in edges[stack.pop()]:
            if neighbour not in seen:
                seen.add(neighbour)
                stack.append(neighbour)
    return frozenset(seen - first)


def leaves(upstream: Upstream) -> tuple[str, ...]:
    """The tasks nobody waits for; their ends decide the end of a run."""
    return tuple(task for task, children in downstream_of(upstream).items() if not children)
