"""Nurseries: warm parents from which payloads are forked, so that an attempt reaches user code in milliseconds.

A nursery is itself forked from nursery zero (``zero``), which has read nothing of the user's. It runs one DAG version's
file once, then forks a payload for each attempt of that version; it is single-threaded, so that the forks are safe. If
the file fails, or leaves threads behind, the nursery says so and goes, and attempts of that version are forked from a
*cold* nursery that has run no file.

A nursery outlives its supervisor: it keeps draining logs, writes down how each payload ended, and connects
to the next supervisor as soon as there is one. Without work it ends by itself.
"""

import contextlib
import gc
import logging
import os
import selectors
import signal
import sys
import time
import traceback
from dataclasses import dataclass, field
from itertools import chain
from resource import struct_rusage
from typing import NoReturn

from jupyter_couture.authoring.dag import DAG
from jupyter_couture.authoring.door import ClosedDoor, answering
from jupyter_couture.authoring.load import LoadedFile, load_source
from jupyter_couture.authoring.params import check_defaults
from jupyter_couture.model.dag import TaskKind
from jupyter_couture.model.errors import InvalidDag, NotFound
from jupyter_couture.model.intents import StartAttempt
from jupyter_couture.runtime import processes
from jupyter_couture.runtime.attempt import Payload, become_payload
from jupyter_couture.runtime.exits import describe_exit
from jupyter_couture.runtime.lines import LineBuffer, Message, to_line
from jupyter_couture.runtime.logs import LogSink
from jupyter_couture.runtime.notebook import warm_notebook
from jupyter_couture.runtime.nursery_key import NurseryKey
from jupyter_couture.runtime.nursery_link import NurseryLink
from jupyter_couture.runtime.places import (
    FORKED,
    ORDER,
    add_line,
    host_name,
    read_version,
    supervisor_socket,
    work_folder,
)
from jupyter_couture.runtime.rehearsal import rehearse, settle_ahead
from jupyter_couture.runtime.secrecy import StreamMask
from jupyter_couture.runtime.workplaces import Workplaces
from jupyter_couture.settings import Settings

_READ_BYTES = 256 * 1024
_REPORT_LIMIT_BYTES = 4 * 1024**2
_ORPHAN_IDLE_SECONDS = 10.0
"""A nursery without supervisor and without payloads waits so long for the next one."""

_LAST_READS = 16

_ASKS = "loading it asks for variables or connections, which only attempts may"

_log = logging.getLogger("couture.nursery")


@dataclass(slots=True)
class _Child:
    """A payload and our ends of its pipes."""

    attempt_id: str
    place: str
    work: str
    pid: int
    output: int
    report: int
    sink: LogSink
    begun_at: float
    lines: LineBuffer = field(default_factory=lambda: LineBuffer(_REPORT_LIMIT_BYTES))
    said: Message = field(default_factory=dict)
    is_over: bool = False
    mask: StreamMask | None = None

    def hide(self, forms: object) -> None:
        """Show these texts in its log no more."""
        if isinstance(forms, list):
            self.mask = self.mask or StreamMask()
            self.mask.add(forms)


def warm(kind: str) -> None:
    """Read in advance what attempts of ``kind`` will need."""
    if kind == TaskKind.NOTEBOOK:
        warm_notebook()


def _open_version(settings: Settings, version: str) -> LoadedFile:
    kept = read_version(settings, version)
    return load_source(kept.source, settings.dags_folder / kept.file, settings.dags_folder)


