"""What goes on in the whole deployment, and what comes next."""

from jupyter_couture.model.activity import FailedRun
from jupyter_couture_server import present
from jupyter_couture_server import wire_activity as wire
from jupyter_couture_server.route import Call


def get_activity(call: Call[wire.ActivityQuery, None]) -> wire.ActivityReply:
    """Runs under way, failed lately, and to come."""
    found = call.backend.activities.now(call.query.limit)
    return wire.ActivityReply(
        active=[wire.ActiveRunInfo(present.run_info(each.row), each.usual_seconds) for each in found.active],
        failed=[_failed_info(each) for each in found.failed],
        coming=[wire.ComingRunInfo(each.dag_id, present.instant(each.due_at)) for each in found.coming],
    )


def _failed_info(failed: FailedRun) -> wire.FailedRunInfo:
    run, task = failed.run, failed.first_failed
    return wire.FailedRunInfo(
        dag_id=run.dag_id,
        run_id=run.run_id,
        run_type=run.run_type.value,
        logical_date=present.instant(run.logical_date),
        ended_at=present.instant_or_none(run.ended_at),
        reason=run.reason,
        task=None
        if task is None
        else wire.FailedTaskInfo(task.key.task_id, task.key.map_index, task.try_number, task.reason),
    )
