"""When a DAG runs next, for people."""

from collections.abc import Sequence
from dataclasses import dataclass

from jupyter_couture.decisions.calendar import time_part
from jupyter_couture.decisions.coming import coming
from jupyter_couture.model.ids import DagId
from jupyter_couture.model.policy import Schedule, Upcoming
from jupyter_couture.ports.clock import Clock
from jupyter_couture.ports.store import ServiceStore
from jupyter_couture.services.versions import SpecCache


@dataclass(frozen=True, slots=True)
class NextRuns:
    """The runs to come, and what keeps them from it: the DAG is off, or its own timetable raised ``problem``."""

    dag_id: DagId
    schedule: Schedule | None
    is_paused: bool
    runs: Sequence[Upcoming]
    problem: str | None = None

    @property
    def timezone(self) -> str:
        """The zone that the schedule's clock times are in."""
        part = time_part(self.schedule)
        return part.timezone if part is not None else "UTC"


class Schedules:
    """Reads schedules. Every method may block."""

    def __init__(self, store: ServiceStore, specs: SpecCache, clock: Clock) -> None:
        self._store = store
        self._specs = specs
        self._clock = clock

    def next_runs(self, dag_id: DagId, count: int) -> NextRuns:
        """The next ``count`` runs as they would be made with the DAG on; raises ``NotFound``."""
        state = self._store.dag_state(dag_id)
        spec = self._specs.spec(dag_id, state.version)
        told = self._store.timetable(dag_id, state.version)
        return NextRuns(
            dag_id=dag_id,
            schedule=spec.schedule,
            is_paused=state.is_paused,
            runs=coming(state, spec, self._clock.now(), count),
            problem=told[1] if told is not None else None,
        )
