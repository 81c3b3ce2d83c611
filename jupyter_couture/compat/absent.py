"""Values that stand for what providers have and we do not: they do nothing and bear everything, while a file is read.

``Absent`` is any function, module or value; ``Word`` a constant, which is its own name as text; ``Thing`` the class of
hooks, triggers, links, notifiers and so on, with ``StandInType`` as its type, so that classes bear as much as objects.

Manners end where they would lie: while a task works, calling or making one of these raises ``CannotRun``, so that no
task succeeds without having done its work. Our own code sees no attributes that are not there, so that what it asks
of foreign objects is not answered by accident.
"""

import copyreg
import inspect
import re
import sys
from collections.abc import Callable, Iterator
from typing import Any, NoReturn, Self, cast

from jupyter_couture.authoring.context import is_at_work
from jupyter_couture.authoring.operator import BaseOperator
from jupyter_couture.authoring.operator_type import OperatorType
from jupyter_couture.compat.providers import missing_of
from jupyter_couture.model.errors import CannotRun

_OURS = "jupyter_couture."

Maker = Callable[[str, str], Any]
"""What a name of a module path stands for."""

_maker: list[Maker] = []


def make_members_with(maker: Maker) -> None:
    """Let ``maker`` say what the attributes of all of these are; for ``placeholders``, which knows all kinds."""
    _maker[:] = [maker]


class NotHere(CannotRun, AttributeError):
    """An attribute, while a task works, that the class of the provider would have had."""


def refuse(module: str, name: str) -> NoReturn:
    """Raise ``CannotRun`` with the sentence for this name."""
    raise CannotRun(missing_of(module, name).sentence)


def member(of: object, module: str, name: str, attribute: str) -> Any:
    """What the attribute of something called ``name`` in ``module`` stands for; raises ``AttributeError``.

    Private names and protocols there are none, nor anything for our own code.
    """
    if attribute.startswith("_") or _is_asked_by_us():
        raise AttributeError(f"{type(of).__name__!r} object has no attribute {attribute!r}")
    return _maker[0](f"{module}.{name}", attribute)


def _is_asked_by_us() -> bool:
    return str(sys._getframe(3).f_globals.get("__name__", "")).startswith(_OURS)


class Absent:
    """A function, a module or a value, called ``name``, of the module path ``module``."""

    _module: str
    _name: str

    def __init__(self, module: str, name: str) -> None:
        self.__dict__.update(_module=module, _name=name)

    def __getattr__(self, attribute: str) -> Any:
        return member(self, self._module, self._name, attribute)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """A function that is decorated stays what it is; anything else gives another of these."""
        if is_at_work():
            refuse(self._module, self._name)
        if len(args) == 1 and not kwargs and (inspect.isfunction(args[0]) or inspect.isclass(args[0])):
            return args[0]
        return Absent(self._module, f"{self._name}()")

    def __getitem__(self, key: Any) -> "Absent":
        return Absent(self._module, f"{self._name}[{key!r}]")

    def __iter__(self) -> Iterator[Any]:
        if is_at_work():
            refuse(self._module, self._name)
        return iter(())

    def __contains__(self, item: object) -> bool:
        return False

    def __len__(self) -> int:
        return 0

    def __bool__(self) -> bool:
        return True

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *of: object) -> None:
        """Let errors pass."""

    def __mro_entries__(self, bases: tuple[Any, ...]) -> tuple[type, ...]:
        return (Thing,)

    def __add__(self, other: Any) -> Any:
        return f"{self}{other}" if isinstance(other, str) else other

    def __radd__(self, other: Any) -> Any:
        return f"{other}{self}" if isinstance(other, str) else other

    def __lt__(self, other: object) -> bool:
        return False

    __le__ = __gt__ = __ge__ = __lt__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Absent) and (self._module, self._name) == (other._module, other._name)

    def __hash__(self) -> int:
        return hash((self._module, self._name))

    def __fspath__(self) -> str:
        return self._name

    def __str__(self) -> str:
        return self._name

    def __repr__(self) -> str:
        return f"<{self._module}.{self._name}>"

    def __reduce__(self) -> tuple[object, ...]:
        return Absent, (self._module, self._name)


