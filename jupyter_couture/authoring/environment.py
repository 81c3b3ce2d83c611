"""Variables and connections in the environment: ``COUTURE_VAR_<KEY>`` and ``COUTURE_CONN_<ID>``, or Airflow's names.

The key or id is in capitals. A connection is a URI or a JSON object; several of one id are a JSON array of either.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from jupyter_couture.authoring.uris import connection_from_uri
from jupyter_couture.model.errors import InvalidRequest
from jupyter_couture.model.secrets import Connection, checked_connection

VARIABLE_PREFIXES = ("COUTURE_VAR_", "AIRFLOW_VAR_")
CONNECTION_PREFIXES = ("COUTURE_CONN_", "AIRFLOW_CONN_")

_ALIASES = {
    "type": "conn_type",
    "user": "login",
    "username": "login",
    "database": "schema",
    "extra_dejson": "extra",
    "connection_type": "conn_type",
}
_TEXTS = frozenset({"conn_type", "host", "schema", "login", "password", "description"})


def variable_in(environ: Mapping[str, str], key: str) -> str | None:
    """The variable ``key``; None if no environment variable says it."""
    return _first(environ, VARIABLE_PREFIXES, key)


def connections_in(environ: Mapping[str, str], conn_id: str) -> Sequence[Connection]:
    """The connections of ``conn_id``; none if no environment variable says any. Raises ``InvalidRequest``."""
    text = _first(environ, CONNECTION_PREFIXES, conn_id)
    return connections_of(conn_id, text) if text else ()


def connections_of(conn_id: str, said: object) -> Sequence[Connection]:
    """Connections from a URI, a mapping of fields, JSON text of one, or an array of any; raises ``InvalidRequest``."""
    if isinstance(said, str) and said.lstrip()[:1] in ("{", "["):
        try:
            said = json.loads(said)
        except ValueError:
            raise InvalidRequest(field=conn_id, message=f"connection {conn_id!r} is not JSON") from None
    if isinstance(said, list | tuple):
        return [found for item in said for found in connections_of(conn_id, item)]
    if isinstance(said, str):
        return [checked_connection(connection_from_uri(conn_id, said))]
    if isinstance(said, Mapping):
        return [_from_fields(conn_id, said)]
    raise InvalidRequest(field=conn_id, message=f"connection {conn_id!r} must be a URI or an object of its fields")


def _from_fields(conn_id: str, fields: Mapping[str, Any]) -> Connection:
    given = {_ALIASES.get(name, name): value for name, value in fields.items() if value is not None}
    given.pop("conn_id", None)
    uri = given.pop("uri", None)
    if uri is not None:
        return checked_connection(connection_from_uri(conn_id, str(uri)))
    values: dict[str, Any] = {}
    for name, value in given.items():
        if name in _TEXTS:
            values[name] = str(value)
        elif name == "port":
            values[name] = _port(conn_id, value)
        elif name == "extra":
            values[name] = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        else:
            raise InvalidRequest(field=name, message=f"connection {conn_id!r} has no field {name!r}")
    return checked_connection(Connection(conn_id=conn_id, **values))


def _port(conn_id: str, value: object) -> int | None:
    text = str(value).strip()
    if text and not text.isdecimal():
        raise InvalidRequest(field="port", message=f"the port of connection {conn_id!r} is no number")
    return int(text) if text else None


def _first(environ: Mapping[str, str], prefixes: Sequence[str], name: str) -> str | None:
    for prefix in prefixes:
        found = environ.get(prefix + name.upper())
        if found is not None:
            return found
    return None
