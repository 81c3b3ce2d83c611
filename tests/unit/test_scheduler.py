"""The scheduler's shell under what a store, a disk and a folder may do to it, on a store in memory."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from jupyter_couture.app.compose import make_triggers
from jupyter_couture.app.edges import open_listener, open_publisher
from jupyter_couture.clock import SystemClock
from jupyter_couture.model.backfills import Reprocess
from jupyter_couture.model.dag import DagSpec, TaskKind
from jupyter_couture.model.errors import Conflict
from jupyter_couture.model.facts import WaitEnded
from jupyter_couture.model.ids import AttemptId, DagId, RunId, RunKey, TaskId, TaskKey, VersionHash
from jupyter_couture.model.intents import StartAttempt
from jupyter_couture.model.policy import Schedule, ScheduleKind
from jupyter_couture.model.records import Batch
from jupyter_couture.model.run import RunType
from jupyter_couture.model.states import RunState
from jupyter_couture.ports.bus import ENGINE
from jupyter_couture.ports.executor import ExecutorHealth
from jupyter_couture.scheduler import loop, service
from jupyter_couture.scheduler.loop import Scheduler
from jupyter_couture.scheduler.parts import EngineParts
from jupyter_couture.scheduler.postman import SmtpPostman
from jupyter_couture.scheduler.service import Engine
from jupyter_couture.services.backfills import Backfills, BackfillWish
from jupyter_couture.services.versions import SpecCache
from jupyter_couture.settings import Settings
from jupyter_couture.store import MemoryStore
from tests.builders import T0, a_dag, a_task
from tests.contracts.store_desk import a_file, a_version, a_wish


class _Executor:
    """Takes attempts and does nothing with them. ``troubles`` are raised by the first starts."""

    def __init__(self, *troubles: Exception) -> None:
        self.taken: list[StartAttempt] = []
        self.is_started = False
        self._troubles = list(troubles)

    async def start(self) -> None:
        if self._troubles:
            raise self._troubles.pop(0)
        self.is_started = True

    async def submit(self, starts: Sequence[StartAttempt]) -> None:
        self.taken.extend(starts)

    async def cancel(self, attempt_ids: Sequence[AttemptId]) -> None:
        """Nothing runs."""

    def slots(self) -> int:
        return 4

    def waiting(self) -> int:
        return 0

    def health(self) -> ExecutorHealth:
        return ExecutorHealth(kind="none", workers=1, slots=4, message="")

    async def close(self, *, keep_running: bool) -> None:
        """Nothing is open."""


class _Bench:
    """An engine's parts round a store in memory that knows one DAG."""

    def __init__(self, home: Path, spec: DagSpec, *troubles: Exception) -> None:
        settings = Settings.load(home=home, sweep_seconds=60.0, claim_seconds=120.0)
        settings.make_folders()
        self.store = MemoryStore()
        self.store.record_parse([a_file(a_version(spec))], T0, paused_at_creation=False)
        self.spec = spec
        self.publisher = open_publisher(settings)
        self.executor = _Executor(*troubles)
        self.watches = 0
        self.scans = 0
        self.parts = EngineParts(
            store=self.store,
            executor=self.executor,
            publisher=self.publisher,
            open_listener=lambda topics: open_listener(settings, topics),
            clock=SystemClock(),
            settings=settings,
            scan=self._scan,
            watch=self._watch,
            materialise=lambda version, source, file: None,
            triggers=make_triggers(settings, self.store, self.publisher),
            postman=SmtpPostman(settings),
        )

    def close(self) -> None:
        self.publisher.close()
        self.store.close()

    async def _watch(self) -> AsyncIterator[Sequence[str]]:
        self.watches += 1
        if self.watches == 1:
            raise OSError("no watches left")
        await asyncio.Event().wait()
        yield ()

    def _scan(self, files: Sequence[str] | None) -> Sequence[DagId]:
        self.scans += 1
        if self.scans == 1:
            raise ValueError("a fault in the bag")
        return ()

    async def lead(self, until: Callable[[], bool]) -> None:
        """Let a scheduler lead until ``until`` holds."""
        lease = self.store.acquire_lease("us", 60)
        assert lease is not None
        listener = self.parts.open_listener((ENGINE,))

        async def no_files(_: str) -> None:
            """No folder is looked at."""

        scheduler = Scheduler(self.parts, listener, no_files)
        task = asyncio.create_task(scheduler.run(lease))
        try:
            await _until(lambda: until() or task.done())
        finally:
            scheduler.stop()
            await asyncio.wait_for(task, 10)
            listener.close()

    def run_states(self) -> list[RunState]:
        """States of all runs."""
        return [row.run.state for row in self.store.list_runs(self.spec.dag_id, 100, 0)[0]]


@pytest.fixture
def bench_of(home: Path) -> Iterator[Callable[..., _Bench]]:
    """Makes benches for a DAG and the executor's first troubles; they are closed in the end."""
    with contextlib.ExitStack() as stack:

        def make(spec: DagSpec, *troubles: Exception) -> _Bench:
            bench = _Bench(home, spec, *troubles)
            stack.callback(bench.close)
            return bench

        yield make


async def _until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110  # what is waited for has no event
            await asyncio.sleep(0.01)


def _empty_dag() -> DagSpec:
    return a_dag(a_task("a", kind=TaskKind.EMPTY), max_active_runs=1)


async def test_the_next_run_begins_when_the_one_before_ends_without_waiting_for_a_sweep(
    bench_of: Callable[..., _Bench],
) -> None:
    bench = bench_of(_empty_dag())
    for number in range(3):
        bench.store.create_run(a_wish(bench.spec, f"r{number}", number))
    await bench.lead(lambda: bench.run_states() == [RunState.SUCCESS] * 3)


