"""Whether processes that a test has started go on."""

import psutil


def is_alive(process: psutil.Process) -> bool:
    """False also for one that has ended and that nobody has waited for: in a container it may stay so for ever."""
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False
