"""Where a test run is shown: a picture that changes in a notebook, lines of text elsewhere."""

import sys
from collections.abc import Collection, Sequence
from typing import Protocol

from jupyter_couture.display.cells import LivePicture, is_notebook, state_line
from jupyter_couture.display.views import run_html
from jupyter_couture.trials.progress import Progress, Said


class Board(Protocol):
    """Shows a trial that goes on."""

    def show(self, progress: Progress, said: Sequence[Said]) -> None:
        """What has changed; with nothing, that time went by."""

    def finish(self, progress: Progress) -> None:
        """The last state that is shown."""


class Lines:
    """A line for every change of a state and every line of a log."""

    def __init__(self) -> None:
        self._begun: dict[str, str] = {}

    def show(self, progress: Progress, said: Sequence[Said]) -> None:
        for each in said:
            if each.text:
                self._log(each.name, each.text)
            else:
                self._say(state_line(each.name, each.state, each.try_number, each.reason))
        sys.stdout.flush()

    def finish(self, progress: Progress) -> None:
        for name, rest in self._begun.items():
            if rest:
                self._say(f"{name} | {rest}")
        self._say(_summary(progress))
        sys.stdout.flush()

    def _log(self, name: str, text: str) -> None:
        *lines, rest = (self._begun.get(name, "") + text).split("\n")
        self._begun[name] = rest  # a line that has not been written to its end
        for line in lines:
            self._say(f"{name} | {line}")

    @staticmethod
    def _say(line: str) -> None:
        sys.stdout.write(f"{line}\n")


class Picture:
    """One output of the cell, drawn again as the run goes on."""

    def __init__(self, opens: Collection[str] = ()) -> None:
        self._opens = opens
        self._picture = LivePicture()

    def show(self, progress: Progress, said: Sequence[Said]) -> None:
        if self._picture.is_due(has_changed=bool(said)):
            self.finish(progress)

    def finish(self, progress: Progress) -> None:
        self._picture.draw(run_html(progress.picture(self._opens)), _summary(progress))


def _summary(progress: Progress) -> str:
    return f"{progress.dag_id}: {progress.state}{f'. {progress.reason}' if progress.reason else ''}"


def board_here(opens: Collection[str] = ()) -> Board:
    """Where to show a test run here. ``opens``: tasks whose logs are not folded."""
    return Picture(opens) if is_notebook() else Lines()
