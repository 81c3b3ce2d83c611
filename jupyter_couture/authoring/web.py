"""One HTTP request and its answer, with the standard library; for the HTTP operator, sensor and trigger."""

import base64
import json
import ssl
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.message import Message
from typing import Any

from jupyter_couture.authoring.endpoints import is_elsewhere
from jupyter_couture.model.errors import InvalidRequest

_READ_LIMIT_BYTES = 256 * 1024**2
_BODILESS = frozenset({"GET", "HEAD", "DELETE", "OPTIONS"})


class HttpFailed(RuntimeError):
    """A server answered with a status of 400 or more. ``response`` is the answer."""

    def __init__(self, response: "Response") -> None:
        said = f": {response.text[:500]}" if response.text else ""
        super().__init__(f"{response.status_code} {response.reason} for {_without_password(response.url)}{said}")
        self.response = response

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.response,)


@dataclass(frozen=True, slots=True)
class Response:
    """An answer. Names are those of the ``requests`` library, as response checks written for Airflow expect them."""

    status_code: int
    reason: str
    url: str
    content: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    encoding: str = "utf-8"

    @property
    def ok(self) -> bool:
        """Whether the status is below 400."""
        return self.status_code < 400

    @property
    def text(self) -> str:
        """The body as text."""
        try:
            return self.content.decode(self.encoding, "replace")
        except LookupError:
            return self.content.decode("utf-8", "replace")

    def json(self) -> Any:
        """The body read as JSON; raises ``ValueError``."""
        return json.loads(self.content)

    def raise_for_status(self) -> None:
        """Raise ``HttpFailed`` if the status is 400 or more."""
        if not self.ok:
            raise HttpFailed(self)


def request(
    method: str,
    url: str,
    *,
    data: Any = None,
    headers: Mapping[str, str] | None = None,
    login: str | None = None,
    password: str | None = None,
    timeout_seconds: float = 60.0,
    is_verified: bool = True,
) -> Response:
    """Send a request and read the whole answer, whatever its status; redirections are followed.

    ``data``: of a method without a body a mapping becomes the query; of others a mapping is sent as a form, a text or
    bytes as they are. ``timeout_seconds`` bounds each wait for the server. Raises ``OSError`` if there is no connection
    and ``InvalidRequest`` if the address is no HTTP one.
    """
    if urllib.parse.urlsplit(url).scheme not in ("http", "https"):
        raise InvalidRequest(field="endpoint", message=f"{_without_password(url)!r} is no http or https address")
    method = method.upper()
    body, extra = _body(data) if method not in _BODILESS else (None, {})
    if method in _BODILESS and data:
        query = data if isinstance(data, str) else urllib.parse.urlencode(data, doseq=True)
        url = f"{url}{'&' if '?' in url else '?'}{query}"
    wanted = {**extra, **(headers or {})}
    if login is not None:
        token = base64.b64encode(f"{login}:{password or ''}".encode()).decode()
        wanted.setdefault("Authorization", f"Basic {token}")
    order = urllib.request.Request(url, data=body, headers=wanted, method=method)
    opener = urllib.request.build_opener(_keeper(is_verified), _Follower())
    try:
        with opener.open(order, timeout=timeout_seconds) as answer:
            return _response(answer.status, answer.reason, answer.url, answer.read(_READ_LIMIT_BYTES), answer.headers)
    except urllib.error.HTTPError as error:
        with error:
            return _response(error.code, str(error.reason), error.url or url, error.read(), error.headers)


class _Follower(urllib.request.HTTPRedirectHandler):
    """Follows redirections, and tells no other server who asks."""

    def redirect_request(self, req: Any, fp: Any, code: int, msg: str, headers: Any, newurl: str) -> Any:
        made = super().redirect_request(req, fp, code, msg, headers, newurl)
        if made is not None and is_elsewhere(newurl, req.full_url):
            for name in ("Authorization", "Cookie"):
                made.remove_header(name)
        return made


def _keeper(is_verified: bool) -> urllib.request.HTTPSHandler:
    context = ssl.create_default_context()
    if not is_verified:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return urllib.request.HTTPSHandler(context=context)


def _body(data: Any) -> tuple[bytes | None, dict[str, str]]:
    if data is None:
        return None, {}
    if isinstance(data, bytes):
        return data, {}
    if isinstance(data, str):
        return data.encode(), {}
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    return urllib.parse.urlencode(data, doseq=True).encode(), form


def _response(status: int, reason: str, url: str, content: bytes, headers: "Message[str, str]") -> Response:
    return Response(status, reason, url, content, dict(headers.items()), headers.get_content_charset() or "utf-8")


def _without_password(url: str) -> str:
    parts = urllib.parse.urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2], query="").geturl()
