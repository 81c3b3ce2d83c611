"""Mapped tasks: one instance for each of several values, which may be known only while a run goes on.

``Op.partial(task_id="x", shared=1).expand(each=[1, 2, 3])``. What the author wrote stays in an ``ExpandInput``; the
attempt of an instance picks its values by index and makes the real operator of them (``MappedWork.unmap``).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from math import prod
from typing import Any, Generic, Protocol, Self, TypeVar

from jupyter_couture.authoring import scopes
from jupyter_couture.authoring.arguments import unknown_argument
from jupyter_couture.authoring.context import Context
from jupyter_couture.authoring.edges import TaskNode
from jupyter_couture.authoring.operator_type import arguments_of, default_args_for
from jupyter_couture.authoring.references import (
    Fixed,
    Place,
    Reference,
    XComArg,
    as_sequence,
    current_place,
    length_of,
    references_in,
    resolve,
)
from jupyter_couture.model.dag import Length
from jupyter_couture.model.errors import InvalidDag, InvalidRequest

_SHOWN_VALUES = 100


class ExpandInput:
    """Over what a task or a group is mapped."""

    given: Any
    """What the author wrote."""

    @cached_property
    def lengths(self) -> tuple[Length, ...]:
        """How many values there are, for each dimension; the last varies fastest."""
        raise TypeError(f"{type(self).__name__} has no lengths")

    def values(self, place: Place, context: Context) -> dict[str, Any]:
        """The arguments of one instance."""
        raise TypeError(f"{type(self).__name__} has no values for {place} and {len(context)} names")

    def sources(self) -> Iterator[TaskNode]:
        """The tasks whose values it needs."""
        for reference in references_in(self.given):
            yield from reference.sources()

    def mark_sources(self) -> None:
        """Let the tasks whose number of values counts say it. Raises ``InvalidDag`` for what cannot be mapped over."""
        counted = {task_id for length in self.lengths for task_id in _tasks_of(length)}
        for node in self.sources():
            if node.task_id in counted:
                node.is_mapped_over = True


def _tasks_of(length: Length) -> Iterator[str]:
    if length.task_id is not None:
        yield length.task_id
    for part in length.parts:
        yield from _tasks_of(part)


class ByArgument(ExpandInput):
    """``expand(a=[1, 2], b=[3, 4])``: every combination of the values."""

    def __init__(self, given: Mapping[str, Any]) -> None:
        self.given = dict(given)

    @cached_property
    def lengths(self) -> tuple[Length, ...]:
        """See ``ExpandInput``."""
        return tuple(length_of(value, f"expand({name}=...)") for name, value in self.given.items())

    def values(self, place: Place, context: Context) -> dict[str, Any]:
        """See ``ExpandInput``."""
        sizes = place.lengths
        if len(sizes) != len(self.given):  # outside the engine
            sizes = tuple(len(as_sequence(resolve(value, context))) for value in self.given.values())
        rest = max(place.map_index, 0)
        if rest >= prod(sizes):
            raise InvalidRequest(field="map_index", message=f"there is no instance {rest} of {prod(sizes)}")
        picked: dict[str, Any] = {}
        for (name, value), size in zip(reversed(self.given.items()), reversed(sizes), strict=True):
            rest, at = divmod(rest, size)
            picked[name] = _element(value, at, context)
        return {name: picked[name] for name in self.given}


class ByInstance(ExpandInput):
    """``expand_kwargs([{"a": 1}, {"a": 2}])``: one instance for each mapping."""

    def __init__(self, given: Any) -> None:
        if not isinstance(given, XComArg):
            if not isinstance(given, Sequence) or isinstance(given, str | bytes):
                what = type(given).__name__
                raise InvalidDag(message=f"expand_kwargs() takes a list of dicts or the output of a task, not {what}")
            for item in given:
                if not isinstance(item, Mapping | XComArg):
                    what = type(item).__name__
                    raise InvalidDag(message=f"expand_kwargs() takes a list of dicts; one of the items is a {what}")
        self.given = given

    @cached_property
    def lengths(self) -> tuple[Length, ...]:
        """See ``ExpandInput``."""
        return (length_of(self.given, "expand_kwargs()"),)

    def values(self, place: Place, context: Context) -> dict[str, Any]:
        """See ``ExpandInput``."""
        at = max(place.map_index, 0)
        is_fixed = isinstance(self.given, XComArg)
        found = self.given.element(at, context) if is_fixed else as_sequence(self.given)[at]
        if isinstance(found, XComArg):
            is_fixed, found = True, found.resolve(context)
        if not isinstance(found, Mapping):
            what = type(found).__name__
            raise InvalidRequest(field="expand_kwargs", message=f"the arguments of an instance are a dict, not {what}")
        return {str(name): Fixed(value) if is_fixed else value for name, value in found.items()}


def _element(value: Any, at: int, context: Context) -> Any:
    if isinstance(value, XComArg):
        return Fixed(value.element(at, context))
    return as_sequence(value)[at]


class MappedArgument(Reference):
    """What an argument of a mapped task group is inside the group: the value of the instance's own index."""

    def __init__(self, expand_input: ExpandInput, name: str, default: Any = ..., path: tuple[Any, ...] = ()) -> None:
        self._input = expand_input
        self._name = name
        self._default = default
        self._path = path

    def sources(self) -> Iterator[TaskNode]:
        """See ``Reference``."""
        return self._input.sources()

    def resolve(self, context: Context) -> Any:
        """The value for this instance."""
        values = self._input.values(current_place(), context)
        if self._name not in values and self._default is ...:
            raise InvalidRequest(field=self._name, message=f"this instance was given no argument {self._name!r}")
        value = resolve(values.get(self._name, self._default), context)
        for key in self._path:
            value = value[key]
        return value

    def __getitem__(self, key: Any) -> "MappedArgument":
        return MappedArgument(self._input, self._name, self._default, (*self._path, key))

    def __repr__(self) -> str:
        return f"MappedArgument({self._name!r})"


