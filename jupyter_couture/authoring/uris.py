"""Connections as URIs: ``type://login:password@host:port/schema?name=value``, each part percent-encoded.

``extra`` travels as query options if it is an object of texts, else as JSON in the option ``__extra__``.
"""

import json
import re
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from jupyter_couture.model.errors import InvalidRequest
from jupyter_couture.model.secrets import Connection

EXTRA = "__extra__"

_PROTOCOL = re.compile(r"[A-Za-z][\w+.\-]*")
"""Of a host that is an address itself: ``http://https://login:password@api.example``, as Airflow writes it."""

_TYPES = {"postgresql": "postgres"}


def connection_from_uri(conn_id: str, uri: str) -> Connection:
    """The connection that ``uri`` says; raises ``InvalidRequest``, which does not repeat the URI."""
    scheme, _, rest = uri.partition("://")
    protocol, is_there, inner = rest.partition("://")
    has_protocol = bool(is_there) and _PROTOCOL.fullmatch(protocol) is not None
    rest = inner if has_protocol else rest
    try:
        parts = urlsplit(f"{scheme.replace('_', '-')}://{rest}")
        port = parts.port
    except ValueError:
        raise InvalidRequest(field="uri", message=f"the URI of connection {conn_id!r} cannot be read") from None
    if not parts.scheme or "://" not in uri:
        raise InvalidRequest(field="uri", message=f"the URI of connection {conn_id!r} must begin with its type")
    conn_type = parts.scheme.replace("-", "_")
    login, password, host = _authority(parts.netloc)
    return Connection(
        conn_id=conn_id,
        conn_type=_TYPES.get(conn_type, conn_type),
        host=f"{protocol}://{host or ''}" if has_protocol else host,
        schema=unquote(parts.path[1:]) or None,
        login=login,
        password=password,
        port=port,
        extra=_extra_of(parts.query),
    )


def uri_of(connection: Connection) -> str:
    """The URI of a connection, its password included; ``connection_from_uri`` gives the same connection back."""
    uri = f"{connection.conn_type.lower().replace('_', '-')}://"
    if connection.login is not None or connection.password is not None:
        uri += quote(connection.login or "", safe="")
        uri += f":{quote(connection.password, safe='')}@" if connection.password is not None else "@"
    uri += quote(connection.host or "", safe="")
    uri += f":{connection.port}" if connection.port is not None else ""
    uri += f"/{quote(connection.schema, safe='')}" if connection.schema else ""
    options = _options_of(connection.extra)
    if options:
        uri += f"{'' if connection.schema else '/'}?{options}"
    return uri


def _authority(netloc: str) -> tuple[str | None, str | None, str | None]:
    """Login, password and host of the part between ``//`` and the path."""
    account, is_there, place = netloc.rpartition("@")
    login, has_password, password = account.partition(":")
    is_ipv6 = place.startswith("[")
    host = place[1:].partition("]")[0] if is_ipv6 else place.partition(":")[0]
    return (
        (unquote(login) or None) if is_there else None,
        unquote(password) if has_password else None,
        unquote(host) or None,
    )


def _extra_of(query: str) -> str | None:
    options = dict(parse_qsl(query, keep_blank_values=True))
    if not options:
        return None
    return options[EXTRA] if set(options) == {EXTRA} else json.dumps(options, ensure_ascii=False)


def _options_of(extra: str | None) -> str:
    if not extra:
        return ""
    try:
        fields = json.loads(extra)
    except ValueError:
        fields = None
    is_plain = isinstance(fields, dict) and fields and all(isinstance(value, str) for value in fields.values())
    if is_plain and EXTRA not in fields:
        options = urlencode(fields)
        if json.dumps(dict(parse_qsl(options, keep_blank_values=True)), ensure_ascii=False) == extra:
            return options
    return urlencode({EXTRA: extra})
