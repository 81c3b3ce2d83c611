"""The metaclass of operators: fills in default arguments, then draws the dependencies that values imply."""

import inspect
from abc import ABCMeta
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, TypeVar

from jupyter_couture.authoring import scopes
from jupyter_couture.authoring.arguments import argument_names

_Init = TypeVar("_Init", bound=Callable[..., None])

NEVER_A_DEFAULT = frozenset({"task_id", "dag", "task_group", "default_args", "self"})
"""Arguments that ``default_args`` cannot give."""


class OperatorType(ABCMeta):
    """Lets ``default_args`` of the DAG, the groups and the task reach every argument that the operator has."""

    def __new__(mcs, name: str, bases: tuple[type, ...], namespace: dict[str, Any], **options: Any) -> "OperatorType":
        if "__init__" in namespace:
            namespace["__init__"] = _with_default_args(namespace["__init__"])
        return super().__new__(mcs, name, bases, namespace, **options)

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        operator = super().__call__(*args, **kwargs)
        operator.connect_references()
        return operator


def _with_default_args(init: Callable[..., None]) -> Callable[..., None]:
    names = frozenset(argument_names(init)) - NEVER_A_DEFAULT
    positional = tuple(inspect.signature(init).parameters)[1:]

    @wraps(init)
    def filled(self: object, *args: Any, **kwargs: Any) -> None:
        for name, value in default_args_for(kwargs).items():
            if name in names and name not in positional[: len(args)]:
                kwargs.setdefault(name, value)
        init(self, *args, **kwargs)

    return filled


def default_args_for(kwargs: Mapping[str, Any]) -> Mapping[str, Any]:
    """The default arguments for an operator that is made here with ``kwargs``; inner ones win."""
    dag = kwargs.get("dag") or scopes.dags.current()
    group = kwargs.get("task_group") or scopes.current_group(dag)
    own = kwargs.get("default_args")
    if group is None and not own:
        return dag.default_args if dag is not None else {}
    return {**(dag.default_args if dag else {}), **(group.default_args if group else {}), **(own or {})}


def arguments_of(kind: type) -> list[str]:
    """All arguments that an operator class takes, its own first."""
    inits = [
        vars(base)["__init__"] for base in kind.__mro__ if isinstance(base, OperatorType) and "__init__" in vars(base)
    ]
    return list(dict.fromkeys(name for init in inits for name in argument_names(init)))


def apply_defaults(init: _Init) -> _Init:
    """The decorator that older operators have on ``__init__``; the metaclass does its work, so it does nothing."""
    return init
