"""Whether a task is part of a run at all, by the task's own dates."""

from jupyter_couture.model.dag import TaskSpec
from jupyter_couture.model.reasons import Reason, ReasonKind
from jupyter_couture.model.run import DagRun, RunType


def out_of_dates(run: DagRun, task: TaskSpec) -> Reason | None:
    """Why a task is no part of a run: its logical date is outside the task's own dates. Backfills may go back."""
    if task.start_date is not None and run.logical_date < task.start_date and run.run_type is not RunType.BACKFILL:
        return Reason(ReasonKind.NOT_YET_STARTED, {"at": task.start_date.isoformat()})
    if task.end_date is not None and run.logical_date > task.end_date:
        return Reason(ReasonKind.PAST_END, {"at": task.end_date.isoformat()})
    return None
