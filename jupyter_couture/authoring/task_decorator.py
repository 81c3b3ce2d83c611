"""``@task``: a Python function whose call, in a DAG, makes a task."""

import functools
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Generic, ParamSpec, TypeVar, overload

from jupyter_couture.authoring import scopes
from jupyter_couture.authoring.operators.python import PythonOperator
from jupyter_couture.authoring.references import XComArg

_P = ParamSpec("_P")
_R = TypeVar("_R")


class DecoratedOperator(PythonOperator):
    """The task that a call of a ``@task`` function makes."""

    operator_name: ClassVar[str] = "@task"


class TaskFunction(Generic[_P, _R]):
    """A function that makes a task when it is called; the call gives a stand-in for what the task will return.

    A second call in the same DAG makes a second task: ``load``, ``load__1`` and so on.
    """

    def __init__(self, function: Callable[_P, _R], options: Mapping[str, Any]) -> None:
        functools.update_wrapper(self, function)
        self.function = function
        self.options = dict(options)

    def __call__(self, *args: Any, **kwargs: Any) -> XComArg:
        options = {"doc_md": self.function.__doc__, **self.options}
        task_id = options.pop("task_id", self.function.__name__)
        operator = DecoratedOperator(
            _free_id(task_id, options), python_callable=self.function, op_args=args, op_kwargs=kwargs, **options
        )
        return XComArg(operator)

    def override(self, **options: Any) -> "TaskFunction[_P, _R]":
        """The same function with other arguments for its task, for instance another ``task_id``."""
        return TaskFunction(self.function, {**self.options, **options})


@overload
def task(function: Callable[_P, _R]) -> TaskFunction[_P, _R]: ...


@overload
def task(**options: Any) -> Callable[[Callable[_P, _R]], TaskFunction[_P, _R]]: ...


def task(function: Callable[..., Any] | None = None, **options: Any) -> object:
    """Make a task of a function: ``@task``, or ``@task(retries=2)`` with the arguments of ``PythonOperator``."""
    if function is not None:
        return TaskFunction(function, options)
    return lambda decorated: TaskFunction(decorated, options)


def _free_id(task_id: str, options: Mapping[str, Any]) -> str:
    dag = options.get("dag") or scopes.dags.current()
    group = options.get("task_group") or scopes.current_group(dag)
    if dag is None:
        return task_id
    number, candidate = 0, task_id
    while (group.child_id(candidate) if group is not None else candidate) in dag.graph:
        number += 1
        candidate = f"{task_id}__{number}"
    return candidate
