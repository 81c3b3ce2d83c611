"""The table of commands: what users want done to runs that exist."""

from sqlalchemy import Column, String, Table

from jupyter_couture.store.columns import Counter, JsonText, UtcDateTime, Words
from jupyter_couture.store.tables import metadata

command = Table(
    "command",
    metadata,
    Column("number", Counter, primary_key=True),
    Column("kind", String(40), nullable=False),
    Column("document", JsonText, nullable=False),
    Column("actor", Words, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("done_at", UtcDateTime, index=True),  # null: the leader has still to carry it out
    Column("outcome", JsonText),
    sqlite_autoincrement=True,
)
