"""Whole answers to pages over a million task instances, on SQLite and PostgreSQL: all of a request but its network.

Beside the lists' hundred DAGs there are an attempt for each of their task instances, an audit log, and a large DAG
with fifty versions. One thread asks; each measure tells how large the answer is and how much of the time it worked,
which a busy machine changes less.
"""

import asyncio
import inspect
import re
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast
from urllib.parse import parse_qs, urlsplit

from jupyter_couture_server.adapters import open_adapters
from jupyter_couture_server.backend import Backend
from jupyter_couture_server.charting import figures
from jupyter_couture_server.deployment import Deployment
from jupyter_couture_server.requests import path_ids, query_of
from jupyter_couture_server.route import Call, Method, Route
from jupyter_couture_server.routes import ROUTES
from jupyter_couture_server.wire import encode
from sqlalchemy import Connection, insert, text

from benchmarks.lists import BUDGET_MILLISECONDS, DAGS, REPEATS, RUNS, T0, TASKS, fill, run_row, task_row
from benchmarks.measures import Measure, median, percentile
from jupyter_couture.clock import ManualClock
from jupyter_couture.model.dag import DagSpec, TaskKind, TaskSpec
from jupyter_couture.model.ids import DagId, TaskId, VersionHash
from jupyter_couture.model.policy import Schedule, ScheduleKind
from jupyter_couture.model.records import DagVersion, ParsedFile
from jupyter_couture.services.access import ROLE_PERMISSIONS, Actor, Role
from jupyter_couture.settings import Settings
from jupyter_couture.store import SqlStore
from jupyter_couture.store.tables import attempt, audit, dag_run, task_instance
from tests.postgres import running_postgres

LARGE, LARGE_RUNS, LARGE_TASKS, LARGE_VERSIONS = "large", 100, 500, 50
AUDIT_ENTRIES = 200_000
ACTIONS = ("graph", "tree", "trigger", "clear", "paused")
NOW = T0 + timedelta(days=RUNS - 1, hours=12)
AT_ONCE = 20_000


@dataclass(frozen=True, slots=True)
class Page:
    """A request below ``couture/api/``, as the lab makes it, and its milliseconds; None: for orientation."""

    url: str
    budget: float | None = BUDGET_MILLISECONDS


_HISTORIES = ("duration", "tries", "landing")
PAGES = (
    *map(Page, ("dags?limit=25", "dags?limit=100&order_by=-last_run", "dag-labels", "overview", "activity", "pools")),
    *map(Page, ("dags/dag_050", "dags/dag_050/statistics", "dags/dag_050/versions", "dags/dag_050/graph")),
    *map(Page, ("dags/large", "dags/large/statistics", "dags/large/versions", "dags/large/graph")),
    *map(Page, ("dags/dag_050/runs?limit=100", "runs?limit=100", "task-instances?limit=100", "audit?limit=100")),
    *map(Page, ("audit?limit=100&dag_id=dag_050", "audit?limit=100&dag_id=never", "audit?limit=100&actor=user_3")),
    *(Page(f"dags/{dag_id}/charts/{chart}") for dag_id in ("dag_050", LARGE) for chart in _HISTORIES),
    Page("dags/dag_050/charts/duration?cumulative=true"),
    *map(Page, ("charts/today", "charts/pools")),
    Page("dags/dag_050/runs/run_00900/charts/gantt"),
    Page("dags/large/runs/run_00090/charts/gantt"),
    *map(Page, ("dags/dag_050/grid?limit=25", "dags/dag_050/grid?limit=100", "dags/large/grid?limit=25")),
    *map(Page, ("dags/dag_050/runs/run_00900/tasks", "dags/large/runs/run_00090/tasks")),
    Page("dags/large/grid?limit=100", budget=250.0),
    Page("charts/pools?hours=168", budget=None),
    Page("dags/large/charts/duration?runs=100&tasks=500", budget=None),
)


def run() -> Iterator[Measure]:
    """Fill both databases and ask."""
    with tempfile.TemporaryDirectory() as folder:
        yield from _measure("sqlite", f"sqlite:///{Path(folder) / 'couture.db'}")
    with running_postgres() as server:
        yield from _measure("postgresql", server.create_database())


def _measure(name: str, url: str) -> Iterator[Measure]:
    store = SqlStore.open(url)
    fill_all(store)
    store.close()
    figures()  # Bokeh is loaded once, before anyone asks
    with tempfile.TemporaryDirectory() as home:
        asking = Asking(url, Path(home))
        for page in PAGES:
            answer, times, work = b"", [], []
            for _ in range(REPEATS):
                began, worked = time.perf_counter(), time.process_time()
                answer = asking.ask(page.url)
                times.append((time.perf_counter() - began) * 1000)
                work.append((time.process_time() - worked) * 1000)
            metric = f"{name}: {page.url} ({len(answer) / 1000:.0f} kB, {median(work):.0f} ms of processor)"
            value = percentile(times, 0.95)
            yield Measure(workload="pages", metric=metric, value=value, unit="ms p95", budget=page.budget)
        asking.close()


