"""What stands behind the desk at which running attempts ask for data; the host's supervisor answers there.

Variables and connections come from ``ports.secrets.Secrets``.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from jupyter_couture.model.assets import AssetEvent
from jupyter_couture.model.commands import Command
from jupyter_couture.model.dag import DagSpec, Json
from jupyter_couture.model.ids import AttemptId, DagId, RunId, RunKey, TaskKey, VersionHash
from jupyter_couture.model.records import DagState, NewRun, RunRow, RunSearch
from jupyter_couture.model.run import DagRun, TaskInstance, TaskRef
from jupyter_couture.model.states import RunState
from jupyter_couture.model.xcom import EarlierRun, XComItem, XComPage, XComQuery


class RunStore(Protocol):
    """Other runs, as tasks reach them."""

    def create_run(self, wish: NewRun) -> tuple[DagRun, bool]:
        """See ``ServiceStore``."""
        ...

    def dag_state(self, dag_id: DagId) -> DagState:
        """An active DAG; raises ``NotFound``."""
        ...

    def spec(self, version: VersionHash) -> DagSpec:
        """What a version says."""
        ...

    def add_command(self, wanted: Command, actor: str, at: datetime) -> int:
        """Store a command for the leader; its number."""
        ...

    def run_states(self, keys: Collection[RunKey]) -> Mapping[RunKey, RunState]:
        """The states of those of these runs that exist."""
        ...

    def ancestors(self, key: RunKey) -> Sequence[RunKey]:
        """The run whose task triggered this one, that run's, and so on, the nearest first."""
        ...

    def children_of(self, parents: Sequence[TaskRef]) -> Sequence[RunKey]:
        """The runs that these task instances triggered."""
        ...

    def run_row(self, key: RunKey) -> RunRow:
        """One run without its tasks, with counters; raises ``NotFound``."""
        ...

    def run_at(self, dag_id: DagId, run_id: RunId, logical_date: datetime) -> DagRun | None:
        """The run of that id, or of that logical date, with its task instances."""
        ...

    def dag_outline(self, dag_id: DagId) -> Mapping[str, Json] | None:
        """``dag_id, is_paused, task_ids, group_ids`` of an active DAG; None if there is none."""
        ...

    def states_of(
        self, dag_id: DagId, logical_dates: Sequence[datetime], task_ids: Sequence[str] | None, group: str | None
    ) -> Sequence[Mapping[str, Json]]:
        """States of runs with these logical dates, or of tasks in them."""
        ...

    def find_runs(self, query: RunSearch) -> Sequence[DagRun]:
        """The newest runs that fit, without their tasks, the oldest first."""
        ...

    def tasks_of(self, key: RunKey) -> Sequence[TaskInstance]:
        """The task instances of a run, by task and index; empty if there is no such run."""
        ...


class DeskStore(RunStore, Protocol):
    """Values of tasks, and runs before."""

    def keep_xcoms(self, attempt_id: AttemptId, items: Mapping[str, XComItem]) -> bool:
        """Store values of a running attempt under their keys, replacing; False if the attempt is not open any more."""
        ...

    def kept_bytes(self, run_key: RunKey, task_key: TaskKey, key: str) -> int:
        """The size of all values of a run, but for the one that another under ``key`` would replace."""
        ...

    def pull_xcoms(self, query: XComQuery) -> XComPage:
        """Values that fit."""
        ...

    def asset_events(self, numbers: Sequence[int]) -> Sequence[AssetEvent]:
        """Asset updates by their numbers, oldest first."""
        ...

    def list_asset_events(
        self, uri: str | None, dag_id: str | None, limit: int, offset: int, *, oldest_first: bool = False
    ) -> tuple[Sequence[AssetEvent], int]:
        """Events of an asset, newest first, and the number of all of them."""
        ...

    def dags_with_runs(self) -> Collection[DagId]:
        """Every DAG that has a run."""
        ...

    def run_ids(self, dag_id: DagId) -> Collection[RunId]:
        """Every run of a DAG."""
        ...

    def earlier_run(self, key: RunKey, *, only_success: bool) -> EarlierRun | None:
        """The run of the same DAG with the greatest logical date before that of ``key``."""
        ...
