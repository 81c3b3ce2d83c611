"""Values that are known only while a run goes on: what another task returned, a parameter of the run.

They may stand wherever an operator has a template field, also inside lists, tuples and dicts; the attempt puts the
values in their place (``resolve``).
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from jupyter_couture.authoring.context import RETURN_VALUE, Context, current_attempt
from jupyter_couture.authoring.edges import Dependable, TaskNode
from jupyter_couture.model.errors import InvalidDag


class Reference:
    """A value to come."""

    def resolve(self, context: Context) -> Any:
        """The value, in a running attempt."""
        raise TypeError(f"{type(self).__name__} cannot be resolved with {len(context)} names")


class XComArg(Dependable, Reference):
    """What a task returned, or another of its outputs. Standing for its task, it can be an end of a dependency."""

    def __init__(self, operator: TaskNode, key: str = RETURN_VALUE) -> None:
        self.operator = operator
        self.key = key

    @property
    def roots(self) -> Sequence[TaskNode]:
        return (self.operator,)

    @property
    def leaves(self) -> Sequence[TaskNode]:
        return (self.operator,)

    def resolve(self, context: Context) -> Any:
        """What the task of this run left; None if it left nothing."""
        return current_attempt().pull(self.operator.task_id, self.key)

    def __str__(self) -> str:
        key = "" if self.key == RETURN_VALUE else f", key='{self.key}'"
        return f"{{{{ ti.xcom_pull(task_ids='{self.operator.task_id}'{key}) }}}}"

    def __repr__(self) -> str:
        return f"XComArg({self.operator.task_id!r}, {self.key!r})"

    def __bool__(self) -> bool:
        message = f"what task {self.operator.task_id!r} returns is not known yet; look at it inside another task"
        raise InvalidDag(task_id=self.operator.task_id, message=message)


class DagParam(Reference):
    """An argument of an ``@dag`` function: a parameter whose value a run's conf may set."""

    def __init__(self, name: str) -> None:
        self.name = name

    def resolve(self, context: Context) -> Any:
        """The value in this run."""
        return context["params"][self.name]

    def __str__(self) -> str:
        return f"{{{{ params.{self.name} }}}}"

    def __repr__(self) -> str:
        return f"DagParam({self.name!r})"


def references_in(value: object) -> Iterator[Reference]:
    """All references in ``value``, in order."""
    if isinstance(value, Reference):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from references_in(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from references_in(item)


def resolve(value: Any, context: Context) -> Any:
    """``value`` with every reference replaced; what holds none is given back as it is."""
    if next(references_in(value), None) is None:
        return value
    if isinstance(value, Reference):
        return value.resolve(context)
    if isinstance(value, Mapping):
        return {name: resolve(item, context) for name, item in value.items()}
    items = [resolve(item, context) for item in value]
    return items if isinstance(value, list) else tuple(items)
