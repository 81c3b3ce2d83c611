"""The views of JupyterLab as widgets in a notebook, for ``from jupyter_couture.widgets import DagGraph``.

The page draws them from the Jupyter server it belongs to; the kernel holds only what is chosen. See `docs/widgets.md`.
"""

from jupyter_couture.widgets.charts import LandingTimes, PoolUse, RunGantt, TaskDuration, TaskTries
from jupyter_couture.widgets.dag_views import DagGraph, RunProgress, RunTree
from jupyter_couture.widgets.dags_table import DagsTable
from jupyter_couture.widgets.task_views import LogView, NotebookOutput, TaskActions
from jupyter_couture.widgets.trigger_form import TriggerForm

__all__ = [
    "DagGraph",
    "DagsTable",
    "LandingTimes",
    "LogView",
    "NotebookOutput",
    "PoolUse",
    "RunGantt",
    "RunProgress",
    "RunTree",
    "TaskActions",
    "TaskDuration",
    "TaskTries",
    "TriggerForm",
]
