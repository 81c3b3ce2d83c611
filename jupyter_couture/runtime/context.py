"""The context of a task: the names that templates and callables may use, with Airflow's meaning of each.

Dates are pendulum's, which are ``datetime`` values with more methods; ``ds`` and ``ts`` follow the logical date.
"""

import math
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cached_property
from types import MappingProxyType
from typing import Any

import pendulum

from jupyter_couture.authoring.asset_events import AssetEventView, InletEvents, OutletEvents
from jupyter_couture.authoring.context import AttemptServices
from jupyter_couture.authoring.dag import DAG
from jupyter_couture.authoring.dialects import Dialect
from jupyter_couture.authoring.macros import MACROS
from jupyter_couture.authoring.operator import BaseOperator
from jupyter_couture.authoring.params import merged_params
from jupyter_couture.compat.configuration import conf
from jupyter_couture.decisions.timetables import point_after, point_at_or_before
from jupyter_couture.model.intents import StartAttempt
from jupyter_couture.model.run import RunType
from jupyter_couture.runtime.accessors import ConnectionAccessor, VariableAccessor
from jupyter_couture.runtime.task_context import TaskContext, Work
from jupyter_couture.runtime.views import RunView, TaskInstanceView

_INSTANT = timedelta(microseconds=1)
_DAY = "%Y-%m-%d"
_NODASH = "%Y%m%d"


def build_context(start: StartAttempt, dag: DAG, task: BaseOperator, services: AttemptServices) -> TaskContext:
    """Everything a template or a callable may name, for one attempt.

    All dialects have all names, also those that Airflow 3 has dropped. In two of them the value depends on it: ``conf``
    is the run's, but the configuration in files for Airflow 1.10 and 2; ``ts_nodash`` has no zone from Airflow 2 on.

    Raises ``InvalidRequest`` if the run's conf does not fit the parameters.
    """
    ready = {
        "dag": dag,
        "run_id": start.run_key.run_id,
        "params": merged_params(start.conf, dag.params, task.own_params),
        "conf": start.conf,
        "tables": None,
        "task": task,
        "map_index": start.task_key.map_index,
        "test_mode": False,
        "inlets": task.inlets,
        "outlets": task.outlets,
        "templates_dict": None,
        "macros": MACROS,
        "partition_key": None,
    }
    if dag.dialect in (Dialect.AIRFLOW_1, Dialect.AIRFLOW_2):
        ready["conf"] = conf
    late = _LATE_2 if dag.dialect in (Dialect.AIRFLOW_2, Dialect.AIRFLOW_3) else _LATE
    return TaskContext(ready, _Source(start, dag, task, services), late, _ASKED)


def events_by_asset(services: AttemptServices) -> dict[str, list[AssetEventView]]:
    """The events a run was made for, by the URI of their asset."""
    found: dict[str, list[AssetEventView]] = {}
    for event in services.asset_events():
        found.setdefault(str(event["uri"]), []).append(AssetEventView(event))
    return found


class _Source:
    """What the values of a context are worked out from."""

    def __init__(self, start: StartAttempt, dag: DAG, task: BaseOperator, services: AttemptServices) -> None:
        self.start = start
        self.dag = dag
        self.task = task
        self.services = services

    @cached_property
    def logical(self) -> pendulum.DateTime:
        return pendulum.instance(self.start.logical_date)

    @cached_property
    def begin(self) -> pendulum.DateTime:
        return self._instant(self.start.data_interval_start)

    @cached_property
    def end(self) -> pendulum.DateTime:
        return self._instant(self.start.data_interval_end)

    @cached_property
    def run(self) -> RunView:
        return RunView(self.start, self.logical, self.begin, self.end, self.services)

    @cached_property
    def instance(self) -> TaskInstanceView:
        return TaskInstanceView(self.start, self.task, self.services, self.run)

    @cached_property
    def before(self) -> pendulum.DateTime:
        """The point of the schedule before this run; without schedule the run's own date."""
        schedule = self.dag.schedule
        found = schedule and point_at_or_before(schedule, self.logical - _INSTANT, self._anchor)
        if found:
            return pendulum.instance(found)
        return self.logical - (self.end - self.begin) if self._is_scheduled else self.logical

    @cached_property
    def after(self) -> pendulum.DateTime:
        """The point of the schedule after this run."""
        schedule = self.dag.schedule
        found = schedule and point_after(schedule, self.logical, self._anchor)
        if found:
            return pendulum.instance(found)
        return self.end if self._is_scheduled else self.logical

    @property
    def _is_scheduled(self) -> bool:
        return self.start.run_type == RunType.SCHEDULED

    @property
    def _anchor(self) -> datetime:
        return self.dag.start_date if self.dag.start_date is not None else self.begin

    def _instant(self, at: datetime) -> pendulum.DateTime:
        return self.logical if at == self.start.logical_date else pendulum.instance(at)

    def key_text(self) -> str:
        """The older name of a task instance in one text."""
        return f"{self.start.run_key.dag_id}__{self.start.task_key.task_id}__{self.logical.strftime(_NODASH)}"


