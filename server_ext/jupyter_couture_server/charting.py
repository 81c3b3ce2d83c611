"""Bokeh, loaded late: importing it takes seconds, and neither start nor request should wait for that."""

import gc
import importlib
from functools import cache
from types import ModuleType


@cache
def figures() -> ModuleType:
    """The module that draws, with a bare figure of each chart, without which the first to ask would wait for it.

    The first call loads Bokeh; the deployment makes it in a thread once it is ready.

    With that a server has nearly all that it ever keeps, some hundred thousand objects. They are put where the garbage
    collector no longer looks: a full look at them holds all threads for a tenth of a second and more, and answers of
    ten thousand rows would cause one every other time.
    """
    module = importlib.import_module("jupyter_couture.charts.figures")
    module.make_ready()
    gc.collect()
    gc.freeze()
    return module