class Nursery:
    """One nursery: its loop, from its fork to its end."""

    def __init__(self, settings: Settings, key: NurseryKey, cookie_address: int | None) -> None:
        self._settings = settings
        self._key = key
        self._cookie_address = cookie_address
        self._identity = processes.identity(os.getpid())
        self._selector = selectors.EpollSelector()
        self._children: dict[int, _Child] = {}
        self._loaded: LoadedFile | None = None
        self._link = NurseryLink(supervisor_socket(settings), self._selector, self._hear, self._greeting)
        self._quiet_since = time.monotonic()
        self._untold: list[Message] = []
        self._workplaces = Workplaces(str(work_folder(settings)), self._identity)
        self._signals = self._watch_children()
        self._is_closing = False
        self._is_ready = False

    def run(self) -> NoReturn:
        """Load the version, then fork payloads until nobody needs us."""
        self._link.connect()
        trouble = self._load()
        self._is_ready = not trouble
        self._link.send({"do": "ready", "trouble": trouble} if trouble else {"do": "ready"})
        if trouble:
            self._is_closing = True
        while not self._is_done():
            for key, events in self._selector.select(self._patience()):
                key.data(events)
            self._link.turn()
        self._workplaces.close()
        sys.stdout.flush()
        os._exit(0)

    # ---- what we were made for

    def _load(self) -> str:
        """Run the version's file; why attempts must not be forked from here, or nothing."""
        door = ClosedDoor()
        try:
            warm(self._key.kind)
            if self._key.version:
                with answering(door):
                    self._loaded = _open_version(self._settings, self._key.version)
        except BaseException:  # noqa: BLE001  # the edge of the user's code
            if door.was_tried:
                return _ASKS
            if not self._key.version:
                return ""  # what cannot be prepared fails in the attempts that need it, in their words
            _log.exception("DAG version %s cannot be loaded ahead of its attempts", self._key.version)
            return f"loading it failed: {traceback.format_exc(limit=-1).strip().splitlines()[-1]}"
        if door.was_tried:
            return _ASKS
        if processes.thread_count() > 1:
            return "loading it starts threads"
        self._rehearse()
        signal.signal(signal.SIGTERM, signal.SIG_DFL)  # as payloads are to find them, whatever the file has done
        signal.signal(signal.SIGINT, signal.default_int_handler)
        sys.stdout.flush()
        gc.collect()
        gc.freeze()
        return ""

    def _rehearse(self) -> None:
        """Fill caches with the very folders that the DAGs here look for templates in."""
        if self._loaded is not None:
            for dag in self._loaded.dags.values():
                with contextlib.suppress(InvalidDag):  # reads the checker of schemas, if it will be needed
                    check_defaults(dag.dag_id, dag.params)
            settle_ahead(chain.from_iterable(dag.tasks for dag in self._loaded.dags.values()))
            for folder in {dag.folder for dag in self._loaded.dags.values()}:
                rehearse((folder, str(self._settings.dags_folder)), self._settings)

    def _find_dag(self, start: StartAttempt) -> DAG:
        loaded = self._loaded or _open_version(self._settings, start.version)
        dag = loaded.dags.get(start.run_key.dag_id)
        if dag is None:
            raise NotFound(what="DAG in its file as of this version", id=start.run_key.dag_id)
        return dag

    # ---- the supervisor

    def _greeting(self) -> list[Message]:
        """What a supervisor must know of us: who we are, what runs here, what ended while nobody listened."""
        live = self._children.values()
        hello = {
            "do": "nursery",
            "identity": self._identity,
            "version": self._key.version,
            "kind": self._key.kind,
            "live": {child.attempt_id: child.pid for child in live},
            "is_ready": self._is_ready,
        }
        said = [{"do": "said", "id": child.attempt_id, "news": child.said} for child in live if child.said]
        untold, self._untold = self._untold, []
        return [hello, *said, *untold]

    def _hear(self, message: Message) -> None:
        if message.get("do") == "run":
            self._fork(message)
        elif message.get("do") == "close":
            self._is_closing = True

    # ---- payloads

    def _fork(self, order: Message) -> None:
        link = order["place"] + FORKED
        try:
            self._workplaces.mark(link)
        except FileExistsError:
            return  # it was forked before, here or elsewhere, and whoever did will tell; or it must not be
        except OSError as error:
            self._link.send({"do": "refused", "id": order["id"], "why": str(error)})
            return
        try:
            os.utime(order["place"] + ORDER)  # tells when
        except FileNotFoundError:
            os.unlink(link)  # noqa: PTH108  # it was stopped and settled before we heard of it
            return
        except OSError as error:
            _log.warning("The time of a fork cannot be written: %s", error)
        try:
            child = self._make_child(order)
        except OSError as error:  # no memory, no process ids, no disk: nothing was started
            os.unlink(link)  # noqa: PTH108
            self._link.send({"do": "refused", "id": order["id"], "why": str(error)})
            return
        self._children[child.pid] = child
        self._selector.register(child.output, selectors.EVENT_READ, lambda _: self._pump(child))
        self._selector.register(child.report, selectors.EVENT_READ, lambda _: self._listen(child))
        self._link.send_soon(child.attempt_id, {"do": "started", "id": child.attempt_id, "pid": child.pid})

    def _make_child(self, order: Message) -> _Child:
        """Fork a payload. Does not return in the payload."""
        work = self._workplaces.take()
        ours: list[int] = []
        try:
            sink = LogSink(order["log"], self._settings.log_max_bytes)
            ours.append(sink.handle)
            ours += os.pipe()
            ours += os.pipe()
            _, output, payload_output, report, payload_report = ours
            payload = Payload(
                order=order["start"],
                work=work,
                output=payload_output,
                report=payload_report,
                settings=self._settings,
                token=order.get("token", ""),
                find_dag=self._find_dag,
                cookie_address=self._cookie_address,
                unwanted=(*self._handles(), output, report, sink.handle),
            )
            nursery = os.getpid()
            pid = os.fork()
            if pid == 0:
                become_payload(payload, nursery)
        except OSError:
            for handle in ours:
                os.close(handle)
            self._workplaces.give_back(work)
            raise
        os.close(payload_output)
        os.close(payload_report)
        os.set_blocking(output, False)
        os.set_blocking(report, False)
        sink.write_line(f"{order['title']} on host {host_name()}, process {pid}")
        return _Child(order["id"], order["place"], work, pid, output, report, sink, time.monotonic())

    def _handles(self) -> set[int]:
        """Everything of ours that a payload must not hold."""
        handles = {self._selector.fileno(), *self._signals, *self._link.handle()}
        for child in self._children.values():
            handles.update((child.output, child.report, child.sink.handle))
        return handles

    def _pump(self, child: _Child) -> bool:
        """Move what there is from the payload's output to its log; whether there may be more."""
        if child.is_over:  # one look at the selector gave us its end first
            return False
        try:
            data = os.read(child.output, _READ_BYTES)
        except BlockingIOError:
            return False
        if data:
            self._listen(child)  # a secret is named there before it can be written here
            child.sink.write(data if child.mask is None else child.mask.feed(data))
            return True
        self._unwatch(child.output)
        return False

    def _listen(self, child: _Child) -> bool:
        if child.is_over:
            return False
        try:
            data = os.read(child.report, _READ_BYTES)
        except BlockingIOError:
            return False
        if not data:
            self._unwatch(child.report)
            return False
        news: Message = {}
        for message in child.lines.feed(data):
            child.hide(message.pop("hide", None))
            child.said.update(message)
            news.update(message)
        news.pop("result", None)
        if news:
            self._link.send_soon(child.attempt_id, {"do": "said", "id": child.attempt_id, "news": news})
        return True

    def _unwatch(self, handle: int) -> None:
        with contextlib.suppress(KeyError):
            self._selector.unregister(handle)

    def _watch_children(self) -> tuple[int, int]:
        reader, writer = os.pipe()
        os.set_blocking(reader, False)
        os.set_blocking(writer, False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
        self._selector.register(reader, selectors.EVENT_READ, self._on_signal)
        return reader, writer

    def _on_signal(self, _events: int) -> None:
        with contextlib.suppress(BlockingIOError):
            os.read(self._signals[0], 4096)
        strays = 0
        while True:
            try:
                pid, status, used = os.wait4(-1, os.WNOHANG)
            except ChildProcessError:
                break
            if pid == 0:
                strays = not self._children
                break
            child = self._children.pop(pid, None)
            if child is not None:
                self._end(child, status, used)
        if strays:
            self._link.send({"do": "strays"})

    def _end(self, child: _Child, status: int, used: struct_rusage) -> None:
        for handle, drain in ((child.report, self._listen), (child.output, self._pump)):
            for _ in range(_LAST_READS):  # what an escaped descendant still writes is not waited for
                if not drain(child):
                    break
            self._unwatch(handle)
        os.close(child.report)  # not before the output is drained: that listens to the reports too
        os.close(child.output)
        if child.mask is not None:
            child.sink.write(child.mask.rest())
        seconds = time.monotonic() - child.begun_at
        child.sink.write_line(f"Ended: {_ending(child, status)} after {seconds:.3f} s; {_used(used)}")
        child.sink.close()
        child.is_over = True
        litter = self._workplaces.give_back(child.work)
        said = {"status": status, "pid": child.pid, "said": child.said, "litter": litter}
        end: Message = {"do": "ended", "id": child.attempt_id, **said}
        with contextlib.suppress(OSError):  # it is settled, or the disk full: the supervisor hears it all the same
            add_line(child.place + ORDER, to_line(end))
        self._link.drop(child.attempt_id)
        if self._link.is_open:
            self._link.send(end)
        else:
            self._untold.append(end)
        if not self._children:
            self._quiet_since = time.monotonic()

    # ---- the end

    def _patience(self) -> float | None:
        due = self._link.patience()
        if due is not None or self._children:
            return due
        return self._settings.warm_idle_seconds

    def _is_done(self) -> bool:
        if self._children:
            return False
        if self._is_closing:
            return self._link.is_quiet
        quiet = time.monotonic() - max(self._quiet_since, self._link.changed_at)
        return quiet >= (self._settings.warm_idle_seconds if self._link.is_open else _ORPHAN_IDLE_SECONDS)


def _ending(child: _Child, status: int) -> str:
    result = child.said.get("result")
    if isinstance(result, dict) and "state" in result:
        return str(result["state"])
    return describe_exit(status).message


def _used(used: struct_rusage) -> str:
    """What the kernel has counted of a payload and all it waited for; the memory is that of the largest process."""
    megabytes = used.ru_maxrss / 1024
    return f"CPU {used.ru_utime + used.ru_stime:.2f} s, largest process {megabytes:.1f} MB"
