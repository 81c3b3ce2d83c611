"""Routes of values between tasks."""

from jupyter_couture.services.access import Permission
from jupyter_couture_server import wire_xcoms as wire
from jupyter_couture_server.handlers import xcoms
from jupyter_couture_server.route import Audit, Method, Route
from jupyter_couture_server.wire import TaskQuery

_RUN = "dags/{dag_id}/runs/{run_id}"
_TASK = f"{_RUN}/tasks/{{task_id}}"
_XCOM = f"{_TASK}/xcoms/{{name}}"

ROUTES: tuple[Route, ...] = (
    Route(
        method=Method.GET,
        path="xcoms",
        handler=xcoms.list_xcoms,
        permission=Permission.XCOMS_READ,
        summary="Values that tasks handed on, newest first: previews, not the values",
        query=wire.XComListQuery,
        result=wire.XComListReply,
    ),
    Route(
        method=Method.GET,
        path=f"{_RUN}/xcoms",
        handler=xcoms.list_run_xcoms,
        permission=Permission.XCOMS_READ,
        summary="Values that tasks of a run handed on",
        query=wire.RunXComQuery,
        result=wire.XComListReply,
    ),
    Route(
        method=Method.GET,
        path=f"{_TASK}/xcoms",
        handler=xcoms.list_task_xcoms,
        permission=Permission.XCOMS_READ,
        summary="Values that a task instance handed on",
        query=wire.TaskXComQuery,
        result=wire.XComListReply,
    ),
    Route(
        method=Method.GET,
        path=_XCOM,
        handler=xcoms.get_xcom,
        permission=Permission.XCOMS_READ,
        summary="One value that a task instance handed on",
        query=TaskQuery,
        result=wire.XComInfo,
        current=xcoms.get_xcom,
    ),
    Route(
        method=Method.DELETE,
        path=_XCOM,
        handler=xcoms.remove_xcom,
        permission=Permission.XCOMS_EDIT,
        audit=Audit("xcom.remove"),
        summary="Remove a value, so that tasks find it no more",
        query=TaskQuery,
        result=wire.XComRemovedReply,
        current=xcoms.get_xcom,
    ),
)
