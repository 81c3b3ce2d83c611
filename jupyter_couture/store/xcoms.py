"""Values between tasks: stored with the attempt that pushed them, pulled by others, listed for people.

Nothing here knows what a value is; it is text of a form that task processes read.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Select, and_, bindparam, delete, func, insert, or_, select

from jupyter_couture.model.errors import NotFound
from jupyter_couture.model.ids import AttemptId, DagId, RunId, RunKey, TaskId, TaskKey
from jupyter_couture.model.states import AttemptState, RunState
from jupyter_couture.model.xcom import EarlierRun, XCom, XComFilter, XComForm, XComItem, XComPage, XComQuery
from jupyter_couture.store.columns import DatabaseNow
from jupyter_couture.store.part import StorePart
from jupyter_couture.store.tables import attempt, dag_run
from jupyter_couture.store.tables_xcom import xcom

_RUN_PK = (
    select(dag_run.c.id)
    .where(dag_run.c.dag_id == bindparam("of_dag"), dag_run.c.run_id == bindparam("of_run"))
    .scalar_subquery()
)
_OF_INSTANCE = (
    xcom.c.run_pk == _RUN_PK,
    xcom.c.task_id == bindparam("of_task"),
    xcom.c.map_index == bindparam("of_index"),
)
_DROP = delete(xcom).where(*_OF_INSTANCE)
_DROP_ONE = delete(xcom).where(*_OF_INSTANCE, xcom.c.key == bindparam("of_key"))
_VALUES = ("attempt_id", "form", "type_name", "size_bytes", "preview", "value", "path", "sha256", "mac")
_INSERT = insert(xcom).values(
    {
        "run_pk": _RUN_PK,
        "task_id": bindparam("of_task"),
        "map_index": bindparam("of_index"),
        "key": bindparam("of_key"),
        "pushed_at": DatabaseNow(),
        **{name: bindparam(name) for name in _VALUES},
    }
)
_KEPT = select(func.sum(xcom.c.size_bytes)).where(
    xcom.c.run_pk == _RUN_PK,
    or_(
        xcom.c.task_id != bindparam("of_task"),
        xcom.c.map_index != bindparam("of_index"),
        xcom.c.key != bindparam("of_key"),
    ),
)
_HOLD_ATTEMPT = (
    select(dag_run.c.dag_id, dag_run.c.run_id, attempt.c.task_id, attempt.c.map_index, attempt.c.state)
    .join_from(attempt, dag_run, attempt.c.run_pk == dag_run.c.id)
    .where(attempt.c.attempt_id == bindparam("attempt_id"))
    .with_for_update(of=attempt)
)
_COLUMNS = (
    dag_run.c.dag_id,
    dag_run.c.run_id,
    xcom.c.task_id,
    xcom.c.map_index,
    xcom.c.key,
    xcom.c.attempt_id,
    xcom.c.pushed_at,
    xcom.c.form,
    xcom.c.type_name,
    xcom.c.size_bytes,
    xcom.c.preview,
    xcom.c.path,
    xcom.c.sha256,
    xcom.c.mac,
)
_EARLIER_COLUMNS = tuple(dag_run.c[name] for name in EarlierRun.__dataclass_fields__)
_BUDGET_BYTES = 8 * 1024**2
"""Of values in one answer, if there are several."""


class PushedItem(NamedTuple):
    """A value on its way into the table."""

    run_key: RunKey
    task_key: TaskKey
    attempt_id: str
    key: str
    item: XComItem


def put_xcoms(connection: Connection, pushed: Iterable[PushedItem]) -> None:
    """Insert values, replacing those of the same key."""
    rows = [{**_named(one.run_key, one.task_key), "of_key": one.key, **_row_of(one)} for one in pushed]
    if rows:
        connection.execute(_DROP_ONE, [{name: row[name] for name in row if name.startswith("of_")} for row in rows])
        connection.execute(_INSERT, rows)


def drop_xcoms(connection: Connection, instances: Iterable[tuple[RunKey, TaskKey]]) -> None:
    """Remove all values of task instances; to be done when one is cleared or begins a new try."""
    rows = [_named(run_key, task_key) for run_key, task_key in sorted(set(instances))]
    if rows:
        connection.execute(_DROP, rows)


def _named(run_key: RunKey, task_key: TaskKey) -> dict[str, Any]:
    return {
        "of_dag": run_key.dag_id,
        "of_run": run_key.run_id,
        "of_task": task_key.task_id,
        "of_index": task_key.map_index,
    }


def _row_of(pushed: PushedItem) -> dict[str, Any]:
    item = pushed.item
    return {
        "attempt_id": pushed.attempt_id,
        "form": item.form.value,
        "type_name": item.type_name,
        "size_bytes": item.size_bytes,
        "preview": item.preview,
        "value": item.value,
        "path": item.path,
        "sha256": item.sha256,
        "mac": item.mac,
    }


def _xcom_from(row: Sequence[Any], value: Any = None) -> XCom:
    dag_id, run_id, task_id, map_index, key, attempt_id, pushed_at, form, type_name, size, preview, path, sha, mac = row
    return XCom(
        run_key=RunKey(DagId(dag_id), RunId(run_id)),
        task_key=TaskKey(TaskId(task_id), map_index),
        key=key,
        item=XComItem(
            form=XComForm(form),
            type_name=type_name,
            size_bytes=size,
            preview=preview,
            value=value,
            path=path,
            sha256=sha,
            mac=mac,
        ),
        attempt_id=attempt_id,
        pushed_at=pushed_at,
    )


class XComPart(StorePart):
    """Values between tasks, and what else running attempts ask for."""

    def keep_xcoms(self, attempt_id: AttemptId, items: Mapping[str, XComItem]) -> bool:
        """Store values of a running attempt under their keys, replacing; False if the attempt is not open any more."""

        def body(connection: Connection) -> bool:
            found = connection.execute(_HOLD_ATTEMPT, {"attempt_id": attempt_id}).one_or_none()
            if found is None or found.state != AttemptState.RUNNING.value:
                return False
            run_key = RunKey(DagId(found.dag_id), RunId(found.run_id))
            task_key = TaskKey(TaskId(found.task_id), found.map_index)
            put_xcoms(
                connection,
                [PushedItem(run_key, task_key, attempt_id, key, item) for key, item in items.items()],
            )
            return True

        return self._db.write(body)

    def kept_bytes(self, run_key: RunKey, task_key: TaskKey, key: str) -> int:
        """The size of all values of a run, but for the one that another under ``key`` would replace."""
        values = {**_named(run_key, task_key), "of_key": key}
        return int(self._db.read(lambda connection: connection.execute(_KEPT, values).scalar()) or 0)

    def pull_xcoms(self, query: XComQuery) -> XComPage:
        """Values that fit. Of several no more than fit into one answer are given, but always one."""
        where = _conditions(query)
        chosen = select(*_COLUMNS, xcom.c.value).join_from(xcom, dag_run, xcom.c.run_pk == dag_run.c.id).where(*where)
        order = (dag_run.c.logical_date.desc(), xcom.c.pushed_at.desc(), xcom.c.map_index.desc(), xcom.c.key)
        chosen = chosen.order_by(*((xcom.c.map_index, *order) if query.is_by_index else order))
        count = select(func.count()).select_from(xcom).join(dag_run, xcom.c.run_pk == dag_run.c.id).where(*where)

        def body(connection: Connection) -> XComPage:
            rows: list[XCom] = []
            room = _BUDGET_BYTES
            for row in connection.execute(chosen.limit(query.limit).offset(query.offset)):
                found = _xcom_from(row[:-1], row[-1])
                if not found.item.path:
                    room -= found.item.size_bytes
                if rows and room < 0:
                    break
                rows.append(found)
            is_all = query.limit > 1 and not query.offset and len(rows) < query.limit and room >= 0
            total = len(rows) if is_all else connection.execute(count).scalar_one()
            return XComPage(tuple(rows), total)

        return self._db.read(body)

    def dags_with_runs(self) -> Collection[DagId]:
        """Every DAG that has a run."""
        wanted = select(dag_run.c.dag_id).distinct()
        return [DagId(name) for name in self._db.read(lambda connection: connection.execute(wanted).scalars().all())]

    def run_ids(self, dag_id: DagId) -> Collection[RunId]:
        """Every run of a DAG."""
        wanted = select(dag_run.c.run_id).where(dag_run.c.dag_id == dag_id)
        return [RunId(name) for name in self._db.read(lambda connection: connection.execute(wanted).scalars().all())]

    def earlier_run(self, key: RunKey, *, only_success: bool) -> EarlierRun | None:
        """The run of the same DAG with the greatest logical date before that of ``key``."""
        date = select(dag_run.c.logical_date).where(dag_run.c.dag_id == key.dag_id, dag_run.c.run_id == key.run_id)
        wanted = (
            select(*_EARLIER_COLUMNS)
            .where(dag_run.c.dag_id == key.dag_id, dag_run.c.logical_date < date.scalar_subquery())
            .order_by(dag_run.c.logical_date.desc())
            .limit(1)
        )
        if only_success:
            wanted = wanted.where(dag_run.c.state == RunState.SUCCESS.value)
        row = self._db.read(lambda connection: connection.execute(wanted).one_or_none())
        return None if row is None else EarlierRun(**row._mapping)

    def list_xcoms(self, wanted: XComFilter) -> XComPage:
        """Values for people, newest first: previews, not the values."""
        columns = {
            dag_run.c.dag_id: wanted.dag_id,
            dag_run.c.run_id: wanted.run_id,
            xcom.c.task_id: wanted.task_id,
            xcom.c.map_index: wanted.map_index,
            xcom.c.key: wanted.key,
        }
        where = [column == value for column, value in columns.items() if value is not None]
        if wanted.dag_ids is not None:
            where.append(dag_run.c.dag_id.in_(sorted(wanted.dag_ids)))
        source = select(*_COLUMNS).join_from(xcom, dag_run, xcom.c.run_pk == dag_run.c.id).where(*where)
        count = select(func.count()).select_from(xcom).join(dag_run, xcom.c.run_pk == dag_run.c.id).where(*where)
        at = xcom.c.pushed_at if wanted.is_oldest_first else xcom.c.pushed_at.desc()
        page = source.order_by(at, xcom.c.run_pk, xcom.c.task_id, xcom.c.map_index, xcom.c.key)

        def body(connection: Connection) -> XComPage:
            found = connection.execute(page.limit(wanted.limit).offset(wanted.offset)).all()
            return XComPage(tuple(_xcom_from(row) for row in found), connection.execute(count).scalar_one())

        return self._db.read(body)

    def xcom(self, run_key: RunKey, task_key: TaskKey, key: str) -> XCom:
        """One value; raises ``NotFound``."""
        source = select(*_COLUMNS, xcom.c.value).join_from(xcom, dag_run, xcom.c.run_pk == dag_run.c.id)
        wanted = source.where(
            dag_run.c.dag_id == run_key.dag_id,
            dag_run.c.run_id == run_key.run_id,
            xcom.c.task_id == task_key.task_id,
            xcom.c.map_index == task_key.map_index,
            xcom.c.key == key,
        )
        row = self._db.read(lambda connection: connection.execute(wanted).one_or_none())
        if row is None:
            raise NotFound(what="XCom", id=f"{run_key.dag_id}/{run_key.run_id}/{task_key.task_id}/{key}")
        return _xcom_from(row[:-1], row[-1])

    def delete_xcom(self, run_key: RunKey, task_key: TaskKey, key: str) -> XCom:
        """Remove one value and give back what it was, so that its file can go; raises ``NotFound``."""
        found = self.xcom(run_key, task_key, key)
        values = {**_named(run_key, task_key), "of_key": key}
        self._db.write(lambda connection: connection.execute(_DROP_ONE, values))
        return found


def _conditions(query: XComQuery) -> Sequence[ColumnElement[bool]]:
    own, at = query.own_run, query.logical_date
    where: list[ColumnElement[bool]] = [dag_run.c.dag_id == query.dag_id]
    if query.is_prior_wanted:
        where.append(dag_run.c.logical_date <= _limit_date(query))
    elif query.run_id is not None:
        where.append(dag_run.c.run_id == query.run_id)
    elif query.dag_id == own.dag_id:
        where.append(dag_run.c.run_id == own.run_id)
    else:
        where.append(or_(dag_run.c.run_id == own.run_id, dag_run.c.logical_date == at))
    if query.task_id is not None:
        where.append(xcom.c.task_id == query.task_id)
    if query.key is not None:
        where.append(xcom.c.key == query.key)
    if query.map_indexes is not None:
        where.append(xcom.c.map_index.in_(query.map_indexes))
    return where


def _limit_date(query: XComQuery) -> Any:
    """The logical date up to which runs count: that of the run that is named, else that of the asking one."""
    if query.run_id is None:
        return query.logical_date
    of_run: Select[tuple[datetime]] = select(dag_run.c.logical_date).where(
        and_(dag_run.c.dag_id == query.dag_id, dag_run.c.run_id == query.run_id)
    )
    return of_run.scalar_subquery()
