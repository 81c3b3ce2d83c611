"""The widget that triggers runs."""

import traitlets

from jupyter_couture.widgets.dag_views import DagView
from jupyter_couture.widgets.painting import Painter, painted_by


class TriggerForm(DagView):
    """A form of the parameters of a DAG, which makes a run of them. It is as high as its fields."""

    _couture_view = traitlets.Unicode("trigger-form").tag(sync=True)
    run_id = traitlets.Unicode(None, allow_none=True).tag(sync=True)
    """The run that was made of it last; None: none. May be linked to the ``run_id`` of other views."""

    def painter(self) -> Painter:
        """The parameters and their defaults."""
        return painted_by("params_picture", dag_id=self.dag_id)
