"""The leader's side of the triggerer: starts it with the first wait, tells it what to wait for, hears the ends.

Waits for the end of a run are not told to it: the database says when, and one query a second asks for all of them.
"""

import asyncio
import contextlib
import logging
import os
import sys
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime

from jupyter_couture.authoring.triggers.runs import RunEndTrigger
from jupyter_couture.authoring.triggers.trigger import path_of
from jupyter_couture.model.dag import Json
from jupyter_couture.model.depth import TOO_DEEP, is_too_deep
from jupyter_couture.model.errors import Unavailable
from jupyter_couture.model.facts import WaitEnded
from jupyter_couture.model.ids import DagId, RunId, RunKey
from jupyter_couture.model.states import TERMINAL_RUN_STATES, RunState
from jupyter_couture.ports.clock import Clock
from jupyter_couture.ports.triggers import WatchedWait
from jupyter_couture.runtime.lines import LineBuffer, Message, to_line
from jupyter_couture.settings import KEYS, Settings

TRIGGERER_COMMAND = (sys.executable, "-P", "-m", "jupyter_couture.runtime.triggerer")

_RUN_END = path_of(RunEndTrigger)
_READ_BYTES = 256 * 1024
_LOOK_SECONDS = 1.0
_IDLE_SECONDS = 60.0
"""A triggerer without waits ends after this."""
_LONGEST_PAUSE_SECONDS = 10.0
_END_SECONDS = 2.0

_log = logging.getLogger("couture.triggers")