async def test_a_conflict_that_stays_leaves_the_loop_to_others(
    bench_of: Callable[..., _Bench], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else no signal would be heard, not even that to stop."""
    bench = bench_of(_empty_dag())
    bench.store.create_run(a_wish(bench.spec))
    tries: list[float] = []

    def refuse(*_: object) -> int:
        tries.append(bench.parts.clock.monotonic())
        raise Conflict(what="DAG run", id="d/r")

    with monkeypatch.context() as patch:
        patch.setattr(bench.store, "commit", refuse)
        await bench.lead(lambda: len(tries) >= 4)
    assert tries[3] - tries[1] > 0.1  # 0.05 s and 0.15 s by now
    await bench.lead(lambda: bench.run_states() == [RunState.SUCCESS])


async def test_a_fact_that_nothing_can_take_is_dropped_and_the_others_act(
    bench_of: Callable[..., _Bench], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else one bad value would end the work of everybody, and again after each restart."""
    bench = bench_of(a_dag(a_task("a")))
    bench.store.create_run(a_wish(bench.spec))
    ends = [_end_of_nothing(bench, name) for name in ("one", "poison", "two")]
    bench.store.add_facts(ends)
    commit = bench.store.commit
    refused: list[int] = []

    def choosy(fence: int, batch: Batch) -> int:
        poison = next((stored.number for stored in bench.store.facts(9) if "poison" in str(stored.fact)), 0)
        is_dropped = len(refused) > 1 and not batch.feed and not batch.new_attempts
        if poison in batch.consumed_facts and not is_dropped:
            refused.append(poison)
            raise ValueError("a column that does not take it")
        return commit(fence, batch)

    monkeypatch.setattr(bench.store, "commit", choosy)
    await bench.lead(lambda: not bench.store.facts(9) and bool(bench.executor.taken))
    assert refused


def _end_of_nothing(bench: _Bench, name: str) -> WaitEnded:
    """A fact about a wait that nobody has."""
    run = RunKey(bench.spec.dag_id, RunId("r"))
    return WaitEnded(wait_id=name, run_key=run, task_key=TaskKey(TaskId("a")), at=T0)


async def test_a_source_that_cannot_be_written_holds_its_tasks_back_and_nothing_else(
    bench_of: Callable[..., _Bench],
) -> None:
    bench = bench_of(a_dag(a_task("a")))
    written: list[VersionHash] = []

    def disk_full(version: VersionHash, source: str, file: str) -> None:
        written.append(version)
        raise OSError(28, "No space left on device")

    parts = bench.parts
    bench.parts = replace(parts, materialise=disk_full)
    bench.store.create_run(a_wish(bench.spec))
    await bench.lead(lambda: bool(written))
    assert bench.executor.taken == []
    bench.parts = parts
    await bench.lead(lambda: len(bench.executor.taken) == 1)


async def test_specs_of_versions_out_of_use_are_forgotten(bench_of: Callable[..., _Bench]) -> None:
    bench = bench_of(_empty_dag())
    listener = bench.parts.open_listener((ENGINE,))
    scheduler = Scheduler(bench.parts, listener, lambda _: asyncio.sleep(0))
    for number in range(5):
        bench.store.record_parse(
            [a_file(a_version(bench.spec, f"v{number}"), content=str(number))], T0, paused_at_creation=False
        )
        scheduler._load_dags()
    assert list(scheduler._memory.specs) == ["v4"]
    listener.close()


async def test_an_engine_outlives_faults_of_its_folder_and_its_executor(
    bench_of: Callable[..., _Bench], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "WATCH_AGAIN_SECONDS", 0.05)
    bench = bench_of(_empty_dag(), RuntimeError("a fault of ours"), OSError("no route"))
    engine = Engine(bench.parts)
    task = asyncio.create_task(engine.run())
    await _until(lambda: bench.executor.is_started and bench.watches >= 2 and bench.scans >= 2)
    assert not task.done()
    engine.stop()
    await asyncio.wait_for(task, 10)


def test_the_pause_after_conflicts_has_an_end() -> None:
    assert 0 < loop.MAX_CONFLICT_PAUSE_SECONDS < Settings.load().lease_seconds / 3


def _is_over(backfills: Backfills, number: int) -> bool:
    return backfills.one(number).state == "completed"


@pytest.mark.asyncio
async def test_a_backfill_makes_runs_and_another_has_them_done_again(bench_of: Callable[..., _Bench]) -> None:
    now = datetime.now(UTC)
    daily = Schedule(ScheduleKind.CRON, "@daily", "0 0 * * *")
    spec = replace(a_dag(a_task("t", kind=TaskKind.EMPTY)), schedule=daily, start_date=now - timedelta(days=20))
    bench = bench_of(spec)
    backfills = Backfills(bench.store, bench.publisher, SpecCache(bench.store), SystemClock())
    wish = BackfillWish(dag_id=spec.dag_id, first=now - timedelta(days=8), last=now - timedelta(days=3), max_active=2)
    ends: list[dict[str, datetime | None]] = []
    for reprocess in (Reprocess.NONE, Reprocess.COMPLETED):
        number = backfills.create(replace(wish, reprocess=reprocess), "ada").backfill_id
        await bench.lead(partial(_is_over, backfills, number))
        rows = bench.store.list_runs(spec.dag_id, 100, 0)[0]
        ends.append({row.run.run_id: row.run.ended_at for row in rows if row.run.run_type is RunType.BACKFILL})
        assert {row.run.state for row in rows} == {RunState.SUCCESS}
    assert ends[0].keys() == ends[1].keys()
    assert not set(ends[0].values()) & set(ends[1].values())
