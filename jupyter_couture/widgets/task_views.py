"""Widgets of one task instance."""

from typing import Any

import traitlets

from jupyter_couture.widgets.base import id_of
from jupyter_couture.widgets.dag_views import RunView
from jupyter_couture.widgets.painting import Instance, Painter, painted_by


class TaskView(RunView):
    """A view of one task instance; without a task it asks for one."""

    task_id = traitlets.Unicode(None, allow_none=True).tag(sync=True)
    """The task; None: none. May be linked to what is ``selected`` in a graph."""
    map_index = traitlets.Int(-1).tag(sync=True)
    """Which instance of a mapped task; -1: the one in the worst state, and that of a task that is not mapped."""

    def __init__(
        self, dag_id: object, run_id: object = None, task_id: object = None, map_index: int = -1, **traits: Any
    ) -> None:
        task = None if task_id is None else id_of(task_id, "task_id")
        super().__init__(dag_id, run_id, task_id=task, map_index=map_index, **traits)

    def __repr__(self) -> str:
        given = [self.dag_id, self.run_id, self.task_id]
        while given[-1] is None:
            given.pop()
        index = "" if self.map_index < 0 else f", map_index={self.map_index}"
        return f"{type(self).__name__}({', '.join(map(repr, given))}{index})"

    @property
    def instance(self) -> Instance:
        """What is shown now."""
        return self.dag_id, self.run_id, self.task_id, self.map_index

    def subject(self) -> str:
        """What it is about, in words."""
        return super().subject() if self.task_id is None else f"{super().subject()}, task {self.task_id}"


class AttemptView(TaskView):
    """A view of one attempt of a task instance."""

    attempt = traitlets.Int(None, allow_none=True, min=1).tag(sync=True)
    """Which attempt, from 1; None: the newest, whichever that is."""

    def __init__(
        self,
        dag_id: object,
        run_id: object = None,
        task_id: object = None,
        map_index: int = -1,
        attempt: int | None = None,
        **traits: Any,
    ) -> None:
        super().__init__(dag_id, run_id, task_id, map_index, attempt=attempt, **traits)


class LogView(AttemptView):
    """The log of an attempt, followed while it is written, with search and levels."""

    _couture_view = traitlets.Unicode("log-view").tag(sync=True)

    def painter(self) -> Painter:
        """The end of the log."""
        return painted_by("log_picture", of=self.instance, attempt=self.attempt)


class NotebookOutput(AttemptView):
    """The notebook that a task runs: its cells and what they show, while it runs and afterwards.

    Text and pictures are drawn in the page, HTML in a frame where no script runs and which fetches nothing.
    """

    _couture_view = traitlets.Unicode("notebook-output").tag(sync=True)

    def painter(self) -> Painter:
        """The cells with their text and pictures."""
        return painted_by("notebook_picture", of=self.instance, attempt=self.attempt)


class TaskActions(TaskView):
    """Run, clear and mark a task instance, and answer it if it asks; what is touched is shown before it is."""

    _couture_view = traitlets.Unicode("task-actions").tag(sync=True)
    acted = traitlets.Dict().tag(sync=True)
    """What was ordered last on the page; empty: nothing.

    ``order``: its number. ``action``: ``run``, ``clear``, ``mark_success`` or ``mark_failed``. ``is_done``: whether the
    engine has come to it. ``touched``: how many task instances. ``notes``: sentences about what was not done, and why.
    """

    def painter(self) -> Painter:
        """The task instance as it stands."""
        return painted_by("task_picture", of=self.instance)
