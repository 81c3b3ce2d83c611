"""Variables and connections: where they are stored, where else they may come from, and who answers for them."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from jupyter_couture.model.secrets import Connection, Page, SecretQuery, Variable


class SecretStore(Protocol):
    """The database's part. Every method is one transaction; values are sealed at rest.

    ``revision`` None asks for nothing; any other must be the present one, else ``Stale`` is raised.
    """

    def list_variables(self, query: SecretQuery) -> Page[Variable]:
        """A page of variables, by key unless ``order_by`` says otherwise (``key``, ``description``)."""
        ...

    def variable(self, key: str) -> Variable:
        """One; raises ``NotFound``."""
        ...

    def add_variable(self, variable: Variable) -> Variable:
        """A new one as it was stored; raises ``Conflict`` if the key is taken."""
        ...

    def put_variable(self, variable: Variable, revision: str | None = None) -> bool:
        """Store under its key, replacing what was there; whether it is new. Raises ``Stale``.

        With a ``revision`` the variable must exist: raises ``NotFound``.
        """
        ...

    def delete_variable(self, key: str, revision: str | None = None) -> None:
        """Remove; raises ``NotFound`` or ``Stale``."""
        ...

    def list_connections(self, query: SecretQuery) -> Page[Connection]:
        """A page of connections without passwords, by id unless ``order_by`` names another column."""
        ...

    def connections_of(self, conn_id: str) -> Sequence[Connection]:
        """All that share an id, in the order they were made, with their secrets as far as they can be read."""
        ...

    def connection(self, number: int) -> Connection:
        """One, with its secrets as far as they can be read; raises ``NotFound``."""
        ...

    def add_connection(self, connection: Connection) -> Connection:
        """Another one, as it was stored; its id may be taken."""
        ...

    def put_connection(self, connection: Connection, revision: str | None = None) -> Connection:
        """Replace the row of its ``number``; raises ``NotFound`` or ``Stale``."""
        ...

    def delete_connection(self, number: int, revision: str | None = None) -> None:
        """Remove; raises ``NotFound`` or ``Stale``."""
        ...

    def reseal(self) -> int:
        """Seal every stored secret anew with the first key; how many. Raises ``Unavailable`` if one cannot be read."""
        ...


class SecretsBackend(Protocol):
    """Another place where variables and connections live: a class of an administrator's own.

    Named by the setting ``secrets_backend`` as ``package.module.Class`` and made with the arguments of
    ``secrets_backend_options``. It is imported by the supervisor, which answers task code, and by the engine, which
    answers DAG files while they are parsed; never by the Jupyter server or by a task's process. Calls come from
    several threads.
    """

    def get_variable(self, key: str) -> str | None:
        """The text of a variable; None if it is not kept here."""
        ...

    def get_connections(self, conn_id: str) -> Sequence[Connection | str | Mapping[str, Any]]:
        """All connections of that id, as values, URIs or mappings of fields; none if it is not kept here."""
        ...


class Secrets(Protocol):
    """Who answers for variables and connections, wherever they come from."""

    def get_variable(self, key: str) -> str | None:
        """The text of a variable from the first place that has it; None if none has. Raises ``InvalidRequest``."""
        ...

    def set_variable(self, key: str, value: str, description: str | None = None) -> None:
        """Store a variable; None as description leaves the present one. Raises ``InvalidRequest``."""
        ...

    def delete_variable(self, key: str) -> bool:
        """Remove a stored variable; whether there was one."""
        ...

    def get_connections(self, conn_id: str) -> Sequence[Connection]:
        """The connections of that id from the first place that has any. Raises ``InvalidRequest``."""
        ...
