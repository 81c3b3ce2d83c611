"""What charts read of the store."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from jupyter_couture.model.charts import AttemptSpan, Past, RunSpan, SlotSpan
from jupyter_couture.model.ids import DagId, RunKey


class ChartStore(Protocol):
    """See the module."""

    def past(self, dag_id: DagId, count: int, until: datetime | None, *, with_attempts: bool) -> Past:
        """The newest ``count`` runs with a logical date up to ``until``, with their tasks; raises ``NotFound``.

        ``with_attempts`` fills ``all_seconds``.
        """
        ...

    def attempt_spans(self, key: RunKey) -> Sequence[AttemptSpan]:
        """All attempts of a run by task, index and try; raises ``NotFound``."""
        ...

    def run_spans(self, since: datetime, most: int) -> Sequence[RunSpan]:
        """Runs that are live or ended after ``since``, newest first; ``most`` at most."""
        ...

    def slot_spans(self, since: datetime, most: int) -> Sequence[SlotSpan]:
        """Attempts that took or wanted slots after ``since``, newest first; ``most`` at most."""
        ...
