"""The leader's transaction: all of a batch or nothing, and only over what the leader had seen."""

from dataclasses import replace
from datetime import timedelta

import pytest

from jupyter_couture.model.errors import Conflict, NotFound
from jupyter_couture.model.ids import AttemptId, DagId, RunId, RunKey, VersionHash
from jupyter_couture.model.records import AttemptUpdate, Batch, FeedEntry, RunUpdate, TaskUpdate
from jupyter_couture.model.run import DagRun, RunType, TaskInstance
from jupyter_couture.model.states import AttemptState, RunState, TaskState
from jupyter_couture.store import SqlStore
from tests.builders import T0
from tests.contracts.store_desk import SOURCE, Desk, claims, contents, key_of, outcome, to

LATER = T0 + timedelta(seconds=90, microseconds=123_457)


def test_a_run_comes_back_as_it_was_written(desk: Desk) -> None:
    run = replace(desk.scheduled(), conf={"n": 2**70, "text": "ä\x00\ud800", "list": [1, {"x": None}]}, reason="wörd")
    desk.commit(Batch(new_runs=[run]))
    assert desk.store.run_with_tasks(run.key) == run
    assert desk.store.live_runs() == [run]


def test_task_instances_come_back_as_they_were_written(desk: Desk) -> None:
    run = desk.started()
    task = TaskInstance(
        key=key_of("a"),
        state=TaskState.UP_FOR_RETRY,
        try_number=3,
        failures=2,
        losses=1,
        attempt_id=AttemptId("f" * 32),
        queued_at=T0,
        started_at=LATER,
        ended_at=LATER,
        next_retry_at=LATER,
        reason="again",
    )
    desk.commit(Batch(task_updates=[TaskUpdate(run.key, task, TaskState.NONE)]))
    found = desk.store.run_with_tasks(run.key)
    assert found is not None
    assert found.tasks[key_of("a")] == task
    assert found.tasks[key_of("b")] == TaskInstance(key_of("b"))


def test_a_run_may_be_made_started_and_given_tasks_in_one_batch(desk: Desk) -> None:
    run = replace(desk.scheduled(), state=RunState.RUNNING, started_at=T0)
    start = desk.start(run)
    desk.commit(
        Batch(
            new_runs=[run],
            new_tasks=[(run.key, desk.tasks)],
            task_updates=[to("a", TaskState.SCHEDULED, run), desk.queued(start, TaskState.SCHEDULED)],
            new_attempts=[start],
            next_due={run.dag_id: LATER},
            feed=[FeedEntry("run.state", run.dag_id, run.run_id, data={"state": "running"})],
        )
    )
    assert desk.states(run.key) == {"a": "queued", "b": "none"}
    assert desk.store.pending_starts() == [start]
    (state,) = desk.store.dag_states()
    assert state.next_due == LATER
    assert state.latest_scheduled == run.logical_date


def test_latest_scheduled_never_goes_back_and_ignores_manual_runs(desk: Desk) -> None:
    desk.commit(Batch(new_runs=[desk.scheduled("late", 60), desk.scheduled("early", 0)]))
    desk.started("manual", at=600)
    assert desk.store.dag_states()[0].latest_scheduled == T0 + timedelta(seconds=60)


def test_next_due_can_be_taken_back(desk: Desk) -> None:
    desk.commit(Batch(next_due={desk.spec.dag_id: LATER}))
    desk.commit(Batch(next_due={desk.spec.dag_id: None}))
    assert desk.store.dag_states()[0].next_due is None


def test_a_batch_of_nothing_gives_the_newest_feed_number(desk: Desk) -> None:
    newest = desk.store.feed_position()[1]
    assert desk.commit(Batch()) == newest


def test_a_state_that_moved_meanwhile_is_a_conflict_that_names_the_task(desk: Desk) -> None:
    run = desk.started()
    desk.commit(Batch(task_updates=[to("a", TaskState.SCHEDULED, run)]))
    with pytest.raises(Conflict, match="d/r/a"):
        desk.commit(Batch(task_updates=[to("a", TaskState.SKIPPED, run)]))
    assert desk.states(run.key)["a"] == "scheduled"


def test_a_task_instance_has_one_open_attempt_at_most(desk: Desk) -> None:
    run = desk.started()
    (start,) = desk.dispatched(run)
    with pytest.raises(Conflict, match="attempt"):
        desk.commit(Batch(new_attempts=[desk.start(run, try_number=2)]))
    desk.store.finish([outcome(start, AttemptState.LOST)])
    desk.commit(Batch(new_attempts=[desk.start(run, try_number=2)]))
    assert [attempt.try_number for attempt in desk.store.attempts_of(run.key, key_of("a"))] == [1, 2]


