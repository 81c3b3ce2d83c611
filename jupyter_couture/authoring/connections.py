"""``Connection``: where and as whom to reach another system. Code names only its ``conn_id``."""

import json
import logging
import secrets
from collections.abc import Mapping
from functools import cached_property
from typing import Any

from jupyter_couture.authoring.door import FIELDS, secret_door
from jupyter_couture.authoring.environment import connections_of
from jupyter_couture.authoring.hooks.kinds import hook_of
from jupyter_couture.authoring.uris import connection_from_uri, uri_of
from jupyter_couture.model.errors import InvalidRequest, NotFound
from jupyter_couture.model.secrets import Connection as ConnectionValue


class Connection:
    """One connection, its password in clear.

    ``Connection.get("warehouse")`` gives the connection of that id; if several share it, one of them by chance, so
    that load spreads and a retry finds another. ``extra`` is a text, mostly a JSON object (``extra_dejson``).
    """

    def __init__(
        self,
        conn_id: str | None = None,
        conn_type: str | None = None,
        description: str | None = None,
        host: str | None = None,
        login: str | None = None,
        password: str | None = None,
        schema: str | None = None,
        port: int | None = None,
        extra: str | Mapping[str, Any] | None = None,
        uri: str | None = None,
    ) -> None:
        given = (conn_type, host, login, password, schema, port, extra)
        if uri is not None and any(value is not None for value in given):
            raise InvalidRequest(field="uri", message="a connection is given by its uri or by its parts, not by both")
        said = connection_from_uri(conn_id or "", uri) if uri is not None else None
        self.conn_id = conn_id
        self.conn_type = said.conn_type if said else conn_type
        self.description = description
        self.host = said.host if said else host
        self.login = said.login if said else login
        self.password = said.password if said else password
        self.schema = said.schema if said else schema
        self.port = said.port if said else (int(port) if port is not None else None)
        self.extra = said.extra if said else _extra_text(extra)

    def __repr__(self) -> str:
        return f"<Connection {self.conn_id} ({self.conn_type})>"

    @classmethod
    def get(cls, conn_id: str) -> "Connection":
        """The connection of ``conn_id``, one by chance of several; raises ``NotFound``."""
        found = secret_door().connections(conn_id)
        if not found:
            raise NotFound(what="connection", id=conn_id)
        fields = secrets.choice(found)
        return cls(**{name: fields.get(name) for name in FIELDS})

    @classmethod
    def get_connection_from_secrets(cls, conn_id: str) -> "Connection":
        """As ``get``, by its older name."""
        return cls.get(conn_id)

    @classmethod
    def from_json(cls, value: str, conn_id: str | None = None) -> "Connection":
        """A connection from JSON text of its fields; raises ``InvalidRequest``."""
        (found,) = connections_of(conn_id or "connection", value)
        made: dict[str, Any] = {name: getattr(found, name) or None for name in FIELDS}
        return cls(**{**made, "conn_id": conn_id})

    def get_uri(self) -> str:
        """All of it as one URI, password included."""
        return uri_of(self._value())

    def as_json(self) -> str:
        """All of it as JSON text, password included."""
        fields = {name: getattr(self, name) for name in FIELDS if name not in ("conn_id", "extra")}
        extra: Any = self.extra_dejson or self.extra
        return json.dumps({name: value for name, value in {**fields, "extra": extra}.items() if value is not None})

    def get_hook(self, *, hook_params: Mapping[str, Any] | None = None) -> Any:
        """The hook that speaks to what it leads to, by its type; ``hook_params`` are more arguments for the hook."""
        return hook_of(self, hook_params)

    def get_password(self) -> str | None:
        """The password."""
        return self.password

    def set_password(self, value: str | None) -> None:
        """Give it another password, here and not in the database."""
        self.password = value

    def get_extra(self) -> str | None:
        """``extra`` as a text."""
        return self.extra

    def set_extra(self, value: str | Mapping[str, Any] | None) -> None:
        """Give it another ``extra``, here and not in the database."""
        self.extra = _extra_text(value)

    @property
    def extra_dejson(self) -> dict[str, Any]:
        """``extra`` as an object; empty if it is none."""
        return self.get_extra_dejson()

    def get_extra_dejson(self, nested: bool = False) -> dict[str, Any]:
        """``extra`` as an object; with ``nested`` its values that are JSON texts are decoded too."""
        found = _decoded(self.extra)
        if not isinstance(found, dict):
            return {}
        return {name: _decoded(value, value) for name, value in found.items()} if nested else found

    def _value(self) -> ConnectionValue:
        return ConnectionValue(
            conn_id=self.conn_id or "",
            conn_type=self.conn_type or "",
            host=self.host,
            schema=self.schema,
            login=self.login,
            password=self.password,
            port=self.port,
            extra=self.extra,
        )


class BaseHook:
    """What code for one kind of system derives from, to find its connection.

    ``logger_name``, or what older hooks pass as ``source``, says nothing of importance.
    """

    def __init__(self, source: object = None, logger_name: str | None = None) -> None:
        self.logger_name = logger_name

    @cached_property
    def log(self) -> logging.Logger:
        """A logger whose records go to the attempt's log."""
        return logging.getLogger(getattr(self, "logger_name", None) or f"couture.hook.{type(self).__name__}")

    @classmethod
    def get_connection(cls, conn_id: str) -> Connection:
        """The connection of ``conn_id``, one by chance of several; raises ``NotFound``."""
        return Connection.get(conn_id)

    @classmethod
    def get_hook(cls, conn_id: str, hook_params: Mapping[str, Any] | None = None) -> Any:
        """The hook of the connection ``conn_id``, by its type; raises ``NotFound``."""
        return cls.get_connection(conn_id).get_hook(hook_params=hook_params)

    def get_conn(self) -> Any:
        """What code speaks to the other system with; hooks say what that is."""
        raise TypeError(f"{type(self).__name__} does not define get_conn()")

    @classmethod
    def get_connections(cls, conn_id: str) -> list[Connection]:
        """All connections of ``conn_id``; raises ``NotFound`` if there is none."""
        found = secret_door().connections(conn_id)
        if not found:
            raise NotFound(what="connection", id=conn_id)
        return [Connection(**{name: fields.get(name) for name in FIELDS}) for fields in found]


def _extra_text(extra: str | Mapping[str, Any] | None) -> str | None:
    return json.dumps(dict(extra), ensure_ascii=False) if isinstance(extra, Mapping) else extra


def _decoded(text: Any, otherwise: Any = None) -> Any:
    if not isinstance(text, str):
        return otherwise
    try:
        return json.loads(text)
    except ValueError:
        return otherwise
