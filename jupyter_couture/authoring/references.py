"""Values that are known only while a run goes on: what another task returned, a parameter of the run.

They may stand wherever an operator has a template field, also inside lists, tuples and dicts; the attempt puts the
values in their place (``resolve``). What a task returned may also be mapped over (``expand``); then ``length`` says how
many values there will be, and ``element`` gives the attempt of one instance its own.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, NoReturn

from jupyter_couture.authoring.context import RETURN_VALUE, Context, current_attempt
from jupyter_couture.authoring.edges import Dependable, TaskNode
from jupyter_couture.model.dag import Length, LengthKind
from jupyter_couture.model.errors import InvalidDag, NotFound
from jupyter_couture.model.ids import NOT_MAPPED, TaskId


@dataclass(frozen=True)
class Place:
    """Which instance of a task an attempt is: its index, over what lengths it is mapped, in what mapped group."""

    map_index: int = NOT_MAPPED
    lengths: tuple[int, ...] = ()
    group: str = ""


_place: ContextVar[Place] = ContextVar("couture_place", default=Place())  # noqa: B039  # frozen


def current_place() -> Place:
    """The instance this code works for."""
    return _place.get()


@contextmanager
def place_scope(place: Place) -> Iterator[None]:
    """Resolve references for this instance meanwhile."""
    before = _place.set(place)
    try:
        yield
    finally:
        _place.reset(before)


class Reference:
    """A value to come."""

    def resolve(self, context: Context) -> Any:
        """The value, in a running attempt."""
        raise TypeError(f"{type(self).__name__} cannot be resolved with {len(context)} names")

    def sources(self) -> Iterator[TaskNode]:
        """The tasks it comes from."""
        return iter(())


class XComArg(Dependable, Reference):
    """What a task returned, or another of its outputs. Standing for its task, it can be an end of a dependency."""

    def __init__(self, operator: TaskNode, key: str = RETURN_VALUE) -> None:
        self.operator = operator
        self.key = key

    @property
    def roots(self) -> Sequence[TaskNode]:
        return tuple(self.sources())

    @property
    def leaves(self) -> Sequence[TaskNode]:
        return tuple(self.sources())

    def sources(self) -> Iterator[TaskNode]:
        """See ``Reference``."""
        yield self.operator

    def resolve(self, context: Context) -> Any:
        """What the task of this run left; None if it left nothing.

        Of a mapped task all that its instances left, in the order of their index; inside a mapped group what the
        instance of the same index left.
        """
        group = getattr(getattr(self.operator, "mapped_group", None), "group_id", "")
        place = current_place()
        if group and group == place.group:
            return current_attempt().pull(self.operator.task_id, self.key, map_indexes=place.map_index)
        value = current_attempt().pull(self.operator.task_id, self.key)
        if value is None and self.key != RETURN_VALUE and not getattr(self.operator, "multiple_outputs", True):
            message = f"output {self.key!r} of task {self.operator.task_id!r}, which has no multiple_outputs=True"
            raise NotFound(what=message, id=self.key)
        return value

    def length(self) -> Length:
        """How many values there will be; raises ``InvalidDag`` if it cannot be mapped over."""
        if self.key != RETURN_VALUE:
            message = (
                f"cannot map over output {self.key!r} of task {self.operator.task_id!r}, only over its return value"
            )
            raise InvalidDag(task_id=self.operator.task_id, message=message)
        return Length(LengthKind.TASK, task_id=TaskId(self.operator.task_id), key=self.key)

    def element(self, index: int, context: Context) -> Any:
        """The value for one instance; of a dict the pair of key and value."""
        return element_of(self.resolve(context), index, self.operator.task_id)

    def map(self, function: Callable[[Any], Any]) -> "MappedXComArg":
        """The values changed by ``function``, which runs where they are used; raising ``Skip`` skips that instance."""
        return MappedXComArg(self, function)

    def zip(self, *others: "XComArg | Sequence[Any]", **options: Any) -> "ZippedXComArg":
        """Tuples of the first values, the second ones and so on: up to the shortest, or filled up by ``fillvalue``."""
        return ZippedXComArg((self, *others), **options)

    def concat(self, *others: "XComArg | Sequence[Any]") -> "ConcatenatedXComArg":
        """The values of this and then those of the others."""
        return ConcatenatedXComArg((self, *others))

    def as_setup(self) -> "XComArg":
        """Make the task a setup."""
        self.operator.as_setup()
        return self

    def as_teardown(
        self, *, setups: "Dependable | Iterable[Dependable] | None" = None, on_failure_fail_dagrun: bool | None = None
    ) -> "XComArg":
        """Make the task a teardown; arguments as ``BaseOperator.as_teardown``."""
        self.operator.as_teardown(setups=setups, on_failure_fail_dagrun=on_failure_fail_dagrun)
        return self

    def __enter__(self) -> "XComArg":
        self.operator.enter_block()
        return self

    def __exit__(self, kind: type[BaseException] | None, *rest: object) -> None:
        self.operator.leave_block(is_complete=kind is None)

    def __getitem__(self, key: object) -> "XComArg":
        """Another output of the task: one key of the dict it returns with ``multiple_outputs``."""
        if not isinstance(key, str):
            message = f"what task {self.operator.task_id!r} returns is not known yet; take items of it in another task"
            raise InvalidDag(task_id=self.operator.task_id, message=message)
        return XComArg(self.operator, key)

    def __iter__(self) -> NoReturn:
        message = f"what task {self.operator.task_id!r} returns is not known yet; map over it with expand()"
        raise InvalidDag(task_id=self.operator.task_id, message=message)

    def __str__(self) -> str:
        key = "" if self.key == RETURN_VALUE else f", key='{self.key}'"
        return f"{{{{ ti.xcom_pull(task_ids='{self.operator.task_id}'{key}) }}}}"

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.operator.task_id!r}, {self.key!r})"

    def __bool__(self) -> bool:
        message = f"what task {self.operator.task_id!r} returns is not known yet; look at it inside another task"
        raise InvalidDag(task_id=self.operator.task_id, message=message)


class _Made(XComArg):
    """Values made of others."""

    parts: "tuple[XComArg | Sequence[Any], ...]"

    def __init__(self, parts: "Iterable[XComArg | Sequence[Any]]") -> None:
        self.parts = tuple(parts)
        first = next(self.sources(), None)
        if first is None:
            raise InvalidDag(message=f"{type(self).__name__} needs the output of a task")
        super().__init__(first)

    def sources(self) -> Iterator[TaskNode]:
        """See ``Reference``."""
        seen: set[str] = set()
        for reference in references_in(self.parts):
            for node in reference.sources():
                if node.task_id not in seen:
                    seen.add(node.task_id)
                    yield node

    def __getitem__(self, key: object) -> XComArg:
        raise InvalidDag(message=f"{type(self).__name__} has no output {key!r}: it is made of the outputs of tasks")

    def __str__(self) -> str:
        return repr(self)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(map(repr, self.parts))})"


class MappedXComArg(_Made):
    """See ``XComArg.map``."""

    def __init__(self, source: XComArg, function: Callable[[Any], Any]) -> None:
        if not callable(function) or hasattr(function, "expand"):
            raise InvalidDag(message=f"map() takes a plain function, not {function!r}")
        super().__init__((source,))
        self.source = source
        self.function = function

    def length(self) -> Length:
        """See ``XComArg``."""
        return self.source.length()

    def element(self, index: int, context: Context) -> Any:
        """See ``XComArg``."""
        return self.function(self.source.element(index, context))

    def resolve(self, context: Context) -> Any:
        """All values, each changed when it is looked at."""
        return _Sequence(
            values := as_sequence(self.source.resolve(context)), len(values), lambda at: self.function(values[at])
        )


class ZippedXComArg(_Made):
    """See ``XComArg.zip``."""

    def __init__(self, parts: "Iterable[XComArg | Sequence[Any]]", **options: Any) -> None:
        super().__init__(parts)
        for name in options.keys() - {"fillvalue"}:
            raise TypeError(f"zip() has no argument {name!r}; it takes fillvalue")
        self.is_filled = "fillvalue" in options
        self.fill = options.get("fillvalue")

    def length(self) -> Length:
        """See ``XComArg``."""
        kind = LengthKind.ZIP_LONGEST if self.is_filled else LengthKind.ZIP
        return Length(kind, parts=tuple(length_of(part, "zip()") for part in self.parts))

    def resolve(self, context: Context) -> Any:
        """All tuples."""
        parts = [as_sequence(resolve(part, context)) for part in self.parts]
        number = (max if self.is_filled else min)(len(part) for part in parts)
        return _Sequence(parts, number, lambda at: tuple(part[at] if at < len(part) else self.fill for part in parts))

    def element(self, index: int, context: Context) -> Any:
        """See ``XComArg``."""
        return self.resolve(context)[index]


class ConcatenatedXComArg(_Made):
    """See ``XComArg.concat``."""

    def length(self) -> Length:
        """See ``XComArg``."""
        return Length(LengthKind.CONCAT, parts=tuple(length_of(part, "concat()") for part in self.parts))

    def resolve(self, context: Context) -> Any:
        """All values, one part after the other."""
        parts = [as_sequence(resolve(part, context)) for part in self.parts]

        def at_index(at: int) -> Any:
            for part in parts:
                if at < len(part):
                    return part[at]
                at -= len(part)
            raise IndexError(at)

        return _Sequence(parts, sum(map(len, parts)), at_index)

    def element(self, index: int, context: Context) -> Any:
        """See ``XComArg``."""
        return self.resolve(context)[index]


class _Sequence(Sequence[Any]):
    """Values that are made when they are looked at."""

    def __init__(self, parts: object, number: int, at_index: Callable[[int], Any]) -> None:
        self._parts = parts
        self._number = number
        self._at_index = at_index

    def __len__(self) -> int:
        return self._number

    def __getitem__(self, at: Any) -> Any:
        if isinstance(at, slice):
            return [self._at_index(number) for number in range(*at.indices(self._number))]
        number = at + self._number if at < 0 else at
        if not 0 <= number < self._number:
            raise IndexError(at)
        return self._at_index(number)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and list(self) == list(other)

    def __hash__(self) -> int:
        return id(self)

    def __repr__(self) -> str:
        return f"<{self._number} values made of {self._parts!r}>"


class Fixed(Reference):
    """A value that is known and must not be rendered as a template, since it came from a task."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def resolve(self, context: Context) -> Any:
        """The value."""
        return self.value


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


def length_of(value: object, what: str) -> Length:
    """How many values ``value`` stands for; raises ``InvalidDag`` naming ``what`` if it is no collection."""
    if isinstance(value, XComArg):
        return value.length()
    if isinstance(value, Mapping | Sequence) and not isinstance(value, str | bytes):
        return Length(LengthKind.LITERAL, number=len(value))
    raise InvalidDag(message=f"{what} maps over lists, dicts and outputs of tasks, not over {type(value).__name__}")


def as_sequence(value: Any) -> Sequence[Any]:
    """A list as it is, a dict as its pairs, nothing as an empty list."""
    if value is None:
        return ()
    if isinstance(value, Mapping):
        return list(value.items())
    return value if isinstance(value, Sequence) else list(value)


def element_of(value: Any, index: int, task_id: str) -> Any:
    """One of several values; raises ``NotFound`` if there are fewer than the run was planned for."""
    values = as_sequence(value)
    if index >= len(values):
        raise NotFound(what=f"value {index} of the {len(values)} that task {task_id!r} returned", id=task_id)
    return values[index]


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
