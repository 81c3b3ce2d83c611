"""``DAG``, as an object, with ``with``, and as the decorator ``@dag``."""

import inspect
import sys
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from functools import wraps
from pathlib import Path
from typing import Any, overload

from jupyter_couture.authoring import scopes
from jupyter_couture.authoring.arguments import aware, duration, refuse_unknown, whole_number
from jupyter_couture.authoring.dependencies import DependencyGraph
from jupyter_couture.authoring.edges import connect
from jupyter_couture.authoring.operator import BaseOperator
from jupyter_couture.authoring.references import DagParam
from jupyter_couture.authoring.schedules import read_schedule
from jupyter_couture.authoring.scopes import TaskHolder
from jupyter_couture.model.errors import InvalidDag, NotFound
from jupyter_couture.model.ids import dag_id as check_dag_id
from jupyter_couture.model.policy import Schedule, ScheduleKind

_PACKAGE = str(Path(__file__).parent)
_DEFAULT_ACTIVE_RUNS = 16
_DEFAULT_ACTIVE_TASKS = 64


class DAG(TaskHolder):
    """Tasks and the order they run in, and when runs are due.

    Parameters
    ----------
    dag_id
        Unique among all DAG files.
    schedule
        None (only by hand), a cron text of five fields, ``@hourly`` ``@daily`` ``@weekly`` ``@monthly`` ``@quarterly``
        ``@yearly`` ``@once`` ``@continuous``, or a ``timedelta``. ``schedule_interval`` is the older name.
    start_date, end_date
        Bounds of scheduled runs. A time without zone means UTC; the zone of ``start_date`` is that of a cron text.
    catchup
        Whether the runs between ``start_date`` and now are made up for.
    default_args
        Arguments for every operator of the DAG that takes them and is not given its own.
    params
        Default parameters, for templates; the conf of a run may override them.
    max_active_runs, max_active_tasks
        How many runs, and how many tasks over all runs, may be under way. ``concurrency`` is the older name of the
        second.
    dagrun_timeout
        Bound of one run, ``timedelta`` or seconds.
    is_paused_upon_creation
        Whether the DAG is off when first seen; None: as the deployment has it.
    """

    @refuse_unknown("DAG")
    def __init__(
        self,
        dag_id: str,
        *,
        description: str | None = None,
        schedule: str | timedelta | None = None,
        schedule_interval: str | timedelta | None = None,
        start_date: datetime | str | None = None,
        end_date: datetime | str | None = None,
        catchup: bool = False,
        default_args: Mapping[str, Any] | None = None,
        params: Mapping[str, Any] | None = None,
        tags: Iterable[str] | None = None,
        max_active_runs: int | None = None,
        max_active_tasks: int | None = None,
        concurrency: int | None = None,
        dagrun_timeout: timedelta | float | None = None,
        is_paused_upon_creation: bool | None = None,
        doc_md: str | None = None,
    ) -> None:
        self.dag_id = check_dag_id(dag_id)
        if schedule is not None and schedule_interval is not None:
            raise self._invalid("schedule and schedule_interval are two names of one thing; give one of them")
        self.description = description or ""
        self.default_args = dict(default_args or {})
        self.params = dict(params or {})
        self.own_start_date = aware(start_date, "start_date")
        self.end_date = aware(end_date, "end_date") or aware(self.default_args.get("end_date"), "end_date")
        self.schedule_interval = schedule if schedule is not None else schedule_interval
        first = self.own_start_date or aware(self.default_args.get("start_date"), "start_date")
        self.schedule: Schedule | None = read_schedule(
            self.schedule_interval, first.tzinfo if first else None, self.dag_id
        )
        self.catchup = bool(catchup)
        self.tags = tuple([tags] if isinstance(tags, str) else tags or ())
        self.max_active_runs = self._active_runs(max_active_runs)
        limit = max_active_tasks if max_active_tasks is not None else concurrency
        self.max_active_tasks = whole_number(
            _DEFAULT_ACTIVE_TASKS if limit is None else limit, "max_active_tasks", at_least=1
        )
        self.dagrun_timeout = duration(dagrun_timeout, "dagrun_timeout")
        self.is_paused_upon_creation = is_paused_upon_creation
        self.doc_md = doc_md or ""
        self.graph = DependencyGraph(self.dag_id)
        self.task_dict: dict[str, BaseOperator] = {}
        self.fileloc, self.line, self.module_name = _written_in()

    def _active_runs(self, given: int | None) -> int:
        is_continuous = self.schedule is not None and self.schedule.kind is ScheduleKind.CONTINUOUS
        if given is None:
            return 1 if is_continuous else _DEFAULT_ACTIVE_RUNS
        if is_continuous and given != 1:
            raise self._invalid(f"@continuous runs follow each other, so max_active_runs is 1, not {given}")
        return whole_number(given, "max_active_runs", at_least=1)

    def _invalid(self, message: str) -> InvalidDag:
        return InvalidDag(dag_id=self.dag_id, message=f"DAG {self.dag_id!r}: {message}")

    @property
    def tasks(self) -> list[BaseOperator]:
        """The tasks in the order of writing."""
        return list(self.task_dict.values())

    @property
    def nodes(self) -> list[Any]:
        return self.tasks

    @property
    def task_ids(self) -> list[str]:
        """Their ids."""
        return list(self.task_dict)

    @property
    def roots(self) -> list[BaseOperator]:
        """The tasks that wait for none."""
        return [task for task in self.tasks if not self.graph.upstream_of(task.task_id)]

    @property
    def leaves(self) -> list[BaseOperator]:
        """The tasks that none waits for."""
        return [task for task in self.tasks if not self.graph.downstream_of(task.task_id)]

    @property
    def start_date(self) -> datetime | None:
        """The DAG's own start, else that of its default arguments, else the earliest of its tasks."""
        default = self.own_start_date or aware(self.default_args.get("start_date"), "start_date")
        return default or min((task.start_date for task in self.tasks if task.start_date), default=None)

    @property
    def owner(self) -> str:
        """The owners of the tasks, each once; the default owner if there are no tasks."""
        named = dict.fromkeys(task.owner for task in self.tasks if task.owner)
        return ", ".join(named) or str(self.default_args.get("owner") or "")

    @property
    def folder(self) -> str:
        """The folder of the DAG's file."""
        return str(Path(self.fileloc).parent)

    @property
    def timezone(self) -> Any:
        """The time zone of the start date."""
        return self.start_date.tzinfo if self.start_date is not None else UTC

    def has_task(self, task_id: str) -> bool:
        """Whether there is such a task."""
        return task_id in self.task_dict

    def get_task(self, task_id: str) -> BaseOperator:
        """A task by id; raises ``NotFound``."""
        try:
            return self.task_dict[task_id]
        except KeyError:
            raise NotFound(what=f"task of DAG {self.dag_id}", id=task_id) from None

    def add_task(self, task: BaseOperator) -> None:
        """Take a task in that was made without a DAG; raises ``DuplicateTask``."""
        if task.dag is not self:
            task.join(self)

    def add_tasks(self, tasks: Iterable[BaseOperator]) -> None:
        """Take several tasks in."""
        for task in tasks:
            self.add_task(task)

    def add_node(self, node: BaseOperator) -> None:
        """Called by ``task.join``; use ``add_task``."""
        self.graph.add(node.task_id)
        self.task_dict[node.task_id] = node

    def set_dependency(self, upstream_task_id: str, downstream_task_id: str) -> None:
        """The same as ``upstream >> downstream``, by ids."""
        connect(self.get_task(upstream_task_id), self.get_task(downstream_task_id))

    def __enter__(self) -> "DAG":
        scopes.dags.push(self)
        return self

    def __exit__(self, kind: type[BaseException] | None, *rest: object) -> None:
        scopes.dags.pop()
        if kind is None:
            scopes.announce(self)

    def __repr__(self) -> str:
        return f"<DAG {self.dag_id}>"


