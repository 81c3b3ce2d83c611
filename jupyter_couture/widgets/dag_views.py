"""Widgets of one DAG."""

from typing import Any

import traitlets

from jupyter_couture.widgets.base import View, id_of
from jupyter_couture.widgets.painting import Painter, painted_by


class DagView(View):
    """A view of one DAG."""

    dag_id = traitlets.Unicode("").tag(sync=True)
    """The DAG that is shown; may be changed."""

    def __init__(self, dag_id: object, **traits: Any) -> None:
        super().__init__(dag_id=id_of(dag_id, "dag_id"), **traits)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.dag_id!r})"

    def subject(self) -> str:
        """What it is about, in words."""
        return f"DAG {self.dag_id}"


class RunView(DagView):
    """A view of one DAG and one of its runs."""

    run_id = traitlets.Unicode(None, allow_none=True).tag(sync=True)
    """The run that is shown; None: the latest, whichever that is. Follows the choice on the page."""

    def __init__(self, dag_id: object, run_id: object = None, **traits: Any) -> None:
        run = None if run_id is None else id_of(run_id, "run_id")
        super().__init__(dag_id, run_id=run, **traits)

    def __repr__(self) -> str:
        run = "" if self.run_id is None else f", {self.run_id!r}"
        return f"{type(self).__name__}({self.dag_id!r}{run})"

    def subject(self) -> str:
        """What it is about, in words."""
        return f"DAG {self.dag_id}" if self.run_id is None else f"DAG {self.dag_id}, run {self.run_id}"


class TasksView(RunView):
    """A view of the tasks of a run, one of which can be selected."""

    selected = traitlets.Unicode(None, allow_none=True).tag(sync=True)
    """Id of the task that is selected on the page; may be set."""

    def __init__(self, dag_id: object, run_id: object = None, *, selected: str | None = None, **traits: Any) -> None:
        super().__init__(dag_id, run_id, selected=selected, **traits)


class DagGraph(TasksView):
    """The graph of a DAG in the colours of one of its runs.

    DAG and run are given as ids or as objects that have them. ``selected`` and ``run_id`` go both ways: set them, or
    observe what is chosen on the page.
    """

    _couture_view = traitlets.Unicode("dag-graph").tag(sync=True)

    def painter(self) -> Painter:
        """The graph in colours."""
        return painted_by("graph_picture", dag_id=self.dag_id, run_id=self.run_id)


class RunTree(TasksView):
    """The states of the tasks of a DAG over its newest runs, as a tree by runs. Traits as of ``DagGraph``."""

    _couture_view = traitlets.Unicode("run-tree").tag(sync=True)

    def painter(self) -> Painter:
        """The grid of states."""
        return painted_by("grid_picture", dag_id=self.dag_id)


class RunProgress(RunView):
    """How far a run is: a bar and counts of its tasks by state, and the outcome at its end.

    ``state`` and ``done`` are told by the page, and Python hears of them between two cells. Code that has to wait for a
    run within a cell asks the client: ``client.run(dag_id, run_id).watch()``.
    """

    _couture_view = traitlets.Unicode("run-progress").tag(sync=True)
    state = traitlets.Unicode(None, allow_none=True).tag(sync=True)
    """The state of the run that is shown; None: there is none, or no page has shown it yet."""
    done = traitlets.Bool(False).tag(sync=True)
    """Whether that run has ended, well or not."""

    def painter(self) -> Painter:
        """The run and its tasks."""
        return painted_by("progress_picture", dag_id=self.dag_id, run_id=self.run_id)
