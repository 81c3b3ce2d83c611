"""What a DAG file says, as a value: ``DagSpec`` and its ``TaskSpec``.

A spec is made once in a parser process, stored as a version, and read by everybody else. It holds no code: the code
stays in the version's source and is opened only in payload processes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from types import MappingProxyType
from typing import TypeAlias

from jupyter_couture.model.errors import DagCycle, InvalidDag
from jupyter_couture.model.graph import downstream_of, find_cycle, leaves
from jupyter_couture.model.ids import DagId, TaskId
from jupyter_couture.model.policy import RetryPolicy, Schedule, TriggerRule

Json: TypeAlias = "bool | int | float | str | Sequence[Json] | Mapping[str, Json] | None"

_NO_FIELDS: Mapping[str, Json] = MappingProxyType({})


class TaskKind(StrEnum):
    """How an attempt of the task is carried out, and how the task is drawn."""

    PYTHON = "python"
    BASH = "bash"
    NOTEBOOK = "notebook"
    EMPTY = "empty"  # no work: it succeeds where it stands, without an attempt


class LengthKind(StrEnum):
    """How the length of a mapped argument is found."""

    LITERAL = "literal"  # written in the file
    TASK = "task"  # what a task returned, or one value for each instance of a mapped task
    ZIP = "zip"  # the shortest of the parts
    ZIP_LONGEST = "zip_longest"  # the longest of the parts
    CONCAT = "concat"  # the parts one after the other


@dataclass(frozen=True, slots=True)
class Length:
    """How many values a mapped argument has: known (``number``), that of a task's output, or made of ``parts``."""

    kind: LengthKind
    number: int = 0
    task_id: TaskId | None = None
    key: str = "return_value"
    parts: "tuple[Length, ...]" = ()


@dataclass(frozen=True, slots=True)
class Expansion:
    """Over what a task, or every task of a group, is mapped.

    ``lengths`` are those of the arguments in the author's order; there is one instance for each combination of their
    values, the last argument varying fastest. ``group`` names the task group that is mapped as a whole (empty: the
    task itself is): tasks of one mapped group wait only for the instances of their own index.
    """

    lengths: tuple[Length, ...]
    group: str = ""


@dataclass(frozen=True, slots=True)
class GroupSpec:
    """A task group: ``group_id`` is the full id, ``parent`` that of the group around it (empty: the DAG)."""

    group_id: str
    label: str
    parent: str = ""
    tooltip: str = ""


@dataclass(frozen=True, slots=True)
class EdgeLabel:
    """Words that the author put on a dependency, for people to read."""

    upstream: TaskId
    downstream: TaskId
    text: str


@dataclass(frozen=True, slots=True)
class Missing:
    """What an operator needs and this installation does not have, so that its tasks cannot run.

    ``provider`` is the Airflow provider it comes from, as a package, or what else is needed. ``sentence`` tells people,
    with what would do instead.
    """

    provider: str
    sentence: str


DEFAULT_POOL = "default_pool"


