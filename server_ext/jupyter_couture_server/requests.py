"""From bytes of a request to typed values: path ids, query options, bodies. Everything unknown is refused."""

import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn, TypeVar

import msgspec

from jupyter_couture.model.errors import InvalidId, InvalidRequest, NotFound
from jupyter_couture.model.ids import DagId, RunId, RunKey, TaskId, TaskKey, dag_id, run_id, task_id
from jupyter_couture_server.errors import BadJson

MAX_BODY_BYTES = 1024 * 1024
MAX_DEPTH = 64

JUPYTER_OPTIONS = frozenset({"token", "_xsrf", "no_track_activity"})
"""Query options that belong to the Jupyter server and that every route takes."""

_TRY_NUMBER = re.compile(r"[1-9][0-9]{0,5}")
_ROW_NUMBER = re.compile(r"[1-9][0-9]{0,17}")
MAX_NAME_LENGTH = 250
_LARGEST_INTEGER = 2**63 - 1
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class PathIds:
    """The ids of a path, checked. Those a path has no place for are empty."""

    dag_id: DagId = DagId("")
    run_id: RunId = RunId("")
    task_id: TaskId = TaskId("")
    try_number: int = 1
    name: str = ""  # of a pool, a variable, a connection ...
    number: int = 0  # of a row that has no name

    @property
    def run_key(self) -> RunKey:
        """The run the path names."""
        return RunKey(self.dag_id, self.run_id)

    @property
    def others(self) -> dict[str, str | int]:
        """Name and number, those that the path has a place for."""
        found: dict[str, str | int] = {"name": self.name, "number": self.number}
        return {name: value for name, value in found.items() if value}

    def task_key(self, map_index: int) -> TaskKey:
        """The task instance the path and a query option name."""
        return TaskKey(self.task_id, map_index)


def path_ids(texts: Mapping[str, str]) -> PathIds:
    """Check the ids of a path; raises ``InvalidId``, or ``NotFound`` for a try number that cannot be."""
    number = texts.get("try_number", "1")
    if not _TRY_NUMBER.fullmatch(number):
        raise NotFound(what="attempt", id=number[:40])
    return PathIds(
        dag_id=dag_id(texts["dag_id"]) if "dag_id" in texts else DagId(""),
        run_id=run_id(texts["run_id"]) if "run_id" in texts else RunId(""),
        task_id=task_id(texts["task_id"]) if "task_id" in texts else TaskId(""),
        try_number=int(number),
        name=_name(texts["name"]) if "name" in texts else "",
        number=_row_number(texts["number"]) if "number" in texts else 0,
    )


def _name(text: str) -> str:
    name = unicodedata.normalize("NFC", text)
    if not name or len(name) > MAX_NAME_LENGTH or not name.isprintable():
        raise InvalidId(what="name", value=name[:40], rule=f"it may have 1 to {MAX_NAME_LENGTH} printable characters")
    return name


def _row_number(text: str) -> int:
    if not _ROW_NUMBER.fullmatch(text):
        raise NotFound(what="entry", id=text[:40])
    return int(text)


def query_of(kind: type[_T], arguments: Mapping[str, Sequence[bytes]]) -> _T:
    """Query options as ``kind``; raises ``InvalidRequest`` for unknown, doubled or wrong ones."""
    found: dict[str, str] = {}
    for name, values in arguments.items():
        if name in JUPYTER_OPTIONS or _is_cache_buster(name, values):
            continue
        if len(values) != 1:
            raise InvalidRequest(field=f"$.{name}", message=f"option {name!r} is given {len(values)} times")
        try:
            found[name] = values[0].decode()
        except UnicodeDecodeError:
            raise InvalidRequest(field=f"$.{name}", message=f"option {name!r} is not UTF-8") from None
    return _converted(kind, found, what="option", strict=False)


def body_of(kind: type[_T], body: bytes) -> _T:
    """A JSON body as ``kind``; raises ``BadJson`` if it is no JSON, ``InvalidRequest`` if it is not a ``kind``.

    Refused beyond what JSON itself forbids: doubled names, NaN and infinities, lone surrogates, depth over
    ``MAX_DEPTH``, numbers that do not fit a double or 64 bits.
    """
    try:
        data = json.loads(body.decode(), object_pairs_hook=_object, parse_constant=_refuse_constant)
        _check(data)
        json.dumps(data, ensure_ascii=False, allow_nan=False).encode()
    except RecursionError:
        raise BadJson(f"the body is nested deeper than {MAX_DEPTH}") from None
    except UnicodeError:
        raise BadJson("the body is not UTF-8") from None
    except ValueError as error:
        raise BadJson(f"the body is not JSON: {error}") from None
    return _converted(kind, data, what="field", strict=True)


def _converted(kind: type[_T], data: Any, *, what: str, strict: bool) -> _T:
    try:
        return msgspec.convert(data, kind, strict=strict)
    except msgspec.ValidationError as error:
        message, _, path = str(error).partition(" - at ")
        field = path.strip("`") or "$"
        if message.startswith("Object contains unknown field"):
            name = message.split("`")[1]
            field, message = f"{field}.{name}", f"there is no {what} {name!r}"
        raise InvalidRequest(field=field, message=message) from None


def _is_cache_buster(name: str, values: Sequence[bytes]) -> bool:
    """JupyterLab appends ``?<milliseconds>`` to what must not come from a cache."""
    return name.isascii() and name.isdecimal() and all(value == b"" for value in values)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice in one object")
    return found


def _refuse_constant(text: str) -> NoReturn:
    raise ValueError(f"{text} is not JSON")


def _check(data: Any) -> None:
    level, depth = [data], 0
    while level:
        depth += 1
        if depth > MAX_DEPTH:
            raise RecursionError
        if any(isinstance(item, int) and abs(item) > _LARGEST_INTEGER for item in level):
            raise ValueError("an integer does not fit 64 bits")
        level = [
            child
            for item in level
            if isinstance(item, dict | list)
            for child in (item.values() if isinstance(item, dict) else item)
        ]
