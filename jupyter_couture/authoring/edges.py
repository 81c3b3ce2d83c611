"""How dependencies are written: ``a >> b``, ``[a, b] << c``, ``set_upstream``, ``chain``, ``Label``."""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Self, TypeAlias, TypeVar

from jupyter_couture.authoring.dependencies import DependencyGraph
from jupyter_couture.authoring.scopes import TaskHolder
from jupyter_couture.model.errors import InvalidDag


class Dependable:
    """Something that can stand at an end of a dependency: a task, a task group, the value of a task."""

    @property
    def roots(self) -> Sequence["TaskNode"]:
        """The tasks in it that wait for what stands before it."""
        raise TypeError(f"{type(self).__name__} has no tasks")

    @property
    def leaves(self) -> Sequence["TaskNode"]:
        """The tasks in it that what stands after it waits for."""
        raise TypeError(f"{type(self).__name__} has no tasks")

    def set_downstream(self, task_or_task_list: "Dependables", edge_modifier: "EdgeModifier | None" = None) -> None:
        """Let the other one, or each of a list, wait for this; the same as ``self >> other``."""
        connect(self, task_or_task_list, label=edge_modifier.label if edge_modifier is not None else "")

    def set_upstream(self, task_or_task_list: "Dependables", edge_modifier: "EdgeModifier | None" = None) -> None:
        """Let this wait for the other one, or each of a list; the same as ``self << other``."""
        connect(task_or_task_list, self, label=edge_modifier.label if edge_modifier is not None else "")

    def __rshift__(self, other: "_End") -> "_End":
        connect(self, other)
        return other

    def __lshift__(self, other: "_End") -> "_End":
        connect(other, self)
        return other

    def __rrshift__(self, other: "Dependables") -> "Dependable":
        connect(other, self)
        return self

    def __rlshift__(self, other: "Dependables") -> "Dependable":
        connect(self, other)
        return self


Dependables: TypeAlias = Dependable | Sequence[Dependable]
_End = TypeVar("_End", bound=Dependables)


class TaskNode(Dependable):
    """A single task, as far as dependencies go."""

    task_id: str
    dag: TaskHolder | None
    is_mapped_over: bool = False
    """Whether the number of values it returns decides how many instances another task has."""

    @property
    def roots(self) -> Sequence["TaskNode"]:
        return (self,)

    @property
    def leaves(self) -> Sequence["TaskNode"]:
        return (self,)

    def join(self, dag: TaskHolder) -> None:
        """Become a task of ``dag``; raises ``DuplicateTask``."""
        raise TypeError(f"{type(self).__name__} cannot join DAG {dag.dag_id!r}")

    def as_setup(self) -> Self:
        """Make this a setup task."""
        raise TypeError(f"{type(self).__name__} cannot be a setup")

    def as_teardown(
        self, *, setups: "Dependable | Iterable[Dependable] | None" = None, on_failure_fail_dagrun: bool | None = None
    ) -> Self:
        """Make this a teardown task."""
        raise TypeError(f"{type(self).__name__} cannot be a teardown of {setups!r} ({on_failure_fail_dagrun})")

    def enter_block(self) -> None:
        """Begin a ``with`` block of a setup or teardown task."""
        raise TypeError(f"{type(self).__name__} is of no use in 'with'")

    def leave_block(self, *, is_complete: bool) -> None:
        """End it."""
        raise TypeError(f"{type(self).__name__} is of no use in 'with' ({is_complete})")


class EdgeModifier(Dependable):
    """Words on a dependency: ``branch >> Label("no data") >> report``. Lists may stand on either side."""

    def __init__(self, label: str = "") -> None:
        self.label = label
        self._before: list[Dependable] = []
        self._after: list[Dependable] = []

    @property
    def roots(self) -> Sequence[TaskNode]:
        return ()

    @property
    def leaves(self) -> Sequence[TaskNode]:
        return ()

    def stand_between(self, before: Sequence[Dependable], after: Sequence[Dependable]) -> None:
        """More tasks on one side; they are joined to all that are on the other by now."""
        if before and self._after:
            connect(before, self._after, label=self.label)
        if after and self._before:
            connect(self._before, after, label=self.label)
        self._before += before
        self._after += after

    def __repr__(self) -> str:
        return f"Label({self.label!r})"


def Label(label: str) -> EdgeModifier:  # noqa: N802  # the name that DAG files use
    """Words to stand on a dependency."""
    return EdgeModifier(str(label))


