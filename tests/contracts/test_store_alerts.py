"""What every store promises of missed deadlines, mails and callbacks outside of tasks."""

from dataclasses import replace
from datetime import timedelta

import pytest

from jupyter_couture.model.alerts import AlertQuery, Mail, MailKind, MailState, SlaMiss
from jupyter_couture.model.errors import Conflict, InvalidRequest, NotFound
from jupyter_couture.model.ids import AttemptId, RunId, RunKey, TaskId, TaskKey
from jupyter_couture.model.intents import CallbackOrder, StartAttempt
from jupyter_couture.model.messages import AttemptOutcome
from jupyter_couture.model.records import Batch, RunUpdate
from jupyter_couture.model.run import AttemptError, DagRun
from jupyter_couture.model.states import AttemptState, RunState
from jupyter_couture.store import SqlStore
from tests.builders import T0
from tests.contracts.store_desk import Desk, claims, outcome

HOUR = timedelta(hours=1)


def a_miss(run: DagRun, task: str = "a", mail_id: str | None = None, callback: str | None = None) -> SlaMiss:
    """A deadline of ``task`` that was missed an hour after the run's interval."""
    return SlaMiss(
        dag_id=run.dag_id,
        run_id=run.run_id,
        task_id=task,
        logical_date=run.logical_date,
        deadline=run.data_interval_end + HOUR,
        recorded_at=T0 + HOUR,
        mail_id=mail_id,
        callback=callback,
    )


def a_mail(run: DagRun, name: str = "m1", kind: MailKind = MailKind.SLA_MISS) -> Mail:
    """A mail about ``run``."""
    return Mail(
        mail_id=name,
        kind=kind,
        to=("ada@example.org", "bob@example.org"),
        subject="Late",
        text="What, when.\n",
        made_at=T0,
        dag_id=run.dag_id,
        run_id=run.run_id,
    )


def a_callback(desk: Desk, run: DagRun, name: str = "on_failure", number: int = 1) -> StartAttempt:
    """An attempt at a callback about ``run``."""
    start = desk.start(run, f"~{name}~1", number)
    return replace(start, callback=CallbackOrder(name=name, reason="task_failure"))


def test_a_missed_deadline_is_recorded_once_whoever_says_it_again(desk: Desk) -> None:
    """S163: exactly one row a miss."""
    run = desk.started()
    desk.commit(Batch(sla_misses=[a_miss(run), a_miss(run, "b")]))
    desk.commit(Batch(sla_misses=[a_miss(run, mail_id="another"), a_miss(run, "")]))
    page = desk.store.list_misses(AlertQuery(order_by="task_id", is_descending=False))
    assert [(row.miss.task_id, row.miss.mail_id) for row in page.rows] == [("", None), ("a", None), ("b", None)]
    assert page.total == 3


def test_a_missed_deadline_shows_its_mail_its_callback_and_what_people_wrote(desk: Desk) -> None:
    """S163."""
    run = desk.started()
    start = a_callback(desk, run, "sla_miss")
    miss = a_miss(run, mail_id="m1", callback=start.task_key.task_id)
    desk.commit(Batch(sla_misses=[miss], mails=[a_mail(run)], new_attempts=[start]))
    (row,) = desk.store.list_misses(AlertQuery()).rows
    assert (row.miss, row.note, row.mail_sent_at, row.called_back_at) == (miss, "", None, None)
    desk.store.end_mail("m1", sent_at=T0 + HOUR, again_at=None, error="")
    desk.store.claim(claims([start]))
    desk.store.finish([outcome(start)])
    desk.store.note_miss(row.number, "the tape was full")
    after = desk.store.miss(row.number)
    assert (after.note, after.mail_sent_at) == ("the tape was full", T0 + HOUR)
    assert after.called_back_at is not None


def test_missed_deadlines_are_found_by_what_they_are_about(desk: Desk) -> None:
    first, second = desk.started("r1"), desk.started("r2", at=60)
    desk.commit(Batch(sla_misses=[a_miss(first), a_miss(second), a_miss(second, "b")]))
    assert desk.store.list_misses(AlertQuery(run_id="r2")).total == 2
    assert desk.store.list_misses(AlertQuery(task_id="a")).total == 2
    assert desk.store.list_misses(AlertQuery(dag_id="other")).total == 0
    assert desk.store.list_misses(AlertQuery(until=T0 + HOUR)).total == 0
    page = desk.store.list_misses(AlertQuery(since=T0 + HOUR, limit=1, offset=1))
    assert (len(page.rows), page.total) == (1, 3)
    with pytest.raises(InvalidRequest):
        desk.store.list_misses(AlertQuery(order_by="note"))
    with pytest.raises(NotFound):
        desk.store.miss(10**9)
    with pytest.raises(NotFound):
        desk.store.note_miss(10**9, "")


