"""Routes of notebooks that tasks run."""

from jupyter_couture.services.access import Permission
from jupyter_couture_server import wire_notebooks as wire
from jupyter_couture_server.handlers import notebooks
from jupyter_couture_server.route import Method, Route

ROUTES: tuple[Route, ...] = (
    Route(
        method=Method.GET,
        path="dags/{dag_id}/runs/{run_id}/tasks/{task_id}/attempts/{try_number}/notebook",
        handler=notebooks.read_notebook,
        permission=Permission.OUTPUTS_READ,
        summary="Cells of an executed notebook with their outputs, also while they run",
        query=wire.NotebookQuery,
        result=wire.NotebookReply,
    ),
)
