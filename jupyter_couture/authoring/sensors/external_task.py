"""``ExternalTaskSensor`` waits for another DAG's run or tasks; ``ExternalTaskMarker`` names who waits for this one."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from jupyter_couture.authoring.arguments import aware
from jupyter_couture.authoring.context import Context, current_attempt
from jupyter_couture.authoring.operators.empty import EmptyOperator
from jupyter_couture.authoring.operators.python import call_arguments
from jupyter_couture.authoring.sensors.sensor import BaseSensor
from jupyter_couture.model.dag import TaskKind
from jupyter_couture.model.errors import GiveUp, InvalidDag, Skip


class ExternalTaskFailed(GiveUp):
    """What a sensor waits for in another DAG ended in one of ``failed_states``, or does not exist."""


class ExternalTaskSensor(BaseSensor):
    """Waits until a run of another DAG, or tasks in it, are in one of ``allowed_states``.

    Parameters
    ----------
    external_dag_id
        The other DAG; a template.
    external_task_id, external_task_ids, external_task_group_id
        The task, tasks or group to wait for; none of them: the run itself. Templates. Of a mapped task all instances.
    execution_delta
        ``timedelta``: the other run's logical date is this one's minus the delta. By default the same date.
    execution_date_fn
        Or a function of the logical date (and of what it takes of the context) that gives the date, or several.
    allowed_states, skipped_states, failed_states
        States that mean success (``success``), end this task skipped, or fail it for good. Of all wanted things each
        must be in an allowed state; one in another of the lists is enough.
    check_existence
        Fail at once if the DAG or its tasks do not exist.
    deferrable, poll_interval
        Wait without a slot: here the same as ``mode="reschedule"``, every ``poll_interval`` seconds.

    Errors: ``ExternalTaskFailed``, ``SensorTimeout``.
    """

    template_fields: Sequence[str] = (
        "external_dag_id",
        "external_task_id",
        "external_task_ids",
        "external_task_group_id",
    )

    def __init__(
        self,
        task_id: str,
        *,
        external_dag_id: str,
        external_task_id: str | None = None,
        external_task_ids: Collection[str] | None = None,
        external_task_group_id: str | None = None,
        allowed_states: Iterable[str] | None = None,
        skipped_states: Iterable[str] | None = None,
        failed_states: Iterable[str] | None = None,
        execution_delta: timedelta | None = None,
        execution_date_fn: Callable[..., Any] | None = None,
        check_existence: bool = False,
        deferrable: bool = False,
        poll_interval: float | None = None,
        **options: Any,
    ) -> None:
        if deferrable:
            options["mode"] = "reschedule"
        if poll_interval is not None:
            options.setdefault("poke_interval", poll_interval)
        super().__init__(task_id, **options)
        wanted = [external_task_id, external_task_ids, external_task_group_id]
        if sum(item is not None for item in wanted) > 1:
            message = "give one of external_task_id, external_task_ids and external_task_group_id"
            raise InvalidDag(task_id=self.task_id, message=message)
        if execution_delta is not None and execution_date_fn is not None:
            raise InvalidDag(task_id=self.task_id, message="give execution_delta or execution_date_fn, not both")
        self.external_dag_id = external_dag_id
        self.external_task_id = external_task_id
        self.external_task_ids = external_task_ids
        self.external_task_group_id = external_task_group_id
        self.allowed_states = _states(allowed_states) if allowed_states is not None else frozenset({"success"})
        self.skipped_states = _states(skipped_states)
        self.failed_states = _states(failed_states)
        doubled = (
            self.allowed_states & self.failed_states
            or self.allowed_states & self.skipped_states
            or self.skipped_states & self.failed_states
        )
        if doubled:
            raise InvalidDag(task_id=self.task_id, message=f"state {min(doubled)!r} stands in two lists of states")
        self.execution_delta = execution_delta
        self.execution_date_fn = execution_date_fn
        self.check_existence = bool(check_existence)

    @property
    def wanted_tasks(self) -> list[str]:
        """Ids of the tasks to wait for; empty for the run itself or a group."""
        if self.external_task_id is not None:
            return [str(self.external_task_id)]
        return [str(name) for name in self.external_task_ids or ()]

    def poke(self, context: Context) -> bool:
        """Look at the states there."""
        if self.check_existence:
            self._refuse_missing()
        dates = self.dates(context)
        found = current_attempt().states_of(
            str(self.external_dag_id),
            dates,
            task_ids=self.wanted_tasks or None,
            group=None if self.external_task_group_id is None else str(self.external_task_group_id),
        )
        states = {str(item["state"]) for item in found}
        bad = states & self.failed_states
        if bad:
            raise ExternalTaskFailed(f"{self._what()} is {min(bad)}")
        skipped = states & self.skipped_states
        if skipped:
            raise Skip(f"{self._what()} is {min(skipped)}")
        return states <= self.allowed_states and self._are_all_there(found, len(dates))

    def dates(self, context: Context) -> list[datetime]:
        """Logical dates of the runs to look at."""
        logical: datetime = context["logical_date"]
        if self.execution_delta is not None:
            return [logical - self.execution_delta]
        if self.execution_date_fn is None:
            return [logical]
        found = self.execution_date_fn(logical, **call_arguments(self.execution_date_fn, [logical], {}, context))
        many = [found] if isinstance(found, datetime | str) else list(found)
        return [date for item in many if (date := aware(item, "execution_date_fn")) is not None]

    def _are_all_there(self, found: Sequence[Mapping[str, Any]], runs: int) -> bool:
        if not found:
            return False
        names = self.wanted_tasks
        if not names:
            return len({item["run_id"] for item in found}) == runs
        return len({(item["run_id"], item["task_id"]) for item in found}) == runs * len(set(names))

    def _refuse_missing(self) -> None:
        dag = current_attempt().find_dag(str(self.external_dag_id))
        if dag is None:
            raise ExternalTaskFailed(f"there is no DAG {self.external_dag_id!r}")
        missing = [name for name in self.wanted_tasks if name not in dag["task_ids"]]
        group = self.external_task_group_id
        if group is not None and group not in dag["group_ids"]:
            missing.append(str(group))
        if missing:
            raise ExternalTaskFailed(f"DAG {self.external_dag_id!r} has no task or group {missing[0]!r}")

    def _what(self) -> str:
        names = self.wanted_tasks or ([str(self.external_task_group_id)] if self.external_task_group_id else [])
        return f"{', '.join(names)} of DAG {self.external_dag_id}" if names else f"DAG {self.external_dag_id}"


class ExternalTaskMarker(EmptyOperator):
    """Says that a task of another DAG waits for this one, so that clearing this one recursively clears that one too.

    ``external_dag_id``, ``external_task_id`` name it; ``logical_date`` (``execution_date``) is the logical date of its
    run, a template, by default the same as here; ``recursion_depth`` (10) bounds how far markers are followed.
    """

    template_fields: Sequence[str] = ("external_dag_id", "external_task_id", "logical_date")
    kind = TaskKind.EMPTY

    def __init__(
        self,
        task_id: str,
        *,
        external_dag_id: str,
        external_task_id: str,
        logical_date: str | datetime | None = None,
        execution_date: str | datetime | None = None,
        recursion_depth: int = 10,
        **options: Any,
    ) -> None:
        super().__init__(task_id, **options)
        self.external_dag_id = external_dag_id
        self.external_task_id = external_task_id
        date = logical_date if logical_date is not None else execution_date
        usual = "{{ logical_date.isoformat() }}"
        self.logical_date = usual if date is None else date.isoformat() if isinstance(date, datetime) else str(date)
        if recursion_depth < 1:
            raise InvalidDag(task_id=self.task_id, message="recursion_depth must be at least 1")
        self.recursion_depth = recursion_depth


def _states(given: Iterable[str] | None) -> frozenset[str]:
    return frozenset(str(getattr(state, "value", state)) for state in given or ())
