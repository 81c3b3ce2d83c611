"""DAGs that run DAGs: from a task instance to what it triggered."""

from jupyter_couture_server import present
from jupyter_couture_server.route import Call
from jupyter_couture_server.wire import TaskQuery
from jupyter_couture_server.wire_nesting import TriggeredRunsReply

_MOST = 100
"""More than a task instance triggers: one run per try."""


def list_triggered_runs(call: Call[TaskQuery, None]) -> TriggeredRunsReply:
    """The runs that a task instance triggered, the newest first."""
    rows = call.backend.runs.triggered_by(call.ids.run_key, call.ids.task_key(call.query.map_index), _MOST)
    return TriggeredRunsReply([present.run_info(row) for row in rows])
