"""What grids of runs and tasks need of the store."""

from collections.abc import Sequence
from typing import Protocol

from jupyter_couture.model.grids import GridFilter, GridRun
from jupyter_couture.ports.store import ServiceStore


class GridStore(ServiceStore, Protocol):
    """See the module."""

    def grid_runs(self, wanted: GridFilter) -> tuple[Sequence[GridRun], bool]:
        """Runs with their task instances, the latest logical date last, and whether there are earlier ones.

        Raises ``NotFound`` for a run that is asked for by its id and is not there.
        """
        ...
