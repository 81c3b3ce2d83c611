"""Every operation as a value: which request it is and what comes back. The faces send them."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeVar
from urllib.parse import quote

from jupyter_couture.client import wire
from jupyter_couture.client.steps import Call

T = TypeVar("T")

PAGE = 100
"""Rows of a page of a list."""

LOG_WAIT_SECONDS = 10.0
"""How long the server is asked to wait for more of a log."""

_LOG_BYTES = 256 * 1024


def read(kind: type[T], path: str, **query: object) -> Call[T]:
    """A question; options that are None or empty are left out."""
    return Call("GET", path, kind, query, None, is_repeatable=True)


def health() -> Call[wire.Health]:
    return read(wire.Health, "health")


def dags(offset: int, **options: object) -> Call[wire.DagList]:
    return read(wire.DagList, "dags", limit=PAGE, offset=offset, **options)


def dag(dag_id: str) -> Call[wire.DagInfo]:
    return read(wire.DagInfo, dag_path(dag_id))


def details(dag_id: str) -> Call[wire.DagDetails]:
    return read(wire.DagDetails, dag_path(dag_id))


def graph(dag_id: str, version: str | None) -> Call[wire.Graph]:
    return read(wire.Graph, f"{dag_path(dag_id)}/graph", version=version)


def source(dag_id: str, version: str | None) -> Call[wire.Source]:
    return read(wire.Source, f"{dag_path(dag_id)}/source", version=version)


def next_runs(dag_id: str, count: int) -> Call[wire.NextRuns]:
    return read(wire.NextRuns, f"{dag_path(dag_id)}/next-runs", count=count)


def set_paused(dag_id: str, is_paused: bool) -> Call[wire.DagInfo]:
    return Call("PATCH", dag_path(dag_id), wire.DagInfo, {}, {"is_paused": is_paused}, is_repeatable=True)


def trigger(
    dag_id: str,
    conf: Mapping[str, Any] | None,
    logical_date: datetime | str | None,
    run_id: str | None,
    idempotency_key: str | None,
) -> Call[wire.RunInfo]:
    """Make a run. With its key it can be sent twice and makes one run, so every call gets a key."""
    if isinstance(logical_date, datetime):
        logical_date = logical_date.isoformat()
    body = {
        "conf": dict(conf or {}),
        "logical_date": logical_date,
        "run_id": run_id,
        "idempotency_key": idempotency_key or f"client-{uuid.uuid4()}",
    }
    told = {name: value for name, value in body.items() if value is not None}
    return Call("POST", f"{dag_path(dag_id)}/runs", wire.RunInfo, {}, told, is_repeatable=True)


def runs(offset: int, **options: object) -> Call[wire.RunList]:
    return read(wire.RunList, "runs", limit=PAGE, offset=offset, **options)


def newest_run(dag_id: str) -> Call[wire.RunList]:
    return read(wire.RunList, "runs", dag_id=dag_id, limit=1)


def run(dag_id: str, run_id: str) -> Call[wire.RunInfo]:
    return read(wire.RunInfo, run_path(dag_id, run_id))


def tasks(dag_id: str, run_id: str, **options: object) -> Call[wire.TaskList]:
    return read(wire.TaskList, f"{run_path(dag_id, run_id)}/tasks", **options)


def task(dag_id: str, run_id: str, task_id: str, map_index: int) -> Call[wire.TaskInfo]:
    return read(wire.TaskInfo, task_path(dag_id, run_id, task_id), map_index=map_index)


def attempts(task: wire.TaskInfo) -> Call[wire.AttemptList]:
    return read(wire.AttemptList, f"{_path_of(task)}/attempts", map_index=task.map_index, limit=1000)


def why(task: wire.TaskInfo) -> Call[wire.Why]:
    return read(wire.Why, f"{_path_of(task)}/why", map_index=task.map_index)


def log(task: wire.TaskInfo, attempt: int, offset: int, *, waits: bool) -> Call[wire.LogPart]:
    """Part of a log, from byte ``offset`` on; with ``waits`` the server waits a while for more of it."""
    return read(
        wire.LogPart,
        f"{_path_of(task)}/attempts/{attempt}/log",
        map_index=task.map_index,
        offset=offset,
        limit=_LOG_BYTES,
        wait=LOG_WAIT_SECONDS if waits else None,
    )


def cancel(dag_id: str, run_id: str) -> Call[Any]:
    return Call("POST", f"{run_path(dag_id, run_id)}/cancel", object, {}, None, is_repeatable=False)


def order(path: str, **body: object) -> Call[wire.Command]:
    """Have something done; fields that are None are left out."""
    told = {name: value for name, value in body.items() if value is not None}
    return Call("POST", path, wire.Command, {}, told, is_repeatable=False)


def task_order(task: wire.TaskInfo, act: str, **body: object) -> Call[wire.Command]:
    """Have something done with a task instance."""
    index = None if task.map_index < 0 else task.map_index
    return order(f"{_path_of(task)}/{act}", map_index=index, **body)


def mark_run(dag_id: str, run_id: str, state: str) -> Call[wire.Command]:
    return order(f"{run_path(dag_id, run_id)}/state", state=state)


def clear_run(dag_id: str, run_id: str, **body: object) -> Call[wire.Command]:
    return order(f"{run_path(dag_id, run_id)}/clear", **body)


def delete_run(dag_id: str, run_id: str) -> Call[wire.Command]:
    return Call("DELETE", run_path(dag_id, run_id), wire.Command, {}, None, is_repeatable=False)


def command(number: int) -> Call[wire.Command]:
    return read(wire.Command, f"commands/{number}")


def refresh(dag_id: str) -> Call[Any]:
    return Call("POST", f"{dag_path(dag_id)}/refresh", object, {}, None, is_repeatable=True)


def plain(method: str, path: str, body: Mapping[str, object] | None) -> Call[Any]:
    """Any call of the API, for what has no method of its own yet."""
    return Call(method.upper(), path.lstrip("/"), object, {}, body, is_repeatable=method.upper() == "GET")


def next_page(offset: int, found: int) -> int | None:
    """Where the next page begins; None if this was the last."""
    return offset + found if found >= PAGE else None


def dag_path(dag_id: str) -> str:
    return f"dags/{quote(dag_id, safe='')}"


def run_path(dag_id: str, run_id: str) -> str:
    return f"{dag_path(dag_id)}/runs/{quote(run_id, safe='')}"


def task_path(dag_id: str, run_id: str, task_id: str) -> str:
    return f"{run_path(dag_id, run_id)}/tasks/{quote(task_id, safe='')}"


def _path_of(task: wire.TaskInfo) -> str:
    return task_path(task.dag_id, task.run_id, task.task_id)
