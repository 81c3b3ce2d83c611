"""Stand-ins for the attempt that operators run in: a clock to begin at, connections, and other DAGs."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from jupyter_couture.authoring.context import StandaloneAttempt, attempt_scope
from jupyter_couture.authoring.operator import BaseOperator
from jupyter_couture.model.dag import Json
from jupyter_couture.model.errors import Conflict

LOGICAL = datetime(2026, 3, 4, 5, tzinfo=UTC)
"""A Wednesday."""

CONTEXT: Mapping[str, Any] = {
    "ds": "2026-03-04",
    "logical_date": LOGICAL,
    "data_interval_start": LOGICAL,
    "data_interval_end": LOGICAL,
    "params": {},
}


class StandInAttempt(StandaloneAttempt):
    """Knows connections by id and DAGs by id; notes the runs it is asked to make."""

    def __init__(
        self,
        *,
        began_at: datetime | None = None,
        connections: Mapping[str, Mapping[str, Any]] | None = None,
        dags: Mapping[str, Mapping[str, Any]] | None = None,
        states: Sequence[Mapping[str, Any]] = (),
    ) -> None:
        super().__init__()
        self.began_at = began_at
        self.known = dict(connections or {})
        self.dags = dict(dags or {})
        self.states = states
        self.made: list[dict[str, Any]] = []
        self.looked: list[Sequence[datetime]] = []
        self.taken_run_ids: set[str] = set()

    def try_began(self) -> datetime:
        return self.began_at or super().try_began()

    def connections(self, conn_id: str) -> Sequence[Mapping[str, Any]]:
        return [{"conn_id": conn_id, **self.known[conn_id]}] if conn_id in self.known else []

    def find_dag(self, dag_id: str) -> Mapping[str, Any] | None:
        return self.dags.get(dag_id)

    def trigger_run(
        self,
        dag_id: str,
        *,
        run_id: str | None = None,
        logical_date: datetime | None = None,
        conf: Mapping[str, Json] | None = None,
        is_awaited: bool = False,
        is_reset: bool = False,
    ) -> Mapping[str, Any]:
        if run_id in self.taken_run_ids and not is_reset:
            raise Conflict(what="DAG run", id=run_id)
        wish = {"dag_id": dag_id, "run_id": run_id, "logical_date": logical_date, "conf": dict(conf or {})}
        self.made.append({**wish, "is_awaited": is_awaited, "is_reset": is_reset})
        return {"run_id": run_id or "manual__now", "state": "queued", "is_new": True}

    def states_of(
        self,
        dag_id: str,
        logical_dates: Sequence[datetime],
        *,
        task_ids: Sequence[str] | None = None,
        group: str | None = None,
    ) -> Sequence[Mapping[str, Any]]:
        self.looked.append(logical_dates)
        return self.states


def execute(operator: BaseOperator, attempt: StandInAttempt | None = None, **context: Any) -> Any:
    """What ``operator.execute`` gives in an attempt."""
    values = {**CONTEXT, **context}
    with attempt_scope(attempt or StandInAttempt(), values):
        return operator.execute(values)
