"""``Variable``: named texts that all DAGs share, kept sealed in the database."""

import json
import logging
from typing import Any

from jupyter_couture.authoring.door import EnvironmentDoor, ObligingDoor, secret_door
from jupyter_couture.model.errors import Unavailable
from jupyter_couture.model.masking import is_sensitive, looks_like_credential

_MISSING: Any = object()

_log = logging.getLogger(__name__)


class Variable:
    """A named text for all DAGs.

    ``Variable.get("region", default_var="eu")`` reads it in a task or at the top of a DAG file, ``Variable.set`` and
    ``Variable.delete`` change it in a task. Values whose key says that they are secret (``password``, ``token`` ...)
    are hidden in logs and pages; credentials belong into connections all the same.
    """

    def __init__(self, key: str | None = None, val: str | None = None, description: str | None = None) -> None:
        self.key = key
        self.val = val
        self.description = description

    def __repr__(self) -> str:
        return f"{self.key} : ***" if is_sensitive(str(self.key)) else f"{self.key} : {self.val}"

    @property
    def is_encrypted(self) -> bool:
        """Always: no value lies in the database as it is."""
        return True

    def get_val(self) -> str | None:
        """The text."""
        return self.val

    def set_val(self, value: str) -> None:
        """Give it another text."""
        self.val = value

    @classmethod
    def get(
        cls, key: str, default_var: Any = _MISSING, deserialize_json: bool = False, *, default: Any = _MISSING
    ) -> Any:
        """The value of variable ``key``.

        Parameters
        ----------
        key
            Its name; capitals matter.
        default_var, default
            What to give if there is no such variable; None counts as given. Without it ``KeyError`` is raised.
        deserialize_json
            Whether the text is JSON, and its value wanted. Raises ``ValueError`` if it is not; a default is given as
            it is.
        """
        fallback = default_var if default_var is not _MISSING else default
        door = secret_door()
        try:
            found = door.get_variable(key)
        except Unavailable:
            if fallback is _MISSING or not isinstance(door, EnvironmentDoor):
                raise
            found = None
        if found is None:
            if fallback is _MISSING and isinstance(door, ObligingDoor):
                return door.variable_stand_in(key, is_json=deserialize_json)
            if fallback is _MISSING:
                raise KeyError(f"Variable {key} does not exist")
            return fallback
        return json.loads(found) if deserialize_json else found

    @classmethod
    def set(cls, key: str, value: Any = _MISSING, description: str | None = None, serialize_json: bool = False) -> None:
        """Create or replace variable ``key``; ``value`` becomes a text, as JSON with ``serialize_json``."""
        if value is _MISSING:
            raise TypeError(
                "Variable.set(key, value) takes a key and a value; to store a dictionary under a key say "
                'Variable.set("key", values, serialize_json=True)'
            )
        text = json.dumps(value, indent=2) if serialize_json else str(value)
        if not is_sensitive(key) and looks_like_credential(text):
            _log.warning("Variable %r looks like a credential, and its key lets it be shown: use a connection", key)
        secret_door().set_variable(key, text, description)

    @classmethod
    def setdefault(cls, key: str, default: Any, description: str | None = None, deserialize_json: bool = False) -> Any:
        """The value of variable ``key``, which is first created with ``default`` if there is none."""
        absent = object()
        found = cls.get(key, default_var=absent, deserialize_json=deserialize_json)
        if found is not absent:
            return found
        cls.set(key, default, description=description, serialize_json=deserialize_json)
        return default

    @classmethod
    def update(cls, key: str, value: Any, serialize_json: bool = False) -> None:
        """Replace the value of variable ``key``; raises ``KeyError`` if there is none."""
        cls.get(key)
        cls.set(key, value, serialize_json=serialize_json)

    @classmethod
    def delete(cls, key: str) -> int:
        """Remove variable ``key``; how many there were, 0 or 1."""
        return int(secret_door().delete_variable(key))
