"""Calling the functions that an author wants told of what happens to a task or a run."""

import logging
from collections.abc import Callable, Iterable, Mapping
from typing import Any

_log = logging.getLogger("couture.callbacks")


def call_back(callbacks: Iterable[Callable[..., object]], context: Mapping[str, Any], what: str) -> int:
    """Call each with the context; how many failed.

    One that raises is written to the log with its traceback, and the others are called all the same: a callback never
    changes how a task or a run ended.
    """
    failed = 0
    for callback in callbacks:
        try:
            callback(context)
        except (Exception, SystemExit):  # noqa: BLE001  # a user's callable
            failed += 1
            _log.exception("%s callback %s failed", what, name_of(callback))
    return failed


def name_of(callback: object) -> str:
    """What people know a callback by."""
    return str(getattr(callback, "__qualname__", None) or type(callback).__qualname__)
