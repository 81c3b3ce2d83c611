"""What supervisors write: each start is won once, each end recorded once, with its fact."""

import threading
from dataclasses import replace
from datetime import timedelta

import pytest

from jupyter_couture.model.errors import InvalidRequest
from jupyter_couture.model.facts import (
    AttemptCancelled,
    AttemptFact,
    AttemptFailed,
    AttemptLost,
    AttemptSkipped,
    AttemptStarted,
    AttemptSucceeded,
    AttemptTimedOut,
    Fact,
)
from jupyter_couture.model.ids import AttemptId
from jupyter_couture.model.intents import StartAttempt
from jupyter_couture.model.records import Batch
from jupyter_couture.model.run import Attempt, AttemptError
from jupyter_couture.model.states import AttemptState
from tests.builders import T0
from tests.contracts.store_desk import Desk, claims, key_of, outcome, progress


def _running(desk: Desk, task: str = "a") -> StartAttempt:
    run = desk.store.live_runs()[0] if desk.store.live_runs() else desk.started()
    (start,) = desk.dispatched(run, (task,))
    desk.store.claim(claims([start]))
    desk.commit(Batch(consumed_facts=[found.number for found in desk.store.facts(100)]))
    return start


def _attempt(desk: Desk, start: StartAttempt) -> Attempt:
    found = desk.store.attempt(start.attempt_id)
    assert found is not None
    return found


def _facts(desk: Desk) -> list[Fact]:
    return [found.fact for found in desk.store.facts(100)]


def test_a_claim_starts_an_attempt_and_says_so(desk: Desk) -> None:
    (start,) = desk.dispatched(desk.started())
    assert desk.store.claim(claims([start])) == {start.attempt_id}
    attempt = _attempt(desk, start)
    assert (attempt.state, attempt.runner, attempt.host) == (AttemptState.RUNNING, "host:1", "host")
    assert attempt.started_at == attempt.beat_at == T0
    assert (attempt.run_key, attempt.task_key, attempt.try_number) == (start.run_key, start.task_key, 1)
    assert _facts(desk) == [
        AttemptStarted(attempt_id=start.attempt_id, run_key=start.run_key, task_key=start.task_key, at=T0)
    ]


def test_pending_starts_are_whole_and_end_with_the_claim(desk: Desk) -> None:
    run = desk.started()
    starts = desk.dispatched(run, ("a", "b"))
    assert desk.store.pending_starts() == starts
    assert starts[0].conf == {"size": 3}
    desk.store.claim(claims(starts[:1]))
    assert desk.store.pending_starts() == starts[1:]
    assert len(desk.store.open_attempts()) == 2


def test_the_same_runner_wins_again_without_a_second_fact_and_another_does_not(desk: Desk) -> None:
    (start,) = desk.dispatched(desk.started())
    assert desk.store.claim(claims([start])) == {start.attempt_id}
    assert desk.store.claim(claims([start, start])) == {start.attempt_id}
    assert desk.store.claim(claims([start], runner="host:2")) == frozenset()
    assert desk.fact_count() == 1


def test_an_unknown_attempt_cannot_be_claimed_and_does_not_hinder_others(desk: Desk) -> None:
    (start,) = desk.dispatched(desk.started())
    ghost = replace(start, attempt_id=AttemptId("ghost"))
    assert desk.store.claim(claims([ghost, start])) == {start.attempt_id}
    assert desk.store.claim([]) == frozenset()


def test_an_attempt_that_shall_be_cancelled_cannot_be_claimed(desk: Desk) -> None:
    (start,) = desk.dispatched(desk.started())
    desk.commit(Batch(cancel_attempts=[start.attempt_id]))
    assert desk.store.claim(claims([start])) == frozenset()
    assert desk.fact_count() == 0


def test_a_claim_that_was_won_stays_won_when_cancelling_comes(desk: Desk) -> None:
    start = _running(desk)
    desk.commit(Batch(cancel_attempts=[start.attempt_id]))
    assert desk.store.claim(claims([start])) == {start.attempt_id}  # he is the one to end it
    assert desk.store.beat("host:1", T0) == {start.attempt_id}


