"""Routes of tasks that wait for a person."""

from jupyter_couture.services.access import Permission
from jupyter_couture_server import wire, wire_inputs
from jupyter_couture_server.handlers import inputs
from jupyter_couture_server.route import Audit, Method, Route

_DECISION = "dags/{dag_id}/runs/{run_id}/tasks/{task_id}/decision"

ROUTES: tuple[Route, ...] = (
    Route(
        method=Method.GET,
        path=_DECISION,
        handler=inputs.get_question,
        permission=Permission.TASKS_READ,
        summary="What a task asks people",
        query=wire.TaskQuery,
        result=wire_inputs.QuestionReply,
        other_statuses=(409,),
    ),
    Route(
        method=Method.POST,
        path=_DECISION,
        handler=inputs.decide,
        permission=Permission.TASKS_EDIT,
        audit=Audit("decide", fields=("map_index", "options")),
        summary="Answer a task that asks people; of several answers the first one counts",
        body=wire_inputs.DecisionBody,
        result=wire_inputs.QuestionReply,
        status=202,
        other_statuses=(409,),
    ),
)
