"""What a trigger is: an asynchronous wait that can be written down and begun anew in another process."""

import logging
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator
from functools import cached_property
from typing import Any


class TriggerEvent:
    """What a trigger yields when what it waits for has come; ``payload`` reaches the task as ``event``."""

    def __init__(self, payload: Any = None) -> None:
        self.payload = payload

    def __eq__(self, other: object) -> bool:
        return isinstance(other, TriggerEvent) and other.payload == self.payload

    def __hash__(self) -> int:
        return hash(repr(self.payload))

    def __repr__(self) -> str:
        return f"TriggerEvent({self.payload!r})"


class BaseTrigger(ABC):
    """A wait. Subclasses lie in a module that can be imported: a library, a helper beside the DAG files, or the DAG
    file itself; the triggerer then executes that file, as it is at the time, without Variables and Connections.

    The object a task makes is only asked for ``serialize``; the triggerer process makes another one of what that says
    and runs it, perhaps more than once (after a restart, or a change of leader), so waiting must have no effects.
    """

    @abstractmethod
    def serialize(self) -> tuple[str, dict[str, Any]]:
        """The dotted path of the class, and the keyword arguments that make an equal trigger.

        Arguments may be JSON values, dates, times, durations, tuples, sets, bytes and paths. They are stored in the
        database and shown to people: no passwords.
        """

    @abstractmethod
    def run(self) -> AsyncIterator[TriggerEvent]:
        """Wait, then yield one event. Must not block: ``await`` every wait, or all other triggers stand still.

        An exception fails the wait, and the task with it; so does an end without an event.
        """

    @cached_property
    def log(self) -> logging.Logger:
        """A logger whose records go to the log of the triggerer."""
        return logging.getLogger(f"{type(self).__module__}.{type(self).__name__}")

    async def cleanup(self) -> None:  # noqa: B027  # a hook that most triggers do not need
        """Called when ``run`` has ended or is no longer wanted."""

    def __repr__(self) -> str:
        path, arguments = self.serialize()
        shown = ", ".join(f"{name}={value!r}" for name, value in arguments.items())
        return f"{path.rpartition('.')[2]}({shown})"


def path_of(kind: type) -> str:
    """The dotted path under which ``kind`` can be imported."""
    return f"{kind.__module__}.{kind.__qualname__}"