def test_a_schedule_makes_one_run_for_each_logical_date(desk: Desk) -> None:
    desk.commit(Batch(new_runs=[desk.scheduled("one")]))
    with pytest.raises(Conflict):
        desk.commit(Batch(new_runs=[desk.scheduled("two")]))
    desk.commit(Batch(new_runs=[desk.scheduled("two", at=1e-6)]))
    assert len(desk.store.live_runs()) == 2


def test_a_manual_run_does_not_block_the_schedule(desk: Desk) -> None:
    desk.started("manual", at=0)
    desk.commit(Batch(new_runs=[desk.scheduled("scheduled", at=0)]))
    assert len(desk.store.live_runs()) == 2


def test_a_wish_to_cancel_survives_a_leader_that_has_not_seen_it(desk: Desk) -> None:
    run = desk.started()
    desk.store.request_cancel(run.key)
    desk.commit(Batch(run_updates=[RunUpdate(replace(run, reason="still at it"), RunState.RUNNING)]))
    assert desk.store.cancel_requests() == [run.key]
    assert desk.store.run_row(run.key).run.is_cancel_requested


def test_closing_an_attempt_withdraws_its_start(desk: Desk) -> None:
    run = desk.started()
    (start,) = desk.dispatched(run)
    change = AttemptUpdate(
        start.attempt_id, AttemptState.SUPERSEDED, (AttemptState.DISPATCHING, AttemptState.RUNNING), LATER
    )
    desk.commit(Batch(attempt_updates=[change]))
    assert desk.store.pending_starts() == []
    assert desk.store.open_attempts() == []
    attempt = desk.store.attempt(start.attempt_id)
    assert attempt is not None
    assert (attempt.state, attempt.ended_at) == (AttemptState.SUPERSEDED, LATER)
    assert desk.store.claim(claims([start])) == frozenset()


def test_an_attempt_that_started_meanwhile_is_not_withdrawn(desk: Desk) -> None:
    run = desk.started()
    (start,) = desk.dispatched(run)
    desk.store.claim(claims([start]))
    change = AttemptUpdate(start.attempt_id, AttemptState.SUPERSEDED, (AttemptState.DISPATCHING,), LATER)
    with pytest.raises(Conflict):
        desk.commit(Batch(attempt_updates=[change]))
    assert [attempt.state for attempt in desk.store.open_attempts()] == [AttemptState.RUNNING]


def test_cancelling_marks_open_attempts_and_lets_closed_ones_be(desk: Desk) -> None:
    run = desk.started()
    first, second = desk.dispatched(run, ("a", "b"))
    desk.store.claim(claims([first, second]))
    desk.store.finish([outcome(first)])
    desk.commit(Batch(cancel_attempts=[first.attempt_id, second.attempt_id]))
    assert desk.store.beat("host:1", T0) == {second.attempt_id}
    ended = desk.store.attempt(first.attempt_id)
    assert ended is not None
    assert not ended.is_cancel_requested


def test_a_fact_is_consumed_once(desk: Desk) -> None:
    run = desk.started()
    desk.store.claim(claims(desk.dispatched(run)))
    (found,) = desk.store.facts(10)
    desk.commit(Batch(consumed_facts=[found.number]))
    assert desk.store.facts(10) == []
    with pytest.raises(Conflict, match="fact"):
        desk.commit(Batch(consumed_facts=[found.number], feed=[FeedEntry("engine.state")]))


def test_a_consumed_number_never_names_another_fact(desk: Desk) -> None:
    run = desk.started()
    first, second = desk.dispatched(run, ("a", "b"))
    desk.store.claim(claims([first]))
    (old,) = desk.store.facts(10)
    desk.commit(Batch(consumed_facts=[old.number]))
    desk.store.claim(claims([second]))
    (new,) = desk.store.facts(10)
    assert new.number > old.number


