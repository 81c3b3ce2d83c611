"""One run of one DAG file to its end, in a home folder made for it and gone afterwards.

The same engine, supervisor and payload processes as in a deployment; only the database, the DAG folder and the executor
are those of a trial. The schedules of the file are left out, so that nothing runs but what was asked for, and what that
makes.
"""

import asyncio
import contextlib
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from jupyter_couture.app.compose import engine_parts
from jupyter_couture.app.edges import open_listener, open_publisher, open_store
from jupyter_couture.app.stop import stop_deployment
from jupyter_couture.authoring.wishes import check_conf
from jupyter_couture.clock import SystemClock
from jupyter_couture.dagbag.discover import folder_of
from jupyter_couture.dagbag.parse import parse_one, parse_text
from jupyter_couture.decisions.calendar import manual_interval
from jupyter_couture.executors.spawn import end_spawned
from jupyter_couture.model.dag import DEFAULT_POOL, DagSpec, Json
from jupyter_couture.model.errors import Conflict, InvalidRequest
from jupyter_couture.model.ids import DagId, RunKey, TaskKey
from jupyter_couture.model.pools import UNLIMITED, Pool
from jupyter_couture.model.records import DagVersion, ImportProblem, NewRun, ParsedFile, TaskRow
from jupyter_couture.model.run import DagRun, RunType, manual_run_id
from jupyter_couture.model.states import TERMINAL_RUN_STATES, RunState, TaskState
from jupyter_couture.model.xcom import XCom, XComFilter
from jupyter_couture.ports.bus import ENGINE, FEED, Publisher
from jupyter_couture.ports.logs import LogReader
from jupyter_couture.runtime.logs import FileLogs
from jupyter_couture.scheduler.service import Engine
from jupyter_couture.services.secrets import Secrets
from jupyter_couture.settings import Settings
from jupyter_couture.store.sql import SqlStore

