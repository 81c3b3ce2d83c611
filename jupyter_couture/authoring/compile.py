"""From the objects a DAG file made to the values everybody else works with."""

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path

from jupyter_couture.authoring.arguments import seconds
from jupyter_couture.authoring.dag import DAG
from jupyter_couture.authoring.groups import TaskGroup
from jupyter_couture.authoring.operator import BaseOperator
from jupyter_couture.authoring.readable import readable, text_of
from jupyter_couture.model.codec import to_document
from jupyter_couture.model.dag import DagSpec, Json, TaskSpec
from jupyter_couture.model.ids import DagId, TaskId, VersionHash
from jupyter_couture.model.policy import RetryPolicy


def compile_dag(dag: DAG, file: str = "") -> DagSpec:
    """The spec of ``dag``; ``file`` is its path below the DAG folder. Raises ``AuthoringError``."""
    run_timeout = seconds(dag.dagrun_timeout)
    return DagSpec(
        dag_id=DagId(dag.dag_id),
        tasks=tuple(_compile_task(dag, task) for task in dag.tasks),
        file=file or Path(dag.fileloc).name,
        description=text_of(dag.description),
        doc=text_of(dag.doc_md),
        schedule=dag.schedule,
        start_date=dag.start_date,
        end_date=dag.end_date,
        catchup=dag.catchup,
        max_active_runs=dag.max_active_runs,
        max_active_tasks=dag.max_active_tasks,
        run_timeout_seconds=run_timeout,
        is_paused_upon_creation=dag.is_paused_upon_creation,
        owner=text_of(dag.owner),
        tags=tuple(text_of(tag) for tag in dag.tags),
        params=_readable_map(dag.params),
        default_args=_readable_map(dag.default_args),
    )


def _compile_task(dag: DAG, task: BaseOperator) -> TaskSpec:
    group = task.task_group
    return TaskSpec(
        task_id=TaskId(task.task_id),
        operator=task.task_type,
        kind=type(task).kind,
        upstream=tuple(TaskId(parent) for parent in dag.graph.upstream_of(task.task_id)),
        retry=_retry_policy(task),
        timeout_seconds=seconds(task.execution_timeout),
        trigger_rule=task.trigger_rule,
        priority_weight=task.priority_weight,
        max_active_instances=task.max_active_tis_per_dag,
        depends_on_past=task.depends_on_past,
        owner=text_of(task.owner),
        description=text_of(task.description or task.doc_md or ""),
        group=group.group_id if isinstance(group, TaskGroup) else "",
        fields=_readable_map({name: getattr(task, name, None) for name in task.template_fields}),
        params=_readable_map(task.own_params),
        email=tuple(text_of(address) for address in task.email),
        email_on_failure=task.email_on_failure,
        email_on_retry=task.email_on_retry,
    )


def _retry_policy(task: BaseOperator) -> RetryPolicy:
    longest = seconds(task.max_retry_delay)
    return RetryPolicy(
        retries=task.retries,
        delay_seconds=task.retry_delay.total_seconds(),
        is_exponential=task.retry_exponential_backoff,
        max_delay_seconds=RetryPolicy().max_delay_seconds if longest is None else longest,
    )


def _readable_map(values: dict[str, object]) -> dict[str, Json]:
    return {text_of(str(name)): readable(value) for name, value in values.items()}


def version_of(spec: DagSpec, source: str, imported: Iterable[str] = ()) -> VersionHash:
    """The hash that names a version: over the spec, the source text, and the hashes of helper modules it imports."""
    document = json.dumps(to_document(spec), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    digest = hashlib.sha256(document.encode())
    for part in (source, *imported):
        digest.update(b"\0" + part.encode("utf-8", "surrogatepass"))
    return VersionHash(digest.hexdigest())
