"""What a route is. A route that says too little cannot be made, so it cannot be served."""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Generic, TypeVar

import msgspec

from jupyter_couture.services.access import Actor, Permission
from jupyter_couture_server.backend import Backend
from jupyter_couture_server.deployment import Deployment
from jupyter_couture_server.requests import PathIds
from jupyter_couture_server.wire import Query

Q = TypeVar("Q", bound=msgspec.Struct)
B = TypeVar("B", bound=msgspec.Struct | None)


class NoQuery(Query, frozen=True):
    """Takes no options."""


class Method(StrEnum):
    """HTTP methods in use; ``SOCKET`` is a GET that becomes a WebSocket."""

    GET = "GET"
    POST = "POST"
    PATCH = "PATCH"
    PUT = "PUT"
    DELETE = "DELETE"
    SOCKET = "SOCKET"

    @property
    def changes(self) -> bool:
        """Whether it may change anything."""
        return self in (Method.POST, Method.PATCH, Method.PUT, Method.DELETE)


@dataclass(frozen=True, slots=True)
class Call(Generic[Q, B]):
    """One request, checked: what a handler function gets.

    ``allowed`` asks for all that the caller may do, by its role and by the server's Authorizer.
    """

    deployment: Deployment
    actor: Actor
    ids: PathIds
    query: Q
    body: B
    allowed: Callable[[], Awaitable[frozenset[Permission]]]
    matched: Any = None  # what ``If-Match`` was found to name: the reply of the route's ``current``

    @property
    def backend(self) -> Backend:
        """The services; there once the route is not an open one."""
        return self.deployment.backend


@dataclass(frozen=True, slots=True)
class Reply:
    """A result with another success code than the route's own."""

    result: msgspec.Struct
    status: int


@dataclass(frozen=True, slots=True)
class Download:
    """A file for the reader to keep, sent in pieces."""

    file_name: str
    pieces: Iterator[bytes]
    content_type: str = "text/plain; charset=UTF-8"


@dataclass(frozen=True, slots=True)
class Audit:
    """The audit entry a route leaves: its event, and which fields of the body go into ``extra``.

    ``named_by`` is the field of the body that names the event; ``event`` is then for bodies that are refused.
    """

    event: str
    fields: tuple[str, ...] = ()
    named_by: str = ""

    def event_of(self, body: msgspec.Struct | None) -> str:
        """The event of a call with this body."""
        return str(getattr(body, self.named_by, self.event)) if self.named_by else self.event


Handler = Callable[[Call[Any, Any]], Any] | Callable[[Call[Any, Any]], Awaitable[Any]]


def nothing_more(_body: Any) -> Permission | None:
    """No further permission is needed, whatever the body says."""
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One row of the table.

    ``path`` is a template below ``couture/api/``; its names are those of ``PathIds``. A plain ``handler`` runs in a
    worker thread, a coroutine function in the event loop. ``permission`` None is for ``is_open`` routes only.
    ``current`` gives what is there now, as the GET route of the same path shows it: with it, a change whose
    ``If-Match`` names another state than the present one is refused (412), and replies carry an ``ETag``. ``also`` says
    which permission a body asks for besides ``permission``.
    """

    method: Method
    path: str
    handler: Handler | None
    permission: Permission | None
    summary: str
    result: type[msgspec.Struct] | type[Download] | None
    audit: Audit | None = None
    query: type[msgspec.Struct] = NoQuery
    body: type[msgspec.Struct] | None = None
    status: int = 200
    other_statuses: tuple[int, ...] = ()
    is_open: bool = False
    current: Handler | None = None
    also: Callable[[Any], Permission | None] = nothing_more

    def __post_init__(self) -> None:
        where = f"{self.method} {self.path}"
        if (self.permission is None) != self.is_open:
            raise ValueError(f"{where}: a route has a permission, or is declared open")
        if self.method.changes and (self.audit is None or self.is_open):
            raise ValueError(f"{where}: what changes something needs a permission and an audit event")
        if not self.method.changes and (self.audit is not None or self.body is not None):
            raise ValueError(f"{where}: what only reads has neither body nor audit event")
        if (self.handler is None) != (self.method is Method.SOCKET):
            raise ValueError(f"{where}: a handler is missing, or a socket has one")
        if self.method is Method.DELETE and self.body is not None:
            raise ValueError(f"{where}: a deletion has no body")

    @property
    def operation_id(self) -> str:
        """A name for generated clients."""
        return self.handler.__name__ if self.handler is not None else self.path
