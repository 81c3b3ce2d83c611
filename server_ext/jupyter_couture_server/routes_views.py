"""Routes that say which page a person opened; what they leave behind is the audit entry."""

from jupyter_couture.services.access import Permission
from jupyter_couture_server import wire_views as wire
from jupyter_couture_server.handlers import views
from jupyter_couture_server.route import Audit, Method, Route

_VIEW = Audit("view", named_by="page")

ROUTES: tuple[Route, ...] = (
    Route(
        method=Method.POST,
        path="views",
        handler=views.view_page,
        permission=Permission.SYSTEM_READ,
        audit=_VIEW,
        summary="Say that a page was opened",
        body=wire.PageViewBody,
        result=wire.ViewReply,
    ),
    Route(
        method=Method.POST,
        path="dags/{dag_id}/views",
        handler=views.view_dag,
        permission=Permission.DAGS_READ,
        audit=_VIEW,
        summary="Say that a view of a DAG was opened",
        body=wire.DagViewBody,
        result=wire.ViewReply,
    ),
)
