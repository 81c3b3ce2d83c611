"""Values that go to another process as JSON and come back as they were: what a deferred task leaves behind.

Beyond JSON: dates, times, durations, tuples, sets, bytes and paths. Anything else is refused by name, since the value
is kept in the database and opened by a process that holds none of the task's code.
"""

import base64
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from pathlib import Path, PurePath
from typing import Any

from jupyter_couture.model.dag import Json
from jupyter_couture.model.errors import InvalidRequest

_KIND = "__kind__"


def to_portable(value: Any, where: str = "value") -> Json:
    """``value`` as JSON; raises ``InvalidRequest`` naming what cannot be sent and where it is."""
    match value:
        case None | bool() | int() | float():
            return value
        case str():
            return str(value)
        case datetime():
            return _tagged("datetime", value.isoformat())
        case date():
            return _tagged("date", value.isoformat())
        case time():
            return _tagged("time", value.isoformat())
        case timedelta():
            return _tagged("timedelta", [value.days, value.seconds, value.microseconds])
        case bytes():
            return _tagged("bytes", base64.b64encode(value).decode())
        case PurePath():
            return _tagged("path", str(value))
        case list():
            return [to_portable(item, where) for item in value]
        case tuple() | set() | frozenset():
            items = [to_portable(item, where) for item in value]
            return _tagged("tuple" if isinstance(value, tuple) else "set", items)
        case Mapping():
            plain = {str(name): to_portable(item, f"{where}.{name}") for name, item in value.items()}
            return _tagged("mapping", plain) if _KIND in plain else plain
    message = f"{where} is a {type(value).__name__}, which cannot be sent to another process; give plain values"
    raise InvalidRequest(field=where, message=message)


def _tagged(kind: str, value: Json) -> dict[str, Json]:
    return {_KIND: kind, "value": value}


_READERS: Mapping[str, Callable[[Any], Any]] = {
    "datetime": datetime.fromisoformat,
    "date": date.fromisoformat,
    "time": time.fromisoformat,
    "timedelta": lambda value: timedelta(*value),
    "mapping": lambda value: {name: from_portable(item) for name, item in value.items()},
    "bytes": base64.b64decode,
    "path": Path,
    "tuple": lambda value: tuple(from_portable(item) for item in value),
    "set": lambda value: {from_portable(item) for item in value},
}


def from_portable(data: Any) -> Any:
    """What ``to_portable`` was given; mappings come back as dicts. Raises ``InvalidRequest``."""
    if isinstance(data, list | tuple):
        return [from_portable(item) for item in data]
    if not isinstance(data, Mapping):
        return data
    if _KIND not in data:
        return {name: from_portable(item) for name, item in data.items()}
    reader = _READERS.get(str(data[_KIND]))
    if reader is None:
        raise InvalidRequest(field=_KIND, message=f"values of kind {data[_KIND]!r} are not known here")
    return reader(data["value"])
