"""What stands behind the desk at which running attempts ask for data; the host's supervisor answers there.

Variables and connections come from ``ports.secrets.Secrets``.
"""

from collections.abc import Mapping
from typing import Protocol

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
