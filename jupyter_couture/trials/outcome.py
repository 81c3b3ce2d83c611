"""What came of a test run, and the error that a failed one is."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from jupyter_couture.display.views import duration
from jupyter_couture.model.ids import TaskId, TaskKey
from jupyter_couture.runtime.tagged import from_tagged
from jupyter_couture.trials.progress import Progress

_SHOWN_LINES = 15


class TrialOutcome:
    """How a test run ended; true if it succeeded."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress

    @property
    def dag_id(self) -> str:
        return self._progress.dag_id

    @property
    def run_id(self) -> str:
        return self._progress.run_id

    @property
    def state(self) -> str:
        """``success`` or ``failed``."""
        return self._progress.state

    @property
    def is_success(self) -> bool:
        return self.state == "success"

    @property
    def states(self) -> Mapping[str, str]:
        """The states of all task instances, by ``id`` or ``id[3]``."""
        return {task.name: task.state or "none" for task in self._progress.tasks.values()}

    @property
    def failed(self) -> tuple[str, ...]:
        """The task instances that failed."""
        return tuple(task.name for task in self._progress.failed)

    @property
    def started_at(self) -> datetime | None:
        return self._progress.started_at

    @property
    def ended_at(self) -> datetime | None:
        return self._progress.ended_at

    @property
    def values(self) -> Mapping[str, Any]:
        """What tasks returned, by id: those that are JSON and small. Values of mapped tasks are not among them."""
        told = self._progress.values
        return {name: from_tagged(each["value"]) for name, each in told.items() if each["is_whole"]}

    @property
    def previews(self) -> Mapping[str, str]:
        """What tasks returned as people see it, also what is large or no JSON."""
        return {name: str(each["preview"]) for name, each in self._progress.values.items()}

    def log(self, task_id: str, map_index: int = -1) -> str:
        """The end of the log of a task instance, all attempts after each other; empty if it did not run."""
        return self._progress.logs.get(TaskKey(TaskId(task_id), map_index), "")

    def __bool__(self) -> bool:
        return self.is_success

    def __repr__(self) -> str:
        took = duration(self.started_at, self.ended_at)
        what = f"Test of {self.dag_id}: {self.state}{f' after {took}' if took else ''}"
        return what + (f"; failed: {', '.join(self.failed)}" if self.failed else "")


class DagTestInterrupted(KeyboardInterrupt):
    """A test run was interrupted. It was cancelled and has ended."""

    def _render_traceback_(self) -> list[str]:
        return [f"KeyboardInterrupt: {self}"]


class DagTestFailed(AssertionError):
    """A test run did not succeed. ``outcome`` says how it ended."""

    def __init__(self, outcome: TrialOutcome) -> None:
        super().__init__(_told(outcome))
        self.outcome = outcome

    def _render_traceback_(self) -> list[str]:
        """In a notebook: no frames of ours, since the failed task's own log is shown."""
        return [f"{type(self).__name__}: {self}"]


def _told(outcome: TrialOutcome) -> str:
    lines = [repr(outcome)]
    for task in outcome._progress.failed[:1]:
        end = outcome.log(task.id, task.map_index).splitlines()[-_SHOWN_LINES:]
        lines += [f"The end of the log of {task.name}, try {task.try_number}:", *end] if end else [task.reason or ""]
    if not outcome.failed and outcome._progress.reason:
        lines.append(outcome._progress.reason)
    return "\n".join(lines)
