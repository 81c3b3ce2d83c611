"""Values that go into and out of the store: the leader's batch, DAG versions, feed, rows of the lists."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

from jupyter_couture.model.alerts import Mail, SlaMiss
from jupyter_couture.model.assets import AssetCursor, AssetEvent
from jupyter_couture.model.backfills import SlotUpdate
from jupyter_couture.model.browsing import DagOrder
from jupyter_couture.model.commands import CommandOutcome
from jupyter_couture.model.dag import DagSpec, Json
from jupyter_couture.model.facts import Fact
from jupyter_couture.model.ids import AttemptId, DagId, RunId, RunKey, TaskKey, VersionHash
from jupyter_couture.model.intents import StartAttempt
from jupyter_couture.model.policy import TimetablePoints, Upcoming
from jupyter_couture.model.run import DagRun, RunType, TaskInstance, TaskRef
from jupyter_couture.model.states import AttemptState, RunState, TaskState

_NOTHING: Mapping[str, Json] = MappingProxyType({})


# --- leadership -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Lease:
    """Leadership of one scheduler. ``fence`` rises with every new holder; times are the database's clock."""

    holder: str
    fence: int
    expires_at: datetime
    renewed_at: datetime
    slots: int | None = None  # how many attempts may run at once, as the holder said last


# --- the leader's transaction -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RunUpdate:
    """``run`` as it should be; its row must be in ``expected`` state now. Task instances are not part of it."""

    run: DagRun
    expected: RunState


@dataclass(frozen=True, slots=True)
class TaskUpdate:
    """A task instance as it should be; its row must be in ``expected`` state now."""

    run_key: RunKey
    task: TaskInstance
    expected: TaskState


