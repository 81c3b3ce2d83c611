"""The table of what each DAG version says of its tasks, as far as lists show it and filter by it."""

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table

from jupyter_couture.store.columns import Id, State
from jupyter_couture.store.tables import metadata

dag_task = Table(
    "dag_task",
    metadata,
    Column("version", ForeignKey("dag_version.version"), primary_key=True),
    Column("task_id", Id, primary_key=True),
    Column("dag_id", Id, nullable=False, index=True),
    Column("operator", String(250), nullable=False),
    Column("kind", State, nullable=False),
    Column("pool", Id, nullable=False),
    Column("max_tries", Integer, nullable=False),
    Index(None, "operator", "task_id"),
    Index(None, "pool", "task_id"),
)
