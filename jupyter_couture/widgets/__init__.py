"""The views of JupyterLab as widgets in a notebook, for ``from jupyter_couture.widgets import DagGraph``.

The page draws them from the Jupyter server it belongs to; the kernel holds only what is chosen. See `docs/widgets.md`.
"""

from jupyter_couture.widgets.dag_views import DagGraph, RunTree

__all__ = ["DagGraph", "RunTree"]
