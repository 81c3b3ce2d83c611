"""The triggerer process and the leader's side of it."""

import asyncio
import time
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil

from jupyter_couture.authoring.portable import to_portable
from jupyter_couture.authoring.triggers.moments import DateTimeTrigger
from jupyter_couture.authoring.triggers.runs import RunEndTrigger
from jupyter_couture.authoring.triggers.trigger import BaseTrigger
from jupyter_couture.clock import SystemClock
from jupyter_couture.executors.triggerer import TriggererHost
from jupyter_couture.model.errors import Unavailable
from jupyter_couture.model.facts import WaitEnded
from jupyter_couture.model.ids import DagId, RunId, RunKey, TaskId, TaskKey
from jupyter_couture.model.run import Wait, WaitKind
from jupyter_couture.model.states import RunState
from jupyter_couture.ports.triggers import WatchedWait
from jupyter_couture.settings import Settings
from tests.workbench import eventually

MANY = 3000
HERE = RunKey(DagId("d"), RunId("r"))


TRIGGERS = """
import asyncio
from jupyter_couture.triggers import BaseTrigger, TriggerEvent

class Well(BaseTrigger):
    def __init__(self, text):
        self.text = text
    def serialize(self):
        return "beside.Well", {"text": self.text}
    def event(self):
        return "well"
    async def run(self):
        await asyncio.sleep(0.2)
        yield TriggerEvent(self.event())

class Cancelled(Well):
    async def run(self):
        inner = asyncio.ensure_future(asyncio.sleep(10))
        inner.cancel()
        await inner
        yield TriggerEvent("never")

class Deep(Well):
    levels = 350
    def event(self):
        found = []
        for _ in range(self.levels):
            found = [found]
        return found

class Deeper(Deep):
    levels = 100_000

class Large(Well):
    def event(self):
        return "y" * 5_000_000
"""


class _Desk:
    """Takes ends of waits; ``troubles`` times it is away."""

    def __init__(self, troubles: int = 0) -> None:
        self.ends: dict[str, WaitEnded] = {}
        self.states: dict[RunKey, RunState] = {}
        self.troubles = troubles

    def store(self, ends: Sequence[WaitEnded]) -> None:
        if self.troubles:
            self.troubles -= 1
            raise Unavailable(what="database", message="away")
        self.ends.update({end.wait_id: end for end in ends})

    def run_states(self, keys: Collection[RunKey]) -> Mapping[RunKey, RunState]:
        return {key: state for key, state in self.states.items() if key in keys}


def host_of(home: Path, desk: _Desk) -> TriggererHost:
    settings = Settings.load({}, home=str(home))
    settings.make_folders()
    return TriggererHost(settings, SystemClock(), desk.store, desk.run_states)


def watched(number: int, trigger: BaseTrigger) -> WatchedWait:
    path, arguments = trigger.serialize()
    plain = {name: to_portable(value) for name, value in arguments.items()}
    wait = Wait(f"w{number}", WaitKind.TRIGGER, "go_on", trigger=path, arguments=plain)
    return WatchedWait(HERE, TaskKey(TaskId("t"), number), wait, "d.py")


async def test_thousands_of_waits_share_one_process_that_is_idle_meanwhile(tmp_path: Path) -> None:
    desk = _Desk()
    host = host_of(tmp_path, desk)
    due = datetime.now(UTC) + timedelta(seconds=6)
    try:
        host.watch([watched(number, DateTimeTrigger(due)) for number in range(MANY)])
        host.watch([watched(MANY + 1, DateTimeTrigger(due))])
        host.forget([f"w{number}" for number in range(10)])
        await eventually(lambda: bool(_triggerers()), 20)
        (process,) = _triggerers()
        await eventually(lambda: _is_quiet(process), 20)
        before = process.cpu_times()
        await asyncio.sleep(max(0.0, (due - datetime.now(UTC)).total_seconds() - 0.5))
        after = process.cpu_times()
        assert after.user + after.system - before.user - before.system < 0.5
        assert process.memory_info().rss < 150 * 1024**2
        assert not desk.ends
        await eventually(lambda: len(desk.ends) == MANY - 10 + 1, 20)
        assert {end.error for end in desk.ends.values()} == {""}
    finally:
        await host.close()
    await eventually(lambda: not _triggerers(), 10)


async def test_what_one_trigger_does_costs_no_other_its_end(tmp_path: Path) -> None:
    """Triggers that are cancelled from within, that answer with what nobody can keep, and one that is well."""
    (tmp_path / "dags").mkdir()
    (tmp_path / "dags" / "beside.py").write_text(TRIGGERS)
    desk = _Desk()
    host = host_of(tmp_path, desk)
    kinds = ["Cancelled", "Deep", "Deeper", "Large", "Well"]
    waits = [
        WatchedWait(
            HERE,
            TaskKey(TaskId("t"), number),
            Wait(kind, WaitKind.TRIGGER, "go_on", trigger=f"beside.{kind}", arguments={"text": "x" * 15_000_000}),
            "d.py",
        )
        for number, kind in enumerate(kinds)
    ]
    try:
        host.watch(waits)
        await eventually(lambda: len(desk.ends) == len(kinds), 30)
    finally:
        await host.close()
    assert desk.ends["Well"].event == "well"
    told = {kind: end.error for kind, end in desk.ends.items()}
    assert "CancelledError" in told["Cancelled"]
    assert "100 levels" in told["Deep"]
    assert "failed" in told["Deeper"]
    assert "bytes" in told["Large"]
    assert not told["Well"]


async def test_ends_are_held_while_the_database_is_away_and_runs_are_watched_without_a_process(tmp_path: Path) -> None:
    desk = _Desk(troubles=2)
    host = host_of(tmp_path, desk)
    child = RunKey(DagId("child"), RunId("c"))
    gone = RunKey(DagId("child"), RunId("gone"))
    desk.states[child] = RunState.RUNNING
    try:
        host.watch([watched(1, RunEndTrigger(*child)), watched(2, RunEndTrigger(*gone))])
        await eventually(lambda: "w2" in desk.ends, 10)
        assert desk.ends["w2"].event == {"dag_id": "child", "run_id": "gone", "state": None}
        assert "w1" not in desk.ends
        desk.states[child] = RunState.FAILED
        await eventually(lambda: "w1" in desk.ends, 10)
        assert desk.ends["w1"].event == {"dag_id": "child", "run_id": "c", "state": "failed"}
        assert not _triggerers()
    finally:
        await host.close()


def _triggerers() -> list[psutil.Process]:
    return [child for child in psutil.Process().children() if _is_triggerer(child)]


def _is_triggerer(child: psutil.Process) -> bool:
    try:
        return "jupyter_couture.runtime.triggerer" in child.cmdline()
    except psutil.NoSuchProcess:  # it ended this very moment, and may be a zombie of an earlier test
        return False


def _is_quiet(process: psutil.Process) -> bool:
    before = process.cpu_times()
    time.sleep(0.3)
    after = process.cpu_times()
    return process.num_threads() > 1 and after.user + after.system - before.user - before.system < 0.02
