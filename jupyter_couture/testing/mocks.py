"""Values and functions that do a task's work in a test."""

import inspect
from collections.abc import Callable
from typing import Any

from jupyter_couture.authoring.operator import BaseOperator
from jupyter_couture.authoring.operators.branch import BranchOperator


def stand_in_for(operator: BaseOperator, mock: Any) -> None:
    """Let ``mock`` do the work of ``operator``: a function of the context (or of nothing), or the value itself.

    Of a branch it is the choice. Template fields are rendered as always.
    """
    work = _function_of(mock)
    if isinstance(operator, BranchOperator):
        follow = operator.follow
        _put(operator, "execute", lambda context: follow(work(context)))
    else:
        _put(operator, "execute", work)


def _put(operator: BaseOperator, name: str, function: Callable[[Any], Any]) -> None:
    operator.__dict__[name] = function


def _function_of(mock: Any) -> Callable[[Any], Any]:
    if not callable(mock):
        return lambda context: mock
    try:
        takes_nothing = not inspect.signature(mock).parameters
    except (TypeError, ValueError):
        takes_nothing = False
    return (lambda context: mock()) if takes_nothing else mock
