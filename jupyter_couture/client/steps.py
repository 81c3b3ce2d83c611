"""The core that both faces share: what to send, what an answer means, when to try again. It touches no network.

An operation is a generator: it yields ``Send`` and ``Pause``, is handed a ``Reply`` or ``Broken``, and returns the
result. The blocking client drives it with calls, the asynchronous one with awaits.
"""

import random
import time
from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeAlias, TypeVar

import msgspec

from jupyter_couture.client.errors import BY_STATUS, ClientError, Denied, NoServer, ServerFault, Unreachable

T = TypeVar("T")

FIRST_DELAY_SECONDS = 0.1
LONGEST_DELAY_SECONDS = 5.0

_AWAY = frozenset({502, 503, 504})


@dataclass(frozen=True, slots=True)
class Call(Generic[T]):
    """One request: what to ask for, below ``couture/api/``, and what comes back.

    ``is_repeatable``: doing it twice is the same as doing it once, so it may be sent again when its answer was lost.
    """

    method: str
    path: str
    kind: type[T]
    query: Mapping[str, object]
    body: Mapping[str, object] | None
    is_repeatable: bool
    timeout_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Send:
    """Do send this."""

    method: str
    path: str
    params: Mapping[str, str]
    content: bytes | None
    timeout_seconds: float | None


@dataclass(frozen=True, slots=True)
class Pause:
    """Do nothing for a while."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back."""

    status: int
    body: bytes


@dataclass(frozen=True, slots=True)
class Broken:
    """Nothing came back. ``was_sent``: the request may have reached the server all the same."""

    message: str
    was_sent: bool


Steps: TypeAlias = Generator[Send | Pause, Reply | Broken | None, T]


def delays() -> Iterator[float]:
    """Seconds to wait before each further try: doubled each time, cut, and spread so that not all come at once."""
    delay = FIRST_DELAY_SECONDS
    while True:
        yield delay * (0.5 + random.random() / 2)
        delay = min(LONGEST_DELAY_SECONDS, delay * 2)


def perform(call: Call[T], patience_seconds: float) -> Steps[T]:
    """Send, and send again for up to ``patience_seconds`` as long as that is safe and promises something."""
    send = Send(call.method, call.path, _params(call.query), _content(call.body), call.timeout_seconds)
    deadline = time.monotonic() + patience_seconds
    for delay in delays():
        answer = yield send
        assert answer is not None
        if not _may_try_again(call, answer) or time.monotonic() + delay > deadline:
            return understood(answer, call.kind)
        yield Pause(delay)
    raise AssertionError("there is always a further delay")


def understood(answer: Reply | Broken, kind: type[T]) -> T:
    """The value that an answer brings; raises the error that it is."""
    if isinstance(answer, Broken):
        raise Unreachable(message=answer.message)
    if answer.status in (301, 302, 303, 307, 308):
        raise Denied(message="The server asks for a login", status=answer.status)
    if answer.status >= 400:
        raise error_of(answer.status, answer.body)
    try:
        return msgspec.json.decode(answer.body, type=kind)
    except msgspec.DecodeError as error:
        raise NoServer(
            message=f"What answers there is not a Jupyter Couture that this client understands: {error}",
            status=answer.status,
            hint="See whether the address is right, and whether client and server have the same version.",
        ) from None


_NOT_TAKEN = "The server does not take the token"
_COOKIE = "_xsrf"


def error_of(status: int, body: bytes) -> ClientError:
    """The error that a refusal is."""
    try:
        told: Any = msgspec.json.decode(body)["error"]
        fields = {name: told.get(name) for name in ("message", "hint", "type", "field", "ids")}
    except (msgspec.DecodeError, KeyError, TypeError, AttributeError):
        if status == 404:
            message = "The server that answers has no Jupyter Couture"
            return NoServer(message=message, status=status)
        fields = {"message": _NOT_TAKEN if status in (401, 403) else f"The server answered {status}"}
    if status == 403 and _COOKIE in f"{fields['message']} {fields.get('hint')}":  # advice for browsers
        fields |= {"message": _NOT_TAKEN, "hint": ""}
    return BY_STATUS.get(status, ServerFault)(status=status, **fields)


def _may_try_again(call: Call[T], answer: Reply | Broken) -> bool:
    if isinstance(answer, Broken):
        return call.is_repeatable or not answer.was_sent
    return answer.status in _AWAY and call.is_repeatable


def _params(query: Mapping[str, object]) -> dict[str, str]:
    """Options as they travel; those that are None or empty are left out."""
    return {name: _text(value) for name, value in query.items() if value is not None and value != ""}


def _text(value: object) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return value
        case list() | tuple():
            return ",".join(str(each) for each in value)
        case _:
            return msgspec.json.encode(value).decode().strip('"')


def _content(body: Mapping[str, object] | None) -> bytes | None:
    return None if body is None else msgspec.json.encode(body)
