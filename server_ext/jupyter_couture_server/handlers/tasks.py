"""Task instances of a run: list, detail, rendered fields."""

from jupyter_couture.model.ids import RunKey, TaskKey
from jupyter_couture_server import present, wire
from jupyter_couture_server.route import Call, NoQuery


def list_tasks(call: Call[NoQuery, None]) -> wire.TaskListReply:
    """Every task of the version the run is pinned to."""
    key = call.ids.run_key
    views, feed_seq = call.backend.runs.tasks(key)
    return wire.TaskListReply(tasks=[present.task_info(key, view) for view in views], feed_seq=feed_seq)


def get_task(call: Call[wire.TaskQuery, None]) -> wire.TaskDetailInfo:
    """A task instance with its attempts."""
    key, task, backend = call.ids.run_key, call.ids.task_key(call.query.map_index), call.backend
    detail = backend.runs.task(key, task)
    sizes = {each.try_number: backend.logs.size_bytes(key, task, each.try_number) for each in detail.attempts}
    notebook = present.notebook_path(detail.outputs, backend.settings.outputs_dir, backend.root_dir)
    return present.task_detail(key, detail, sizes, notebook)


def get_rendered(call: Call[wire.TaskQuery, None]) -> wire.RenderedReply:
    """Template fields as the newest attempt rendered them."""
    found = call.backend.runs.rendered(*_keys(call))
    return wire.RenderedReply(
        fields=present.plain(found.fields), params=present.plain(found.params), conf=present.plain(found.conf)
    )


def _keys(call: Call[wire.TaskQuery, None]) -> tuple[RunKey, TaskKey]:
    return call.ids.run_key, call.ids.task_key(call.query.map_index)
