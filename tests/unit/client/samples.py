"""Values as a server says them, for tests without one."""

import itertools
from datetime import UTC, datetime

import msgspec

from jupyter_couture.client import wire

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)


def run_info(
    state: str = "running", dag_id: str = "etl", run_id: str = "r1", reason: str | None = None
) -> wire.RunInfo:
    """A run."""
    return wire.RunInfo(
        dag_id=dag_id, run_id=run_id, run_type="manual", state=state, version="v1", logical_date=AT,
        data_interval_start=AT, data_interval_end=AT, queued_at=AT, started_at=AT, ended_at=None,
        duration_seconds=None, conf={}, cancel_requested=False, reason=reason, task_counts={},
    )  # fmt: skip


def task_info(task_id: str, state: str = "none", map_index: int = -1, **changes: object) -> wire.TaskInfo:
    """A task instance of ``run_info``."""
    info = wire.TaskInfo(
        dag_id="etl", run_id="r1", task_id=task_id, map_index=map_index, state=state, try_number=0, max_tries=1,
        operator="PythonOperator", kind="python", queued_at=None, started_at=None, ended_at=None,
        duration_seconds=None, next_retry_at=None, reason=None, progress=None,
    )  # fmt: skip
    return msgspec.structs.replace(info, **changes)


def dag_info(dag_id: str = "etl", description: str = "") -> wire.DagInfo:
    """A DAG."""
    return wire.DagInfo(
        dag_id=dag_id, description=description, is_paused=False, schedule="0 0 * * *", schedule_label="@daily",
        timezone="UTC", owner="ada", tags=["nightly"], file="etl.py", version="v1", has_import_error=False,
        last_run=run_info("success"), next_run_at=AT, run_counts={}, recent_tasks={}, task_count=2,
    )  # fmt: skip


def graph_of(*names: str) -> wire.Graph:
    """Tasks in a row."""
    nodes = [
        wire.GraphNode(
            id=name, operator="PythonOperator", kind="python", label=name, group=None, description="",
            trigger_rule="all_success", retries=0, pool="default_pool", is_mapped=False,
        )
        for name in names
    ]  # fmt: skip
    return wire.Graph(dag_id="etl", version="v1", nodes=nodes, edges=list(itertools.pairwise(names)))


def event(seq: int, kind: str, task_id: str | None = None, map_index: int | None = None, **data: object) -> wire.Event:
    """Something that happened to ``run_info`` or one of its tasks."""
    return wire.Event(
        seq=seq, at=AT, kind=kind, dag_id="etl", run_id="r1", task_id=task_id, map_index=map_index, data=data
    )
