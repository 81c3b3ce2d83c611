"""S132: the lists of all runs and task instances: every filter against a search through everything, on each store."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

import pytest

from jupyter_couture.model import browsing
from jupyter_couture.model.browsing import FoundTask, RunFilter, RunOrder, TaskFilter, TaskOrder
from jupyter_couture.model.dag import DagSpec
from jupyter_couture.model.ids import DagId, RunId, TaskId, TaskKey
from jupyter_couture.model.records import Batch, RunRow, RunUpdate
from jupyter_couture.model.run import RunType, TaskInstance
from jupyter_couture.model.states import RunState, TaskState
from jupyter_couture.store import SqlStore
from jupyter_couture.store import browsing as store_browsing
from tests.builders import T0, a_dag, a_task
from tests.contracts.store_desk import a_file, a_version, a_wish

ENDS = (TaskState.SUCCESS, TaskState.FAILED, TaskState.SKIPPED, TaskState.UPSTREAM_FAILED)
OPEN = (TaskState.NONE, TaskState.RUNNING, TaskState.QUEUED)


def second(number: float) -> datetime:
    return T0 + timedelta(seconds=number)


def a_library() -> list[DagSpec]:
    """Three DAGs; the operators and pools of their tasks differ."""
    tasks = (
        replace(a_task("load"), operator="SqlOperator", pool="db"),
        replace(a_task("clean"), operator="BashOperator"),
        replace(a_task("each"), operator="PythonOperator"),
    )
    other = replace(a_task("load"), operator="BashOperator")
    return [a_dag(*tasks, dag_id="x"), a_dag(*tasks[:2], dag_id="x_2"), a_dag(other, dag_id="y")]


@pytest.fixture
def store(store: SqlStore) -> SqlStore:
    """A store with runs in all states, their tasks in all states."""
    draw = Random(5)
    specs = a_library()
    store.record_parse(
        [a_file(a_version(spec), file=f"{spec.dag_id}.py") for spec in specs], T0, paused_at_creation=False
    )
    lease = store.acquire_lease("desk", 600)
    assert lease is not None
    for number in range(24):
        spec = specs[number % 3]
        wish = replace(a_wish(spec, f"r%{number}_", draw.randrange(1000)), run_type=draw.choice(list(RunType)))
        queued, _ = store.create_run(wish)
        state = draw.choice(list(RunState))
        if state is RunState.QUEUED:
            continue
        tasks = [_a_task(TaskKey(task.task_id), state, draw) for task in spec.tasks if task.task_id != "each"]
        if spec.dag_id == "x":
            tasks += [_a_task(TaskKey(TaskId("each"), index), state, draw) for index in range(3)]
        running = replace(queued, state=RunState.RUNNING, started_at=T0)
        store.commit(
            lease.fence, Batch(new_tasks=[(queued.key, tasks)], run_updates=[RunUpdate(running, RunState.QUEUED)])
        )
        if state is not RunState.RUNNING:
            ended = replace(running, state=state, ended_at=T0)
            store.commit(lease.fence, Batch(run_updates=[RunUpdate(ended, RunState.RUNNING)]))
    return store


def _a_task(key: TaskKey, run_state: RunState, draw: Random) -> TaskInstance:
    state = draw.choice(ENDS if run_state is not RunState.RUNNING else (*ENDS, *OPEN))
    has_started = state in (TaskState.SUCCESS, TaskState.FAILED, TaskState.RUNNING)
    return TaskInstance(key, state, 1, started_at=second(draw.randrange(10**6) / 1000) if has_started else None)


RUN_FILTERS: list[tuple[RunFilter, Callable[[RunRow], bool]]] = [
    (RunFilter(), lambda row: True),
    (RunFilter(dag_id=DagId("x")), lambda row: row.run.dag_id == "x"),
    (RunFilter(dag_id=DagId("nobody")), lambda row: False),
    (RunFilter(states=(RunState.FAILED,)), lambda row: row.run.state is RunState.FAILED),
    (
        RunFilter(states=(RunState.QUEUED, RunState.SUCCESS), dag_id=DagId("y")),
        lambda row: row.run.dag_id == "y" and row.run.state in (RunState.QUEUED, RunState.SUCCESS),
    ),
    (RunFilter(run_types=(RunType.BACKFILL,)), lambda row: row.run.run_type is RunType.BACKFILL),
    (RunFilter(search="%1"), lambda row: "%1" in row.run.run_id),
    (RunFilter(search="r_"), lambda row: False),
    (
        RunFilter(date_from=second(200), date_to=second(600)),
        lambda row: second(200) <= row.run.logical_date <= second(600),
    ),
]

TASK_FILTERS: list[tuple[TaskFilter, Callable[[FoundTask], bool]]] = [
    (TaskFilter(), lambda one: True),
    (TaskFilter(dag_id=DagId("x")), lambda one: one.run.dag_id == "x"),
    (TaskFilter(run_id=RunId("r%1_")), lambda one: one.run.run_id == "r%1_"),
    (TaskFilter(task_id="each"), lambda one: one.task.key.task_id == "each"),
    (TaskFilter(states=(TaskState.FAILED,)), lambda one: one.task.state is TaskState.FAILED),
    (
        TaskFilter(states=(TaskState.RUNNING, TaskState.NONE)),
        lambda one: one.task.state in (TaskState.RUNNING, TaskState.NONE),
    ),
    (
        TaskFilter(states=(TaskState.RUNNING, TaskState.SUCCESS), dag_id=DagId("x_2")),
        lambda one: one.run.dag_id == "x_2" and one.task.state in (TaskState.RUNNING, TaskState.SUCCESS),
    ),
    (TaskFilter(operator="BashOperator"), lambda one: one.operator == "BashOperator"),
    (TaskFilter(operator="SqlOperator", task_id="load"), lambda one: one.operator == "SqlOperator"),
    (TaskFilter(operator="NoOperator"), lambda one: False),
    (TaskFilter(pool="db"), lambda one: one.pool == "db"),
    (TaskFilter(pool="db", operator="BashOperator"), lambda one: False),
    (
        TaskFilter(started_from=second(300), started_to=second(700)),
        lambda one: one.task.started_at is not None and second(300) <= one.task.started_at <= second(700),
    ),
]


def everything(store: SqlStore) -> Sequence[FoundTask]:
    return store.browse_tasks(TaskFilter(limit=1000)).rows


@pytest.mark.parametrize("order", RunOrder)
def test_S132_runs_are_found_by_every_filter_in_every_order(store: SqlStore, order: RunOrder) -> None:
    rows = store.browse_runs(RunFilter(limit=1000))[0]
    assert len(rows) == 24
    created = {row.run.key: number for number, row in enumerate(reversed(rows))}
    by_date = order in (RunOrder.LATEST_DATE, RunOrder.EARLIEST_DATE)
    for wanted, fits in RUN_FILTERS:
        expected = sorted(
            filter(fits, rows),
            key=lambda row: (row.run.logical_date if by_date else T0, created[row.run.key]),
            reverse=order.value.startswith("-"),
        )
        found, total, has_more = store.browse_runs(replace(wanted, order=order, limit=1000))
        assert (list(found), total, has_more) == (expected, len(expected), False), wanted
        page, total, _ = store.browse_runs(replace(wanted, order=order, limit=3, offset=2))
        assert (list(page), total) == (expected[2:5], len(expected)), wanted


@pytest.mark.parametrize("order", TaskOrder)
def test_S132_task_instances_are_found_by_every_filter_in_every_order(store: SqlStore, order: TaskOrder) -> None:
    rows = everything(store)
    assert {one.task.state for one in rows} == {*ENDS, *OPEN}
    assert {(one.operator, one.pool) for one in rows if one.task.key.task_id == "load"} == {
        ("SqlOperator", "db"),
        ("BashOperator", "default_pool"),
    }
    by_start = order in (TaskOrder.LATEST_START, TaskOrder.EARLIEST_START)
    number = {(one.run.key, one.task.key): place for place, one in enumerate(reversed(rows))}
    for wanted, fits in TASK_FILTERS:
        expected = sorted(
            (one for one in rows if fits(one) and not (by_start and one.task.started_at is None)),
            key=lambda one: (
                (one.task.started_at or T0) if by_start else T0 + timedelta(number[one.run.key, one.task.key])
            ),
            reverse=order.value.startswith("-"),
        )
        found = store.browse_tasks(replace(wanted, order=order, limit=1000))
        assert (list(found.rows), found.total, found.has_more) == (expected, len(expected), False), wanted
        page = store.browse_tasks(replace(wanted, order=order, limit=2, offset=1))
        assert (list(page.rows), page.total) == (expected[1:3], len(expected)), wanted


@pytest.mark.parametrize(
    ("order", "tie"),
    [(TaskOrder.LATEST_START, TaskOrder.NEWEST_RUN), (TaskOrder.EARLIEST_START, TaskOrder.OLDEST_RUN)],
)
def test_pages_of_what_started_together_neither_repeat_nor_lose_a_row(
    store: SqlStore, order: TaskOrder, tie: TaskOrder
) -> None:
    with store._db.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE task_instance SET started_at = 1 WHERE started_at IS NOT NULL")
    wanted = [one for one in store.browse_tasks(TaskFilter(limit=1000, order=tie)).rows if one.task.started_at]
    found: list[FoundTask] = []
    for offset in range(0, len(wanted), 3):
        found += store.browse_tasks(TaskFilter(limit=3, offset=offset, order=order)).rows
    assert [(one.run.key, one.task.key) for one in found] == [(one.run.key, one.task.key) for one in wanted]


def test_a_list_counts_no_further_than_it_must(store: SqlStore, monkeypatch: pytest.MonkeyPatch) -> None:
    assert browsing.COUNTED == 10_000
    number = len(everything(store))
    monkeypatch.setattr(store_browsing, "COUNTED", 5)
    page = store.browse_tasks(TaskFilter(limit=2))
    assert (len(page.rows), page.total, page.has_more) == (2, 5, True)
    last = store.browse_tasks(TaskFilter(limit=100, offset=number - 1))
    assert (len(last.rows), last.total, last.has_more) == (1, 5, True)
    assert store.browse_runs(RunFilter(limit=1))[1:] == (5, True)
    common = store.browse_tasks(TaskFilter(operator="BashOperator", limit=1000))
    assert {one.operator for one in common.rows} == {"BashOperator"}


def test_the_operator_is_that_of_the_version_the_run_is_pinned_to(store: SqlStore) -> None:
    spec = a_library()[2]
    changed = replace(spec, tasks=(replace(spec.tasks[0], operator="NewOperator"),))
    store.record_parse([a_file(a_version(changed, "y@2"), file="y.py", content="2")], T0, paused_at_creation=False)
    assert store.browse_tasks(TaskFilter(operator="NewOperator")).total == 0
    assert store.browse_tasks(TaskFilter(dag_id=DagId("y"), operator="BashOperator")).total > 0