_LOOK_SECONDS = 1.0
_TAIL_BYTES = 8192
_MOST_VALUES = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialWish:
    """What to try. ``dag_id`` may be left out if the file holds one DAG; ``keep`` leaves the home folder.

    With ``source`` the file need not be there: this is its text.
    """

    file: Path
    source: str | None = None
    dag_id: str | None = None
    logical_date: datetime | None = None
    conf: Mapping[str, Json] = field(default_factory=dict)
    keep: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What came of it. ``run`` is None if the file has problems; ``failures`` are failed tasks with their log's end."""

    run: DagRun | None
    tasks: Sequence[TaskRow] = ()
    problems: Sequence[ImportProblem] = ()
    failures: Sequence[tuple[TaskRow, str]] = ()
    kept: Path | None = None

    @property
    def is_success(self) -> bool:
        """Whether the run was made and succeeded."""
        return self.run is not None and self.run.state is RunState.SUCCESS

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        errors = [{"file": item.file, "line": item.line, "message": item.message} for item in self.problems]
        if self.run is None:
            return {"dag_id": None, "run_id": None, "state": None, "tasks": [], "errors": errors}
        return {
            "dag_id": self.run.dag_id,
            "run_id": self.run.run_id,
            "state": self.run.state.value,
            "logical_date": self.run.logical_date.isoformat(),
            "duration_seconds": _seconds(self.run.started_at, self.run.ended_at),
            "tasks": [
                {
                    "task_id": row.task.key.task_id,
                    "state": row.task.state.value,
                    "try_number": row.task.try_number,
                    "duration_seconds": _seconds(row.task.started_at, row.task.ended_at),
                    "reason": row.task.reason,
                }
                for row in self.tasks
            ],
            "errors": errors,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Glimpse:
    """How the trial stands: all task instances in the order of the file, and those whose state changed since."""

    spec: DagSpec
    run: DagRun
    tasks: Sequence[TaskRow]
    changed: Sequence[TaskRow]
    logs: LogReader
    values: Callable[[], Sequence[XCom]]
    """What tasks returned, encoded, for who asks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Audience:
    """Who watches a trial: ``show`` is told at every change, and every ``look_seconds``; ``leaves`` cancels the run."""

    show: Callable[[Glimpse], None]
    look_seconds: float = _LOOK_SECONDS
    leaves: asyncio.Event = field(default_factory=asyncio.Event)


async def try_dag(base: Settings, wish: TrialWish, audience: Audience | None = None) -> Trial:
    """Run one DAG run to its end.

    Raises ``InvalidRequest`` if the wish does not fit the file. Cancelled, it stops what runs and cleans up.
    """
    home = Path(tempfile.mkdtemp(prefix="couture-trial-"))
    try:
        settings = replace(
            base,
            home=home,
            dags_folder=folder_of(wish.file.absolute(), base.dags_folder),
            database_url=f"sqlite:///{home / 'couture.db'}",
            executor="local",
            smtp_host="",  # a trial bothers nobody
        )
        settings.make_folders()
        parsed = await asyncio.to_thread(_parse, wish, settings)
        if parsed.problems:
            return Trial(run=None, problems=parsed.problems)
        version = _chosen(parsed, wish)
        trial = await _run(settings, parsed, version, wish, audience)
        return replace(trial, kept=home if wish.keep else None)
    finally:
        if not wish.keep:
            shutil.rmtree(home, ignore_errors=True)


def _parse(wish: TrialWish, settings: Settings) -> ParsedFile:
    secrets = Secrets.load(settings, None)
    if wish.source is None:
        return parse_one(wish.file, settings, secrets)
    return parse_text(wish.file, wish.source, settings, secrets)


def _chosen(parsed: ParsedFile, wish: TrialWish) -> DagVersion:
    known = {version.spec.dag_id: version for version in parsed.dags}
    if not known:
        raise InvalidRequest(field="FILE", message=f"{wish.file.name} defines no DAG")
    if wish.dag_id is None and len(known) > 1:
        raise InvalidRequest(
            field="DAG_ID", message=f"{wish.file.name} holds several DAGs: name one of {', '.join(known)}"
        )
    name = DagId(wish.dag_id) if wish.dag_id is not None else next(iter(known))
    if name not in known:
        raise InvalidRequest(field="DAG_ID", message=f"{wish.file.name} has no DAG {name!r}, but {', '.join(known)}")
    check_conf(known[name].spec, wish.conf)
    return known[name]


async def _run(
    settings: Settings,
    parsed: ParsedFile,
    version: DagVersion,
    wish: TrialWish,
    audience: Audience | None,
) -> Trial:
    store = open_store(settings)
    publisher = open_publisher(settings)
    parts = engine_parts(settings, store, publisher, None)
    engine = Engine(parts)
    try:
        run = _trigger(store, parsed, version, wish)
        working = asyncio.create_task(engine.run())
        try:
            await _follow(settings, store, publisher, run.key, working, audience)
        finally:
            engine.stop()
            await asyncio.gather(working, return_exceptions=True)
            await parts.executor.close(keep_running=False)
            await asyncio.get_running_loop().shutdown_default_executor()  # who was starting a supervisor has done so
            await stop_deployment(settings)
            end_spawned()
        return _result(settings, store, run.key)
    finally:
        publisher.close()
        store.close()


def _trigger(store: SqlStore, parsed: ParsedFile, version: DagVersion, wish: TrialWish) -> DagRun:
    now = SystemClock().now()
    still = tuple(
        replace(each, spec=replace(each.spec, schedule=None, is_paused_upon_creation=False)) for each in parsed.dags
    )
    store.record_parse([replace(parsed, dags=still)], now, paused_at_creation=False)
    for name in {task.pool for each in still for task in each.spec.tasks} - {DEFAULT_POOL}:
        store.put_pool(Pool(name, UNLIMITED))  # whose slots a deployment would count
    date = wish.logical_date or now
    start, end = manual_interval(version.spec.schedule, date)
    run, _ = store.create_run(
        NewRun(
            dag_id=version.spec.dag_id,
            run_id=manual_run_id(date),
            run_type=RunType.MANUAL,
            logical_date=date,
            data_interval_start=start,
            data_interval_end=end,
            conf=wish.conf,
            at=now,
        )
    )
    return run


async def _follow(
    settings: Settings,
    store: SqlStore,
    publisher: Publisher,
    key: RunKey,
    working: "asyncio.Task[None]",
    audience: Audience | None,
) -> None:
    seen: dict[TaskKey, TaskState] = {}
    spec = store.spec(store.run_row(key).run.version)
    logs = FileLogs(settings.logs_dir)
    is_cancelled = False
    listener = open_listener(settings, (FEED,))
    try:
        while True:
            row = store.run_row(key)
            if audience is not None:
                tasks = _in_order(store, key)
                changed = [each for each in tasks if seen.get(each.task.key, TaskState.NONE) is not each.task.state]
                seen = {each.task.key: each.task.state for each in tasks}
                values = partial(_returned, store, key)
                audience.show(Glimpse(spec=spec, run=row.run, tasks=tasks, changed=changed, logs=logs, values=values))
            if row.run.state in TERMINAL_RUN_STATES and not store.open_callbacks():
                return
            if working.done():
                working.result()
            if audience is not None and audience.leaves.is_set() and not is_cancelled:
                is_cancelled = True
                with contextlib.suppress(Conflict):  # it has ended meanwhile
                    store.request_cancel(key)
                    publisher.publish(ENGINE)
            await listener.wait(_LOOK_SECONDS if audience is None else audience.look_seconds)
    finally:
        with contextlib.suppress(OSError):
            listener.close()


def _returned(store: SqlStore, key: RunKey) -> Sequence[XCom]:
    wanted = XComFilter(dag_id=key.dag_id, run_id=key.run_id, key="return_value", limit=_MOST_VALUES)
    page = store.list_xcoms(wanted).rows
    return [store.xcom(key, each.task_key, each.key) for each in page if each.task_key.map_index < 0]


def _result(settings: Settings, store: SqlStore, key: RunKey) -> Trial:
    run = store.run_row(key).run
    rows = _in_order(store, key)
    logs = FileLogs(settings.logs_dir)
    failures = [
        (row, logs.read(key, row.task.key, row.task.try_number, -_TAIL_BYTES, _TAIL_BYTES).text)
        for row in rows
        if row.task.state is TaskState.FAILED
    ]
    return Trial(run=run, tasks=rows, failures=failures)


def _in_order(store: SqlStore, key: RunKey) -> list[TaskRow]:
    """The task instances as the author wrote the tasks down."""
    position = store.spec(store.run_row(key).run.version).position
    return sorted(store.task_rows(key), key=lambda row: (position[row.task.key.task_id], row.task.key.map_index))


def _seconds(start: datetime | None, end: datetime | None) -> float | None:
    return (end - start).total_seconds() if start is not None and end is not None else None