class Mappable(Protocol):
    """What mapping needs of the operator that stands for all instances."""

    task_id: str
    template_fields: Sequence[str]

    @property
    def mapped_group(self) -> Any:
        """The mapped group around it."""
        ...

    def become_mapped(self, work: "MappedWork") -> Self:
        """Stand for all instances."""
        ...


class Instance(Protocol):
    """What mapping needs of the operator of one instance."""

    template_fields: Sequence[str]


class MappedWork:
    """What the instances of a mapped task are made of.

    ``shared`` are the arguments all have; those of an instance go over them, or with ``target`` into the dict that is
    the argument of this name (the function's arguments of a ``@task``).
    """

    def __init__(
        self, operator_class: type[Any], shared: Mapping[str, Any], expand_input: ExpandInput, target: str = ""
    ) -> None:
        self.operator_class = operator_class
        self.shared = dict(shared)
        self.expand_input = expand_input
        self.target = target
        names = expand_input.given if isinstance(expand_input.given, Mapping) and not target else ()
        self.fields: Sequence[str] = operator_class.fields_of((*self.shared, *names))

    @property
    def given(self) -> list[Any]:
        """Where references may stand: template fields, and what the task is mapped over."""
        fields = [self.shared[name] for name in self.fields if name in self.shared]
        return [*fields, self.expand_input.given]

    def shown_fields(self) -> dict[str, Any]:
        """Template fields as the author wrote them, for people to read; of long lists the beginning."""
        given = self.expand_input.given
        if isinstance(given, Mapping):
            given = {name: _shortened(value) for name, value in given.items()}
        else:
            given = _shortened(given)
        if self.target:
            inner = given if isinstance(given, Mapping) else {"expand_kwargs": given}
            merged = {**self.shared, self.target: {**self.shared.get(self.target, {}), **inner}}
            return {name: merged.get(name) for name in self.fields}
        own = given if isinstance(given, Mapping) else {}
        shown = {name: own.get(name, self.shared.get(name)) for name in self.fields}
        return shown if isinstance(given, Mapping) else {**shown, "expand_kwargs": given}

    def unmap(self, task_id: str, place: Place, context: Context) -> Any:
        """The operator of one instance; it belongs to no DAG yet.

        What came from other tasks stands in its template fields so that it is not rendered as a template.
        """
        values = self.expand_input.values(place, context)
        fixed = {id(value.value) for value in values.values() if isinstance(value, Fixed)}
        plain = {name: value.value if isinstance(value, Fixed) else value for name, value in values.items()}
        if self.target:
            clash = plain.keys() & self.shared.get(self.target, {}).keys()
            plain = {self.target: {**self.shared.get(self.target, {}), **plain}}
        else:
            clash = plain.keys() & self.shared.keys()
        for name in clash:
            raise TypeError(f"argument {name!r} of task {task_id!r} is given twice: to partial() and to its instance")
        with scopes.nowhere():
            operator = self.operator_class(**{**self.shared, **plain, "task_id": task_id.rpartition(".")[2]})
        _keep_unrendered(operator, fixed)
        return operator


