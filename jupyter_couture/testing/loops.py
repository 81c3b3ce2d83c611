"""Triggers of a test: the triggerer's own code in an event loop whose clock is the test's."""

import asyncio
import json
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import Executor
from contextvars import Context
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar, TypeVarTuple, Unpack

from jupyter_couture.authoring.portable import to_portable
from jupyter_couture.authoring.present import clock_scope
from jupyter_couture.authoring.triggers.runs import RunEndTrigger
from jupyter_couture.authoring.triggers.trigger import path_of
from jupyter_couture.clock import ManualClock
from jupyter_couture.model.dag import Json
from jupyter_couture.model.facts import WaitEnded
from jupyter_couture.model.ids import DagId, RunId, RunKey
from jupyter_couture.model.states import TERMINAL_RUN_STATES, RunState
from jupyter_couture.ports.triggers import WatchedWait
from jupyter_couture.runtime.triggerer import Triggerer

_RUN_END = path_of(RunEndTrigger)
_T = TypeVar("_T")
_Ts = TypeVarTuple("_Ts")
_PAUSE_SECONDS = 0.001
_pause = time.sleep


class FakeTimeLoop(asyncio.SelectorEventLoop):
    """An event loop that never waits for its timers: ``turn`` does what is due by the test's clock."""

    def __init__(self, clock: ManualClock) -> None:
        self._test_clock = clock
        self._is_busy = False
        self._timers: list[asyncio.TimerHandle] = []
        self._elsewhere: list[asyncio.Future[Any]] = []
        super().__init__()

    def time(self) -> float:
        return self._test_clock.monotonic()

    def call_soon(
        self, callback: Callable[[Unpack[_Ts]], object], *args: *_Ts, context: Context | None = None
    ) -> asyncio.Handle:
        self._is_busy = True
        return super().call_soon(callback, *args, context=context)

    def call_at(
        self, when: float, callback: Callable[[Unpack[_Ts]], object], *args: *_Ts, context: Context | None = None
    ) -> asyncio.TimerHandle:
        handle = super().call_at(when, callback, *args, context=context)
        self._timers.append(handle)
        return handle

    def run_in_executor(
        self, executor: Executor | None, func: Callable[[Unpack[_Ts]], _T], *args: *_Ts
    ) -> "asyncio.Future[_T]":
        future = super().run_in_executor(executor, func, *args)
        self._elsewhere.append(future)
        return future

    def turn(self) -> None:
        """Do everything that is due now, and wait for what threads are at."""
        while True:
            self._is_busy = False
            super().call_soon(self.stop)
            self.run_forever()
            self._elsewhere = [future for future in self._elsewhere if not future.done()]
            if not self._is_busy and not self._elsewhere:
                break
            if not self._is_busy:
                _pause(_PAUSE_SECONDS)

    def next_timer(self) -> float | None:
        """When the next timer is due, in seconds of ``time``."""
        now = self.time()
        self._timers = [each for each in self._timers if not each.cancelled() and each.when() > now]
        return min((each.when() for each in self._timers), default=None)


class FakeTriggers:
    """Implements ``ports.Triggers`` for a test. ``events`` answer for triggers of the tasks they are named after."""

    def __init__(
        self,
        clock: ManualClock,
        folder: Path,
        events: Mapping[str, Json],
        run_states: Callable[[Collection[RunKey]], Mapping[RunKey, RunState]],
    ) -> None:
        self._clock = clock
        self._events = events
        self._run_states = run_states
        self._loop = FakeTimeLoop(clock)
        self._triggerer = Triggerer(folder, self)
        self._waits: dict[str, WatchedWait] = {}
        self._runs: dict[str, RunKey] = {}
        self._ends: list[WaitEnded] = []

    def write(self, line: bytes) -> None:
        """What the triggerer says of a wait that is over."""
        said = json.loads(line)
        item = self._waits.pop(said["ended"], None)
        if item is not None:
            self._end(item, said.get("event"), said.get("error", ""))

    def _end(self, item: WatchedWait, event: Json, error: str = "") -> None:
        self._ends.append(
            WaitEnded(
                wait_id=item.wait.wait_id,
                run_key=item.run_key,
                task_key=item.task_key,
                at=self._clock.now(),
                event=event,
                error=error,
            )
        )

    def watch(self, waits: Sequence[WatchedWait]) -> None:
        """See ``ports.Triggers``."""
        for item in waits:
            wait_id, name = item.wait.wait_id, str(item.task_key.task_id)
            self._waits[wait_id] = item
            if name in self._events:
                del self._waits[wait_id]
                self._end(item, to_portable(self._events[name], "event"))
            elif item.wait.trigger == _RUN_END:
                told = item.wait.arguments
                self._runs[wait_id] = RunKey(DagId(str(told.get("dag_id"))), RunId(str(told.get("run_id"))))
            else:
                order = {
                    "wait_id": wait_id,
                    "trigger": item.wait.trigger,
                    "arguments": dict(item.wait.arguments),
                    "folder": "",
                    "who": f"{item.run_key.dag_id}.{name}",
                }
                self._hear({"do": "watch", "waits": [order]})

    def forget(self, wait_ids: Collection[str]) -> None:
        """See ``ports.Triggers``."""
        known = [wait_id for wait_id in wait_ids if self._waits.pop(wait_id, None) is not None]
        for wait_id in known:
            self._runs.pop(wait_id, None)
        if known:
            self._hear({"do": "forget", "waits": known})

    def _hear(self, message: dict[str, Any]) -> None:
        self._loop.call_soon(self._tell, message)

    def _tell(self, message: dict[str, Any]) -> None:
        with clock_scope(self._clock.now):  # the tasks that it makes keep it
            self._triggerer.hear(message)

    def turn(self) -> list[WaitEnded]:
        """Let triggers do what they can do now; the waits that are over."""
        self._loop.turn()
        states = self._run_states(set(self._runs.values()))
        for wait_id, key in list(self._runs.items()):
            state = states.get(key)
            if state is None or state in TERMINAL_RUN_STATES:
                del self._runs[wait_id]
                said = {"dag_id": key.dag_id, "run_id": key.run_id, "state": None if state is None else state.value}
                self._end(self._waits.pop(wait_id), said)
        ends, self._ends = self._ends, []
        return ends

    def wakes_at(self) -> datetime | None:
        """When a trigger wants to look again."""
        at = self._loop.next_timer()
        return None if at is None else self._clock.now() + timedelta(seconds=max(0.0, at - self._loop.time()))

    async def close(self) -> None:
        """See ``ports.Triggers``; tests call ``end``."""

    def end(self) -> None:
        """Close the loop."""
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        self._loop.turn()
        self._loop.run_until_complete(self._loop.shutdown_default_executor())
        self._loop.close()
