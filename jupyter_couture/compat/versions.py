"""The version of Airflow that a file is told it runs under: the newest of the line it was written for.

A file that does not tell (see ``authoring.dialects``) hears 2.11, which both older and newer files get along with.
"""

from jupyter_couture.authoring import dialects
from jupyter_couture.authoring.dialects import Dialect

_CLAIMED = {Dialect.AIRFLOW_1: "1.10.15", Dialect.AIRFLOW_2: "2.11.0", Dialect.AIRFLOW_3: "3.3.2"}


def claimed() -> str:
    """The version for the file at hand."""
    at_hand = dialects.file_at_hand()
    dialect = at_hand.dialect if at_hand is not None else None
    return _CLAIMED.get(dialect or Dialect.AIRFLOW_2, _CLAIMED[Dialect.AIRFLOW_2])


def __getattr__(name: str) -> str:
    """``version`` is not the same for every file of a process, so it is no constant."""
    if name in ("version", "__version__"):
        return claimed()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
