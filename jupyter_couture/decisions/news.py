"""What a change looks like from outside: feed entries for watchers, the intent for an executor."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from operator import attrgetter
from typing import Any

from jupyter_couture.model.assets import AssetEvent
from jupyter_couture.model.dag import DagSpec, Json
from jupyter_couture.model.ids import DagId, RunKey, TaskId, TaskKey
from jupyter_couture.model.intents import StartAttempt
from jupyter_couture.model.records import FeedEntry
from jupyter_couture.model.run import DagRun, TaskInstance


def run_news(run: DagRun) -> FeedEntry:
    """The feed entry of a run that changed."""
    return FeedEntry(
        kind="run.state",
        dag_id=run.dag_id,
        run_id=run.run_id,
        data={
            "state": run.state.value,
            "run_type": run.run_type.value,
            "version": run.version,
            "logical_date": _text(run.logical_date),
            "queued_at": _text(run.queued_at),
            "started_at": _text(run.started_at),
            "ended_at": _text(run.ended_at),
            "cancel_requested": run.is_cancel_requested,
        },
    )


_told = attrgetter("state", "try_number", "queued_at", "started_at", "ended_at", "next_retry_at", "reason")


def task_news(key: RunKey, tasks: Iterable[TaskInstance]) -> Iterator[FeedEntry]:
    """The feed entries of task instances that changed. Thousands of whom the same is told share it."""
    dag_id, run_id = key
    known: dict[tuple[Any, ...], Mapping[str, Json]] = {}
    for task in tasks:
        told = _told(task)
        data = known.get(told)
        if data is None:
            state, try_number, *times, reason = told
            queued_at, started_at, ended_at, next_retry_at = map(_text, times)
            data = known[told] = {
                "state": state.value,
                "try_number": try_number,
                "queued_at": queued_at,
                "started_at": started_at,
                "ended_at": ended_at,
                "next_retry_at": next_retry_at,
                "reason": reason,
            }
        yield FeedEntry("task.state", dag_id, run_id, task.key.task_id, task.key.map_index, data)


def task_removed_news(key: RunKey, task: TaskKey) -> FeedEntry:
    """The feed entry of a placeholder that gave way to the instances of its task."""
    return FeedEntry(
        kind="task.removed", dag_id=key.dag_id, run_id=key.run_id, task_id=task.task_id, map_index=task.map_index
    )


def dag_off_news(dag_id: DagId) -> FeedEntry:
    """The feed entry of a DAG that was turned off."""
    return FeedEntry(kind="dag.changed", dag_id=dag_id, data={"is_paused": True})


def run_removed_news(key: RunKey) -> FeedEntry:
    """The feed entry of a run that was deleted."""
    return FeedEntry(kind="run.removed", dag_id=key.dag_id, run_id=key.run_id)


def dag_removed_news(dag_id: DagId) -> FeedEntry:
    """The feed entry of a DAG that was deleted."""
    return FeedEntry(kind="dag.removed", dag_id=dag_id)


def asset_news(event: AssetEvent) -> FeedEntry:
    """The feed entry of an update of an asset."""
    source = event.source
    if source is None:
        return FeedEntry(kind="asset.event", data={"uri": event.uri})
    return FeedEntry(
        kind="asset.event",
        dag_id=source.dag_id,
        run_id=source.run_id,
        task_id=TaskId(source.task_id),
        map_index=source.map_index,
        data={"uri": event.uri},
    )


def backfill_news(dag_id: DagId, number: int) -> FeedEntry:
    """The feed entry of a backfill that was made, changed or is over."""
    return FeedEntry(kind="backfill.changed", dag_id=dag_id, data={"backfill_id": number})


def attempt_intent(
    run: DagRun, spec: DagSpec, task: TaskInstance, fence: int, lengths: tuple[int, ...] = ()
) -> StartAttempt:
    """The order that starts the attempt a task was just given; ``lengths`` are those it is mapped over."""
    if task.attempt_id is None:
        raise ValueError(f"task {task.key.task_id!r} has no attempt to start")
    detail = spec.task_by_id[task.key.task_id]
    return StartAttempt(
        attempt_id=task.attempt_id,
        run_key=run.key,
        task_key=task.key,
        try_number=task.try_number,
        version=run.version,
        fence=fence,
        operator_kind=detail.kind.value,
        logical_date=run.logical_date,
        data_interval_start=run.data_interval_start,
        data_interval_end=run.data_interval_end,
        run_type=run.run_type.value,
        run_queued_at=run.queued_at,
        conf=run.conf,
        max_tries=detail.retry.retries + 1,
        timeout_seconds=detail.timeout_seconds,
        priority=detail.priority_weight,
        failures=task.failures,
        lengths=lengths,
        resume=task.resume,
        first_started_at=task.first_started_at,
        parent=run.parent,
        asset_events=run.asset_events,
        run_started_at=run.started_at,
    )


def _text(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment is not None else None
