"""``@task.run_if`` and ``@task.skip_if``: whether a ``@task`` runs, asked in its attempt before anything else."""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias, TypeVar

from jupyter_couture.authoring.context import Context
from jupyter_couture.model.errors import InvalidDag, Skip

Condition: TypeAlias = Callable[[Context], Any]
"""Told the context of the attempt; answers True or False, or that and the words for the case that it does not run."""

_Function = TypeVar("_Function")


class Gate:
    """The ``pre_execute`` of a task that may have a condition: skips the task if ``condition`` is not ``wanted``.

    ``before`` is the ``pre_execute`` that the task had, called if it runs.
    """

    def __init__(
        self, condition: Condition, *, wanted: bool, message: str | None, before: Callable[[Context], object] | None
    ) -> None:
        self.condition = condition
        self.wanted = wanted
        self.message = message
        self.before = before

    def __call__(self, context: Context) -> None:
        """Ask. Raises ``Skip``."""
        answer = self.condition(context)
        told = self.message
        if isinstance(answer, tuple):
            answer, told = answer[0], told or answer[1]
        if bool(answer) is not self.wanted:
            raise Skip(told or f"{'run_if' if self.wanted else 'skip_if'} of the task says so")
        if self.before is not None:
            self.before(context)


def gate(condition: Condition, *, wanted: bool, message: str | None) -> Callable[[_Function], _Function]:
    """The decorator to put over ``@task``; raises ``InvalidDag`` for anything else."""
    name = "run_if" if wanted else "skip_if"
    if not callable(condition):
        raise InvalidDag(message=f"@task.{name} takes a function of the context, not {condition!r}")

    def decorate(function: _Function) -> _Function:
        options: Any = getattr(function, "options", None)
        if not isinstance(options, Mapping) or not hasattr(function, "override"):
            raise InvalidDag(message=f"@task.{name} stands over @task, not over a plain function")
        before = options.get("pre_execute")
        asked = Gate(condition, wanted=wanted, message=message, before=before)
        gated: _Function = function.override(pre_execute=asked)
        return gated

    return decorate
