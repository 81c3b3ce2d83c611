"""What task code sees as ``dag_run`` and as ``ti``."""

import logging
import os
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import pendulum

from jupyter_couture.authoring.addresses import log_address
from jupyter_couture.authoring.context import RETURN_VALUE, AttemptServices, Context, get_current_context
from jupyter_couture.authoring.dialects import Dialect
from jupyter_couture.authoring.operator import BaseOperator
from jupyter_couture.compat.models.runs import TaskInstanceKey, instance_of, instances_of
from jupyter_couture.model.dag import Json
from jupyter_couture.model.ids import NOT_MAPPED
from jupyter_couture.model.intents import StartAttempt
from jupyter_couture.model.run import RunType
from jupyter_couture.runtime.places import host_name


class RunView:
    """The run, as the attempt was told of it."""

    def __init__(
        self,
        start: StartAttempt,
        logical: pendulum.DateTime,
        begin: pendulum.DateTime,
        end: pendulum.DateTime,
        services: AttemptServices,
    ) -> None:
        self.dag_id: str = start.run_key.dag_id
        self.run_id: str = start.run_key.run_id
        self.run_type: str = start.run_type
        self.conf: Mapping[str, Json] = start.conf
        self.logical_date = logical
        self.data_interval_start = begin
        self.data_interval_end = end
        self.end_date = None
        self.partition_key = self.partition_date = None  # partitions are not kept apart
        self.state = "running"
        self.parent = start.parent
        self._start = start
        self._services = services

    @property
    def queued_at(self) -> datetime:
        """When the run was asked for."""
        return pendulum.instance(self._start.run_queued_at)

    @property
    def start_date(self) -> datetime:
        """When the run began."""
        return pendulum.instance(self._start.run_started_at or self._start.run_queued_at)

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
        return self.run_type == RunType.BACKFILL

    @property
    def run_after(self) -> datetime:
        """The moment from which the run may be made."""
        return self.data_interval_end if self.run_type == RunType.SCHEDULED else self.logical_date

    @property
    def triggering_user_name(self) -> None:
        """Not told to tasks."""
        return None

    def get_state(self) -> str:
        """The state, by its older name."""
        return self.state

    def get_task_instances(self, state: Any = None, session: Any = None) -> list[Any]:
        """The task instances of the run as they are now, or those in a state or in one of several."""
        return instances_of(self, state)

    def get_task_instance(self, task_id: str, session: Any = None, *, map_index: int = NOT_MAPPED) -> Any:
        """One task instance of the run as it is now; None if there is none."""
        return instance_of(self, task_id, map_index)

    def get_previous_dagrun(self, state: str | None = None) -> Mapping[str, Any] | None:
        """The run before this one, the last that succeeded if ``state`` is ``success``; None if there is none."""
        return self._services.previous_run(only_success=state == "success")

    def __repr__(self) -> str:
        return f"<DagRun {self.dag_id} {self.run_id}>"


class TaskInstanceView:
    """What task code sees as ``ti`` and ``task_instance``."""

    def __init__(self, start: StartAttempt, task: BaseOperator, services: AttemptServices, run: RunView) -> None:
        self.dag_id: str = start.run_key.dag_id
        self.run_id: str = start.run_key.run_id
        self.task_id: str = start.task_key.task_id
        self.map_index: int = start.task_key.map_index
        self.try_number: int = start.try_number
        self.max_tries: int = start.max_tries
        self.execution_date = run.logical_date
        self.dag_run = run
        self.task = task
        self.operator: str = type(task).__name__
        self.state = "running"
        self.hostname = host_name()
        self.pid = os.getpid()
        self.end_date = None
        self.duration = None
        self.log = logging.getLogger("couture.task")
        self._services = services

    @property
    def key(self) -> tuple[Any, ...]:
        """DAG, task, logical date and try, as the older API names a task instance; in newer dialects by the run."""
        if _dialect_of(self.task) in (Dialect.AIRFLOW_2, Dialect.AIRFLOW_3):
            return TaskInstanceKey(self.dag_id, self.task_id, self.run_id, self.try_number, self.map_index)
        return (self.dag_id, self.task_id, self.execution_date, self.try_number)

    @property
    def log_url(self) -> str:
        """Where the log of this try is."""
        return log_address(self.dag_id, self.run_id, self.task_id, self.try_number, self.map_index)

    @property
    def mark_success_url(self) -> str:
        """Where the run is seen; marking needs a person there."""
        return self.log_url

    @property
    def queue(self) -> str:
        """See ``BaseOperator``."""
        return self.task.queue

    @property
    def pool(self) -> str:
        """See ``BaseOperator``."""
        return self.task.pool

    @property
    def priority_weight(self) -> int:
        """See ``BaseOperator``."""
        return self.task.priority_weight

    @property
    def next_try_number(self) -> int:
        """The number of the try after this one."""
        return self.try_number + 1

    def current_state(self) -> str:
        """The state, which is that of a running task, or in a callback that it ended in."""
        return self.state

    def get_template_context(self, session: Any = None) -> Context:
        """The context of the attempt."""
        return get_current_context()

    def refresh_from_db(self, *args: Any, **kwargs: Any) -> None:
        """Nothing of it changes while the task runs."""

    def get_previous_dagrun(self, state: str | None = None, session: Any = None) -> Mapping[str, Any] | None:
        """The run before this one."""
        return self.dag_run.get_previous_dagrun(state)

    def get_previous_execution_date(self, state: str | None = None, session: Any = None) -> datetime | None:
        """The logical date of the run before this one; None if there is none."""
        run = self.dag_run.get_previous_dagrun(state)
        return None if run is None else run.get("logical_date")

    def get_num_running_task_instances(self, session: Any = None) -> int:
        """How many instances of the task run in this run."""
        rows = self._services.tasks_of(self.dag_id, self.run_id)
        return sum(row["task_id"] == self.task_id and row["state"] == "running" for row in rows)

    @property
    def logical_date(self) -> datetime:
        """The newer name of ``execution_date``."""
        return self.execution_date

    @property
    def start_date(self) -> datetime:
        """When this try began."""
        return pendulum.instance(self._services.try_began())

    @property
    def prev_attempted_tries(self) -> int:
        """How many tries there were before this one."""
        return self.try_number - 1

    def xcom_push(self, key: str, value: Any, execution_date: datetime | None = None, session: Any = None) -> None:
        """Keep a value for other tasks; it is there for them at once."""
        self._services.push(key, value)

    def xcom_pull(  # noqa: PLR0913  # the arguments are Airflow's
        self,
        task_ids: str | Sequence[str] | None = None,
        dag_id: str | None = None,
        key: str | None = RETURN_VALUE,
        include_prior_dates: bool = False,
        *,
        session: Any = None,
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

    def get_dagrun(self, session: Any = None) -> RunView:
        """The run, by its older name."""
        return self.dag_run

    def get_previous_start_date(self, state: str | None = None, session: Any = None) -> datetime | None:
        """When the run before this one began; None if there is none."""
        run = self.dag_run.get_previous_dagrun(state)
        return None if run is None else run.get("started_at")

    def __repr__(self) -> str:
        return f"<TaskInstance {self.dag_id}.{self.task_id} {self.run_id} try {self.try_number}>"


def _dialect_of(task: BaseOperator) -> Dialect:
    found = getattr(task.dag, "dialect", Dialect.NATIVE)
    return found if isinstance(found, Dialect) else Dialect.NATIVE
