"""What works now."""

from jupyter_couture.services.jobs import Job
from jupyter_couture_server import wire_jobs as wire
from jupyter_couture_server.present import instant_or_none
from jupyter_couture_server.route import Call


def list_jobs(call: Call[wire.JobQuery, None]) -> wire.JobListReply:
    """Scheduler, executor, workers and attempts."""
    query = call.query
    found = [job for job in call.backend.jobs.all() if _fits(job, query)]
    page = found[query.offset : query.offset + query.limit]
    return wire.JobListReply([_info(job) for job in page], len(found))


def _fits(job: Job, query: wire.JobQuery) -> bool:
    dag_id = job.attempt.run_key.dag_id if job.attempt is not None else ""
    return (
        query.kind in ("", job.kind)
        and query.state in ("", job.state)
        and query.host in (job.host or "")
        and query.dag_id in ("", dag_id)
    )


def _info(job: Job) -> wire.JobInfo:
    attempt = job.attempt
    return wire.JobInfo(
        kind=job.kind.value,
        name=job.name,
        state=job.state.value,
        host=job.host,
        pid=job.pid,
        started_at=instant_or_none(job.started_at),
        heartbeat_at=instant_or_none(job.heartbeat_at),
        slots=job.slots,
        running=job.running,
        dag_id=attempt.run_key.dag_id if attempt else None,
        run_id=attempt.run_key.run_id if attempt else None,
        task_id=attempt.task_key.task_id if attempt else None,
        map_index=attempt.task_key.map_index if attempt else None,
        try_number=attempt.try_number if attempt else None,
    )