def _day(source: _Source) -> str:
    return source.logical.strftime(_DAY)


def _compact(source: _Source) -> str:
    return source.logical.isoformat().replace("-", "").replace(":", "")


def _variables(source: _Source) -> dict[str, VariableAccessor]:
    return {
        "value": VariableAccessor(source.services, is_json=False),
        "json": VariableAccessor(source.services, is_json=True),
    }


def _previous_success(field: str) -> Callable[[_Source], Any]:
    def ask(source: _Source) -> Any:
        run = source.services.previous_run(only_success=True)
        value = None if run is None else run.get(field)
        return pendulum.instance(value) if isinstance(value, datetime) else value

    return ask


_LATE: Work = MappingProxyType(
    {
        "ds": _day,
        "ds_nodash": lambda source: source.logical.strftime(_NODASH),
        "ts": lambda source: source.logical.isoformat(),
        "ts_nodash": _compact,
        "ts_nodash_short": lambda source: source.logical.strftime("%Y%m%dT%H%M%S"),
        "ts_nodash_with_tz": _compact,
        "yesterday_ds": lambda source: source.logical.subtract(days=1).strftime(_DAY),
        "yesterday_ds_nodash": lambda source: source.logical.subtract(days=1).strftime(_NODASH),
        "tomorrow_ds": lambda source: source.logical.add(days=1).strftime(_DAY),
        "tomorrow_ds_nodash": lambda source: source.logical.add(days=1).strftime(_NODASH),
        "END_DATE": _day,
        "end_date": _day,
        "latest_date": _day,
        "dag_run": lambda source: source.run,
        "execution_date": lambda source: source.logical,
        "logical_date": lambda source: source.logical,
        "data_interval_start": lambda source: source.begin,
        "data_interval_end": lambda source: source.end,
        "prev_execution_date": lambda source: source.before,
        "next_execution_date": lambda source: source.after,
        "prev_ds": lambda source: source.before.strftime(_DAY),
        "next_ds": lambda source: source.after.strftime(_DAY),
        "prev_ds_nodash": lambda source: source.before.strftime(_NODASH),
        "next_ds_nodash": lambda source: source.after.strftime(_NODASH),
        "ti": lambda source: source.instance,
        "task_instance": lambda source: source.instance,
        "task_instance_key_str": _Source.key_text,
        "expanded_ti_count": lambda source: math.prod(source.start.lengths) if source.start.lengths else None,
        "inlet_events": lambda source: InletEvents(source.task.inlets, source.services),
        "outlet_events": lambda source: OutletEvents(source.task.outlets, source.services),
        "var": _variables,
        "conn": lambda _: ConnectionAccessor(),
    }
)

_LATE_2: Work = MappingProxyType({**_LATE, "ts_nodash": _LATE["ts_nodash_short"]})

_ASKED: Work = MappingProxyType(
    {
        "prev_data_interval_start_success": _previous_success("data_interval_start"),
        "prev_data_interval_end_success": _previous_success("data_interval_end"),
        "prev_execution_date_success": _previous_success("logical_date"),
        "prev_start_date_success": _previous_success("started_at"),
        "prev_end_date_success": _previous_success("ended_at"),
        "triggering_asset_events": lambda source: events_by_asset(source.services),
        "triggering_dataset_events": lambda source: events_by_asset(source.services),
    }
)
