"""The tree of 100 runs by 500 tasks: from opening it to its squares, and frames a second while it scrolls."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from playwright.sync_api import Page
from sqlalchemy import Connection, insert, select

from benchmarks.measures import Measure
from benchmarks.ui.frames import frames_while
from jupyter_couture.cli.lab import Lab
from jupyter_couture.store import SqlStore
from jupyter_couture.store.tables import dag, dag_run, task_instance
from tests.e2e.api import wait_for_dags
from tests.e2e.lab import open_dag, open_lab

RUNS, TASKS = 100, 500
FEW_RUNS, FEW_TASKS = 25, 100
REPEATS = 15
BUDGET_FRAMES = 50.0
BUDGET_MILLISECONDS = 100.0
T0 = datetime(2026, 1, 1, tzinfo=UTC)
_FILE = f"""
from jupyter_couture import DAG, EmptyOperator

for dag_id, size in (("tree_large", {TASKS}), ("tree_usual", {FEW_TASKS})):
    with DAG(dag_id, schedule=None, is_paused_upon_creation=False):
        tasks = [EmptyOperator(task_id=f"task_{{number}}") for number in range(size)]
        for number in range(1, size):
            tasks[(number - 1) // 3] >> tasks[number]
"""
_SCROLL = """
const sheet = document.querySelector('[data-couture="tree-grid"]');
const part = rate => 0.5 - 0.5 * Math.cos(seconds * rate);
sheet.scrollTop = (sheet.scrollHeight - sheet.clientHeight) * part(1.6);
sheet.scrollLeft = (sheet.scrollWidth - sheet.clientWidth) * part(1.1);
"""


def measure(page: Page, lab: Lab) -> Iterator[Measure]:
    """Fill two DAGs with runs, ask for both grids, and scroll the large one."""
    (lab.settings.dags_folder / "trees.py").write_text(_FILE)
    wait_for_dags(lab, "tree_large", "tree_usual")
    store = SqlStore.open(lab.settings.database_url)
    store._db.write(lambda connection: _fill(connection, "tree_large", RUNS, TASKS))
    store._db.write(lambda connection: _fill(connection, "tree_usual", FEW_RUNS, FEW_TASKS))
    store.close()
    for dag_id, runs, budget in (("tree_usual", FEW_RUNS, BUDGET_MILLISECONDS), ("tree_large", RUNS, None)):
        yield Measure(
            workload="tree",
            metric=f"answer: {runs} runs of {dag_id}",
            value=_answer_ms(lab, dag_id, runs),
            unit="ms p95",
            budget=budget,
        )
    open_lab(page, lab)
    document = open_dag(page, "tree_large")
    document.get_by_role("tab", name="Tree View").click()
    document.get_by_label("Number of runs").wait_for()
    began = time.perf_counter()
    document.get_by_label("Number of runs").select_option(str(RUNS))
    page.wait_for_function(f"document.querySelectorAll('.couture-Bars-button').length === {RUNS}")
    yield Measure(workload="tree", metric="all runs in sight", value=(time.perf_counter() - began) * 1000, unit="ms")
    frames = frames_while(page, _SCROLL)
    yield Measure(
        workload="tree",
        metric="scrolling",
        value=frames.per_second,
        unit="frames/s",
        budget=BUDGET_FRAMES,
        at_least=True,
    )
    yield Measure(workload="tree", metric="slow frame while scrolling", value=frames.slow_ms, unit="ms p95")


def _answer_ms(lab: Lab, dag_id: str, runs: int) -> float:
    times: list[float] = []
    for _ in range(REPEATS):
        began = time.perf_counter()
        found = lab.call("GET", f"dags/{dag_id}/grid?limit={runs}")
        times.append((time.perf_counter() - began) * 1000)
        assert len(found["runs"]) == runs
    return sorted(times)[int(0.95 * (REPEATS - 1))]


def _fill(connection: Connection, dag_id: str, runs: int, tasks: int) -> None:
    """Ended runs, one a day; in every seventh a task fails."""
    version = connection.execute(select(dag.c.version).where(dag.c.dag_id == dag_id)).scalar_one()
    first = max(connection.execute(select(dag_run.c.id)).scalars(), default=0) + 1
    for number in range(runs):
        at = T0 + timedelta(days=number)
        failing = tasks // 2 if number % 7 == 6 else tasks
        connection.execute(insert(dag_run), [_run_row(first + number, dag_id, version, at, is_bad=failing < tasks)])
        connection.execute(
            insert(task_instance),
            [_task_row(first + number, place, at, is_bad=place == failing) for place in range(tasks)],
        )


def _run_row(number: int, dag_id: str, version: str, at: datetime, *, is_bad: bool) -> dict[str, Any]:
    return {
        "id": number,
        "dag_id": dag_id,
        "run_id": f"run_{at:%Y-%m-%d}",
        "run_type": "manual",
        "version": version,
        "state": "failed" if is_bad else "success",
        "logical_date": at,
        "data_interval_start": at,
        "data_interval_end": at,
        "queued_at": at,
        "started_at": at,
        "ended_at": at + timedelta(minutes=1 + number % 5),
        "conf": {},
        "is_cancel_requested": False,
    }


def _task_row(run: int, place: int, at: datetime, *, is_bad: bool) -> dict[str, Any]:
    return {
        "run_pk": run,
        "task_id": f"task_{place}",
        "map_index": -1,
        "state": "failed" if is_bad else "success",
        "try_number": 1,
        "failures": int(is_bad),
        "losses": 0,
        "queued_at": at,
        "started_at": at + timedelta(seconds=place),
        "ended_at": at + timedelta(seconds=place + 2),
    }
