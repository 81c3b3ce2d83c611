"""Picks the executor that the settings name."""

from collections.abc import Callable

from jupyter_couture.executors.dask_executor import DaskExecutor
from jupyter_couture.executors.local import LocalExecutor
from jupyter_couture.ports.executor import Executor
from jupyter_couture.settings import Settings


def make_executor(settings: Settings, on_change: Callable[[], None] = lambda: None) -> Executor:
    """The executor of ``Settings.executor``, not yet started. ``on_change``: the number of slots has changed."""
    return DaskExecutor(settings, on_change=on_change) if settings.executor == "dask" else LocalExecutor(settings)