def _failures(desk: Desk, run: DagRun, start_id: AttemptId) -> dict[str, Batch]:
    """For each step of a batch one that cannot be done."""
    nowhere = RunKey(DagId("d"), RunId("nowhere"))
    ghost = replace(run, run_id=nowhere.run_id)
    return {
        "new_runs: run id exists": Batch(new_runs=[run]),
        "new_runs: unknown DAG": Batch(new_runs=[replace(run, dag_id=DagId("ghost"))]),
        "new_runs: unknown version": Batch(new_runs=[replace(ghost, version=VersionHash("ghost"))]),
        "new_tasks: exist": Batch(new_tasks=[(run.key, desk.tasks)]),
        "new_tasks: unknown run": Batch(new_tasks=[(nowhere, desk.tasks)]),
        "run_updates: other state": Batch(run_updates=[RunUpdate(run, RunState.QUEUED)]),
        "run_updates: unknown run": Batch(run_updates=[RunUpdate(ghost, RunState.RUNNING)]),
        "task_updates: other state": Batch(task_updates=[to("b", TaskState.FAILED, run, TaskState.RUNNING)]),
        "task_updates: unknown task": Batch(task_updates=[to("c", TaskState.FAILED, run)]),
        "new_attempts: open one exists": Batch(new_attempts=[desk.start(run, "a")]),
        "new_attempts: id exists": Batch(new_attempts=[replace(desk.start(run, "b"), attempt_id=start_id)]),
        "new_attempts: unknown run": Batch(new_attempts=[replace(desk.start(run, "b"), run_key=nowhere)]),
        "attempt_updates: other state": Batch(
            attempt_updates=[AttemptUpdate(start_id, AttemptState.LOST, (AttemptState.RUNNING,), T0)]
        ),
        "next_due: unknown DAG": Batch(next_due={DagId("ghost"): T0}),
        "consumed_facts: unknown": Batch(consumed_facts=[999_999]),
    }


def test_whichever_step_fails_nothing_of_the_batch_is_done(desk: Desk) -> None:
    run = desk.started()
    start, _ = desk.dispatched(run, ("a", "b"))
    spare = desk.started("spare", at=1)
    before = contents(desk.store)
    good = Batch(
        new_runs=[desk.scheduled("fresh", at=99)],
        run_updates=[RunUpdate(replace(spare, state=RunState.FAILED), RunState.RUNNING)],
        task_updates=[to("a", TaskState.SKIPPED, spare)],
        new_attempts=[desk.start(spare, "b")],
        cancel_attempts=[start.attempt_id],
        next_due={desk.spec.dag_id: LATER},
        feed=[FeedEntry("engine.state")],
    )
    for name, bad in _failures(desk, run, start.attempt_id).items():
        mixed = replace(
            good,
            new_runs=(*good.new_runs, *bad.new_runs),
            new_tasks=bad.new_tasks,
            run_updates=(*good.run_updates, *bad.run_updates),
            task_updates=(*good.task_updates, *bad.task_updates),
            new_attempts=(*good.new_attempts, *bad.new_attempts),
            attempt_updates=bad.attempt_updates,
            next_due={**good.next_due, **bad.next_due},
            consumed_facts=bad.consumed_facts,
        )
        with pytest.raises(Conflict):
            desk.commit(mixed)
        assert contents(desk.store) == before, name
    desk.commit(good)


def test_versions_give_back_spec_and_source(desk: Desk) -> None:
    assert desk.store.spec(VersionHash("d@1")) == desk.spec
    assert desk.store.source(VersionHash("d@1")) == SOURCE
    for ask in (desk.store.spec, desk.store.source):
        with pytest.raises(NotFound):
            ask(VersionHash("ghost"))


def test_live_runs_come_oldest_first_without_ended_ones(desk: Desk) -> None:
    runs = [replace(desk.scheduled(f"s{at}", at), queued_at=T0 - timedelta(seconds=at)) for at in range(3)]
    desk.commit(Batch(new_runs=runs))
    ended = replace(runs[1], state=RunState.FAILED, ended_at=T0)
    desk.commit(Batch(run_updates=[RunUpdate(ended, RunState.QUEUED)]))
    assert [run.run_id for run in desk.store.live_runs()] == ["s2", "s0"]
    assert [run.run_id for run in desk.store.new_live_runs([runs[2].key])] == ["s0"]
    assert desk.store.new_live_runs(run.key for run in runs) == []
    assert desk.store.run_with_tasks(ended.key) == ended
    assert desk.store.run_with_tasks(RunKey(DagId("d"), RunId("ghost"))) is None


def test_many_live_runs_are_loaded_with_all_their_tasks(desk: Desk) -> None:
    runs = [replace(desk.scheduled(f"s{at}", at), state=RunState.RUNNING) for at in range(1100)]
    desk.commit(Batch(new_runs=runs, new_tasks=[(run.key, desk.tasks) for run in runs]))
    found = desk.store.live_runs()
    assert len(found) == 1100
    assert all(len(run.tasks) == 2 for run in found)


def test_the_leader_takes_runs_of_every_type(desk: Desk) -> None:
    for run_type in RunType:
        run = replace(desk.scheduled(run_type.value), run_type=run_type)
        desk.commit(Batch(new_runs=[run]))
        assert desk.store.run_with_tasks(run.key) == run


def test_a_store_keeps_what_it_was_told_when_opened_again(store_url: str) -> None:
    first = SqlStore.open(store_url)
    desk = Desk.at(first)
    run = desk.started()
    desk.dispatched(run)
    before = contents(first)
    first.close()
    second = SqlStore.open(store_url)
    assert contents(second) == before
    second.close()
