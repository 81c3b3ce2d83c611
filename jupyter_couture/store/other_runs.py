"""What tasks ask about other runs: states by logical date, who runs as a part of whom, what a DAG consists of."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, or_, select

from jupyter_couture.model.codec import from_json
from jupyter_couture.model.dag import Json
from jupyter_couture.model.ids import DagId, RunId, RunKey, VersionHash
from jupyter_couture.model.records import RunRow, RunSearch
from jupyter_couture.model.run import DagRun, TaskInstance, TaskRef
from jupyter_couture.model.states import RunState
from jupyter_couture.store.lists import run_rows
from jupyter_couture.store.live import with_tasks
from jupyter_couture.store.part import StorePart
from jupyter_couture.store.rows import RUN_COLUMNS, TASK_COLUMNS, parent_key, run_from, task_from
from jupyter_couture.store.tables import dag, dag_run, task_instance

_AT_ONCE = 400
_MOST_ANCESTORS = 100

_STATES = select(dag_run.c.dag_id, dag_run.c.run_id, dag_run.c.state).where(
    dag_run.c.run_id.in_(bindparam("run_ids", expanding=True))
)
_PARENT = select(dag_run.c.parent).where(
    dag_run.c.dag_id == bindparam("dag_id"), dag_run.c.run_id == bindparam("run_id")
)
_TRIGGERED = (
    select(*RUN_COLUMNS)
    .where(dag_run.c.parent_key == bindparam("parent_key"))
    .order_by(dag_run.c.id.desc())
    .limit(bindparam("count"))
)
_DAG = select(dag.c.version, dag.c.is_paused).where(dag.c.dag_id == bindparam("dag_id"), dag.c.is_active)
_BY_DATE = (
    select(dag_run.c.id, dag_run.c.run_id, dag_run.c.logical_date, dag_run.c.state, dag_run.c.version)
    .where(dag_run.c.dag_id == bindparam("dag_id"), dag_run.c.logical_date.in_(bindparam("dates", expanding=True)))
    .order_by(dag_run.c.logical_date, dag_run.c.id)
)
_TASK_STATES = (
    select(task_instance.c.task_id, task_instance.c.map_index, task_instance.c.state)
    .where(
        task_instance.c.run_pk == bindparam("run_pk"),
        task_instance.c.task_id.in_(bindparam("task_ids", expanding=True)),
    )
    .order_by(task_instance.c.task_id, task_instance.c.map_index)
)
_TASKS = (
    select(*TASK_COLUMNS)
    .join(dag_run, dag_run.c.id == task_instance.c.run_pk)
    .where(dag_run.c.dag_id == bindparam("dag_id"), dag_run.c.run_id == bindparam("run_id"))
    .order_by(task_instance.c.task_id, task_instance.c.map_index)
)
_AT = select(*RUN_COLUMNS).where(
    dag_run.c.dag_id == bindparam("dag_id"),
    or_(dag_run.c.run_id == bindparam("run_id"), dag_run.c.logical_date == bindparam("logical_date")),
)


class OtherRunPart(StorePart):
    """See the module."""

    def run_states(self, keys: Collection[RunKey]) -> Mapping[RunKey, RunState]:
        """The states of those of these runs that exist."""
        names = sorted({key.run_id for key in keys})

        def body(connection: Connection) -> dict[RunKey, RunState]:
            found: dict[RunKey, RunState] = {}
            for start in range(0, len(names), _AT_ONCE):
                for dag_id, run_id, state in connection.execute(_STATES, {"run_ids": names[start : start + _AT_ONCE]}):
                    key = RunKey(DagId(dag_id), RunId(run_id))
                    if key in keys:
                        found[key] = RunState(state)
            return found

        return self._db.read(body) if names else {}

    def ancestors(self, key: RunKey) -> Sequence[RunKey]:
        """The run whose task triggered this one, that run's, and so on, the nearest first."""

        def body(connection: Connection) -> list[RunKey]:
            found: list[RunKey] = []
            at = key
            while len(found) < _MOST_ANCESTORS:
                document = connection.execute(_PARENT, {"dag_id": at.dag_id, "run_id": at.run_id}).scalar()
                if document is None:
                    break
                parent = from_json(TaskRef, document)
                at = RunKey(parent.dag_id, parent.run_id)
                found.append(at)
            return found

        return self._db.read(body)

    def triggered_runs(self, parent: TaskRef, limit: int) -> Sequence[RunRow]:
        """The runs that this task instance triggered, the newest first, without their tasks, with counters."""
        values = {"parent_key": parent_key(parent), "count": limit}
        return self._db.read(lambda connection: run_rows(connection, connection.execute(_TRIGGERED, values).all()))

    def run_at(self, dag_id: DagId, run_id: RunId, logical_date: datetime) -> DagRun | None:
        """The run of that id, or of that logical date, with its task instances."""

        def body(connection: Connection) -> DagRun | None:
            rows = connection.execute(_AT, {"dag_id": dag_id, "run_id": run_id, "logical_date": logical_date}).all()
            named = [row for row in rows if row.run_id == run_id] or rows
            return next(iter(with_tasks(connection, named[:1])), None)

        return self._db.read(body)

    def dag_outline(self, dag_id: DagId) -> Mapping[str, Json] | None:
        """``dag_id, is_paused, task_ids, group_ids`` of an active DAG; None if there is none."""

        def body(connection: Connection) -> Mapping[str, Json] | None:
            row = connection.execute(_DAG, {"dag_id": dag_id}).one_or_none()
            if row is None:
                return None
            spec = self._spec(connection, VersionHash(row.version))
            return {
                "dag_id": dag_id,
                "is_paused": bool(row.is_paused),
                "task_ids": [task.task_id for task in spec.tasks],
                "group_ids": sorted({name for task in spec.tasks for name in _groups_around(task.group)}),
            }

        return self._db.read(body)

    def states_of(
        self, dag_id: DagId, logical_dates: Sequence[datetime], task_ids: Sequence[str] | None, group: str | None
    ) -> Sequence[Mapping[str, Json]]:
        """States of runs with these logical dates, or of tasks in them; see ``RunServices.states_of``."""

        def body(connection: Connection) -> list[Mapping[str, Json]]:
            found: list[Mapping[str, Json]] = []
            for run in connection.execute(_BY_DATE, {"dag_id": dag_id, "dates": list(logical_dates)}).all():
                where: dict[str, Json] = {"run_id": run.run_id, "logical_date": run.logical_date.isoformat()}
                names = self._names(connection, VersionHash(run.version), task_ids, group)
                if names is None:
                    found.append({**where, "state": run.state})
                    continue
                for task_id, map_index, state in _task_states(connection, run.id, names):
                    found.append({**where, "task_id": task_id, "map_index": map_index, "state": state})
            return found

        return self._db.read(body)

    def find_runs(self, query: RunSearch) -> Sequence[DagRun]:
        """The newest runs that fit, without their tasks, the oldest first."""
        rules: list[ColumnElement[bool]] = [dag_run.c.dag_id.in_(query.dag_ids[:_AT_ONCE])]
        if query.run_id is not None:
            rules.append(dag_run.c.run_id == query.run_id)
        if query.state is not None:
            rules.append(dag_run.c.state == query.state)
        if query.run_type is not None:
            rules.append(dag_run.c.run_type == query.run_type)
        if query.earliest is not None:
            rules.append(dag_run.c.logical_date >= query.earliest)
        if query.latest is not None:
            rules.append(dag_run.c.logical_date <= query.latest)
        order = (dag_run.c.logical_date.desc(), dag_run.c.id.desc())
        wanted = select(*RUN_COLUMNS).where(*rules).order_by(*order).limit(query.limit)
        found = self._db.read(lambda connection: [run_from(row) for row in connection.execute(wanted)])
        return found[::-1]

    def tasks_of(self, key: RunKey) -> Sequence[TaskInstance]:
        """The task instances of a run, by task and index; empty if there is no such run."""
        return self._db.read(
            lambda connection: [
                task_from(row) for row in connection.execute(_TASKS, {"dag_id": key.dag_id, "run_id": key.run_id})
            ]
        )

    def _names(
        self, connection: Connection, version: VersionHash, task_ids: Sequence[str] | None, group: str | None
    ) -> list[str] | None:
        if group is None:
            return None if task_ids is None else list(task_ids)
        return [task.task_id for task in self._spec(connection, version).tasks if group in _groups_around(task.group)]


def _task_states(connection: Connection, run_pk: int, names: Sequence[str]) -> list[Any]:
    rows: list[Any] = []
    for start in range(0, len(names), _AT_ONCE):
        values = {"run_pk": run_pk, "task_ids": names[start : start + _AT_ONCE]}
        rows.extend(connection.execute(_TASK_STATES, values))
    return rows


def _groups_around(group: str) -> list[str]:
    """A group's id, and those of the groups it lies in."""
    parts = group.split(".") if group else []
    return [".".join(parts[:count]) for count in range(1, len(parts) + 1)]
