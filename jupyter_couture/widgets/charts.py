"""Widgets that are charts: the figures of the panels, made by the same functions of the server."""

from typing import Any

import traitlets

from jupyter_couture.widgets.base import View
from jupyter_couture.widgets.dag_views import DagView, TasksView
from jupyter_couture.widgets.painting import Painter, painted_by

MOST_RUNS = 200
MOST_HOURS = 168


class RunGantt(TasksView):
    """The attempts of one run in time. Traits as of ``DagGraph``; the selected task stands out."""

    _couture_view = traitlets.Unicode("run-gantt").tag(sync=True)

    def painter(self) -> Painter:
        """The bars."""
        return painted_by("gantt_picture", dag_id=self.dag_id, run_id=self.run_id)


class HistoryView(DagView):
    """A measure of the tasks of a DAG over its newest runs."""

    runs = traitlets.Int(25, min=1, max=MOST_RUNS).tag(sync=True)
    """How many of the newest runs are shown; may be chosen on the page."""
    run_id = traitlets.Unicode(None, allow_none=True).tag(sync=True)
    """The run whose point was pressed last on the page."""
    selected = traitlets.Unicode(None, allow_none=True).tag(sync=True)
    """Id of the task whose line stands out; chosen on the page by a point of it, or set."""

    def __init__(self, dag_id: object, *, runs: int = 25, selected: str | None = None, **traits: Any) -> None:
        super().__init__(dag_id, runs=runs, selected=selected, **traits)

    def painted(self, measure: str, title: str, **options: Any) -> Painter:
        """The lines of a measure."""
        return painted_by(
            "history_picture", dag_id=self.dag_id, measure=measure, title=title, runs=self.runs, **options
        )


class TaskDuration(HistoryView):
    """How long the tasks of a DAG took over its newest runs, with medians and outliers."""

    _couture_view = traitlets.Unicode("task-duration").tag(sync=True)
    cumulative = traitlets.Bool(False).tag(sync=True)
    """All attempts of a task together instead of the last one; may be chosen on the page."""

    def painter(self) -> Painter:
        """The lines."""
        return self.painted("duration", "how long tasks took", cumulative=self.cumulative)


class TaskTries(HistoryView):
    """How many tries the tasks of a DAG needed over its newest runs."""

    _couture_view = traitlets.Unicode("task-tries").tag(sync=True)

    def painter(self) -> Painter:
        """The lines."""
        return self.painted("tries", "how many tries tasks needed")


class LandingTimes(HistoryView):
    """How long after the end of their data interval the tasks of a DAG ended over its newest runs."""

    _couture_view = traitlets.Unicode("landing-times").tag(sync=True)

    def painter(self) -> Painter:
        """The lines."""
        return self.painted("landing", "how long after their data interval tasks ended")


class PoolUse(View):
    """How many slots of each pool were in use over the last hours."""

    _couture_view = traitlets.Unicode("pool-use").tag(sync=True)
    hours = traitlets.Int(6, min=1, max=MOST_HOURS).tag(sync=True)
    """How far back it goes; may be chosen on the page."""

    def __init__(self, hours: int = 6, **traits: Any) -> None:
        super().__init__(hours=hours, **traits)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.hours})"

    def subject(self) -> str:
        """What it is about, in words."""
        return "Use of the pools"

    def painter(self) -> Painter:
        """The lines."""
        return painted_by("pools_picture", hours=self.hours)
