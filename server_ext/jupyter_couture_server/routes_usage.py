"""Routes of what attempts use."""

from jupyter_couture.services.access import Permission
from jupyter_couture_server import wire_usage as wire
from jupyter_couture_server.handlers import usage
from jupyter_couture_server.route import Method, Route
from jupyter_couture_server.wire import TaskQuery

ROUTES: tuple[Route, ...] = (
    Route(
        method=Method.GET,
        path="dags/{dag_id}/runs/{run_id}/tasks/{task_id}/attempts/{try_number}/usage",
        handler=usage.get_usage,
        permission=Permission.LOGS_READ,
        summary="CPU time and memory of an attempt over time",
        query=TaskQuery,
        result=wire.UsageReply,
    ),
)
