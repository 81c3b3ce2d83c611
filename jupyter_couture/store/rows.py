"""Rows to model values and back."""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from types import MappingProxyType
from typing import Any, TypeAlias, get_args

from sqlalchemy import Column, Row

from jupyter_couture.model.codec import from_document, from_json, to_document, to_json
from jupyter_couture.model.dag import Json
from jupyter_couture.model.facts import Fact
from jupyter_couture.model.ids import DagId, RunId, RunKey, TaskId, TaskKey, VersionHash
from jupyter_couture.model.run import Attempt, AttemptError, DagRun, Resume, RunType, TaskInstance, TaskRef, Wait
from jupyter_couture.model.states import AttemptState, RunState, TaskState
from jupyter_couture.store.columns import to_micros
from jupyter_couture.store.tables import attempt, dag_run, task_instance

_FACT_KINDS: Mapping[str, type] = {kind.__name__: kind for kind in get_args(Fact)}

AnyRow: TypeAlias = Row[*tuple[Any, ...]]

RUN_COLUMNS: tuple[Column[Any], ...] = (
    dag_run.c.id,
    dag_run.c.dag_id,
    dag_run.c.run_id,
    dag_run.c.run_type,
    dag_run.c.version,
    dag_run.c.state,
    dag_run.c.logical_date,
    dag_run.c.data_interval_start,
    dag_run.c.data_interval_end,
    dag_run.c.queued_at,
    dag_run.c.started_at,
    dag_run.c.ended_at,
    dag_run.c.conf,
    dag_run.c.is_cancel_requested,
    dag_run.c.reason,
    dag_run.c.parent,
    dag_run.c.backfill_id,
    dag_run.c.asset_events,
    dag_run.c.note,
    dag_run.c.next_deadline,
)
TASK_COLUMNS: tuple[Column[Any], ...] = tuple(column for column in task_instance.c if column.name != "run_pk")
ATTEMPT_COLUMNS: tuple[Column[Any], ...] = (
    attempt.c.attempt_id,
    dag_run.c.dag_id,
    dag_run.c.run_id,
    attempt.c.task_id,
    attempt.c.map_index,
    attempt.c.try_number,
    attempt.c.state,
    attempt.c.fence,
    attempt.c.dispatched_at,
    attempt.c.is_cancel_requested,
    attempt.c.started_at,
    attempt.c.ended_at,
    attempt.c.beat_at,
    attempt.c.runner,
    attempt.c.host,
    attempt.c.pid,
    attempt.c.exit_code,
    attempt.c.error,
)


def run_from(row: AnyRow | Sequence[Any], tasks: Iterable[TaskInstance] = ()) -> DagRun:
    """The run of a row of ``RUN_COLUMNS``."""
    _, dag_id, run_id, run_type, version, state, logical, start, end, queued, started, ended, conf, cancel, *rest = row
    reason, parent, backfill_id, asset_events, note, next_deadline = rest
    return DagRun(
        DagId(dag_id),
        RunId(run_id),
        RunType(run_type),
        VersionHash(version),
        RunState(state),
        logical,
        start,
        end,
        queued,
        started,
        ended,
        MappingProxyType(conf),
        bool(cancel),
        reason,
        None if parent is None else from_json(TaskRef, parent),
        backfill_id,
        tuple(asset_events or ()),
        note or "",
        next_deadline,
        MappingProxyType({task.key: task for task in tasks}),
    )


