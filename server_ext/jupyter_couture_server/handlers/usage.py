"""What attempts use."""

from jupyter_couture_server import wire_usage as wire
from jupyter_couture_server.present import instant_or_none
from jupyter_couture_server.route import Call
from jupyter_couture_server.wire import TaskQuery


def get_usage(call: Call[TaskQuery, None]) -> wire.UsageReply:
    """CPU time and memory of an attempt over time, so far."""
    ids = call.ids
    found = call.backend.usages.read(ids.run_key, ids.task_key(call.query.map_index), ids.try_number)
    return wire.UsageReply(
        began_at=instant_or_none(found.usage.began_at),
        samples=[
            wire.UsageSampleInfo(each.seconds, each.cpu_seconds, each.memory_bytes, each.processes)
            for each in found.usage.samples
        ],
        complete=found.is_complete,
    )
