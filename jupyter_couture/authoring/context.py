"""What task code may ask of the attempt it runs in.

The runtime enters an attempt with ``attempt_scope``; everything else here is for operators and for task code.
Outside an attempt (a notebook cell, a user's unit test) a stand-in keeps outputs in memory, so that
``operator.execute({})`` works anywhere.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Protocol, TypeAlias

from jupyter_couture.model.dag import Json
from jupyter_couture.model.errors import InvalidRequest, NotFound, Unavailable
from jupyter_couture.model.ids import NOT_MAPPED

RETURN_VALUE = "return_value"
"""Name under which the value that a task returns is kept."""

Context: TypeAlias = Mapping[str, Any]
"""The template context of one attempt: ``ds``, ``ti``, ``params`` and so on, by name."""


class AttemptServices(Protocol):
    """What the surroundings of a running attempt do for its code."""

    def report_progress(self, done: int, total: int, label: str = "") -> None:
        """Tell watchers that ``done`` of ``total`` steps are behind us (total 0: unknown), and what is at hand."""
        ...

    def set_output(self, name: str, value: Json) -> None:
        """Keep a small JSON value of this task instance under ``name``; a later one of the same name replaces it."""
        ...

    def run_notebook(
        self,
        input_path: str,
        output_path: str | None,
        parameters: Mapping[str, Json],
        *,
        kernel_name: str | None = None,
    ) -> str:
        """Run a notebook cell by cell; the path of the executed copy. None as ``output_path``: a place of ours."""
        ...

    def pull(self, task_id: str, key: str = RETURN_VALUE, map_index: int = NOT_MAPPED) -> Json:
        """An output of another task of the same run; None if there is none."""
        ...


class StandaloneAttempt:
    """Stand-in for code that runs outside any attempt: progress goes nowhere, outputs stay in this object."""

    def __init__(self) -> None:
        self.outputs: dict[str, Json] = {}

    def report_progress(self, done: int, total: int, label: str = "") -> None:
        """Nobody watches."""

    def set_output(self, name: str, value: Json) -> None:
        """Keep it here."""
        self.outputs[name] = value

    def run_notebook(
        self,
        input_path: str,
        output_path: str | None,
        parameters: Mapping[str, Json],
        *,
        kernel_name: str | None = None,
    ) -> str:
        """Refused: kernels belong to attempts."""
        raise Unavailable(what="run_notebook", message=f"{input_path} can only run in a task attempt")

    def pull(self, task_id: str, key: str = RETURN_VALUE, map_index: int = NOT_MAPPED) -> Json:
        """Refused: there is no run whose outputs could be meant."""
        raise NotFound(what="output outside a run", id=f"{task_id}.{key}")


_services: ContextVar[AttemptServices | None] = ContextVar("couture_attempt", default=None)
_context: ContextVar[Context | None] = ContextVar("couture_context", default=None)


def current_attempt() -> AttemptServices:
    """The services of the attempt this code runs in; outside of one, a fresh stand-in."""
    return _services.get() or StandaloneAttempt()


def get_current_context() -> Context:
    """The template context of the running task; raises ``InvalidRequest`` outside of one."""
    context = _context.get()
    if context is None:
        raise InvalidRequest(field="context", message="get_current_context() is only of use while a task runs")
    return context


@contextmanager
def attempt_scope(services: AttemptServices, context: Context | None = None) -> Iterator[None]:
    """Make ``services`` and ``context`` the current ones; for the runtime, and for users' tests."""
    before = _services.set(services)
    try:
        with context_scope(context if context is not None else _context.get()):
            yield
    finally:
        _services.reset(before)


@contextmanager
def context_scope(context: Context | None) -> Iterator[None]:
    """Make ``context`` the one ``get_current_context`` gives."""
    before = _context.set(context)
    try:
        yield
    finally:
        _context.reset(before)
