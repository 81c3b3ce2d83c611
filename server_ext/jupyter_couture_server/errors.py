"""Errors on the wire: one table from the model's error tree to status and type, and one from statuses to types.

Anything that is not in the tree is a fault of ours: 500 with the request's id, and nothing of the inside.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from types import MappingProxyType

from tornado.web import HTTPError

from jupyter_couture.model.errors import (
    AuthoringError,
    Conflict,
    CoutureError,
    Denied,
    InvalidId,
    InvalidRequest,
    NotFound,
    Stale,
    Unavailable,
)
from jupyter_couture_server.wire import ErrorInfo, ErrorReply

STATUS_OF: Mapping[type[CoutureError], tuple[int, str]] = MappingProxyType(
    {
        AuthoringError: (HTTPStatus.UNPROCESSABLE_ENTITY, "invalid"),
        InvalidRequest: (HTTPStatus.UNPROCESSABLE_ENTITY, "invalid"),
        Unavailable: (HTTPStatus.SERVICE_UNAVAILABLE, "unavailable"),
        Denied: (HTTPStatus.FORBIDDEN, "denied"),
        NotFound: (HTTPStatus.NOT_FOUND, "not_found"),
        Conflict: (HTTPStatus.CONFLICT, "conflict"),
        Stale: (HTTPStatus.PRECONDITION_FAILED, "stale"),
    }
)
"""Status and type by branch of the tree; the nearest ancestor counts."""

_TYPE_OF_STATUS: Mapping[int, str] = MappingProxyType(
    {400: "bad_request", 401: "denied", 403: "denied", 404: "not_found", 405: "bad_request", 409: "conflict",
     412: "stale", 413: "bad_request", 422: "invalid", 503: "unavailable"}
)  # fmt: skip

_HINT_OF_STATUS: Mapping[int, str] = MappingProxyType(
    {
        400: "Send well-formed JSON in UTF-8.",
        403: "Log in, send the server's token, or for a browser the _xsrf cookie's value as X-XSRFToken.",
        404: "Compare the path with couture/api/openapi.json.",
        405: "The Allow header lists the methods of this path.",
        413: "Send less at once.",
    }
)


class BadJson(Exception):
    """The body is not JSON we take."""


@dataclass(frozen=True, slots=True)
class Failure:
    """An error as it is answered. ``is_ours``: a fault to be logged with its traceback."""

    status: int
    reply: ErrorReply
    is_ours: bool = False

    @property
    def type(self) -> str:
        """The error's type on the wire."""
        return self.reply.error.type


def failure_of(error: BaseException, request_id: str) -> Failure:
    """What to answer for ``error``."""
    match error:
        case CoutureError():
            return _of_model(error, request_id)
        case BadJson():
            return of_status(400, str(error))
        case HTTPError() if error.status_code in _TYPE_OF_STATUS:
            return of_status(error.status_code, error.log_message or HTTPStatus(error.status_code).phrase)
        case HTTPError() if 400 <= error.status_code < 500:
            return Failure(error.status_code, _reply("bad_request", error.log_message or error.reason or "refused"))
        case _:
            return _internal(request_id)


def of_status(status: int, message: str) -> Failure:
    """An error that has nothing but a status and a sentence."""
    return Failure(status, _reply(_TYPE_OF_STATUS[status], message, _HINT_OF_STATUS.get(status, "")))


def _of_model(error: CoutureError, request_id: str) -> Failure:
    for kind in type(error).__mro__:
        found = STATUS_OF.get(kind)
        if found is not None:
            break
    else:
        return _internal(request_id)
    status, name = found
    field = error.fields.get("field")
    if isinstance(error, InvalidId):
        field = f"$.{error.fields['what']}"
    ids = {
        key: str(value)
        for key, value in error.fields.items()
        if key in ("dag_id", "run_id", "task_id", "id") and isinstance(value, str | int)
    }
    info = ErrorInfo(
        type=name, message=str(error), hint=error.hint, field=None if field is None else str(field), ids=ids
    )
    return Failure(int(status), ErrorReply(info))


def _internal(request_id: str) -> Failure:
    hint = f"This is a fault of ours. The server's log has the details under request {request_id}."
    info = ErrorInfo(type="internal", message="Something went wrong", hint=hint, ids={"request_id": request_id})
    return Failure(500, ErrorReply(info), is_ours=True)


def _reply(kind: str, message: str, hint: str = "") -> ErrorReply:
    return ErrorReply(ErrorInfo(type=kind, message=message, hint=hint))
