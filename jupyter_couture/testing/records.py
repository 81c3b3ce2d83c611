"""What a database would hold during a test: values between tasks, variables, connections, runs."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from jupyter_couture.authoring.connections import Connection
from jupyter_couture.authoring.door import FIELDS, ReadingDoor
from jupyter_couture.decisions.live import LiveRun
from jupyter_couture.model.commands import Command
from jupyter_couture.model.dag import DagSpec, Json
from jupyter_couture.model.errors import Conflict, InvalidRequest, NotFound
from jupyter_couture.model.ids import DagId, RunId, RunKey, TaskKey, VersionHash
from jupyter_couture.model.records import DagState, NewRun, RunRow, RunSearch
from jupyter_couture.model.run import DagRun, TaskInstance, TaskRef
from jupyter_couture.model.states import RunState
from jupyter_couture.model.xcom import XCom, XComItem, XComPage, XComQuery


class Vault(ReadingDoor):
    """Variables and connections of a test, and no others. DAG files may read them while they are loaded."""

    def __init__(self, variables: Mapping[str, Any], connections: Mapping[str, Any]) -> None:
        self.variables = {
            key: value if isinstance(value, str) else json.dumps(value) for key, value in variables.items()
        }
        self._connections = {name: _connections_of(name, given) for name, given in connections.items()}

    def get_variable(self, key: str) -> str | None:
        """The text of a variable."""
        return self.variables.get(key)

    def connections(self, conn_id: str) -> Sequence[Mapping[str, Any]]:
        """All connections of that id."""
        return self._connections.get(conn_id, ())


def _connections_of(name: str, given: Any) -> list[dict[str, Any]]:
    several = given if isinstance(given, list | tuple) else [given]
    found: list[dict[str, Any]] = []
    for one in several:
        match one:
            case str():
                made = Connection(name, uri=one)
            case Connection():
                made = one
            case Mapping():
                made = Connection(**{"conn_id": name, **one})
            case _:
                message = f"connection {name!r} is given as a URI, a mapping or a Connection, not {type(one).__name__}"
                raise InvalidRequest(field="connections", message=message)
        found.append({key: getattr(made, key) for key in FIELDS} | {"conn_id": name})
    return found


@dataclass
class Records:
    """Implements ``ports.desk.RunStore`` for the DAGs of one test, and keeps what tasks push."""

    vault: Vault
    specs: dict[DagId, DagSpec] = field(default_factory=dict)
    live: dict[RunKey, LiveRun] = field(default_factory=dict)
    ended: dict[RunKey, LiveRun] = field(default_factory=dict)
    values: list[XCom] = field(default_factory=list)
    _wishes: dict[str, RunKey] = field(default_factory=dict)

    # --- values -------------------------------------------------------------------------------------------------------

    def keep(self, run: RunKey, task: TaskKey, attempt_id: str, items: Mapping[str, XComItem], at: datetime) -> None:
        """Keep values, replacing those of the same key."""
        self.values = [one for one in self.values if (one.run_key, one.task_key) != (run, task) or one.key not in items]
        self.values += [
            XCom(run_key=run, task_key=task, key=key, item=item, attempt_id=attempt_id, pushed_at=at)
            for key, item in items.items()
        ]

    def drop(self, run: RunKey, task: TaskKey) -> None:
        """A new try begins."""
        self.values = [one for one in self.values if (one.run_key, one.task_key) != (run, task)]

    def pull(self, query: XComQuery) -> XComPage:
        """Values that fit, as the store finds them."""
        found = [one for one in reversed(self.values) if self._fits(one, query)]
        if query.is_by_index:
            found.sort(key=lambda one: one.task_key.map_index)
        else:
            found.sort(key=lambda one: self._date(one.run_key), reverse=True)
        return XComPage(tuple(found[query.offset : query.offset + query.limit]), len(found))

    def _fits(self, one: XCom, query: XComQuery) -> bool:
        if query.is_prior_wanted:
            is_in_run = self._date(one.run_key) <= query.logical_date
        elif query.run_id is not None:
            is_in_run = one.run_key.run_id == query.run_id
        elif query.dag_id == query.own_run.dag_id:
            is_in_run = one.run_key.run_id == query.own_run.run_id
        else:
            is_in_run = self._date(one.run_key) == query.logical_date or one.run_key.run_id == query.own_run.run_id
        return (
            is_in_run
            and one.run_key.dag_id == query.dag_id
            and query.task_id in (None, one.task_key.task_id)
            and query.key in (None, one.key)
            and (query.map_indexes is None or one.task_key.map_index in query.map_indexes)
        )

    def _date(self, key: RunKey) -> datetime:
        return self._found(key).run.logical_date

    # --- runs ---------------------------------------------------------------------------------------------------------

    def runs(self) -> Iterable[DagRun]:
        """All runs in the order of their making."""
        return [item.run for item in (*self.ended.values(), *self.live.values())]

    def _found(self, key: RunKey) -> LiveRun:
        found = self.live.get(key) or self.ended.get(key)
        if found is None:
            raise NotFound(what="DAG run", id=f"{key.dag_id}/{key.run_id}")
        return found

    def add(self, run: DagRun) -> DagRun:
        """A new run."""
        self.live[run.key] = LiveRun.of(run, self.spec(run.version))
        return run

    def create_run(self, wish: NewRun) -> tuple[DagRun, bool]:
        """See ``ServiceStore``."""
        known = self._wishes.get(wish.idempotency_key or "")
        if known is not None:
            return self._found(known).run, False
        for run in self.runs():
            if run.dag_id == wish.dag_id and (run.run_id == wish.run_id or run.logical_date == wish.logical_date):
                raise Conflict(what="DAG run", id=wish.run_id)
        run = DagRun(
            dag_id=wish.dag_id,
            run_id=wish.run_id,
            run_type=wish.run_type,
            version=VersionHash(wish.dag_id),
            state=RunState.QUEUED,
            logical_date=wish.logical_date,
            data_interval_start=wish.data_interval_start,
            data_interval_end=wish.data_interval_end,
            queued_at=wish.at,
            conf=wish.conf,
            parent=wish.parent,
        )
        if wish.idempotency_key:
            self._wishes[wish.idempotency_key] = run.key
        return self.add(run), True

    def dag_state(self, dag_id: DagId) -> DagState:
        """A DAG of the test; raises ``NotFound``."""
        if dag_id not in self.specs:
            raise NotFound(what="DAG in this test (hand it in as dags={...}, or mock the task)", id=dag_id)
        return DagState(
            dag_id=dag_id,
            version=VersionHash(dag_id),
            is_paused=False,
            next_due=None,
            latest_scheduled=None,
            first_seen_at=datetime.min,  # noqa: DTZ901  # of no use: no schedule is followed
        )

    def spec(self, version: VersionHash) -> DagSpec:
        """What a version says; a version is named after its DAG."""
        return self.specs[DagId(version)]

    def add_command(self, wanted: Command, actor: str, at: datetime) -> int:
        """Refused."""
        raise InvalidRequest(field="reset_dag_run", message=f"a test cannot {type(wanted).__name__} of an earlier run")

    def run_states(self, keys: Collection[RunKey]) -> Mapping[RunKey, RunState]:
        """The states of those of these runs that exist."""
        return {run.key: run.state for run in self.runs() if run.key in keys}

    def ancestors(self, key: RunKey) -> Sequence[RunKey]:
        """The run whose task triggered this one, and so on."""
        found: list[RunKey] = []
        parent = self._found(key).run.parent
        while parent is not None:
            found.append(RunKey(parent.dag_id, parent.run_id))
            parent = self._found(found[-1]).run.parent
        return found

    def children_of(self, parents: Sequence[TaskRef]) -> Sequence[RunKey]:
        """The runs that these task instances triggered."""
        return [run.key for run in self.runs() if run.parent in parents]

    def run_row(self, key: RunKey) -> RunRow:
        """One run without its tasks; raises ``NotFound``."""
        return RunRow(replace(self._found(key).run, tasks={}), {})

    def run_at(self, dag_id: DagId, run_id: RunId, logical_date: datetime) -> DagRun | None:
        """The run of that id, or of that logical date."""
        runs = [run for run in self.runs() if run.dag_id == dag_id]
        named = [run for run in runs if run.run_id == run_id]
        return next(iter(named or [run for run in runs if run.logical_date == logical_date]), None)

    def dag_outline(self, dag_id: DagId) -> Mapping[str, Json] | None:
        """``dag_id, is_paused, task_ids, group_ids`` of a DAG of the test."""
        spec = self.specs.get(dag_id)
        if spec is None:
            return None
        names: list[Json] = [task.task_id for task in spec.tasks]
        groups: list[Json] = [group.group_id for group in spec.groups]
        return {"dag_id": dag_id, "is_paused": False, "task_ids": names, "group_ids": groups}

    def states_of(
        self, dag_id: DagId, logical_dates: Sequence[datetime], task_ids: Sequence[str] | None, group: str | None
    ) -> Sequence[Mapping[str, Json]]:
        """States of runs with these logical dates, or of tasks in them."""
        found: list[Mapping[str, Json]] = []
        for run in self.runs():
            if run.dag_id != dag_id or run.logical_date not in logical_dates:
                continue
            where: dict[str, Json] = {"run_id": run.run_id, "logical_date": run.logical_date.isoformat()}
            if group is None and task_ids is None:
                found.append({**where, "state": run.state.value})
            for key, task in run.tasks.items() if group is not None or task_ids is not None else ():
                around = f"{self.specs[dag_id].task_by_id[key.task_id].group}."
                if key.task_id in (task_ids or ()) or (group is not None and around.startswith(f"{group}.")):
                    told: Mapping[str, Json] = {**asdict_of(key), "state": task.state.value}
                    found.append({**where, **told})
        return found

    def find_runs(self, query: RunSearch) -> Sequence[DagRun]:
        """The newest runs that fit, the oldest first."""
        found = [
            run
            for run in self.runs()
            if run.dag_id in query.dag_ids
            and query.run_id in (None, run.run_id)
            and query.state in (None, run.state)
            and query.run_type in (None, run.run_type)
            and (query.earliest is None or run.logical_date >= query.earliest)
            and (query.latest is None or run.logical_date <= query.latest)
        ]
        return sorted(found, key=lambda run: run.logical_date)[-query.limit :]

    def tasks_of(self, key: RunKey) -> Sequence[TaskInstance]:
        """The task instances of a run."""
        found = self.live.get(key) or self.ended.get(key)
        return () if found is None else [found.run.tasks[name] for name in sorted(found.run.tasks)]


def asdict_of(key: TaskKey) -> dict[str, Json]:
    """A key as JSON."""
    return {"task_id": key.task_id, "map_index": key.map_index}
