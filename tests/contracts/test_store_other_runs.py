"""What tasks ask of the store about other runs."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from jupyter_couture.model.ids import DagId, RunId, RunKey, TaskId, TaskKey
from jupyter_couture.model.records import Batch, NewRun, RunSearch
from jupyter_couture.model.run import TaskInstance, TaskRef
from jupyter_couture.model.states import RunState, TaskState
from jupyter_couture.store import SqlStore
from tests.builders import T0, a_dag, a_task, task_key
from tests.contracts.store_desk import Desk, a_file, a_version, a_wish


@pytest.fixture
def groups(store: SqlStore) -> Desk:
    """A DAG with the task ``a`` and the group ``g``, in which ``g.b`` and, deeper, ``g.h.c`` lie."""
    spec = a_dag(
        a_task("a"),
        replace(a_task("g.b"), group="g"),
        replace(a_task("g.h.c"), group="g.h"),
        dag_id="d",
    )
    desk = Desk.at(store)
    store.record_parse([a_file(a_version(spec, "d@2"), content="h2")], T0, paused_at_creation=False)
    return replace(desk, spec=spec)


def _begin(desk: Desk, wish: NewRun, *tasks: TaskInstance) -> RunKey:
    run, _ = desk.store.create_run(wish)
    desk.store.commit(desk.fence, Batch(new_tasks=[(run.key, tasks)]))
    return run.key


def test_states_are_found_by_logical_date_of_runs_tasks_and_groups(groups: Desk) -> None:
    done = TaskInstance(task_key("a"), TaskState.SUCCESS)
    first = TaskInstance(TaskKey(TaskId("g.b"), 0), TaskState.FAILED)
    deeper = TaskInstance(task_key("g.h.c"), TaskState.RUNNING)
    _begin(groups, a_wish(groups.spec, "r"), done, first, deeper)
    _begin(groups, a_wish(groups.spec, "later", 5.0), TaskInstance(task_key("a"), TaskState.QUEUED))
    dag_id, later, never = groups.spec.dag_id, T0 + timedelta(seconds=5), T0 + timedelta(days=1)
    at, after = T0.isoformat(), later.isoformat()

    runs = groups.store.states_of(dag_id, [T0, later, never], None, None)
    assert list(runs) == [
        {"run_id": "r", "logical_date": at, "state": "queued"},
        {"run_id": "later", "logical_date": after, "state": "queued"},
    ]
    tasks = groups.store.states_of(dag_id, [T0, later], ["a", "ghost"], None)
    assert [(item["run_id"], item["task_id"], item["state"]) for item in tasks] == [
        ("r", "a", "success"),
        ("later", "a", "queued"),
    ]
    inside = groups.store.states_of(dag_id, [T0], None, "g")
    assert [(item["task_id"], item["map_index"], item["state"]) for item in inside] == [
        ("g.b", 0, "failed"),
        ("g.h.c", -1, "running"),
    ]
    assert [item["task_id"] for item in groups.store.states_of(dag_id, [T0], None, "g.h")] == ["g.h.c"]


def test_an_outline_names_tasks_and_groups(groups: Desk) -> None:
    assert groups.store.dag_outline(groups.spec.dag_id) == {
        "dag_id": "d",
        "is_paused": False,
        "task_ids": ["a", "g.b", "g.h.c"],
        "group_ids": ["g", "g.h"],
    }
    assert groups.store.dag_outline(DagId("ghost")) is None


def test_ancestors_are_the_runs_around_a_run(desk: Desk) -> None:
    keys = []
    parent = None
    for number in range(3):
        wish = replace(a_wish(desk.spec, f"r{number}", number), parent=parent)
        run, _ = desk.store.create_run(wish)
        keys.append(run.key)
        parent = TaskRef(run.dag_id, run.run_id, TaskId("a"))
    assert list(desk.store.ancestors(keys[2])) == [keys[1], keys[0]]
    assert list(desk.store.ancestors(keys[0])) == []
    assert desk.store.live_runs()[2].parent == TaskRef(keys[1].dag_id, keys[1].run_id, "a")


def test_states_of_many_runs_are_asked_for_at_once(desk: Desk) -> None:
    key, _ = desk.store.create_run(a_wish(desk.spec, "r"))
    ghost = RunKey(desk.spec.dag_id, RunId("ghost"))
    elsewhere = RunKey(DagId("other"), RunId("r"))
    assert desk.store.run_states({key.key, ghost, elsewhere}) == {key.key: RunState.QUEUED}
    assert desk.store.run_states(()) == {}


def test_a_run_is_found_by_its_id_or_else_by_its_date(desk: Desk) -> None:
    named = _begin(desk, a_wish(desk.spec, "r", 5.0), TaskInstance(task_key("a"), TaskState.SUCCESS))
    dated = _begin(desk, a_wish(desk.spec, "dated"))
    found = desk.store.run_at(desk.spec.dag_id, RunId("r"), T0)
    assert found is not None
    assert (found.key, list(found.tasks)) == (named, [task_key("a")])
    other = desk.store.run_at(desk.spec.dag_id, RunId("ghost"), T0)
    assert other is not None
    assert other.key == dated
    assert desk.store.run_at(desk.spec.dag_id, RunId("ghost"), T0 + timedelta(days=9)) is None


def test_runs_are_found_by_state_and_date_and_the_newest_come_last(groups: Desk) -> None:
    _begin(groups, a_wish(groups.spec, "r"), TaskInstance(task_key("a"), TaskState.SUCCESS, try_number=2))
    _begin(groups, a_wish(groups.spec, "later", 5.0))
    dag_id, later = groups.spec.dag_id, T0 + timedelta(seconds=5)

    def ids(**wanted: Any) -> list[str]:
        return [run.run_id for run in groups.store.find_runs(RunSearch(dag_ids=(dag_id,), **wanted))]

    assert ids() == ["r", "later"]
    assert ids(limit=1) == ["later"]
    assert ids(run_id=RunId("r")) == ["r"]
    assert ids(earliest=later) == ["later"]
    assert ids(latest=T0, state=RunState.QUEUED) == ["r"]
    assert ids(state=RunState.FAILED) == []
    assert groups.store.find_runs(RunSearch(dag_ids=(DagId("other"),))) == []

    (task,) = groups.store.tasks_of(RunKey(dag_id, RunId("r")))
    assert (task.key.task_id, task.state, task.try_number) == ("a", TaskState.SUCCESS, 2)
    assert groups.store.tasks_of(RunKey(dag_id, RunId("never"))) == []


def test_S082_the_runs_a_task_instance_triggered_are_listed_the_newest_first(groups: Desk) -> None:
    key = _begin(groups, a_wish(groups.spec, "parent"), TaskInstance(task_key("a"), TaskState.SUCCESS))
    parent = TaskRef(key.dag_id, key.run_id, "a")
    child = Desk.at(groups.store, dag_id="child")
    for number in range(3):
        child.store.create_run(replace(a_wish(child.spec, f"c{number}", number), parent=parent))
    child.store.create_run(replace(a_wish(child.spec, "other", 7), parent=replace(parent, map_index=0)))
    found = groups.store.triggered_runs(parent, 10)
    assert [(row.run.dag_id, row.run.run_id) for row in found] == [("child", "c2"), ("child", "c1"), ("child", "c0")]
    assert [row.run.run_id for row in groups.store.triggered_runs(parent, 1)] == ["c2"]
    assert groups.store.triggered_runs(replace(parent, task_id="b"), 10) == []
