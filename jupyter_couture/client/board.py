"""Where a run is shown while it is watched: a picture that changes in a notebook, lines of text elsewhere."""

import sys
import time
from collections.abc import Sequence
from typing import Protocol

from jupyter_couture.client.faces import run_picture
from jupyter_couture.client.follower import Change, RunFollower
from jupyter_couture.client.wire import Graph
from jupyter_couture.display.cells import CellOutput, is_notebook

REDRAW_SECONDS = 0.15
"""A picture is drawn at most this often."""

_CLOCK_SECONDS = 1.0
"""Without any change it is drawn again after this, for the time that has gone by."""


class Board(Protocol):
    """Shows a run that changes."""

    def show(self, follower: RunFollower, changes: Sequence[Change], note: str = "") -> None:
        """What has changed; with no change, that time went by."""

    def finish(self, follower: RunFollower, note: str = "") -> None:
        """The last state that is shown."""


class Lines:
    """A line of text for every change."""

    def __init__(self) -> None:
        self._note = ""

    def show(self, follower: RunFollower, changes: Sequence[Change], note: str = "") -> None:
        for change in changes:
            tries = f" (try {change.try_number})" if change.try_number > 1 else ""
            reason = f": {change.reason}" if change.reason and change.state not in ("success", "running") else ""
            self._say(f"{change.name}: {change.state}{tries}{reason}")
        if note and note != self._note:
            self._say(note)
        self._note = note

    def finish(self, follower: RunFollower, note: str = "") -> None:
        if note:
            self._say(note)

    @staticmethod
    def _say(line: str) -> None:
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()


class Picture:
    """One output of the cell, drawn again as the run goes on."""

    def __init__(self, graph: Graph | None) -> None:
        self._graph = graph
        self._output = CellOutput()
        self._drawn_at = 0.0
        self._has_changed = True

    def show(self, follower: RunFollower, changes: Sequence[Change], note: str = "") -> None:
        self._has_changed = self._has_changed or bool(changes)
        age = time.monotonic() - self._drawn_at
        if age >= (REDRAW_SECONDS if self._has_changed else _CLOCK_SECONDS):
            self.finish(follower, note)

    def finish(self, follower: RunFollower, note: str = "") -> None:
        tasks = list(follower.tasks.values())
        run = follower.run
        html = run_picture(run, tasks, self._graph, note)
        self._output.show(html, f"{run.dag_id} {run.run_id}: {run.state}")
        self._drawn_at = time.monotonic()
        self._has_changed = False


def board_of(graph: Graph | None) -> Board:
    """Where to show a run here."""
    return Picture(graph) if is_notebook() else Lines()
