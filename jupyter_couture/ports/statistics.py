"""What the page about one DAG needs of the store: its runs as numbers, its versions with their runs."""

from collections.abc import Sequence
from typing import Protocol

from jupyter_couture.model.ids import DagId
from jupyter_couture.model.statistics import RunHistory, VersionUse


class StatisticsStore(Protocol):
    """See the module."""

    def run_history(self, dag_id: DagId) -> RunHistory:
        """The newest runs of a DAG; raises ``NotFound``."""
        ...

    def version_uses(self, dag_id: DagId) -> Sequence[VersionUse]:
        """All versions of a DAG with their runs among its newest, newest version first; raises ``NotFound``."""
        ...
