"""``BaseOperator``: one task as its author describes it, and the machinery that all operators share.

Arguments that a DAG or a task group gives as ``default_args`` reach every operator that knows them, through
``OperatorType``; what is given to the task itself wins.
"""

import inspect
from abc import ABCMeta
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import wraps
from typing import Any, ClassVar, NoReturn

from jupyter_couture.authoring import scopes
from jupyter_couture.authoring.arguments import (
    addresses,
    argument_names,
    aware,
    duration,
    unknown_argument,
    whole_number,
)
from jupyter_couture.authoring.arguments import (
    trigger_rule as read_trigger_rule,
)
from jupyter_couture.authoring.context import Context
from jupyter_couture.authoring.edges import TaskNode, connect
from jupyter_couture.authoring.portable import from_portable
from jupyter_couture.authoring.references import XComArg, references_in
from jupyter_couture.authoring.scopes import GroupHolder, TaskHolder
from jupyter_couture.model.dag import TaskKind
from jupyter_couture.model.errors import (
    DuplicateTask,
    InvalidDag,
    TaskDeferralError,
    TaskDeferralTimeout,
    TaskDeferred,
)
from jupyter_couture.model.ids import TaskId
from jupyter_couture.model.ids import task_id as check_task_id
from jupyter_couture.model.policy import RetryPolicy, TriggerRule
from jupyter_couture.model.run import WAIT_TIMED_OUT, Resume

DEFAULT_RETRY_DELAY = timedelta(seconds=RetryPolicy().delay_seconds)

_NEVER_A_DEFAULT = frozenset({"task_id", "dag", "task_group", "default_args", "self"})


class OperatorType(ABCMeta):
    """Metaclass of operators: fills in default arguments, then draws the dependencies that values imply."""

    def __new__(mcs, name: str, bases: tuple[type, ...], namespace: dict[str, Any], **options: Any) -> "OperatorType":
        if "__init__" in namespace:
            namespace["__init__"] = _with_default_args(namespace["__init__"])
        return super().__new__(mcs, name, bases, namespace, **options)

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        operator = super().__call__(*args, **kwargs)
        operator.connect_references()
        return operator


def _with_default_args(init: Callable[..., None]) -> Callable[..., None]:
    names = frozenset(argument_names(init)) - _NEVER_A_DEFAULT
    positional = tuple(inspect.signature(init).parameters)[1:]

    @wraps(init)
    def filled(self: object, *args: Any, **kwargs: Any) -> None:
        for name, value in _default_args(kwargs).items():
            if name in names and name not in positional[: len(args)]:
                kwargs.setdefault(name, value)
        init(self, *args, **kwargs)

    return filled


def _default_args(kwargs: Mapping[str, Any]) -> Mapping[str, Any]:
    dag = kwargs.get("dag") or scopes.dags.current()
    group = kwargs.get("task_group") or scopes.current_group(dag)
    own = kwargs.get("default_args")
    if group is None and not own:
        return dag.default_args if dag is not None else {}
    return {**(dag.default_args if dag else {}), **(group.default_args if group else {}), **(own or {})}


