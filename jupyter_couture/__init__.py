"""Jupyter Couture: author, schedule, run and watch data pipelines inside JupyterLab.

Importing this package gives the names a DAG file needs and nothing heavy: no scheduler, Dask, web server or database.
"""

__version__ = "0.1.0"


def _jupyter_labextension_paths() -> list[dict[str, str]]:
    """Where the built JupyterLab extension lies; ``jupyter-builder develop`` asks for it by this name."""
    return [{"src": "labextension", "dest": "@jupyter-couture/labextension"}]