def run_values(run: DagRun, idempotency_key: str | None = None) -> dict[str, object]:
    """A new row for ``run``, without its tasks."""
    is_scheduled = run.run_type is RunType.SCHEDULED
    return {
        "dag_id": run.dag_id,
        "run_id": run.run_id,
        "run_type": run.run_type.value,
        "version": run.version,
        "state": run.state.value,
        "logical_date": run.logical_date,
        "data_interval_start": run.data_interval_start,
        "data_interval_end": run.data_interval_end,
        "queued_at": run.queued_at,
        "started_at": run.started_at,
        "ended_at": run.ended_at,
        "conf": run.conf,
        "is_cancel_requested": run.is_cancel_requested,
        "reason": run.reason,
        "schedule_key": f"{to_micros(run.logical_date)}/{run.dag_id}" if is_scheduled else None,
        "idempotency_key": idempotency_key,
        "parent": None if run.parent is None else to_json(run.parent),
        "parent_key": None if run.parent is None else parent_key(run.parent),
        "backfill_id": run.backfill_id,
        "asset_events": list(run.asset_events) or None,
        "note": run.note or None,
        "next_deadline": run.next_deadline,
    }


def parent_key(parent: TaskRef) -> str:
    """Names the task instance that triggered a run, short enough for an index."""
    return open_key(RunKey(parent.dag_id, parent.run_id), TaskKey(TaskId(parent.task_id), parent.map_index))


def task_from(row: Iterable[Any]) -> TaskInstance:
    """The task instance of the values of ``TASK_COLUMNS``."""
    task_id, map_index, state, *rest, more = row
    task = TaskInstance(TaskKey(TaskId(task_id), map_index), TaskState(state), *rest)
    return task if more is None else replace(task, **{name: _MORE[name](value) for name, value in more.items()})


_MORE: Mapping[str, Callable[[Any], Any]] = {
    "skips": tuple,
    "wait": partial(from_json, Wait),
    "resume": partial(from_json, Resume),
    "first_started_at": datetime.fromisoformat,
    "forced": tuple,
}
"""How to read what few task instances have."""


def _more(task: TaskInstance) -> dict[str, Json] | None:
    values = ((name, getattr(task, name)) for name in _MORE)
    return {name: to_json(value) for name, value in values if value} or None


def task_values(task: TaskInstance) -> dict[str, object]:
    """What changes in a task instance, by column."""
    return {
        "state": task.state.value,
        "try_number": task.try_number,
        "failures": task.failures,
        "losses": task.losses,
        "attempt_id": task.attempt_id,
        "queued_at": task.queued_at,
        "started_at": task.started_at,
        "ended_at": task.ended_at,
        "next_retry_at": task.next_retry_at,
        "reason": task.reason,
        "map_length": task.map_length,
        "label": task.label,
        "more": _more(task),
    }


def attempt_from(row: Iterable[Any]) -> Attempt:
    """The attempt of the values of ``ATTEMPT_COLUMNS``."""
    attempt_id, dag_id, run_id, task_id, map_index, *rest = row
    number, state, fence, dispatched_at, cancel, started_at, ended_at, beat_at, runner, host, pid, code, error = rest
    return Attempt(
        attempt_id=attempt_id,
        run_key=RunKey(dag_id, run_id),
        task_key=TaskKey(task_id, map_index),
        try_number=number,
        state=AttemptState(state),
        fence=fence,
        dispatched_at=dispatched_at,
        is_cancel_requested=bool(cancel),
        started_at=started_at,
        ended_at=ended_at,
        beat_at=beat_at,
        runner=runner,
        host=host,
        pid=pid,
        exit_code=code,
        error=None if error is None else from_json(AttemptError, error),
    )


def error_values(error: AttemptError | None) -> object:
    """An attempt's error for its column."""
    return None if error is None else to_json(error)


def fact_values(fact: Fact) -> dict[str, object]:
    """A new row of the inbox."""
    return {"document": to_document(fact)}


def fact_from(document: Mapping[str, Any]) -> Fact:
    """The fact of a row of the inbox."""
    kind = _FACT_KINDS[str(document["type"])]
    found: Fact = from_document(kind, document)
    return found


def open_key(run: RunKey, task: TaskKey) -> str:
    """The name of a task instance, of a length that every index takes. Ids hold no slash."""
    name = f"{run.dag_id}/{run.run_id}/{task.task_id}/{task.map_index}"
    return hashlib.sha256(name.encode()).hexdigest()
