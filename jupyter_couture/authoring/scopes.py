"""Which DAG and which task group the code of a DAG file stands in, and what was made while a file ran.

``with DAG(...)`` and ``with TaskGroup(...)`` nest; the innermost is current. A ``Collector`` is open while a file is
loaded, so that DAGs that no module variable holds are found too.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Generic, TypeVar

from jupyter_couture.authoring.dependencies import DependencyGraph

_T = TypeVar("_T")


class TaskHolder:
    """What operators and groups need of a DAG; ``DAG`` is the only one."""

    dag_id: str
    default_args: dict[str, Any]
    params: dict[str, Any]
    fileloc: str
    graph: DependencyGraph
    group_dict: "dict[str, GroupHolder]"
    """Its task groups by full id, in the order of writing."""
    partials: list[Any]
    """The ``partial(...)`` calls made for it."""
    warnings: list[str]
    """What its file says that has no effect, a sentence each."""

    def node_of(self, task_id: str) -> Any:
        """A task by id."""
        raise TypeError(f"{type(self).__name__} has no task {task_id!r}")

    @property
    def nodes(self) -> "list[Any]":
        """Its tasks, in the order of writing."""
        raise TypeError(f"{type(self).__name__} has no tasks")

    def add_node(self, node: Any) -> None:
        """Take a task in; its id is not in the graph yet."""
        raise TypeError(f"{type(self).__name__} cannot take {node!r}")


class GroupHolder:
    """What operators need of a task group; ``TaskGroup`` is the only one."""

    group_id: str
    dag: TaskHolder
    default_args: Mapping[str, Any]
    members: list[Any]
    """The tasks and groups directly in it, in the order of writing."""

    @property
    def mapped_group(self) -> Any:
        """The group here or around that is mapped as a whole; None if none is."""
        return None

    def child_id(self, label: str) -> str:
        """The full id of a task or group called ``label`` in here."""
        raise TypeError(f"{type(self).__name__} holds no tasks, so there is no id for {label!r}")


class Scope(Generic[_T]):
    """A stack of things entered with ``with``, per thread and per context."""

    def __init__(self, name: str) -> None:
        self._stack: ContextVar[tuple[_T, ...]] = ContextVar(name, default=())

    def current(self) -> _T | None:
        """The innermost one."""
        stack = self._stack.get()
        return stack[-1] if stack else None

    def push(self, item: _T) -> None:
        """Enter ``item``."""
        self._stack.set((*self._stack.get(), item))

    def pop(self) -> None:
        """Leave the innermost one."""
        self._stack.set(self._stack.get()[:-1])

    def all(self) -> tuple[_T, ...]:
        """All of them, the innermost last."""
        return self._stack.get()

    def swap(self, stack: tuple[_T, ...]) -> tuple[_T, ...]:
        """Put ``stack`` in the place of what there is; what there was."""
        before = self._stack.get()
        self._stack.set(stack)
        return before


dags: Scope[TaskHolder] = Scope("couture_dags")
groups: Scope[GroupHolder] = Scope("couture_groups")
enclosures: Scope[list[Any]] = Scope("couture_enclosures")
"""Tasks made so far in each ``with`` block of a setup or teardown task."""

_collector: ContextVar[list[TaskHolder] | None] = ContextVar("couture_collector", default=None)


def current_group(dag: TaskHolder | None) -> GroupHolder | None:
    """The innermost group, if it belongs to ``dag`` (to any DAG if None)."""
    group = groups.current()
    return group if group is not None and (dag is None or group.dag is dag) else None


_is_nowhere: ContextVar[bool] = ContextVar("couture_is_nowhere", default=False)


def is_nowhere() -> bool:
    """Whether what is made now belongs to no DAG, and must not join that of a task whose value it is given."""
    return _is_nowhere.get()


@contextmanager
def nowhere() -> Iterator[None]:
    """Stand in no DAG and no group meanwhile."""
    outer_dags, outer_groups, outer_enclosures = dags.swap(()), groups.swap(()), enclosures.swap(())
    token = _is_nowhere.set(True)
    try:
        yield
    finally:
        _is_nowhere.reset(token)
        dags.swap(outer_dags)
        groups.swap(outer_groups)
        enclosures.swap(outer_enclosures)


@contextmanager
def collecting() -> Iterator[list[TaskHolder]]:
    """Collect the DAGs that are announced meanwhile, in order."""
    found: list[TaskHolder] = []
    before = _collector.set(found)
    try:
        yield found
    finally:
        _collector.reset(before)


def is_loading() -> bool:
    """Whether a DAG file is being executed for the DAGs it makes."""
    return _collector.get() is not None


def announce(dag: TaskHolder) -> None:
    """A DAG was completed by ``with`` or by calling an ``@dag`` function."""
    found = _collector.get()
    if found is not None and not any(dag is other for other in found):
        found.append(dag)
