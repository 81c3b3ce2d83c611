"""Assets and backfills from the wish to the runs: the pure plan over a real store, on a clock of the test's own."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from jupyter_couture.clock import SystemClock
from jupyter_couture.decisions.capacity import Room
from jupyter_couture.decisions.due import DagCase
from jupyter_couture.decisions.ends import Rules
from jupyter_couture.decisions.live import LiveRun
from jupyter_couture.decisions.papers import Plan, Snapshot
from jupyter_couture.decisions.plan import plan
from jupyter_couture.model.backfills import Reprocess, SlotOutcome
from jupyter_couture.model.dag import DagSpec, TaskKind
from jupyter_couture.model.errors import Conflict, InvalidRequest, NotFound
from jupyter_couture.model.ids import DagId, RunKey
from jupyter_couture.model.policy import AssetCondition, ConditionKind, Schedule, ScheduleKind
from jupyter_couture.model.records import FeedEntry
from jupyter_couture.model.run import DagRun, RunType
from jupyter_couture.model.states import RunState
from jupyter_couture.scheduler.origins import OriginReader
from jupyter_couture.services.assets import Assets
from jupyter_couture.services.backfills import Backfills, BackfillWish
from jupyter_couture.services.runs import Runs, TriggerWish
from jupyter_couture.services.versions import SpecCache
from jupyter_couture.store import MemoryStore, SqlStore
from tests.builders import T0, a_dag, a_task
from tests.contracts.store_desk import a_file, a_version, a_wish


class _Quiet:
    """A bus that tells nobody."""

    def publish(self, topic: str, text: str = "") -> None:
        """Nobody listens."""

    def close(self) -> None:
        """Nothing is open."""


@dataclass
class Engine:
    """A leader in a nutshell: every ``step`` is one pass over what the store holds. ``now`` is its clock."""

    store: MemoryStore = field(default_factory=MemoryStore)
    current: datetime = T0
    fence: int = 0
    numbers: Iterator[int] = field(default_factory=lambda: count(1))
    made: list[DagRun] = field(default_factory=list)

    def __post_init__(self) -> None:
        lease = self.store.acquire_lease("test", 3600)
        assert lease is not None
        self.fence = lease.fence
        self.reader = OriginReader(self.store)

    def now(self) -> datetime:
        return self.current

    def monotonic(self) -> float:
        return 0.0

    def new_id(self) -> str:
        return f"{next(self.numbers):032x}"

    def jitter(self) -> float:
        return 0.0

    def know(self, *specs: DagSpec, paused: bool = False) -> None:
        """Record DAGs as the bag does."""
        for spec in specs:
            parsed = a_file(a_version(spec), file=f"{spec.dag_id}.py", content=spec.dag_id)
            self.store.record_parse([parsed], self.current, paused_at_creation=paused)

    def told(self, kind: str) -> list[FeedEntry]:
        """What watchers were told of a kind."""
        return [each.entry for each in self.store.feed_after(0, 10_000).events if each.entry.kind == kind]

    def step(self, after: float = 1.0) -> Plan:
        """One pass, ``after`` seconds later."""
        self.current += timedelta(seconds=after)
        specs = {state.dag_id: self.store.spec(state.version) for state in self.store.dag_states()}
        dags = {state.dag_id: DagCase.of(state, specs[state.dag_id], self.current) for state in self.store.dag_states()}
        live = {run.key: LiveRun.of(run, specs[run.dag_id]) for run in self.store.live_runs()}
        self.reader.forget()
        made = plan(
            Snapshot(
                live=live,
                dags=dags,
                facts=(),
                cancel_requests=frozenset(self.store.cancel_requests()),
                room=Room(8, 0),
                fence=self.fence,
                rules=Rules(),
                new_id=self.new_id,
                origins=self.reader.look(dags, live, self.current),
                is_clock_in_doubt=after < 0,
            ),
            self.current,
        )
        if not made.batch.is_empty:
            self.store.commit(self.fence, made.batch)
        self.made += made.batch.new_runs
        return made

    def runs(self, dag_id: str, kind: RunType) -> list[DagRun]:
        """The runs of a DAG of one type, oldest first."""
        rows, _ = self.store.list_runs(DagId(dag_id), 1000, 0)
        return [row.run for row in reversed(rows) if row.run.run_type is kind]

    @property
    def assets(self) -> Assets:
        return Assets(self.store, _Quiet())

    @property
    def backfills(self) -> Backfills:
        return Backfills(self.store, _Quiet(), SpecCache(self.store), self)


@pytest.fixture
def engine() -> Iterator[Engine]:
    made = Engine()
    yield made
    made.store.close()


def _of(uri: str) -> AssetCondition:
    return AssetCondition(ConditionKind.ASSET, uri)


def _both(*uris: str) -> AssetCondition:
    return AssetCondition(ConditionKind.ALL, parts=tuple(map(_of, uris)))


def _either(*uris: str) -> AssetCondition:
    return AssetCondition(ConditionKind.ANY, parts=tuple(map(_of, uris)))


def _producer(dag_id: str, *uris: str) -> DagSpec:
    return a_dag(replace(a_task("make", kind=TaskKind.EMPTY), outlets=uris), dag_id=dag_id)


def _consumer(dag_id: str, condition: AssetCondition, **changes: Any) -> DagSpec:
    schedule = Schedule(ScheduleKind.ASSETS, "Asset", assets=condition)
    spec = a_dag(a_task("use", kind=TaskKind.EMPTY), dag_id=dag_id)
    return replace(spec, schedule=schedule, **changes)


# --- assets -----------------------------------------------------------------------------------------------------------


def test_a_successful_task_updates_its_outlets_and_starts_who_waits_for_them(engine: Engine) -> None:
    engine.know(_producer("p", "s3://a"), _consumer("c", _of("s3://a")))
    engine.step()
    run, _ = engine.store.create_run(a_wish(engine.store.dag_version(DagId("p")).spec))
    engine.step()
    (event,) = engine.assets.events(None, None, 10, 0)[0]
    assert (event.uri, event.source.run_id if event.source else "") == ("s3://a", run.run_id)
    engine.step()
    (made,) = engine.runs("c", RunType.ASSET_TRIGGERED)
    assert made.run_id == f"asset_triggered__{made.logical_date.isoformat(timespec='microseconds')}"
    assert made.asset_events == (event.number,)
    assert (made.data_interval_start, made.data_interval_end) == (event.at, event.at)
    assert engine.store.asset_events(made.asset_events) == [event]
    engine.step()
    assert len(engine.runs("c", RunType.ASSET_TRIGGERED)) == 1
    (told,) = engine.told("asset.event")
    assert (told.dag_id, told.run_id, told.task_id, dict(told.data)) == ("p", run.run_id, "make", {"uri": "s3://a"})


def test_all_waits_for_each_and_any_for_one_and_each_event_is_taken_once(engine: Engine) -> None:
    engine.know(_producer("p", "a", "b"), _consumer("all", _both("a", "b")), _consumer("any", _either("a", "b")))
    engine.step()

    def counts() -> tuple[int, int]:
        return len(engine.runs("all", RunType.ASSET_TRIGGERED)), len(engine.runs("any", RunType.ASSET_TRIGGERED))

    engine.assets.emit("a", {"rows": 3})
    engine.step()
    assert counts() == (0, 1)
    engine.assets.emit("a", {})
    engine.step()
    assert counts() == (0, 2)
    engine.assets.emit("b", {})
    engine.step()
    assert counts() == (1, 3)
    assert len(engine.runs("all", RunType.ASSET_TRIGGERED)[0].asset_events) == 3
    engine.assets.emit("b", {})
    engine.step()
    assert counts() == (1, 4)


def test_what_happened_before_a_dag_waited_or_while_it_was_off_starts_nothing(engine: Engine) -> None:
    """S065."""
    engine.know(_producer("p", "a"))
    engine.step()
    engine.assets.emit("a", {})
    engine.know(_consumer("late", _of("a")))
    engine.know(_consumer("off", _of("a")), paused=True)
    engine.step()
    engine.assets.emit("a", {})
    engine.step()
    assert len(engine.runs("late", RunType.ASSET_TRIGGERED)) == 1
    engine.store.set_paused(DagId("off"), False)
    engine.step()
    assert engine.runs("off", RunType.ASSET_TRIGGERED) == []
    engine.assets.emit("a", {})
    engine.step()
    assert len(engine.runs("off", RunType.ASSET_TRIGGERED)) == 1


def test_events_that_come_while_there_is_no_room_make_one_run_together(engine: Engine) -> None:
    busy = replace(_consumer("c", _of("a")), tasks=(a_task("use"),), max_active_runs=1)
    engine.know(_producer("p", "a"), busy)
    engine.step()
    for _ in range(4):
        engine.assets.emit("a", {})
        engine.step()
    (first,) = engine.runs("c", RunType.ASSET_TRIGGERED)
    assert len(first.asset_events) == 1
    assert len(engine.store.asset_events_after(first.asset_events[0])) == 3


def test_an_asset_or_the_clock_starts_a_dag(engine: Engine) -> None:
    daily = Schedule(ScheduleKind.CRON, "@daily", "0 0 * * *")
    either = Schedule(ScheduleKind.ANY, "Asset or @daily", assets=_of("a"), parts=(daily,))
    spec = replace(_consumer("c", _of("a")), schedule=either, start_date=T0 - timedelta(days=1, hours=12))
    engine.know(_producer("p", "a"), spec)
    engine.step()
    assert [run.run_type for run in engine.made] == [RunType.SCHEDULED]
    engine.assets.emit("a", {})
    engine.step()
    assert [run.run_type for run in engine.made] == [RunType.SCHEDULED, RunType.ASSET_TRIGGERED]


def test_assets_are_listed_with_who_deals_with_them(engine: Engine) -> None:
    engine.know(_producer("p", "s3://a"), _consumer("c", _both("s3://a", "s3://b")))
    rows, total = engine.assets.page("", 10, 0)
    assert (total, [row.uri for row in rows]) == (2, ["s3://a", "s3://b"])
    assert (rows[0].producers, rows[0].consumers) == ((("p", "make"),), (("c", ""),))
    assert engine.assets.page("B", 10, 0)[1] == 1
    with pytest.raises(NotFound):
        engine.assets.emit("s3://unknown", {})


# --- backfills --------------------------------------------------------------------------------------------------------

FIRST, LAST = datetime(2026, 11, 10, tzinfo=UTC), datetime(2026, 11, 14, tzinfo=UTC)


def _daily(dag_id: str = "d", kind: TaskKind = TaskKind.EMPTY, **changes: Any) -> DagSpec:
    schedule = Schedule(ScheduleKind.CRON, "@daily", "0 0 * * *")
    spec = a_dag(a_task("t", kind=kind), dag_id=dag_id)
    return replace(spec, schedule=schedule, start_date=datetime(2026, 11, 1, tzinfo=UTC), **changes)


def _wish(**changes: Any) -> BackfillWish:
    return replace(BackfillWish(dag_id=DagId("d"), first=FIRST, last=LAST), **changes)


def test_a_backfill_makes_its_runs_in_order_a_few_at_a_time_and_ends(engine: Engine) -> None:
    engine.know(_daily(max_active_runs=1))
    engine.step()
    made = engine.backfills.create(_wish(max_active=2), "ada")
    assert (made.state, dict(made.counts)) == ("running", {"pending": 5})
    sizes = [sum(run.run_type is RunType.BACKFILL for run in engine.step().batch.new_runs) for _ in range(4)]
    assert sizes == [2, 2, 1, 0]
    runs = engine.runs("d", RunType.BACKFILL)
    assert [run.logical_date.day for run in runs] == [10, 11, 12, 13, 14]
    assert runs[0].run_id == "backfill__2026-11-10T00:00:00+00:00"
    assert {run.backfill_id for run in runs} == {made.backfill_id}
    done = engine.backfills.one(made.backfill_id)
    assert (done.state, dict(done.counts)) == ("completed", {"created": 5})
    told = [(each.dag_id, dict(each.data)) for each in engine.told("backfill.changed")]
    assert told == [("d", {"backfill_id": made.backfill_id})] * 5, "made, three times runs, over"


def test_a_backfill_may_go_backwards(engine: Engine) -> None:
    engine.know(_daily())
    engine.step()
    engine.backfills.create(_wish(is_backwards=True, max_active=1), "ada")
    for _ in range(5):
        engine.step()
    made = [run for run in engine.made if run.run_type is RunType.BACKFILL]
    assert [run.logical_date.day for run in made] == [14, 13, 12, 11, 10]


def test_a_backfill_has_room_of_its_own_and_leaves_that_of_the_schedule(engine: Engine) -> None:
    engine.know(_daily(kind=TaskKind.PYTHON, max_active_runs=1))
    engine.step()
    engine.backfills.create(_wish(max_active=3), "ada")
    engine.step()
    running = [run.run_type for run in engine.store.live_runs() if run.state is RunState.RUNNING]
    assert sorted(running) == ["backfill"] * 3 + ["scheduled"]


@pytest.mark.parametrize(
    ("reprocess", "outcomes"),
    [
        (Reprocess.NONE, ["kept", "kept", "created"]),
        (Reprocess.FAILED, ["cleared", "kept", "created"]),
        (Reprocess.COMPLETED, ["cleared", "cleared", "created"]),
    ],
)
def test_the_preview_says_what_becomes_of_each_date_and_that_happens(
    engine: Engine, reprocess: Reprocess, outcomes: list[str]
) -> None:
    spec = _daily()
    engine.know(spec)
    engine.step()
    failed, _ = engine.store.create_run(_manual(spec, "bad", FIRST))
    engine.store.create_run(_manual(spec, "good", FIRST + timedelta(days=1)))
    engine.store.request_cancel(failed.key)
    engine.step()
    states = {run.run_id: run.state for run in engine.runs("d", RunType.MANUAL)}
    assert states == {"bad": RunState.FAILED, "good": RunState.SUCCESS}

    wish = _wish(last=FIRST + timedelta(days=2), reprocess=reprocess)
    before = engine.backfills.preview(wish)
    assert [outcome.value for _, outcome in before.steps] == outcomes
    made = engine.backfills.create(wish, "ada")
    engine.step()
    slots, total = engine.backfills.slots(made.backfill_id, 10, 0)
    assert (total, [slot.outcome.value for slot in slots]) == (3, outcomes)
    cleared = outcomes.count("cleared")
    orders = engine.store.commands(10)
    assert [order.actor for order in orders] == [f"backfill {made.backfill_id}"] * cleared


def _manual(spec: DagSpec, run_id: str, at: datetime) -> Any:
    return replace(
        a_wish(spec, run_id), logical_date=at, data_interval_start=at, data_interval_end=at + timedelta(days=1)
    )


def test_a_backfill_can_be_paused_resumed_and_cancelled(engine: Engine) -> None:
    engine.know(_daily(kind=TaskKind.PYTHON))
    engine.step()
    made = engine.backfills.create(_wish(max_active=1), "ada")
    engine.backfills.set_paused(made.backfill_id, True)
    engine.step()
    assert engine.runs("d", RunType.BACKFILL) == []
    assert engine.backfills.one(made.backfill_id).state == "paused"
    engine.backfills.set_paused(made.backfill_id, False)
    engine.step()
    assert len(engine.runs("d", RunType.BACKFILL)) == 1
    gone = engine.backfills.cancel(made.backfill_id)
    assert (gone.state, dict(gone.counts)) == ("cancelled", {"cancelled": 4, "created": 1})
    engine.step()
    assert len(engine.runs("d", RunType.BACKFILL)) == 1
    assert not engine.runs("d", RunType.BACKFILL)[0].is_cancel_requested  # it was running
    with pytest.raises(Conflict):
        engine.backfills.cancel(made.backfill_id)


def test_a_wish_that_makes_no_sense_is_refused_with_a_reason(engine: Engine) -> None:
    engine.know(_daily(), a_dag(a_task("t"), dag_id="none"))
    engine.step()
    backfills = engine.backfills
    for wrong in (
        _wish(last=FIRST - timedelta(days=1)),
        _wish(first=T0 + timedelta(days=5), last=T0 + timedelta(days=6)),
        _wish(first=FIRST - timedelta(days=30), last=FIRST - timedelta(days=20)),
        _wish(dag_id=DagId("none")),
    ):
        with pytest.raises(InvalidRequest):
            backfills.preview(wrong)
    with pytest.raises(NotFound):
        backfills.preview(_wish(dag_id=DagId("gone")))
    backfills.create(_wish(), "ada")
    with pytest.raises(Conflict):
        backfills.create(_wish(), "ada")


def test_a_paused_dag_holds_its_backfill(engine: Engine) -> None:
    """S065."""
    engine.know(_daily(), paused=True)
    engine.backfills.create(_wish(), "ada")
    engine.step()
    assert engine.made == []
    engine.store.set_paused(DagId("d"), False)
    engine.step()
    assert len(engine.runs("d", RunType.BACKFILL)) == 5


def test_a_date_that_a_backfill_made_is_not_made_again_by_the_schedule(engine: Engine) -> None:
    """No conflict that comes back for ever: the schedule passes the date over."""
    spec = _daily(catchup=True)
    engine.know(spec)
    (state,) = engine.store.dag_states()
    engine.store.create_run(_manual(spec, "mine", spec.start_date or T0))
    engine.step()
    scheduled = engine.runs("d", RunType.SCHEDULED)
    assert [run.logical_date.day for run in scheduled] == list(range(2, 17))
    engine.step()
    (state,) = engine.store.dag_states()
    assert state.latest_scheduled == datetime(2026, 11, 21, tzinfo=UTC)
    keys = [run.key for run in engine.made]
    assert len(keys) == len(set(keys))
    assert RunKey(DagId("d"), scheduled[0].run_id) in keys


def test_every_outcome_of_a_slot_is_a_word_people_read() -> None:
    assert {outcome.value for outcome in SlotOutcome} == {"pending", "created", "cleared", "kept", "cancelled"}


# --- clocks and callers -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("jump", [timedelta(hours=1), timedelta(days=366), -timedelta(hours=1), -timedelta(days=1)])
def test_no_run_is_made_twice_whatever_the_clock_does(engine: Engine, jump: timedelta) -> None:
    """T03, the schedule's part: the host's clock jumps in mid-run, forth or back, and later comes right again."""
    engine.know(_daily(), _daily("every", catchup=True))
    engine.step()
    (first,) = [run.logical_date for run in engine.made if run.dag_id == "d"]
    engine.step(jump.total_seconds())
    for _ in range(3):
        engine.step()
    engine.step(-jump.total_seconds())
    for _ in range(6):
        engine.step(12 * 3600.0)
    keys = [run.key for run in engine.made]
    assert len(keys) == len(set(keys))
    dates = [run.logical_date for run in engine.made if run.dag_id == "every"]
    assert dates == sorted(dates)
    made = {run.logical_date for run in engine.made if run.dag_id == "d"}
    three = {first + timedelta(days=number) for number in range(4)}
    assert three <= made, "none of the days after it is lost"
    assert made - three <= {first + jump}


def test_a_hundred_triggers_with_one_key_are_one_run(tmp_path: Path) -> None:
    """T06."""
    store = SqlStore.open(f"sqlite:///{tmp_path / 'couture.db'}")
    try:
        spec = a_dag(a_task("t"))
        store.record_parse([a_file(a_version(spec))], T0, paused_at_creation=False)
        runs = Runs(store, _Quiet(), SpecCache(store), SystemClock())
        wish = TriggerWish(dag_id=spec.dag_id, conf={}, idempotency_key="one")
        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda _: runs.trigger(wish), range(100)))
        assert len({row.run.run_id for row, _ in answers}) == 1
        assert sum(is_new for _, is_new in answers) == 1
        assert store.list_runs(spec.dag_id, 10, 0)[1] == 1
    finally:
        store.close()
