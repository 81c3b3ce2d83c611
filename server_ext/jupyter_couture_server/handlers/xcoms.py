"""Values between tasks."""

from typing import Any

from jupyter_couture.model.xcom import XCom, XComFilter, XComPage
from jupyter_couture_server import wire_xcoms as wire
from jupyter_couture_server.present import instant
from jupyter_couture_server.route import Call
from jupyter_couture_server.wire import TaskQuery


def list_xcoms(call: Call[wire.XComListQuery, None]) -> wire.XComListReply:
    """Values of all runs."""
    query = call.query
    return _reply(
        call.backend.xcoms.page(
            XComFilter(
                dag_id=query.dag_id or None,
                run_id=query.run_id or None,
                task_id=query.task_id or None,
                key=query.key or None,
                map_index=query.map_index,
                limit=query.limit,
                offset=query.offset,
                is_oldest_first=query.order_by == "pushed_at",
            )
        )
    )


def list_run_xcoms(call: Call[wire.RunXComQuery, None]) -> wire.XComListReply:
    """Values of one run."""
    query, run = call.query, call.ids.run_key
    call.backend.runs.row(run)
    return _reply(
        call.backend.xcoms.page(
            XComFilter(
                dag_id=run.dag_id,
                run_id=run.run_id,
                task_id=query.task_id or None,
                key=query.key or None,
                map_index=query.map_index,
                limit=query.limit,
                offset=query.offset,
                is_oldest_first=query.order_by == "pushed_at",
            )
        )
    )


def list_task_xcoms(call: Call[wire.TaskXComQuery, None]) -> wire.XComListReply:
    """Values of one task instance."""
    query, run = call.query, call.ids.run_key
    task = call.ids.task_key(query.map_index)
    call.backend.runs.task(run, task)
    return _reply(
        call.backend.xcoms.page(
            XComFilter(
                dag_id=run.dag_id,
                run_id=run.run_id,
                task_id=task.task_id,
                map_index=task.map_index,
                limit=query.limit,
                offset=query.offset,
                is_oldest_first=query.order_by == "pushed_at",
            )
        )
    )


def get_xcom(call: Call[TaskQuery, Any]) -> wire.XComInfo:
    """One value."""
    task = call.ids.task_key(call.query.map_index)
    return _info(call.backend.xcoms.get(call.ids.run_key, task, call.ids.name))


def remove_xcom(call: Call[TaskQuery, None]) -> wire.XComRemovedReply:
    """Remove one value."""
    task = call.ids.task_key(call.query.map_index)
    call.backend.xcoms.delete(call.ids.run_key, task, call.ids.name)
    return wire.XComRemovedReply(call.ids.name)


def _reply(page: XComPage) -> wire.XComListReply:
    return wire.XComListReply([_info(row) for row in page.rows], page.total)


def _info(row: XCom) -> wire.XComInfo:
    return wire.XComInfo(
        dag_id=row.run_key.dag_id,
        run_id=row.run_key.run_id,
        task_id=row.task_key.task_id,
        map_index=row.task_key.map_index,
        key=row.key,
        form=row.item.form.value,
        type=row.item.type_name,
        size_bytes=row.item.size_bytes,
        is_file=bool(row.item.path),
        preview=row.item.preview,
        pushed_at=instant(row.pushed_at),
    )
