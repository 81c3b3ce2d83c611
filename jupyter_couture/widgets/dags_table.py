"""The widget of all DAGs."""

from typing import Any

import traitlets

from jupyter_couture.widgets.base import View
from jupyter_couture.widgets.painting import Painter, painted_by

RUN_STATES = ("queued", "running", "success", "failed")


class DagsTable(View):
    """The DAGs with their schedules, runs and tasks, as in the side bar or, where it is wide, as in the main area.

    What narrows the list goes both ways: it can be set here and be chosen on the page.
    """

    _couture_view = traitlets.Unicode("dags-table").tag(sync=True)
    selected = traitlets.Unicode(None, allow_none=True).tag(sync=True)
    """The id of the DAG that was pressed on the page; may be set."""
    search = traitlets.Unicode("").tag(sync=True)
    """A part of an id, a tag or an owner."""
    tag = traitlets.Unicode("").tag(sync=True)
    """Only DAGs with this tag."""
    owner = traitlets.Unicode("").tag(sync=True)
    """Only DAGs of this owner."""
    state = traitlets.Enum(RUN_STATES, None, allow_none=True).tag(sync=True)
    """Only DAGs whose newest run has this state."""
    show_paused = traitlets.Bool(False).tag(sync=True)
    """DAGs that are off, too."""

    def __init__(self, search: str = "", *, tag: str = "", selected: str | None = None, **traits: Any) -> None:
        super().__init__(search=search, tag=tag, selected=selected, **traits)

    def painter(self) -> Painter:
        """The rows."""
        paused = None if self.show_paused else False
        return painted_by(
            "dags_picture", search=self.search, tag=self.tag, owner=self.owner, state=self.state, paused=paused
        )
