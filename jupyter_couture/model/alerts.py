"""Alerts: deadlines that were missed, mails about them and about failures, callbacks that run outside of tasks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from jupyter_couture.model.ids import AttemptId, DagId, RunId, RunKey, TaskKey
from jupyter_couture.model.states import AttemptState, TaskState

WHOLE_RUN = ""
"""Stands where a task id would, if a deadline is that of the run as a whole."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LateTask:
    """A task that missed its deadline, or holds up one that did. ``deadline`` is None if it has none of its own."""

    task_id: str
    run_id: RunId
    logical_date: datetime
    deadline: datetime | None = None
    state: TaskState = TaskState.NONE

    def __str__(self) -> str:
        return f"{self.task_id or 'the run'} on {self.logical_date.isoformat()}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SlaMiss:
    """A deadline that was missed. ``mail_id`` and ``callback`` name what was made of it, if anything was."""

    dag_id: DagId
    run_id: RunId
    task_id: str
    logical_date: datetime
    deadline: datetime
    recorded_at: datetime
    mail_id: str | None = None
    callback: str | None = None


@dataclass(frozen=True, slots=True)
class SlaMissRow:
    """A recorded miss with what came of it, and what people wrote about it."""

    number: int
    miss: SlaMiss
    note: str = ""
    mail_sent_at: datetime | None = None
    called_back_at: datetime | None = None


class MailKind(StrEnum):
    """What a mail is about."""

    SLA_MISS = "sla_miss"
    FAILURE = "failure"
    RETRY = "retry"


class MailState(StrEnum):
    """Where a mail is."""

    WAITING = "waiting"  # for its first or next try
    SENT = "sent"  # a mail server took it
    UNSENT = "unsent"  # given up; ``error`` says why


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """A mail to be sent. ``mail_id`` also names it on its way, so that a doubled one can be told."""

    mail_id: str
    kind: MailKind
    to: tuple[str, ...]
    subject: str
    text: str
    made_at: datetime
    dag_id: DagId
    run_id: str = ""
    task_id: str = ""


@dataclass(frozen=True, slots=True)
class MailRow:
    """A mail of the outbox: how often it was tried, when next (None: never), what the last try met."""

    mail: Mail
    tries: int = 0
    next_try_at: datetime | None = None
    sent_at: datetime | None = None
    error: str = ""

    @property
    def state(self) -> MailState:
        """Where it is."""
        if self.sent_at is not None:
            return MailState.SENT
        return MailState.UNSENT if self.next_try_at is None else MailState.WAITING


@dataclass(frozen=True, slots=True)
class CallbackRow:
    """A callback that runs in a process of its own. ``task`` is the task instance it is about; None: the run."""

    key: TaskKey
    run_key: RunKey
    name: str
    task: TaskKey | None
    try_number: int
    reason: str
    made_at: datetime
    attempt_id: AttemptId
    deliveries: int
    state: AttemptState
    ended_at: datetime | None = None
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertQuery:
    """Filter of the lists of missed deadlines and of mails; empty texts mean all."""

    dag_id: str = ""
    run_id: str = ""
    task_id: str | None = None
    kind: MailKind | None = None
    state: MailState | None = None
    since: datetime | None = None
    until: datetime | None = None
    order_by: str = ""
    is_descending: bool = True
    limit: int = 100
    offset: int = 0


@dataclass(frozen=True, slots=True)
class MissPage:
    """A page of missed deadlines; ``total`` match."""

    rows: Sequence[SlaMissRow]
    total: int


@dataclass(frozen=True, slots=True)
class MailPage:
    """A page of the outbox; ``total`` match."""

    rows: Sequence[MailRow]
    total: int
