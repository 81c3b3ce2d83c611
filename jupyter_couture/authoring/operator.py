"""``BaseOperator``: one task as its author describes it, and the machinery that all operators share.

Arguments that a DAG or a task group gives as ``default_args`` reach every operator that knows them, through
``OperatorType``; what is given to the task itself wins. Names and meaning of arguments are Airflow's.
"""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar, Self

from jupyter_couture.authoring import arguments as read
from jupyter_couture.authoring import dialects, scopes
from jupyter_couture.authoring.context import RETURN_VALUE, Context, current_attempt
from jupyter_couture.authoring.dialects import Dialect
from jupyter_couture.authoring.edges import TaskNode, connect
from jupyter_couture.authoring.mapping import MappedWork, OperatorPartial
from jupyter_couture.authoring.operator_type import OperatorType, arguments_of
from jupyter_couture.authoring.references import XComArg, references_in
from jupyter_couture.authoring.retry_rules import ExceptionRetryPolicy, ExceptionTypes, RetryChoice, RetryFunction
from jupyter_couture.authoring.scopes import GroupHolder, TaskHolder
from jupyter_couture.authoring.setups import Scaffold
from jupyter_couture.authoring.templating import Templating
from jupyter_couture.authoring.waiting import Waiting
from jupyter_couture.authoring.weights import read_weight_rule
from jupyter_couture.model.dag import DEFAULT_POOL, Missing, TaskKind
from jupyter_couture.model.errors import DuplicateTask, InvalidDag
from jupyter_couture.model.ids import TaskId
from jupyter_couture.model.ids import task_id as check_task_id
from jupyter_couture.model.policy import RetryPolicy, TriggerRule

TASK_CALLBACKS = ("on_execute", "on_success", "on_failure", "on_retry", "on_skipped")
"""What a task can tell of; the argument's name has ``_callback`` behind it."""

DEFAULT_RETRY_DELAY = timedelta(seconds=RetryPolicy().delay_seconds)


