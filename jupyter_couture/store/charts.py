"""What charts are drawn from. Aggregated by the database where a run may have thousands of instances."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import compress
from typing import Any

import msgspec
from sqlalchemy import (
    BigInteger,
    BindParameter,
    ColumnElement,
    Connection,
    Select,
    Text,
    and_,
    bindparam,
    cast,
    func,
    or_,
    select,
    type_coerce,
)

from jupyter_couture.model.charts import AttemptSpan, Begun, Past, RowRange, RunSpan, SlotSpans, TaskPast
from jupyter_couture.model.dag import DEFAULT_POOL
from jupyter_couture.model.errors import NotFound
from jupyter_couture.model.ids import DagId, RunId, RunKey
from jupyter_couture.model.states import TERMINAL_RUN_STATES, WORST_FIRST, AttemptState, RunState, TaskState
from jupyter_couture.store.columns import from_micros
from jupyter_couture.store.live import IS_LIVE, find_run
from jupyter_couture.store.lumps import lists_of, rows_in_lists
from jupyter_couture.store.part import StorePart
from jupyter_couture.store.rows import RUN_COLUMNS, run_from
from jupyter_couture.store.tables import attempt, dag, dag_run, dag_version, task_instance

_MICROS = 1_000_000
_NEVER = datetime.max.replace(tzinfo=UTC)

_S = TaskState
_STATE_OF: Mapping[str, TaskState] = {state.value: state for state in TaskState}
_ENDED: frozenset[str] = frozenset({_S.SUCCESS, _S.FAILED, _S.SKIPPED, _S.UPSTREAM_FAILED, _S.REMOVED})


def _micros(table: Any) -> ColumnElement[int]:
    return type_coerce(table.c.ended_at, BigInteger) - type_coerce(table.c.started_at, BigInteger)


_HAS_DAG = select(dag.c.dag_id).where(dag.c.dag_id == bindparam("dag_id"))
_OF_RUNS: BindParameter[Any] = bindparam("ids", expanding=True)
_BY_STATE = (
    select(
        task_instance.c.run_pk,
        task_instance.c.task_id,
        task_instance.c.state,
        func.count().label("instances"),
        func.max(task_instance.c.try_number).label("tries"),
        func.max(task_instance.c.ended_at).label("ended_at"),
        func.max(_micros(task_instance)).label("micros"),
    )
    .where(task_instance.c.run_pk.in_(_OF_RUNS))
    .group_by(task_instance.c.run_pk, task_instance.c.task_id, task_instance.c.state)
    .subquery()
)
_TASKS = rows_in_lists(
    _BY_STATE.c.run_pk,
    columns=[_BY_STATE.c[name] for name in ("task_id", "state", "instances", "tries", "ended_at", "micros")],
)
_WORKED = (
    select(attempt.c.run_pk, attempt.c.task_id, cast(func.sum(_micros(attempt)), BigInteger).label("micros"))
    .where(attempt.c.run_pk.in_(_OF_RUNS), attempt.c.started_at.is_not(None), attempt.c.ended_at.is_not(None))
    .group_by(attempt.c.run_pk, attempt.c.task_id)
    .subquery()
)
_ALL_ATTEMPTS = rows_in_lists(_WORKED.c.run_pk, columns=(_WORKED.c.task_id, _WORKED.c.micros))
_BEGUN = (
    select(attempt.c.task_id, func.count(attempt.c.map_index.distinct()), func.count())
    .where(attempt.c.run_pk == bindparam("run_pk"))
    .group_by(attempt.c.task_id)
)
_HAS_ENDED = dag_run.c.state.in_([state.value for state in sorted(TERMINAL_RUN_STATES)])
_IN_WINDOW = or_(IS_LIVE, and_(_HAS_ENDED, dag_run.c.ended_at >= bindparam("since", type_=dag_run.c.ended_at.type)))
_RUNS = (
    select(
        dag_run.c.dag_id,
        dag_run.c.run_id,
        dag_run.c.state,
        dag_run.c.logical_date,
        dag_run.c.queued_at,
        dag_run.c.started_at,
        dag_run.c.ended_at,
    )
    .where(_IN_WINDOW)
    .order_by(dag_run.c.id.desc())
    .limit(bindparam("most"))
)
_TAKEN = (
    select(dag_run.c.version, attempt.c.task_id, attempt.c.dispatched_at, attempt.c.started_at, attempt.c.ended_at)
    .join_from(dag_run, attempt, attempt.c.run_pk == dag_run.c.id)
    .where(
        _IN_WINDOW,
        or_(attempt.c.ended_at.is_(None), attempt.c.ended_at >= bindparam("since", type_=attempt.c.ended_at.type)),
    )
)
_LAST_TAKEN = _TAKEN.order_by(attempt.c.ended_at.is_(None).desc(), attempt.c.ended_at.desc(), attempt.c.attempt_id)
_TAKEN_COUNT = select(func.count()).select_from(_TAKEN.limit(bindparam("most")).subquery())


def _slots_in_lists(taken: Select[Any]) -> Select[Any]:
    columns = taken.subquery().c
    names = ("task_id", "dispatched_at", "started_at", "ended_at")
    return rows_in_lists(columns.version, columns=[columns[name] for name in names])


_SLOTS = _slots_in_lists(_TAKEN)
_LAST_SLOTS = _slots_in_lists(_LAST_TAKEN.limit(bindparam("most")))
_SPEC_TEXTS = select(dag_version.c.version, type_coerce(dag_version.c.spec, Text)).where(
    dag_version.c.version.in_(bindparam("versions", expanding=True))
)


class ChartPart(StorePart):
    """What ``ports.charts.ChartStore`` promises."""

    def past(self, dag_id: DagId, count: int, until: datetime | None, *, with_attempts: bool) -> Past:
        """The newest ``count`` runs with a logical date up to ``until``, with their tasks; raises ``NotFound``."""
        wanted = select(*RUN_COLUMNS).where(dag_run.c.dag_id == dag_id)
        if until is not None:
            wanted = wanted.where(dag_run.c.logical_date <= until)
        wanted = wanted.order_by(dag_run.c.logical_date.desc(), dag_run.c.id.desc()).limit(count)

        def body(connection: Connection) -> Past:
            rows = list(reversed(connection.execute(wanted).all()))
            if not rows and connection.execute(_HAS_DAG, {"dag_id": dag_id}).first() is None:
                raise NotFound(what="DAG", id=dag_id)
            asked = {"ids": [row.id for row in rows]}
            tasks = _texts(connection, _TASKS, asked) if rows else {}
            worked = _texts(connection, _ALL_ATTEMPTS, asked) if rows and with_attempts else {}
            found = [_tasks(row.run_id, tasks[row.id], worked.get(row.id, ())) for row in rows if row.id in tasks]
            return Past([run_from(row) for row in rows], [task for of_run in found for task in of_run])

        return self._db.read(body)

    def begun(self, key: RunKey) -> Mapping[str, Begun]:
        """What has begun of a run, by task; raises ``NotFound``."""

        def body(connection: Connection) -> dict[str, Begun]:
            rows = connection.execute(_BEGUN, {"run_pk": find_run(connection, key).id})
            return {task_id: Begun(instances, attempts) for task_id, instances, attempts in rows}

        return self._db.read(body)

    def attempt_spans(
        self, key: RunKey, parts: Sequence[RowRange], most: int, *, is_grouped: bool
    ) -> tuple[Sequence[AttemptSpan], int]:
        """The newest ``most`` attempts of each row, by task, index and try, and how many others there are.

        A row is an instance of a task, with ``is_grouped`` all instances of it. Raises ``NotFound``.
        """
        wanted = _newest(parts, most, is_grouped=is_grouped)

        def body(connection: Connection) -> tuple[list[AttemptSpan], int]:
            rows = connection.execute(wanted, {"run_pk": find_run(connection, key).id}).all()
            spans = [_span(*row[1:]) for row in rows]
            in_row = {
                (each.task_id, is_grouped or each.map_index): row[0] for each, row in zip(spans, rows, strict=True)
            }
            return spans, sum(max(number - most, 0) for number in in_row.values())

        return self._db.read(body)

    def run_spans(self, since: datetime, most: int) -> Sequence[RunSpan]:
        """Runs that are live or ended after ``since``, newest first; ``most`` at most."""

        def body(connection: Connection) -> list[RunSpan]:
            return [
                RunSpan(DagId(dag_id), RunId(run_id), RunState(state), *times)
                for dag_id, run_id, state, *times in connection.execute(_RUNS, {"since": since, "most": most})
            ]

        return self._db.read(body)

    def slot_spans(self, since: datetime, most: int) -> tuple[Sequence[SlotSpans], datetime | None]:
        """Attempts that took or wanted slots after ``since``.

        Looks at ``most`` at most: at those under way, then at those that ended last. If there are more, the time is
        given by which all of these had ended.
        """

        def body(connection: Connection) -> tuple[list[SlotSpans], datetime | None]:
            asked = {"since": since, "most": most + 1}
            is_cut = connection.execute(_TAKEN_COUNT, asked).scalar_one() > most
            rows = connection.execute(_LAST_SLOTS if is_cut else _SLOTS, asked)
            found = [(version, lists_of(texts)) for version, *texts in rows]
            wants = _wants(connection, [version for version, _ in found])
            spans = [each for version, columns in found for each in _slots(wants[version], columns)]
            if not is_cut:
                return spans, None
            ends = [end for _, columns in found for end in columns[-1] if end is not None]
            return spans, from_micros(min(ends)) if ends else _NEVER

        return self._db.read(body)


def _newest(parts: Sequence[RowRange], most: int, *, is_grouped: bool) -> Select[Any]:
    row = [attempt.c.task_id] if is_grouped else [attempt.c.task_id, attempt.c.map_index]
    newest = (attempt.c.dispatched_at.desc(), attempt.c.try_number.desc(), attempt.c.attempt_id)
    ranked = (
        select(
            attempt.c.attempt_id,
            func.dense_rank().over(partition_by=attempt.c.task_id, order_by=attempt.c.map_index).label("place"),
            func.row_number().over(partition_by=row, order_by=newest).label("age"),
            func.count().over(partition_by=row).label("in_row"),
        )
        .where(attempt.c.run_pk == bindparam("run_pk"), attempt.c.task_id.in_([part.task_id for part in parts]))
        .subquery()
    )
    whole = [part.task_id for part in parts if part.end is None]
    pieces = [
        and_(attempt.c.task_id == part.task_id, ranked.c.place > part.first, ranked.c.place <= part.end)
        for part in parts
        if part.end is not None
    ]
    return (
        select(
            ranked.c.in_row,
            attempt.c.task_id,
            attempt.c.map_index,
            attempt.c.try_number,
            attempt.c.state,
            attempt.c.dispatched_at,
            attempt.c.started_at,
            attempt.c.ended_at,
            task_instance.c.label,
            attempt.c.outputs,
        )
        .join_from(ranked, attempt, attempt.c.attempt_id == ranked.c.attempt_id)
        .outerjoin(
            task_instance,
            and_(
                task_instance.c.run_pk == attempt.c.run_pk,
                task_instance.c.task_id == attempt.c.task_id,
                task_instance.c.map_index == attempt.c.map_index,
            ),
        )
        .where(ranked.c.age <= most, or_(attempt.c.task_id.in_(whole), *pieces))
        .order_by(attempt.c.task_id, attempt.c.map_index, attempt.c.try_number, attempt.c.dispatched_at)
    )


def _texts(connection: Connection, query: Select[Any], asked: Mapping[str, Any]) -> dict[int, Sequence[str]]:
    """By run."""
    return {run_pk: texts for run_pk, *texts in connection.execute(query, asked)}


_VERSIONS_AT_ONCE = 50
"""Their texts are held together."""


class _Wish(msgspec.Struct, gc=False):
    """What a stored spec says of a task's slots; the codec leaves out what is as usual."""

    task_id: str
    pool: str = DEFAULT_POOL
    pool_slots: int = 1


