"""Task instances of a run: list, detail, rendered fields."""

from collections.abc import Iterable, Mapping

from jupyter_couture.model.ids import RunKey, TaskKey
from jupyter_couture.model.run import Attempt
from jupyter_couture.model.states import AttemptState, TaskState
from jupyter_couture.services.browsing import several
from jupyter_couture_server import present, wire
from jupyter_couture_server.backend import Backend
from jupyter_couture_server.route import Call


def list_tasks(call: Call[wire.TaskListQuery, None]) -> wire.TaskListReply:
    """Every task of the version the run is pinned to, or those that are asked for."""
    key, query = call.ids.run_key, call.query
    views, feed_seq = call.backend.runs.tasks(key)
    states = several(TaskState, query.state, "$.state")
    found = [
        view
        for view in views
        if query.search in view.row.task.key.task_id and (not states or view.row.task.state in states)
    ]
    if query.order_by.endswith("task_id"):
        found.sort(key=lambda view: view.row.task.key)
    if query.order_by.endswith("started_at"):  # as in the list of all runs: only those that have started
        found = [view for view in found if view.row.task.started_at is not None]
        found.sort(key=lambda view: (view.row.task.started_at, view.row.task.key))
    if query.order_by.startswith("-"):
        found.reverse()
    end = None if query.limit is None else query.offset + query.limit
    tasks = [present.task_info(key, view) for view in found[query.offset : end]]
    return wire.TaskListReply(tasks=tasks, feed_seq=feed_seq, total=len(found))


def list_attempts(call: Call[wire.AttemptListQuery, None]) -> wire.AttemptListReply:
    """The attempts of a task instance."""
    key, query, backend = call.ids.run_key, call.query, call.backend
    task = call.ids.task_key(query.map_index)
    states = several(AttemptState, query.state, "$.state")
    found = [each for each in backend.runs.task(key, task).attempts if not states or each.state in states]
    if query.order_by.startswith("-"):
        found.reverse()
    page = found[query.offset : query.offset + query.limit]
    traces = _traces(backend, key, task, page)
    return wire.AttemptListReply([present.attempt_info(each, traces[each.try_number]) for each in page], len(found))


def get_task(call: Call[wire.TaskQuery, None]) -> wire.TaskDetailInfo:
    """A task instance with its attempts."""
    key, task, backend = call.ids.run_key, call.ids.task_key(call.query.map_index), call.backend
    detail = backend.runs.task(key, task)
    notebook = present.notebook_path(detail.outputs, backend.settings.outputs_dir, backend.root_dir)
    return present.task_detail(key, detail, _traces(backend, key, task, detail.attempts), notebook)


def get_rendered(call: Call[wire.TaskQuery, None]) -> wire.RenderedReply:
    """Template fields as the newest attempt rendered them."""
    found = call.backend.runs.rendered(*_keys(call))
    return wire.RenderedReply(
        fields=present.plain(found.fields), params=present.plain(found.params), conf=present.plain(found.conf)
    )


def _traces(backend: Backend, key: RunKey, task: TaskKey, attempts: Iterable[Attempt]) -> Mapping[int, present.Trace]:
    """By try number; the attempts of a try share its files."""
    return {
        number: present.Trace(backend.logs.size_bytes(key, task, number), backend.usages.recorded(key, task, number))
        for number in {each.try_number for each in attempts}
    }


def _keys(call: Call[wire.TaskQuery, None]) -> tuple[RunKey, TaskKey]:
    return call.ids.run_key, call.ids.task_key(call.query.map_index)
