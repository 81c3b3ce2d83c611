"""``DAG``, as an object, with ``with``, and as the decorator ``@dag``."""

import importlib
import inspect
import os
import sys
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from functools import wraps
from typing import Any, overload

from jupyter_couture.authoring import dialects, scopes
from jupyter_couture.authoring.arguments import (
    aware,
    callbacks,
    documentation,
    duration,
    refuse_unknown,
    whole_number,
)
from jupyter_couture.authoring.dag_schedule import Scheduled
from jupyter_couture.authoring.dag_words import DagWords
from jupyter_couture.authoring.dependencies import DependencyGraph
from jupyter_couture.authoring.dialects import Dialect
from jupyter_couture.authoring.edges import connect
from jupyter_couture.authoring.lookups import Lookups
from jupyter_couture.authoring.operator import BaseOperator
from jupyter_couture.authoring.references import DagParam
from jupyter_couture.authoring.schedules import read_schedule
from jupyter_couture.authoring.scopes import GroupHolder
from jupyter_couture.model.errors import InvalidDag, NotFound
from jupyter_couture.model.ids import dag_id as check_dag_id
from jupyter_couture.model.policy import ScheduleKind

DAG_CALLBACKS = ("on_success", "on_failure", "sla_miss")
"""What a DAG can tell of; the argument's name has ``_callback`` behind it."""

_PACKAGE = os.path.dirname(__file__)  # noqa: PTH120
_DEFAULT_ACTIVE_RUNS = 16
_DEFAULT_ACTIVE_TASKS = 64

_INSTEAD = {"deadline": "; sla and sla_miss_callback say when a run is late"}

_AS_USUAL: Any = object()
"""Not given, which by dialect may mean another thing than None."""

_CATCHES_UP = frozenset({Dialect.AIRFLOW_1, Dialect.AIRFLOW_2})
"""Dialects in which a DAG runs once a day and catches up unless it says otherwise."""


