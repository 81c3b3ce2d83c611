"""A word of Airflow 3's task state stores.

The stores themselves (``task_state_store`` and ``asset_state_store`` in the context) are not here: a task that asks for
one hears that its context has no such name. What outlives a try is a Variable, or a file of the author's.
"""

from enum import Enum


class Retention(Enum):
    """For how long a value is kept."""

    NEVER_EXPIRE = "never"


NEVER_EXPIRE = Retention.NEVER_EXPIRE
"""For ever."""
