"""What charts read of the store."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from jupyter_couture.model.charts import AttemptSpan, Begun, Past, RowRange, RunSpan, SlotSpans
from jupyter_couture.model.ids import DagId, RunKey


class ChartStore(Protocol):
    """See the module."""

    def past(self, dag_id: DagId, count: int, until: datetime | None, *, with_attempts: bool) -> Past:
        """The newest ``count`` runs with a logical date up to ``until``, with their tasks; raises ``NotFound``.

        ``with_attempts`` fills ``all_seconds``.
        """
        ...

    def begun(self, key: RunKey) -> Mapping[str, Begun]:
        """What has begun of a run, by task; raises ``NotFound``."""
        ...

    def attempt_spans(
        self, key: RunKey, parts: Sequence[RowRange], most: int, *, is_grouped: bool
    ) -> tuple[Sequence[AttemptSpan], int]:
        """The newest ``most`` attempts of each row, by task, index and try, and how many others there are.

        A row is an instance of a task, with ``is_grouped`` all instances of it. Raises ``NotFound``.
        """
        ...

    def run_spans(self, since: datetime, most: int) -> Sequence[RunSpan]:
        """Runs that are live or ended after ``since``, newest first; ``most`` at most."""
        ...

    def slot_spans(self, since: datetime, most: int) -> tuple[Sequence[SlotSpans], datetime | None]:
        """Attempts that took or wanted slots after ``since``.

        Looks at ``most`` at most: at those under way, then at those that ended last. If there are more, the time is
        given by which all of these had ended.
        """
        ...
