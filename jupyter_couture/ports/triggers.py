"""Whoever watches the triggers that deferred tasks wait for."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

from jupyter_couture.model.ids import RunKey, TaskKey
from jupyter_couture.model.run import Wait


@dataclass(frozen=True, slots=True)
class WatchedWait:
    """A wait for a trigger, whose it is, and the DAG file (below the DAG folder) beside which its helpers lie."""

    run_key: RunKey
    task_key: TaskKey
    wait: Wait
    file: str = ""


class Triggers(Protocol):
    """The watching of waits. Ends come back as facts, never through here.

    Nothing is remembered beyond the life of a leader: a new one tells all waits that are open. Telling a wait twice is
    harmless.
    """

    def watch(self, waits: Sequence[WatchedWait]) -> None:
        """Begin to watch these. Never blocks."""
        ...

    def forget(self, wait_ids: Collection[str]) -> None:
        """These are no longer wanted."""
        ...

    async def close(self) -> None:
        """Watch nothing any more."""
        ...
