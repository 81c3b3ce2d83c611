"""The adapters an engine works with, picked in ``app``."""

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass

from jupyter_couture.model.ids import DagId, VersionHash
from jupyter_couture.ports.alerts import Postman
from jupyter_couture.ports.bus import Listener, Publisher
from jupyter_couture.ports.clock import Clock
from jupyter_couture.ports.executor import Executor
from jupyter_couture.ports.store import SchedulerStore
from jupyter_couture.ports.timetables import TimetableAnswer, TimetableQuestion
from jupyter_couture.ports.triggers import Triggers
from jupyter_couture.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineParts:
    """Everything an engine needs from outside.

    ``scan`` re-reads DAG files (all if None) in a thread and returns the DAG ids that changed; ``watch`` yields the
    names of files that changed on disk; ``materialise`` writes a version's
    source, under its file name, where payload processes read it.
    """

    store: SchedulerStore
    executor: Executor
    publisher: Publisher
    open_listener: Callable[[Sequence[str]], Listener]
    clock: Clock
    settings: Settings
    scan: Callable[[Sequence[str] | None], Sequence[DagId]]
    watch: Callable[[], AsyncIterator[Sequence[str]]]
    materialise: Callable[[VersionHash, str, str], None]
    triggers: Triggers
    postman: Postman
    ask_timetable: Callable[[TimetableQuestion], TimetableAnswer] | None = None
