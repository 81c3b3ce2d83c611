"""What the store would hold, as plain rows with the refusals it makes, and a world that lives by them."""

from dataclasses import dataclass, field, replace

from jupyter_couture.decisions.due import DagCase
from jupyter_couture.decisions.live import LiveRun
from jupyter_couture.decisions.papers import Snapshot
from jupyter_couture.model.dag import DagSpec
from jupyter_couture.model.ids import AttemptId, RunKey, TaskKey, VersionHash
from jupyter_couture.model.intents import StartAttempt
from jupyter_couture.model.records import Batch
from jupyter_couture.model.run import DagRun, RunType, TaskInstance
from jupyter_couture.model.states import TERMINAL_RUN_STATES, RunState
from tests.builders import World

_IN_USE = frozenset({RunState.QUEUED, RunState.RUNNING})


@dataclass(slots=True)
class Open:
    """An attempt that is under way."""

    start: StartAttempt
    is_begun: bool = False
    is_to_end: bool = False


@dataclass(slots=True)
class Rows:
    """What the store would hold, with the refusals it makes."""

    runs: dict[RunKey, DagRun] = field(default_factory=dict)
    tasks: dict[RunKey, dict[TaskKey, TaskInstance]] = field(default_factory=dict)
    attempts: dict[AttemptId, Open] = field(default_factory=dict)

    def add(self, run: DagRun) -> None:
        """Insert a run."""
        assert run.key not in self.runs, f"{run.key} exists"
        dates = {(each.dag_id, each.logical_date) for each in self.runs.values() if each.run_type == run.run_type}
        is_twice = run.run_type is RunType.SCHEDULED and (run.dag_id, run.logical_date) in dates
        assert not is_twice, f"two scheduled runs at {run.logical_date}"
        self.runs[run.key] = replace(run, tasks={})
        self.tasks[run.key] = {}

    def apply(self, batch: Batch) -> None:
        """The transaction of a pass: every step finds the rows it expects."""
        for run in batch.new_runs:
            self.add(run)
        for key, names in batch.removed_tasks:
            for name in names:
                del self.tasks[key][name]
        for key, added in batch.new_tasks:
            for task in added:
                assert task.key not in self.tasks[key], f"{task.key} of {key} exists"
                self.tasks[key][task.key] = task
        for run_update in batch.run_updates:
            key = run_update.run.key
            assert self.runs[key].state is run_update.expected, f"{key} is not {run_update.expected}"
            self.runs[key] = replace(run_update.run, tasks={})
        for update in batch.task_updates:
            rows = self.tasks[update.run_key]
            assert rows[update.task.key].state is update.expected, f"{update.task.key} is not {update.expected}"
            rows[update.task.key] = update.task
        for start in batch.new_attempts:
            self.open(start)
        for attempt_id in batch.cancel_attempts:
            if attempt_id in self.attempts:
                self.attempts[attempt_id].is_to_end = True
        for key in batch.deleted_runs:
            self.delete(key)

    def open(self, start: StartAttempt) -> None:
        """Insert an attempt; an instance has one open attempt at most."""
        taken = {(each.start.run_key, each.start.task_key) for each in self.attempts.values()}
        is_second = (start.run_key, start.task_key) in taken
        assert not is_second, f"two open attempts of {start.run_key} {start.task_key}"
        self.attempts[start.attempt_id] = Open(start)

    def delete(self, key: RunKey) -> None:
        """Forget a run, also with attempts if the deletion was out of patience with them."""
        self.runs.pop(key, None)
        self.tasks.pop(key, None)
        self.attempts = {name: each for name, each in self.attempts.items() if each.start.run_key != key}

    def run_of(self, key: RunKey) -> DagRun:
        """A run with its task instances, as it is read."""
        return replace(self.runs[key], tasks=dict(self.tasks[key]))


@dataclass
class Engine(World):
    """A world whose DAG has versions, and which may be read anew from its rows."""

    versions: dict[VersionHash, DagSpec] = field(default_factory=dict)
    rows: Rows = field(default_factory=Rows)

    def spec_of(self, run: DagRun) -> DagSpec:
        """The spec of the version of a run."""
        return self.versions[run.version]

    def snapshot(self) -> Snapshot:
        """What the next pass looks at; runs are busy as long as the store has open attempts of them."""
        self.busy = {each.start.run_key for each in self.rows.attempts.values()}
        return super().snapshot()

    def recover(self) -> None:
        """Begin anew from what the store says."""
        runs = [self.rows.run_of(key) for key in self.rows.runs]
        self.live = {run.key: LiveRun.of(run, self.spec_of(run)) for run in runs if run.state in _IN_USE}
        self.ended = {run.key: run for run in runs if run.state in TERMINAL_RUN_STATES}
        for dag_id, case in self.dags.items():
            self.dags[dag_id] = DagCase.of(case.state, case.spec, self.now)
