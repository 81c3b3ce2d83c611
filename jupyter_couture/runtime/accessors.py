"""``var`` and ``conn`` of templates: variables and connections by name."""

import json
from typing import Any

from jupyter_couture.authoring.connections import Connection
from jupyter_couture.authoring.context import AttemptServices
from jupyter_couture.model.errors import NotFound

_UNSET = object()


class NotThere(AttributeError, KeyError):
    """A name that has no value; templates may give a default for it."""


class VariableAccessor:
    """``var.value.NAME`` and ``var.json.NAME``; also ``var.value['a.name']`` and ``var.value.get(NAME, default)``."""

    def __init__(self, services: AttemptServices, *, is_json: bool) -> None:
        self._services = services
        self._is_json = is_json

    def get(self, key: str, default: Any = _UNSET) -> Any:
        """The variable; ``default`` if there is none."""
        text = self._services.get_variable(key)
        if text is None:
            if default is _UNSET:
                raise NotThere(f"there is no variable {key!r}")
            return default
        return json.loads(text) if self._is_json else text

    def __getitem__(self, key: str) -> Any:
        return self.get(key)

    def __getattr__(self, key: str) -> Any:
        if key.startswith("_"):
            raise AttributeError(key)
        return self.get(key)

    def __repr__(self) -> str:
        return "<variables as JSON>" if self._is_json else "<variables>"


class ConnectionAccessor:
    """``conn.ID.host`` and so on. One that was picked by chance stays picked for the attempt."""

    def __init__(self) -> None:
        self._picked: dict[str, Connection] = {}

    def get(self, conn_id: str, default: Any = _UNSET) -> Any:
        """The connection; ``default`` if there is none."""
        if conn_id not in self._picked:
            try:
                self._picked[conn_id] = Connection.get(conn_id)
            except NotFound as error:
                if default is _UNSET:
                    raise NotThere(str(error)) from None
                return default
        return self._picked[conn_id]

    def __getitem__(self, conn_id: str) -> Any:
        return self.get(conn_id)

    def __getattr__(self, conn_id: str) -> Any:
        if conn_id.startswith("_"):
            raise AttributeError(conn_id)
        return self.get(conn_id)

    def __repr__(self) -> str:
        return "<connections>"
