"""What task code asks of a DAG object: its schedule around a moment, its runs, whether it is on."""

from collections.abc import Mapping
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

from jupyter_couture.authoring.context import current_attempt
from jupyter_couture.authoring.scopes import TaskHolder
from jupyter_couture.decisions.timetables import BEFORE, point_after, point_at_or_before
from jupyter_couture.model.policy import Schedule

_TIMES = ("logical_date", "data_interval_start", "data_interval_end", "queued_at", "started_at", "ended_at")


class Lookups(TaskHolder):
    """The part of ``DAG`` that is of use while a task runs. Names are Airflow's."""

    schedule: Schedule | None

    def following_schedule(self, dttm: datetime) -> datetime | None:
        """The point of the schedule after a moment; None without schedule."""
        at = _aware(dttm)
        found = None if self.schedule is None else point_after(self.schedule, at, at)
        return None if found is None else _as_user_time(found)

    def previous_schedule(self, dttm: datetime) -> datetime | None:
        """The point of the schedule before a moment; None without schedule."""
        at = _aware(dttm)
        found = None if self.schedule is None else point_at_or_before(self.schedule, at - BEFORE, at)
        return None if found is None else _as_user_time(found)

    def topological_sort(self, *args: Any, **kwargs: Any) -> tuple[Any, ...]:
        """The tasks, each after those it waits for."""
        return tuple(self.node_of(name) for name in self.graph.order)

    @property
    def is_paused(self) -> bool:
        """Whether the DAG is off; only while a task runs."""
        found = current_attempt().find_dag(self.dag_id)
        return found is not None and bool(found["is_paused"])

    def get_is_paused(self, session: Any = None) -> bool:
        """Whether the DAG is off, as a method."""
        return self.is_paused

    def get_last_dagrun(self, session: Any = None, include_externally_triggered: bool = False) -> Any:
        """The newest scheduled run, or of all runs; None if there is none. Only while a task runs."""
        run_type = None if include_externally_triggered else "scheduled"
        found = current_attempt().find_runs([self.dag_id], run_type=run_type)
        return _run_of(found[-1]) if found else None

    def get_dagrun(self, execution_date: datetime | None = None, run_id: str | None = None, session: Any = None) -> Any:
        """The run of a date or an id; None if there is none. Only while a task runs."""
        at = None if execution_date is None else _aware(execution_date)
        found = current_attempt().find_runs([self.dag_id], run_id=run_id, earliest=at, latest=at)
        return _run_of(found[-1]) if found else None

    @property
    def latest_execution_date(self) -> datetime | None:
        """The logical date of the newest run; None if there is none. Only while a task runs."""
        run = self.get_last_dagrun(include_externally_triggered=True)
        return None if run is None else run.logical_date

    def get_latest_execution_date(self, session: Any = None) -> datetime | None:
        """See ``latest_execution_date``."""
        return self.latest_execution_date


def _run_of(found: Mapping[str, Any]) -> SimpleNamespace:
    """A run with the names of both old and new code."""
    times = {name: found[name] and _as_user_time(datetime.fromisoformat(found[name])) for name in _TIMES}
    old = {"execution_date": times["logical_date"], "start_date": times["started_at"], "end_date": times["ended_at"]}
    return SimpleNamespace(**{**found, **times, **old, "external_trigger": found["run_type"] != "scheduled"})


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


def _as_user_time(at: datetime) -> datetime:
    """The time as the type that task code of the field expects."""
    import pendulum  # noqa: PLC0415  # 60 ms that only task code needs; everything imports this module

    return pendulum.instance(at)