@dataclass(frozen=True, slots=True)
class TaskSpec:
    """One task of a DAG.

    ``upstream`` are the tasks it waits for. ``fields`` are the template fields as the author wrote them, before
    rendering, for people to read. ``timeout_seconds`` bounds one attempt; None means no bound. ``priority_weight`` is
    the effective one, with the weight rule applied. ``setups`` are the setup tasks a teardown belongs to.
    ``callbacks`` names the callbacks the author gave (``on_failure`` ...): their code stays in the version's source.
    ``child_dag`` is the DAG that the task triggers, if that is known from the file. ``outlets`` are the URIs of assets
    the task updates. ``sla_seconds`` count from the end of the run's data interval. ``missing`` says why attempts of
    the task can only fail; None: they can run.
    """

    task_id: TaskId
    operator: str
    kind: TaskKind
    upstream: tuple[TaskId, ...] = ()
    retry: RetryPolicy = RetryPolicy()
    timeout_seconds: float | None = None
    trigger_rule: TriggerRule = TriggerRule.ALL_SUCCESS
    priority_weight: int = 1
    max_active_instances: int | None = None
    depends_on_past: bool = False
    owner: str = ""
    description: str = ""
    group: str = ""
    fields: Mapping[str, Json] = field(default_factory=lambda: _NO_FIELDS)
    params: Mapping[str, Json] = field(default_factory=lambda: _NO_FIELDS)
    email: tuple[str, ...] = ()
    email_on_failure: bool = True
    email_on_retry: bool = True
    pool: str = DEFAULT_POOL
    pool_slots: int = 1
    queue: str = ""
    wait_for_downstream: bool = False
    ignore_first_depends_on_past: bool = True
    max_active_instances_per_run: int | None = None
    start_date: datetime | None = None
    end_date: datetime | None = None
    expand: Expansion | None = None
    is_setup: bool = False
    is_teardown: bool = False
    is_deciding: bool = True  # of a teardown: whether its failure fails the run (on_failure_fail_dagrun)
    setups: tuple[TaskId, ...] = ()
    outlets: tuple[str, ...] = ()
    inlets: tuple[str, ...] = ()
    sla_seconds: float | None = None
    callbacks: tuple[str, ...] = ()
    child_dag: str = ""
    display_name: str = ""  # what people see instead of the id
    doc: str = ""  # the long text of a task that has a description besides
    missing: Missing | None = None

    @property
    def map_scope(self) -> str:
        """The mapped group whose index the instances share; empty if there is none."""
        return self.expand.group if self.expand is not None else ""


