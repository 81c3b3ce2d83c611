"""Versioned JSON for every value of the model.

Driven by the dataclasses themselves: fields equal to their default are left out, so that a spec of 10,000 tasks stays
small; unknown fields of a newer writer are refused by name. Mappings come back read-only.
"""

import types
import typing
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import UTC, datetime
from enum import Enum
from functools import cache
from types import MappingProxyType
from typing import Any, TypeAlias, TypeVar, cast

from jupyter_couture.model.dag import Json
from jupyter_couture.model.errors import InvalidRequest

FORMAT = 1
"""Number of the present encoding; raised when old readers could no longer understand it."""

_Encoder: TypeAlias = Callable[[Any], Json]
_Decoder: TypeAlias = Callable[[Any], Any]
_T = TypeVar("_T")

_ALIAS_NAMES = {"Sequence": Sequence, "Mapping": Mapping, "Json": Any}
"""What the recursive alias ``Json`` names, for modules that import the alias alone."""


def to_json(value: object) -> Json:
    """Any model value as plain JSON types."""
    return _encoder(cast(Hashable, type(value)))(value)


def from_json(kind: type[_T], data: Json) -> _T:
    """The value of type ``kind`` that ``to_json`` gave; raises ``InvalidRequest`` naming the field that is wrong."""
    try:
        return cast(_T, _decoder(cast(Hashable, kind))(data))
    except (TypeError, ValueError, KeyError, AttributeError, RecursionError) as error:
        raise InvalidRequest(field="$", message=f"not a {kind.__name__}: {error}") from error


def to_document(value: object) -> dict[str, Json]:
    """The value with its type and format number around it, for storage."""
    return {"format": FORMAT, "type": type(value).__name__, "value": to_json(value)}


def from_document(kind: type[_T], document: Mapping[str, Json]) -> _T:
    """The value stored by ``to_document``; raises ``InvalidRequest`` if it is of another type or a newer format."""
    if document.get("type") != kind.__name__:
        raise InvalidRequest(field="$.type", message=f"expected {kind.__name__}, found {document.get('type')!r}")
    number = document.get("format")
    if not isinstance(number, int) or number > FORMAT:
        raise InvalidRequest(field="$.format", message=f"format {number!r} is newer than {FORMAT}: please upgrade")
    return from_json(kind, document.get("value"))


def _instant(value: datetime) -> str:
    return value.astimezone(UTC).isoformat()


@cache
def _encoder(kind: Hashable) -> _Encoder:
    return _encoder_of(cast(type, kind))


def _encoder_of(kind: type) -> _Encoder:
    if issubclass(kind, datetime):
        return _instant
    if issubclass(kind, Enum):
        return lambda value: value.value
    if is_dataclass(kind):
        return _dataclass_encoder(kind)
    if issubclass(kind, Mapping):
        return lambda value: {str(name): to_json(item) for name, item in value.items()}
    if kind is not str and issubclass(kind, Sequence) and not issubclass(kind, str):
        return lambda value: [to_json(item) for item in value]
    return lambda value: value


def _dataclass_encoder(kind: type) -> _Encoder:
    plan = [(item.name, *_default_of(item)) for item in fields(kind)]

    def encode(value: object) -> Json:
        out: dict[str, Json] = {}
        for name, has_default, default in plan:
            item = getattr(value, name)
            if not (has_default and item == default):
                out[name] = to_json(item)
        return out

    return encode


def _default_of(item: "Field[Any]") -> tuple[bool, object]:
    if item.default is not MISSING:
        return True, item.default
    if item.default_factory is not MISSING:
        return True, item.default_factory()
    return False, None


@cache
def _decoder(kind: Hashable) -> _Decoder:
    return _decoder_of(_plain(kind))


def _decoder_of(kind: Any) -> _Decoder:
    origin, args = typing.get_origin(kind), typing.get_args(kind)
    if origin in (types.UnionType, typing.Union):
        return _optional_decoder(args)
    if origin is tuple:
        return _tuple_decoder(args)
    if origin is not None and issubclass(origin, Mapping):
        return _mapping_decoder(args)
    if kind is Any or isinstance(kind, typing.ForwardRef | str):
        return _identity
    if kind is datetime:
        return datetime.fromisoformat
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind
    if isinstance(kind, type) and is_dataclass(kind):
        return _dataclass_decoder(kind)
    return _scalar_decoder(kind)


def _plain(kind: Any) -> Any:
    while hasattr(kind, "__supertype__"):
        kind = kind.__supertype__
    return kind


def _identity(data: Any) -> Any:
    return data


def _optional_decoder(args: tuple[Any, ...]) -> _Decoder:
    if type(None) not in args or len(args) != 2:
        return _identity
    inner = _decoder(next(arg for arg in args if arg is not type(None)))
    return lambda data: None if data is None else inner(data)


def _tuple_decoder(args: tuple[Any, ...]) -> _Decoder:
    if len(args) == 2 and args[1] is Ellipsis:
        each = _decoder(args[0])
        return lambda data: tuple(each(item) for item in data)
    parts = [_decoder(arg) for arg in args]
    return lambda data: tuple(part(item) for part, item in zip(parts, data, strict=True))


def _mapping_decoder(args: tuple[Any, ...]) -> _Decoder:
    each = _decoder(args[1]) if len(args) == 2 else _identity
    return lambda data: MappingProxyType({name: each(item) for name, item in data.items()})


def _dataclass_decoder(kind: type) -> _Decoder:
    hints = typing.get_type_hints(kind, localns=_ALIAS_NAMES)

    @cache
    def field_decoders() -> dict[str, _Decoder]:  # looked up when first needed: a type may hold values of its own
        return {item.name: _decoder(hints[item.name]) for item in fields(kind)}

    def decode(data: Any) -> Any:
        if not isinstance(data, Mapping) and issubclass(kind, tuple):
            return kind(*data)
        decoders = field_decoders()
        unknown = data.keys() - decoders.keys()
        if unknown:
            raise ValueError(f"unknown field {min(unknown)!r} of {kind.__name__}")
        return kind(**{name: decoders[name](item) for name, item in data.items()})

    return decode


def _scalar_decoder(kind: Any) -> _Decoder:
    if isinstance(kind, type) and issubclass(kind, tuple) and hasattr(kind, "_fields"):
        return _named_tuple_decoder(kind)

    def decode(data: Any) -> Any:
        if kind is float and isinstance(data, int) and not isinstance(data, bool):
            return float(data)
        if not isinstance(data, kind) or (isinstance(data, bool) and kind is not bool):
            raise ValueError(f"expected {kind.__name__}, found {data!r}")
        return data

    return decode


def _named_tuple_decoder(kind: type) -> _Decoder:
    hints = [_plain(hint) for hint in typing.get_type_hints(kind).values()]
    if all(hint in (str, int) for hint in hints):  # keys: many of them, read all the time
        return lambda data: kind(*data)
    parts = [_decoder(hint) for hint in hints]
    return lambda data: kind(*(part(item) for part, item in zip(parts, data, strict=False)))
