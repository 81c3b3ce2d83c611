"""Asking an author's own timetable for runs. Its code runs in a parser process, never in ours."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from jupyter_couture.model.ids import DagId
from jupyter_couture.model.policy import TimetablePoints


@dataclass(frozen=True, slots=True, kw_only=True)
class TimetableQuestion:
    """What comes after the data interval ``last``? ``source`` is the text of the DAG's version, ``file`` its name.

    At most ``count`` runs that are not due at ``now`` are wanted. Without ``catchup`` all but the newest of those that
    are due may be left out.
    """

    dag_id: DagId
    file: str
    source: str
    last: tuple[datetime, datetime] | None
    earliest: datetime | None
    latest: datetime | None
    catchup: bool
    now: datetime
    count: int


@dataclass(frozen=True, slots=True)
class TimetableAnswer:
    """The runs to come, oldest first, or why there is no answer."""

    told: TimetablePoints
    problem: str | None = None


class Timetables(Protocol):
    """Whoever can execute DAG files in safety."""

    def ask_timetable(self, question: TimetableQuestion) -> TimetableAnswer:
        """Ask; takes as long as a parse. Whatever goes wrong is the answer's ``problem``."""
        ...
