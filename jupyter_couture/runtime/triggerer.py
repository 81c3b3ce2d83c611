"""The triggerer: ``python -m jupyter_couture.runtime.triggerer``, one process in which all triggers of a leader wait.

It is started by the leader with the first wait and told of each by a line on its standard input; ends go back as lines
on what was its standard output. It holds user code and no database. When the leader is gone, so is its input, and it
ends: the next leader starts another one and tells all waits again.

Triggers share one event loop. One that blocks it holds all others up; a second thread notices, and says in the log
which one it is and where it stands.
"""

import asyncio
import contextlib
import importlib
import json
import logging
import os
import sys
import threading
import time
import traceback
from collections.abc import AsyncGenerator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

from jupyter_couture.authoring.plugin_folders import plugin_folders
from jupyter_couture.authoring.portable import from_portable, to_portable
from jupyter_couture.authoring.triggers.trigger import BaseTrigger
from jupyter_couture.compat import importing
from jupyter_couture.model.dag import Json
from jupyter_couture.model.errors import InvalidRequest
from jupyter_couture.runtime import processes
from jupyter_couture.runtime.attempt import set_up_logging
from jupyter_couture.runtime.dag_files import DagFiles
from jupyter_couture.runtime.lines import Message, to_line
from jupyter_couture.settings import Settings

BLOCKED_SECONDS = 1.0
"""Standing still for so long is told as a fault of the trigger that is at work."""

MAX_EVENT_BYTES = 4 * 1024**2
"""Of an event with what stands around it: it is kept in the database until its task goes on."""

_BEAT_SECONDS = 0.2
_THREADS = 64
"""Looks at files and web servers that may be under way at once."""
_LINE_LIMIT_BYTES = 64 * 1024**2

_log = logging.getLogger("couture.triggerer")


@dataclass(frozen=True, slots=True)
class _Order:
    """One wait as the leader tells it."""

    wait_id: str
    trigger: str
    arguments: Mapping[str, Json]
    folder: str
    who: str


class Writer(Protocol):
    """Takes lines for the leader."""

    def write(self, data: bytes, /) -> None:
        """Pass it on some time."""
        ...


class Triggerer:
    """The waits and their tasks. ``write`` takes lines for the leader."""

    def __init__(self, dags_folder: Path, write: Writer) -> None:
        self._dags_folder = dags_folder
        self._write = write
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._files = DagFiles(dags_folder)

    def hear(self, message: Message) -> None:
        """A line of the leader's."""
        if message.get("do") == "watch":
            for item in message["waits"]:
                self._watch(_Order(**item))
        elif message.get("do") == "forget":
            for wait_id in message["waits"]:
                task = self._tasks.pop(wait_id, None)
                if task is not None:
                    task.cancel()

    def _watch(self, order: _Order) -> None:
        if order.wait_id in self._tasks:
            return
        task = asyncio.get_running_loop().create_task(self._wait(order), name=f"{order.trigger} of {order.who}")
        self._tasks[order.wait_id] = task

    async def _wait(self, order: _Order) -> None:
        try:
            answer: Message = {"event": await self._event_of(order)}
        except BaseException as error:  # the edge of the user's code
            own = asyncio.current_task()
            if own is not None and own.cancelling():  # by us; a trigger may also let go of a task of its own
                raise
            _log.warning("The trigger %s of %s failed", order.trigger, order.who, exc_info=error)
            last = "".join(traceback.format_exception_only(error)).strip()
            answer = {"error": f"trigger {order.trigger} failed: {last}"}
        self._tasks.pop(order.wait_id, None)
        self._write.write(_end_line(order, answer))

    async def _event_of(self, order: _Order) -> Json:
        trigger = self._make(order)
        events = trigger.run()
        try:
            async for event in events:
                return to_portable(event.payload, "event")
        finally:
            if isinstance(events, AsyncGenerator):
                await events.aclose()
            await trigger.cleanup()
        raise InvalidRequest(field="trigger", message="it ended without an event")

    def _make(self, order: _Order) -> BaseTrigger:
        for folder in (str(self._dags_folder), order.folder):
            if folder and folder not in sys.path:
                sys.path.insert(0, folder)
        sys.path += [str(found) for found in plugin_folders(Path(order.folder) / "_") if str(found) not in sys.path]
        module_name, _, name = order.trigger.rpartition(".")
        module = self._files.module(module_name, Path(order.folder)) or importlib.import_module(module_name)
        kind = getattr(module, name)
        if not (isinstance(kind, type) and issubclass(kind, BaseTrigger)):
            raise InvalidRequest(field="trigger", message=f"{order.trigger} is no subclass of BaseTrigger")
        return kind(**from_portable(order.arguments))


