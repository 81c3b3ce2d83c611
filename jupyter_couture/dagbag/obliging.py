"""For `dags check`: what the child that executes a file does besides, so that the file can be looked at elsewhere.

A variable or connection that is missing gets a stand-in, where the engine's parser would refuse, and is noted. Of each
task it is noted what the task needs from outside: the connections it names, and servers that need none.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, SupportsIndex

from jupyter_couture.authoring.dag import DAG
from jupyter_couture.authoring.operator import BaseOperator
from jupyter_couture.dagbag.questions import CONNECTION, VARIABLE, AskingDoor
from jupyter_couture.model.records import FileNotes

_SERVICES: Mapping[str, str] = {
    "DockerOperator": "a Docker engine",
    "DockerSwarmOperator": "a Docker engine",
    "EmailOperator": "a mail server",
    "CoutureSparkOperator": "Spark",
    "CouturePySparkOperator": "Spark",
    "SparkSubmitOperator": "Spark",
}
"""What operators need that is named by no connection, by the name of the class or of one it derives from."""

_LOCAL = frozenset({"fs_conn_id"})
"""Connections that lead nowhere but to a folder."""


class StandIn(str):
    """What a variable that is missing is taken for: a text that can be part of an id, or any JSON value.

    As JSON it has every key (each a stand-in), and as a list one element. Taken as a number it is 1.
    """

    is_json: bool

    def __new__(cls, text: str, is_json: bool = False) -> "StandIn":
        made = super().__new__(cls, text)
        made.is_json = is_json
        return made

    def __int__(self) -> int:
        return 1

    def __index__(self) -> int:
        return 1

    def __float__(self) -> float:
        return 1.0

    def __getitem__(self, key: SupportsIndex | slice | str) -> Any:
        if isinstance(key, str):
            return StandIn(f"{self}.{_safe(key)}", is_json=True)
        if self.is_json and not isinstance(key, slice):
            return StandIn(f"{self}.{int(key)}", is_json=True)
        return super().__getitem__(key)

    def __iter__(self) -> Iterator[Any]:
        return iter([self[0]]) if self.is_json else super().__iter__()

    def get(self, key: str, default: Any = None) -> Any:
        """The default, else a stand-in."""
        return default if default is not None else self[key]

    def keys(self) -> Sequence[str]:
        """None: what is unpacked with ``**`` is nothing."""
        return ()

    def values(self) -> Sequence[Any]:
        """One."""
        return [value for _, value in self.items()]

    def items(self) -> Sequence[tuple[str, Any]]:
        """One, for loops over an object."""
        key = StandIn(f"{self}.0")
        return [(key, StandIn(key, is_json=True))]


class CheckingDoor(AskingDoor):
    """The child's end of a check. What was missing is noted."""

    def __init__(self, handle: int) -> None:
        super().__init__(handle)
        self.stood_in: dict[tuple[str, str], None] = {}

    def variable_stand_in(self, key: str, *, is_json: bool) -> StandIn:
        """In place of the variable ``key``."""
        self.stood_in[VARIABLE, key] = None
        return StandIn(f"MISSING_{_safe(key)}", is_json)

    def connections(self, conn_id: str) -> Sequence[Mapping[str, Any]]:
        """What the engine says, else a connection that leads nowhere."""
        found = super().connections(conn_id)
        if found:
            return found
        self.stood_in[CONNECTION, conn_id] = None
        name = f"MISSING_{_safe(conn_id)}"
        texts = dict.fromkeys(("conn_type", "host", "login", "password", "schema", "description"), name)
        return [{"conn_id": conn_id, **texts, "port": 1, "extra": "{}"}]


class Noting:
    """What is noted of the DAGs of one file."""

    def __init__(self, door: CheckingDoor) -> None:
        self._door = door
        self._needs: dict[str, dict[str, tuple[str, ...]]] = {}

    def add(self, dag: DAG) -> None:
        """Note what the tasks of ``dag`` need."""
        found = {task.task_id: tuple(needs_of(task)) for task in dag.tasks}
        self._needs[dag.dag_id] = {name: needs for name, needs in found.items() if needs}

    def notes(self) -> FileNotes:
        """All that was noted."""
        return FileNotes(stood_in=tuple(self._door.stood_in), needs=self._needs)


def needs_of(task: BaseOperator) -> list[str]:
    """What a task needs from outside: ``connection ID`` for each it names, and services by their names."""
    given = {**vars(task), **(task.mapped.shared if task.mapped is not None else {})}
    connections = [
        f"connection {value}"
        for name, value in given.items()
        if name.endswith("conn_id") and name not in _LOCAL and isinstance(value, str) and value
    ]
    names = [kind.__name__ for kind in task.operator_class.__mro__]
    services = [_SERVICES[name] for name in names if name in _SERVICES]
    return list(dict.fromkeys((*services[:1], *connections)))


def oblige_json() -> None:
    """Let ``json.loads`` of this process take a stand-in for the JSON text that the variable would have been."""
    json.loads = _obliging(json.loads)


def _safe(name: str) -> str:
    """The name as part of an id."""
    return re.sub(r"[^\w.\-]", "_", name)


def _obliging(loads: Callable[..., Any]) -> Callable[..., Any]:
    def loads_or_stand_in(text: Any, *args: Any, **kwargs: Any) -> Any:
        return StandIn(text, is_json=True) if isinstance(text, StandIn) else loads(text, *args, **kwargs)

    return loads_or_stand_in
