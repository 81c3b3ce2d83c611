"""The tables. ``migrations`` builds the same ones step by step; a test compares the two.

Uniqueness that holds only for some rows is a nullable unique column (``open_key``, ``schedule_key``): that works on
every database, partial indices do not.
"""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, MetaData, String, Table, Text
from sqlalchemy import UniqueConstraint as Unique

from jupyter_couture.store.columns import Counter, Id, JsonText, State, UtcDateTime, Words

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

schema_version = Table("alembic_version", metadata, Column("version_num", String(32), primary_key=True))

lease = Table(
    "lease",
    metadata,
    Column("name", String(20), primary_key=True),
    Column("holder", Text),  # null: free
    Column("fence", BigInteger, nullable=False),
    Column("renewed_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("slots", Integer),  # how many attempts may run at once, as the holder said last
)

dag_file = Table(
    "dag_file",
    metadata,
    Column("file", Text, primary_key=True),
    Column("content_hash", String(128), nullable=False),
)

dag_version = Table(
    "dag_version",
    metadata,
    Column("version", String(128), primary_key=True),
    Column("dag_id", Id, nullable=False, index=True),
    Column("spec", JsonText, nullable=False),
    Column("source", Text, nullable=False),
    Column("first_seen_at", UtcDateTime, nullable=False),
)

dag_claim = Table(  # which file says which DAG; only one of them owns it (dag.file)
    "dag_claim",
    metadata,
    Column("file", Text, primary_key=True),
    Column("dag_id", Id, primary_key=True),
    Column("version", ForeignKey("dag_version.version"), nullable=False),
)

import_problem = Table(
    "import_problem",
    metadata,
    Column("id", Counter, primary_key=True),
    Column("file", Text, nullable=False, index=True),
    Column("dag_id", Id),  # set if the problem is that several files say this DAG
    Column("document", JsonText, nullable=False),
)

dag = Table(
    "dag",
    metadata,
    Column("dag_id", Id, primary_key=True),
    Column("file", Text, nullable=False),
    Column("version", ForeignKey("dag_version.version"), nullable=False),
    Column("search_text", Words, nullable=False),
    Column("is_paused", Boolean, nullable=False),
    Column("is_active", Boolean, nullable=False),
    Column("next_due", UtcDateTime),
    Column("latest_scheduled", UtcDateTime),
    Column("latest_end", UtcDateTime),  # of the data interval of that run
    Column("first_seen_at", UtcDateTime, nullable=False),
)

dag_run = Table(
    "dag_run",
    metadata,
    Column("id", Counter, primary_key=True),
    Column("dag_id", ForeignKey("dag.dag_id"), nullable=False),
    Column("run_id", Id, nullable=False),
    Column("run_type", State, nullable=False),
    Column("version", ForeignKey("dag_version.version"), nullable=False),
    Column("state", State, nullable=False),
    Column("logical_date", UtcDateTime, nullable=False),
    Column("data_interval_start", UtcDateTime, nullable=False),
    Column("data_interval_end", UtcDateTime, nullable=False),
    Column("queued_at", UtcDateTime, nullable=False),
    Column("started_at", UtcDateTime),
    Column("ended_at", UtcDateTime),
    Column("conf", JsonText, nullable=False),
    Column("is_cancel_requested", Boolean, nullable=False),
    Column("reason", Words),
    Column("schedule_key", String(300), unique=True),  # of scheduled runs: one for each logical date
    Column("idempotency_key", String(250)),
    Column("parent", JsonText),  # the task instance that triggered it
    Column("parent_key", String(64), index=True),  # names it, to find the runs of a task instance
    Column("backfill_id", BigInteger, index=True),
    Column("asset_events", JsonText),  # numbers of the events it was made for
    Column("note", Words),
    Column("next_deadline", UtcDateTime, index=True),  # null: none is ahead
    Unique("dag_id", "run_id"),
    Unique("dag_id", "idempotency_key"),
    Index(None, "dag_id", "id"),  # newest first
    Index(None, "dag_id", "logical_date"),
    Index(None, "logical_date"),
    Index(None, "run_id"),
    Index(None, "state", "id"),  # newest of a state first
    Index(None, "dag_id", "state"),  # counters of the DAG list
    Index(None, "state", "ended_at"),  # live runs; failures of the last day
    sqlite_autoincrement=True,
)

task_instance = Table(
    "task_instance",
    metadata,
    Column("run_pk", ForeignKey("dag_run.id"), primary_key=True, autoincrement=False),
    Column("task_id", Id, primary_key=True),
    Column("map_index", Integer, primary_key=True, autoincrement=False),
    Column("state", State, nullable=False),
    Column("try_number", Integer, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("losses", Integer, nullable=False),
    Column("attempt_id", String(64)),
    Column("queued_at", UtcDateTime),
    Column("started_at", UtcDateTime),
    Column("ended_at", UtcDateTime),
    Column("next_retry_at", UtcDateTime),
    Column("reason", Words),
    Column("map_length", Integer),
    Column("label", Words),
    Column("more", JsonText),  # what few instances have: skips, wait, resume, first_started_at, forced
    Index(None, "state", "run_pk"),
    Index(None, "task_id", "run_pk"),
    Index(None, "started_at"),
    sqlite_with_rowid=False,  # the rows of a run lie side by side
)

attempt = Table(
    "attempt",
    metadata,
    Column("attempt_id", String(64), primary_key=True),
    Column("run_pk", ForeignKey("dag_run.id"), nullable=False),
    Column("task_id", Id, nullable=False),
    Column("map_index", Integer, nullable=False),
    Column("try_number", Integer, nullable=False),
    Column("state", State, nullable=False),
    Column("fence", BigInteger, nullable=False),
    Column("dispatched_at", UtcDateTime, nullable=False),
    Column("is_cancel_requested", Boolean, nullable=False),
    Column("started_at", UtcDateTime),
    Column("ended_at", UtcDateTime),
    Column("beat_at", UtcDateTime),
    Column("runner", Text),
    Column("host", Text),
    Column("pid", BigInteger),
    Column("exit_code", Integer),
    Column("error", JsonText),
    Column("intent", JsonText),  # the order to start it, without the run's conf, while it is open
    Column("rendered", JsonText),
    Column("outputs", JsonText),
    Column("progress", JsonText),  # [done, total, label]
    Column("open_key", String(64), unique=True),  # names the task instance while the attempt is open
    Index(None, "run_pk", "task_id", "map_index", "try_number"),
)

fact = Table(
    "fact",
    metadata,
    Column("number", Counter, primary_key=True),
    Column("document", JsonText, nullable=False),
    sqlite_autoincrement=True,  # a number once consumed never names another fact
)

feed_head = Table(  # one row: the newest number; whoever holds its lock writes the feed, so numbers rise with commits
    "feed_head",
    metadata,
    Column("name", String(20), primary_key=True),
    Column("seq", BigInteger, nullable=False),
)

feed = Table(
    "feed",
    metadata,
    Column("seq", Counter, primary_key=True, autoincrement=False),
    Column("at", UtcDateTime, nullable=False),
    Column("kind", String(40), nullable=False),
    Column("dag_id", Id),
    Column("run_id", Id),
    Column("task_id", Id),
    Column("map_index", Integer),
    Column("data", JsonText, nullable=False),
)

audit = Table(
    "audit",
    metadata,
    Column("id", Counter, primary_key=True),
    Column("at", UtcDateTime, nullable=False, index=True),
    Column("actor", Words, nullable=False),
    Column("event", String(80), nullable=False),
    Column("source_ip", String(80), nullable=False),
    Column("dag_id", Words),
    Column("run_id", Words),
    Column("task_id", Words),
    Column("extra", JsonText, nullable=False),
    sqlite_autoincrement=True,
)
