"""Routes of DAGs that run DAGs."""

from jupyter_couture.services.access import Permission
from jupyter_couture_server.handlers import nesting
from jupyter_couture_server.route import Method, Route
from jupyter_couture_server.wire import TaskQuery
from jupyter_couture_server.wire_nesting import TriggeredRunsReply

ROUTES: tuple[Route, ...] = (
    Route(
        method=Method.GET,
        path="dags/{dag_id}/runs/{run_id}/tasks/{task_id}/triggered-runs",
        handler=nesting.list_triggered_runs,
        permission=Permission.RUNS_READ,
        summary="The runs of other DAGs that a task instance made",
        query=TaskQuery,
        result=TriggeredRunsReply,
    ),
)
