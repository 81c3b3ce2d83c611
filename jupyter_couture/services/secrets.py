"""Who answers for variables and connections: one's own back-end, the environment, files, then the database.

The first place that has the name answers. This runs in the supervisor, for task code, and in the engine, for DAG files
while they are parsed: these import the administrator's class when they first ask it. The Jupyter server does not.
"""

import importlib
import json
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from threading import Lock
from typing import Any, TypeVar

from jupyter_couture.authoring.door import fields_of
from jupyter_couture.authoring.environment import connections_in, connections_of, variable_in
from jupyter_couture.model.errors import CoutureError, InvalidRequest, NotFound, Unavailable
from jupyter_couture.model.secrets import Connection, Variable, checked_variable
from jupyter_couture.ports.secrets import SecretsBackend, SecretStore
from jupyter_couture.services.secret_files import SecretFiles
from jupyter_couture.settings import Settings

_T = TypeVar("_T")


class Environment:
    """A secrets back-end of environment variables."""

    def __init__(self, environ: Mapping[str, str] | None = None) -> None:
        self._environ = os.environ if environ is None else environ

    def get_variable(self, key: str) -> str | None:
        """``COUTURE_VAR_<KEY>`` or ``AIRFLOW_VAR_<KEY>``; None if there is neither."""
        return variable_in(self._environ, key)

    def get_connections(self, conn_id: str) -> Sequence[Connection]:
        """``COUTURE_CONN_<ID>`` or ``AIRFLOW_CONN_<ID>``."""
        return connections_in(self._environ, conn_id)


class Secrets:
    """Asks the back-ends in order, then the store, if there is one. Changes go to the store."""

    def __init__(self, store: SecretStore | None, backends: Sequence[SecretsBackend]) -> None:
        self._store = store
        self._backends = tuple(backends)

    @classmethod
    def load(cls, settings: Settings, store: SecretStore | None) -> "Secrets":
        """As the settings say. A class of one's own is made when it is first asked."""
        own = [OwnBackend(settings)] if settings.secrets_backend else []
        files = SecretFiles(_path(settings.variables_file), _path(settings.connections_file))
        return cls(store, [*own, Environment(), files])

    def get_variable(self, key: str) -> str | None:
        """The text of a variable from the first place that has it; None if none has."""
        for backend in self._backends:
            found = _asked(backend, f"variable {key!r}", lambda each: each.get_variable(key))
            if found is not None:
                return str(found)
        try:
            kept = self._store.variable(key) if self._store is not None else None
        except NotFound:
            return None
        if kept is not None and kept.value is None:
            raise _sealed(f"variable {key!r}")
        return kept.value if kept is not None else None

    def set_variable(self, key: str, value: str, description: str | None = None) -> None:
        """Store a variable; None as description leaves the present one. Raises ``InvalidRequest``."""
        store = self._writable(f"variable {key!r}")
        if description is None:
            try:
                description = store.variable(key).description
            except NotFound:
                description = ""
        store.put_variable(checked_variable(Variable(key=key, value=value, description=description)))

    def delete_variable(self, key: str) -> bool:
        """Remove a stored variable; whether there was one."""
        try:
            self._writable(f"variable {key!r}").delete_variable(key)
        except NotFound:
            return False
        return True

    def get_connections(self, conn_id: str) -> Sequence[Connection]:
        """The connections of that id from the first place that has any."""
        for backend in self._backends:
            found = _asked(backend, f"connection {conn_id!r}", lambda each: list(each.get_connections(conn_id) or ()))
            if found:
                return [connection for said in found for connection in _made(conn_id, said)]
        kept = self._store.connections_of(conn_id) if self._store is not None else ()
        if not all(each.is_readable for each in kept):
            raise _sealed(f"connection {conn_id!r}")
        return kept

    def connections(self, conn_id: str) -> Sequence[Mapping[str, Any]]:
        """As ``get_connections``, each as a mapping of its fields."""
        return [fields_of(each) for each in self.get_connections(conn_id)]

    def _writable(self, what: str) -> SecretStore:
        if self._store is None:
            raise Unavailable(what=what, message="there is no database to change it in")
        return self._store


class OwnBackend:
    """The back-end that ``secrets_backend`` names. A fault of it fails who asks, and nothing else."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.name = settings.secrets_backend
        self._made: SecretsBackend | None = None
        self._turn = Lock()

    def get_variable(self, key: str) -> str | None:
        """The back-end's answer."""
        return self._backend().get_variable(key)

    def get_connections(self, conn_id: str) -> Sequence[Connection | str | Mapping[str, Any]]:
        """The back-end's answer."""
        return self._backend().get_connections(conn_id)

    def _backend(self) -> SecretsBackend:
        with self._turn:
            if self._made is None:
                self._made = own_backend(self._settings)
            return self._made


def own_backend(settings: Settings) -> SecretsBackend:
    """The object that ``secrets_backend`` names; raises ``InvalidRequest``."""
    module, _, name = settings.secrets_backend.replace(":", ".").rpartition(".")
    try:
        options = json.loads(settings.secrets_backend_options or "{}")
    except ValueError:
        options = None
    if not isinstance(options, dict):
        message = "secrets_backend_options must be a JSON object"
        raise InvalidRequest(field="secrets_backend_options", message=message)
    try:
        made: SecretsBackend = getattr(importlib.import_module(module), name)(**options)
    except Exception as error:  # noqa: BLE001  # an administrator's class; its error may repeat its options
        message = f"secrets_backend {settings.secrets_backend!r} cannot be made: {type(error).__name__}"
        raise InvalidRequest(field="secrets_backend", message=message) from None
    return made


def _asked(backend: SecretsBackend, what: str, ask: Callable[[SecretsBackend], _T]) -> _T:
    """The back-end's answer. Its own errors are not shown: they may repeat what it keeps."""
    try:
        return ask(backend)
    except CoutureError:
        raise
    except Exception as error:  # noqa: BLE001  # an administrator's class
        name = type(backend).__name__ if not isinstance(backend, OwnBackend) else backend.name
        message = f"the secrets back-end {name} failed with {type(error).__name__}"
        raise Unavailable(what=what, message=message) from None


def _made(conn_id: str, said: object) -> Sequence[Connection]:
    return [said] if isinstance(said, Connection) else connections_of(conn_id, said)


def _sealed(what: str) -> InvalidRequest:
    message = f"{what} was stored under a key that this deployment has no more: bring it back, or set the value anew"
    return InvalidRequest(field="fernet_keys", message=message)


def _path(text: str) -> Path | None:
    return Path(text).expanduser() if text else None
