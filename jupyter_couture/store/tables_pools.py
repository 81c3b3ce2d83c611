"""The table of pools. The default pool is there without a row, until somebody changes it."""

from sqlalchemy import Boolean, Column, Integer, Table

from jupyter_couture.store.columns import Id, Words
from jupyter_couture.store.tables import metadata

pool = Table(
    "pool",
    metadata,
    Column("name", Id, primary_key=True),
    Column("slots", Integer, nullable=False),
    Column("description", Words, nullable=False),
    Column("includes_deferred", Boolean, nullable=False),
)
