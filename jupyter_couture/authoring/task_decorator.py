"""``@task``: a Python function whose call, in a DAG, makes a task; ``@setup`` and ``@teardown``: one around others.

Other kinds of tasks of a function (``@task.branch`` ...) are ``TaskDecorator(operator_class)``, the operator taking
``python_callable``, ``op_args`` and ``op_kwargs``.
"""

import functools
import importlib
import inspect
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Generic, Literal, ParamSpec, TypeVar, get_origin, get_type_hints, overload

from jupyter_couture.authoring import scopes
from jupyter_couture.authoring.conditions import Condition, gate
from jupyter_couture.authoring.context import is_at_work
from jupyter_couture.authoring.mapping import OperatorPartial
from jupyter_couture.authoring.operator import BaseOperator
from jupyter_couture.authoring.operators.python import PythonOperator
from jupyter_couture.authoring.references import XComArg
from jupyter_couture.model.errors import InvalidDag, InvalidRequest

_KINDS = {
    "branch": "branch:DecoratedBranch",
    "short_circuit": "branch:DecoratedShortCircuit",
    "sensor": "decorated:DecoratedSensor",
    "bash": "decorated:DecoratedBash",
    "virtualenv": "decorated:DecoratedVirtualenv",
    "external_python": "decorated:DecoratedExternalPython",
    "branch_virtualenv": "decorated:DecoratedBranchVirtualenv",
    "branch_external_python": "decorated:DecoratedBranchExternalPython",
}
"""Where the operators behind the other decorators lie."""

_P = ParamSpec("_P")
_R = TypeVar("_R")
_T = TypeVar("_T")


class DecoratedOperator(PythonOperator):
    """The task that a call of a ``@task`` function makes."""

    operator_name: ClassVar[str] = "@task"


