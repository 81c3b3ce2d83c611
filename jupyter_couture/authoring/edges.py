"""How dependencies are written: ``a >> b``, ``[a, b] << c``, ``set_upstream``, ``chain``, ``cross_downstream``."""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import TypeAlias, TypeVar

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

    def set_downstream(self, task_or_task_list: "Dependables") -> None:
        """Let the other one, or each of a list, wait for this; the same as ``self >> other``."""
        connect(self, task_or_task_list)

    def set_upstream(self, task_or_task_list: "Dependables") -> None:
        """Let this wait for the other one, or each of a list; the same as ``self << other``."""
        connect(task_or_task_list, self)

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

    @property
    def roots(self) -> Sequence["TaskNode"]:
        return (self,)

    @property
    def leaves(self) -> Sequence["TaskNode"]:
        return (self,)

    def join(self, dag: TaskHolder) -> None:
        """Become a task of ``dag``; raises ``DuplicateTask``."""
        raise TypeError(f"{type(self).__name__} cannot join DAG {dag.dag_id!r}")


def connect(before: Dependables, after: Dependables, *, is_implied: bool = False) -> None:
    """Let every task of ``after`` wait for every task of ``before``.

    A task without a DAG joins that of the others. Raises ``DuplicateDependency``, ``DagCycle``, and ``InvalidDag`` if
    the tasks have no DAG or not the same.
    """
    ups = [task for item in _items(before) for task in item.leaves]
    downs = [task for item in _items(after) for task in item.roots]
    if not ups or not downs:
        return
    dag = _common_dag([*ups, *downs])
    for up in ups:
        for down in downs:
            dag.graph.connect(up.task_id, down.task_id, is_implied=is_implied)


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


def cross_downstream(from_tasks: Sequence[Dependable], to_tasks: Dependables) -> None:
    """Every task of ``from_tasks`` before every one of ``to_tasks``."""
    connect(from_tasks, to_tasks)


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