class DAG(Lookups, DagWords, Scheduled):
    """Tasks and the order they run in, and when runs are due.

    Parameters
    ----------
    dag_id
        Unique among all DAG files.
    schedule
        None (only by hand), a cron text of five fields, ``@hourly`` ``@daily`` ``@weekly`` ``@monthly`` ``@quarterly``
        ``@yearly`` ``@once`` ``@continuous``, a ``timedelta`` or ``relativedelta``, a timetable, an asset, ``a & b``,
        ``a | b`` or a list of assets (docs/schedules.md, docs/assets.md). ``schedule_interval`` and ``timetable`` are
        older names. None is the default too, but in files written for Airflow 1.10 or 2: there it is one day.
    start_date, end_date
        Bounds of scheduled runs. A time without zone means UTC; the zone of ``start_date`` is that of a cron text.
    catchup
        Whether the runs between ``start_date`` and now are made up for: no by default, but in files written for
        Airflow 1.10 or 2.
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
    doc_md, dag_display_name, owner_links, default_view, orientation
        For people. ``doc_md`` may name a ``.md`` file beside the DAG's. The last two are accepted for old files.
    sla, sla_miss_callback
        By when after the end of its data interval a run should have succeeded (``timedelta`` or seconds); what to call
        when a run or a task is late.
    on_success_callback, on_failure_callback
        Functions of the context, one or a list, called once when a run has ended so.
    fail_fast
        End a run with its first failed task: what runs is stopped, what waits is skipped. ``fail_stop`` is the older
        name. Refused unless all tasks have the trigger rule ``all_success``.
    max_consecutive_failed_dag_runs
        So many failed scheduled runs in a row turn the DAG off; 0: never.
    user_defined_macros, user_defined_filters, template_searchpath, template_undefined, jinja_environment_kwargs
        For templates, see ``docs/templates.md``. Template files are looked for below the DAG's folder, then in
        ``template_searchpath``.
    render_template_as_native_obj
        Let templates give Python values instead of texts.
    access_control, auto_register, full_filepath, disable_bundle_versioning
        Accepted for Airflow's sake; rights are the deployment's, and runs keep the version they started with.
    deadline, allowed_run_types
        Accepted with a warning on the DAG.
    """

    @refuse_unknown("DAG")
    def __init__(
        self,
        dag_id: str,
        description: str | None = None,
        schedule: Any = _AS_USUAL,
        start_date: datetime | str | None = None,
        end_date: datetime | str | None = None,
        *,
        schedule_interval: Any = _AS_USUAL,
        timetable: Any = _AS_USUAL,
        catchup: bool | None = None,
        default_args: Mapping[str, Any] | None = None,
        params: Mapping[str, Any] | None = None,
        tags: Iterable[str] | None = None,
        max_active_runs: int | None = None,
        max_active_tasks: int | None = None,
        concurrency: int | None = None,
        dagrun_timeout: timedelta | float | None = None,
        is_paused_upon_creation: bool | None = None,
        doc_md: str | None = None,
        dag_display_name: str | None = None,
        sla: timedelta | float | None = None,
        on_success_callback: Any = None,
        on_failure_callback: Any = None,
        sla_miss_callback: Any = None,
        fail_fast: bool = False,
        fail_stop: bool = False,
        max_consecutive_failed_dag_runs: int = 0,
        user_defined_macros: Mapping[str, Any] | None = None,
        user_defined_filters: Mapping[str, Callable[..., Any]] | None = None,
        template_searchpath: str | Iterable[str] | None = None,
        template_undefined: Any = None,
        jinja_environment_kwargs: Mapping[str, Any] | None = None,
        render_template_as_native_obj: bool = False,
        owner_links: Mapping[str, str] | None = None,
        access_control: Mapping[str, Any] | None = None,
        default_view: str | None = None,
        orientation: str | None = None,
        auto_register: bool = True,
        full_filepath: str | None = None,
        deadline: Any = None,
        allowed_run_types: Any = None,
        disable_bundle_versioning: bool = False,
    ) -> None:
        self.dag_id = check_dag_id(dag_id)
        self.dialect = dialects.current()
        self.description = description or ""
        self.default_args = dict(default_args or {})
        self.warnings: list[str] = []
        self.params = dict(params or {})
        self.own_start_date = aware(start_date, "start_date")
        self.end_date = aware(end_date, "end_date") or aware(self.default_args.get("end_date"), "end_date")
        self.schedule_interval = self._schedule_of(
            schedule=schedule, schedule_interval=schedule_interval, timetable=timetable
        )
        first = self.own_start_date or aware(self.default_args.get("start_date"), "start_date")
        self.plain_schedule = read_schedule(self.schedule_interval, first.tzinfo if first else None, self.dag_id)
        if first is not None and self.end_date is not None and self.end_date < first:
            self.warnings.append(f"end_date {self.end_date} lies before start_date {first}: no run is ever scheduled.")
        self.catchup = self.dialect in _CATCHES_UP if catchup is None else bool(catchup)
        self.tags = tuple([tags] if isinstance(tags, str) else tags or ())
        self.max_active_runs = self._active_runs(max_active_runs)
        limit = max_active_tasks if max_active_tasks is not None else concurrency
        self.max_active_tasks = whole_number(
            _DEFAULT_ACTIVE_TASKS if limit is None else limit, "max_active_tasks", at_least=1
        )
        self.dagrun_timeout = duration(dagrun_timeout, "dagrun_timeout")
        self.is_paused_upon_creation = is_paused_upon_creation
        self.dag_display_name = dag_display_name or ""
        self.sla = duration(sla, "sla")
        if self.sla is not None and self.sla <= timedelta(0):
            raise self._invalid("sla must be positive")
        self.on_success_callback = callbacks(on_success_callback, "on_success_callback")
        self.on_failure_callback = callbacks(on_failure_callback, "on_failure_callback")
        self.sla_miss_callback = callbacks(sla_miss_callback, "sla_miss_callback")
        self.fail_fast = bool(fail_fast) or bool(fail_stop)
        self.max_consecutive_failed_dag_runs = whole_number(
            max_consecutive_failed_dag_runs, "max_consecutive_failed_dag_runs", at_least=0
        )
        self.user_defined_macros = dict(user_defined_macros or {})
        self.user_defined_filters = dict(user_defined_filters or {})
        paths = [template_searchpath] if isinstance(template_searchpath, str) else template_searchpath
        self.template_searchpath = tuple(str(path) for path in paths or ())
        self.template_undefined = template_undefined
        self.jinja_environment_kwargs = dict(jinja_environment_kwargs or {})
        self.render_template_as_native_obj = bool(render_template_as_native_obj)
        self.owner_links = _links(self.dag_id, owner_links)
        self.access_control = dict(access_control or {})
        self.default_view, self.orientation = default_view, orientation
        self.auto_register = auto_register
        for name, given in (("deadline", deadline), ("allowed_run_types", allowed_run_types)):
            if given:
                self.warnings.append(f"{name} of the DAG is without effect here" + _INSTEAD.get(name, ""))
        self.graph = DependencyGraph(self.dag_id)
        self.group_dict: dict[str, GroupHolder] = {}
        self.partials: list[Any] = []
        self.task_dict: dict[str, BaseOperator] = {}
        self.fileloc, self.line, self.module_name = _written_in()
        self.doc_md = documentation(self.folder, doc_md=doc_md)

    def settle(self) -> None:
        """Read again what the author may have assigned since the DAG was made; its tasks have a ``settle`` too."""
        self.doc_md = documentation(self.folder, doc_md=self.doc_md)
        for name in DAG_CALLBACKS:
            setattr(self, f"{name}_callback", callbacks(getattr(self, f"{name}_callback"), f"{name}_callback"))

    def _schedule_of(self, **names: Any) -> Any:
        """The schedule by whichever of its names it was given; by its dialect a DAG that gives none runs every day."""
        given = {name: value for name, value in names.items() if value is not _AS_USUAL}
        told = [name for name, value in given.items() if value is not None]
        if len(told) > 1:
            raise self._invalid(f"{' and '.join(told)} are two names of one thing; give one of them")
        if told:
            return given[told[0]]
        return None if given or self.dialect not in _CATCHES_UP else timedelta(days=1)

    def _active_runs(self, given: int | None) -> int:
        schedule = self.plain_schedule
        is_continuous = schedule is not None and schedule.kind is ScheduleKind.CONTINUOUS
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
        return os.path.dirname(self.fileloc) or "."  # noqa: PTH120  # asked in each attempt

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

    def node_of(self, task_id: str) -> BaseOperator:
        """See ``get_task``."""
        return self.get_task(task_id)

    @property
    def task_groups(self) -> list[GroupHolder]:
        """The task groups in the order of writing."""
        return list(self.group_dict.values())

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

    def test(
        self,
        conf: Mapping[str, Any] | None = None,
        *,
        logical_date: datetime | str | None = None,
        check: bool = True,
    ) -> Any:
        """Run it once, now, to its end, and show how it goes: in a notebook as a picture, elsewhere in lines.

        The real engine does it, with a process for each attempt, in a home folder of its own that is gone afterwards.
        ``conf`` may override the DAG's params. Gives the outcome, which is true if the run succeeded; raises
        ``DagTestFailed`` if it did not, unless ``check`` is False. An interrupt cancels the run and leaves nothing.
        """
        return importlib.import_module("jupyter_couture.trials").try_out(
            self, conf, logical_date=logical_date, check=check
        )

    def __repr__(self) -> str:
        return f"<DAG {self.dag_id}>"

    def _repr_html_(self) -> str:
        return str(importlib.import_module("jupyter_couture.authoring.pictures").picture_of(self))


def _links(dag_id: str, links: Mapping[str, str] | None) -> dict[str, str]:
    for owner, link in (links or {}).items():
        if not str(link).startswith(("http://", "https://", "mailto:")):
            message = f"DAG {dag_id!r}: owner_links of {owner!r} must be an http(s) or mailto link, not {link!r}"
            raise InvalidDag(dag_id=dag_id, message=message)
    return dict(links or {})


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
