"""Routes of the words by which the DAG list can be narrowed."""

from jupyter_couture.services.access import Permission
from jupyter_couture_server import wire_labels as wire
from jupyter_couture_server.handlers import labels
from jupyter_couture_server.route import Method, Route

ROUTES: tuple[Route, ...] = (
    Route(
        method=Method.GET,
        path="dag-labels",
        handler=labels.list_labels,
        permission=Permission.DAGS_READ,
        summary="Tags and owners of DAGs, with the number of DAGs that have them",
        result=wire.LabelsReply,
    ),
)
