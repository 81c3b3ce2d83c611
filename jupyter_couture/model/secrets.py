"""Variables and connections as values. Their secrets never show in a ``repr``, and so in no traceback or log."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Generic, TypeVar

from jupyter_couture.model.errors import InvalidRequest
from jupyter_couture.model.ids import MAX_ID_LENGTH

T = TypeVar("T")

MAX_SECRET_LENGTH = 1024 * 1024
"""Longest text of a variable or of a connection's ``extra``."""

MAX_PORT = 65_535


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """A named text for all DAGs.

    ``revision`` names the state that was read, and is empty for one that was not stored yet. ``value`` is None if none
    of the deployment's keys opens it.
    """

    key: str
    value: str | None = field(repr=False)
    description: str = ""
    revision: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """Where and as whom to reach another system. Several may share a ``conn_id``: one of them is picked at random.

    ``extra`` is a text, mostly a JSON object. ``number`` is the row's, 0 for one that was not stored yet.
    ``is_readable`` is false if none of the deployment's keys opens ``password`` or ``extra``, which are None then.
    """

    conn_id: str
    conn_type: str = ""
    host: str | None = None
    schema: str | None = None
    login: str | None = None
    password: str | None = field(default=None, repr=False)
    port: int | None = None
    extra: str | None = field(default=None, repr=False)
    description: str = ""
    number: int = 0
    revision: str = ""
    is_readable: bool = True
    has_password: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretQuery:
    """Which rows of a list: ``search`` looks in names and descriptions, ``name`` is exact, ``is_descending`` turns
    the order of ``order_by`` (a column's name) round.
    """

    search: str = ""
    name: str | None = None
    order_by: str = ""
    is_descending: bool = False
    limit: int = 100
    offset: int = 0


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Rows of a list, and how many there are in all."""

    rows: Sequence[T]
    total: int


def secret_name(what: str, text: object) -> str:
    """Check and normalise a variable's key or a connection's id; raises ``InvalidRequest``."""
    if not isinstance(text, str):
        raise InvalidRequest(field=f"$.{what}", message=f"{what} must be a text, not {type(text).__name__}")
    name = unicodedata.normalize("NFC", text)
    if not 0 < len(name) <= MAX_ID_LENGTH:
        raise InvalidRequest(field=f"$.{what}", message=f"{what} must have 1 to {MAX_ID_LENGTH} characters")
    if not name.isprintable() or name != name.strip() or name in (".", ".."):
        message = f"{what} may hold printable characters, no spaces at its ends, and not only dots"
        raise InvalidRequest(field=f"$.{what}", message=message)
    return name


def checked_variable(variable: Variable) -> Variable:
    """``variable`` with its key normalised; raises ``InvalidRequest``."""
    if not isinstance(variable.value, str):
        raise InvalidRequest(field="$.value", message=f"the value of variable {variable.key!r} must be a text")
    _check_size("$.value", variable.value)
    return replace(variable, key=secret_name("key", variable.key))


def checked_connection(connection: Connection) -> Connection:
    """``connection`` with its id normalised; raises ``InvalidRequest``."""
    if connection.port is not None and not 0 <= connection.port <= MAX_PORT:
        raise InvalidRequest(field="$.port", message=f"port must be 0 to {MAX_PORT}")
    for name in ("extra", "password"):
        _check_size(f"$.{name}", getattr(connection, name) or "")
    return replace(connection, conn_id=secret_name("conn_id", connection.conn_id))


def _check_size(name: str, text: str) -> None:
    if len(text) > MAX_SECRET_LENGTH:
        raise InvalidRequest(field=name, message=f"it is longer than {MAX_SECRET_LENGTH} characters")
