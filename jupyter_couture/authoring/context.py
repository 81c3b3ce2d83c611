"""What task code may ask of the attempt it runs in.

The runtime enters an attempt with ``attempt_scope``; everything else here is for operators and for task code.
Outside an attempt (a notebook cell, a user's unit test) a stand-in keeps outputs in memory, so that
``operator.execute({})`` works anywhere.

A task decides which tasks after it are skipped by ``current_attempt().skip(ids)`` before it returns: a branch names the
direct downstream tasks it did not choose, a short circuit all tasks behind it. It then ends as any task does, and the
engine skips those tasks if it ended well; to be skipped itself a task raises ``Skip``.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Any, Protocol, TypeAlias

from jupyter_couture.authoring.other_runs import RunServices, StandaloneRuns
from jupyter_couture.authoring.present import utc_now
from jupyter_couture.model.dag import Json
from jupyter_couture.model.errors import InvalidRequest, NotFound, Unavailable

RETURN_VALUE = "return_value"
"""Name under which the value that a task returns is kept."""

Context: TypeAlias = Mapping[str, Any]
"""The template context of one attempt: ``ds``, ``ti``, ``params`` and so on, by name."""


class AttemptServices(RunServices, Protocol):
    """What the surroundings of a running attempt do for its code."""

    def report_progress(self, done: int, total: int, label: str = "") -> None:
        """Tell watchers that ``done`` of ``total`` steps are behind us (total 0: unknown), and what is at hand."""
        ...

    def set_output(self, name: str, value: Json) -> None:
        """Keep a small JSON value of this task instance under ``name``; a later one of the same name replaces it."""
        ...

    def skip(self, task_ids: Iterable[str]) -> None:
        """Let these tasks after this one be skipped once this attempt has ended well; calls add up.

        Inside a mapped group the instances of the same index are meant. Names of tasks that do not come after this one
        are refused with ``InvalidRequest``.
        """
        ...

    def try_began(self) -> datetime:
        """When the present try began: the first look of a sensor, the first part of a deferred task."""
        ...

    def set_label(self, label: str) -> None:
        """What people see instead of the index of this mapped instance; a later label replaces it."""
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

    def push(self, key: str, value: Any, *, at_once: bool = True) -> None:
        """Keep a value of this task instance for other tasks under ``key``; a later one of the same key replaces it.

        Any value that can be pickled, up to ``xcom_max_bytes``. Returns when others can see it; with ``at_once`` False
        it is seen when this attempt has ended, which costs nothing extra. Raises ``InvalidRequest``.
        """
        ...

    def pull(
        self,
        task_ids: str | Sequence[str] | None = None,
        key: str | None = RETURN_VALUE,
        *,
        dag_id: str | None = None,
        run_id: str | None = None,
        include_prior_dates: bool = False,
        map_indexes: int | Sequence[int] | None = None,
        default: Any = None,
    ) -> Any:
        """What other tasks (or this one) pushed, by default in this run of this DAG.

        For one task id, or None (any task): the most recent value that fits, ``default`` if there is none; of a mapped
        task a lazy sequence of the values of all its instances, by index. For several task ids: a list with their
        values in the same order, ``default`` where there is none, all instances of a mapped one. ``map_indexes``: one
        index gives that instance's value, several a lazy sequence in their order. ``key`` None: under any key. With
        ``include_prior_dates`` runs of earlier logical dates count too, the latest first.
        """
        ...

    def get_variable(self, key: str) -> str | None:
        """The text of a variable; None if there is none. Sensitive ones are hidden in this attempt's log from now."""
        ...

    def set_variable(self, key: str, value: str, description: str | None = None) -> None:
        """Create or replace a variable."""
        ...

    def delete_variable(self, key: str) -> bool:
        """Remove a variable; whether it was there."""
        ...

    def connections(self, conn_id: str) -> Sequence[Mapping[str, Any]]:
        """All connections of that id, passwords and all; empty if there is none.

        Each has ``conn_id, conn_type, host, login, password, schema, port, extra`` (``extra`` as JSON text). Their
        secrets are hidden in this attempt's log from now.
        """
        ...

    def previous_run(self, *, only_success: bool = False) -> Mapping[str, Any] | None:
        """The run of this DAG with the greatest logical date before this one's; None if there is none.

        ``run_id, state`` and, as aware times or None, ``logical_date, data_interval_start, data_interval_end,
        started_at, ended_at``.
        """
        ...

    def asset_events(self) -> Sequence[Mapping[str, Any]]:
        """The events this run was made for, oldest first: ``uri, extra, timestamp`` and where each came from."""
        ...

    def asset_history(self, uri: str) -> Sequence[Mapping[str, Any]]:
        """The latest events of an asset, up to a thousand or 8 MiB, oldest first, as in ``asset_events``."""
        ...

    def asset_notes(self) -> dict[str, dict[str, Any]]:
        """What goes with the updates of assets if this attempt ends well, by URI; to be changed."""
        ...

    def hide(self, secret: str) -> None:
        """Write ``***`` for this text in the attempt's log, rendered fields, errors and previews from now on."""
        ...


