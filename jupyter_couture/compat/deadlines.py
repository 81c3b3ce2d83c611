"""Deadlines of runs, as Airflow 3 has them: accepted, with a warning on the DAG. ``sla`` is what works here."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any


@dataclass(frozen=True)
class BaseDeadlineReference:
    """From when the time counts."""

    def serialize_reference(self) -> dict[str, Any]:
        """Its kind."""
        return {"reference_type": type(self).__name__}


@dataclass(frozen=True)
class LogicalDateDeadline(BaseDeadlineReference):
    """From the logical date of the run."""


@dataclass(frozen=True)
class QueuedAtDeadline(BaseDeadlineReference):
    """From when the run was queued."""


@dataclass(frozen=True)
class FixedDatetimeDeadline(BaseDeadlineReference):
    """From an instant."""

    moment: datetime


@dataclass(frozen=True)
class AverageRuntimeDeadline(BaseDeadlineReference):
    """From the average of earlier runs."""

    max_runs: int = 0
    min_runs: int | None = None


class DeadlineReference:
    """The references by name."""

    DAGRUN_LOGICAL_DATE = LogicalDateDeadline()
    DAGRUN_QUEUED_AT = QueuedAtDeadline()
    FIXED_DATETIME = FixedDatetimeDeadline
    AVERAGE_RUNTIME = AverageRuntimeDeadline

    @classmethod
    def register_custom_reference(cls, reference: type, deadline_reference_type: object = None) -> type:
        """Know ``reference`` by the name of its class."""
        setattr(cls, reference.__name__, reference)
        return reference


def deadline_reference(deadline_reference_type: object = None) -> Callable[[type], type]:
    """Decorator for a reference of the author's own."""
    if isinstance(deadline_reference_type, type):
        raise TypeError("@deadline_reference() is called, with or without an argument")
    return DeadlineReference.register_custom_reference


class Callback:
    """What is called when the time is up: a function or its dotted path, and its arguments."""

    def __init__(
        self, callback_callable: Callable[..., Any] | str, kwargs: Mapping[str, Any] | None = None, **options: Any
    ) -> None:
        self.callback_callable = callback_callable
        self.kwargs = dict(kwargs or {})
        self.options = options


class SyncCallback(Callback):
    """An ordinary function."""


class AsyncCallback(Callback):
    """A coroutine function."""


@dataclass(frozen=True)
class DeadlineAlert:
    """A deadline: so long after ``reference`` call ``callback``."""

    reference: Any
    interval: timedelta
    callback: Any
    name: str | None = None