class BaseOperator(Waiting, Templating, Scaffold, metaclass=OperatorType):
    """One task of a DAG. Subclasses say in ``execute`` what an attempt does.

    ``template_fields`` names the attributes that are rendered before ``execute``; a text in one of them that ends like
    one of ``template_ext`` is the name of a file to render. ``kind`` says how attempts are carried out. All arguments,
    with units, defaults and what is refused, are in ``docs/tasks.md``; time spans are ``timedelta`` or seconds.

    Parameters
    ----------
    task_id
        Unique in its DAG; inside a task group the group's id is put before it.
    retries, retry_delay, retry_exponential_backoff, max_retry_delay
        Attempts after the first (0), the time between them (5 minutes), whether it doubles, and where that ends.
    retry_policy, retry_on, no_retry_on
        Which failures are worth another try: exception classes or dotted names; a policy is ``f(error, context)`` that
        returns True, False, a delay or None (as usual), or an ``ExceptionRetryPolicy``.
    execution_timeout, sla
        Bound of one attempt; by when after the end of the data interval the task should have succeeded.
    trigger_rule
        Which ends of the upstream tasks let the task run: ``all_success``.
    depends_on_past, wait_for_downstream, ignore_first_depends_on_past
        Wait for the same task of the run before, and for the tasks directly after that one.
    pool, pool_slots, priority_weight, weight_rule
        Where room is shared, how much the task takes, and who goes first when it is short.
    max_active_tis_per_dag, max_active_tis_per_dagrun
        How many instances of the task may run at once, over all runs and within one.
    on_execute_callback, on_success_callback, on_failure_callback, on_retry_callback, on_skipped_callback
        Functions of the context, one or a list, see ``docs/callbacks.md``.
    pre_execute, post_execute
        ``f(context)`` and ``f(context, result)``, called in the attempt around ``execute``; raising fails it.
    inlets, outlets
        Assets the task reads and updates.
    map_index_template
        Text that names the instances of a mapped task, rendered when the work is done.
    do_xcom_push, multiple_outputs
        Whether what the task returns is kept; whether a dict is kept key by key as well.
    run_as_user
        Refused: attempts run as the user of the deployment.
    executor, executor_config, resources, queue
        Kept for people to read; the deployment decides where tasks run.
    """

    template_fields: Sequence[str] = ()
    template_ext: Sequence[str] = ()
    template_fields_renderers: ClassVar[Mapping[str, str]] = {}
    operator_extra_links: Iterable[Any] = ()
    ui_color: str = "#fff"
    ui_fgcolor: str = "#000"
    kind: ClassVar[TaskKind] = TaskKind.PYTHON
    operator_name: ClassVar[str] = ""
    """What people see as the kind of the operator; empty: the name of the class."""

    missing: ClassVar[Missing | None] = None
    """What tasks of this class lack, so that they cannot run; None: nothing."""
    takes_any_argument: ClassVar[bool] = False

    mapped: MappedWork | None = None
    """What a mapped task's instances are made of; None: the task itself does the work."""
    are_outputs_guessed = False
    """Whether ``multiple_outputs`` follows from an annotation alone; then a value that is no dict is no error."""
    is_settled = False
    """Whether ``settle`` needs not be called in the attempt, since nothing was assigned after it had been."""
    _dag: TaskHolder | None = None

    def __init__(
        self,
        task_id: str,
        *,
        dag: TaskHolder | None = None,
        task_group: GroupHolder | None = None,
        owner: str = "",
        email: str | Iterable[str] | None = None,
        email_on_failure: bool = True,
        email_on_retry: bool = True,
        retries: int | None = None,
        retry_delay: timedelta | float = DEFAULT_RETRY_DELAY,
        retry_exponential_backoff: bool | float = False,
        max_retry_delay: timedelta | float | None = None,
        retry_policy: ExceptionRetryPolicy | RetryFunction | None = None,
        retry_on: ExceptionTypes | None = None,
        no_retry_on: ExceptionTypes | None = None,
        start_date: datetime | str | None = None,
        end_date: datetime | str | None = None,
        depends_on_past: bool = False,
        ignore_first_depends_on_past: bool = True,
        wait_for_past_depends_before_skipping: bool = False,
        wait_for_downstream: bool = False,
        execution_timeout: timedelta | float | None = None,
        sla: timedelta | float | None = None,
        trigger_rule: TriggerRule | str = TriggerRule.ALL_SUCCESS,
        priority_weight: int = 1,
        weight_rule: Any = "downstream",
        queue: str | None = None,
        pool: str | None = None,
        pool_slots: int = 1,
        max_active_tis_per_dag: int | None = None,
        max_active_tis_per_dagrun: int | None = None,
        task_concurrency: int | None = None,
        on_execute_callback: Any = None,
        on_success_callback: Any = None,
        on_failure_callback: Any = None,
        on_retry_callback: Any = None,
        on_skipped_callback: Any = None,
        pre_execute: Callable[[Context], object] | None = None,
        post_execute: Callable[[Context, Any], object] | None = None,
        do_xcom_push: bool = True,
        xcom_push: bool | None = None,
        multiple_outputs: bool = False,
        params: Mapping[str, Any] | None = None,
        default_args: Mapping[str, Any] | None = None,
        inlets: Any = None,
        outlets: Any = None,
        map_index_template: str | None = None,
        description: str | None = None,
        task_display_name: str | None = None,
        doc: str | None = None,
        doc_md: str | None = None,
        doc_json: Any = None,
        doc_yaml: str | None = None,
        doc_rst: str | None = None,
        render_template_as_native_obj: bool | None = None,
        executor: str | None = None,
        executor_config: Mapping[str, Any] | None = None,
        resources: Mapping[str, Any] | None = None,
        run_as_user: str | None = None,
        logger_name: str | None = None,
        allow_nested_operators: bool = True,
        **unknown: Any,
    ) -> None:
        self.unknown_arguments = self._kept(unknown)
        holder = dag if dag is not None else (task_group.dag if task_group is not None else scopes.dags.current())
        self.task_group = task_group if task_group is not None else scopes.current_group(holder)
        self.task_id = check_task_id(self.task_group.child_id(task_id) if self.task_group is not None else task_id)
        self.label = task_id
        self.owner = owner
        self.email = read.addresses(email)
        self.email_on_failure = bool(email_on_failure)
        self.email_on_retry = bool(email_on_retry)
        self.retries = 0 if retries is None else read.whole_number(retries, "retries", at_least=0)
        self.retry_delay = read.duration(retry_delay, "retry_delay") or timedelta(0)
        self.retry_exponential_backoff = read.backoff(retry_exponential_backoff)
        self.max_retry_delay = read.duration(max_retry_delay, "max_retry_delay")
        self.retry_choice = RetryChoice(retry_policy, retry_on, no_retry_on)
        self.start_date = read.aware(start_date, "start_date")
        self.end_date = read.aware(end_date, "end_date")
        self.depends_on_past = bool(depends_on_past) or bool(wait_for_downstream)
        self.ignore_first_depends_on_past = bool(ignore_first_depends_on_past)
        self.wait_for_past_depends_before_skipping = bool(wait_for_past_depends_before_skipping)
        self.wait_for_downstream = bool(wait_for_downstream)
        self.execution_timeout = self._positive(execution_timeout, "execution_timeout")
        self.sla = self._positive(sla, "sla")
        self.trigger_rule = read.trigger_rule(trigger_rule)
        self.priority_weight = read.whole_number(priority_weight, "priority_weight", at_least=-(2**31))
        self.weight_rule = read_weight_rule(weight_rule)
        self.queue = queue or ""
        self.pool = pool or DEFAULT_POOL
        self.pool_slots = read.whole_number(pool_slots, "pool_slots", at_least=1)
        limit = max_active_tis_per_dag if max_active_tis_per_dag is not None else task_concurrency
        self.max_active_tis_per_dag = read.limit(limit, "max_active_tis_per_dag")
        self.max_active_tis_per_dagrun = read.limit(max_active_tis_per_dagrun, "max_active_tis_per_dagrun")
        self.on_execute_callback = read.callbacks(on_execute_callback, "on_execute_callback")
        self.on_success_callback = read.callbacks(on_success_callback, "on_success_callback")
        self.on_failure_callback = read.callbacks(on_failure_callback, "on_failure_callback")
        self.on_retry_callback = read.callbacks(on_retry_callback, "on_retry_callback")
        self.on_skipped_callback = read.callbacks(on_skipped_callback, "on_skipped_callback")
        self.execute_hooks = (pre_execute, post_execute)
        self.do_xcom_push = bool(do_xcom_push if xcom_push is None else xcom_push)
        self.multiple_outputs = bool(multiple_outputs)
        self.own_params = dict(params or {})
        self.default_args = dict(default_args or {})
        self.inlets = _as_list(inlets)
        self.outlets = _as_list(outlets)
        self.map_index_template = map_index_template
        self.description = description
        self.task_display_name = task_display_name or ""
        self.doc_md, self.doc, self.doc_rst, self.doc_yaml, self.doc_json = doc_md, doc, doc_rst, doc_yaml, doc_json
        self.render_template_as_native_obj = render_template_as_native_obj
        self.executor = executor
        self.executor_config = dict(executor_config or {})
        self.resources = dict(resources or {})
        self.logger_name = logger_name
        self.allow_nested_operators = allow_nested_operators
        self.run_as_user = run_as_user
        if run_as_user is not None and not dialects.current().is_airflow:
            raise self._refused("run_as_user is not available: attempts run as the user of the deployment")
        if holder is not None:
            self.join(holder)

    def _kept(self, unknown: dict[str, Any]) -> dict[str, Any]:
        """Arguments that no class of the operator takes: kept in files for Airflow 1.10, else a ``TypeError``."""
        if unknown and dialects.current() is not Dialect.AIRFLOW_1:
            raise read.unknown_argument(type(self).__name__, next(iter(unknown)), arguments_of(type(self)))
        return unknown

    def settle(self) -> None:
        """Read again what the author may have assigned since the task was made, and draw what values imply."""
        self.email = read.addresses(self.email)
        self.start_date = read.aware(self.start_date, "start_date")
        self.end_date = read.aware(self.end_date, "end_date")
        self.retry_delay = read.duration(self.retry_delay, "retry_delay") or timedelta(0)
        self.max_retry_delay = read.duration(self.max_retry_delay, "max_retry_delay")
        self.execution_timeout = self._positive(self.execution_timeout, "execution_timeout")
        self.sla = self._positive(self.sla, "sla")
        self.trigger_rule = read.trigger_rule(self.trigger_rule)
        for name in TASK_CALLBACKS:
            setattr(self, f"{name}_callback", read.callbacks(getattr(self, f"{name}_callback"), f"{name}_callback"))
        self.connect_references()

    def _positive(self, value: object, name: str) -> timedelta | None:
        span = read.duration(value, name)
        if span is not None and span <= timedelta(0):
            raise self._refused(f"{name} of task {self.task_id!r} must be positive")
        return span

    def _refused(self, message: str) -> InvalidDag:
        return InvalidDag(task_id=self.task_id, message=message)

    @classmethod
    def partial(cls, *, task_id: str, **kwargs: Any) -> "OperatorPartial[BaseOperator]":
        """Arguments that all instances of a mapped task share; ``.expand(...)`` gives those that differ."""
        return OperatorPartial(BaseOperator, cls, {"task_id": task_id, **kwargs})

    @classmethod
    def fields_of(cls, given: Iterable[str]) -> Sequence[str]:
        """The template fields of an operator that is made with the arguments ``given``."""
        return cls.template_fields

    def become_mapped(self, work: MappedWork) -> Self:
        """Stand for all instances of ``work``, and wait for what it is mapped over."""
        self.mapped = work
        self.template_fields = tuple(work.fields)
        self.connect_references()
        return self

    def execute(self, context: Context) -> Any:
        """Do the work of one attempt; what it returns is kept for other tasks. Raise to fail."""
        message = f"{type(self).__name__} of task {self.task_id!r} does not define execute(context)"
        raise TypeError(message)

    def pre_execute(self, context: Context) -> None:
        """Called before ``execute``, with rendered fields. Raise to fail the attempt."""
        if self.execute_hooks[0] is not None:
            self.execute_hooks[0](context)

    def post_execute(self, context: Context, result: Any = None) -> None:
        """Called after ``execute`` with what it returned, which is kept by then. Raise to fail the attempt."""
        if self.execute_hooks[1] is not None:
            self.execute_hooks[1](context, result)

    def on_kill(self) -> None:
        """The attempt is being stopped: end what would outlive this process. Called once, before SIGTERM's default."""

    @property
    def dag(self) -> TaskHolder | None:
        """The DAG the task belongs to; may be set once."""
        return self._dag

    @dag.setter
    def dag(self, dag: TaskHolder | None) -> None:
        if dag is not None and self._dag is None:
            self.join(dag)
        elif dag is not self._dag:
            raise self._refused(f"Task {self.task_id!r} belongs to a DAG already")

    def join(self, dag: TaskHolder) -> None:
        """Become a task of ``dag``; raises ``DuplicateTask``."""
        if self.task_id in dag.graph or self.task_id in dag.group_dict:
            raise DuplicateTask(dag_id=dag.dag_id, task_id=self.task_id)
        dag.add_node(self)
        self._dag = dag
        if self.task_group is not None:
            self.task_group.members.append(self)
        for made in scopes.enclosures.all():
            made.append(self)

    def stand_in(self, whole: "BaseOperator") -> None:
        """Take the place of ``whole`` for one of its instances: its id, its group and its DAG, without joining it."""
        self._dag = whole.dag
        self.task_group = whole.task_group
        self.task_id, self.label = whole.task_id, whole.label
        self.is_setup, self.is_teardown = whole.is_setup, whole.is_teardown
        self.is_mapped_over, self.are_outputs_guessed = whole.is_mapped_over, whole.are_outputs_guessed
        self.trigger_rule = whole.trigger_rule

    def connect_references(self) -> None:
        """Wait for the tasks whose values this one is given; the operator of a single instance waits for nothing."""
        if scopes.is_nowhere():
            return
        given: object = [getattr(self, name, None) for name in self.template_fields]
        for reference in references_in([given, self.mapped.given if self.mapped is not None else None]):
            for source in reference.sources():
                if source is not self:
                    connect(source, self, is_implied=True)

    @property
    def is_mapped(self) -> bool:
        """Whether there is one instance for each of several values."""
        return self.mapped is not None

    @property
    def mapped_group(self) -> Any:
        """The task group around it that is mapped as a whole; None if none is."""
        return self.task_group.mapped_group if self.task_group is not None else None

    @property
    def params(self) -> dict[str, Any]:
        """Parameters for templates: those of the DAG, and over them the task's own."""
        return {**(self.dag.params if self.dag is not None else {}), **self.own_params}

    @property
    def output(self) -> XComArg:
        """What this task returns, to hand to another one."""
        return XComArg(self)

    @property
    def documentation(self) -> str:
        """The first of its long texts that there is."""
        texts = {"doc_md": self.doc_md, "doc": self.doc, "doc_rst": self.doc_rst, "doc_yaml": self.doc_yaml}
        folder = str(Path(self.dag.fileloc).parent) if self.doc_md and self.dag is not None else ""
        return read.documentation(folder, **texts, doc_json=self.doc_json)

    @property
    def operator_class(self) -> type:
        """The class that does the work."""
        return self.mapped.operator_class if self.mapped is not None else type(self)

    @property
    def task_type(self) -> str:
        """What people see as the kind of the operator."""
        kind = self.operator_class
        return str(getattr(kind, "operator_name", "") or kind.__name__)

    @cached_property
    def log(self) -> logging.Logger:
        """A logger whose records go to the attempt's log."""
        return logging.getLogger(self.logger_name or f"couture.task.{type(self).__name__}")

    def xcom_push(self, context: Context, key: str, value: Any) -> None:
        """Keep a value for other tasks under ``key``; for use in ``execute``."""
        current_attempt().push(key, value)

    def xcom_pull(
        self, context: Context, task_ids: str | Sequence[str] | None = None, key: str | None = RETURN_VALUE, **how: Any
    ) -> Any:
        """What other tasks kept, see ``ti.xcom_pull``; for use in ``execute``."""
        return current_attempt().pull(task_ids, key, **how)

    def add_inlets(self, inlets: Iterable[Any]) -> None:
        """More assets that the task reads."""
        self.inlets += inlets

    def add_outlets(self, outlets: Iterable[Any]) -> None:
        """More assets that the task updates."""
        self.outlets += outlets

    def __repr__(self) -> str:
        return f"<{self.task_type} {self.task_id}>"


def _as_list(value: Any) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, list | tuple | set) else [value]


def typed_task_id(operator: TaskNode) -> TaskId:
    """The id of a task as the model's type; it was checked when the task was made."""
    return TaskId(operator.task_id)