class StandaloneAttempt(StandaloneRuns):
    """Stand-in for code that runs outside any attempt: progress goes nowhere, outputs stay in this object."""

    def __init__(self) -> None:
        self.outputs: dict[str, Any] = {}
        self.skips: list[str] = []
        self.label: str | None = None
        self.notes: dict[str, dict[str, Any]] = {}

    def report_progress(self, done: int, total: int, label: str = "") -> None:
        """Nobody watches."""

    def set_output(self, name: str, value: Json) -> None:
        """Keep it here."""
        self.outputs[name] = value

    def skip(self, task_ids: Iterable[str]) -> None:
        """Note them here."""
        self.skips += [name for name in task_ids if name not in self.skips]

    def try_began(self) -> datetime:
        """Just now."""
        return utc_now()

    def set_label(self, label: str) -> None:
        """Keep it here."""
        self.label = str(label)

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

    def push(self, key: str, value: Any, *, at_once: bool = True) -> None:
        """Keep it here."""
        self.outputs[key] = value

    def pull(
        self,
        task_ids: str | Sequence[str] | None = None,
        key: str | None = RETURN_VALUE,
        *,
        dag_id: str | None = None,
        run_id: str | None = None,
        include_prior_dates: bool = False,
        map_indexes: int | Sequence[int] | None = None,
        default: Any = None,
    ) -> Any:
        """Refused: there is no run whose values could be meant."""
        raise NotFound(what="value outside a run", id=f"{task_ids}.{key}")

    def get_variable(self, key: str) -> str | None:
        """Refused."""
        raise _outside(f"variable {key!r}")

    def set_variable(self, key: str, value: str, description: str | None = None) -> None:
        """Refused."""
        raise _outside(f"variable {key!r}")

    def delete_variable(self, key: str) -> bool:
        """Refused."""
        raise _outside(f"variable {key!r}")

    def connections(self, conn_id: str) -> Sequence[Mapping[str, Any]]:
        """Refused."""
        raise _outside(f"connection {conn_id!r}")

    def previous_run(self, *, only_success: bool = False) -> Mapping[str, Any] | None:
        """There is none."""
        return None

    def asset_events(self) -> Sequence[Mapping[str, Any]]:
        """There are none."""
        return ()

    def asset_history(self, uri: str) -> Sequence[Mapping[str, Any]]:
        """There is none."""
        return ()

    def asset_notes(self) -> dict[str, dict[str, Any]]:
        """They stay here."""
        return self.notes

    def hide(self, secret: str) -> None:
        """There is no log of ours to hide it in."""


def _outside(what: str) -> Unavailable:
    return Unavailable(what=what, message="variables and connections can be had only while a task runs")


_services: ContextVar[AttemptServices | None] = ContextVar("couture_attempt", default=None)
_context: ContextVar[Context | None] = ContextVar("couture_context", default=None)


def current_attempt() -> AttemptServices:
    """The services of the attempt this code runs in; outside of one, a fresh stand-in."""
    return _services.get() or StandaloneAttempt()


def is_at_work() -> bool:
    """Whether this code is that of a running task."""
    return _context.get() is not None


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