@overload
def dag(dag_id: Callable[..., object]) -> Callable[..., DAG]: ...


@overload
def dag(dag_id: str = "", **options: Any) -> Callable[[Callable[..., object]], Callable[..., DAG]]: ...


def dag(dag_id: str | Callable[..., object] = "", **options: Any) -> object:
    """Make a DAG of a function: ``@dag`` or ``@dag(schedule=...)``; calling the function makes the DAG.

    Its name is the ``dag_id`` unless one is given, its docstring the documentation. Its arguments are parameters of
    the DAG: inside it they are references, to be handed to tasks, so that the conf of a run may set them.
    """
    if callable(dag_id):
        return _dag_factory(dag_id, dag_id.__name__, options)
    return lambda function: _dag_factory(function, dag_id or function.__name__, options)


def _dag_factory(function: Callable[..., object], dag_id: str, options: Mapping[str, Any]) -> Callable[..., DAG]:
    signature = inspect.signature(function)

    @wraps(function)
    def make(*args: Any, **kwargs: Any) -> DAG:
        bound = signature.bind(*args, **kwargs)
        bound.apply_defaults()
        settings = {"doc_md": inspect.getdoc(function), **options}
        settings["params"] = {**(options.get("params") or {}), **bound.arguments}
        with DAG(dag_id, **settings) as made:
            function(**{name: DagParam(name) for name in bound.arguments})
        return made

    return make


def _written_in() -> tuple[str, int, str]:
    """The file and line that made the DAG, and the module whose top level was being executed then."""
    frame = sys._getframe(1)
    while frame.f_back is not None and frame.f_code.co_filename.startswith(_PACKAGE):
        frame = frame.f_back
    fileloc, line = frame.f_code.co_filename, frame.f_lineno
    while frame.f_back is not None and frame.f_code.co_name != "<module>":
        frame = frame.f_back
    return fileloc, line, str(frame.f_globals.get("__name__", ""))