def _end_line(order: _Order, answer: Message) -> bytes:
    end = {"ended": order.wait_id, "at": datetime.now(UTC).isoformat()}
    try:
        line = to_line({**end, **answer})
    except RecursionError:
        line = to_line({**end, "error": f"trigger {order.trigger} failed: its event is nested too deeply"})
    if len(line) <= MAX_EVENT_BYTES:
        return line
    size = f"its event has {len(line)} bytes, more than the {MAX_EVENT_BYTES} that are kept"
    return to_line({**end, "error": f"trigger {order.trigger} failed: {size}"})


class Watchdog:
    """Notices that the event loop stands still, from a thread of its own."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._main = threading.main_thread().ident or 0
        self._beat_at = time.monotonic()

    def start(self) -> None:
        """Begin to look."""
        self._beat()
        threading.Thread(target=self._look, name="watchdog", daemon=True).start()

    def _beat(self) -> None:
        self._beat_at = time.monotonic()
        self._loop.call_later(_BEAT_SECONDS, self._beat)

    def _look(self) -> None:
        told_for = 0.0
        while True:
            time.sleep(_BEAT_SECONDS)
            late = time.monotonic() - self._beat_at - _BEAT_SECONDS
            if late < BLOCKED_SECONDS:
                told_for = 0.0
            elif late > told_for * 2:
                told_for = late
                self._tell(late)

    def _tell(self, late: float) -> None:
        frame = sys._current_frames().get(self._main)
        place = "".join(traceback.format_stack(frame)[-6:]) if frame is not None else ""
        task = asyncio.current_task(self._loop)
        who = task.get_name() if task is not None else "a callback"
        _log.error(
            "All triggers stand still for %.1f s: %s blocks the event loop; it must await what takes time\n%s",
            *(late, who, place),
        )


async def serve(dags_folder: Path, orders: Any, answers: Any) -> None:
    """Wait for whatever the leader tells on ``orders``, until it is gone."""
    loop = asyncio.get_running_loop()
    loop.set_default_executor(ThreadPoolExecutor(_THREADS, thread_name_prefix="look"))
    reader = asyncio.StreamReader(limit=_LINE_LIMIT_BYTES)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), orders)
    transport, protocol = await loop.connect_write_pipe(asyncio.streams.FlowControlMixin, answers)
    writer = asyncio.StreamWriter(transport, protocol, None, loop)
    triggerer = Triggerer(dags_folder, writer)
    Watchdog(loop).start()
    writer.write(to_line({"ready": True}))
    while line := await reader.readline():
        triggerer.hear(_read(line))


def _read(line: bytes) -> Message:
    message: Message = json.loads(line)
    return message


def main() -> None:
    """Entry of the triggerer: settings in the environment, its leader at both ends of the standard streams."""
    set_up_logging()
    settings = Settings.load()
    for name in settings.environ():
        if name not in ("COUTURE_HOME", "COUTURE_DAGS_FOLDER"):
            os.environ.pop(name, None)
    importing.install()
    processes.show_name("triggerer")
    orders, answers = os.dup(0), os.dup(1)
    os.dup2(2, 1)  # what triggers print belongs into the log
    with open(os.devnull) as nothing:  # noqa: PTH123
        os.dup2(nothing.fileno(), 0)
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve(settings.dags_folder, os.fdopen(orders, "rb"), os.fdopen(answers, "wb")))
    os._exit(0)  # threads that still look at something are not waited for


if __name__ == "__main__":
    main()
