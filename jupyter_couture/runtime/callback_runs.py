"""Callbacks in a process of their own: those of the DAG, and those of tasks whose own process could not call them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import wraps
from typing import Any

import pendulum

from jupyter_couture.authoring.callbacks import call_back
from jupyter_couture.authoring.context import attempt_scope
from jupyter_couture.authoring.dag import DAG
from jupyter_couture.authoring.present import utc_now
from jupyter_couture.model.alerts import LateTask
from jupyter_couture.model.codec import to_json
from jupyter_couture.model.dag import Json
from jupyter_couture.model.errors import NotFound
from jupyter_couture.model.ids import NOT_MAPPED, TaskId, TaskKey
from jupyter_couture.model.intents import CallbackOrder, StartAttempt
from jupyter_couture.model.run import AttemptError
from jupyter_couture.runtime.context import build_context
from jupyter_couture.runtime.reports import Services

_STATES = {"on_success": "success", "on_failure": "failed", "on_retry": "up_for_retry"}


@dataclass(frozen=True, slots=True)
class LateTaskView:
    """What an ``sla_miss_callback`` sees of a missed deadline; ``task_id`` is empty if it is that of the run."""

    dag_id: str
    task_id: str
    run_id: str
    execution_date: datetime
    deadline: datetime | None
    timestamp: datetime
    email_sent: bool = False
    notification_sent: bool = False
    description: str | None = None

    @property
    def logical_date(self) -> datetime:
        """The newer name of ``execution_date``."""
        return self.execution_date


@dataclass(frozen=True, slots=True)
class BlockingTaskView:
    """What an ``sla_miss_callback`` sees of a task that is not done and holds up a late one."""

    dag_id: str
    task_id: str
    run_id: str
    execution_date: datetime
    state: str
    map_index: int = NOT_MAPPED

    @property
    def logical_date(self) -> datetime:
        """The newer name of ``execution_date``."""
        return self.execution_date


def run_callback(start: StartAttempt, order: CallbackOrder, dag: DAG, services: Services) -> dict[str, Json]:
    """Call the functions that ``order`` names; the result of the attempt. Raises what building the context raises."""
    dag.settle()
    if order.name == "sla_miss":
        callbacks: Sequence[Callable[..., object]] = _of_late(order, dag)
        context: Any = {}
    else:
        callbacks, context = _of_end(start, order, dag, services)
    with attempt_scope(services, context):
        failed = call_back(callbacks, context, order.name)
    if not failed:
        return {"state": "success"}
    message = f"{failed} of {len(callbacks)} functions failed; the log says how"
    return {"state": "failed", "is_final": True, "error": to_json(AttemptError("CallbackFailed", message))}


def _of_end(
    start: StartAttempt, order: CallbackOrder, dag: DAG, services: Services
) -> tuple[Sequence[Callable[..., object]], Any]:
    """The callbacks of a task or a run that ended, and their context: that of the task, or of the DAG's last one."""
    if order.task is None:
        holder: Any = dag
        last = (dag.leaves or dag.tasks)[-1:]
        key = TaskKey(TaskId(last[0].task_id)) if last else None
    else:
        key = order.task
        holder = dag.task_dict.get(key.task_id)
        if holder is None:
            raise NotFound(what=f"task of DAG {dag.dag_id!r} as of this version", id=key.task_id)
        holder.settle()
    callbacks: Sequence[Callable[..., object]] = getattr(holder, f"{order.name}_callback")
    said = {"exception": order.reason if order.task is not None else None, "reason": order.reason}
    if key is None:
        return callbacks, {"dag": dag, "run_id": start.run_key.run_id, "conf": start.conf, **said}
    about = replace(start, task_key=key, try_number=order.try_number or 1, callback=None)
    context: Any = build_context(about, dag, dag.task_dict[key.task_id], services)
    for name, value in said.items():
        context[name] = value
    subject = context["dag_run"] if order.task is None else context["ti"]
    subject.state = _STATES[order.name]
    return callbacks, context


def _of_late(order: CallbackOrder, dag: DAG) -> list[Callable[..., object]]:
    """The callbacks for missed deadlines, which take five things instead of a context, as Airflow's do."""
    now = pendulum.instance(utc_now())
    late = [
        LateTaskView(dag.dag_id, each.task_id, each.run_id, _date(each), _optional(each.deadline), now)
        for each in order.late
    ]
    blocking = [
        BlockingTaskView(dag.dag_id, each.task_id, each.run_id, _date(each), each.state.value)
        for each in order.blocking
    ]
    words = ("\n".join(map(str, order.late)), "\n".join(map(str, order.blocking)))
    return [_bound(callback, dag, *words, late, blocking) for callback in dag.sla_miss_callback]


def _bound(callback: Callable[..., object], *given: object) -> Callable[..., object]:
    @wraps(callback)
    def call(_context: object) -> object:
        return callback(*given)

    return call


def _date(task: LateTask) -> datetime:
    return pendulum.instance(task.logical_date)


def _optional(moment: datetime | None) -> datetime | None:
    return None if moment is None else pendulum.instance(moment)
