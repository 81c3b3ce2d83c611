"""Where a run is shown while it is watched: a picture that changes in a notebook, lines of text elsewhere."""

import sys
from collections.abc import Sequence
from typing import Protocol

from jupyter_couture.client.faces import run_picture
from jupyter_couture.client.follower import Change, RunFollower
from jupyter_couture.client.wire import Graph
from jupyter_couture.display.cells import LivePicture, is_notebook, state_line


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
            self._say(state_line(change.name, change.state, change.try_number, change.reason))
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
        self._picture = LivePicture()

    def show(self, follower: RunFollower, changes: Sequence[Change], note: str = "") -> None:
        if self._picture.is_due(has_changed=bool(changes)):
            self.finish(follower, note)

    def finish(self, follower: RunFollower, note: str = "") -> None:
        tasks = list(follower.tasks.values())
        run = follower.run
        html = run_picture(run, tasks, self._graph, note)
        self._picture.draw(html, f"{run.dag_id} {run.run_id}: {run.state}")


def board_of(graph: Graph | None) -> Board:
    """Where to show a run here."""
    return Picture(graph) if is_notebook() else Lines()
