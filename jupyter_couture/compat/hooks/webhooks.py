"""Sending JSON to a service on the web: what the hooks of chats share."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from jupyter_couture.authoring.connections import Connection
from jupyter_couture.authoring.hiding import mask_secret
from jupyter_couture.authoring.hooks.drivers import driver
from jupyter_couture.model.errors import AirflowException

TIMEOUT_SECONDS = 30.0
_LONG = 12
"""Characters; words that are shorter may stand anywhere in a log."""


def post(
    url: str,
    body: Mapping[str, Any] | None = None,
    *,
    proxy: str | None = None,
    timeout_seconds: float = TIMEOUT_SECONDS,
    **options: Any,
) -> Any:
    """Send ``body`` as JSON, or what ``options`` of ``requests`` say; the answer, a ``requests.Response``.

    Raises ``AirflowException`` for a status of 400 or more, without the address, which is a secret with most services.
    """
    given = {"json": {name: value for name, value in body.items() if value is not None}} if body is not None else {}
    proxies = {"http": proxy, "https": proxy} if proxy else None
    response = driver("requests", "HTTP").post(url, timeout=timeout_seconds, proxies=proxies, **given, **options)
    if response.status_code >= 400:
        raise AirflowException(f"Response body: {response.text!r}, Status Code: {response.status_code}")
    return response


def secret_address(base: str, token: str) -> str:
    """The address that ``token`` (itself one, or its last part) means; it is hidden in the log from now on.

    So are its path and its query, which errors of ``requests`` tell without the host, unless they are too short to
    hold a secret.
    """
    url = token if "://" in token else f"{base.rstrip('/')}/{token.lstrip('/')}"
    parts = urlsplit(url)
    for part in (token, url, *(said for said in (parts.path.lstrip("/"), parts.query) if len(said) >= _LONG)):
        mask_secret(part)
    return url


def base_of(connection: Connection, default: str) -> str:
    """The beginning of addresses that a connection names: its host, with its protocol and port."""
    host = connection.host or ""
    if not host:
        return default
    port = f":{connection.port}" if connection.port else ""
    return host if "://" in host else f"{connection.schema or 'https'}://{host}{port}"
