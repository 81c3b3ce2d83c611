"""Tables of where runs come from: assets and their events, backfills, what custom timetables said."""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, String, Table

from jupyter_couture.model.assets import MAX_URI_LENGTH
from jupyter_couture.store.columns import Counter, Id, JsonText, State, UtcDateTime, Words
from jupyter_couture.store.tables import metadata

Uri = String(MAX_URI_LENGTH)

asset = Table(
    "asset",
    metadata,
    Column("uri", Uri, primary_key=True),
    Column("name", Words, nullable=False),
    Column("group", String(250), nullable=False),
    Column("extra", JsonText, nullable=False),
    Column("first_seen_at", UtcDateTime, nullable=False),
)

asset_use = Table(  # what the present versions of DAGs say; written anew when a version changes
    "asset_use",
    metadata,
    Column("dag_id", Id, primary_key=True),
    Column("uri", Uri, primary_key=True, index=True),
    Column("task_id", Id, primary_key=True),  # empty: the schedule of the DAG
    Column("role", State, primary_key=True),  # outlet, inlet or schedule
)

asset_event = Table(
    "asset_event",
    metadata,
    Column("number", Counter, primary_key=True),
    Column("uri", Uri, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("source_dag_id", Id),
    Column("source_run_id", Id),
    Column("source_task_id", Id),
    Column("source_map_index", Integer),
    Column("extra", JsonText, nullable=False),
    Index(None, "uri", "number"),
    sqlite_autoincrement=True,  # a cursor stands on a number
)

asset_cursor = Table(  # how far a DAG that waits for assets has come with their events
    "asset_cursor",
    metadata,
    Column("dag_id", Id, primary_key=True),
    Column("number", BigInteger, nullable=False),
    Column("at", UtcDateTime),
)

backfill = Table(
    "backfill",
    metadata,
    Column("id", Counter, primary_key=True),
    Column("dag_id", Id, nullable=False),
    Column("first", UtcDateTime, nullable=False),
    Column("last", UtcDateTime, nullable=False),
    Column("reprocess", State, nullable=False),
    Column("is_backwards", Boolean, nullable=False),
    Column("max_active", Integer, nullable=False),
    Column("conf", JsonText, nullable=False),
    Column("is_paused", Boolean, nullable=False),
    Column("is_cancelled", Boolean, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("created_by", Words, nullable=False),
    Column("ended_at", UtcDateTime),
    Column("open_key", Id, unique=True),  # the DAG, while the backfill goes on: one at a time
    Index(None, "dag_id", "id"),
    sqlite_autoincrement=True,
)

backfill_slot = Table(
    "backfill_slot",
    metadata,
    Column("backfill_id", ForeignKey("backfill.id"), primary_key=True, autoincrement=False),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("logical_date", UtcDateTime, nullable=False),
    Column("data_interval_end", UtcDateTime, nullable=False),
    Column("outcome", State, nullable=False),
    Column("run_id", Id),
    Index(None, "backfill_id", "outcome", "position"),
)

dag_timetable = Table(  # what the author's own timetable said of runs to come
    "dag_timetable",
    metadata,
    Column("dag_id", Id, primary_key=True),
    Column("version", String(128), nullable=False),
    Column("points", JsonText, nullable=False),
    Column("asked_at", UtcDateTime, nullable=False),
    Column("problem", Words),
)
