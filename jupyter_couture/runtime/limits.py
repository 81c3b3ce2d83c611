"""Bounds on what rendering templates may waste, so that ``{{ 'a' * 10 ** 9 }}`` hurts one attempt and no more."""

import contextlib
import resource
import signal
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import NoReturn

_PAGE_BYTES = resource.getpagesize()


class TemplateTooDear(RuntimeError):
    """Rendering an attempt's templates took more CPU time than allowed."""


@dataclass(frozen=True, slots=True)
class Limits:
    """``cpu_seconds`` of CPU time, waiting not counted, and ``memory_bytes`` on top of what the process has."""

    cpu_seconds: float
    memory_bytes: int


@contextlib.contextmanager
def bounded(limits: Limits | None) -> Iterator[None]:
    """Bound what is done meanwhile; beyond it ``TemplateTooDear`` or ``MemoryError`` is raised. None: no bound.

    Time is bounded in the main thread alone: only there Python can be interrupted.
    """
    if limits is None:
        yield
        return
    before = resource.getrlimit(resource.RLIMIT_AS)
    wanted = _size_bytes() + limits.memory_bytes
    is_lowered = before[0] == resource.RLIM_INFINITY or wanted < before[0]
    with contextlib.ExitStack() as undo:
        if is_lowered:
            resource.setrlimit(resource.RLIMIT_AS, (wanted, before[1]))
            undo.callback(resource.setrlimit, resource.RLIMIT_AS, before)
        if threading.current_thread() is threading.main_thread():

            def end(number: int, frame: FrameType | None) -> NoReturn:
                raise TemplateTooDear(f"the templates took more than {limits.cpu_seconds:g} s (setting render_seconds)")

            old = signal.signal(signal.SIGPROF, end)
            signal.setitimer(signal.ITIMER_PROF, limits.cpu_seconds)
            undo.callback(signal.signal, signal.SIGPROF, old)
            undo.callback(signal.setitimer, signal.ITIMER_PROF, 0)
        yield


def _size_bytes() -> int:
    return int(Path("/proc/self/statm").read_text().split()[0]) * _PAGE_BYTES
