"""Lists over everything: runs, task instances, the audit log, commands."""

from jupyter_couture.model.browsing import (
    AuditFilter,
    CommandFilter,
    FoundTask,
    GivenCommand,
    RunFilter,
    RunOrder,
    TaskFilter,
    TaskOrder,
)
from jupyter_couture.model.ids import DagId, RunId
from jupyter_couture.model.records import FoundAudit
from jupyter_couture.model.run import RunType
from jupyter_couture.model.states import RunState, TaskState
from jupyter_couture.services.browsing import moment, several
from jupyter_couture_server import present
from jupyter_couture_server import wire_browsing as wire
from jupyter_couture_server.route import Call


def browse_runs(call: Call[wire.RunBrowseQuery, None]) -> wire.RunPageReply:
    """Runs of all DAGs."""
    wanted = run_filter(call.query, DagId(call.query.dag_id) if call.query.dag_id else None)
    rows, total, has_more = call.backend.browsing.runs(wanted)
    return wire.RunPageReply([present.run_info(row) for row in rows], total, has_more)


def run_filter(query: wire.RunListQuery, dag_id: DagId | None) -> RunFilter:
    """What the options of a list of runs mean; raises ``InvalidRequest``."""
    return RunFilter(
        dag_id=dag_id,
        states=several(RunState, query.state, "$.state"),
        run_types=several(RunType, query.run_type, "$.run_type"),
        date_from=moment(query.date_from, "$.date_from"),
        date_to=moment(query.date_to, "$.date_to"),
        search=query.search,
        order=RunOrder(query.order_by),
        limit=query.limit,
        offset=query.offset,
    )


def browse_tasks(call: Call[wire.TaskBrowseQuery, None]) -> wire.TaskPageReply:
    """Task instances of all runs."""
    query = call.query
    found = call.backend.browsing.tasks(
        TaskFilter(
            dag_id=DagId(query.dag_id) if query.dag_id else None,
            run_id=RunId(query.run_id) if query.run_id else None,
            task_id=query.task_id or None,
            states=several(TaskState, query.state, "$.state"),
            operator=query.operator or None,
            pool=query.pool or None,
            started_from=moment(query.started_from, "$.started_from"),
            started_to=moment(query.started_to, "$.started_to"),
            order=TaskOrder(query.order_by),
            limit=query.limit,
            offset=query.offset,
        )
    )
    return wire.TaskPageReply([_task_info(each) for each in found.rows], found.total, found.has_more)


def list_audit(call: Call[wire.AuditQuery, None]) -> wire.AuditReply:
    """Who did what."""
    query = call.query
    found = call.backend.browsing.audit(
        AuditFilter(
            event=query.event,
            actor=query.actor,
            dag_id=query.dag_id,
            run_id=query.run_id,
            task_id=query.task_id,
            since=moment(query.since, "$.since"),
            until=moment(query.until, "$.until"),
            is_oldest_first=query.order_by == "at",
            limit=query.limit,
            offset=query.offset,
        )
    )
    return wire.AuditReply([_audit_info(each) for each in found.rows], found.total, found.has_more)


def list_commands(call: Call[wire.CommandListQuery, None]) -> wire.CommandListReply:
    """Commands with what came of them."""
    query = call.query
    found = call.backend.browsing.commands(
        CommandFilter(
            kind=query.kind,
            actor=query.actor,
            is_done=query.is_done,
            is_oldest_first=query.order_by == "number",
            limit=query.limit,
            offset=query.offset,
        )
    )
    return wire.CommandListReply([_command_info(each) for each in found.rows], found.total, found.has_more)


def _audit_info(found: FoundAudit) -> wire.AuditInfo:
    entry = found.entry
    return wire.AuditInfo(
        number=found.number,
        at=present.instant(entry.at),
        actor=entry.actor,
        event=entry.event,
        source_ip=entry.source_ip,
        dag_id=entry.dag_id,
        run_id=entry.run_id,
        task_id=entry.task_id,
        logical_date=present.instant_or_none(found.logical_date),
        extra=present.plain(entry.extra),
    )


def _command_info(given: GivenCommand) -> wire.CommandInfo:
    outcome = given.outcome
    return wire.CommandInfo(
        number=given.number,
        kind=given.kind,
        actor=given.actor,
        at=present.instant(given.at),
        done_at=present.instant_or_none(given.done_at),
        touched=outcome.touched if outcome else 0,
        notes=list(outcome.notes) if outcome else [],
    )


def _task_info(found: FoundTask) -> wire.FoundTaskInfo:
    run, task = found.run, found.task
    return wire.FoundTaskInfo(
        dag_id=run.dag_id,
        run_id=run.run_id,
        task_id=task.key.task_id,
        map_index=task.key.map_index,
        label=task.label,
        state=task.state.value,
        try_number=task.try_number,
        max_tries=found.max_tries,
        operator=found.operator,
        kind=found.kind,
        pool=found.pool,
        queue=found.queue,
        priority_weight=found.priority_weight,
        logical_date=present.instant(run.logical_date),
        queued_at=present.instant_or_none(task.queued_at),
        started_at=present.instant_or_none(task.started_at),
        ended_at=present.instant_or_none(task.ended_at),
        duration_seconds=present.duration(task.started_at, task.ended_at),
        reason=task.reason,
    )