class _Wishes(msgspec.Struct):
    tasks: list[_Wish] = []


class _SpecDocument(msgspec.Struct):
    value: _Wishes


_wishes_of = msgspec.json.Decoder(_SpecDocument).decode


def _wants(connection: Connection, versions: Sequence[str]) -> dict[str, Mapping[str, tuple[str, int]]]:
    """Pool and slots of the tasks of some versions. Old ones are looked at for this alone, so they stay unread else."""
    return {
        version: {task.task_id: (task.pool, task.pool_slots) for task in _wishes_of(text).value.tasks}
        for first in range(0, len(versions), _VERSIONS_AT_ONCE)
        for version, text in connection.execute(_SPEC_TEXTS, {"versions": versions[first : first + _VERSIONS_AT_ONCE]})
    }


def _slots(wants: Mapping[str, tuple[str, int]], columns: Sequence[Sequence[Any]]) -> Iterator[SlotSpans]:
    """What attempts of a version took, those aside whose tasks it does not have."""
    task_ids, *times = columns
    own = {name: wants.get(name) for name in set(task_ids)}
    kinds = set(own.values())
    for kind in kinds:
        if kind is not None and len(kinds) == 1:
            yield SlotSpans(*kind, *times)
        elif kind is not None:
            is_own = [own[name] == kind for name in task_ids]
            yield SlotSpans(*kind, *(list(compress(column, is_own)) for column in times))