def test_of_many_racing_runners_one_wins_each_attempt(desk: Desk) -> None:
    names = [f"t{number}" for number in range(40)]
    wide = Desk.at(desk.store, *names, dag_id="wide")
    starts = wide.dispatched(wide.started(), names)
    gate = threading.Barrier(8)
    wins: list[frozenset[AttemptId]] = []

    def race(runner: str) -> None:
        gate.wait()
        wins.extend(desk.store.claim(claims(starts[at : at + 5], runner)) for at in range(0, len(starts), 5))

    threads = [threading.Thread(target=race, args=(f"host:{number}",)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(map(len, wins)) == 40
    assert frozenset().union(*wins) == {start.attempt_id for start in starts}
    assert desk.fact_count() == 40


ENDS = [
    (AttemptState.SUCCESS, AttemptSucceeded),
    (AttemptState.FAILED, AttemptFailed),
    (AttemptState.SKIPPED, AttemptSkipped),
    (AttemptState.TIMED_OUT, AttemptTimedOut),
    (AttemptState.CANCELLED, AttemptCancelled),
    (AttemptState.LOST, AttemptLost),
]


def test_each_end_is_recorded_once_with_its_fact(desk: Desk) -> None:
    names = [state.value for state, _ in ENDS]
    wide = Desk.at(desk.store, *names, dag_id="wide")
    starts = wide.dispatched(wide.started(), names)
    desk.store.claim(claims(starts))
    wide.commit(Batch(consumed_facts=[found.number for found in desk.store.facts(100)]))
    ends = [outcome(start, state) for start, (state, _) in zip(starts, ENDS, strict=True)]
    assert desk.store.finish(ends) == {start.attempt_id for start in starts}
    facts = {fact.attempt_id: fact for fact in _facts(desk) if isinstance(fact, AttemptFact)}
    for end, (state, kind) in zip(ends, ENDS, strict=True):
        fact = facts[end.attempt_id]
        assert type(fact) is kind
        assert fact.at == end.ended_at
        found = desk.store.attempt(end.attempt_id)
        assert found is not None
        assert (found.state, found.ended_at) == (state, end.ended_at)
        assert (found.exit_code, found.error) == (end.exit_code, end.error)
    assert desk.store.finish(ends) == frozenset()
    assert desk.fact_count() == len(ENDS)
    assert desk.store.open_attempts() == []


def test_the_first_word_about_an_end_holds(desk: Desk) -> None:
    start = _running(desk)
    ends = [outcome(start, AttemptState.FAILED), outcome(start, AttemptState.SUCCESS)]
    assert desk.store.finish(ends) == {start.attempt_id}
    assert _attempt(desk, start).state is AttemptState.FAILED
    assert [type(fact) for fact in _facts(desk)] == [AttemptFailed]


def test_details_of_a_failure_reach_the_fact(desk: Desk) -> None:
    start = _running(desk)
    error = AttemptError("ValueError", "no \x00 \ud800 more", "Traceback", "look at the input")
    end = replace(outcome(start, AttemptState.FAILED), error=error, is_final=True, retry_after_seconds=3.5)
    desk.store.finish([end])
    (fact,) = _facts(desk)
    assert isinstance(fact, AttemptFailed)
    assert (fact.error, fact.is_final, fact.retry_after_seconds) == (error, True, 3.5)
    assert _attempt(desk, start).error == error


def test_an_attempt_that_never_started_can_be_lost(desk: Desk) -> None:
    (start,) = desk.dispatched(desk.started())
    desk.store.finish([replace(outcome(start, AttemptState.LOST), was_started=False)])
    (fact,) = _facts(desk)
    assert isinstance(fact, AttemptLost)
    assert not fact.was_started


@pytest.mark.parametrize("state", [AttemptState.RUNNING, AttemptState.DISPATCHING, AttemptState.SUPERSEDED])
def test_a_state_that_is_no_end_is_refused(desk: Desk, state: AttemptState) -> None:
    with pytest.raises(InvalidRequest):
        desk.store.finish([outcome(_running(desk), state)])


def test_progress_is_kept_and_told_to_watchers(desk: Desk) -> None:
    start = _running(desk)
    cursor = desk.store.feed_position()[1]
    desk.store.progress([progress(start, 1, "cell 1"), progress(start, 2, "cell 2")])
    events = desk.store.feed_after(cursor, 10).events
    assert [event.entry.data["label"] for event in events] == ["cell 1", "cell 2"]
    assert events[1].entry.kind == "attempt.progress"
    assert events[1].entry.data == {"try_number": 1, "done": 2, "total": 10, "label": "cell 2"}
    assert (events[1].entry.task_id, events[1].entry.map_index) == ("a", -1)
    assert desk.store.task_row(start.run_key, key_of("a")).progress == (2, 10, "cell 2")
    rows = {row.task.key.task_id: row.progress for row in desk.store.task_rows(start.run_key)}
    assert rows == {"a": (2, 10, "cell 2"), "b": None}


def test_progress_of_an_ended_or_unknown_attempt_is_dropped(desk: Desk) -> None:
    start = _running(desk)
    desk.store.finish([outcome(start)])
    position = desk.store.feed_position()
    desk.store.progress([progress(start, 1), progress(replace(start, attempt_id=AttemptId("ghost")), 1)])
    assert desk.store.feed_position() == position


def test_rendered_fields_and_outputs_stay_until_newer_ones_come(desk: Desk) -> None:
    start = _running(desk)
    assert desk.store.rendered(start.run_key, key_of("a")) is None
    desk.store.progress([replace(progress(start, 0), rendered={"bash_command": "echo 1"})])
    desk.store.progress([replace(progress(start, 1), outputs={"notebook": "x.ipynb"})])
    assert desk.store.rendered(start.run_key, key_of("a")) == ({"bash_command": "echo 1"}, {"notebook": "x.ipynb"})
    desk.store.finish([replace(outcome(start, AttemptState.FAILED), outputs={"notebook": "y.ipynb"})])
    assert desk.store.rendered(start.run_key, key_of("a")) == ({"bash_command": "echo 1"}, {"notebook": "y.ipynb"})
    run = desk.store.live_runs()[0]
    again = desk.start(run, "a", try_number=2)
    desk.commit(Batch(new_attempts=[again]))
    assert desk.store.rendered(start.run_key, key_of("a")) is not None  # the new one has stored nothing yet
    desk.store.progress([replace(progress(again, 0), rendered={"bash_command": "echo 2"})])
    assert desk.store.rendered(start.run_key, key_of("a")) == ({"bash_command": "echo 2"}, {})


def test_outputs_of_a_try_are_not_those_of_another(desk: Desk) -> None:
    start = _running(desk)
    assert desk.store.outputs_of(start.run_key, key_of("a"), 1) == {}
    desk.store.progress([replace(progress(start, 1), outputs={"notebook": "x.ipynb"})])
    desk.store.progress([progress(start, 2)])
    desk.store.finish([outcome(start, AttemptState.FAILED)])
    again = desk.start(desk.store.live_runs()[0], "a", try_number=2)
    desk.commit(Batch(new_attempts=[again]))
    desk.store.progress([replace(progress(again, 0), try_number=2, outputs={"notebook": "x-2.ipynb"})])
    found = [desk.store.outputs_of(start.run_key, key_of("a"), number) for number in (1, 2, 3)]
    assert found == [{"notebook": "x.ipynb"}, {"notebook": "x-2.ipynb"}, {}]


def test_a_beat_is_for_all_running_attempts_of_its_runner(desk: Desk) -> None:
    first = _running(desk)
    (second,) = desk.dispatched(desk.started("other", at=1))
    desk.store.claim(claims([second], runner="host:2"))
    later = T0 + timedelta(seconds=5)
    assert desk.store.beat("host:1", later) == frozenset()
    assert _attempt(desk, first).beat_at == later
    assert _attempt(desk, second).beat_at == T0


def test_process_ids_are_remembered(desk: Desk) -> None:
    start = _running(desk)
    desk.store.set_pid({start.attempt_id: 2**31 + 5})
    desk.store.set_pid({})
    assert _attempt(desk, start).pid == 2**31 + 5


def test_a_host_finds_its_own_running_attempts(desk: Desk) -> None:
    first = _running(desk)
    second, third = desk.dispatched(desk.started("other", at=1), ("a", "b"))
    desk.store.claim(claims([second], runner="host:2"))
    desk.store.claim(claims([third], runner="h%st:3"))
    assert {found.attempt_id for found in desk.store.running_of("host:")} == {first.attempt_id, second.attempt_id}
    assert [found.attempt_id for found in desk.store.running_of("h%st")] == [third.attempt_id]


def test_an_unknown_attempt_is_none(desk: Desk) -> None:
    assert desk.store.attempt(AttemptId("ghost")) is None
