"""``SubDagOperator``: a DAG that another one runs as one of its tasks.

The sub-DAG is a DAG of its own, ``parent.task``, that no schedule starts: the task makes a run of it with its own
logical date and waits for the end without a slot. Clearing the task does that run again.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any, ClassVar

from jupyter_couture.authoring import scopes
from jupyter_couture.authoring.context import Context, current_attempt
from jupyter_couture.authoring.dag import DAG
from jupyter_couture.authoring.operators.trigger_run import DagRunOrder, TriggerDagRunOperator
from jupyter_couture.model.errors import InvalidDag, Skip


class SkippedStatePropagationOptions(StrEnum):
    """When the task counts as skipped because tasks of the sub-DAG were."""

    ALL_LEAVES = "all_leaves"
    ANY_LEAF = "any_leaf"


class SubDagOperator(TriggerDagRunOperator):
    """Runs ``subdag``, whose id is that of the DAG, a dot, and that of the task, and ends as its run does.

    ``conf`` is that of the sub-DAG's run, by default that of the run around it. ``propagate_skipped_state``: end
    skipped if all leaves of the sub-DAG were, or any. ``executor`` and ``session`` are accepted and change nothing.
    """

    template_fields: Sequence[str] = ()
    ui_color = "#555"
    ui_fgcolor = "#fff"
    operator_name: ClassVar[str] = "SubDagOperator"

    def __init__(
        self,
        task_id: str,
        *,
        subdag: DAG,
        conf: Mapping[str, Any] | None = None,
        propagate_skipped_state: str | None = None,
        executor: Any = None,
        session: Any = None,
        **options: Any,
    ) -> None:
        super().__init__(
            task_id,
            trigger_dag_id=subdag.dag_id,
            conf=conf,
            wait_for_completion=True,
            reset_dag_run=True,
            **options,
        )
        parent = self.dag
        if isinstance(parent, DAG) and subdag.dag_id != f"{parent.dag_id}.{self.task_id}":
            message = (
                f"The subdag's dag_id should have the form '{{parent_dag_id}}.{{this_task_id}}'. "
                f"Expected '{parent.dag_id}.{self.task_id}'; received '{subdag.dag_id}'."
            )
            raise InvalidDag(dag_id=subdag.dag_id, task_id=self.task_id, message=message)
        self.subdag = subdag
        self.propagate_skipped_state = propagate_skipped_state
        subdag.schedule = None
        subdag.schedule_interval = None
        subdag.catchup = False
        subdag.is_paused_upon_creation = False
        scopes.announce(subdag)

    def ask_callable(self, context: Context) -> DagRunOrder:
        """The run has the date and, unless it was given one, the conf of the run around it."""
        self.logical_date = context["logical_date"].isoformat()
        return DagRunOrder(None, self.conf if self.conf is not None else dict(context["dag_run"].conf))

    def execute_complete(self, context: Context, event: Mapping[str, Any], run_id: str) -> str:
        """The run has ended; its id."""
        ended = super().execute_complete(context, event, run_id)
        if self.propagate_skipped_state and self._is_skipped(run_id):
            raise Skip(f"leaves of {self.trigger_dag_id} were skipped")
        return ended

    def _is_skipped(self, run_id: str) -> bool:
        leaves = {task.task_id for task in self.subdag.leaves}
        rows = current_attempt().tasks_of(self.trigger_dag_id, run_id)
        skipped = [row["state"] == "skipped" for row in rows if row["task_id"] in leaves]
        wanted = str(getattr(self.propagate_skipped_state, "value", self.propagate_skipped_state))
        return bool(skipped) and (any(skipped) if wanted == "any_leaf" else all(skipped))
