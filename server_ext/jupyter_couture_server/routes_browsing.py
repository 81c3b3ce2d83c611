"""Routes of lists over everything: runs, task instances, commands, the audit log."""

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
    Route(
        method=Method.GET,
        path="commands",
        handler=browsing.list_commands,
        permission=Permission.TASKS_READ,
        summary="Commands to the engine, newest first",
        query=wire.CommandListQuery,
        result=wire.CommandListReply,
    ),
    Route(
        method=Method.GET,
        path="audit",
        handler=browsing.list_audit,
        permission=Permission.AUDIT_READ,
        summary="Who did what, newest first",
        query=wire.AuditQuery,
        result=wire.AuditReply,
    ),
)