class Asking:
    """Asks the services of a server over a database, without a server."""

    def __init__(self, url: str, home: Path) -> None:
        settings = Settings.load({}, home=home, dags_folder=home, database_url=url)
        settings.make_folders()
        adapters = replace(open_adapters(settings), clock=ManualClock(NOW))
        self._backend = Backend(settings, adapters, root_dir=None)
        self._deployment = cast(Deployment, SimpleNamespace(backend=self._backend))
        self._actor = Actor("bench", "Bench", Role.ADMIN)

    def ask(self, url: str) -> bytes:
        """The body of the answer to a GET of ``url``."""
        parts = urlsplit(url)
        route, texts = _found(parts.path)
        options = {name: [value.encode() for value in values] for name, values in parse_qs(parts.query).items()}
        query = query_of(route.query, options)
        call: Call[Any, None] = Call(self._deployment, self._actor, path_ids(texts), query, None, self._allowed)
        assert route.handler is not None
        found = route.handler(call)
        return encode(asyncio.run(found) if inspect.iscoroutine(found) else found)

    def close(self) -> None:
        """Let the database go."""
        self._backend.close()

    async def _allowed(self) -> frozenset[Any]:
        return ROLE_PERMISSIONS[self._actor.role]


def _found(path: str) -> tuple[Route, dict[str, str]]:
    for route in ROUTES:
        template = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", route.path)
        match = re.fullmatch(template, path)
        if match and route.method is Method.GET:
            return route, match.groupdict()
    raise LookupError(path)


def fill_all(store: SqlStore) -> None:
    """What the lists are measured with, and what else the pages show."""
    fill(store)
    for number in range(LARGE_VERSIONS):
        store.record_parse([_large(number)], T0 + timedelta(days=number), paused_at_creation=False)
    store._db.write(_add_attempts)
    store._db.write(_add_audit)
    store._db.write(_add_large_runs)
    if store._db.dialect == "postgresql":
        with store._db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))


def _large(version: int) -> ParsedFile:
    names = [TaskId(f"step_{number:03}") for number in range(LARGE_TASKS)]
    tasks = [
        TaskSpec(name, "PythonOperator", TaskKind.PYTHON, upstream=tuple(names[max(0, place - 2) : place]))
        for place, name in enumerate(names)
    ]
    spec = DagSpec(
        DagId(LARGE),
        file=f"{LARGE}.py",
        tasks=tuple(tasks),
        owner="ada",
        tags=("large",),
        schedule=Schedule(ScheduleKind.CRON, label="@hourly", expression="0 * * * *"),
    )
    source = "\n".join(f"# line {line} of version {version}" for line in range(200))
    return ParsedFile(spec.file, f"h{version}", (DagVersion(_large_version(version), spec, source),))


def _large_version(number: int) -> VersionHash:
    return VersionHash(f"large{number:03}")


def _add_attempts(connection: Connection) -> None:
    for first in range(1, RUNS * DAGS + 1, AT_ONCE // TASKS):
        rows = []
        for run_pk in range(first, first + AT_ONCE // TASKS):
            run_number, dag_number = divmod(run_pk - 1, DAGS)
            at = T0 + timedelta(days=run_number, seconds=dag_number)
            is_open = run_number == RUNS - 1
            for place in range(TASKS):
                name = "last" if place == TASKS - 1 and dag_number == 5 else f"task_{place}"
                is_running = is_open and place == TASKS - 1
                rows.append(_attempt_row(run_pk, name, at + timedelta(seconds=place), is_running=is_running))
        connection.execute(insert(attempt), rows)


def _attempt_row(run_pk: int, task_id: str, at: datetime, *, is_running: bool = False) -> dict[str, Any]:
    key = f"{run_pk}-{task_id}"
    return {
        "attempt_id": key,
        "run_pk": run_pk,
        "task_id": task_id,
        "map_index": -1,
        "try_number": 1,
        "state": "running" if is_running else "success",
        "fence": 1,
        "dispatched_at": at,
        "is_cancel_requested": False,
        "started_at": at,
        "ended_at": None if is_running else at + timedelta(seconds=40),
        "beat_at": at,
        "runner": "worker-1",
        "host": "here",
        "pid": 1,
        "outputs": {"log_bytes": 1200, "peak_memory_bytes": 52_000_000},
        "progress": [1, 1, "done"],
        "open_key": key if is_running else None,
    }


def _add_audit(connection: Connection) -> None:
    for first in range(0, AUDIT_ENTRIES, AT_ONCE):
        rows = [
            {
                "at": T0 + timedelta(minutes=7 * number),
                "actor": f"user_{number % 7}",
                "event": ACTIONS[number % len(ACTIONS)],
                "source_ip": "127.0.0.1",
                "dag_id": f"dag_{number % DAGS:03}",
                "run_id": f"run_{number % RUNS:05}" if number % 3 else None,
                "task_id": None,
                "extra": {"outcome": "success"},
            }
            for number in range(first, first + AT_ONCE)
        ]
        connection.execute(insert(audit), rows)


def _add_large_runs(connection: Connection) -> None:
    newest = RUNS * DAGS
    for number in range(LARGE_RUNS):
        at = NOW - timedelta(hours=LARGE_RUNS - number)
        run_pk = newest + 1 + number
        version = _large_version(number * LARGE_VERSIONS // LARGE_RUNS)
        row = run_row(run_pk, LARGE, f"run_{number:05}", "success", at)
        ended = at + timedelta(seconds=LARGE_TASKS)
        connection.execute(insert(dag_run), row | {"version": version, "ended_at": ended})
        names = [f"step_{place:03}" for place in range(LARGE_TASKS)]
        times = [at + timedelta(seconds=place) for place in range(LARGE_TASKS)]
        _insert_steps(connection, run_pk, names, times)


def _insert_steps(connection: Connection, run_pk: int, names: Sequence[str], times: Sequence[datetime]) -> None:
    steps = list(zip(names, times, strict=True))
    tasks = [task_row(run_pk, name, "success", at) | {"ended_at": at + timedelta(seconds=40)} for name, at in steps]
    connection.execute(insert(task_instance), tasks)
    connection.execute(insert(attempt), [_attempt_row(run_pk, name, at) for name, at in steps])
