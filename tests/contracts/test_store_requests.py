"""What people ask for, and the feed that tells everybody."""

import threading
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from jupyter_couture.model.errors import Conflict, InvalidRequest, NotFound
from jupyter_couture.model.ids import DagId, RunId, RunKey, VersionHash
from jupyter_couture.model.records import AuditEntry, Batch, FeedEntry, RunUpdate
from jupyter_couture.model.run import DagRun, RunType
from jupyter_couture.model.states import RunState
from jupyter_couture.store import SqlStore
from tests.builders import T0
from tests.contracts.store_desk import Desk, a_wish, contents

GHOST = RunKey(DagId("d"), RunId("ghost"))


def _entry(number: int) -> FeedEntry:
    return FeedEntry("task.state", "d", "r", "a", -1, {"number": number})


def test_a_wish_becomes_a_queued_run_of_the_present_version(desk: Desk) -> None:
    wish = a_wish(desk.spec, "r")
    run, is_new = desk.store.create_run(wish)
    assert is_new
    assert run == DagRun(
        dag_id=desk.spec.dag_id,
        run_id=RunId("r"),
        run_type=RunType.MANUAL,
        version=VersionHash("d@1"),
        state=RunState.QUEUED,
        logical_date=T0,
        data_interval_start=T0,
        data_interval_end=T0,
        queued_at=T0,
        conf={"size": 3},
    )
    assert desk.store.live_runs() == [run]
    event = desk.store.feed_after(0, 10).events[-1]
    assert (event.entry.kind, event.entry.run_id, event.entry.data["state"]) == ("run.state", "r", "queued")


def test_a_wish_for_an_unknown_dag_is_refused(desk: Desk) -> None:
    with pytest.raises(NotFound):
        desk.store.create_run(replace(a_wish(desk.spec), dag_id=DagId("ghost")))


@pytest.mark.parametrize(("run_id", "at", "words"), [("r", 5.0, "run id"), ("other", 0.0, "logical date")])
def test_a_run_id_or_logical_date_that_is_taken_is_refused(desk: Desk, run_id: str, at: float, words: str) -> None:
    desk.store.create_run(a_wish(desk.spec, "r"))
    before = contents(desk.store)
    with pytest.raises(Conflict, match=words):
        desk.store.create_run(a_wish(desk.spec, run_id, at))
    assert contents(desk.store) == before


def test_a_logical_date_that_the_schedule_took_is_refused(desk: Desk) -> None:
    desk.commit(Batch(new_runs=[desk.scheduled()]))
    with pytest.raises(Conflict, match="logical date"):
        desk.store.create_run(a_wish(desk.spec, "other"))


def test_the_same_run_id_in_another_dag_is_another_run(desk: Desk) -> None:
    other = Desk.at(desk.store, dag_id="e")
    assert desk.store.create_run(a_wish(desk.spec))[1]
    assert desk.store.create_run(a_wish(other.spec))[1]


def test_a_seen_idempotency_key_gives_the_run_it_made(desk: Desk) -> None:
    first, _ = desk.store.create_run(a_wish(desk.spec, "r", key="k"))
    before = contents(desk.store)
    assert desk.store.create_run(a_wish(desk.spec, "s", 7, key="k")) == (first, False)
    assert contents(desk.store) == before
    assert desk.store.create_run(a_wish(desk.spec, "s", 7, key="l"))[1]
    with pytest.raises(InvalidRequest):
        desk.store.create_run(a_wish(desk.spec, "t", 8, key="x" * 251))


def test_T06_fifty_wishes_at_once_with_one_key_make_one_run(desk: Desk) -> None:
    gate = threading.Barrier(50)
    answers: list[tuple[DagRun, bool]] = []

    def ask(number: int) -> None:
        gate.wait()
        answers.append(desk.store.create_run(a_wish(desk.spec, f"r{number}", number, key="k")))

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 50
    assert sum(is_new for _, is_new in answers) == 1
    assert {run.run_id for run, _ in answers} == {desk.store.live_runs()[0].run_id}
    assert len(desk.store.live_runs()) == 1


def test_many_wishes_for_one_logical_date_make_one_run(desk: Desk) -> None:
    gate = threading.Barrier(10)
    made: list[str] = []

    def ask(number: int) -> None:
        gate.wait()
        try:
            made.append(desk.store.create_run(a_wish(desk.spec, f"r{number}"))[0].run_id)
        except Conflict:
            return

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 1
    assert desk.store.list_runs(desk.spec.dag_id, 10, 0)[1] == 1


