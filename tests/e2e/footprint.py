"""What a page and the processes behind it hold and use."""

from dataclasses import dataclass

import psutil
from playwright.sync_api import Page


@dataclass(frozen=True, slots=True)
class PageFootprint:
    """After all that nobody holds was let go of. ``nodes`` are those of the DOM, the detached ones too."""

    heap_bytes: int
    nodes: int


def page_footprint(page: Page) -> PageFootprint:
    """What the page's scripts and its document hold."""
    session = page.context.new_cdp_session(page)
    try:
        session.send("HeapProfiler.collectGarbage")
        used: int = session.send("Runtime.getHeapUsage")["usedSize"]
        return PageFootprint(used, session.send("Memory.getDOMCounters")["nodes"])
    finally:
        session.detach()


def cpu_seconds(pid: int) -> float:
    """Processor time of a process since its start, without its children."""
    times = psutil.Process(pid).cpu_times()
    return float(times.user + times.system)


def memory_bytes(pid: int) -> int:
    """Memory that a process holds and shares with no other."""
    return int(psutil.Process(pid).memory_full_info().uss)
