"""From values of the model and the services to what travels."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from jupyter_couture.model.codec import to_json
from jupyter_couture.model.dag import DagSpec, Json, TaskSpec
from jupyter_couture.model.ids import RunKey, VersionHash
from jupyter_couture.model.policy import ScheduleKind
from jupyter_couture.model.records import DagRow, FeedEvent, ImportProblem, RunRow
from jupyter_couture.model.run import Attempt, RunType
from jupyter_couture.model.usage import Usage
from jupyter_couture.services.dags import DagDetail
from jupyter_couture.services.runs import TaskDetail, TaskView
from jupyter_couture_server import wire, wire_graph

OUTPUTS_DRIVE = "CoutureOutputs"
"""Name of the lab's drive that shows the outputs folder."""

_SHORT_VERSION = 8


def instant(at: datetime) -> str:
    """ISO 8601 in UTC, with ``+00:00``."""
    return at.astimezone(UTC).isoformat()


def instant_or_none(at: datetime | None) -> str | None:
    """As ``instant``."""
    return None if at is None else instant(at)


def duration(started_at: datetime | None, ended_at: datetime | None) -> float | None:
    """Seconds between two times; None unless both are known."""
    if started_at is None or ended_at is None:
        return None
    return round((ended_at - started_at).total_seconds(), 6)


def plain(values: Mapping[str, Json]) -> dict[str, Any]:
    """A read-only mapping of the model as plain dictionaries and lists."""
    return cast(dict[str, Any], to_json(values))


def run_info(row: RunRow) -> wire.RunInfo:
    """A run of the lists."""
    run = row.run
    return wire.RunInfo(
        dag_id=run.dag_id,
        run_id=run.run_id,
        run_type=run.run_type.value,
        state=run.state.value,
        version=run.version,
        logical_date=instant(run.logical_date),
        data_interval_start=instant(run.data_interval_start),
        data_interval_end=instant(run.data_interval_end),
        queued_at=instant(run.queued_at),
        started_at=instant_or_none(run.started_at),
        ended_at=instant_or_none(run.ended_at),
        duration_seconds=duration(run.started_at, run.ended_at),
        conf=plain(run.conf),
        external_trigger=run.run_type is RunType.MANUAL,
        cancel_requested=run.is_cancel_requested,
        reason=run.reason,
        task_counts=dict(row.task_counts),
    )


def dag_info(row: DagRow) -> wire.DagInfo:
    """A row of the DAG list."""
    return wire.DagInfo(**_dag_fields(row))


def dag_detail(detail: DagDetail) -> wire.DagDetailInfo:
    """One DAG with everything its file says about it."""
    spec = detail.row.spec
    return wire.DagDetailInfo(
        **_dag_fields(detail.row),
        doc=spec.doc,
        params=plain(spec.params),
        default_args=plain(spec.default_args),
        catchup=spec.catchup,
        max_active_runs=spec.max_active_runs,
        max_active_tasks=spec.max_active_tasks,
        start_date=instant_or_none(spec.start_date),
        end_date=instant_or_none(spec.end_date),
        versions=[wire.VersionInfo(version, instant(at)) for version, at in detail.versions],
        dialect=spec.dialect,
        warnings=list(spec.warnings),
        display_name=spec.display_name or spec.dag_id,
        owner_links=plain(spec.owner_links),
        params_schema=plain(spec.params_schema),
        run_timeout_seconds=spec.run_timeout_seconds,
        sla_seconds=spec.sla_seconds,
        is_fail_fast=spec.is_fail_fast,
        max_failed_runs=spec.max_failed_runs,
        callbacks=list(spec.callbacks),
        assets=sorted(spec.assets),
    )


def _dag_fields(row: DagRow) -> dict[str, Any]:
    spec, schedule = row.spec, row.spec.schedule
    return {
        "dag_id": spec.dag_id,
        "description": spec.description,
        "is_paused": row.is_paused,
        "schedule": schedule.expression if schedule and schedule.kind is ScheduleKind.CRON else None,
        "schedule_label": schedule.label if schedule else "None",
        "timezone": schedule.timezone if schedule else "UTC",
        "owner": spec.owner,
        "tags": list(spec.tags),
        "file": spec.file,
        "version": row.version,
        "version_short": row.version[:_SHORT_VERSION],
        "has_import_error": row.has_import_error,
        "last_run": run_info(row.last_run) if row.last_run else None,
        "next_run_at": instant_or_none(row.next_due),
        "run_counts": dict(row.run_counts),
        "recent_tasks": dict(row.recent_tasks),
        "task_count": len(spec.tasks),
    }


def problems(found: Iterable[ImportProblem]) -> list[wire.ImportErrorInfo]:
    """Import errors."""
    return [wire.ImportErrorInfo(each.file, each.line, each.message, instant_or_none(each.at)) for each in found]


def graph(version: VersionHash, spec: DagSpec) -> wire_graph.GraphReply:
    """Nodes in the author's order, edges as (upstream, downstream)."""
    labels = [wire_graph.EdgeLabelInfo(each.upstream, each.downstream, each.text) for each in spec.edge_labels]
    groups = [
        wire_graph.GroupInfo(each.group_id, each.label, each.parent or None, each.tooltip) for each in spec.groups
    ]
    nodes = [_node(task) for task in spec.tasks]
    return wire_graph.GraphReply(
        dag_id=spec.dag_id, version=version, nodes=nodes, edges=list(spec.edges), edge_labels=labels, groups=groups
    )