@dataclass(frozen=True, slots=True)
class AttemptUpdate:
    """Close or withdraw an attempt; its row must be in one of ``expected`` now."""

    attempt_id: AttemptId
    state: AttemptState
    expected: tuple[AttemptState, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """Something a watcher may want to know. ``kind`` and ``data`` are those of the stream (docs/api.md)."""

    kind: str
    dag_id: str | None = None
    run_id: str | None = None
    task_id: str | None = None
    map_index: int | None = None
    data: Mapping[str, Json] = field(default_factory=lambda: _NOTHING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Everything one pass of the scheduler wants to change, in one transaction.

    Order inside: fence check; ``new_runs`` (with no tasks); ``removed_tasks`` (placeholders of mapped tasks, whose rows
    are deleted); ``new_tasks`` (inserted in the state they have); ``paused_dags`` (turned off);
    ``run_updates``; ``task_updates``; ``new_attempts`` with the intent that delivers them; ``attempt_updates``;
    ``cancel_attempts`` (sets ``is_cancel_requested`` on open ones); ``next_due`` (when the schedule of a DAG wants its
    next run; None: never); deletion of the consumed facts, each of which must still be there; ``feed``.
    Besides: ``passed`` are scheduled intervals that get no run of their own, ``asset_events`` are numbered as they are
    written, ``asset_cursors`` say which events DAGs took, ``backfill_slots`` must still be pending. Of ``sla_misses``
    those that are recorded already are passed over; ``mails`` go to the outbox.
    ``ended_callbacks`` are not made again.
    A new run whose (dag_id, run_id) or (dag_id, logical_date, scheduled) exists raises ``Conflict``.
    """

    new_runs: Sequence[DagRun] = ()
    new_tasks: Sequence[tuple[RunKey, Sequence[TaskInstance]]] = ()
    removed_tasks: Sequence[tuple[RunKey, Sequence[TaskKey]]] = ()
    paused_dags: Sequence[DagId] = ()
    run_updates: Sequence[RunUpdate] = ()
    task_updates: Sequence[TaskUpdate] = ()
    new_attempts: Sequence[StartAttempt] = ()
    attempt_updates: Sequence[AttemptUpdate] = ()
    cancel_attempts: Sequence[AttemptId] = ()
    next_due: Mapping[DagId, datetime | None] = field(default_factory=dict)
    consumed_facts: Sequence[int] = ()
    feed: Sequence[FeedEntry] = ()
    rewound: Mapping[DagId, tuple[datetime | None, datetime | None]] = field(default_factory=dict)
    passed: Mapping[DagId, Upcoming] = field(default_factory=dict)
    asset_events: Sequence[AssetEvent] = ()
    asset_cursors: Mapping[DagId, AssetCursor] = field(default_factory=dict)
    backfill_slots: Sequence[SlotUpdate] = ()
    ended_backfills: Sequence[int] = ()
    command_outcomes: Sequence[CommandOutcome] = ()
    deleted_runs: Sequence[RunKey] = ()
    deleted_dags: Sequence[DagId] = ()
    sla_misses: Sequence[SlaMiss] = ()
    mails: Sequence[Mail] = ()
    ended_callbacks: Sequence[tuple[RunKey, TaskKey]] = ()

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to write."""
        return not any(
            (
                self.new_runs,
                self.new_tasks,
                self.removed_tasks,
                self.paused_dags,
                self.run_updates,
                self.task_updates,
                self.new_attempts,
                self.attempt_updates,
                self.cancel_attempts,
                self.next_due,
                self.consumed_facts,
                self.feed,
                self.passed,
                self.asset_events,
                self.asset_cursors,
                self.backfill_slots,
                self.ended_backfills,
                self.command_outcomes,
                self.deleted_runs,
                self.deleted_dags,
                self.sla_misses,
                self.mails,
                self.ended_callbacks,
            )
        )


@dataclass(frozen=True, slots=True)
class StoredFact:
    """A fact of the inbox with its number. Numbers name facts; they say nothing about order across attempts."""

    number: int
    fact: Fact


@dataclass(frozen=True, slots=True)
class DagState:
    """What the scheduler must know of one active DAG to decide about new runs."""

    dag_id: DagId
    version: VersionHash
    is_paused: bool
    next_due: datetime | None
    latest_scheduled: datetime | None  # logical date of the newest scheduled run
    first_seen_at: datetime
    latest_end: datetime | None = None  # end of the data interval of that run
    timetable: TimetablePoints | None = None  # of a custom timetable: what it said; None: not asked yet


# --- DAG versions -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DagVersion:
    """A DAG as its file said it once: spec, source text and the hash over both."""

    version: VersionHash
    spec: DagSpec
    source: str


@dataclass(frozen=True, slots=True)
class ImportProblem:
    """Why a DAG file, or a DAG in it, could not be loaded. ``line`` is in ``file`` (relative to the DAG folder)."""

    file: str
    message: str
    line: int | None = None
    traceback: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class FileNotes:
    """What a check notes of a file besides its DAGs.

    ``stood_in`` are (``variable`` or ``connection``, name) that the file asked for at its top level and that were
    replaced because nobody has them. ``needs`` tells by DAG and task what a task needs from outside.
    """

    stood_in: tuple[tuple[str, str], ...] = ()
    needs: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ParsedFile:
    """What one parse of one DAG file gave. ``problems`` non-empty does not remove DAGs that were known before.

    ``content_hash`` is over the file's bytes; ``is_missing`` says that the file is gone from the folder.
    """

    file: str
    content_hash: str
    dags: tuple[DagVersion, ...] = ()
    problems: tuple[ImportProblem, ...] = ()
    is_missing: bool = False
    notes: FileNotes | None = None  # of a check alone


@dataclass(frozen=True, slots=True)
class FileState:
    """What the store remembers of a DAG file, so that an unchanged one costs nothing."""

    file: str
    content_hash: str
    dag_ids: tuple[DagId, ...]
    problems: tuple[ImportProblem, ...]


# --- feed -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class FeedEvent:
    """A committed feed entry."""

    seq: int
    at: datetime
    entry: FeedEntry


@dataclass(frozen=True, slots=True)
class FeedPage:
    """Events after a cursor. ``is_too_old``: the cursor is before ``oldest`` or past ``newest``; take a snapshot."""

    events: tuple[FeedEvent, ...]
    oldest: int
    newest: int
    is_too_old: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRun:
    """A user's wish for a run. ``idempotency_key`` makes repeating the wish harmless."""

    dag_id: DagId
    run_id: RunId
    run_type: RunType
    logical_date: datetime
    data_interval_start: datetime
    data_interval_end: datetime
    conf: Mapping[str, Json]
    at: datetime
    idempotency_key: str | None = None
    parent: TaskRef | None = None  # the task instance that wishes it


# --- read models ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DagLabels:
    """By which words the DAG list can be narrowed: tags and owners, each with the number of DAGs that have it."""

    tags: Mapping[str, int]
    owners: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class DagQuery:
    """Filter of the DAG list. ``search`` looks in ids, tags and owners, case-insensitively.

    ``tag`` and ``owner`` are whole words (the owner of the DAG or of one of its tasks), ``state`` is that of its newest
    run.
    """

    search: str = ""
    is_paused: bool | None = None
    tag: str = ""
    owner: str = ""
    state: RunState | None = None
    order: DagOrder = DagOrder.ID
    limit: int = 100
    offset: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSearch:
    """Which runs a task looks for. ``earliest`` and ``latest`` bound the logical date; the newest ``limit`` count."""

    dag_ids: tuple[DagId, ...]
    run_id: RunId | None = None
    state: RunState | None = None
    run_type: RunType | None = None
    earliest: datetime | None = None
    latest: datetime | None = None
    limit: int = 1000


@dataclass(frozen=True, slots=True)
class RunRow:
    """A run (its ``tasks`` left empty) and the number of its task instances in each state."""

    run: DagRun
    task_counts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class TaskRow:
    """A task instance and how far its newest attempt is: (done, total, label)."""

    task: TaskInstance
    progress: tuple[int, int, str] | None = None


@dataclass(frozen=True, slots=True)
class DagRow:
    """A row of the DAG list. ``recent_tasks`` counts task states of active runs, or of the last run if none is."""

    spec: DagSpec
    version: VersionHash
    is_paused: bool
    is_active: bool
    has_import_error: bool
    next_due: datetime | None
    last_run: RunRow | None
    run_counts: Mapping[str, int]
    recent_tasks: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class DagPage:
    """A page of the DAG list: ``total`` rows match, ``hidden_paused`` more match but for being paused."""

    rows: tuple[DagRow, ...]
    total: int
    hidden_paused: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """Who did what, when, from where."""

    at: datetime
    actor: str
    event: str
    source_ip: str
    dag_id: str | None = None
    task_id: str | None = None
    run_id: str | None = None
    extra: Mapping[str, Json] = field(default_factory=lambda: _NOTHING)


@dataclass(frozen=True, slots=True)
class FoundAudit:
    """An entry of the audit log as lists show it. ``logical_date`` is that of its run, if it has one that is kept."""

    number: int
    entry: AuditEntry
    logical_date: datetime | None = None
