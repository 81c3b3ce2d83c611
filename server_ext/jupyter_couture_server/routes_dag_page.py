"""Routes of the page of a DAG."""

from jupyter_couture.services.access import Permission
from jupyter_couture_server import wire_dag_page as wire
from jupyter_couture_server.handlers import dag_page
from jupyter_couture_server.route import Method, Route

ROUTES: tuple[Route, ...] = (
    Route(
        method=Method.GET,
        path="dags/{dag_id}/statistics",
        handler=dag_page.get_statistics,
        permission=Permission.RUNS_READ,
        summary="How often the runs of a DAG succeed, how long they take, when the running ones will be done",
        result=wire.StatisticsReply,
    ),
    Route(
        method=Method.GET,
        path="dags/{dag_id}/versions",
        handler=dag_page.list_versions,
        permission=Permission.RUNS_READ,
        summary="The versions of a DAG and which runs are of them",
        result=wire.VersionListReply,
    ),
    Route(
        method=Method.GET,
        path="dags/{dag_id}/diff",
        handler=dag_page.get_diff,
        permission=Permission.CODE_READ,
        summary="What the file of one version says otherwise than that of another",
        query=wire.DiffQuery,
        result=wire.DiffReply,
    ),
)