_FIELD_NAMES = re.compile(r"gcp_transfer|cloud_storage_transfer")
"""Modules whose constants are the fields of a JSON document: files use some by constant and some by text."""


def _in_camel_case(name: str) -> str:
    first, *others = name.lower().split("_")
    return first + "".join(part.capitalize() for part in others)


class Word(str):
    """A constant: its own name as text, with ``name`` and ``value`` as an enumeration's member has them."""

    def __new__(cls, module: str, name: str) -> Self:
        is_field = name.isupper() and _FIELD_NAMES.search(module) is not None
        made = super().__new__(cls, _in_camel_case(name) if is_field else name)
        made._module = module
        return made

    _module: str

    @property
    def name(self) -> str:
        """The text."""
        return str(self)

    @property
    def value(self) -> str:
        """The text."""
        return str(self)

    def __getattr__(self, attribute: str) -> Any:
        return member(self, self._module, str(self), attribute)

    def __call__(self, *args: Any, **kwargs: Any) -> Absent:
        if is_at_work():
            refuse(self._module, str(self))
        return Absent(self._module, f"{self}()")

    def __reduce__(self) -> tuple[object, ...]:
        return Word, (self._module, str(self))


class StandInType(OperatorType):
    """The type of all classes that stand for a provider's: any class attribute is there.

    It is that of operators too, so that a file may mix both kinds in one class.
    """

    def __new__(mcs, name: str, bases: tuple[type, ...], namespace: dict[str, Any], **options: Any) -> "StandInType":
        maker: Any = super() if any(issubclass(base, BaseOperator) for base in bases) else super(OperatorType, mcs)
        return cast(StandInType, maker.__new__(mcs, name, bases, namespace, **options))

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        is_operator = issubclass(cls, BaseOperator)
        if is_operator:
            return super().__call__(*args, **kwargs)
        if cls.is_stand_in and is_at_work():
            refuse(cls.__module__, cls.__qualname__)
        return super(OperatorType, cls).__call__(*args, **kwargs)

    @property
    def is_stand_in(cls) -> bool:
        """Whether it was made here, and not by a file that extends one."""
        return bool(vars(cls).get("_is_stand_in"))

    @property
    def origin(cls) -> type:
        """The class of the provider that it is, or extends."""
        return next((kind for kind in cls.__mro__ if vars(kind).get("_is_stand_in")), cls)

    def __getattr__(cls, attribute: str) -> Any:
        return member(cls, cls.origin.__module__, cls.origin.__qualname__, attribute)

    def __iter__(cls) -> Iterator[Any]:
        return iter(())

    def __len__(cls) -> int:
        return 0

    def __bool__(cls) -> bool:
        return True

    def __contains__(cls, item: object) -> bool:
        return False


def _reduce_class(kind: StandInType) -> Any:
    if kind.is_stand_in:
        return _maker[0], (kind.__module__, kind.__qualname__)
    return kind.__qualname__


copyreg.pickle(StandInType, _reduce_class)


class Thing(metaclass=StandInType):
    """An object of a provider's class: takes any arguments, keeps those with a name, and has any attribute."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.__dict__.update(kwargs)

    def __init_subclass__(cls, **options: Any) -> None:
        """Take any options."""

    def __class_getitem__(cls, item: Any) -> type:
        return cls

    def __getattr__(self, attribute: str) -> Any:
        origin = type(self).origin
        if is_at_work():
            raise NotHere(missing_of(origin.__module__, origin.__qualname__).sentence)
        return member(self, origin.__module__, origin.__qualname__, attribute)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        origin = type(self).origin
        return Absent(origin.__module__, f"{origin.__qualname__}()")(*args, **kwargs)

    def __getitem__(self, key: Any) -> Absent:
        origin = type(self).origin
        return Absent(origin.__module__, f"{origin.__qualname__}()")[key]

    def __iter__(self) -> Iterator[Any]:
        return iter(())

    def __len__(self) -> int:
        return 0

    def __bool__(self) -> bool:
        return True

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *of: object) -> None:
        """Let errors pass."""

    def __repr__(self) -> str:
        return f"{type(self).__name__}({'...' if vars(self) else ''})"
