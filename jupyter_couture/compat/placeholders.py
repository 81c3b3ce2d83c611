"""What stands for the classes, functions and constants of providers that have no counterpart here.

``placeholder`` tells kinds apart by the name alone: operators, sensors and transfers become tasks that keep their id,
their arguments and their place in the graph, and fail with a sentence when they run; groups of tasks become groups;
errors become errors; other classes, functions and constants become what ``absent`` has. A class that a file derives
from a placeholder and gives an ``execute`` (or ``poke``) of its own does run.
"""

import inspect
import re
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any, ClassVar, NoReturn, cast

from jupyter_couture.authoring.arguments import argument_names
from jupyter_couture.authoring.context import Context, is_at_work
from jupyter_couture.authoring.groups import TaskGroup
from jupyter_couture.authoring.operator import BaseOperator
from jupyter_couture.authoring.operator_type import arguments_of
from jupyter_couture.authoring.sensors.sensor import BaseSensor
from jupyter_couture.authoring.task_decorator import TaskDecorator
from jupyter_couture.compat import versions
from jupyter_couture.compat.absent import Absent, NotHere, StandInType, Thing, Word, make_members_with, member
from jupyter_couture.compat.providers import missing_of
from jupyter_couture.model.dag import Missing
from jupyter_couture.model.errors import AirflowException, CannotRun

_CONSTANT = re.compile(r"[A-Z][A-Z0-9_]*$")
_CLASS = re.compile(r"[A-Z]")
_SENSOR = re.compile(r"Sensor(Operator)?(Async)?$")
_TASK = re.compile(r"(Operator|Transfer)(Async)?$")
_GROUP = re.compile(r"TaskGroup$")
_ERROR = re.compile(r"(Exception|Error)$")
_PROBE = re.compile(r"AIRFLOW_V_(\d+)_(\d+)(?:_(\d+))?_PLUS$")
_DECORATOR = re.compile(r"\.decorators(\.|$)")
_DECORATOR_NAME = re.compile(r"(\w+)_task$")


def placeholder(module: str, name: str) -> Any:
    """What the name ``name`` of the module path ``module`` (below ``airflow.providers`` or the like) stands for.

    The same object every time it is asked for. Raises ``AttributeError`` for names that no provider's module has.
    """
    probe = _PROBE.match(name)
    if probe is not None:  # the answer may differ from file to file
        return _numbers(versions.claimed()) >= tuple(int(part or 0) for part in probe.groups())
    if name == "__version__":
        return "0.0.0"
    if name.startswith("__"):
        raise AttributeError(f"module {module!r} has no attribute {name!r}")
    return _made(module, name)


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".")[:3])


@cache
def _made(module: str, name: str) -> Any:
    if _CONSTANT.match(name) and len(name) > 1:
        return Word(module, name)
    if not _CLASS.match(name):
        kind = _DECORATOR_NAME.match(name) if _DECORATOR.search(module) else None
        return TaskDecorator(decorated(kind[1], missing_of(module, name).provider)) if kind else Absent(module, name)
    own: dict[str, Any] = {"__module__": module, "__qualname__": name, "__doc__": missing_of(module, name).sentence}
    if _ERROR.search(name) or module.endswith(".exceptions"):
        return type(name, (AirflowException,), own)
    own["_is_stand_in"] = True
    if _GROUP.search(name):
        return type(name, (AbsentGroup,), own)
    if _SENSOR.search(name):
        return StandInType(name, (AbsentSensor,), {**own, "missing": missing_of(module, name)})
    if _TASK.search(name):
        return StandInType(name, (AbsentTask,), {**own, "missing": missing_of(module, name)})
    return StandInType(name, (Thing,), own)


make_members_with(placeholder)


def _does_work(kind: type, name: str) -> bool:
    """Whether a class has a method of its own that does without the one it replaces."""
    method = vars(kind).get(name)
    if method is None:
        return False
    code = getattr(method, "__code__", None)
    replaced = {"super", *(base.__name__ for base in kind.__mro__[1:])}
    return code is None or name not in code.co_names or replaced.isdisjoint(code.co_names)


