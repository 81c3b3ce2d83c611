"""What the loop holds of commands and callbacks between passes, over a real store."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from jupyter_couture.clock import ManualClock
from jupyter_couture.decisions.live import LiveRun
from jupyter_couture.decisions.papers import Plan
from jupyter_couture.model.commands import CommandOutcome, DeleteRuns, SetRunState
from jupyter_couture.model.errors import NotFound
from jupyter_couture.model.ids import AttemptId, DagId, RunId, RunKey, TaskId, TaskKey
from jupyter_couture.model.intents import CallbackOrder
from jupyter_couture.model.records import Batch, FeedEntry
from jupyter_couture.model.run import DagRun
from jupyter_couture.model.states import RunState
from jupyter_couture.scheduler.housekeeping import tidy
from jupyter_couture.scheduler.orders import AT_ONCE, Orders
from jupyter_couture.scheduler.watchbook import WatchBook
from jupyter_couture.settings import Settings
from jupyter_couture.store import MemoryStore
from tests.builders import T0
from tests.contracts.store_desk import Desk

DEAD = RunKey(DagId("d"), RunId("on a dead host"))


@pytest.fixture
def desk() -> Iterator[Desk]:
    store = MemoryStore()
    yield Desk.at(store)
    store.close()


def _no_run(run: DagRun) -> LiveRun | None:
    return None


def test_deletions_that_wait_for_a_dead_host_keep_no_other_command_waiting(desk: Desk) -> None:
    for _ in range(AT_ONCE * 2 + 5):
        desk.store.add_command(DeleteRuns((DEAD,)), "ada", T0)
    urgent = desk.store.add_command(SetRunState((DEAD,), RunState.FAILED), "bob", T0)
    clock = ManualClock(T0)
    orders = Orders(desk.store, _no_run, clock.monotonic)
    passes = 0
    while urgent not in {stored.number for stored in orders.pending}:
        assert orders.take(Batch()), "the loop must look again at once"
        passes += 1
    assert passes == 2
    assert len(orders.pending) == AT_ONCE * 2 + 6
    said = Batch(command_outcomes=[CommandOutcome(urgent)])
    desk.commit(said)
    assert orders.take(said)
    assert urgent not in {stored.number for stored in orders.pending}
    assert not orders.take(Batch()), "nothing more to look at until something happens"
    clock.set_back(86_400)
    clock.move(30)
    assert not orders.overdue()
    clock.move(31)
    assert len(orders.overdue()) == AT_ONCE * 2 + 5
    orders.forget()
    assert [stored.number for stored in orders.pending] == [stored.number for stored in desk.store.commands(AT_ONCE)]


def _a_plan(batch: Batch, book: WatchBook) -> Plan:
    return Plan(batch=batch, live={}, ended={}, dags={}, starts=(), cancels=(), wake_at=None, callbacks=book.callbacks)


@pytest.mark.parametrize("is_dag", [True, False])
def test_callbacks_and_deadlines_of_what_was_deleted_are_watched_no_more(desk: Desk, *, is_dag: bool) -> None:
    other = Desk.at(desk.store, dag_id="e")
    book = WatchBook(desk.store, _no_run)
    for at in (replace(desk, fence=other.fence), other):
        run = at.started()
        call = replace(
            at.start(run),
            attempt_id=AttemptId(f"call {run.dag_id}"),
            task_key=TaskKey(TaskId("~on_failure~1")),
            callback=CallbackOrder(name="on_failure", reason="x"),
        )
        at.commit(Batch(new_attempts=[call]))
    book.look(T0)
    assert set(book.callbacks) == {"call d", "call e"}
    key = RunKey(DagId("d"), RunId("r"))
    batch = Batch(deleted_dags=[key.dag_id]) if is_dag else Batch(deleted_runs=[key])
    book.take(_a_plan(batch, book))
    assert set(book.callbacks) == {"call e"}


def test_old_events_and_commands_go_as_the_settings_say(desk: Desk, tmp_path: Path) -> None:
    number = desk.store.add_command(DeleteRuns((DEAD,)), "ada", T0)
    desk.commit(Batch(feed=[FeedEntry("engine.state") for _ in range(10)], command_outcomes=[CommandOutcome(number)]))
    newest = desk.store.feed_position()[1]
    tidy(desk.store, Settings.load({}, home=tmp_path, feed_keep=3))
    assert desk.store.feed_position() == (newest - 2, newest)
    assert desk.store.command_outcome(number) is not None
    tidy(desk.store, Settings.load({}, home=tmp_path, commands_keep_seconds=-1.0))
    with pytest.raises(NotFound):
        desk.store.command_outcome(number)
