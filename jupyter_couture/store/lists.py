"""What pages show: the DAG list, runs, task instances, attempts, problems. None of it scans history."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Connection, and_, bindparam, func, or_, select

from jupyter_couture.model.browsing import DagOrder
from jupyter_couture.model.codec import from_json
from jupyter_couture.model.dag import DagSpec, Json
from jupyter_couture.model.errors import NotFound
from jupyter_couture.model.ids import DagId, RunKey, TaskKey, VersionHash
from jupyter_couture.model.records import (
    DagLabels,
    DagPage,
    DagQuery,
    DagRow,
    DagVersion,
    ImportProblem,
    RunRow,
    TaskRow,
)
from jupyter_couture.model.run import Attempt
from jupyter_couture.model.states import RunState, TaskState
from jupyter_couture.store.live import ATTEMPTS, IS_LIVE, find_run
from jupyter_couture.store.part import StorePart
from jupyter_couture.store.rows import RUN_COLUMNS, TASK_COLUMNS, AnyRow, attempt_from, run_from, task_from
from jupyter_couture.store.tables import attempt, dag, dag_run, dag_version, import_problem, task_instance
from jupyter_couture.store.timetables import timetable_problems

_IDS: BindParameter[Any] = bindparam("ids", expanding=True)

_newest_run = select(func.max(dag_run.c.id)).where(dag_run.c.dag_id == dag.c.dag_id).correlate(dag).scalar_subquery()
_DAG_COLUMNS = (
    dag.c.dag_id,
    dag.c.version,
    dag.c.is_paused,
    dag.c.is_active,
    dag.c.next_due,
    select(import_problem.c.id).where(import_problem.c.file == dag.c.file).correlate(dag).exists().label("is_troubled"),
    _newest_run.label("newest_run"),
)
_DAG_ORDERS: Mapping[DagOrder, Sequence[ColumnElement[Any]]] = {
    DagOrder.ID: (dag.c.dag_id,),
    DagOrder.ID_DOWN: (dag.c.dag_id.desc(),),
    DagOrder.LAST_RUN: (_newest_run.is_(None), _newest_run, dag.c.dag_id),
    DagOrder.LAST_RUN_DOWN: (_newest_run.is_(None), _newest_run.desc(), dag.c.dag_id),
    DagOrder.NEXT_RUN: (dag.c.next_due.is_(None), dag.c.next_due, dag.c.dag_id),
    DagOrder.NEXT_RUN_DOWN: (dag.c.next_due.is_(None), dag.c.next_due.desc(), dag.c.dag_id),
}
_TEXTS: Mapping[DagOrder, Callable[[DagSpec], str]] = {  # orders by what only the DAG's file says
    DagOrder.OWNER: lambda spec: spec.owner or "",
    DagOrder.OWNER_DOWN: lambda spec: spec.owner or "",
    DagOrder.SCHEDULE: lambda spec: spec.schedule.label if spec.schedule else "",
    DagOrder.SCHEDULE_DOWN: lambda spec: spec.schedule.label if spec.schedule else "",
}
_DAG = select(*_DAG_COLUMNS).where(dag.c.dag_id == bindparam("dag_id"))
_VERSIONS_IN_USE = select(dag.c.version).where(dag.c.is_active)
_HAS_DAG = select(dag.c.version).where(dag.c.dag_id == bindparam("dag_id"))
_RUN_COUNTS = (
    select(dag_run.c.dag_id, dag_run.c.state, func.count())
    .where(dag_run.c.dag_id.in_(_IDS))
    .group_by(dag_run.c.dag_id, dag_run.c.state)
)
_LIVE_RUNS = select(dag_run.c.dag_id, dag_run.c.id).where(dag_run.c.dag_id.in_(_IDS), IS_LIVE)
_RUNS = select(*RUN_COLUMNS).where(dag_run.c.id.in_(_IDS))
_TASK_COUNTS = (
    select(task_instance.c.run_pk, task_instance.c.state, func.count())
    .where(task_instance.c.run_pk.in_(_IDS))
    .group_by(task_instance.c.run_pk, task_instance.c.state)
)
_RUNS_OF = (
    select(*RUN_COLUMNS)
    .where(dag_run.c.dag_id == bindparam("dag_id"))
    .order_by(dag_run.c.id.desc())
    .limit(bindparam("count"))
    .offset(bindparam("skip"))
)
_RUNS_IN_ALL = select(func.count()).select_from(dag_run).where(dag_run.c.dag_id == bindparam("dag_id"))
_TASKS_OF = (
    select(*TASK_COLUMNS)
    .where(task_instance.c.run_pk == bindparam("run_pk"))
    .order_by(task_instance.c.task_id, task_instance.c.map_index)
)
_TASK = select(*TASK_COLUMNS).where(
    task_instance.c.run_pk == bindparam("run_pk"),
    task_instance.c.task_id == bindparam("task_id"),
    task_instance.c.map_index == bindparam("map_index"),
)
_PROGRESS_OF = (
    select(attempt.c.task_id, attempt.c.map_index, attempt.c.progress)
    .where(attempt.c.run_pk == bindparam("run_pk"))
    .order_by(attempt.c.try_number, attempt.c.dispatched_at)
)
_OF_TASK = and_(
    attempt.c.run_pk == bindparam("run_pk"),
    attempt.c.task_id == bindparam("task_id"),
    attempt.c.map_index == bindparam("map_index"),
)
_ATTEMPTS_OF = ATTEMPTS.where(_OF_TASK).order_by(attempt.c.try_number, attempt.c.dispatched_at)
_RENDERED = (
    select(attempt.c.rendered, attempt.c.outputs)
    .where(_OF_TASK, or_(attempt.c.rendered.is_not(None), attempt.c.outputs.is_not(None)))
    .order_by(attempt.c.try_number.desc(), attempt.c.dispatched_at.desc())
    .limit(1)
)
_OUTPUTS_OF = (
    select(attempt.c.outputs)
    .where(_OF_TASK, attempt.c.try_number == bindparam("try_number"), attempt.c.outputs.is_not(None))
    .order_by(attempt.c.dispatched_at.desc())
    .limit(1)
)
_VERSION = select(dag_version.c.version, dag_version.c.source).where(
    dag_version.c.dag_id == bindparam("dag_id"), dag_version.c.version == bindparam("version")
)
_VERSIONS = (
    select(dag_version.c.version, dag_version.c.first_seen_at)
    .where(dag_version.c.dag_id == bindparam("dag_id"))
    .order_by(dag_version.c.first_seen_at.desc(), dag_version.c.version)
)
_PROBLEMS = select(import_problem.c.document).order_by(import_problem.c.file, import_problem.c.id)
_RUNNING_TASKS = (
    select(task_instance.c.state, func.count())
    .join_from(dag_run, task_instance, task_instance.c.run_pk == dag_run.c.id)
    .where(IS_LIVE)
    .group_by(task_instance.c.state)
)
_RUNNING_RUNS = select(func.count()).select_from(dag_run).where(dag_run.c.state == RunState.RUNNING.value)
_FAILED_RUNS = (
    select(func.count())
    .select_from(dag_run)
    .where(dag_run.c.state == RunState.FAILED.value, dag_run.c.ended_at >= bindparam("since"))
)
_PROBLEM_COUNT = select(func.count()).select_from(import_problem)


class ListPart(StorePart):
    """Reading for pages."""

    def list_dags(self, query: DagQuery) -> DagPage:
        """The DAG list with its counters."""

        def body(connection: Connection) -> DagPage:
            matches = self._dag_matches(connection, query)
            paused = [] if query.is_paused is None else [dag.c.is_paused == query.is_paused]
            found = self._dag_page(connection, query, [*matches, *paused])
            counts = select(dag.c.is_paused, func.count()).where(*matches).group_by(dag.c.is_paused)
            numbers = {bool(is_paused): count for is_paused, count in connection.execute(counts)}
            shown = numbers if query.is_paused is None else {query.is_paused: numbers.get(query.is_paused, 0)}
            hidden = numbers.get(True, 0) if query.is_paused is False else 0
            return DagPage(tuple(self._dag_rows(connection, found)), sum(shown.values()), hidden)

        return self._db.read(body)

    def _dag_page(
        self, connection: Connection, query: DagQuery, matches: Sequence[ColumnElement[bool]]
    ) -> Sequence[AnyRow]:
        page = select(*_DAG_COLUMNS).where(*matches)
        text_of = _TEXTS.get(query.order)
        if text_of is None:
            ordered = page.order_by(*_DAG_ORDERS[query.order])
            return connection.execute(ordered.limit(query.limit).offset(query.offset)).all()
        names = connection.execute(select(dag.c.dag_id, dag.c.version).where(*matches).order_by(dag.c.dag_id)).all()
        specs = self._specs_of(connection, [row.version for row in names])
        texts = {row.dag_id: text_of(specs[row.version]).casefold() for row in names}
        said = sorted(filter(texts.__getitem__, texts), key=texts.__getitem__, reverse=query.order.startswith("-"))
        wanted = [*said, *(name for name, text in texts.items() if not text)][query.offset : query.offset + query.limit]
        rows = {row.dag_id: row for row in connection.execute(page.where(dag.c.dag_id.in_(wanted)))}
        return [rows[name] for name in wanted]

    def dag_labels(self) -> DagLabels:
        """Tags and owners of the DAGs of that list, by name."""

        def body(connection: Connection) -> DagLabels:
            tags: Counter[str] = Counter()
            owners: Counter[str] = Counter()
            versions = connection.execute(_VERSIONS_IN_USE).scalars().all()
            specs = self._specs_of(connection, versions)
            for spec in map(specs.__getitem__, versions):
                tags.update(set(spec.tags))
                owners.update(_owners(spec))
            return DagLabels(
                MappingProxyType(dict(sorted(tags.items()))), MappingProxyType(dict(sorted(owners.items())))
            )

        return self._db.read(body)

    def _dag_matches(self, connection: Connection, query: DagQuery) -> list[ColumnElement[bool]]:
        """Conditions for everything but being paused."""
        texts = [word for text in (query.search, query.tag, query.owner) if (word := text.strip().casefold())]
        matches = [dag.c.is_active, *(dag.c.search_text.contains(word, autoescape=True) for word in texts)]
        if query.state is not None:
            newest = select(dag_run.c.state).where(dag_run.c.id == _newest_run).correlate(dag).scalar_subquery()
            matches.append(newest == query.state.value)
        if query.tag or query.owner:  # the text that is searched does not say which is what
            rows = connection.execute(select(dag.c.dag_id, dag.c.version).where(*matches)).all()
            specs = self._specs_of(connection, [row.version for row in rows])
            matches.append(dag.c.dag_id.in_([row.dag_id for row in rows if _is_marked(specs[row.version], query)]))
        return matches

    def dag_row(self, dag_id: DagId) -> DagRow:
        """One row of that list; raises ``NotFound``."""

        def body(connection: Connection) -> DagRow:
            rows = connection.execute(_DAG, {"dag_id": dag_id}).all()
            if not rows:
                raise NotFound(what="DAG", id=dag_id)
            return self._dag_rows(connection, rows)[0]

        return self._db.read(body)

    def _dag_rows(self, connection: Connection, rows: Sequence[AnyRow]) -> list[DagRow]:
        ids = [row.dag_id for row in rows]
        specs = self._specs_of(connection, [row.version for row in rows])
        run_counts: dict[str, dict[str, int]] = {name: {state.value: 0 for state in RunState} for name in ids}
        for dag_id, state, count in connection.execute(_RUN_COUNTS, {"ids": ids}):
            run_counts[dag_id][state] = count
        live: dict[str, list[int]] = defaultdict(list)
        for dag_id, number in connection.execute(_LIVE_RUNS, {"ids": ids}):
            live[dag_id].append(number)
        last = {row.dag_id: row.newest_run for row in rows if row.newest_run is not None}
        recent = {name: live.get(name) or [last[name]] for name in last}
        task_counts = _task_counts(connection, {*last.values(), *(n for numbers in recent.values() for n in numbers)})
        last_runs = {row.dag_id: row for row in connection.execute(_RUNS, {"ids": list(last.values())})}
        return [
            DagRow(
                spec=specs[row.version],
                version=row.version,
                is_paused=bool(row.is_paused),
                is_active=bool(row.is_active),
                has_import_error=bool(row.is_troubled),
                next_due=row.next_due,
                last_run=_run_row(last_runs[row.dag_id], task_counts) if row.dag_id in last_runs else None,
                run_counts=MappingProxyType(run_counts[row.dag_id]),
                recent_tasks=_sum(task_counts.get(number, {}) for number in recent.get(row.dag_id, ())),
            )
            for row in rows
        ]

    def dag_version(self, dag_id: DagId, version: VersionHash | None = None) -> DagVersion:
        """A version of a DAG, the present one if None; raises ``NotFound``."""

        def body(connection: Connection) -> DagVersion:
            present = _present_version(connection, dag_id)
            wanted = version or present
            row = connection.execute(_VERSION, {"dag_id": dag_id, "version": wanted}).one_or_none()
            if row is None:
                raise NotFound(what="DAG version", id=f"{dag_id}@{wanted}")
            return DagVersion(wanted, self._spec(connection, wanted), row.source)

        return self._db.read(body)

    def dag_versions(self, dag_id: DagId) -> Sequence[tuple[VersionHash, datetime]]:
        """All versions with the time they were first seen, newest first."""

        def body(connection: Connection) -> list[tuple[VersionHash, datetime]]:
            return [(row.version, row.first_seen_at) for row in connection.execute(_VERSIONS, {"dag_id": dag_id})]

        return self._db.read(body)

    def list_runs(self, dag_id: DagId, limit: int, offset: int) -> tuple[Sequence[RunRow], int]:
        """Runs of a DAG, newest first, and their number; raises ``NotFound``."""

        def body(connection: Connection) -> tuple[Sequence[RunRow], int]:
            _present_version(connection, dag_id)
            rows = connection.execute(_RUNS_OF, {"dag_id": dag_id, "count": limit, "skip": offset}).all()
            total = connection.execute(_RUNS_IN_ALL, {"dag_id": dag_id}).scalar_one()
            return run_rows(connection, rows), total

        return self._db.read(body)

    def run_row(self, key: RunKey) -> RunRow:
        """One run without its tasks, with counters; raises ``NotFound``."""

        def body(connection: Connection) -> RunRow:
            row = find_run(connection, key)
            return _run_row(row, _task_counts(connection, [row.id]))

        return self._db.read(body)

    def task_rows(self, key: RunKey) -> Sequence[TaskRow]:
        """All task instances of a run; raises ``NotFound``. Empty while the run is queued."""

        def body(connection: Connection) -> list[TaskRow]:
            run_pk = find_run(connection, key).id
            progress = {TaskKey(row[0], row[1]): row[2] for row in connection.execute(_PROGRESS_OF, {"run_pk": run_pk})}
            tasks = [task_from(row) for row in connection.execute(_TASKS_OF, {"run_pk": run_pk})]
            return [TaskRow(task, _progress_from(progress.get(task.key))) for task in tasks]

        return self._db.read(body)

    def task_row(self, key: RunKey, task: TaskKey) -> TaskRow:
        """One task instance; raises ``NotFound``."""

        def body(connection: Connection) -> TaskRow:
            names = {"run_pk": find_run(connection, key).id, "task_id": task.task_id, "map_index": task.map_index}
            row = connection.execute(_TASK, names).one_or_none()
            if row is None:
                raise NotFound(what="task instance", id=f"{key.dag_id}/{key.run_id}/{task.task_id}")
            newest = connection.execute(_PROGRESS_OF.where(_OF_TASK), names).all()
            return TaskRow(task_from(row), _progress_from(newest[-1].progress if newest else None))

        return self._db.read(body)

    def attempts_of(self, key: RunKey, task: TaskKey) -> Sequence[Attempt]:
        """All attempts of a task instance by number."""

        def body(connection: Connection) -> list[Attempt]:
            names = {"run_pk": find_run(connection, key).id, "task_id": task.task_id, "map_index": task.map_index}
            return [attempt_from(row) for row in connection.execute(_ATTEMPTS_OF, names)]

        return self._db.read(body)

    def rendered(self, key: RunKey, task: TaskKey) -> tuple[Mapping[str, Json], Mapping[str, Json]] | None:
        """Rendered fields and outputs of the newest attempt that stored any; None if there is none."""

        def body(connection: Connection) -> tuple[Mapping[str, Json], Mapping[str, Json]] | None:
            names = {"run_pk": find_run(connection, key).id, "task_id": task.task_id, "map_index": task.map_index}
            row = connection.execute(_RENDERED, names).one_or_none()
            return None if row is None else (MappingProxyType(row[0] or {}), MappingProxyType(row[1] or {}))

        return self._db.read(body)

    def outputs_of(self, key: RunKey, task: TaskKey, try_number: int) -> Mapping[str, Json]:
        """Outputs of the newest attempt of one try that stored any; empty if there is none."""

        def body(connection: Connection) -> Mapping[str, Json]:
            names = {"run_pk": find_run(connection, key).id, "task_id": task.task_id, "map_index": task.map_index}
            found = connection.execute(_OUTPUTS_OF, {**names, "try_number": try_number}).scalar()
            return MappingProxyType(found or {})

        return self._db.read(body)

    def import_problems(self) -> Sequence[ImportProblem]:
        """Import problems of all files."""

        def body(connection: Connection) -> list[ImportProblem]:
            found = [from_json(ImportProblem, document) for document in connection.execute(_PROBLEMS).scalars()]
            return [*found, *timetable_problems(connection)]

        return self._db.read(body)

    def overview(self, since: datetime) -> Mapping[str, int]:
        """running_tasks, queued_tasks, running_runs, failed_runs (since), import_errors."""

        def body(connection: Connection) -> Mapping[str, int]:
            tasks = {row[0]: row[1] for row in connection.execute(_RUNNING_TASKS)}
            return {
                "running_tasks": tasks.get(TaskState.RUNNING.value, 0),
                "queued_tasks": tasks.get(TaskState.QUEUED.value, 0),
                "running_runs": connection.execute(_RUNNING_RUNS).scalar_one(),
                "failed_runs": connection.execute(_FAILED_RUNS, {"since": since}).scalar_one(),
                "import_errors": connection.execute(_PROBLEM_COUNT).scalar_one(),
            }

        return self._db.read(body)

    def check(self) -> str:
        """One round trip; the dialect's name. Raises ``Unavailable``."""
        self._db.read(lambda connection: connection.execute(_PROBLEM_COUNT).scalar_one())
        return self._db.dialect