@dataclass(frozen=True)
class DagSpec:
    """One DAG as its file said it; tasks stand in the author's order.

    ``file`` is the path below the DAG folder. ``params`` are the defaults a run's conf may override; those with a
    JSON schema have it in ``params_schema``.
    Raises ``DagCycle`` if tasks wait for each other and ``InvalidDag`` if an upstream task is missing.
    """

    dag_id: DagId
    tasks: tuple[TaskSpec, ...] = ()
    file: str = ""
    description: str = ""
    doc: str = ""
    schedule: Schedule | None = None
    start_date: datetime | None = None
    end_date: datetime | None = None
    catchup: bool = False
    max_active_runs: int = 16
    max_active_tasks: int = 64
    run_timeout_seconds: float | None = None
    is_paused_upon_creation: bool | None = None
    owner: str = ""
    tags: tuple[str, ...] = ()
    params: Mapping[str, Json] = field(default_factory=lambda: _NO_FIELDS)
    default_args: Mapping[str, Json] = field(default_factory=lambda: _NO_FIELDS)
    groups: tuple[GroupSpec, ...] = ()
    params_schema: Mapping[str, Json] = field(default_factory=lambda: _NO_FIELDS)
    sla_seconds: float | None = None  # by when after the end of its data interval a run should have succeeded
    callbacks: tuple[str, ...] = ()
    is_fail_fast: bool = False
    max_failed_runs: int = 0  # this many failed scheduled runs in a row turn the DAG off; 0: never
    assets: Mapping[str, Json] = field(default_factory=lambda: _NO_FIELDS)  # URI to what the file says of the asset
    edge_labels: tuple[EdgeLabel, ...] = ()
    display_name: str = ""  # what people see instead of the id
    owner_links: Mapping[str, Json] = field(default_factory=lambda: _NO_FIELDS)
    dialect: str = "native"  # whose habits the file has: ours, or those of a version of Airflow
    warnings: tuple[str, ...] = ()  # what the file says that has no effect, a sentence each

    def __post_init__(self) -> None:
        known = self.upstream.keys()
        for task in self.tasks:
            for parent in task.upstream:
                if parent not in known:
                    raise InvalidDag(
                        dag_id=self.dag_id,
                        task_id=task.task_id,
                        message=f"Task {task.task_id!r} waits for {parent!r}, which DAG {self.dag_id!r} does not have",
                    )
        cycle = find_cycle(self.upstream)
        if cycle:
            raise DagCycle(dag_id=self.dag_id, path=cycle)

    @cached_property
    def task_by_id(self) -> Mapping[str, TaskSpec]:
        """Each task under its id, in the author's order."""
        return {task.task_id: task for task in self.tasks}

    @cached_property
    def upstream(self) -> Mapping[str, tuple[TaskId, ...]]:
        """For each task the tasks it waits for."""
        return {task.task_id: task.upstream for task in self.tasks}

    @cached_property
    def downstream(self) -> Mapping[str, tuple[str, ...]]:
        """For each task the tasks that wait for it."""
        return downstream_of(self.upstream)

    @cached_property
    def position(self) -> Mapping[str, int]:
        """Where each task stands in the author's order, from 0."""
        return {task.task_id: number for number, task in enumerate(self.tasks)}

    @cached_property
    def turns(self) -> Mapping[str, int]:
        """Which place each task has in the queue for room, from 0: heavy before light, then the author's order."""
        ordered = sorted(self.tasks, key=lambda task: -task.priority_weight)
        return {task.task_id: number for number, task in enumerate(ordered)}

    @cached_property
    def leaves(self) -> tuple[str, ...]:
        """The tasks nobody waits for."""
        return leaves(self.upstream)

    @cached_property
    def inner_upstream(self) -> Mapping[str, tuple[TaskId, ...]]:
        """For each task of a mapped group the tasks it waits for index by index: those of the same group."""
        tasks = self.task_by_id
        found = {
            task.task_id: tuple(parent for parent in task.upstream if tasks[parent].map_scope == task.map_scope)
            for task in self.tasks
            if task.map_scope
        }
        return {name: parents for name, parents in found.items() if parents}

    @cached_property
    def outer_upstream(self) -> Mapping[str, tuple[TaskId, ...]]:
        """For each task the tasks all of whose instances it waits for."""
        inner = self.inner_upstream
        if not inner:
            return self.upstream
        return {
            name: tuple(parent for parent in parents if parent not in inner.get(name, ()))
            for name, parents in self.upstream.items()
        }

    @cached_property
    def inner_downstream(self) -> Mapping[str, tuple[str, ...]]:
        """``inner_upstream`` the other way round; tasks without are left out."""
        below: dict[str, list[str]] = {}
        for name, parents in self.inner_upstream.items():
            for parent in parents:
                below.setdefault(parent, []).append(name)
        return {name: tuple(children) for name, children in below.items()}

    @cached_property
    def outer_downstream(self) -> Mapping[str, tuple[str, ...]]:
        """``outer_upstream`` the other way round."""
        return downstream_of(self.outer_upstream) if self.inner_upstream else self.downstream

    @cached_property
    def guarded(self) -> Mapping[str, tuple[str, ...]]:
        """For each setup task the tasks that need it; tasks that nobody needs so are left out."""
        below: dict[str, list[str]] = {}
        for task in self.tasks:
            for setup in task.setups:
                below.setdefault(setup, []).append(task.task_id)
        return {name: tuple(children) for name, children in below.items()}

    @cached_property
    def deciding(self) -> tuple[str, ...]:
        """The tasks whose ends decide how a run ends: the leaves but for teardowns, and teardowns that are to count."""
        teardowns = {task.task_id for task in self.tasks if task.is_teardown}
        if not teardowns:
            return self.leaves
        last = {name for name, below in self.downstream.items() if all(child in teardowns for child in below)}
        counting = {task.task_id for task in self.tasks if task.is_teardown and task.is_deciding}
        found = tuple(task.task_id for task in self.tasks if task.task_id in (last - teardowns) | counting)
        return found or self.leaves

    @cached_property
    def past_dependents(self) -> tuple[str, ...]:
        """The tasks that look at the run before."""
        return tuple(task.task_id for task in self.tasks if task.depends_on_past or task.wait_for_downstream)

    @cached_property
    def deadlines(self) -> tuple[tuple[float, str], ...]:
        """When after the end of a run's data interval which task (empty: the run) should be done; earliest first."""
        found = [(task.sla_seconds, str(task.task_id)) for task in self.tasks if task.sla_seconds is not None]
        if self.sla_seconds is not None:
            found.append((self.sla_seconds, ""))
        return tuple(sorted(found))

    @property
    def edges(self) -> tuple[tuple[str, str], ...]:
        """All (upstream, downstream) pairs, by downstream task in the author's order."""
        return tuple((parent, task.task_id) for task in self.tasks for parent in task.upstream)
