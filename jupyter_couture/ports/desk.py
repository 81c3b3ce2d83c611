"""What stands behind the desk at which running attempts ask for data; the host's supervisor answers there."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from jupyter_couture.model.ids import AttemptId, RunKey
from jupyter_couture.model.xcom import EarlierRun, XComItem, XComPage, XComQuery


class DeskStore(Protocol):
    """Values of tasks, and runs before."""

    def keep_xcoms(self, attempt_id: AttemptId, items: Mapping[str, XComItem]) -> bool:
        """Store values of a running attempt under their keys, replacing; False if the attempt is not open any more."""
        ...

    def pull_xcoms(self, query: XComQuery) -> XComPage:
        """Values that fit."""
        ...

    def earlier_run(self, key: RunKey, *, only_success: bool) -> EarlierRun | None:
        """The run of the same DAG with the greatest logical date before that of ``key``."""
        ...


class Vault(Protocol):
    """Variables and connections, in clear: back-ends, then the database."""

    def get_variable(self, key: str) -> str | None:
        """The text of a variable; None if there is none."""
        ...

    def set_variable(self, key: str, value: str, description: str | None = None) -> None:
        """Create or replace a variable in the database."""
        ...

    def delete_variable(self, key: str) -> bool:
        """Remove a variable from the database; whether it was there."""
        ...

    def connections(self, conn_id: str) -> Sequence[Mapping[str, Any]]:
        """All connections of that id, with ``conn_id, conn_type, host, login, password, schema, port, extra``."""
        ...