def _is_marked(spec: DagSpec, query: DagQuery) -> bool:
    """Whether a DAG has the tag and the owner that are asked for, if any."""
    has_tag = not query.tag or query.tag in spec.tags
    return has_tag and (not query.owner or query.owner in _owners(spec))


def _owners(spec: DagSpec) -> set[str]:
    return {owner for owner in (spec.owner, *(task.owner for task in spec.tasks)) if owner}


def _present_version(connection: Connection, dag_id: DagId) -> VersionHash:
    version = connection.execute(_HAS_DAG, {"dag_id": dag_id}).scalar()
    if version is None:
        raise NotFound(what="DAG", id=dag_id)
    return VersionHash(version)


def _task_counts(connection: Connection, run_pks: Iterable[int]) -> dict[int, dict[str, int]]:
    counts: dict[int, dict[str, int]] = defaultdict(dict)
    for run_pk, state, count in connection.execute(_TASK_COUNTS, {"ids": list(run_pks)}):
        counts[run_pk][state] = count
    return counts


def run_rows(connection: Connection, rows: Sequence[AnyRow]) -> list[RunRow]:
    """The runs of ``rows`` (of ``RUN_COLUMNS``) with their counters."""
    counts = _task_counts(connection, [row.id for row in rows])
    return [_run_row(row, counts) for row in rows]


def _run_row(row: AnyRow, counts: Mapping[int, Mapping[str, int]]) -> RunRow:
    return RunRow(run_from(row), MappingProxyType(dict(counts.get(row.id, {}))))


def _sum(counts: Iterable[Mapping[str, int]]) -> Mapping[str, int]:
    total: dict[str, int] = defaultdict(int)
    for states in counts:
        for state, count in states.items():
            total[state] += count
    return MappingProxyType(dict(total))


def _progress_from(document: Sequence[Any] | None) -> tuple[int, int, str] | None:
    return None if document is None else (document[0], document[1], document[2])
