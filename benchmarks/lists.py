"""The lists of DAGs, runs and task instances over a million task instances, on SQLite and PostgreSQL."""

import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import insert, text

from benchmarks.measures import Measure, percentile
from jupyter_couture.model.browsing import DagOrder, RunFilter, RunOrder, TaskFilter, TaskOrder
from jupyter_couture.model.dag import DagSpec, TaskKind, TaskSpec
from jupyter_couture.model.ids import DagId, RunId, TaskId, VersionHash
from jupyter_couture.model.records import DagQuery, DagVersion, ParsedFile
from jupyter_couture.model.run import RunType
from jupyter_couture.model.states import RunState, TaskState
from jupyter_couture.store import SqlStore
from jupyter_couture.store.tables import dag_run, task_instance
from tests.postgres import running_postgres

DAGS, RUNS, TASKS = 100, 1000, 10
REPEATS = 15
BUDGET_MILLISECONDS = 100.0
T0 = datetime(2026, 1, 1, tzinfo=UTC)


def run() -> Iterator[Measure]:
    """Fill both databases and ask."""
    with tempfile.TemporaryDirectory() as folder:
        yield from _measure("sqlite", f"sqlite:///{Path(folder) / 'couture.db'}")
    with running_postgres() as server:
        yield from _measure("postgresql", server.create_database())


def _measure(name: str, url: str) -> Iterator[Measure]:
    store = SqlStore.open(url)
    fill(store)
    for what, ask in questions(store).items():
        times: list[float] = []
        for _ in range(REPEATS):
            began = time.perf_counter()
            ask()
            times.append((time.perf_counter() - began) * 1000)
        value = percentile(times, 0.95)
        yield Measure(
            workload="lists", metric=f"{name}: {what}", value=value, unit="ms p95", budget=BUDGET_MILLISECONDS
        )
    store.close()


def questions(store: SqlStore) -> dict[str, Callable[[], Any]]:
    """What is asked, by name."""
    dag_id, failed = DagId("dag_050"), (TaskState.FAILED,)
    first = RunId("run_00007")
    day = TaskFilter(started_from=T0 + timedelta(days=3), started_to=T0 + timedelta(days=4))
    tasks = {
        "all": TaskFilter(),
        "far down": TaskFilter(offset=5000),
        "state success": TaskFilter(states=(TaskState.SUCCESS,)),
        "state failed": TaskFilter(states=failed),
        "state skipped (few)": TaskFilter(states=(TaskState.SKIPPED,)),
        "state running": TaskFilter(states=(TaskState.RUNNING,)),
        "DAG": TaskFilter(dag_id=dag_id),
        "DAG and state": TaskFilter(dag_id=dag_id, states=failed),
        "DAG and state (few)": TaskFilter(dag_id=dag_id, states=(TaskState.SKIPPED,)),
        "run": TaskFilter(dag_id=dag_id, run_id=first),
        "run id": TaskFilter(run_id=first),
        "task": TaskFilter(task_id="task_3"),
        "DAG and task": TaskFilter(dag_id=dag_id, task_id="task_3"),
        "operator": TaskFilter(operator="BashOperator"),
        "operator (few)": TaskFilter(operator="RareOperator"),
        "operator and state": TaskFilter(operator="BashOperator", states=failed),
        "pool": TaskFilter(pool="narrow"),
        "started in a day": day,
        "started in a day, latest": replace(day, order=TaskOrder.LATEST_START),
        "latest start": TaskFilter(order=TaskOrder.LATEST_START),
        "latest start of a DAG": TaskFilter(dag_id=dag_id, order=TaskOrder.LATEST_START),
        "latest start failed": TaskFilter(states=failed, order=TaskOrder.LATEST_START),
    }
    runs = {
        "all": RunFilter(),
        "DAG": RunFilter(dag_id=dag_id),
        "DAG by date": RunFilter(dag_id=dag_id, order=RunOrder.LATEST_DATE),
        "by date": RunFilter(order=RunOrder.LATEST_DATE),
        "failed": RunFilter(states=(RunState.FAILED,)),
        "success": RunFilter(states=(RunState.SUCCESS,)),
        "running": RunFilter(states=(RunState.RUNNING,)),
        "scheduled": RunFilter(run_types=(RunType.SCHEDULED,)),
        "backfill (none)": RunFilter(run_types=(RunType.BACKFILL,)),
        "search": RunFilter(search="00042"),
        "date range": RunFilter(date_from=T0, date_to=T0 + timedelta(days=1)),
        "failed in a date range": RunFilter(states=(RunState.FAILED,), date_from=T0 + timedelta(days=900)),
    }
    dags = {
        "all": DagQuery(),
        "by last run": DagQuery(order=DagOrder.LAST_RUN_DOWN, limit=25),
        "by next run": DagQuery(order=DagOrder.NEXT_RUN, limit=25),
        "newest run failed": DagQuery(state=RunState.FAILED, limit=25),
        "owner": DagQuery(owner="nobody"),
    }
    asked: dict[str, Callable[[], Any]] = {}
    asked["labels of DAGs"] = store.dag_labels
    for name, query in dags.items():
        asked[f"DAGs, {name}"] = partial(store.list_dags, query)
    for name, wanted in tasks.items():
        asked[f"tasks, {name}"] = partial(store.browse_tasks, wanted)
    for name, which in runs.items():
        asked[f"runs, {name}"] = partial(store.browse_runs, which)
    return asked


