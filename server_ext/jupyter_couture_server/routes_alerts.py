"""Routes of missed deadlines, mails, and callbacks outside of tasks."""

from jupyter_couture.services.access import Permission
from jupyter_couture_server import wire_alerts as wire
from jupyter_couture_server.handlers import alerts
from jupyter_couture_server.route import Audit, Method, Route
from jupyter_couture_server.wire import LogReply

_MISS = "sla-misses/{number}"
_CALLBACKS = "dags/{dag_id}/runs/{run_id}/callbacks"

ROUTES: tuple[Route, ...] = (
    Route(
        method=Method.GET,
        path="sla-misses",
        handler=alerts.list_misses,
        permission=Permission.SLA_READ,
        summary="Deadlines (SLAs) that were missed, newest first",
        query=wire.MissListQuery,
        result=wire.MissListReply,
    ),
    Route(
        method=Method.GET,
        path=_MISS,
        handler=alerts.get_miss,
        permission=Permission.SLA_READ,
        summary="One missed deadline",
        result=wire.MissInfo,
        current=alerts.get_miss,
    ),
    Route(
        method=Method.PATCH,
        path=_MISS,
        handler=alerts.note_miss,
        permission=Permission.SLA_EDIT,
        audit=Audit("sla.note", fields=("note",)),
        summary="Write a note on a missed deadline",
        body=wire.NoteBody,
        result=wire.MissInfo,
        current=alerts.get_miss,
    ),
    Route(
        method=Method.GET,
        path="mails",
        handler=alerts.list_mails,
        permission=Permission.MAILS_READ,
        summary="Mails to be sent, sent and given up, newest first",
        query=wire.MailListQuery,
        result=wire.MailListReply,
    ),
    Route(
        method=Method.GET,
        path="mails/{name}",
        handler=alerts.get_mail,
        permission=Permission.MAILS_READ,
        summary="One mail",
        result=wire.MailInfo,
    ),
    Route(
        method=Method.POST,
        path="mails/{name}/retry",
        handler=alerts.retry_mail,
        permission=Permission.MAILS_EDIT,
        audit=Audit("mail.retry"),
        summary="Have a mail tried again now",
        result=wire.MailInfo,
        other_statuses=(409,),
    ),
    Route(
        method=Method.GET,
        path=_CALLBACKS,
        handler=alerts.list_callbacks,
        permission=Permission.TASKS_READ,
        summary="Callbacks of a run in processes of their own: the DAG's, and those tasks could not call",
        result=wire.CallbackListReply,
    ),
    Route(
        method=Method.GET,
        path=f"{_CALLBACKS}/{{name}}/log",
        handler=alerts.read_callback_log,
        permission=Permission.LOGS_READ,
        summary="Part of a callback's log by byte offset; negative offsets count from the end",
        query=wire.CallbackLogQuery,
        result=LogReply,
    ),
)
