"""The context of a task: the names that templates and callables may use, with Airflow's meaning of each.

Dates are pendulum's, which are ``datetime`` values with more methods; ``ds`` and ``ts`` follow the logical date.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pendulum

from jupyter_couture.authoring.context import RETURN_VALUE, AttemptServices
from jupyter_couture.authoring.dag import DAG
from jupyter_couture.authoring.operator import BaseOperator
from jupyter_couture.model.dag import Json
from jupyter_couture.model.intents import StartAttempt
from jupyter_couture.model.run import RunType


@dataclass(frozen=True, slots=True)
class RunView:
    """What task code sees as ``dag_run``."""

    dag_id: str
    run_id: str
    run_type: str
    conf: Mapping[str, Json]
    logical_date: datetime
    data_interval_start: datetime
    data_interval_end: datetime
    queued_at: datetime

    @property
    def execution_date(self) -> datetime:
        """The older name of ``logical_date``."""
        return self.logical_date

    @property
    def external_trigger(self) -> bool:
        """Whether a person or a program asked for the run, rather than the schedule."""
        return self.run_type != RunType.SCHEDULED

    @property
    def is_backfill(self) -> bool:
        """Whether a backfill made the run."""
        return False


class TaskInstanceView:
    """What task code sees as ``ti`` and ``task_instance``."""

    def __init__(self, start: StartAttempt, task: BaseOperator, services: AttemptServices) -> None:
        self.dag_id: str = start.run_key.dag_id
        self.run_id: str = start.run_key.run_id
        self.task_id: str = start.task_key.task_id
        self.map_index: int = start.task_key.map_index
        self.try_number: int = start.try_number
        self.max_tries: int = start.max_tries
        self.execution_date = pendulum.instance(start.logical_date)
        self.task = task
        self.operator: str = type(task).__name__
        self.state = "running"
        self._services = services

    @property
    def key(self) -> tuple[str, str, datetime, int]:
        """DAG, task, logical date and try, as the older API names a task instance."""
        return (self.dag_id, self.task_id, self.execution_date, self.try_number)

    @property
    def logical_date(self) -> datetime:
        """The newer name of ``execution_date``."""
        return self.execution_date

    def xcom_push(self, key: str, value: Any) -> None:
        """Keep a value for other tasks; it is there for them at once."""
        self._services.push(key, value)

    def xcom_pull(
        self,
        task_ids: str | Sequence[str] | None = None,
        dag_id: str | None = None,
        key: str | None = RETURN_VALUE,
        include_prior_dates: bool = False,
        *,
        map_indexes: int | Sequence[int] | None = None,
        default: Any = None,
        run_id: str | None = None,
    ) -> Any:
        """What other tasks handed on; see ``AttemptServices.pull`` for what each filter means."""
        return self._services.pull(
            task_ids,
            key,
            dag_id=dag_id,
            run_id=run_id,
            include_prior_dates=include_prior_dates,
            map_indexes=map_indexes,
            default=default,
        )

    def __repr__(self) -> str:
        return f"<TaskInstance {self.dag_id}.{self.task_id} {self.run_id} try {self.try_number}>"


def build_context(start: StartAttempt, dag: DAG, task: BaseOperator, services: AttemptServices) -> dict[str, Any]:
    """Everything a template or a callable may name, for one attempt."""
    logical = pendulum.instance(start.logical_date)
    begin, end = (
        logical if instant == start.logical_date else pendulum.instance(instant)
        for instant in (start.data_interval_start, start.data_interval_end)
    )
    earlier, later = _neighbours(start, logical, begin, end)
    instance = TaskInstanceView(start, task, services)
    ds, ts = logical.strftime("%Y-%m-%d"), logical.isoformat()
    ds_nodash = ds.replace("-", "")
    yesterday, tomorrow = logical.subtract(days=1).strftime("%Y-%m-%d"), logical.add(days=1).strftime("%Y-%m-%d")
    run = RunView(
        dag_id=start.run_key.dag_id,
        run_id=start.run_key.run_id,
        run_type=start.run_type,
        conf=start.conf,
        logical_date=logical,
        data_interval_start=begin,
        data_interval_end=end,
        queued_at=pendulum.instance(start.run_queued_at),
    )
    return {
        "dag": dag,
        "ds": ds,
        "next_ds": later.strftime("%Y-%m-%d"),
        "prev_ds": earlier.strftime("%Y-%m-%d"),
        "ds_nodash": ds_nodash,
        "ts": ts,
        "ts_nodash": ts.replace("-", "").replace(":", ""),
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
        "prev_execution_date": earlier,
        "next_execution_date": later,
        "params": merged_params(start.conf, task),
        "conf": start.conf,
        "tables": None,
        "task": task,
        "task_instance": instance,
        "ti": instance,
        "task_instance_key_str": f"{start.run_key.dag_id}__{start.task_key.task_id}__{ds_nodash}",
        "test_mode": False,
        "var": {"value": {}, "json": {}},
        "inlets": [],
        "outlets": [],
        "templates_dict": None,
        "macros": MACROS,
    }


def merged_params(conf: Mapping[str, Json], task: BaseOperator) -> dict[str, Any]:
    """Defaults of the DAG and of the task, and over them what the run's conf says."""
    return {**task.params, **conf}


class Macros:
    """Small date helpers for templates."""

    datetime = datetime
    timedelta = timedelta

    @staticmethod
    def ds_add(ds: str, days: int) -> str:
        """The day ``days`` after ``ds`` (YYYY-MM-DD)."""
        return (datetime.fromisoformat(ds) + timedelta(days=days)).strftime("%Y-%m-%d")

    @staticmethod
    def ds_format(ds: str, input_format: str, output_format: str) -> str:
        """A date text in another format."""
        return datetime.strptime(ds, input_format).strftime(output_format)  # noqa: DTZ007  # a calendar day has no zone


MACROS = Macros()


def _neighbours(
    start: StartAttempt, logical: pendulum.DateTime, begin: pendulum.DateTime, end: pendulum.DateTime
) -> tuple[pendulum.DateTime, pendulum.DateTime]:
    """The logical dates before and after this one; for a run outside the schedule its own date."""
    if start.run_type != RunType.SCHEDULED or begin == end:
        return logical, logical
    return logical - (end - begin), end