def fill(store: SqlStore) -> None:
    """A million task instances: of 100 DAGs with 1,000 runs of ten tasks."""
    draw = Random(7)
    store.record_parse([_file(number) for number in range(DAGS)], T0, paused_at_creation=False)
    store._db.write(lambda connection: _add_runs(connection, draw))
    if store._db.dialect == "postgresql":
        with store._db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))


def _file(number: int) -> ParsedFile:
    dag_id = DagId(f"dag_{number:03}")
    tasks = tuple(
        TaskSpec(
            TaskId(f"task_{place}"),
            "BashOperator" if place % 2 else "PythonOperator",
            TaskKind.PYTHON,
            pool="narrow" if place == 9 else "default_pool",
        )
        for place in range(TASKS - 1)
    )
    rare = TaskSpec(
        TaskId("last" if number == 5 else "task_9"),
        "RareOperator" if number == 5 else "X",
        TaskKind.PYTHON,
        pool="narrow",
    )
    spec = DagSpec(dag_id, file=f"{dag_id}.py", tasks=(*tasks, rare))
    return ParsedFile(spec.file, "h", (DagVersion(VersionHash(dag_id), spec, "#"),))


def _add_runs(connection: Any, draw: Random) -> None:
    numbers = [(run, dag) for run in range(RUNS) for dag in range(DAGS)]
    for start in range(0, len(numbers), 5000):
        runs, tasks = [], []
        for number, (run_number, dag_number) in enumerate(numbers[start : start + 5000], start + 1):
            is_last = run_number == RUNS - 1
            at = T0 + timedelta(days=run_number, seconds=dag_number)
            word = draw.random()
            state = "running" if is_last else "failed" if word < 0.05 else "success"
            runs.append(run_row(number, f"dag_{dag_number:03}", f"run_{run_number:05}", state, at))
            for place in range(TASKS):
                name = "last" if place == 9 and dag_number == 5 else f"task_{place}"
                is_end = place == 9
                end = "running" if is_last and is_end else "failed" if state == "failed" and is_end else "success"
                end = "skipped" if draw.random() < 0.00005 else end
                tasks.append(task_row(number, name, end, at + timedelta(seconds=place)))
        connection.execute(insert(dag_run), runs)
        connection.execute(insert(task_instance), tasks)


def run_row(number: int, dag_id: str, run_id: str, state: str, at: datetime) -> dict[str, Any]:
    """A row of ``dag_run``."""
    return {
        "id": number,
        "dag_id": dag_id,
        "run_id": run_id,
        "run_type": "scheduled",
        "version": dag_id,
        "state": state,
        "logical_date": at,
        "data_interval_start": at,
        "data_interval_end": at,
        "queued_at": at,
        "started_at": at,
        "ended_at": at,
        "conf": {},
        "is_cancel_requested": False,
        "schedule_key": f"{dag_id}{at}",
    }


def task_row(number: int, name: str, state: str, at: datetime) -> dict[str, Any]:
    """A row of ``task_instance``."""
    return {
        "run_pk": number,
        "task_id": name,
        "map_index": -1,
        "state": state,
        "try_number": 1,
        "failures": 0,
        "losses": 0,
        "queued_at": at,
        "started_at": at,
        "ended_at": at,
    }