def _span(task_id: str, map_index: int, number: int, state: str, *more: Any) -> AttemptSpan:
    dispatched_at, started_at, ended_at, label, outputs = more
    notebook = _notebook(outputs)
    times = (dispatched_at, started_at, ended_at)
    return AttemptSpan(task_id, map_index, number, AttemptState(state), *times, label or "", notebook)


def _notebook(outputs: Any) -> str:
    path = outputs.get("notebook") if isinstance(outputs, Mapping) else None
    return path if isinstance(path, str) else ""


def _tasks(run_id: RunId, texts: Sequence[str], worked: Sequence[str]) -> list[TaskPast]:
    """One value for each task of a run, of rows that are one for each of their states."""
    sums: dict[str, float] = {}
    if worked:
        sums = {task_id: micros / _MICROS for task_id, micros in zip(*lists_of(worked), strict=True)}
    names, words, *numbers, ends, works = lists_of(texts)
    found = [
        TaskPast(
            run_id,
            task_id,
            _STATE_OF[word],
            instances,
            tries,
            ended_at if word in _ENDED else None,
            micros / _MICROS if micros is not None and word in _ENDED else None,
            sums.get(task_id),
        )
        for task_id, word, instances, tries, ended_at, micros in zip(names, words, *numbers, ends, works, strict=True)
    ]
    if len(set(names)) == len(names):
        return found
    parts: dict[str, list[TaskPast]] = {}
    for part in found:
        parts.setdefault(part.task_id, []).append(part)
    return [of_task[0] if len(of_task) == 1 else _together(of_task) for of_task in parts.values()]


def _together(parts: Sequence[TaskPast]) -> TaskPast:
    """A mapped task whose instances are in several states."""
    is_over = all(part.state in _ENDED for part in parts)
    ends = [part.ended_at for part in parts if part.ended_at is not None]
    took = [part.seconds for part in parts if part.seconds is not None]
    return parts[0]._replace(
        state=min((part.state for part in parts), key=WORST_FIRST.index),
        instances=sum(part.instances for part in parts),
        tries=max(part.tries for part in parts),
        ended_at=max(ends) if ends and is_over else None,
        seconds=max(took) if took and is_over else None,
    )
