"""The lists of all runs and of all task instances. Every filter is served by an index, and nothing counts for ever."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Select, and_, bindparam, exists, func, select

from jupyter_couture.model.browsing import (
    COUNTED,
    FoundTask,
    FoundTasks,
    RunFilter,
    RunOrder,
    TaskFilter,
    TaskOrder,
)
from jupyter_couture.model.records import RunRow
from jupyter_couture.model.states import TERMINAL_TASK_STATES
from jupyter_couture.store.lists import run_rows
from jupyter_couture.store.live import IS_LIVE
from jupyter_couture.store.part import StorePart
from jupyter_couture.store.rows import RUN_COLUMNS, TASK_COLUMNS, AnyRow, run_from, task_from
from jupyter_couture.store.tables import dag_run, task_instance
from jupyter_couture.store.tables_browsing import dag_task

_FEW_NAMES = 500

_SAID = ("operator", "kind", "pool", "max_tries")
_SAID_OF = select(dag_task.c.version, dag_task.c.task_id, *(dag_task.c[name] for name in _SAID)).where(
    dag_task.c.version.in_(bindparam("versions", expanding=True)),
    dag_task.c.task_id.in_(bindparam("task_ids", expanding=True)),
)
_RUN_ORDERS: Mapping[RunOrder, tuple[ColumnElement[Any], ...]] = {
    RunOrder.NEWEST: (dag_run.c.id.desc(),),
    RunOrder.OLDEST: (dag_run.c.id,),
    RunOrder.LATEST_DATE: (dag_run.c.logical_date.desc(), dag_run.c.id.desc()),
    RunOrder.EARLIEST_DATE: (dag_run.c.logical_date, dag_run.c.id),
}
_KEY = (task_instance.c.run_pk, task_instance.c.task_id, task_instance.c.map_index)
_OF_RUN = (task_instance.c.task_id, task_instance.c.map_index)
_NEWEST_RUN = (task_instance.c.run_pk.desc(), *(column.desc() for column in _OF_RUN))
_OLDEST_RUN = (task_instance.c.run_pk, *_OF_RUN)
_TASK_ORDERS: Mapping[TaskOrder, tuple[ColumnElement[Any], ...]] = {
    TaskOrder.NEWEST_RUN: _NEWEST_RUN,
    TaskOrder.OLDEST_RUN: _OLDEST_RUN,
    TaskOrder.LATEST_START: (task_instance.c.started_at.desc(), *_NEWEST_RUN),
    TaskOrder.EARLIEST_START: (task_instance.c.started_at, *_OLDEST_RUN),
}
"""Each ends in what names a row alone: pages of rows that started together must neither repeat nor lose any."""


class BrowsePart(StorePart):
    """See the module."""

    def browse_runs(self, wanted: RunFilter) -> tuple[Sequence[RunRow], int, bool]:
        """Runs, their number up to ``COUNTED``, and whether there are more than that."""
        matches = _run_matches(wanted)
        page = select(*RUN_COLUMNS).where(*matches).order_by(*_RUN_ORDERS[wanted.order])
        page = page.limit(wanted.limit).offset(wanted.offset)
        counted = select(dag_run.c.id).where(*matches)

        def body(connection: Connection) -> tuple[Sequence[RunRow], int, bool]:
            rows = run_rows(connection, connection.execute(page).all())
            return rows, *_count(connection, counted, wanted, len(rows))

        return self._db.read(body)

    def browse_tasks(self, wanted: TaskFilter) -> FoundTasks:
        """Task instances of all runs."""

        def body(connection: Connection) -> FoundTasks:
            matches, named, needs_run = _task_matches(connection, wanted)
            order = _TASK_ORDERS[wanted.order]
            keys = _from_tasks(select(*_KEY), needs_run=needs_run).where(*matches).order_by(*order)
            rows = connection.execute(_whole(keys.limit(wanted.limit).offset(wanted.offset)).order_by(*order)).all()
            counted = _from_tasks(select(task_instance.c.run_pk), needs_run=needs_run).where(*matches, *named)
            total, has_more = _count(connection, counted, wanted, len(rows))
            return FoundTasks(tuple(_found(connection, rows)), total, has_more)

        return self._db.read(body)


def _run_matches(wanted: RunFilter) -> list[ColumnElement[bool]]:
    matches: list[ColumnElement[bool]] = []
    if wanted.dag_id is not None:
        matches.append(dag_run.c.dag_id == wanted.dag_id)
    if wanted.states:
        matches.append(dag_run.c.state.in_([state.value for state in wanted.states]))
    if wanted.run_types:
        matches.append(dag_run.c.run_type.in_([kind.value for kind in wanted.run_types]))
    if wanted.date_from is not None:
        matches.append(dag_run.c.logical_date >= wanted.date_from)
    if wanted.date_to is not None:
        matches.append(dag_run.c.logical_date <= wanted.date_to)
    if wanted.search:
        matches.append(dag_run.c.run_id.contains(wanted.search, autoescape=True))
    return matches


class _Matches(NamedTuple):
    """What task instances are wanted: conditions, and another that follows from them but makes counting faster.

    ``needs_run``: they speak of the run's row beside that of the task instance.
    """

    conditions: Sequence[ColumnElement[bool]]
    named: Sequence[ColumnElement[bool]]
    needs_run: bool


def _task_matches(connection: Connection, wanted: TaskFilter) -> _Matches:
    of_run: list[ColumnElement[bool]] = []
    named: list[ColumnElement[bool]] = []
    if wanted.dag_id is not None:
        of_run.append(dag_run.c.dag_id == wanted.dag_id)
    if wanted.run_id is not None:
        of_run.append(dag_run.c.run_id == wanted.run_id)
    if wanted.states and not TERMINAL_TASK_STATES.intersection(wanted.states):
        of_run.append(IS_LIVE)  # only there can they be
    said = {name: value for name in ("operator", "pool") if (value := getattr(wanted, name)) is not None}
    matches: list[ColumnElement[bool]] = []
    if said:
        fits = [dag_task.c[name] == value for name, value in said.items()]
        named = _names_if_few(connection, fits)
        if named and _are_few(connection, named):
            matches.extend(named)
        own = (dag_task.c.version == dag_run.c.version, dag_task.c.task_id == task_instance.c.task_id)
        matches.append(exists().where(*own, *fits))
    if wanted.task_id is not None:
        matches.append(task_instance.c.task_id == wanted.task_id)
    if wanted.states:
        matches.append(task_instance.c.state.in_([state.value for state in wanted.states]))
    if wanted.started_from is not None:
        matches.append(task_instance.c.started_at >= wanted.started_from)
    if wanted.started_to is not None:
        matches.append(task_instance.c.started_at <= wanted.started_to)
    if wanted.order in (TaskOrder.LATEST_START, TaskOrder.EARLIEST_START):
        matches.append(task_instance.c.started_at.is_not(None))
    if of_run:  # as a list of runs, so that SQLite begins with it, not with the task instances of all DAGs
        matches.append(task_instance.c.run_pk.in_(select(dag_run.c.id).where(*of_run)))
    return _Matches(matches, named, needs_run=bool(said))


def _from_tasks(columns: Select[Any], *, needs_run: bool) -> Select[Any]:
    if not needs_run:
        return columns.select_from(task_instance)
    return columns.join_from(task_instance, dag_run, dag_run.c.id == task_instance.c.run_pk)


def _whole(keys: Select[Any]) -> Select[Any]:
    """Runs and task instances of a page of keys: what is sorted and thrown away is then no more than its key."""
    page = keys.subquery("page")
    is_on_page = and_(*(column == page.c[column.name] for column in _KEY))
    found = select(*RUN_COLUMNS, *TASK_COLUMNS).join_from(page, task_instance, is_on_page)
    return found.join(dag_run, dag_run.c.id == task_instance.c.run_pk)


def _names_if_few(connection: Connection, fits: Sequence[ColumnElement[bool]]) -> list[ColumnElement[bool]]:
    """Names of the tasks that fit, as a condition, if they are so few that it may pay to look for them by name."""
    names = connection.execute(select(dag_task.c.task_id).where(*fits).distinct().limit(_FEW_NAMES + 1)).scalars().all()
    if len(names) > _FEW_NAMES:
        return []
    return [task_instance.c.task_id.in_(names)]


def _are_few(connection: Connection, named: Sequence[ColumnElement[bool]]) -> bool:
    """Whether a page is looked for by name. Where many fit it is found sooner by going through all in order."""
    some = select(task_instance.c.run_pk).where(*named).limit(COUNTED + 1).subquery()
    return connection.execute(select(func.count()).select_from(some)).scalar_one() <= COUNTED


def _count(
    connection: Connection, matching: Select[Any], wanted: RunFilter | TaskFilter, shown: int
) -> tuple[int, bool]:
    """How many match, up to ``COUNTED``, and whether there are more; a page that is not full says it by itself."""
    if shown < wanted.limit and (shown or not wanted.offset):
        return min(wanted.offset + shown, COUNTED), wanted.offset + shown > COUNTED
    some = matching.limit(COUNTED + 1).subquery()
    number = connection.execute(select(func.count()).select_from(some)).scalar_one()
    return min(number, COUNTED), number > COUNTED


def _found(connection: Connection, rows: Sequence[AnyRow]) -> list[FoundTask]:
    """The rows of runs and task instances, with what their versions say of the tasks."""
    width = len(RUN_COLUMNS)
    runs = {row[0]: run_from(row[:width]) for row in rows}
    tasks = [(runs[row[0]], task_from(row[width:])) for row in rows]
    named = {
        "versions": sorted({run.version for run in runs.values()}),
        "task_ids": sorted({t.key[0] for _, t in tasks}),
    }
    said = {(version, task_id): rest for version, task_id, *rest in connection.execute(_SAID_OF, named)}
    return [FoundTask(run, task, *said.get((run.version, task.key.task_id), ())) for run, task in tasks]
