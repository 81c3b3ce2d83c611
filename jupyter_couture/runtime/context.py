"""The context of a task: the names that templates and callables may use, with Airflow's meaning of each.

Dates are pendulum's, which are ``datetime`` values with more methods; ``ds`` and ``ts`` follow the logical date.
"""

import math
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import pendulum

from jupyter_couture.authoring.context import AttemptServices
from jupyter_couture.authoring.dag import DAG
from jupyter_couture.authoring.operator import BaseOperator
from jupyter_couture.authoring.params import merged_params
from jupyter_couture.decisions.timetables import point_after, point_at_or_before
from jupyter_couture.model.intents import StartAttempt
from jupyter_couture.model.run import RunType
from jupyter_couture.runtime.accessors import MACROS, ConnectionAccessor, VariableAccessor
from jupyter_couture.runtime.task_context import TaskContext
from jupyter_couture.runtime.views import RunView, TaskInstanceView

_INSTANT = timedelta(microseconds=1)
_DAY = "%Y-%m-%d"
_PREVIOUS = {
    "prev_data_interval_start_success": "data_interval_start",
    "prev_data_interval_end_success": "data_interval_end",
    "prev_execution_date_success": "logical_date",
    "prev_start_date_success": "started_at",
    "prev_end_date_success": "ended_at",
}


def build_context(start: StartAttempt, dag: DAG, task: BaseOperator, services: AttemptServices) -> TaskContext:
    """Everything a template or a callable may name, for one attempt.

    Raises ``InvalidRequest`` if the run's conf does not fit the parameters.
    """
    logical = pendulum.instance(start.logical_date)
    begin, end = (
        logical if instant == start.logical_date else pendulum.instance(instant)
        for instant in (start.data_interval_start, start.data_interval_end)
    )
    ds, ts = logical.strftime(_DAY), logical.isoformat()
    ds_nodash = ds.replace("-", "")
    yesterday, tomorrow = logical.subtract(days=1).strftime(_DAY), logical.add(days=1).strftime(_DAY)
    run = RunView(start, logical, begin, end, services)
    instance = TaskInstanceView(start, task, services, run)
    ready = {
        "dag": dag,
        "ds": ds,
        "ds_nodash": ds_nodash,
        "ts": ts,
        "ts_nodash": ts.replace("-", "").replace(":", ""),
        "ts_nodash_short": logical.strftime("%Y%m%dT%H%M%S"),
        "ts_nodash_with_tz": ts.replace("-", "").replace(":", ""),
        "yesterday_ds": yesterday,
        "yesterday_ds_nodash": yesterday.replace("-", ""),
        "tomorrow_ds": tomorrow,
        "tomorrow_ds_nodash": tomorrow.replace("-", ""),
        "END_DATE": ds,
        "end_date": ds,
        "latest_date": ds,
        "dag_run": run,
        "run_id": start.run_key.run_id,
        "execution_date": logical,
        "logical_date": logical,
        "data_interval_start": begin,
        "data_interval_end": end,
        "params": merged_params(start.conf, dag.params, task.own_params),
        "conf": start.conf,
        "tables": None,
        "task": task,
        "task_instance": instance,
        "ti": instance,
        "task_instance_key_str": f"{start.run_key.dag_id}__{start.task_key.task_id}__{ds_nodash}",
        "map_index": start.task_key.map_index,
        "expanded_ti_count": math.prod(start.lengths) if start.lengths else None,
        "test_mode": False,
        "var": {
            "value": VariableAccessor(services, is_json=False),
            "json": VariableAccessor(services, is_json=True),
        },
        "conn": ConnectionAccessor(),
        "inlets": task.inlets,
        "outlets": task.outlets,
        "templates_dict": None,
        "macros": MACROS,
    }
    late = _neighbours(start, dag, logical, begin, end)
    asked: dict[str, Callable[[], Any]] = {
        name: _previous_success(services, field) for name, field in _PREVIOUS.items()
    }
    asked["triggering_asset_events"] = asked["triggering_dataset_events"] = lambda: events_by_asset(services)
    return TaskContext(ready, late, asked)


def events_by_asset(services: AttemptServices) -> dict[str, list[Mapping[str, Any]]]:
    """The events a run was made for, by the URI of their asset."""
    found: dict[str, list[Mapping[str, Any]]] = {}
    for event in services.asset_events():
        found.setdefault(str(event["uri"]), []).append(event)
    return found


def _previous_success(services: AttemptServices, field: str) -> Callable[[], Any]:
    def ask() -> Any:
        run = services.previous_run(only_success=True)
        value = None if run is None else run.get(field)
        return pendulum.instance(value) if isinstance(value, datetime) else value

    return ask


def _neighbours(
    start: StartAttempt, dag: DAG, logical: pendulum.DateTime, begin: pendulum.DateTime, end: pendulum.DateTime
) -> dict[str, Callable[[], Any]]:
    """The dates of the schedule around this run; without schedule the run's own date stands for both."""
    schedule = dag.schedule
    is_scheduled = start.run_type == RunType.SCHEDULED

    def before() -> pendulum.DateTime:
        found = schedule and point_at_or_before(schedule, logical - _INSTANT, _anchor(dag, begin))
        if found:
            return pendulum.instance(found)
        return logical - (end - begin) if is_scheduled else logical

    def after() -> pendulum.DateTime:
        found = schedule and point_after(schedule, logical, _anchor(dag, begin))
        if found:
            return pendulum.instance(found)
        return end if is_scheduled else logical

    return {
        "prev_execution_date": before,
        "next_execution_date": after,
        "prev_ds": lambda: before().strftime(_DAY),
        "next_ds": lambda: after().strftime(_DAY),
        "prev_ds_nodash": lambda: before().strftime("%Y%m%d"),
        "next_ds_nodash": lambda: after().strftime("%Y%m%d"),
    }


def _anchor(dag: DAG, begin: datetime) -> datetime:
    return dag.start_date if dag.start_date is not None else begin
