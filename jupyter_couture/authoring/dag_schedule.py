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


def _told(schedule: Schedule) -> dict[str, Any]:
    return {each.name: getattr(schedule, each.name) for each in fields(Schedule)}
