"""What travels for variables and connections. No password ever leaves; hidden values read ``***``."""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from jupyter_couture.model.ids import MAX_ID_LENGTH
from jupyter_couture.model.secrets import MAX_PORT, MAX_SECRET_LENGTH
from jupyter_couture_server.wire import Body, Query

_COUNT = 2**31 - 1
_TEXT = r"^[^\x00-\x1f\x7f]*$"
_Name = Annotated[str, Meta(min_length=1, max_length=MAX_ID_LENGTH)]
_Search = Annotated[str, Meta(max_length=250, pattern=_TEXT)]
_Short = Annotated[str, Meta(max_length=2000)]
_Type = Annotated[str, Meta(max_length=MAX_ID_LENGTH)]
_Secret = Annotated[str, Meta(max_length=MAX_SECRET_LENGTH)]
_Port = Annotated[int, Meta(ge=0, le=MAX_PORT)]


class VariableListQuery(Query, frozen=True):
    """``order_by``: ``key`` or ``description``, with ``-`` before it from the end."""

    search: _Search = ""
    order_by: Literal["key", "-key", "description", "-description"] = "key"
    limit: Annotated[int, Meta(ge=1, le=1000)] = 100
    offset: Annotated[int, Meta(ge=0, le=_COUNT)] = 0


class ConnectionListQuery(Query, frozen=True):
    """``conn_id`` gives the connections that share it; ``order_by`` as for variables."""

    search: _Search = ""
    conn_id: _Name | None = None
    order_by: Literal[
        "conn_id", "-conn_id", "conn_type", "-conn_type", "host", "-host", "schema", "-schema",
        "login", "-login", "port", "-port", "description", "-description",
    ] = "conn_id"  # fmt: skip
    limit: Annotated[int, Meta(ge=1, le=1000)] = 100
    offset: Annotated[int, Meta(ge=0, le=_COUNT)] = 0


class VariableBody(Body, frozen=True):
    key: _Name
    value: _Secret
    description: _Short = ""


class VariablePatch(Body, frozen=True):
    """What is left out stays. Each ``***`` in ``value`` that stood for a hidden secret stands for it again."""

    value: _Secret | UnsetType = UNSET
    description: _Short | UnsetType = UNSET


class ConnectionBody(Body, frozen=True):
    """Fields, or a ``uri`` that says all but ``conn_id`` and ``description``."""

    conn_id: _Name
    uri: _Secret | UnsetType = UNSET
    conn_type: _Type | UnsetType = UNSET
    host: _Short | UnsetType | None = UNSET
    schema: _Short | UnsetType | None = UNSET
    login: _Short | UnsetType | None = UNSET
    password: _Secret | UnsetType | None = UNSET
    port: _Port | UnsetType | None = UNSET
    extra: _Secret | dict[str, Any] | UnsetType | None = UNSET
    description: _Short | UnsetType = UNSET


class ConnectionPatch(Body, frozen=True):
    """What is left out stays, null and empty texts remove. ``***`` stands for the secret that it stood for."""

    conn_id: _Name | UnsetType = UNSET
    conn_type: _Type | UnsetType = UNSET
    host: _Short | UnsetType | None = UNSET
    schema: _Short | UnsetType | None = UNSET
    login: _Short | UnsetType | None = UNSET
    password: _Secret | UnsetType | None = UNSET
    port: _Port | UnsetType | None = UNSET
    extra: _Secret | dict[str, Any] | UnsetType | None = UNSET
    description: _Short | UnsetType = UNSET


class VariableImportBody(Body, frozen=True):
    """Values of any JSON kind by key, or ``{"value": ..., "description": ...}``."""

    variables: dict[_Name, Any]
    if_exists: Literal["overwrite", "skip", "fail"] = "overwrite"

    @property
    def names(self) -> list[str]:
        """For the audit log."""
        return sorted(self.variables)


class ConnectionImportBody(Body, frozen=True):
    """By id a URI, an object of fields, or an array of either."""

    connections: dict[_Name, Any]
    if_exists: Literal["overwrite", "skip", "fail"] = "overwrite"

    @property
    def names(self) -> list[str]:
        """For the audit log."""
        return sorted(self.connections)


class VariableInfo(Struct, frozen=True):
    """``hidden``: all or part of ``value`` reads ``***``. ``value`` is null if no key opens it."""

    key: str
    value: str | None
    description: str
    hidden: bool
    warning: str
    revision: str


class VariableListReply(Struct, frozen=True):
    variables: list[VariableInfo]
    total: int


class ConnectionInfo(Struct, frozen=True):
    """``readable`` is false if no key opens its secrets."""

    number: int
    conn_id: str
    conn_type: str
    host: str | None
    schema: str | None
    login: str | None
    port: int | None
    extra: str | None
    description: str
    has_password: bool
    readable: bool
    revision: str


class ConnectionListReply(Struct, frozen=True):
    connections: list[ConnectionInfo]
    total: int


class ImportFailure(Struct, frozen=True):
    name: str
    message: str


class ImportReply(Struct, frozen=True):
    created: list[str]
    updated: list[str]
    skipped: list[str]
    failed: list[ImportFailure]


class VariableExportReply(Struct, frozen=True):
    variables: dict[str, Any]


class ConnectionExportReply(Struct, frozen=True):
    connections: dict[str, Any]


class RemovedReply(Struct, frozen=True):
    removed: str


def given(body: Struct) -> dict[str, Any]:
    """The fields that were sent."""
    return {name: value for name in body.__struct_fields__ if (value := getattr(body, name)) is not msgspec.UNSET}
