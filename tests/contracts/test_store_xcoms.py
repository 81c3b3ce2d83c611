"""Values between tasks in the store: kept with the attempt, found by every filter, dropped in time (S134 to S140)."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from jupyter_couture.executors.leftovers import remove_leftovers
from jupyter_couture.model.errors import NotFound
from jupyter_couture.model.ids import DagId, RunId, RunKey, TaskId, TaskKey
from jupyter_couture.model.intents import StartAttempt
from jupyter_couture.model.records import Batch, RunUpdate, TaskUpdate
from jupyter_couture.model.run import DagRun, TaskInstance
from jupyter_couture.model.states import AttemptState, RunState, TaskState
from jupyter_couture.model.xcom import XCom, XComFilter, XComForm, XComItem, XComQuery
from jupyter_couture.runtime.value_files import task_folder
from tests.builders import T0, task_key
from tests.contracts.store_desk import Desk, claims, outcome, progress


def an_item(value: Any, **changes: Any) -> XComItem:
    given: dict[str, Any] = {"form": XComForm.JSON, "type_name": "int", "size_bytes": 1, "preview": value}
    return XComItem(**{**given, "value": value, **changes})


def running(desk: Desk, run: DagRun, *tasks: str) -> list[StartAttempt]:
    starts = desk.dispatched(run, tasks)
    assert desk.store.claim(claims(starts)) == {start.attempt_id for start in starts}
    return starts


def a_query(run: DagRun, **changes: Any) -> XComQuery:
    return replace(XComQuery(dag_id=run.dag_id, own_run=run.key, logical_date=run.logical_date, limit=100), **changes)


def values(rows: tuple[XCom, ...]) -> list[Any]:
    return [row.item.value for row in rows]


def test_values_pushed_by_a_running_attempt_are_seen_at_once_and_replaced(desk: Desk) -> None:
    run = desk.started()
    (start,) = running(desk, run, "a")

    assert desk.store.keep_xcoms(start.attempt_id, {"x": an_item(1), "y": an_item(None, path="p", sha256="s")})
    assert desk.store.keep_xcoms(start.attempt_id, {"x": an_item({"n": [2]})})

    found = desk.store.xcom(run.key, task_key("a"), "x")
    assert found.item == an_item({"n": [2]})
    assert found.attempt_id == start.attempt_id
    assert desk.store.xcom(run.key, task_key("a"), "y").item.path == "p"


def test_an_attempt_that_is_not_running_keeps_nothing(desk: Desk) -> None:
    (start,) = desk.dispatched(desk.started())

    assert not desk.store.keep_xcoms(start.attempt_id, {"x": an_item(1)})
    desk.store.claim(claims([start]))
    desk.store.finish([outcome(start)])
    assert not desk.store.keep_xcoms(start.attempt_id, {"x": an_item(1)})


@pytest.mark.parametrize("state", [AttemptState.SUCCESS, AttemptState.FAILED])
def test_values_travel_with_progress_and_with_the_end_however_it_was(desk: Desk, state: AttemptState) -> None:
    run = desk.started()
    (start,) = running(desk, run, "a")
    desk.store.progress([replace(progress(start, 1), xcoms={"x": an_item(1)})])
    assert values(desk.store.pull_xcoms(a_query(run)).rows) == [1]

    desk.store.finish([replace(outcome(start, state), xcoms={"x": an_item(2), "return_value": an_item(3)})])

    assert sorted(values(desk.store.pull_xcoms(a_query(run)).rows)) == [2, 3]


def test_a_new_try_begins_without_the_values_of_the_one_before_and_a_look_keeps_them(desk: Desk) -> None:
    run = desk.started()
    first, other = running(desk, run, "a", "b")
    for start in (first, other):
        desk.store.finish([replace(outcome(start, AttemptState.FAILED), xcoms={"x": an_item(1)})])
    again = [desk.start(run, name, try_number=2) for name in ("a", "b")]
    desk.commit(Batch(new_attempts=again))
    look, retry = claims(again)
    desk.store.claim([look, replace(retry, is_new_try=True)])

    assert [row.task_key.task_id for row in desk.store.pull_xcoms(a_query(run)).rows] == ["a"]


@pytest.mark.parametrize(("state", "is_kept"), [(TaskState.NONE, False), (TaskState.FAILED, True)])
def test_clearing_a_task_drops_its_values_and_marking_it_does_not(desk: Desk, state: TaskState, is_kept: bool) -> None:
    run = desk.started()
    (start,) = running(desk, run, "a")
    desk.store.finish([replace(outcome(start), xcoms={"x": an_item(1)})])
    instance = TaskInstance(task_key("a"), TaskState.SUCCESS, 1)
    desk.commit(Batch(task_updates=[TaskUpdate(run.key, instance, TaskState.QUEUED)]))

    desk.commit(Batch(task_updates=[TaskUpdate(run.key, replace(instance, state=state), TaskState.SUCCESS)]))

    assert bool(desk.store.pull_xcoms(a_query(run)).rows) is is_kept


def test_pulls_filter_by_task_key_index_and_run_and_begin_with_the_newest(desk: Desk) -> None:
    run, later = desk.started("r1"), desk.started("r2", at=60)
    for number, (of, name) in enumerate([(run, "a"), (run, "b"), (later, "a")]):
        (start,) = running(desk, of, name)
        desk.store.keep_xcoms(start.attempt_id, {"k": an_item(number), "j": an_item(f"j{number}")})

    def pulled(of: DagRun, **filters: Any) -> list[Any]:
        return values(desk.store.pull_xcoms(a_query(of, **filters)).rows)

    assert pulled(run, key="k") == [1, 0]
    assert pulled(run, key="k", limit=1) == [1]
    assert pulled(run, key="k", task_id="a") == [0]
    assert pulled(run, task_id="a", key=None) == ["j0", 0]
    assert pulled(run, key="k", map_indexes=(3,)) == []
    assert pulled(later, key="k") == [2]
    assert pulled(later, key="k", run_id="r1") == [1, 0]
    assert pulled(later, key="k", is_prior_wanted=True) == [2, 1, 0]
    assert pulled(run, key="k", is_prior_wanted=True) == [1, 0]
    assert pulled(later, key="k", dag_id="other") == []
    assert desk.store.pull_xcoms(a_query(later, key="k", is_prior_wanted=True, limit=1)).total == 3


def test_another_dags_run_of_the_same_date_is_the_one_that_is_meant(desk: Desk) -> None:
    run = desk.started("r1")
    (start,) = running(desk, run, "a")
    desk.store.keep_xcoms(start.attempt_id, {"k": an_item(5)})
    elsewhere = RunKey(DagId("elsewhere"), run.run_id)
    asking = XComQuery(dag_id=run.dag_id, own_run=elsewhere, logical_date=T0 + timedelta(days=9))
    by_date = replace(asking, own_run=RunKey(DagId("elsewhere"), RunId("another")))

    assert values(desk.store.pull_xcoms(asking).rows) == [5]
    assert values(desk.store.pull_xcoms(replace(by_date, logical_date=run.logical_date)).rows) == [5]
    assert values(desk.store.pull_xcoms(by_date).rows) == []


def test_the_instances_of_a_mapped_task_come_by_index_in_pages(desk: Desk) -> None:
    run = desk.started()
    for index in (2, 0, 1):
        start = replace(desk.start(run), task_key=TaskKey(TaskId("a"), index))
        desk.commit(Batch(new_attempts=[start]))
        desk.store.claim(claims([start]))
        desk.store.keep_xcoms(start.attempt_id, {"k": an_item("v" * 5 + str(index), size_bytes=5_000_000)})

    page = desk.store.pull_xcoms(a_query(run, is_by_index=True))
    assert page.total == 3
    assert values(page.rows) == ["vvvvv0"]  # more would not fit into one answer
    assert values(desk.store.pull_xcoms(a_query(run, is_by_index=True, offset=1)).rows) == ["vvvvv1"]
    assert desk.store.pull_xcoms(a_query(run, is_by_index=True, offset=9)).rows == ()


def test_the_run_before_is_found_by_its_date(desk: Desk) -> None:
    first, second = desk.started("r1"), desk.started("r2", at=60)
    third = desk.started("r3", at=120)
    ended = replace(first, state=RunState.SUCCESS, ended_at=T0)
    desk.commit(Batch(run_updates=[RunUpdate(ended, expected=RunState.RUNNING)]))

    def before(run: DagRun, *, only_success: bool) -> str | None:
        found = desk.store.earlier_run(run.key, only_success=only_success)
        return None if found is None else found.run_id

    assert before(third, only_success=False) == "r2"
    assert before(third, only_success=True) == "r1"
    assert before(second, only_success=True) == "r1"
    assert before(first, only_success=False) is None


def test_files_of_runs_that_are_gone_are_found_and_removed(desk: Desk, tmp_path: Path) -> None:
    run = desk.started("manual__2026-03-01T00:00:00+00:00")
    values_dir = tmp_path / "xcom"
    kept = task_folder(values_dir, run.key, task_key("a"))
    gone = [task_folder(values_dir, RunKey(DagId(name), RunId("r9")), task_key("a")) for name in ("d", "nobody")]
    for folder in (kept, *gone):
        folder.mkdir(parents=True)
        (folder / "value").write_text("1")
    (values_dir / ".key").write_text("secret")

    assert remove_leftovers(desk.store, values_dir) == 2
    assert remove_leftovers(desk.store, tmp_path / "none") == 0

    assert sorted(str(path.relative_to(values_dir)) for path in values_dir.rglob("*") if path.is_file()) == [
        ".key",
        str((kept / "value").relative_to(values_dir)),
    ]


def test_values_go_with_their_run(desk: Desk) -> None:
    run = desk.started()
    (start,) = running(desk, run, "a")
    desk.store.keep_xcoms(start.attempt_id, {"k": an_item(1)})
    desk.store.finish([outcome(start)])
    desk.commit(Batch(deleted_runs=[run.key]))

    assert desk.store.list_xcoms(XComFilter()).total == 0


def test_lists_show_previews_and_values_can_be_removed(desk: Desk) -> None:
    run = desk.started()
    first, second = running(desk, run, "a", "b")
    desk.store.keep_xcoms(first.attempt_id, {"k": an_item("secret", preview="***")})
    desk.store.keep_xcoms(second.attempt_id, {"k": an_item(2), "j": an_item(3)})

    page = desk.store.list_xcoms(XComFilter(dag_id="d", key="k"))
    assert [(row.task_key.task_id, row.item.preview, row.item.value) for row in page.rows] == [
        ("b", 2, None),
        ("a", "***", None),
    ]
    assert desk.store.list_xcoms(XComFilter(run_id=run.run_id, limit=1, offset=1)).total == 3
    assert desk.store.list_xcoms(XComFilter(dag_ids=frozenset({"e"}))).total == 0
    assert desk.store.delete_xcom(run.key, task_key("a"), "k").item.preview == "***"
    with pytest.raises(NotFound):
        desk.store.delete_xcom(run.key, task_key("a"), "k")
