"""Tasks that run other DAGs: ``TriggerDagRunOperator`` and ``DagOperator``."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from jupyter_couture.authoring.arguments import aware, duration
from jupyter_couture.authoring.context import Context, current_attempt
from jupyter_couture.authoring.operator import BaseOperator
from jupyter_couture.authoring.operators.python import checked_callable
from jupyter_couture.authoring.triggers.runs import RunEndTrigger
from jupyter_couture.model.errors import Conflict, InvalidDag, InvalidRequest, NotFound, Skip, TaskDeferred


class ChildRunFailed(RuntimeError):
    """A run that a task waited for did not succeed."""


class MemberPaused(RuntimeError):
    """A DAG that a task wants to run and wait for is off."""


class DagRunOrder:
    """The run to come, as ``python_callable`` may change it: ``run_id`` (None: one is made) and ``payload`` (conf)."""

    def __init__(self, run_id: str | None = None, payload: Mapping[str, Any] | None = None) -> None:
        self.run_id = run_id
        self.payload = payload


class TriggerDagRunOperator(BaseOperator):
    """Makes a run of another DAG, and waits for its end if asked to.

    Parameters
    ----------
    trigger_dag_id
        The DAG to run; a template.
    trigger_run_id, logical_date (also ``execution_date``)
        Id and logical date of the run; by default an id of a manual run, and now. Templates.
    conf
        The conf of the run (JSON); a template.
    reset_dag_run
        If there is a run with that id or date, do it again instead of failing with ``Conflict``.
    skip_when_already_exists
        Or end skipped.
    wait_for_completion
        Wait for the end of the run, without a slot (``deferrable`` is accepted and changes nothing).
    allowed_states, failed_states
        Ends of the run that let this task succeed (``success``) or fail (``failed``).
    fail_when_dag_is_paused
        Fail if the DAG is off, instead of leaving a run that waits for it to be turned on.
    python_callable
        ``f(context, dag_run_obj)``, as Airflow 1 has it: returns the object, its ``payload`` set, or None for no run;
        then the task ends skipped.
    note, run_after, openlineage_inject_parent_info
        Accepted for Airflow's sake, without effect.

    Errors: ``NotFound`` (DAG), ``Conflict`` (there is such a run), ``ChildRunFailed``, ``MemberPaused``. A retry makes
    a new run, unless it waits for one that still goes on. The id of the run is kept as ``trigger_run_id``.
    """

    template_fields: Sequence[str] = ("trigger_dag_id", "trigger_run_id", "logical_date", "conf")

    def __init__(
        self,
        task_id: str,
        *,
        trigger_dag_id: str,
        trigger_run_id: str | None = None,
        conf: Mapping[str, Any] | None = None,
        logical_date: datetime | str | None = None,
        execution_date: datetime | str | None = None,
        reset_dag_run: bool = False,
        skip_when_already_exists: bool = False,
        wait_for_completion: bool = False,
        poke_interval: float = 60.0,
        allowed_states: Sequence[str] | None = None,
        failed_states: Sequence[str] | None = None,
        fail_when_dag_is_paused: bool = False,
        deferrable: bool = True,
        python_callable: Callable[..., Any] | None = None,
        note: str | None = None,
        run_after: datetime | str | None = None,
        openlineage_inject_parent_info: bool = True,
        **options: Any,
    ) -> None:
        super().__init__(task_id, **options)
        self.unknown_arguments.update(
            {name: value for name, value in (("note", note), ("run_after", run_after)) if value is not None}
        )
        self.trigger_dag_id = trigger_dag_id
        self.trigger_run_id = trigger_run_id
        self.conf = None if conf is None else dict(conf)
        date = logical_date if logical_date is not None else execution_date
        self.logical_date = date.isoformat() if isinstance(date, datetime) else date
        self.reset_dag_run = bool(reset_dag_run)
        self.skip_when_already_exists = bool(skip_when_already_exists)
        self.wait_for_completion = bool(wait_for_completion)
        self.poke_interval = poke_interval
        self.allowed_states = _states(allowed_states, ("success",))
        self.failed_states = _states(failed_states, ("failed",))
        self.fail_when_dag_is_paused = bool(fail_when_dag_is_paused)
        self.deferrable = deferrable
        self.python_callable = None if python_callable is None else checked_callable(self.task_id, python_callable)
        self.timeout: float | None = None

    @property
    def child_dag(self) -> str:
        """The DAG that it runs, if the file says which."""
        return "" if "{{" in self.trigger_dag_id else self.trigger_dag_id

    def execute(self, context: Context) -> Any:
        """Make the run; its id."""
        order = self.ask_callable(context)
        if order is None:
            raise Skip(f"python_callable of {self.task_id} wants no run of {self.trigger_dag_id}")
        if self.fail_when_dag_is_paused:
            self.refuse_paused()
        run = self.make_run(order)
        run_id = str(run["run_id"])
        current_attempt().push("trigger_run_id", run_id)
        self.log.info("Run %s of DAG %s is %s", run_id, self.trigger_dag_id, run["state"])
        if not self.wait_for_completion:
            return run_id
        raise TaskDeferred(
            trigger=RunEndTrigger(str(self.trigger_dag_id), run_id),
            method_name="execute_complete",
            kwargs={"run_id": run_id},
            timeout=self.timeout,
        )

    def execute_complete(self, context: Context, event: Mapping[str, Any], run_id: str) -> str:
        """The run has ended; its id."""
        state = event.get("state")
        if state is None:
            raise ChildRunFailed(f"run {run_id!r} of DAG {self.trigger_dag_id!r} was deleted")
        if state in self.failed_states or state not in self.allowed_states:
            raise ChildRunFailed(f"run {run_id!r} of DAG {self.trigger_dag_id!r} ended as {state}")
        return run_id

    def ask_callable(self, context: Context) -> DagRunOrder | None:
        """What ``python_callable`` makes of the order; None for no run."""
        order = DagRunOrder(self.trigger_run_id, self.conf)
        if self.python_callable is None:
            return order
        answer = self.python_callable(context, order)
        if answer is None or answer is False:
            return None
        return answer if isinstance(answer, DagRunOrder) else order

    def refuse_paused(self) -> None:
        """Raise ``MemberPaused`` if the DAG is off, ``NotFound`` if there is none."""
        found = current_attempt().find_dag(str(self.trigger_dag_id))
        if found is None:
            raise NotFound(what="DAG", id=self.trigger_dag_id)
        if found["is_paused"]:
            raise MemberPaused(
                f"DAG {self.trigger_dag_id!r} is off, so a run of it would not start. Turn it on, then clear this task."
            )

    def make_run(self, order: DagRunOrder) -> Mapping[str, Any]:
        """Make the run, or do with one that exists what the task was told."""
        conf: Any = order.payload or {}
        if not isinstance(conf, Mapping):
            message = f"the payload of a run must be a mapping, not a {type(conf).__name__}"
            raise InvalidRequest(field="payload", message=message)
        date = aware(self.logical_date, "logical_date") if self.logical_date else None
        try:
            return current_attempt().trigger_run(
                str(self.trigger_dag_id),
                run_id=order.run_id,
                logical_date=date,
                conf=conf,
                is_awaited=self.wait_for_completion,
                is_reset=self.reset_dag_run,
            )
        except Conflict as error:
            if self.skip_when_already_exists:
                raise Skip(str(error)) from error
            raise


class DagOperator(TriggerDagRunOperator):
    """Runs another DAG as a part of this one and ends as its run does, so that several DAGs make one pipeline.

    Parameters
    ----------
    run_dag_id
        The member DAG. It must be on: else the task fails at once and says so.
    python_callable
        ``f(context, dag_run_obj)``: returns the object to run the member, or None not to. ``context["params"]`` are
        the ``params`` given here; what it sets as ``dag_run_obj.payload`` becomes the run's ``conf``.
    wait
        Wait for the end of the run (True), without a slot. False: succeed as soon as it is made.
    skip_if_not_triggered
        End skipped if the callable wants no run (True), or succeed.
    timeout
        ``timedelta`` or seconds to wait for the end at most; None: for ever.

    Errors: ``MemberPaused``, ``NotFound``, ``ChildRunFailed``, ``TaskDeferralTimeout``; ``InvalidDag`` for a member
    that is this DAG itself, and ``InvalidRequest`` for one of which this run is a part already.
    """

    template_fields = ("trigger_dag_id", "conf")

    def __init__(
        self,
        task_id: str,
        *,
        run_dag_id: str | None = None,
        trigger_dag_id: str | None = None,
        python_callable: Callable[..., Any] | None = None,
        conf: Mapping[str, Any] | None = None,
        wait: bool = True,
        skip_if_not_triggered: bool = True,
        timeout: Any = None,
        **options: Any,
    ) -> None:
        member = run_dag_id or trigger_dag_id
        if not member:
            raise InvalidDag(task_id=task_id, message=f"Task {task_id!r} needs a run_dag_id")
        super().__init__(
            task_id,
            trigger_dag_id=member,
            python_callable=python_callable,
            conf=conf,
            wait_for_completion=wait,
            fail_when_dag_is_paused=True,
            **options,
        )
        self.skip_if_not_triggered = bool(skip_if_not_triggered)
        span = duration(timeout, "timeout")
        self.timeout = None if span is None else span.total_seconds()
        if self.dag is not None and self.dag.dag_id == member:
            message = f"Task {self.task_id!r} runs its own DAG {member!r}, which would never end"
            raise InvalidDag(dag_id=member, task_id=self.task_id, message=message)

    @property
    def run_dag_id(self) -> str:
        """The member DAG."""
        return self.trigger_dag_id

    def execute(self, context: Context) -> Any:
        """Run the member; the id of its run."""
        try:
            return super().execute(context)
        except Skip:
            if self.skip_if_not_triggered:
                raise
            return None


def _states(given: Sequence[str] | None, usual: tuple[str, ...]) -> tuple[str, ...]:
    return usual if given is None else tuple(str(getattr(state, "value", state)) for state in given)
