"""Routes of the lists of all runs and task instances."""

from jupyter_couture.services.access import Permission
from jupyter_couture_server import wire_browsing as wire
from jupyter_couture_server.handlers import browsing
from jupyter_couture_server.route import Method, Route

ROUTES: tuple[Route, ...] = (
    Route(
        method=Method.GET,
        path="runs",
        handler=browsing.browse_runs,
        permission=Permission.RUNS_READ,
        summary="Runs of all DAGs",
        query=wire.RunBrowseQuery,
        result=wire.RunPageReply,
    ),
    Route(
        method=Method.GET,
        path="task-instances",
        handler=browsing.browse_tasks,
        permission=Permission.TASKS_READ,
        summary="Task instances of all runs",
        query=wire.TaskBrowseQuery,
        result=wire.TaskPageReply,
    ),
)