def connect(before: Dependables, after: Dependables, *, is_implied: bool = False, label: str = "") -> None:
    """Let every task of ``after`` wait for every task of ``before``.

    A task without a DAG joins that of the others. ``label`` is written on the dependencies. Raises
    ``DuplicateDependency``, ``DagCycle``, and ``InvalidDag`` if the tasks have no DAG or not the same.
    """
    befores, afters = _items(before), _items(after)
    for item in afters:
        if isinstance(item, EdgeModifier):
            item.stand_between(befores, ())
    for item in befores:
        if isinstance(item, EdgeModifier):
            item.stand_between((), afters)
    ups = [task for item in befores for task in item.leaves]
    downs = [task for item in afters for task in item.roots]
    if not ups or not downs:
        return
    dag = _common_dag([*ups, *downs])
    for up in ups:
        for down in downs:
            dag.graph.connect(up.task_id, down.task_id, is_implied=is_implied)
            if label:
                dag.graph.labels[up.task_id, down.task_id] = label


def chain(*tasks: Dependables) -> None:
    """``chain(a, [b, c], [d, e], f)``: a before b and c, b before d, c before e, d and e before f.

    Two lists next to each other must be of the same length; raises ``InvalidDag`` otherwise.
    """
    for before, after in pairwise(tasks):
        if isinstance(before, Dependable) or isinstance(after, Dependable):
            connect(before, after)
        elif len(before) == len(after):
            for up, down in zip(before, after, strict=True):
                connect(up, down)
        else:
            sizes = f"{len(before)} and {len(after)}"
            raise InvalidDag(message=f"chain() joins neighbouring lists of the same length, not of {sizes} tasks")


def chain_linear(*elements: Dependables) -> None:
    """``chain_linear(a, [b, c], [d, e], f)``: every task of one element before every task of the next.

    Empty lists are left out. Raises ``InvalidDag`` if fewer than two elements remain.
    """
    steps = [element for element in elements if isinstance(element, Dependable) or element]
    if len(steps) < 2:
        raise InvalidDag(message="chain_linear() joins at least two elements; a list of them is given with a star")
    for before, after in pairwise(steps):
        connect(before, after)


def cross_downstream(from_tasks: Sequence[Dependable], to_tasks: Dependables) -> None:
    """Every task of ``from_tasks`` before every one of ``to_tasks``."""
    connect(from_tasks, to_tasks)


def working_leaves(nodes: Sequence[TaskNode], graph: DependencyGraph) -> list[TaskNode]:
    """Of ``nodes`` those that nothing among them waits for; for a teardown what works before it, without its setups."""
    by_id = {node.task_id: node for node in nodes}
    found: dict[str, TaskNode] = {}
    looked: set[str] = set()
    stack = [node for node in reversed(nodes) if by_id.keys().isdisjoint(graph.downstream_of(node.task_id))]
    while stack:
        node = stack.pop()
        if node.task_id in looked:
            continue
        looked.add(node.task_id)
        if not getattr(node, "is_teardown", False):
            found[node.task_id] = node
            continue
        before = [by_id[name] for name in graph.upstream_of(node.task_id) if name in by_id]
        stack += [one for one in reversed(before) if not getattr(one, "is_setup", False)]
    return list(found.values())


def _items(ends: object) -> list[Dependable]:
    if isinstance(ends, Dependable):
        return [ends]
    if isinstance(ends, Iterable) and not isinstance(ends, str | bytes):
        return [item for end in ends for item in _items(end)]
    hint = " (is a call missing behind the @task function?)" if callable(ends) else ""
    raise TypeError(f"a dependency joins tasks, not {type(ends).__name__}{hint}")


def _common_dag(tasks: Sequence[TaskNode]) -> TaskHolder:
    found = {task.dag.dag_id: task.dag for task in tasks if task.dag is not None}
    if not found:
        raise InvalidDag(message=f"Task {tasks[0].task_id!r} needs a DAG before it can have dependencies")
    dag = next(iter(found.values()))
    for task in tasks:
        if task.dag is None:
            task.join(dag)
        elif task.dag is not dag:
            message = f"Tasks of DAG {dag.dag_id!r} and of DAG {task.dag.dag_id!r} cannot depend on each other"
            raise InvalidDag(dag_id=dag.dag_id, task_id=task.task_id, message=message)
    return dag
