"""Bokeh, loaded late: importing it takes seconds, and neither start nor request should wait for that."""

import importlib
from types import ModuleType


def figures() -> ModuleType:
    """The module that draws. The first call loads Bokeh; the deployment makes it in a thread once it is ready."""
    return importlib.import_module("jupyter_couture.charts.figures")