def _node(task: TaskSpec) -> wire_graph.NodeInfo:
    label = task.task_id.removeprefix(f"{task.group}.") if task.group else task.task_id
    return wire_graph.NodeInfo(
        id=task.task_id,
        operator=task.operator,
        kind=task.kind.value,
        label=label,
        group=task.group or None,
        description=task.description,
        trigger_rule=task.trigger_rule.value,
        retries=task.retry.retries,
        missing=_missing(task),
        display_name=task.display_name or label,
        doc=task.doc,
        owner=task.owner,
        pool=task.pool,
        pool_slots=task.pool_slots,
        queue=task.queue,
        priority_weight=task.priority_weight,
        timeout_seconds=task.timeout_seconds,
        sla_seconds=task.sla_seconds,
        depends_on_past=task.depends_on_past,
        wait_for_downstream=task.wait_for_downstream,
        is_mapped=task.expand is not None,
        is_setup=task.is_setup,
        is_teardown=task.is_teardown,
        child_dag=task.child_dag or None,
        inlets=list(task.inlets),
        outlets=list(task.outlets),
        callbacks=list(task.callbacks),
    )


def _missing(task: TaskSpec) -> wire_graph.MissingInfo | None:
    return None if task.missing is None else wire_graph.MissingInfo(task.missing.provider, task.missing.sentence)


def task_info(key: RunKey, view: TaskView) -> wire.TaskInfo:
    """A task instance of the lists."""
    return wire.TaskInfo(**_task_fields(key, view))


@dataclass(frozen=True, slots=True)
class Trace:
    """What a try left on disk; ``log_size`` in bytes."""

    log_size: int
    usage: Usage


def task_detail(
    key: RunKey, detail: TaskDetail, traces: Mapping[int, Trace], notebook: str | None
) -> wire.TaskDetailInfo:
    """A task instance with its attempts; ``traces`` by try number."""
    return wire.TaskDetailInfo(
        **_task_fields(key, detail.view),
        attempts=[attempt_info(each, traces[each.try_number]) for each in detail.attempts],
        rendered=None if detail.rendered is None else plain(detail.rendered),
        notebook=notebook,
        missing=_missing(detail.view.spec),
    )


def _task_fields(key: RunKey, view: TaskView) -> dict[str, Any]:
    task = view.row.task
    return {
        "dag_id": key.dag_id,
        "run_id": key.run_id,
        "task_id": task.key.task_id,
        "map_index": task.key.map_index,
        "state": task.state.value,
        "try_number": task.try_number,
        "max_tries": view.spec.retry.retries + 1,
        "operator": view.spec.operator,
        "kind": view.spec.kind.value,
        "queued_at": instant_or_none(task.queued_at),
        "started_at": instant_or_none(task.started_at),
        "ended_at": instant_or_none(task.ended_at),
        "duration_seconds": duration(task.started_at, task.ended_at),
        "next_retry_at": instant_or_none(task.next_retry_at),
        "reason": task.reason,
        "progress": wire.ProgressInfo(*view.row.progress) if view.row.progress else None,
    }


def attempt_info(attempt: Attempt, trace: Trace) -> wire.AttemptInfo:
    """An attempt, and what its try left."""
    error = attempt.error
    return wire.AttemptInfo(
        attempt_id=attempt.attempt_id,
        try_number=attempt.try_number,
        state=attempt.state.value,
        dispatched_at=instant(attempt.dispatched_at),
        started_at=instant_or_none(attempt.started_at),
        ended_at=instant_or_none(attempt.ended_at),
        duration_seconds=duration(attempt.started_at, attempt.ended_at),
        host=attempt.host,
        pid=attempt.pid,
        exit_code=attempt.exit_code,
        error=wire.AttemptErrorInfo(error.type, error.message, error.traceback, error.hint) if error else None,
        log_size=trace.log_size,
        cpu_seconds=trace.usage.cpu_seconds,
        peak_memory_bytes=trace.usage.peak_memory_bytes,
    )


def notebook_path(outputs: Mapping[str, Json], outputs_dir: Path, root_dir: Path | None) -> str | None:
    """Where the lab can open the executed notebook of an attempt; None if there is none or it lies elsewhere.

    ``CoutureOutputs:<path>`` below the outputs folder, or a plain path below the server's root folder.
    """
    given = outputs.get("notebook")
    return place_in_lab(outputs_dir / given, outputs_dir, root_dir) if isinstance(given, str) and given else None


def place_in_lab(file: Path, outputs_dir: Path, root_dir: Path | None) -> str | None:
    """Where the lab can open a file, as for ``notebook_path``."""
    path = file.resolve()
    if path.is_relative_to(outputs_dir):
        return f"{OUTPUTS_DRIVE}:{path.relative_to(outputs_dir).as_posix()}"
    if root_dir is not None and path.is_relative_to(root_dir):
        return path.relative_to(root_dir).as_posix()
    return None


def event(found: FeedEvent) -> bytes:
    """An event as it travels."""
    entry = found.entry
    return wire.encode(
        wire.EventInfo(
            seq=found.seq,
            at=instant(found.at),
            kind=entry.kind,
            dag_id=entry.dag_id,
            run_id=entry.run_id,
            task_id=entry.task_id,
            map_index=entry.map_index,
            data=plain(entry.data),
        )
    )
