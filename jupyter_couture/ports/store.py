"""The one truth: runs, task instances, attempts, DAG versions, feed. Synchronous; every method is one transaction.

Rules every adapter keeps
-------------------------
* A change names the state it expects (compare and set). If one statement of a transaction does not find its row as
  expected, nothing of the transaction happens and ``Conflict`` is raised.
* A transaction of the leader re-checks its fence first and raises ``LeaseLost`` if another scheduler leads.
* Feed entries get strictly rising sequence numbers in the order of commits, and become visible in that order.
* Times come back as aware UTC.
* Transient trouble (busy, deadlock, serialisation) is retried inside; a database that is away raises ``Unavailable``.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from jupyter_couture.model.commands import Command, CommandOutcome, StoredCommand
from jupyter_couture.model.dag import DagSpec, Json
from jupyter_couture.model.facts import Fact
from jupyter_couture.model.ids import AttemptId, DagId, RunKey, TaskKey, VersionHash
from jupyter_couture.model.intents import StartAttempt
from jupyter_couture.model.messages import AttemptOutcome, AttemptProgress, Claim
from jupyter_couture.model.pools import Pool
from jupyter_couture.model.records import (
    AuditEntry,
    Batch,
    DagLabels,
    DagPage,
    DagQuery,
    DagRow,
    DagState,
    DagVersion,
    FeedPage,
    FileState,
    ImportProblem,
    Lease,
    NewRun,
    ParsedFile,
    RunRow,
    StoredFact,
    TaskRow,
)
from jupyter_couture.model.run import Attempt, DagRun, RunType, TaskRef
from jupyter_couture.ports.alerts import AlertStore, Outbox, WatchStore
from jupyter_couture.ports.origins import AssetStore, BackfillStore, OriginStore, ScheduleStore


class SchedulerStore(OriginStore, WatchStore, Outbox, Protocol):
    """What the scheduler needs."""

    def acquire_lease(self, holder: str, ttl_seconds: float) -> Lease | None:
        """Become leader if nobody is or the holder's time is up; None if another leads. The fence rises."""
        ...

    def renew_lease(self, lease: Lease, ttl_seconds: float, slots: int | None = None) -> Lease:
        """Prolong, and say how many ``slots`` the workers have; raises ``LeaseLost`` if another leads."""
        ...

    def release_lease(self, lease: Lease) -> None:
        """Let the next one lead at once. Harmless if already lost."""
        ...

    def current_lease(self) -> Lease | None:
        """The lease as it stands, expired or not; None if nobody ever led or it was released."""
        ...

    def now(self) -> datetime:
        """The database's clock."""
        ...

    def commit(self, fence: int, batch: Batch) -> int:
        """Write ``batch`` as leader of ``fence``; the newest feed number.

        Raises ``LeaseLost`` or ``Conflict``; then nothing was done.
        """
        ...

    def facts(self, limit: int) -> Sequence[StoredFact]:
        """Facts waiting to be consumed, oldest first."""
        ...

    def add_facts(self, facts: Sequence[Fact]) -> None:
        """Put facts into the inbox; doubled ones are harmless."""
        ...

    def ended_run_before(self, dag_id: DagId, logical_date: datetime, types: Collection[RunType]) -> DagRun | None:
        """The run of these types that has ended, with the greatest smaller logical date, and its task instances."""
        ...

    def failed_streak(self, dag_id: DagId, limit: int) -> int:
        """How many of the newest scheduled runs that have ended failed in a row; ``limit`` at most are looked at."""
        ...

    def pools(self) -> Sequence[Pool]:
        """All pools by name, the default pool among them."""
        ...

    def finish(self, outcomes: Sequence[AttemptOutcome]) -> frozenset[AttemptId]:
        """Record ends of open attempts, each with its fact; those recorded now."""
        ...

    def live_runs(self) -> Sequence[DagRun]:
        """Every run that is not terminal, with its task instances, oldest ``queued_at`` first."""
        ...

    def run_with_tasks(self, key: RunKey) -> DagRun | None:
        """One run with its task instances."""
        ...

    def new_live_runs(self, known: Iterable[RunKey]) -> Sequence[DagRun]:
        """Runs that are not terminal and not in ``known``: triggered since the last look."""
        ...

    def cancel_requests(self) -> Sequence[RunKey]:
        """Live runs whose cancellation was asked for."""
        ...

    def open_attempts(self) -> Sequence[Attempt]:
        """Attempts that are dispatching or running."""
        ...

    def pending_starts(self) -> Sequence[StartAttempt]:
        """The intents of all open attempts, dispatching or running, to hand them out again."""
        ...

    def dag_states(self) -> Sequence[DagState]:
        """All active DAGs."""
        ...

    def commands(self, limit: int, known: Collection[int] = ()) -> Sequence[StoredCommand]:
        """Commands of users that wait to be carried out, oldest first, but for those of the ``known`` numbers."""
        ...

    def trim_commands(self, keep_seconds: float) -> int:
        """Forget commands that were carried out longer ago than that; how many went."""
        ...

    def trim_feed(self, keep: int) -> int:
        """Forget all but the newest ``keep`` events of the feed; how many went."""
        ...

    def spec(self, version: VersionHash) -> DagSpec:
        """The spec of a version; raises ``NotFound``."""
        ...

    def source(self, version: VersionHash) -> str:
        """The source text of a version; raises ``NotFound``."""
        ...