class AbsentTask(BaseOperator, metaclass=StandInType):
    """A task whose operator is not here. It takes any arguments; those that no operator has may be templates.

    They become attributes of their own name, or with ``_`` behind it where that is taken.
    """

    takes_any_argument: ClassVar[bool] = True
    native: ClassVar[type[BaseOperator]] = BaseOperator
    """The operator whose arguments it really has."""
    methods: ClassVar[tuple[str, ...]] = ("execute",)
    """With one of these of its own a class derived from this one runs."""

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        if "missing" not in vars(cls) and any(_does_work(cls, name) for name in cls.methods):
            cls.missing = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        if args and "task_id" not in kwargs and isinstance(args[0], str):
            kwargs["task_id"], args = args[0], args[1:]
        known = _arguments_of(self.native)
        super().__init__(**{name: value for name, value in kwargs.items() if name in known})
        others = {name: value for name, value in kwargs.items() if name not in known}
        if args:
            others["args"] = list(args)
        fields = []
        for name, value in others.items():
            field = f"{name}_" if self._is_taken(name) else name
            setattr(self, field, value)
            if not callable(value) or isinstance(value, Word):
                fields.append(field)
        self.template_fields = tuple(dict.fromkeys((*type(self).template_fields, *fields)))

    def _is_taken(self, name: str) -> bool:
        is_computed = isinstance(inspect.getattr_static(type(self), name, None), property)
        return is_computed or hasattr(self.native, name) or name in vars(self)

    @classmethod
    def fields_of(cls, given: Iterable[str]) -> Sequence[str]:
        """See ``BaseOperator``: all that is no argument of every operator."""
        known = _arguments_of(cls.native) | {"python_callable"}
        return tuple(dict.fromkeys((*cls.template_fields, *(name for name in given if name not in known))))

    def execute(self, context: Context) -> Any:
        """Fail, for good, and say what is missing."""
        self.refuse()

    @classmethod
    def refuse(cls) -> NoReturn:
        """Raise ``CannotRun`` with what is missing, for a class that has some work of its own as well."""
        raise CannotRun(_lack(cls).sentence)

    def __getattr__(self, attribute: str) -> Any:
        if is_at_work() and not attribute.startswith("__"):
            raise NotHere(_lack(type(self)).sentence)
        if attribute in type(self).template_fields:
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {attribute!r}")
        origin = type(self).origin
        return member(self, origin.__module__, origin.__qualname__, attribute)


class AbsentSensor(AbsentTask, BaseSensor):
    """A sensor that is not here. One derived from it that has a ``poke`` of its own runs."""

    missing: ClassVar[Missing | None] = None
    native: ClassVar[type[BaseOperator]] = BaseSensor
    methods: ClassVar[tuple[str, ...]] = ("execute", "poke")

    def execute(self, context: Context) -> Any:
        """Look, if there is something to look with; otherwise fail."""
        if type(self).missing is not None:
            self.refuse()
        return BaseSensor.execute(self, context)

    def poke(self, context: Context) -> Any:
        """Fail: what the sensor looks with is missing."""
        self.refuse()


class AbsentGroup(TaskGroup):
    """A kind of task group that is not here: the tasks in it stay together, and that is all it does."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        known = _arguments_of(TaskGroup)
        super().__init__(*args[:1], **{name: value for name, value in kwargs.items() if name in known})
        for name, value in kwargs.items():
            if name not in known and not hasattr(self, name):
                setattr(self, name, value)


@cache
def _arguments_of(kind: type) -> frozenset[str]:
    found = arguments_of(kind) if issubclass(kind, BaseOperator) else argument_names(kind.__init__)
    return frozenset(found)


def _lack(kind: type) -> Missing:
    """What the nearest class that lacks something lacks."""
    for each in kind.__mro__:
        found = vars(each).get("missing")
        if isinstance(found, Missing):
            return found
    return missing_of(kind.__module__, kind.__qualname__)


@cache
def decorated(kind: str, package: str) -> type[BaseOperator]:
    """The operator behind ``@task.<kind>`` of a provider's ``package``."""
    instead = "@task, or @task.virtualenv if it needs packages of its own"
    where = f"the Airflow provider {package}"
    sentence = f"@task.{kind} belongs to {where}, which does not run here; instead use {instead}."
    own = {
        "__module__": __name__,
        "__doc__": sentence,
        "_is_stand_in": True,
        "operator_name": f"@task.{kind}",
        "template_fields": ("op_args", "op_kwargs"),
        "missing": Missing(package, sentence),
    }
    return cast(type[BaseOperator], StandInType(f"Decorated_{kind}", (AbsentTask,), own))