def test_a_dag_is_turned_off_and_on_and_watchers_hear_of_changes_only(desk: Desk) -> None:
    newest = desk.store.feed_position()[1]
    for is_paused in (True, True, False):
        desk.store.set_paused(desk.spec.dag_id, is_paused)
        assert desk.store.dag_states()[0].is_paused is is_paused
    events = desk.store.feed_after(newest, 10).events
    assert [event.entry.data for event in events] == [
        {"is_paused": True, "version": "d@1"},
        {"is_paused": False, "version": "d@1"},
    ]
    with pytest.raises(NotFound):
        desk.store.set_paused(DagId("ghost"), True)


def test_a_wish_to_cancel_reaches_the_leader(desk: Desk) -> None:
    run = desk.started()
    asked = desk.store.request_cancel(run.key)
    assert asked.is_cancel_requested
    assert desk.store.cancel_requests() == [run.key]
    ended = replace(run, state=RunState.FAILED, ended_at=T0)
    desk.commit(Batch(run_updates=[RunUpdate(ended, RunState.RUNNING)]))
    assert desk.store.cancel_requests() == []


def test_a_run_that_has_ended_or_never_was_cannot_be_cancelled(desk: Desk) -> None:
    run = desk.started()
    desk.commit(Batch(run_updates=[RunUpdate(replace(run, state=RunState.SUCCESS), RunState.RUNNING)]))
    before = contents(desk.store)
    with pytest.raises(Conflict, match="success"):
        desk.store.request_cancel(run.key)
    with pytest.raises(NotFound):
        desk.store.request_cancel(GHOST)
    assert contents(desk.store) == before


def test_the_audit_log_takes_any_words(desk: Desk) -> None:
    entry = AuditEntry(at=T0, actor="Zoë\x00", event="dag.paused", source_ip="::1", dag_id="d", extra={"x": "\ud800"})
    desk.store.add_audit(entry)
    (row,) = contents(desk.store)["audit"]
    assert row[1:4] == (T0, "Zoë?", "dag.paused")


def test_feed_numbers_rise_without_gaps_and_carry_the_commit_time(desk: Desk) -> None:
    start = desk.store.feed_position()[1]
    before = desk.store.now()
    assert desk.commit(Batch(feed=[_entry(1), _entry(2)])) == start + 2
    assert desk.commit(Batch(feed=[_entry(3)])) == start + 3
    after = desk.store.now()
    page = desk.store.feed_after(start, 10)
    assert [event.seq for event in page.events] == [start + 1, start + 2, start + 3]
    assert [event.entry for event in page.events] == [_entry(1), _entry(2), _entry(3)]
    assert before <= page.events[0].at <= page.events[-1].at <= after
    assert (page.oldest, page.newest, page.is_too_old) == (1, start + 3, False)


def test_the_feed_is_read_in_pages(desk: Desk) -> None:
    start = desk.store.feed_position()[1]
    desk.commit(Batch(feed=[_entry(number) for number in range(10)]))
    page = desk.store.feed_after(start, 4)
    assert [event.entry.data["number"] for event in page.events] == [0, 1, 2, 3]
    assert page.newest == start + 10
    assert desk.store.feed_after(start + 10, 4).events == ()
    assert not desk.store.feed_after(start + 10, 4).is_too_old


def test_a_cursor_before_the_oldest_or_past_the_newest_is_told_so(desk: Desk) -> None:
    desk.commit(Batch(feed=[_entry(number) for number in range(100)]))
    newest = desk.store.feed_position()[1]
    assert desk.store.trim_feed(10) == newest - 10
    assert desk.store.feed_position() == (newest - 9, newest)
    assert desk.store.feed_after(newest - 11, 5).is_too_old
    assert len(desk.store.feed_after(newest - 10, 50).events) == 10
    assert desk.store.feed_after(newest + 1, 5).is_too_old
    assert desk.store.trim_feed(10) == 0


def test_numbers_go_on_rising_after_everything_was_forgotten(desk: Desk) -> None:
    newest = desk.commit(Batch(feed=[_entry(0)]))
    desk.store.trim_feed(0)
    assert desk.store.feed_position() == (0, newest)
    assert desk.store.feed_after(0, 5).is_too_old
    assert not desk.store.feed_after(newest, 5).is_too_old
    assert desk.commit(Batch(feed=[_entry(1)])) == newest + 1


def test_an_empty_feed_has_no_position(store: SqlStore) -> None:
    assert store.feed_position() == (0, 0)
    page = store.feed_after(0, 10)
    assert (page.events, page.oldest, page.newest, page.is_too_old) == ((), 0, 0, False)


def test_the_databases_clock_is_aware_and_right(store: SqlStore) -> None:
    assert abs((store.now() - datetime.now(UTC)).total_seconds()) < 5
