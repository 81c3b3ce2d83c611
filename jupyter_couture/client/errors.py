"""What a client raises. Each carries the server's sentence, its hint and the HTTP status.

::

    ClientError
    ├── Unreachable         no answer: no server there, or the way to it is broken
    │   └── NoServer        none was found, or what answers is not Jupyter Couture
    ├── TimedOut            what was waited for did not come in time; it may still come
    ├── Denied              not logged in, or not allowed
    ├── NotFound            gone, or never was
    ├── Conflict            someone was first
    │   └── Stale           you looked at an older state
    ├── Invalid             fix your call: the field is named
    ├── Unavailable         try later: database or engine are away
    └── ServerFault         a fault of the server

All but ``TimedOut`` and ``ServerFault`` are also errors of that name in ``jupyter_couture.model.errors`` (``Invalid``:
``InvalidRequest``, ``Unreachable``: ``Unavailable``), so code that catches those catches these. None holds a token.
"""

from collections.abc import Mapping
from types import MappingProxyType

from jupyter_couture.model import errors


class ClientError(errors.CoutureError):
    """Root. Fields: ``message``, and what is known of ``status``, ``hint``, ``field``, ``ids``."""

    hint = "See the server's log."

    def __init__(self, *words: object, **fields: object) -> None:
        super().__init__(*words, **fields)
        self.hint = str(fields.get("hint") or type(self).hint)
        self.add_note(self.hint)

    def describe(self) -> str:
        return str(self.fields.get("message") or type(self).__name__)

    @property
    def message(self) -> str:
        """The sentence without the hint."""
        return self.describe()

    @property
    def status(self) -> int | None:
        """The HTTP status, if there was an answer."""
        found = self.fields.get("status")
        return found if isinstance(found, int) else None


class Unreachable(ClientError, errors.Unavailable):
    """No answer."""

    hint = "See whether the server runs and whether the address is right."


class NoServer(Unreachable):
    """There is no Jupyter server with Couture that we know how to talk to."""

    hint = 'Start JupyterLab with Couture, or say where it is: Client(url="http://host:8888", token="...").'


class TimedOut(ClientError, TimeoutError):
    """What was waited for did not come in time."""

    hint = "It goes on: wait again, or longer."


class Denied(ClientError, errors.Denied):
    """Not logged in, or not allowed."""

    hint = "Give the server's token (it may be new after a restart), or ask an Admin for the permission."


class NotFound(ClientError, errors.NotFound):
    """No such thing."""

    hint = "Check the id; the list shows what exists."


class Conflict(ClientError, errors.Conflict):
    """Someone was first."""

    hint = "Look at the present state, then decide again."


class Stale(Conflict, errors.Stale):
    """The state you looked at is not the present one."""


class Invalid(ClientError, errors.InvalidRequest):
    """The call says something it may not; ``fields["field"]`` is the JSON path of the wrong value."""

    hint = "Correct it and try again."


class Unavailable(ClientError, errors.Unavailable):
    """The server stands, something behind it is away."""

    hint = "Try again in a moment; client.health() says which part is away."


class ServerFault(ClientError):
    """A fault of the server."""


BY_STATUS: Mapping[int, type[ClientError]] = MappingProxyType(
    {400: Invalid, 401: Denied, 403: Denied, 404: NotFound, 405: Invalid, 409: Conflict, 412: Stale, 413: Invalid,
     422: Invalid, 502: Unavailable, 503: Unavailable, 504: Unavailable}
)  # fmt: skip
"""What a status means; all others are ``ServerFault``."""
