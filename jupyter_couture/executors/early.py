"""Starts what an engine is going to need, while the engine itself is still being imported.

Engine, pool keeper and supervisor import about a second's worth each. One after the other that is how long it takes
until a task can run; side by side it is as long as the longest of them.
"""

import logging
import threading

from jupyter_couture.executors import dask_pool
from jupyter_couture.executors.spawn import ensure_supervisor
from jupyter_couture.model.errors import Unavailable
from jupyter_couture.settings import Settings

_log = logging.getLogger(__name__)


def start_early(settings: Settings) -> None:
    """Start the workers and the supervisor of this host unless they run; neither waits nor raises.

    Does nothing where they may not be needed here: with a database that other hosts share somebody else may lead, and
    the workers of a cluster elsewhere look for their own supervisors.
    """
    if not settings.database_url.startswith("sqlite") or (settings.executor == "dask" and settings.dask_address):
        return
    try:
        settings.make_folders()
        if settings.executor == "dask":
            dask_pool.start_early(settings)
    except OSError as error:
        _log.warning("The workers cannot be started early: %s", error)
    threading.Thread(target=_start_supervisor, args=(settings,), name="early supervisor", daemon=True).start()


def _start_supervisor(settings: Settings) -> None:
    """Wait until it listens: while we do, nobody else starts a second one."""
    try:
        ensure_supervisor(settings).close()
    except (Unavailable, OSError) as error:
        _log.warning("The supervisor cannot be started early: %s", error)