class TriggererHost:
    """Implements ``ports.Triggers``.

    ``store_ends`` keeps facts and wakes the leader; while it raises ``Unavailable`` they are held and offered again.
    ``run_states`` gives the state of those of the named runs that exist.
    """

    def __init__(
        self,
        settings: Settings,
        clock: Clock,
        store_ends: Callable[[Sequence[WaitEnded]], None],
        run_states: Callable[[Collection[RunKey]], Mapping[RunKey, RunState]],
        command: Sequence[str] = TRIGGERER_COMMAND,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._store_ends = store_ends
        self._run_states = run_states
        self._command = command
        self._waits: dict[str, WatchedWait] = {}  # told to the triggerer
        self._runs: dict[str, tuple[WatchedWait, RunKey]] = {}
        self._ends: dict[str, WaitEnded] = {}  # not stored yet
        self._process: asyncio.subprocess.Process | None = None
        self._keeper: asyncio.Task[None] | None = None
        self._looker: asyncio.Task[None] | None = None

    def watch(self, waits: Sequence[WatchedWait]) -> None:
        """See ``ports.Triggers``."""
        fresh = [item for item in waits if item.wait.wait_id not in self._waits.keys() | self._runs.keys()]
        told: list[WatchedWait] = []
        for item in fresh:
            if item.wait.trigger == _RUN_END:
                arguments = item.wait.arguments
                key = RunKey(DagId(str(arguments.get("dag_id"))), RunId(str(arguments.get("run_id"))))
                self._runs[item.wait.wait_id] = (item, key)
            else:
                self._waits[item.wait.wait_id] = item
                told.append(item)
        if told:
            self._tell_waits(told)
            if self._keeper is None or self._keeper.done():
                self._keeper = asyncio.get_running_loop().create_task(self._keep())
        self._look_soon()

    def forget(self, wait_ids: Collection[str]) -> None:
        """See ``ports.Triggers``."""
        told = [wait_id for wait_id in wait_ids if self._waits.pop(wait_id, None) is not None]
        for wait_id in wait_ids:
            self._runs.pop(wait_id, None)
            self._ends.pop(wait_id, None)
        if told:
            self._tell({"do": "forget", "waits": told})

    async def close(self) -> None:
        """See ``ports.Triggers``."""
        self._waits.clear()
        self._runs.clear()
        self._ends.clear()
        tasks = [task for task in (self._keeper, self._looker) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._keeper = self._looker = None

    # ---- the triggerer

    async def _keep(self) -> None:
        """Have a triggerer for as long as there are waits for it."""
        pause = 0.5
        while self._waits:
            begun = self._clock.monotonic()
            try:
                await self._live_with()
            except OSError as error:
                _log.warning("The triggerer cannot be started: %s", error)
            if not self._waits:
                return
            pause = 0.5 if self._clock.monotonic() - begun > _IDLE_SECONDS else min(pause * 2, _LONGEST_PAUSE_SECONDS)
            _log.warning("The triggerer ended; another one takes over %d waits", len(self._waits))
            await asyncio.sleep(pause)

    async def _live_with(self) -> None:
        """Start a triggerer, tell it everything, and hear it until it ends or has been idle."""
        environ = {name: value for name, value in os.environ.items() if not name.startswith("COUTURE_")}
        environ.update(self._settings.environ())
        environ.update(dict.fromkeys(KEYS, ""))  # user code gets no key to the database, nor to what is sealed in it
        with (self._settings.run_dir / "triggerer.log").open("ab") as log:
            process = await asyncio.create_subprocess_exec(
                *self._command,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=log,
                env=environ,
                cwd="/",
                start_new_session=True,
            )
        self._process = process
        try:
            self._tell_waits(self._waits.values())
            await self._hear(process)
        finally:
            self._process = None
            await _end(process)

    async def _hear(self, process: asyncio.subprocess.Process) -> None:
        buffer = LineBuffer()
        stream = process.stdout
        while stream is not None:
            try:
                data = await asyncio.wait_for(stream.read(_READ_BYTES), _IDLE_SECONDS)
            except TimeoutError:
                if not self._waits:
                    return
                continue
            if not data:
                return
            for message in buffer.feed(data):
                self._take(message)
            self._store()

    def _tell_waits(self, waits: Iterable[WatchedWait]) -> None:
        for item in waits:  # a line each: one line of all of them could be longer than a line may be
            self._tell({"do": "watch", "waits": [self._order(item)]})

    def _tell(self, message: Message) -> None:
        process = self._process
        if process is not None and process.stdin is not None and not process.stdin.is_closing():
            process.stdin.write(to_line(message))

    def _order(self, item: WatchedWait) -> Message:
        folder = (self._settings.dags_folder / item.file).parent if item.file else self._settings.dags_folder
        task_id, map_index = item.task_key
        index = f"[{map_index}]" if map_index >= 0 else ""
        return {
            "wait_id": item.wait.wait_id,
            "trigger": item.wait.trigger,
            "arguments": _plain(item.wait.arguments),
            "folder": str(folder),
            "who": f"{item.run_key.dag_id}.{task_id}{index} in {item.run_key.run_id}",
        }

    def _take(self, message: Message) -> None:
        wait_id = str(message.get("ended"))
        item = self._waits.pop(wait_id, None)
        if item is None:
            return
        at = datetime.fromisoformat(str(message["at"]))
        event, error = message.get("event"), str(message.get("error", ""))
        if is_too_deep(event):
            event, error = None, f"trigger {item.wait.trigger} failed: its event {TOO_DEEP}"
        self._end(item, at, event, error)

    # ---- ends

    def _end(self, item: WatchedWait, at: datetime, event: Json, error: str = "") -> None:
        self._ends[item.wait.wait_id] = WaitEnded(
            wait_id=item.wait.wait_id,
            run_key=item.run_key,
            task_key=item.task_key,
            at=at,
            event=event,
            error=error,
        )

    def _store(self) -> None:
        if not self._ends:
            return
        try:
            self._store_ends(list(self._ends.values()))
        except Unavailable as error:
            _log.warning("%s; %d ends of waits are held", error, len(self._ends))
            self._look_soon()
        else:
            self._ends.clear()

    # ---- runs

    def _look_soon(self) -> None:
        if (self._runs or self._ends) and (self._looker is None or self._looker.done()):
            self._looker = asyncio.get_running_loop().create_task(self._look())

    async def _look(self) -> None:
        while self._runs or self._ends:
            try:
                if self._runs:
                    self._look_at_runs()
                self._store()
            except Unavailable as error:
                _log.warning("%s; looking again", error)
            await asyncio.sleep(_LOOK_SECONDS)

    def _look_at_runs(self) -> None:
        states = self._run_states({key for _, key in self._runs.values()})
        now = self._clock.now()
        for wait_id, (item, key) in list(self._runs.items()):
            state = states.get(key)
            if state is None or state in TERMINAL_RUN_STATES:
                del self._runs[wait_id]
                value = None if state is None else state.value
                self._end(item, now, {"dag_id": key.dag_id, "run_id": key.run_id, "state": value})


async def _end(process: asyncio.subprocess.Process) -> None:
    """Close its input, which ends it; kill it if it does not listen."""
    if process.stdin is not None:
        process.stdin.close()
    try:
        await asyncio.wait_for(process.wait(), _END_SECONDS)
    except (TimeoutError, asyncio.CancelledError):
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return {name: _plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value