def _shortened(value: Any) -> Any:
    if isinstance(value, list | tuple) and len(value) > _SHOWN_VALUES:
        return [*value[:_SHOWN_VALUES], f"… {len(value) - _SHOWN_VALUES} more"]
    return value


def _keep_unrendered(operator: Instance, fixed: set[int]) -> None:
    for name in operator.template_fields:
        before = getattr(operator, name, None)
        after = _with_fixed(before, fixed)
        if after is not before:
            setattr(operator, name, after)


def _with_fixed(value: Any, fixed: set[int]) -> Any:
    if id(value) in fixed:
        return Fixed(value)
    if type(value) is dict:
        made = {name: _with_fixed(item, fixed) for name, item in value.items()}
        return made if any(made[name] is not item for name, item in value.items()) else value
    if type(value) in (list, tuple):
        items = [_with_fixed(item, fixed) for item in value]
        changed = any(after is not before for after, before in zip(items, value, strict=True))
        return type(value)(items) if changed else value
    return value


_Op = TypeVar("_Op", bound=Mappable)


class OperatorPartial(Generic[_Op]):
    """The arguments that all instances of a mapped task share; ``expand`` or ``expand_kwargs`` completes it."""

    def __init__(
        self,
        make: Callable[..., _Op],
        operator_class: type[Any],
        shared: Mapping[str, Any],
        *,
        target: str = "",
        target_names: Sequence[str] | None = None,
    ) -> None:
        self._make = make
        self._class = operator_class
        self._target = target
        self._target_names = target_names
        self._known = arguments_of(operator_class)
        self._base = frozenset(arguments_of(make)) if isinstance(make, type) else frozenset()
        for name in shared:
            if not self.knows(name):
                raise unknown_argument(f"{operator_class.__name__}.partial", name, self._known)
        self._shared = dict(shared)
        self.is_complete = False
        dag = shared.get("dag") or scopes.dags.current()
        if dag is not None:
            dag.partials.append(self)

    @property
    def task_id(self) -> str:
        """The name that the task would have."""
        return str(self._shared.get("task_id", ""))

    def knows(self, name: str) -> bool:
        """Whether the operator has such an argument."""
        return name in self._known or bool(self._class.takes_any_argument)

    def expand(self, **mapped: Any) -> _Op:
        """One instance for each value, and for several arguments for each combination, the last varying fastest.

        The values are a list, a dict (its pairs), or the output of a task. Raises ``TypeError`` for arguments that do
        not exist or cannot differ between instances, ``InvalidDag`` for what is no collection.
        """
        if not mapped:
            raise TypeError(f"expand() of {self._class.__name__} needs an argument to map over")
        for name in mapped:
            self._check(name)
        return self._complete(ByArgument(mapped))

    def expand_kwargs(self, kwargs: Any, *, strict: bool = True) -> _Op:
        """One instance for each dict of arguments: a list of dicts, or the output of a task that returns one.

        ``strict`` False lets the dicts hold arguments that ``partial`` has, which they then replace.
        """
        made = ByInstance(kwargs)
        for item in made.given if not isinstance(made.given, XComArg) else ():
            for name in item if strict and isinstance(item, Mapping) else ():
                self._check(name)
        return self._complete(made)

    def _check(self, name: str) -> None:
        if self._target:
            if self._target_names is not None and name not in self._target_names:
                raise unknown_argument("expand", name, self._target_names)
            taken = name in self._shared.get(self._target, {})
        else:
            if not self.knows(name):
                raise unknown_argument(f"{self._class.__name__}.expand", name, self._known)
            taken = name in self._shared or name in self._base
        if taken:
            message = f"argument {name!r} is given to partial() already or cannot differ between instances"
            raise TypeError(f"{self._class.__name__}.expand(): {message}")

    def _complete(self, expand_input: ExpandInput) -> _Op:
        base = {name: value for name, value in self._shared.items() if name in self._base}
        own = {name: value for name, value in self._shared.items() if name not in ("dag", "task_group", "task_id")}
        expanded = set(expand_input.given) if isinstance(expand_input.given, Mapping) else set()
        for name, value in default_args_for(self._shared).items():
            if name in self._known and name not in expanded:
                own.setdefault(name, value)
        made = self._make(**base)
        if made.mapped_group is not None:
            message = f"Task {made.task_id!r} cannot be mapped inside a mapped task group"
            raise InvalidDag(task_id=made.task_id, message=message)
        expand_input.mark_sources()
        self.is_complete = True
        return made.become_mapped(MappedWork(self._class, own, expand_input, self._target))

    def __repr__(self) -> str:
        return f"<{self._class.__name__}.partial({self._shared.get('task_id', '')!r})>"
