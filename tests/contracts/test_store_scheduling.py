"""What complete scheduling asks of a store: expansion, pools, the run before, failures in a row, facts of waits."""

from dataclasses import replace
from datetime import timedelta

import pytest

from jupyter_couture.model.errors import Conflict, NotFound
from jupyter_couture.model.facts import WaitEnded
from jupyter_couture.model.ids import TaskKey
from jupyter_couture.model.pools import THE_DEFAULT_POOL, Pool
from jupyter_couture.model.records import Batch, RunUpdate, TaskUpdate
from jupyter_couture.model.run import DagRun, Resume, RunType, TaskInstance, Wait, WaitKind
from jupyter_couture.model.states import RunState, TaskState
from jupyter_couture.store import SqlStore
from tests.builders import T0
from tests.contracts.store_desk import Desk, key_of, to


def test_a_placeholder_gives_way_to_instances_in_one_batch(desk: Desk) -> None:
    run = desk.started()
    made = [TaskInstance(TaskKey(key_of("a").task_id, index), TaskState.SCHEDULED) for index in range(3)]
    expansion = Batch(removed_tasks=[(run.key, [key_of("a")])], new_tasks=[(run.key, made)])
    desk.commit(expansion)
    found = desk.store.run_with_tasks(run.key)
    assert found is not None
    assert sorted(found.tasks) == [*(task.key for task in made), key_of("b")]
    with pytest.raises(Conflict):
        desk.commit(expansion)


def test_what_few_instances_have_comes_back(desk: Desk) -> None:
    run = desk.started()
    wait = Wait("w", WaitKind.TRIGGER, "go_on", "a.B", {"n": 1}, {"k": [2]}, T0 + timedelta(hours=1))
    task = replace(
        TaskInstance(key_of("a"), TaskState.DEFERRED, 1),
        wait=wait,
        resume=Resume("m", {"x": 1}, {"event": True}, "why"),
        skips=("b",),
        first_started_at=T0,
        forced=("upstream",),
        map_length=7,
        label="seven",
    )
    desk.commit(Batch(task_updates=[TaskUpdate(run.key, task, TaskState.NONE)]))
    found = desk.store.run_with_tasks(run.key)
    assert found is not None
    assert found.tasks[key_of("a")] == task


def test_facts_of_waits_are_put_into_the_inbox(desk: Desk) -> None:
    run = desk.started()
    fact = WaitEnded(wait_id="w", run_key=run.key, task_key=key_of("a"), at=T0, event={"ok": [1, None]})
    desk.store.add_facts([])
    desk.store.add_facts([fact, fact])
    assert [stored.fact for stored in desk.store.facts(10)] == [fact, fact]


def test_a_run_that_is_opened_again_is_no_longer_to_be_cancelled(desk: Desk) -> None:
    run = desk.started()
    desk.store.request_cancel(run.key)
    ended = replace(run, state=RunState.FAILED, ended_at=T0)
    desk.commit(Batch(run_updates=[RunUpdate(ended, RunState.RUNNING)]))
    assert _stored(desk, run).is_cancel_requested
    desk.commit(Batch(run_updates=[RunUpdate(replace(run, state=RunState.QUEUED), RunState.FAILED)]))
    assert not _stored(desk, run).is_cancel_requested


def test_a_dag_is_turned_off_by_the_leader(desk: Desk) -> None:
    desk.commit(Batch(paused_dags=[desk.spec.dag_id]))
    assert desk.store.dag_states()[0].is_paused


def test_the_run_before_is_the_newest_of_its_kind_that_has_ended(desk: Desk) -> None:
    for number, (kind, state) in enumerate(
        (
            (RunType.SCHEDULED, RunState.SUCCESS),
            (RunType.SCHEDULED, RunState.FAILED),
            (RunType.MANUAL, RunState.SUCCESS),
            (RunType.SCHEDULED, RunState.RUNNING),
        )
    ):
        run = replace(desk.scheduled(f"r{number}", number * 60.0), run_type=kind, state=state)
        desk.commit(Batch(new_runs=[run], new_tasks=[(run.key, desk.tasks)]))
    desk.commit(Batch(task_updates=[to("a", TaskState.SUCCESS, desk.scheduled("r1"))]))

    def before(minutes: float, *types: RunType) -> str | None:
        at = T0 + timedelta(minutes=minutes)
        found = desk.store.ended_run_before(desk.spec.dag_id, at, types or tuple(RunType))
        return None if found is None else found.run_id

    assert before(0) is None
    assert before(9, RunType.SCHEDULED, RunType.BACKFILL) == "r1"
    assert before(9) == "r2"
    found = desk.store.ended_run_before(desk.spec.dag_id, T0 + timedelta(minutes=2), [RunType.SCHEDULED])
    assert found is not None
    assert found.tasks[key_of("a")].state is TaskState.SUCCESS
    later = replace(desk.scheduled("new", 900.0), run_type=RunType.SCHEDULED)
    live = desk.store.run_before(later)
    assert live is not None
    assert live.run_id == "r3"
    assert desk.store.running_runs(desk.spec.dag_id) == 1


def test_failures_in_a_row_are_counted_from_the_newest_scheduled_run_back(desk: Desk) -> None:
    ends = (RunState.FAILED, RunState.SUCCESS, RunState.FAILED, RunState.FAILED, RunState.FAILED)
    for number, state in enumerate(ends):
        desk.commit(Batch(new_runs=[replace(desk.scheduled(f"r{number}", number), state=state)]))
    assert desk.store.failed_streak(desk.spec.dag_id, 10) == 3
    assert desk.store.failed_streak(desk.spec.dag_id, 2) == 2


def test_pools_are_made_changed_and_removed(store: SqlStore) -> None:
    assert store.pools() == [THE_DEFAULT_POOL]
    small = Pool("small", 2, "wörds", includes_deferred=True)
    store.add_pool(small)
    with pytest.raises(Conflict, match="already"):
        store.add_pool(small)
    with pytest.raises(Conflict, match="already"):
        store.add_pool(Pool(THE_DEFAULT_POOL.name, 1))
    assert store.put_pool(Pool("wide", -1))
    assert not store.put_pool(Pool("small", 3))
    assert not store.put_pool(Pool(THE_DEFAULT_POOL.name, 5))
    assert store.pools() == [Pool(THE_DEFAULT_POOL.name, 5), Pool("small", 3), Pool("wide", -1)]
    store.delete_pool("small")
    with pytest.raises(NotFound):
        store.delete_pool("small")


def test_the_use_of_pools_is_counted_in_slots(desk: Desk) -> None:
    run = desk.started()
    desk.dispatched(run, ["a"])
    desk.commit(Batch(task_updates=[to("b", TaskState.DEFERRED, run)]))
    (use,) = desk.store.pool_uses()
    assert (use.queued, use.deferred, use.open) == (1, 1, 127)
    assert sorted((busy.task_id, busy.open, busy.waiting) for busy in desk.store.busy()) == [("a", 1, 0), ("b", 0, 1)]


def test_the_leader_says_how_many_slots_there_are(desk: Desk) -> None:
    lease = desk.store.current_lease()
    assert lease is not None
    assert lease.slots is None
    assert desk.store.renew_lease(lease, 60, 8).slots == 8
    renewed = desk.store.current_lease()
    assert renewed is not None
    assert renewed.slots == 8


def _stored(desk: Desk, run: DagRun) -> DagRun:
    found = desk.store.run_with_tasks(run.key)
    assert found is not None
    return found
