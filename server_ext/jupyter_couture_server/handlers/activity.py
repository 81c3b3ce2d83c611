"""What goes on in the whole deployment, and what comes next."""

from jupyter_couture.model.activity import FailedRun
from jupyter_couture.services.access import Permission
from jupyter_couture_server import present
from jupyter_couture_server import wire_activity as wire
from jupyter_couture_server.route import Call


async def get_activity(call: Call[wire.ActivityQuery, None]) -> wire.ActivityReply:
    """Runs under way, failed lately, and to come; the tasks that failed for who may read tasks."""
    has_tasks = Permission.TASKS_READ in await call.allowed()
    return await call.backend.workers.run(_activity, call, has_tasks)


def _activity(call: Call[wire.ActivityQuery, None], has_tasks: bool) -> wire.ActivityReply:
    found = call.backend.activities.now(call.query.limit)
    return wire.ActivityReply(
        active=[wire.ActiveRunInfo(present.run_info(each.row), each.usual_seconds) for each in found.active],
        failed=[_failed_info(each, has_task=has_tasks) for each in found.failed],
        coming=[wire.ComingRunInfo(each.dag_id, present.instant(each.due_at)) for each in found.coming],
    )


def _failed_info(failed: FailedRun, *, has_task: bool) -> wire.FailedRunInfo:
    run, task = failed.run, failed.first_failed
    return wire.FailedRunInfo(
        dag_id=run.dag_id,
        run_id=run.run_id,
        run_type=run.run_type.value,
        logical_date=present.instant(run.logical_date),
        ended_at=present.instant_or_none(run.ended_at),
        reason=run.reason,
        task=None
        if task is None or not has_task
        else wire.FailedTaskInfo(task.key.task_id, task.key.map_index, task.try_number, task.reason),
    )
