"""The column type of secrets: sealed on the way into the database, opened on the way out, whoever asks.

The keys belong to the engine's dialect, so neither a query nor a mapped class can forget them.
"""

from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Dialect, Text
from sqlalchemy.types import TypeDecorator

from jupyter_couture.model.errors import Unavailable
from jupyter_couture.store.keys import KeyRing

_RINGS: "WeakKeyDictionary[Dialect, KeyRing]" = WeakKeyDictionary()


def seal_with(dialect: Dialect, keys: KeyRing) -> None:
    """Let ``Sealed`` columns of this engine use ``keys``."""
    _RINGS[dialect] = keys


def keys_of(dialect: Dialect) -> KeyRing:
    """The keys of an engine; raises ``Unavailable`` if it was opened without."""
    found = _RINGS.get(dialect)
    if found is None:
        raise Unavailable(what="the key of stored secrets", message="this store was opened without keys")
    return found


class Sealed(TypeDecorator[str]):
    """A text that nobody reads without the key. Raises ``Unavailable`` if there is none that fits."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else keys_of(dialect).seal(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else keys_of(dialect).open(str(value))
