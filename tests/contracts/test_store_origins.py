"""Where runs come from, in every store: assets with their events and cursors, backfills with their dates."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier

import pytest

from jupyter_couture.model.assets import AssetCursor, AssetEvent
from jupyter_couture.model.backfills import Backfill, BackfillSlot, Reprocess, SlotOutcome, SlotUpdate
from jupyter_couture.model.commands import ClearTasks
from jupyter_couture.model.dag import DagSpec
from jupyter_couture.model.errors import Conflict, NotFound
from jupyter_couture.model.ids import DagId
from jupyter_couture.model.policy import AssetCondition, ConditionKind, Schedule, ScheduleKind, Upcoming
from jupyter_couture.model.records import Batch
from jupyter_couture.model.run import RunType
from jupyter_couture.model.states import RunState
from jupyter_couture.store import SqlStore
from tests.builders import T0, a_dag, a_task
from tests.contracts.store_desk import Desk, a_file, a_version, a_wish

DAY = timedelta(days=1)


def a_producer(*uris: str, dag_id: str = "p") -> DagSpec:
    return replace(a_dag(replace(a_task("make"), outlets=uris), dag_id=dag_id), assets={})


def know(store: SqlStore, *specs: DagSpec) -> None:
    for spec in specs:
        version = a_version(spec, f"{spec.dag_id}@{len(spec.assets)}{[task.outlets for task in spec.tasks]}")
        parsed = a_file(version, file=f"{spec.dag_id}.py", content=version.version)
        store.record_parse([parsed], T0, paused_at_creation=False)


def updated(uri: str, **extra: int) -> AssetEvent:
    return AssetEvent(uri=uri, at=T0, extra=dict(extra))


# --- assets -----------------------------------------------------------------------------------------------------------


def test_events_are_numbered_in_order_and_make_assets_known(desk: Desk) -> None:
    desk.commit(Batch(asset_events=[updated("s3://a"), updated("s3://b", rows=3), updated("s3://a")]))
    events = desk.store.asset_events_after(0)
    assert [event.uri for event in events] == ["s3://a", "s3://b", "s3://a"]
    assert [event.number for event in events] == sorted(event.number for event in events)
    assert desk.store.asset_events([events[1].number]) == [events[1]]
    assert events[1].extra == {"rows": 3}
    assert [found.uri for found in desk.store.list_assets("", 10, 0)[0]] == ["s3://a", "s3://b"]
    assert desk.store.asset("s3://a").event_count == 2
    newest, total = desk.store.list_asset_events("s3://a", None, 1, 0)
    assert (total, newest[0].number) == (2, events[2].number)


def test_what_a_file_says_of_an_asset_is_taken_over_and_uses_follow_the_present_version(store: SqlStore) -> None:
    spec = a_producer("s3://a", "s3://b")
    know(store, replace(spec, assets={"s3://a": {"name": "orders", "group": "sales", "extra": {"owner": "ada"}}}))
    found = store.asset("s3://a")
    assert (found.name, found.group, found.extra) == ("orders", "sales", {"owner": "ada"})
    assert found.producers == (("p", "make"),)
    know(store, a_producer("s3://b"))
    assert store.asset("s3://a").producers == ()
    assert store.asset("s3://a").name == "orders"
    assert store.asset("s3://b").producers == (("p", "make"),)
    with pytest.raises(NotFound):
        store.emit_asset("s3://never", {})


def test_a_dag_begins_with_the_newest_event_and_its_cursor_moves_on(desk: Desk) -> None:
    waits = Schedule(ScheduleKind.ASSETS, "Asset", assets=AssetCondition(ConditionKind.ASSET, "s3://a"))
    know(desk.store, replace(a_dag(a_task("use"), dag_id="c"), schedule=waits))
    desk.commit(Batch(asset_events=[updated("s3://a")]))
    first = desk.store.asset_events_after(0)[0].number
    dag_id = DagId("c")
    assert desk.store.asset_cursors([dag_id]) == {dag_id: AssetCursor(first)}
    desk.commit(Batch(asset_events=[updated("s3://a")], asset_cursors={dag_id: AssetCursor(first + 1, T0)}))
    assert desk.store.asset_cursors([dag_id]) == {dag_id: AssetCursor(first + 1, T0)}
    desk.commit(Batch(asset_cursors={dag_id: AssetCursor(first + 2)}))
    assert desk.store.asset_cursors([dag_id]) == {dag_id: AssetCursor(first + 2, T0)}  # no run, so the same date


def test_a_parse_and_the_end_of_a_task_may_speak_of_a_new_asset_at_one_moment(desk: Desk) -> None:
    """Neither fails, and what the file says of it is kept whoever is first."""
    rounds = 40
    start = Barrier(2)

    def end_of_a_task() -> None:
        for number in range(rounds):
            start.wait(30)
            desk.commit(Batch(asset_events=[updated(f"alias:{number}"), updated(f"other:{number}")]))

    def parse() -> None:
        for number in range(rounds):
            uris = (f"other:{number}", f"alias:{number}")
            start.wait(30)
            know(desk.store, replace(a_producer(*uris, dag_id=f"p{number}"), assets={uris[1]: {"name": f"n{number}"}}))

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(end_of_a_task), pool.submit(parse)]:
            done.result(60)
    assert desk.store.list_assets("", 1, 0)[1] == 2 * rounds
    assert len(desk.store.asset_events_after(0)) == 2 * rounds
    assert [desk.store.asset(f"alias:{number}").name for number in range(rounds)] == [f"n{n}" for n in range(rounds)]


# --- backfills --------------------------------------------------------------------------------------------------------


def a_backfill(store: SqlStore, days: int = 3) -> Backfill:
    """A backfill of so many days of DAG ``d``, none of them done."""
    wish = Backfill(
        backfill_id=0,
        dag_id=DagId("d"),
        first=T0,
        last=T0 + days * DAY,
        reprocess=Reprocess.COMPLETED,
        max_active=2,
        conf={"why": "late data"},
        created_at=T0,
        created_by="ada",
    )
    at = [T0 + number * DAY for number in range(days)]
    slots = [BackfillSlot(number, Upcoming(day, day + DAY, day + DAY)) for number, day in enumerate(at)]
    return store.create_backfill(wish, slots)


def test_a_backfill_is_kept_with_its_dates_in_the_order_of_work(desk: Desk) -> None:
    made = a_backfill(desk.store)
    assert (made.state, dict(made.counts), made.conf) == ("running", {"pending": 3}, {"why": "late data"})
    assert desk.store.backfill(made.backfill_id) == made
    slots, total = desk.store.backfill_slots(made.backfill_id, 2, 1)
    assert (total, [slot.position for slot in slots]) == (3, [1, 2])
    assert slots[0].interval.start == T0 + DAY
    assert desk.store.list_backfills(DagId("d"), 10, 0, open_only=True) == ([made], 1)
    assert desk.store.list_backfills(DagId("e"), 10, 0) == ([], 0)
    with pytest.raises(NotFound):
        desk.store.backfill(made.backfill_id + 1)
    with pytest.raises(NotFound):
        desk.store.create_backfill(replace(made, dag_id=DagId("ghost")), [])


def test_one_backfill_of_a_dag_goes_on_at_a_time_whoever_asks(desk: Desk) -> None:
    def ask(_: int) -> bool:
        try:
            a_backfill(desk.store)
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(ask, range(12))) == 1
    made = desk.store.list_backfills(DagId("d"), 10, 0)[0][0]
    desk.store.cancel_backfill(made.backfill_id)
    assert a_backfill(desk.store).backfill_id > made.backfill_id


def test_the_leader_sees_the_next_dates_the_runs_there_are_and_those_under_way(desk: Desk) -> None:
    made = a_backfill(desk.store)
    run, _ = desk.store.create_run(a_wish(desk.spec, "mine", DAY.total_seconds()))
    (case,) = desk.store.open_backfills()
    assert [slot.existing.run_id if slot.existing else None for slot in case.slots] == [None, "mine", None]
    assert case.active == 0
    own = replace(desk.scheduled("b0", -3600), run_type=RunType.BACKFILL, backfill_id=made.backfill_id)
    steps = [
        SlotUpdate(made.backfill_id, 0, SlotOutcome.CREATED, own.run_id),
        SlotUpdate(made.backfill_id, 1, SlotOutcome.KEPT, run.run_id),
    ]
    desk.commit(Batch(new_runs=[own], backfill_slots=steps))
    (case,) = desk.store.open_backfills()
    assert ([slot.position for slot in case.slots], case.active) == ([2], 1)
    assert dict(desk.store.backfill(made.backfill_id).counts) == {"created": 1, "kept": 1, "pending": 1}
    with pytest.raises(Conflict):
        desk.commit(Batch(backfill_slots=steps[:1]))  # it is decided already
    desk.commit(Batch(ended_backfills=[made.backfill_id]))
    assert not desk.store.open_backfills()
    assert desk.store.backfill(made.backfill_id).state == "completed"


def test_a_run_that_is_done_again_is_ordered_by_the_command_a_person_would_give(desk: Desk) -> None:
    made = a_backfill(desk.store)
    run = desk.started("old")
    desk.commit(Batch(backfill_slots=[SlotUpdate(made.backfill_id, 0, SlotOutcome.CLEARED, run.run_id)]))
    (order,) = desk.store.commands(10)
    assert order.actor == f"backfill {made.backfill_id}"
    assert isinstance(order.command, ClearTasks)
    assert {target.task_key.task_id for target in order.command.targets} == {"a", "b"}
    assert desk.store.open_backfills()[0].active == 2  # the run goes on, and its clearing waits
    assert desk.store.run_row(run.key).run.backfill_id == made.backfill_id


def test_a_cancelled_backfill_ends_what_has_not_started_and_leaves_the_rest(desk: Desk) -> None:
    made = a_backfill(desk.store)
    queued = replace(desk.scheduled("b0"), run_type=RunType.BACKFILL, backfill_id=made.backfill_id)
    running = replace(desk.scheduled("b1", 60), run_type=RunType.BACKFILL, backfill_id=made.backfill_id)
    desk.commit(Batch(new_runs=[queued, replace(running, state=RunState.RUNNING, started_at=T0)]))
    assert desk.store.set_backfill_paused(made.backfill_id, True).state == "paused"
    assert desk.store.set_backfill_paused(made.backfill_id, False).state == "running"
    gone = desk.store.cancel_backfill(made.backfill_id)
    assert (gone.state, dict(gone.counts)) == ("cancelled", {"cancelled": 3})
    assert desk.store.cancel_requests() == [queued.key]
    for act in (desk.store.cancel_backfill, lambda number: desk.store.set_backfill_paused(number, True)):
        with pytest.raises(Conflict):
            act(made.backfill_id)


def test_dates_that_have_a_run_are_found(desk: Desk) -> None:
    desk.store.create_run(a_wish(desk.spec, "r", 0))
    wanted = [(DagId("d"), T0), (DagId("d"), T0 + DAY), (DagId("e"), T0)]
    assert desk.store.existing_dates(wanted) == {DagId("d"): frozenset({T0})}
