"""Column types: instants as UTC microseconds, JSON as text, words that every database accepts."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import BigInteger, Dialect, Integer, String, Text
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator

from jupyter_couture.model.codec import to_json
from jupyter_couture.model.dag import Json
from jupyter_couture.model.ids import MAX_ID_LENGTH

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Id = String(MAX_ID_LENGTH)
State = String(20)
Counter = BigInteger().with_variant(Integer, "sqlite")
"""A 64-bit number; SQLite numbers rows by itself only in a column called INTEGER."""

SQLITE_NOW = "couture_now"
"""The function that ``engine`` defines on each SQLite connection."""


def to_micros(value: datetime) -> int:
    """Microseconds since 1970 in UTC; raises ``TypeError`` for a naive time."""
    delta = value - _EPOCH
    return (delta.days * 86_400 + delta.seconds) * 1_000_000 + delta.microseconds


def from_micros(value: int) -> datetime:
    """The aware UTC time that ``to_micros`` counted."""
    return _EPOCH + timedelta(microseconds=value)


def encode(value: object) -> str:
    """JSON text of plain JSON values or read-only mappings of them."""
    try:
        return _ENCODER.encode(value).decode()
    except (OverflowError, UnicodeEncodeError):
        # Integers beyond 64 bits and the lone surrogates of undecodable bytes are beyond msgspec, not beyond users.
        return json.dumps(to_json(value))


def decode(text: str) -> Any:
    """What ``encode`` wrote."""
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError:
        return json.loads(text)


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} is no JSON value")


_ENCODER = msgspec.json.Encoder(enc_hook=_plain)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware time, stored as microseconds since 1970: exact, sortable, the same in every database."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        return None if value is None else to_micros(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        return None if value is None else from_micros(value)


class JsonText(TypeDecorator[Any]):
    """A JSON value as text. None is stored as no value."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Json, dialect: Dialect) -> str | None:
        return None if value is None else encode(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        return None if value is None else decode(value)


class Words(TypeDecorator[str]):
    """Text for people. What a database cannot hold (NUL, lone surrogates) is replaced by a question mark."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        if value is None or (value.isascii() and "\x00" not in value):
            return value
        return value.replace("\x00", "?").encode("utf-8", "replace").decode()


class DatabaseNow(FunctionElement[datetime]):
    """The database's clock at this statement, even inside a long transaction."""

    type = UtcDateTime()
    inherit_cache = True


@compiles(DatabaseNow, "sqlite")
def _now_of_sqlite(element: DatabaseNow, compiler: SQLCompiler, **options: Any) -> str:
    return f"{SQLITE_NOW}()"


@compiles(DatabaseNow, "postgresql")
def _now_of_postgres(element: DatabaseNow, compiler: SQLCompiler, **options: Any) -> str:
    return "CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS bigint)"
