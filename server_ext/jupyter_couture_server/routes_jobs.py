"""The route of what works now."""

from jupyter_couture.services.access import Permission
from jupyter_couture_server import wire_jobs as wire
from jupyter_couture_server.handlers import jobs
from jupyter_couture_server.route import Method, Route

ROUTES: tuple[Route, ...] = (
    Route(
        method=Method.GET,
        path="jobs",
        handler=jobs.list_jobs,
        permission=Permission.JOBS_READ,
        summary="Scheduler, executor, workers and the attempts they run, with their signs of life",
        query=wire.JobQuery,
        result=wire.JobListReply,
    ),
)
