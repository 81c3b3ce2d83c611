"""The schedule of a DAG object: a ``Schedule`` that, as the last value of a cell, says when the DAG is due."""

import importlib
from dataclasses import dataclass, fields
from typing import Any

from jupyter_couture.model.policy import Schedule


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class DagSchedule(Schedule):
    """Equal to the plain value, which alone leaves the process that reads the DAG file."""

    dag: Any = None

    @classmethod
    def of(cls, schedule: Schedule, dag: Any) -> "DagSchedule":
        """``schedule`` as the one of ``dag``."""
        return cls(**_told(schedule), dag=dag)

    @property
    def plain(self) -> Schedule:
        """The value without its DAG."""
        return Schedule(**_told(self))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Schedule) and _told(self) == _told(other)

    def __hash__(self) -> int:
        return hash(self.plain)

    def __repr__(self) -> str:
        return str(importlib.import_module("jupyter_couture.authoring.pictures").schedule_text(self.dag))

    def _repr_html_(self) -> str:
        return str(importlib.import_module("jupyter_couture.authoring.pictures").schedule_picture(self.dag))


class Scheduled:
    """What a DAG object says of its schedule. ``plain_schedule`` is the value alone."""

    plain_schedule: Schedule | None

    @property
    def schedule(self) -> Schedule | None:
        """When it is due; drawn in a cell, with its next runs."""
        return None if self.plain_schedule is None else DagSchedule.of(self.plain_schedule, self)

    @schedule.setter
    def schedule(self, schedule: Schedule | None) -> None:
        self.plain_schedule = schedule.plain if isinstance(schedule, DagSchedule) else schedule

    def next_runs(self, count: int = 5) -> Any:
        """When its next runs would be due if it were on, as far as the clock tells: times in UTC, drawn in a cell."""
        return importlib.import_module("jupyter_couture.authoring.pictures").coming_runs(self, count)


def _told(schedule: Schedule) -> dict[str, Any]:
    return {each.name: getattr(schedule, each.name) for each in fields(Schedule)}
