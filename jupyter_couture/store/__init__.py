"""The only truth: runs, tasks, attempts, DAG versions and the append-only feed, in a SQL database or in memory.

Every transition is one compare-and-set that commits the state, its fact and its outgoing intents together.
"""

from jupyter_couture.store.sql import MemoryStore, SqlStore

__all__ = ["MemoryStore", "SqlStore"]
