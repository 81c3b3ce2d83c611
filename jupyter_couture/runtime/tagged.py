"""Typed JSON: JSON in which values of a few more types stand as ``{"__couture__": [tag, data]}``.

Only exact types are taken, so that what comes back is what went in; anything else is ``NotTagged`` and takes another
way.
"""

import base64
import math
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from pathlib import Path, PosixPath
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pendulum

from jupyter_couture.authoring.files import FileReference
from jupyter_couture.model.dag import Json

TAG = "__couture__"

_PLAIN = frozenset({type(None), bool, int, str})


class NotTagged(TypeError):
    """The value holds a type that has no place in typed JSON."""


def to_tagged(value: Any) -> Json:
    """``value`` as JSON types; raises ``NotTagged``. Strings, numbers, lists and dicts stay as they are."""
    kind = type(value)
    if kind in _PLAIN:
        plain: Json = value
        return plain
    if kind is float:
        return value if math.isfinite(value) else _tagged("float", repr(value))
    if kind is list:
        return [to_tagged(item) for item in value]
    if kind is dict:
        if TAG not in value and all(type(name) is str for name in value):
            return {name: to_tagged(item) for name, item in value.items()}
        return _tagged("dict", [[to_tagged(name), to_tagged(item)] for name, item in value.items()])
    encode = _ENCODERS.get(kind)
    if encode is not None:
        return encode(value)
    return _numpy_scalar(value)


def from_tagged(data: Json) -> Any:
    """The value of ``to_tagged``; raises ``ValueError`` for a tag nobody knows."""
    if isinstance(data, list):
        return [from_tagged(item) for item in data]
    if not isinstance(data, Mapping):
        return data
    found = data.get(TAG)
    if not (isinstance(found, list) and len(data) == 1):
        return {name: from_tagged(item) for name, item in data.items()}
    decode = _DECODERS.get(str(found[0]))
    if decode is None:
        raise ValueError(f"a value of kind {found[0]!r} needs a newer Jupyter Couture")
    return decode(found[1])


def _tagged(tag: str, data: Json) -> Json:
    return {TAG: [tag, data]}


def _from_datetime(value: datetime) -> Json:
    zone = value.tzinfo
    if zone is not None and zone is not UTC and type(zone) not in (timezone, ZoneInfo):
        raise NotTagged(f"a datetime in a {type(zone).__name__}")
    name = zone.key if isinstance(zone, ZoneInfo) else None
    if isinstance(zone, ZoneInfo) and name is None:
        raise NotTagged("a datetime in a zone without a name")
    return _tagged("datetime", [value.isoformat(), name, value.fold])


def _to_datetime(data: Any) -> datetime:
    text, zone, fold = data
    found = datetime.fromisoformat(text)
    return found if zone is None else found.replace(tzinfo=ZoneInfo(zone), fold=fold)


def _from_pendulum(value: pendulum.DateTime) -> Json:
    return _tagged("pendulum", [value.isoformat(), value.timezone_name, value.fold])


def _to_pendulum(data: Any) -> pendulum.DateTime:
    text, zone, fold = data
    found = datetime.fromisoformat(text)
    try:
        return pendulum.instance(found.replace(tzinfo=ZoneInfo(zone), fold=fold)) if zone else pendulum.instance(found)
    except (KeyError, ValueError, OSError):  # an offset, which is no name of a zone
        return pendulum.instance(found)


def _from_timedelta(value: timedelta) -> Json:
    return _tagged("timedelta", [value.days, value.seconds, value.microseconds])


def _from_file(value: FileReference) -> Json:
    return _tagged("file", [value.uri, value.size_bytes, value.sha256])


def _numpy_scalar(value: Any) -> Json:
    numpy = sys.modules.get("numpy")
    if numpy is None or not isinstance(value, numpy.generic) or value.dtype.kind not in "biufc":
        raise NotTagged(f"a {type(value).__name__}")
    return _tagged("numpy", [value.dtype.str, base64.b64encode(value.tobytes()).decode("ascii")])


def _to_numpy(data: Any) -> Any:
    import numpy as np  # noqa: PLC0415  # heavy

    return np.frombuffer(base64.b64decode(data[1]), dtype=np.dtype(data[0]))[0]


def _listed(tag: str) -> Callable[[Any], Json]:
    return lambda value: _tagged(tag, [to_tagged(item) for item in value])


def _texted(tag: str, to_text: Callable[[Any], str] = str) -> Callable[[Any], Json]:
    return lambda value: _tagged(tag, to_text(value))


_ENCODERS: dict[type, Callable[[Any], Json]] = {
    tuple: _listed("tuple"),
    set: _listed("set"),
    frozenset: _listed("frozenset"),
    bytes: _texted("bytes", lambda value: base64.b64encode(value).decode("ascii")),
    datetime: _from_datetime,
    pendulum.DateTime: _from_pendulum,
    date: _texted("date", date.isoformat),
    time: _texted("time", time.isoformat),
    timedelta: _from_timedelta,
    Decimal: _texted("decimal"),
    UUID: _texted("uuid"),
    PosixPath: _texted("path"),
    FileReference: _from_file,
}

_DECODERS: dict[str, Callable[[Any], Any]] = {
    "float": float,
    "dict": lambda pairs: {from_tagged(name): from_tagged(item) for name, item in pairs},
    "tuple": lambda items: tuple(from_tagged(item) for item in items),
    "set": lambda items: {from_tagged(item) for item in items},
    "frozenset": lambda items: frozenset(from_tagged(item) for item in items),
    "bytes": base64.b64decode,
    "datetime": _to_datetime,
    "pendulum": _to_pendulum,
    "date": date.fromisoformat,
    "time": time.fromisoformat,
    "timedelta": lambda parts: timedelta(*parts),
    "decimal": Decimal,
    "uuid": UUID,
    "path": Path,
    "numpy": _to_numpy,
    "file": lambda parts: FileReference(uri=parts[0], size_bytes=parts[1], sha256=parts[2]),
}
