"""The route of the cluster."""

from jupyter_couture.services.access import Permission
from jupyter_couture_server import wire_cluster as wire
from jupyter_couture_server.handlers import cluster
from jupyter_couture_server.route import Method, Route

ROUTES: tuple[Route, ...] = (
    Route(
        method=Method.GET,
        path="cluster",
        handler=cluster.get_cluster,
        permission=Permission.CLUSTER_READ,
        summary="Whether Dask's own dashboard can be opened, and where",
        result=wire.ClusterReply,
    ),
)