class BagStore(Protocol):
    """What the DAG bag needs."""

    def file_states(self) -> Sequence[FileState]:
        """All DAG files known so far."""
        ...

    def record_parse(self, parsed: Sequence[ParsedFile], at: datetime, *, paused_at_creation: bool) -> Sequence[DagId]:
        """Store parse results; the DAG ids whose version, problems or existence changed.

        A DAG seen for the first time is paused as ``spec.is_paused_upon_creation`` says, else ``paused_at_creation``.
        A file with problems keeps the DAGs it had; a file without problems loses those it no longer defines (they
        become inactive); ``is_missing`` makes all its DAGs inactive. A DAG id that an active DAG of another file owns
        stays with the first owner, and both files get a problem that names both. Writes ``dag.changed``,
        ``dag.removed`` and ``import_errors.changed`` feed entries. An unchanged version writes nothing.
        """
        ...

    def touch_file(self, file: str, content_hash: str) -> None:
        """Remember a hash whose parse gave the same as before."""
        ...


class Ledger(Protocol):
    """What a supervisor needs: claim, report, listen. Never leadership."""

    def claim(self, claims: Sequence[Claim]) -> frozenset[AttemptId]:
        """Claim starts (dispatching to running); those that won. A repeated claim of the same runner wins again.

        An attempt whose cancellation was asked for cannot be claimed. Writes an ``AttemptStarted`` fact for each win.
        """
        ...

    def set_pid(self, pids: Mapping[AttemptId, int]) -> None:
        """Remember the process ids of started attempts."""
        ...

    def finish(self, outcomes: Sequence[AttemptOutcome]) -> frozenset[AttemptId]:
        """Record ends of open attempts, each with its fact; those recorded now (others were recorded before)."""
        ...

    def progress(self, steps: Sequence[AttemptProgress]) -> None:
        """Store rendered fields, outputs and progress, and tell watchers."""
        ...

    def beat(self, runner: str, at: datetime) -> frozenset[AttemptId]:
        """A sign of life for all running attempts of ``runner``; those of them that shall be cancelled."""
        ...

    def attempt(self, attempt_id: AttemptId) -> Attempt | None:
        """One attempt as it stands."""
        ...

    def running_of(self, runner_prefix: str) -> Sequence[Attempt]:
        """Running attempts whose runner begins so (the host's own), to adopt them."""
        ...


