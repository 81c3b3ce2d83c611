"""What the overview needs of the store."""

from datetime import datetime
from typing import Protocol

from jupyter_couture.model.activity import Activity


class ActivityStore(Protocol):
    """See the module."""

    def activity(self, failed_since: datetime, limit: int) -> Activity:
        """What goes on: at most ``limit`` runs of each kind, failed ones from ``failed_since`` on."""
        ...
