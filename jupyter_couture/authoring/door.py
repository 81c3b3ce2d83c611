"""Where code finds variables and connections: the attempt it runs in, or whoever runs the file just now.

While a task runs its attempt answers, by a token that ends with it. While a DAG file is parsed the engine answers, for
reading only. Elsewhere (a notebook, a unit test) there are the environment's, such as ``COUTURE_VAR_KEY``.
"""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Protocol, runtime_checkable

from jupyter_couture.authoring.context import StandaloneAttempt, current_attempt
from jupyter_couture.authoring.environment import connections_in, variable_in
from jupyter_couture.model.errors import Unavailable
from jupyter_couture.model.secrets import Connection

FIELDS = ("conn_id", "conn_type", "host", "login", "password", "schema", "port", "extra", "description")


class SecretDoor(Protocol):
    """Who answers. ``AttemptServices`` and the classes behind the desk do."""

    def get_variable(self, key: str) -> str | None:
        """The text of a variable; None if there is none."""
        ...

    def set_variable(self, key: str, value: str, description: str | None = None) -> None:
        """Create or replace a variable."""
        ...

    def delete_variable(self, key: str) -> bool:
        """Remove a variable; whether it was there."""
        ...

    def connections(self, conn_id: str) -> Sequence[Mapping[str, Any]]:
        """All connections of that id, each as a mapping of ``FIELDS``."""
        ...


class ReadingDoor:
    """A door through which nothing is changed. ``why`` completes "a variable cannot be changed ..."."""

    why = "while a DAG file is loaded"

    def set_variable(self, key: str, value: str, description: str | None = None) -> None:
        """Refused."""
        raise Unavailable(what=f"variable {key!r}", message=f"it cannot be changed {self.why}; do that in a task")

    def delete_variable(self, key: str) -> bool:
        """Refused."""
        raise Unavailable(what=f"variable {key!r}", message=f"it cannot be removed {self.why}; do that in a task")


@runtime_checkable
class ObligingDoor(SecretDoor, Protocol):
    """A door that has something for what is missing, so that a file can be looked at without it."""

    def variable_stand_in(self, key: str, *, is_json: bool) -> Any:
        """What to take for the variable ``key``, which nobody has and for which the file names no default."""
        ...


class EnvironmentDoor(ReadingDoor):
    """What the environment says; beyond that it asks to be run elsewhere."""

    why = "outside a task"

    def get_variable(self, key: str) -> str | None:
        """The environment's; raises ``Unavailable`` if it says nothing."""
        found = variable_in(os.environ, key)
        if found is None:
            raise _elsewhere(f"variable {key!r}", f"COUTURE_VAR_{key.upper()}")
        return found

    def connections(self, conn_id: str) -> Sequence[Mapping[str, Any]]:
        """The environment's; raises ``Unavailable`` if it says nothing."""
        found = connections_in(os.environ, conn_id)
        if not found:
            raise _elsewhere(f"connection {conn_id!r}", f"COUTURE_CONN_{conn_id.upper()}")
        return [fields_of(each) for each in found]


class ClosedDoor(ReadingDoor):
    """The door of a process that loads a file ahead of its attempts, which have the right to ask; it has not."""

    def __init__(self) -> None:
        self.was_tried = False

    def get_variable(self, key: str) -> str | None:
        """Refused, and noted."""
        raise self._closed(f"variable {key!r}")

    def connections(self, conn_id: str) -> Sequence[Mapping[str, Any]]:
        """Refused, and noted."""
        raise self._closed(f"connection {conn_id!r}")

    def _closed(self, what: str) -> Unavailable:
        self.was_tried = True
        return Unavailable(what=what, message="it is asked for when an attempt loads the file")


_OUTSIDE: SecretDoor = EnvironmentDoor()
_doors: list[SecretDoor] = []


def secret_door() -> SecretDoor:
    """Who answers here and now."""
    attempt = current_attempt()
    if type(attempt) is not StandaloneAttempt:
        return attempt
    return _doors[-1] if _doors else _OUTSIDE


@contextmanager
def answering(door: SecretDoor) -> Iterator[None]:
    """Let ``door`` answer all code of this process that runs outside an attempt, threads included."""
    _doors.append(door)
    try:
        yield
    finally:
        _doors.remove(door)


def answer_with(door: SecretDoor) -> None:
    """Let ``door`` answer for the rest of this process, as ``answering`` does for a while."""
    _doors.append(door)


def fields_of(connection: Connection) -> dict[str, Any]:
    """A connection as a mapping, its secrets in clear."""
    return {name: getattr(connection, name) for name in FIELDS}


def _elsewhere(what: str, name: str) -> Unavailable:
    message = f"it can be had in a task or while a DAG file is loaded; here set {name} in the environment"
    return Unavailable(what=what, message=message)