class ServiceStore(AssetStore, BackfillStore, ScheduleStore, AlertStore, Protocol):
    """What API and command line need beyond reading."""

    def create_run(self, wish: NewRun) -> tuple[DagRun, bool]:
        """Insert a queued run of the DAG's present version; the run, and whether it is new.

        A seen idempotency key gives the run it made. Raises ``NotFound`` (DAG), ``Conflict`` (run id or logical date).
        """
        ...

    def set_paused(self, dag_id: DagId, is_paused: bool) -> None:
        """Turn a DAG off or on; raises ``NotFound``."""
        ...

    def request_cancel(self, key: RunKey) -> DagRun:
        """Ask for the end of a run; raises ``NotFound``, or ``Conflict`` if it has ended."""
        ...

    def add_audit(self, entry: AuditEntry) -> None:
        """Append to the audit log."""
        ...

    def feed_after(self, cursor: int, limit: int) -> FeedPage:
        """Feed events with a number above ``cursor``."""
        ...

    def feed_position(self) -> tuple[int, int]:
        """Oldest and newest feed number (0, 0 if there is none yet)."""
        ...

    def trim_feed(self, keep: int) -> int:
        """Forget all but the newest ``keep`` events; how many went."""
        ...

    def list_dags(self, query: DagQuery) -> DagPage:
        """The DAG list with its counters."""
        ...

    def dag_labels(self) -> DagLabels:
        """Tags and owners of the DAGs of that list, by name."""
        ...

    def dag_row(self, dag_id: DagId) -> DagRow:
        """One row of that list; raises ``NotFound``."""
        ...

    def dag_version(self, dag_id: DagId, version: VersionHash | None = None) -> DagVersion:
        """A version of a DAG, the present one if None; raises ``NotFound``."""
        ...

    def dag_versions(self, dag_id: DagId) -> Sequence[tuple[VersionHash, datetime]]:
        """All versions with the time they were first seen, newest first."""
        ...

    def list_runs(self, dag_id: DagId, limit: int, offset: int) -> tuple[Sequence[RunRow], int]:
        """Runs of a DAG, newest first, and their number; raises ``NotFound``."""
        ...

    def run_row(self, key: RunKey) -> RunRow:
        """One run without its tasks, with counters; raises ``NotFound``."""
        ...

    def triggered_runs(self, parent: TaskRef, limit: int) -> Sequence[RunRow]:
        """The runs that a task instance triggered, the newest first, with counters; none if it triggered none."""
        ...

    def task_rows(self, key: RunKey) -> Sequence[TaskRow]:
        """All task instances of a run; raises ``NotFound``. Empty while the run is queued."""
        ...

    def task_row(self, key: RunKey, task: TaskKey) -> TaskRow:
        """One task instance; raises ``NotFound``."""
        ...

    def attempts_of(self, key: RunKey, task: TaskKey) -> Sequence[Attempt]:
        """All attempts of a task instance by number."""
        ...

    def rendered(self, key: RunKey, task: TaskKey) -> tuple[Mapping[str, Json], Mapping[str, Json]] | None:
        """Rendered fields and outputs of the newest attempt that stored any; None if there is none."""
        ...

    def outputs_of(self, key: RunKey, task: TaskKey, try_number: int) -> Mapping[str, Json]:
        """Outputs of the newest attempt of one try that stored any; empty if there is none."""
        ...

    def import_problems(self) -> Sequence[ImportProblem]:
        """Import problems of all files."""
        ...

    def overview(self, since: datetime) -> Mapping[str, int]:
        """running_tasks, queued_tasks, running_runs, failed_runs (since), import_errors."""
        ...

    def check(self) -> str:
        """One round trip; the dialect's name. Raises ``Unavailable``."""
        ...


class ActionStore(ServiceStore, Protocol):
    """What actions on runs need besides."""

    def add_command(self, wanted: Command, actor: str, at: datetime) -> int:
        """Store a command for the leader; its number."""
        ...

    def current_lease(self) -> Lease | None:
        """The lease as it stands, expired or not; None if nobody ever led or it was released."""
        ...

    def command_outcome(self, number: int) -> CommandOutcome | None:
        """What came of a command; None while it waits. Raises ``NotFound``."""
        ...

    def runs_in_reach(self, key: RunKey, *, past: bool, future: bool, most: int) -> Sequence[DagRun]:
        """The run and, if asked for, those of its DAG with an earlier or later logical date, with their task instances.

        Raises ``NotFound``, or ``InvalidRequest`` if they have more than ``most`` task instances together.
        """
        ...

    def children_of(self, parents: Sequence[TaskRef]) -> Sequence[RunKey]:
        """The runs that these task instances triggered."""
        ...
