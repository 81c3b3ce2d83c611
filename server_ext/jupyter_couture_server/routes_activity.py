"""The route of the overview."""

from jupyter_couture.services.access import Permission
from jupyter_couture_server import wire_activity as wire
from jupyter_couture_server.handlers import activity
from jupyter_couture_server.route import Method, Route

ROUTES: tuple[Route, ...] = (
    Route(
        method=Method.GET,
        path="activity",
        handler=activity.get_activity,
        permission=Permission.RUNS_READ,
        summary="Runs under way, runs that failed within a day, and runs to come",
        query=wire.ActivityQuery,
        result=wire.ActivityReply,
    ),
)