class TaskFunction(Generic[_P, _R]):
    """A function that makes a task when it is called; the call gives a stand-in for what the task will return.

    A second call in the same DAG makes a second task: ``load``, ``load__1`` and so on. A function that is annotated to
    return a dict keeps it key by key besides (``multiple_outputs``).
    """

    def __init__(
        self,
        function: Callable[_P, _R],
        options: Mapping[str, Any],
        operator_class: type[BaseOperator] = DecoratedOperator,
        *,
        given: Mapping[str, Any] | None = None,
        role: Literal["", "setup", "teardown"] = "",
        decides_run: bool = False,
    ) -> None:
        functools.update_wrapper(self, function)
        self.function = function
        self.options = dict(options)
        self.operator_class = operator_class
        self.given = dict(given or {})
        self.role: Literal["", "setup", "teardown"] = role
        self.decides_run = decides_run

    def __repr__(self) -> str:
        return f"<@task {self.function.__name__}>"

    def __call__(self, *args: Any, **kwargs: Any) -> XComArg:
        if self.given:
            raise TypeError(f"{self.function.__name__}.partial(...) is completed by expand() or expand_kwargs()")
        if is_at_work() and scopes.dags.current() is None:
            name = self.function.__name__
            message = f"{name} makes a task while a DAG file is read; inside a task call {name}.function(...)"
            raise InvalidRequest(field=name, message=message)
        self._check_call(args, kwargs)
        operator = self.operator_class(
            python_callable=self.function, op_args=args, op_kwargs=kwargs, **self._arguments()
        )
        return self._finish(operator)

    def override(self, **options: Any) -> "TaskFunction[_P, _R]":
        """The same function with other arguments for its task, for instance another ``task_id``."""
        return self._like_this(options={**self.options, **options})

    def partial(self, **kwargs: Any) -> "TaskFunction[_P, _R]":
        """Arguments of the function that all instances of the mapped task share."""
        for name in kwargs:
            if name in self.given:
                raise TypeError(f"{self.function.__name__}.partial(): argument {name!r} is given already")
        self._check_call((), kwargs)
        return self._like_this(given={**self.given, **kwargs})

    def expand(self, **kwargs: Any) -> XComArg:
        """One instance for each value, see ``BaseOperator.partial``; the call gives what all of them return."""
        return self._finish(self._partial().expand(**kwargs))

    def expand_kwargs(self, kwargs: Any, *, strict: bool = True) -> XComArg:
        """One instance for each dict of the function's arguments: a list of dicts, or the output of a task."""
        return self._finish(self._partial().expand_kwargs(kwargs, strict=strict))

    def as_role(self, role: Literal["setup", "teardown"], *, decides_run: bool = False) -> "TaskFunction[_P, _R]":
        """The same function, whose tasks are setups or teardowns."""
        return self._like_this(role=role, decides_run=decides_run)

    def _like_this(self, **changes: Any) -> "TaskFunction[_P, _R]":
        kept = {
            "options": self.options,
            "operator_class": self.operator_class,
            "given": self.given,
            "role": self.role,
            "decides_run": self.decides_run,
        }
        return TaskFunction(self.function, **{**kept, **changes})

    def _arguments(self) -> dict[str, Any]:
        options = {"doc_md": self.function.__doc__, **self.options}
        if "multiple_outputs" not in options and returns_mapping(self.function):
            options["multiple_outputs"] = True
        options["task_id"] = _free_id(options.pop("task_id", self.function.__name__), options)
        return options

    def _partial(self) -> OperatorPartial[BaseOperator]:
        shared = {"python_callable": self.function, "op_kwargs": self.given, **self._arguments()}
        return OperatorPartial(
            BaseOperator, self.operator_class, shared, target="op_kwargs", target_names=_names_of(self.function)
        )

    def _check_call(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> None:
        try:
            signature = inspect.signature(self.function)
        except ValueError:  # some builtins do not tell
            return
        try:
            signature.bind_partial(*args, **kwargs)
        except TypeError as error:
            raise TypeError(f"{self.function.__name__}(): {error}") from None

    def _finish(self, operator: BaseOperator) -> XComArg:
        operator.are_outputs_guessed = "multiple_outputs" not in self.options
        if self.role == "setup":
            operator.as_setup()
        elif self.role == "teardown":
            operator.as_teardown(on_failure_fail_dagrun=self.decides_run)
        return XComArg(operator)


class TaskDecorator:
    """``@task`` for one class of operators."""

    def __init__(self, operator_class: type[BaseOperator]) -> None:
        self.operator_class = operator_class

    @overload
    def __call__(self, function: Callable[_P, _R]) -> TaskFunction[_P, _R]: ...

    @overload
    def __call__(self, **options: Any) -> Callable[[Callable[_P, _R]], TaskFunction[_P, _R]]: ...

    def __call__(self, function: Callable[..., Any] | None = None, **options: Any) -> object:
        """Make a task of a function: ``@task``, or ``@task(retries=2)`` with the arguments of the operator."""
        if function is not None:
            return TaskFunction(_plain(function), options, self.operator_class)
        return lambda decorated: TaskFunction(_plain(decorated), options, self.operator_class)


class PythonTaskDecorator(TaskDecorator):
    """``@task``, which has the decorators of other kinds as attributes."""

    @property
    def python(self) -> TaskDecorator:
        """The longer name of ``@task`` itself."""
        return self

    def run_if(self, condition: Condition, skip_message: str | None = None) -> Callable[[_T], _T]:
        """Over ``@task``: the task is skipped unless ``condition(context)`` is true when its turn has come."""
        return gate(condition, wanted=True, message=skip_message)

    def skip_if(self, condition: Condition, skip_message: str | None = None) -> Callable[[_T], _T]:
        """Over ``@task``: the task is skipped if ``condition(context)`` is true when its turn has come."""
        return gate(condition, wanted=False, message=skip_message)

    def __getattr__(self, name: str) -> TaskDecorator:
        """``branch``, ``short_circuit``, ``sensor``, ``bash``, ``virtualenv`` ...: read when first asked for."""
        place = _KINDS.get(name)
        if place is None:
            raise AttributeError(f"there is no @task.{name}; there are {', '.join(['python', *_KINDS])}")
        module, _, kind = place.partition(":")
        made = TaskDecorator(getattr(importlib.import_module(f"jupyter_couture.authoring.operators.{module}"), kind))
        setattr(self, name, made)
        return made


task = PythonTaskDecorator(DecoratedOperator)


def setup(function: Callable[..., Any]) -> TaskFunction[..., Any]:
    """Make a setup task of a function, or of a ``@task`` function."""
    return _task_function(function).as_role("setup")


@overload
def teardown(function: Callable[..., Any]) -> TaskFunction[..., Any]: ...


@overload
def teardown(*, on_failure_fail_dagrun: bool = False) -> Callable[[Callable[..., Any]], TaskFunction[..., Any]]: ...


def teardown(function: Callable[..., Any] | None = None, *, on_failure_fail_dagrun: bool = False) -> object:
    """Make a teardown task of a function, or of a ``@task`` function.

    ``on_failure_fail_dagrun``: whether its failure fails the run; by default a run ends as its work did.
    """
    if function is None:
        return lambda decorated: _task_function(decorated).as_role("teardown", decides_run=on_failure_fail_dagrun)
    return _task_function(function).as_role("teardown", decides_run=on_failure_fail_dagrun)


def _task_function(function: Any) -> TaskFunction[..., Any]:
    if isinstance(function, TaskFunction):
        return function
    if hasattr(function, "expand"):
        raise InvalidDag(message="task groups cannot be setups or teardowns; mark the tasks in them")
    return task(function)


def _plain(function: Callable[_P, _R]) -> Callable[_P, _R]:
    if isinstance(function, TaskFunction | XComArg) or not callable(function):
        raise InvalidDag(message=f"@task makes a task of a plain function, not of {function!r}")
    return function


def returns_mapping(function: Callable[..., Any]) -> bool:
    """Whether the function is annotated to return a dict."""
    kind = getattr(function, "__annotations__", {}).get("return")
    if isinstance(kind, str):
        try:
            kind = get_type_hints(function).get("return")
        except Exception:  # noqa: BLE001  # an annotation may name anything, also what only type checkers import
            return False
    kind = get_origin(kind) or kind
    return isinstance(kind, type) and issubclass(kind, Mapping)


def _names_of(function: Callable[..., Any]) -> tuple[str, ...] | None:
    """The names of its arguments; None if it takes any."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except ValueError:
        return None
    if any(item.kind is item.VAR_KEYWORD for item in parameters):
        return None
    return tuple(item.name for item in parameters if item.kind in (item.POSITIONAL_OR_KEYWORD, item.KEYWORD_ONLY))


def _free_id(task_id: str, options: Mapping[str, Any]) -> str:
    dag = options.get("dag") or scopes.dags.current()
    group = options.get("task_group") or scopes.current_group(dag)
    if dag is None:
        return task_id
    full = group.child_id(task_id) if group is not None else task_id
    number = dag.graph.taken.get(full, 0)
    candidate = f"{task_id}__{number}" if number else task_id
    while (group.child_id(candidate) if group is not None else candidate) in dag.graph:
        number += 1
        candidate = f"{task_id}__{number}"
    dag.graph.taken[full] = number
    return candidate
