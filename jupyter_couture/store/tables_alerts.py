"""Tables of missed deadlines, the outbox of mails, and callbacks that run outside of tasks."""

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table
from sqlalchemy import UniqueConstraint as Unique

from jupyter_couture.store.columns import Counter, Id, JsonText, State, UtcDateTime, Words
from jupyter_couture.store.tables import metadata

sla_miss = Table(
    "sla_miss",
    metadata,
    Column("id", Counter, primary_key=True),
    Column("dag_id", Id, nullable=False),
    Column("run_id", Id, nullable=False),
    Column("task_id", Id, nullable=False),  # empty: the run as a whole
    Column("logical_date", UtcDateTime, nullable=False),
    Column("deadline", UtcDateTime, nullable=False),
    Column("recorded_at", UtcDateTime, nullable=False, index=True),
    Column("mail_id", String(64)),
    Column("callback_key", Id),
    Column("note", Words),
    Unique("dag_id", "run_id", "task_id"),
    sqlite_autoincrement=True,
)

mail = Table(
    "mail",
    metadata,
    Column("mail_id", String(64), primary_key=True),
    Column("kind", State, nullable=False),
    Column("dag_id", Id, nullable=False),
    Column("run_id", Id, nullable=False),
    Column("task_id", Id, nullable=False),
    Column("recipients", JsonText, nullable=False),
    Column("subject", Words, nullable=False),
    Column("body", Words, nullable=False),
    Column("made_at", UtcDateTime, nullable=False, index=True),
    Column("tries", Integer, nullable=False),
    Column("next_try_at", UtcDateTime, index=True),  # null: sent or given up
    Column("sent_at", UtcDateTime),
    Column("error", Words),
)

callback = Table(  # what a callback is about; its attempts carry it out
    "callback",
    metadata,
    Column("run_pk", ForeignKey("dag_run.id"), primary_key=True, autoincrement=False),
    Column("callback_key", Id, primary_key=True),  # the task id of its attempts
    Column("name", String(40), nullable=False),
    Column("task_id", Id),  # null: it is about the run
    Column("map_index", Integer),
    Column("try_number", Integer, nullable=False),
    Column("reason", Words, nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    Column(
        "intent", JsonText
    ),  # the order of its newest attempt, without the run's conf, until the leader knows its end
    Column("open_since", UtcDateTime, index=True),  # null: done
    Index(None, "run_pk", "made_at"),
)