class BaseOperator(TaskNode, metaclass=OperatorType):
    """One task of a DAG. Subclasses say in ``execute`` what an attempt does.

    ``template_fields`` names the attributes that are rendered before ``execute``; a text in one of them that ends like
    one of ``template_ext`` is the name of a file to render. ``kind`` says how attempts are carried out.

    Parameters
    ----------
    task_id
        Unique in its DAG; inside a task group the group's id is put before it.
    retries, retry_delay, retry_exponential_backoff, max_retry_delay
        Attempts after the first, the time between them (``timedelta`` or seconds), whether it doubles each time, and
        where that ends.
    execution_timeout
        Bound of one attempt, ``timedelta`` or seconds.
    trigger_rule
        Which ends of the upstream tasks let the task run.
    depends_on_past
        Wait for the same task of the run before.
    priority_weight
        Of several tasks waiting for room the highest goes first.
    max_active_tis_per_dag
        How many instances of the task may run at once, over all runs.
    params
        Values for templates, over those of the DAG.
    description, doc_md
        For people; ``description`` is shown beside the task.
    email, email_on_failure, email_on_retry, owner, queue, pool
        Kept with the task; names as in Airflow.
    """

    template_fields: Sequence[str] = ()
    template_ext: Sequence[str] = ()
    kind: ClassVar[TaskKind] = TaskKind.PYTHON
    operator_name: ClassVar[str] = ""
    """What people see as the kind of the operator; empty: the name of the class."""

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
        retry_exponential_backoff: bool = False,
        max_retry_delay: timedelta | float | None = None,
        start_date: datetime | str | None = None,
        end_date: datetime | str | None = None,
        depends_on_past: bool = False,
        execution_timeout: timedelta | float | None = None,
        trigger_rule: TriggerRule | str = TriggerRule.ALL_SUCCESS,
        priority_weight: int = 1,
        queue: str | None = None,
        pool: str | None = None,
        max_active_tis_per_dag: int | None = None,
        do_xcom_push: bool = True,
        params: Mapping[str, Any] | None = None,
        default_args: Mapping[str, Any] | None = None,
        description: str | None = None,
        doc_md: str | None = None,
        **unknown: Any,
    ) -> None:
        for name in unknown:
            raise unknown_argument(type(self).__name__, name, _arguments_of(type(self)))
        holder = dag if dag is not None else (task_group.dag if task_group is not None else scopes.dags.current())
        self.task_group = task_group if task_group is not None else scopes.current_group(holder)
        self.task_id = check_task_id(self.task_group.child_id(task_id) if self.task_group is not None else task_id)
        self.label = task_id
        self.owner = owner
        self.email = addresses(email)
        self.email_on_failure = bool(email_on_failure)
        self.email_on_retry = bool(email_on_retry)
        self.retries = 0 if retries is None else whole_number(retries, "retries", at_least=0)
        self.retry_delay = duration(retry_delay, "retry_delay") or timedelta(0)
        self.retry_exponential_backoff = bool(retry_exponential_backoff)
        self.max_retry_delay = duration(max_retry_delay, "max_retry_delay")
        self.start_date = aware(start_date, "start_date")
        self.end_date = aware(end_date, "end_date")
        self.depends_on_past = bool(depends_on_past)
        self.execution_timeout = duration(execution_timeout, "execution_timeout")
        self.trigger_rule = read_trigger_rule(trigger_rule)
        self.priority_weight = whole_number(priority_weight, "priority_weight", at_least=-(2**31))
        self.queue = queue
        self.pool = pool
        self.max_active_tis_per_dag = max_active_tis_per_dag
        self.do_xcom_push = bool(do_xcom_push)
        self.own_params = dict(params or {})
        self.default_args = dict(default_args or {})
        self.description = description
        self.doc_md = doc_md
        self.dag: TaskHolder | None = None
        if self.execution_timeout is not None and self.execution_timeout <= timedelta(0):
            raise InvalidDag(
                task_id=self.task_id, message=f"execution_timeout of task {self.task_id!r} must be positive"
            )
        if holder is not None:
            self.join(holder)

    def execute(self, context: Context) -> Any:
        """Do the work of one attempt; what it returns is kept for other tasks. Raise to fail."""
        message = f"{type(self).__name__} of task {self.task_id!r} does not define execute(context)"
        raise TypeError(message)

    def on_kill(self) -> None:
        """The attempt is being stopped: end what would outlive this process. Called once, before SIGTERM's default."""

    def defer(
        self,
        *,
        trigger: object,
        method_name: str,
        kwargs: Mapping[str, Any] | None = None,
        timeout: timedelta | float | None = None,
    ) -> NoReturn:
        """Give the slot back until ``trigger`` fires; then ``method_name`` is called with context, event and kwargs.

        ``kwargs`` and what the trigger is made with must be plain values (see ``BaseTrigger``). After ``timeout``
        (``timedelta`` or seconds; None: never) the task goes on without an event, which fails it unless
        ``resume_without_event`` says otherwise. Attributes set in this process are gone then: pass what is needed on.
        """
        raise TaskDeferred(trigger=trigger, method_name=method_name, kwargs=kwargs, timeout=timeout)

    def resume(self, resume: Resume, context: Context) -> Any:
        """Go on after a wait. Called by the runtime in the place of ``execute``."""
        kwargs = from_portable(resume.kwargs)
        if resume.error:
            return self.resume_without_event(resume.method, kwargs, resume.error, context)
        return self.resume_execution(resume.method, {**kwargs, "event": from_portable(resume.event)}, context)

    def resume_execution(self, next_method: str, next_kwargs: dict[str, Any], context: Context) -> Any:
        """Call ``next_method`` with ``context`` and ``next_kwargs``, the event among them."""
        method = getattr(self, next_method, None)
        if method is None:
            message = f"{type(self).__name__} has no method {next_method!r} to go on with after its wait"
            raise TaskDeferralError(message=message)
        return method(context=context, **next_kwargs)

    def resume_without_event(self, next_method: str, next_kwargs: dict[str, Any], error: str, context: Context) -> Any:
        """The time for a wait was up, or its trigger failed: fail, unless a subclass knows better."""
        kind = TaskDeferralTimeout if error.startswith(WAIT_TIMED_OUT) else TaskDeferralError
        raise kind(message=error)

    def join(self, dag: TaskHolder) -> None:
        """Become a task of ``dag``; raises ``DuplicateTask``."""
        if self.task_id in dag.graph:
            raise DuplicateTask(dag_id=dag.dag_id, task_id=self.task_id)
        dag.add_node(self)
        self.dag = dag

    def connect_references(self) -> None:
        """Wait for the tasks whose values this one is given. Done once, after ``__init__``."""
        for name in self.template_fields:
            for reference in references_in(getattr(self, name, None)):
                if isinstance(reference, XComArg):
                    connect(reference, self, is_implied=True)

    @property
    def params(self) -> dict[str, Any]:
        """Parameters for templates: those of the DAG, and over them the task's own."""
        return {**(self.dag.params if self.dag is not None else {}), **self.own_params}

    @property
    def output(self) -> XComArg:
        """What this task returns, to hand to another one."""
        return XComArg(self)

    @property
    def task_type(self) -> str:
        """What people see as the kind of the operator."""
        return self.operator_name or type(self).__name__

    @property
    def dag_id(self) -> str:
        """Id of the DAG; raises ``InvalidDag`` if the task has none."""
        return self._dag_of().dag_id

    @property
    def upstream_task_ids(self) -> set[str]:
        """Ids of the tasks this one waits for."""
        return set(self._dag_of().graph.upstream_of(self.task_id)) if self.dag is not None else set()

    @property
    def downstream_task_ids(self) -> set[str]:
        """Ids of the tasks that wait for this one."""
        return set(self._dag_of().graph.downstream_of(self.task_id)) if self.dag is not None else set()

    def _dag_of(self) -> TaskHolder:
        if self.dag is None:
            raise InvalidDag(task_id=self.task_id, message=f"Task {self.task_id!r} belongs to no DAG")
        return self.dag

    def __repr__(self) -> str:
        return f"<{self.task_type} {self.task_id}>"


def _arguments_of(kind: type) -> list[str]:
    inits = [
        vars(base)["__init__"] for base in kind.__mro__ if isinstance(base, OperatorType) and "__init__" in vars(base)
    ]
    return [name for init in inits for name in argument_names(init)]


def typed_task_id(operator: TaskNode) -> TaskId:
    """The id of a task as the model's type; it was checked when the task was made."""
    return TaskId(operator.task_id)
