"""What people look at. Nothing is changed; the route's audit entry is all that is wanted."""

from jupyter_couture_server import wire_views as wire
from jupyter_couture_server.route import Call, NoQuery


def view_page(call: Call[NoQuery, wire.PageViewBody]) -> wire.ViewReply:
    """A page over everything."""
    return wire.ViewReply(call.body.page)


def view_dag(call: Call[NoQuery, wire.DagViewBody]) -> wire.ViewReply:
    """A view of one DAG; raises ``NotFound`` if there is none of that name."""
    call.backend.dags.spec(call.ids.dag_id, None)
    return wire.ViewReply(call.body.page, call.body.run_id)
