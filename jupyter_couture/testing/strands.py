"""Attempts that take turns: each in a thread of its own, never two at once, with a time of its own making.

An attempt that sleeps hands its turn back, and gets the next one when the test's clock stands at its waking. So a
sensor that looks every minute takes no time, and what another task does meanwhile is there when it looks again.
"""

import io
import logging
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar, copy_context
from datetime import datetime, timedelta
from typing import SupportsIndex, TextIO

from jupyter_couture.authoring.present import clock_scope

_real_sleep = time.sleep


class Stopped(BaseException):
    """Raised in an attempt that is to end: where it sleeps, there it is stopped."""


class Strand:
    """One attempt. ``work`` is what it does; it is stopped when it sleeps beyond ``limit_seconds``."""

    def __init__(self, work: Callable[["Strand"], None], begins_at: datetime, limit_seconds: float | None) -> None:
        self._work = work
        self._thread = threading.Thread(target=copy_context().run, args=(self._run,), name="attempt", daemon=True)
        self._turn = threading.Semaphore(0)
        self._back = threading.Semaphore(0)
        self.begins_at = self.now = self.wakes_at = begins_at
        self.limit = None if limit_seconds is None else begins_at + timedelta(seconds=limit_seconds)
        self.lines: list[str] = []
        self.is_over = False
        self.is_stopped = False
        self.crash: BaseException | None = None

    def resume(self, now: datetime) -> None:
        """Give it a turn; returns when it sleeps or is over. Raises what only a fault of ours or Ctrl-C can be."""
        self.now = now
        if self._thread.ident is None:
            self._thread.start()
        else:
            self._turn.release()
        self._back.acquire()
        if self.crash is not None:
            raise self.crash

    def stop(self) -> None:
        """End it where it sleeps; one that has not begun never does."""
        self.is_stopped = True
        if self._thread.ident is None:
            self.is_over = True
        elif not self.is_over:
            self.resume(self.now)

    @property
    def is_late(self) -> bool:
        """Whether its time is up."""
        return not self.is_over and self.limit is not None and self.now >= self.limit

    def sleep(self, seconds: float) -> None:
        """Called in its thread."""
        if self.is_stopped:
            raise Stopped
        until = self.now + timedelta(seconds=max(0.0, seconds))
        self.wakes_at = until if self.limit is None else min(until, self.limit)
        self._back.release()
        self._turn.acquire()
        if self.is_stopped:
            raise Stopped

    @property
    def is_current(self) -> bool:
        """Whether the caller runs in its thread."""
        return threading.current_thread() is self._thread

    def _run(self) -> None:
        _current.set(self)
        try:
            with clock_scope(lambda: self.now):
                self._work(self)
        except Stopped:
            self.is_stopped = True
        except BaseException as error:  # noqa: BLE001  # told where the test waits
            self.crash = error
        finally:
            self.is_over = True
            self._back.release()


_current: ContextVar[Strand | None] = ContextVar("couture_strand", default=None)


@contextmanager
def fake_surroundings() -> Iterator[None]:
    """Let ``time.sleep`` take no time in attempts, and keep what they print and log. Everybody else notices nothing."""
    handler = _Keeper(logging.INFO)
    level, streams = logging.root.level, (sys.stdout, sys.stderr)
    logging.root.addHandler(handler)
    logging.root.setLevel(min(level, logging.INFO))
    sys.stdout, sys.stderr = _Tee(streams[0]), _Tee(streams[1])
    time.sleep = _sleep
    try:
        yield
    finally:
        time.sleep = _real_sleep
        sys.stdout, sys.stderr = streams
        logging.root.setLevel(level)
        logging.root.removeHandler(handler)


def _sleep(seconds: float | SupportsIndex) -> None:
    strand = _current.get()
    if strand is not None and strand.is_current:
        strand.sleep(float(seconds))
    else:
        _real_sleep(seconds)


class _Keeper(logging.Handler):
    """Puts records into the log of the attempt that made them."""

    def emit(self, record: logging.LogRecord) -> None:
        strand = _current.get()
        if strand is not None:
            strand.lines.append(f"[{strand.now:%Y-%m-%dT%H:%M:%S%z}] {record.levelname} - {self.format(record)}\n")


class _Tee(io.TextIOBase):
    """Passes on what is written, and keeps what an attempt writes."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        strand = _current.get()
        if strand is not None:
            strand.lines.append(text)
        return self._stream.write(text)

    def flush(self) -> None:
        self._stream.flush()

    def fileno(self) -> int:
        return self._stream.fileno()

    def isatty(self) -> bool:
        return False
