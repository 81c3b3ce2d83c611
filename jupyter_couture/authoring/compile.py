"""From the objects a DAG file made to the values everybody else works with."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from jupyter_couture.authoring.arguments import seconds
from jupyter_couture.authoring.assets import Asset, AssetAlias, notes_on, read_assets
from jupyter_couture.authoring.dag import DAG, DAG_CALLBACKS
from jupyter_couture.authoring.groups import TaskGroup
from jupyter_couture.authoring.operator import TASK_CALLBACKS, BaseOperator
from jupyter_couture.authoring.params import check_defaults, param_schemas, plain_params
from jupyter_couture.authoring.readable import readable, text_of
from jupyter_couture.authoring.schedules import assets_of_schedule
from jupyter_couture.authoring.timetables import Timetable
from jupyter_couture.authoring.weights import effective_weights
from jupyter_couture.model.dag import DagSpec, EdgeLabel, Expansion, GroupSpec, Json, TaskKind, TaskSpec
from jupyter_couture.model.errors import InvalidDag
from jupyter_couture.model.ids import DagId, TaskId
from jupyter_couture.model.policy import RetryPolicy, TriggerRule


def compile_dag(dag: DAG, file: str = "") -> DagSpec:
    """The spec of ``dag``; ``file`` is its path below the DAG folder. Raises ``AuthoringError``."""
    run_timeout = seconds(dag.dagrun_timeout)
    dag.settle()
    for task in dag.tasks:
        task.settle()
    check_dag(dag)
    check_defaults(f"DAG {dag.dag_id!r}", dag.params, is_scheduled=dag.schedule is not None)
    for task in dag.tasks:
        check_defaults(f"task {task.task_id!r} of DAG {dag.dag_id!r}", task.own_params)
    bounds = (dag.start_date, dag.end_date)
    labels = sorted(dag.graph.labels.items())
    weights = effective_weights(
        {task.task_id: task.priority_weight for task in dag.tasks},
        {task.task_id: task.weight_rule for task in dag.tasks},
        dag.graph.upstream,
        dag.graph.order,
    )
    return DagSpec(
        dag_id=DagId(dag.dag_id),
        tasks=tuple(_compile_task(dag, task, weights[task.task_id], bounds) for task in dag.tasks),
        file=file or Path(dag.fileloc).name,
        description=text_of(dag.description),
        doc=text_of(dag.doc_md),
        schedule=dag.plain_schedule,
        start_date=bounds[0],
        end_date=bounds[1],
        catchup=dag.catchup,
        max_active_runs=dag.max_active_runs,
        max_active_tasks=dag.max_active_tasks,
        run_timeout_seconds=run_timeout,
        is_paused_upon_creation=dag.is_paused_upon_creation,
        owner=text_of(dag.owner),
        tags=tuple(text_of(tag) for tag in dag.tags),
        params=_readable_map(plain_params(dag.params)),
        params_schema=_readable_map(param_schemas(dag.params)),
        default_args=_readable_map(dag.default_args),
        assets=_readable_map(notes_on(_assets_of(dag))),
        groups=tuple(_compile_group(group) for group in dag.task_groups if isinstance(group, TaskGroup)),
        sla_seconds=seconds(dag.sla),
        callbacks=tuple(name for name in DAG_CALLBACKS if getattr(dag, f"{name}_callback")),
        is_fail_fast=dag.fail_fast,
        max_failed_runs=dag.max_consecutive_failed_dag_runs,
        edge_labels=tuple(EdgeLabel(TaskId(up), TaskId(down), text_of(text)) for (up, down), text in labels),
        display_name=text_of(dag.dag_display_name),
        owner_links=_readable_map(dict(dag.owner_links)),
        dialect=dag.dialect.value,
        warnings=_warnings(dag),
    )


def _warnings(dag: DAG) -> tuple[str, ...]:
    said = dict.fromkeys([*dag.warnings, *dag.graph.doubled])
    if isinstance(dag.schedule_interval, Timetable) and dag.schedule_interval.advice:
        said[dag.schedule_interval.advice] = None
    for asset in _assets_of(dag):
        if isinstance(asset, Asset) and asset.watchers:
            said[f"the watchers of asset {asset.name!r} do not run: emit its events over REST or in a task"] = None
    for task in dag.tasks:
        if task.run_as_user is not None:
            said[f"run_as_user {task.run_as_user!r} is without effect: attempts run as the user of the deployment"] = (
                None
            )
        if task.unknown_arguments:
            named = ", ".join(sorted(task.unknown_arguments))
            said[f"{task.task_type} of task {task.task_id!r} does not know {named}: without effect"] = None
    return tuple(text_of(warning) for warning in said)


def _compile_group(group: TaskGroup) -> GroupSpec:
    return GroupSpec(
        group_id=group.group_id,
        label=text_of(group.group_display_name or group.label),
        parent=group.parent.group_id if group.parent is not None else "",
        tooltip=text_of(group.tooltip),
    )


def _compile_task(
    dag: DAG, task: BaseOperator, weight: int, bounds: tuple[datetime | None, datetime | None]
) -> TaskSpec:
    group = task.task_group
    fields = (
        {name: getattr(task, name, None) for name in task.template_fields}
        if task.mapped is None
        else task.mapped.shown_fields()
    )
    return TaskSpec(
        task_id=TaskId(task.task_id),
        operator=task.task_type,
        kind=getattr(task.operator_class, "kind", TaskKind.PYTHON),
        upstream=tuple(TaskId(parent) for parent in dag.graph.upstream_of(task.task_id)),
        retry=_retry_policy(task),
        timeout_seconds=seconds(task.execution_timeout),
        trigger_rule=task.trigger_rule,
        priority_weight=weight,
        max_active_instances=task.max_active_tis_per_dag,
        depends_on_past=task.depends_on_past,
        owner=text_of(task.owner),
        description=text_of(task.description or task.documentation),
        group=group.group_id if isinstance(group, TaskGroup) else "",
        fields=_readable_map(fields),
        params=_readable_map(plain_params(task.own_params)),
        email=tuple(text_of(address) for address in task.email),
        email_on_failure=task.email_on_failure,
        email_on_retry=task.email_on_retry,
        outlets=tuple(asset.uri for asset in read_assets(task.outlets, "outlets")),
        inlets=tuple(asset.uri for asset in read_assets(task.inlets, "inlets")),
        pool=text_of(task.pool),
        pool_slots=task.pool_slots,
        queue=text_of(task.queue),
        wait_for_downstream=task.wait_for_downstream,
        ignore_first_depends_on_past=task.ignore_first_depends_on_past,
        max_active_instances_per_run=task.max_active_tis_per_dagrun,
        start_date=task.start_date if task.start_date != bounds[0] else None,
        end_date=task.end_date if task.end_date != bounds[1] else None,
        expand=_expansion(task),
        is_setup=task.is_setup,
        is_teardown=task.is_teardown,
        is_deciding=task.on_failure_fail_dagrun or not task.is_teardown,
        setups=tuple(TaskId(setup.task_id) for setup in task.setups),
        sla_seconds=seconds(task.sla),
        callbacks=tuple(name for name in TASK_CALLBACKS if getattr(task, f"{name}_callback")),
        child_dag=text_of(getattr(task, "child_dag", "")),
        display_name=text_of(task.task_display_name),
        doc=text_of(task.documentation) if task.description else "",
        missing=getattr(task.operator_class, "missing", None),
    )


def _expansion(task: BaseOperator) -> Expansion | None:
    if task.mapped is not None:
        return Expansion(task.mapped.expand_input.lengths)
    group = task.mapped_group
    return Expansion(group.expand_input.lengths, group.group_id) if group is not None else None


def check_dag(dag: DAG) -> None:
    """What can be seen only when the whole DAG is there. Raises ``InvalidDag``."""
    for partial in dag.partials:
        if not partial.is_complete:
            message = f"partial() of task {partial.task_id!r} is not completed by expand() or expand_kwargs()"
            raise InvalidDag(dag_id=dag.dag_id, task_id=partial.task_id, message=message)
    for task in dag.tasks:
        if task.mapped_group is not None and task.trigger_rule is TriggerRule.ALWAYS:
            message = f"Task {task.task_id!r} of a mapped task group cannot have the trigger rule 'always'"
            raise InvalidDag(dag_id=dag.dag_id, task_id=task.task_id, message=message)
        if dag.fail_fast and not task.is_teardown and task.trigger_rule is not TriggerRule.ALL_SUCCESS:
            message = f"fail_fast needs the trigger rule all_success; task {task.task_id!r} has {task.trigger_rule}"
            raise InvalidDag(dag_id=dag.dag_id, task_id=task.task_id, message=message)


def _assets_of(dag: DAG) -> list[Asset | AssetAlias]:
    """Every asset that the DAG speaks of."""
    found = list(assets_of_schedule(dag.schedule_interval))
    for task in dag.tasks:
        found += [*read_assets(task.inlets, "inlets"), *read_assets(task.outlets, "outlets")]
    return found


def _retry_policy(task: BaseOperator) -> RetryPolicy:
    longest = seconds(task.max_retry_delay)
    return RetryPolicy(
        retries=task.retries,
        delay_seconds=task.retry_delay.total_seconds(),
        is_exponential=task.retry_exponential_backoff,
        max_delay_seconds=RetryPolicy().max_delay_seconds if longest is None else longest,
    )


def _readable_map(values: Mapping[str, object]) -> dict[str, Json]:
    return {text_of(str(name)): readable(value) for name, value in values.items()}