def test_a_mail_is_due_until_it_is_sent_or_given_up(desk: Desk) -> None:
    run = desk.started()
    desk.commit(Batch(mails=[a_mail(run), a_mail(run, "m2", MailKind.RETRY)]))
    store = desk.store
    assert [row.mail for row in store.due_mails(T0, 10)] == [a_mail(run), a_mail(run, "m2", MailKind.RETRY)]
    assert store.begin_mail("m1", 0, T0 + HOUR)
    assert not store.begin_mail("m1", 0, T0 + HOUR), "somebody else tries it already"
    assert [row.mail.mail_id for row in store.due_mails(T0, 10)] == ["m2"]
    assert [row.mail.mail_id for row in store.due_mails(T0 + HOUR, 10)] == ["m2", "m1"], (
        "unless nobody says how it went"
    )
    store.end_mail("m1", sent_at=T0, again_at=None, error="")
    store.end_mail("m2", sent_at=None, again_at=None, error="no such user")
    assert store.next_mail_at() is None
    states = {row.mail.mail_id: row.state for row in store.list_mails(AlertQuery()).rows}
    assert states == {"m1": MailState.SENT, "m2": MailState.UNSENT}
    assert [row.mail.mail_id for row in store.list_mails(AlertQuery(state=MailState.UNSENT)).rows] == ["m2"]
    assert store.list_mails(AlertQuery(kind=MailKind.RETRY)).total == 1


def test_an_unsent_mail_may_be_tried_again_and_a_sent_one_not(desk: Desk) -> None:
    run = desk.started()
    desk.commit(Batch(mails=[a_mail(run), a_mail(run, "m2")]))
    desk.store.end_mail("m1", sent_at=T0, again_at=None, error="")
    desk.store.end_mail("m2", sent_at=None, again_at=None, error="refused")
    desk.store.retry_mail("m2", T0 + HOUR)
    found = desk.store.mail("m2")
    assert (found.state, found.tries, found.next_try_at, found.error) == (MailState.WAITING, 0, T0 + HOUR, "")
    with pytest.raises(Conflict):
        desk.store.retry_mail("m1", T0)
    with pytest.raises(NotFound):
        desk.store.retry_mail("m3", T0)


def test_a_callback_is_open_until_the_leader_has_heard_of_its_end_and_tells_what_it_is_about(desk: Desk) -> None:
    run = desk.started()
    start = a_callback(desk, run)
    desk.commit(Batch(new_attempts=[start]))
    assert [each.attempt_id for each in desk.store.open_callbacks()] == [start.attempt_id]
    desk.store.claim(claims([start]))
    lost = AttemptOutcome(
        attempt_id=start.attempt_id,
        run_key=start.run_key,
        task_key=start.task_key,
        state=AttemptState.LOST,
        ended_at=T0,
        error=AttemptError("Lost", "gone"),
    )
    desk.store.finish([lost])
    assert desk.store.open_callbacks() == [start], "until the leader has heard of the end"
    again = replace(start, attempt_id=AttemptId("again"), try_number=2)
    desk.commit(Batch(new_attempts=[again]))
    assert desk.store.open_callbacks() == [again]
    (row,) = desk.store.callbacks_of(run.key)
    assert (row.key, row.name, row.task) == (TaskKey(TaskId("~on_failure~1")), "on_failure", None)
    assert (row.reason, row.deliveries, row.state) == ("task_failure", 2, AttemptState.DISPATCHING)
    desk.commit(Batch(ended_callbacks=[(run.key, row.key)]))
    assert desk.store.open_callbacks() == []
    with pytest.raises(NotFound):
        desk.store.callbacks_of(RunKey(run.dag_id, RunId("nothing")))


def test_runs_that_are_over_keep_the_deadline_that_is_ahead(store: SqlStore) -> None:
    desk = Desk.at(store)
    run = replace(desk.scheduled(), next_deadline=T0 + HOUR)
    desk.commit(Batch(new_runs=[run]))
    found = store.run_with_tasks(run.key)
    assert found is not None
    assert found.next_deadline == T0 + HOUR
    assert store.ended_deadlines() == []
    failed = replace(run, state=RunState.FAILED, ended_at=T0)
    desk.commit(Batch(run_updates=[RunUpdate(failed, RunState.QUEUED)]))
    assert store.ended_deadlines() == [(run.key, T0 + HOUR)]
    desk.commit(Batch(run_updates=[RunUpdate(replace(failed, next_deadline=None), RunState.FAILED)]))
    assert store.ended_deadlines() == []


def test_the_reason_of_a_callback_may_hold_what_databases_refuse(desk: Desk) -> None:
    """The message of a user's exception is part of it; were it refused, so was every pass of the leader."""
    run = desk.started()
    start = replace(
        a_callback(desk, run), callback=CallbackOrder(name="on_failure", reason="cannot read 'a\x00b\udc80.csv'")
    )
    desk.commit(Batch(new_attempts=[start]))
    (row,) = desk.store.callbacks_of(run.key)
    assert row.reason == "cannot read 'a?b?.csv'"
