"""The route of the grid of runs and tasks."""

from jupyter_couture.services.access import Permission
from jupyter_couture_server import wire_grid as wire
from jupyter_couture_server.handlers import grid
from jupyter_couture_server.route import Method, Route

ROUTES: tuple[Route, ...] = (
    Route(
        method=Method.GET,
        path="dags/{dag_id}/grid",
        handler=grid.get_grid,
        permission=Permission.TASKS_READ,
        summary="The states of all tasks over the latest runs, in columns",
        query=wire.GridQuery,
        result=wire.GridReply,
    ),
)
