"""What travels for missed deadlines, mails, and callbacks outside of tasks."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from jupyter_couture.model.ids import MAX_ID_LENGTH
from jupyter_couture.services.alerts import MAX_NOTE_CHARACTERS
from jupyter_couture_server.wire import Body, Instant, Query

_COUNT = 2**31 - 1
_Name = Annotated[str, Meta(max_length=MAX_ID_LENGTH, pattern=r"^[^\x00-\x1f\x7f]*$")]
_When = Annotated[str, Meta(max_length=64, extra_json_schema={"format": "date-time"})]
_Limit = Annotated[int, Meta(ge=1, le=1000)]
_Offset = Annotated[int, Meta(ge=0, le=_COUNT)]


class MissListQuery(Query, frozen=True):
    """``since`` and ``until`` bound the time of recording; ``order_by`` with ``-`` before it is from the end."""

    dag_id: _Name = ""
    run_id: _Name = ""
    task_id: _Name | None = None
    since: _When | None = None
    until: _When | None = None
    order_by: Literal[
        "recorded_at", "-recorded_at", "deadline", "-deadline", "logical_date", "-logical_date",
        "dag_id", "-dag_id", "task_id", "-task_id",
    ] = "-recorded_at"  # fmt: skip
    limit: _Limit = 100
    offset: _Offset = 0


class MailListQuery(Query, frozen=True):
    """``since`` and ``until`` bound the time of making."""

    dag_id: _Name = ""
    run_id: _Name = ""
    kind: Literal["sla_miss", "failure", "retry"] | None = None
    state: Literal["waiting", "sent", "unsent"] | None = None
    since: _When | None = None
    until: _When | None = None
    order_by: Literal["made_at", "-made_at", "sent_at", "-sent_at", "dag_id", "-dag_id", "kind", "-kind"] = "-made_at"
    limit: _Limit = 100
    offset: _Offset = 0


class NoteBody(Body, frozen=True):
    note: Annotated[str, Meta(max_length=MAX_NOTE_CHARACTERS)]


class CallbackLogQuery(Query, frozen=True):
    """``delivery`` counts the attempts at the callback, from 1."""

    delivery: Annotated[int, Meta(ge=1, le=999_999)] = 1
    offset: Annotated[int, Meta(ge=-(2**53), le=2**53)] = 0
    limit: Annotated[int, Meta(ge=1, le=1024 * 1024)] = 65_536
    wait: Annotated[float, Meta(ge=0, le=20)] = 0.0


class MissInfo(Struct, frozen=True):
    """``task_id`` is empty if the deadline is that of the run. ``mail_id`` is null if nobody wanted a mail."""

    number: int
    dag_id: str
    run_id: str
    task_id: str
    logical_date: Instant
    deadline: Instant
    recorded_at: Instant
    mail_id: str | None
    mail_sent_at: Instant | None
    callback: str | None
    called_back_at: Instant | None
    note: str


class MissListReply(Struct, frozen=True):
    misses: list[MissInfo]
    total: int


class MailInfo(Struct, frozen=True):
    """``error`` says what the last try met; of a sent mail, which addresses were refused."""

    mail_id: str
    kind: str
    state: str
    dag_id: str
    run_id: str
    task_id: str
    to: list[str]
    subject: str
    text: str
    made_at: Instant
    tries: int
    next_try_at: Instant | None
    sent_at: Instant | None
    error: str


class MailListReply(Struct, frozen=True):
    mails: list[MailInfo]
    total: int


class CallbackInfo(Struct, frozen=True):
    """``task_id`` and ``map_index`` are null if it is about the run; ``state`` is that of the newest delivery."""

    key: str
    name: str
    task_id: str | None
    map_index: int | None
    try_number: int
    reason: str
    made_at: Instant
    deliveries: int
    state: str
    ended_at: Instant | None
    error: str


class CallbackListReply(Struct, frozen=True):
    callbacks: list[CallbackInfo]
