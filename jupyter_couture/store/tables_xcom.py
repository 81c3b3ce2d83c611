"""The table of values between tasks."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, String, Table, Text

from jupyter_couture.store.columns import Id, JsonText, State, UtcDateTime, Words
from jupyter_couture.store.tables import metadata

xcom = Table(
    "xcom",
    metadata,
    Column("run_pk", ForeignKey("dag_run.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("task_id", Id, primary_key=True),
    Column("map_index", Integer, primary_key=True, autoincrement=False),
    Column("key", Id, primary_key=True),
    Column("attempt_id", String(64), nullable=False),
    Column("form", State, nullable=False),
    Column("type_name", Words, nullable=False),
    Column("size_bytes", BigInteger, nullable=False),
    Column("preview", JsonText),
    Column("value", JsonText),  # null: None, or it lies in the file
    Column("path", Text, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("mac", String(64), nullable=False),
    Column("pushed_at", UtcDateTime, nullable=False),
    Index(None, "pushed_at"),
    sqlite_with_rowid=False,
)
