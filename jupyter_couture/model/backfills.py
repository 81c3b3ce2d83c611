"""Backfills: a wish for all runs of a DAG in a range of logical dates, made a few at a time."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from jupyter_couture.model.dag import Json
from jupyter_couture.model.ids import DagId, RunId
from jupyter_couture.model.policy import Upcoming
from jupyter_couture.model.states import RunState

_NOTHING: Mapping[str, Json] = MappingProxyType({})


class Reprocess(StrEnum):
    """What becomes of dates that have a run already. A run that is under way is always left alone."""

    NONE = "none"  # it is left alone
    FAILED = "failed"  # it is cleared and run again if it failed
    COMPLETED = "completed"  # it is cleared and run again if it has ended


class SlotOutcome(StrEnum):
    """What became of one date of a backfill."""

    PENDING = "pending"  # its turn has not come
    CREATED = "created"  # a run was made
    CLEARED = "cleared"  # the run that was there is run again
    KEPT = "kept"  # the run that was there is left alone
    CANCELLED = "cancelled"  # the backfill was cancelled before its turn


@dataclass(frozen=True, slots=True)
class ExistingRun:
    """The run that a date has already."""

    run_id: RunId
    state: RunState


@dataclass(frozen=True, slots=True)
class BackfillSlot:
    """One date of a backfill; ``position`` counts from 0 in the order of work."""

    position: int
    interval: Upcoming
    outcome: SlotOutcome = SlotOutcome.PENDING
    run_id: RunId | None = None
    existing: ExistingRun | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Backfill:
    """A backfill as it stands. ``counts`` are slots by outcome; ``ended_at`` is set when it is over."""

    backfill_id: int
    dag_id: DagId
    first: datetime
    last: datetime
    reprocess: Reprocess = Reprocess.NONE
    is_backwards: bool = False
    max_active: int = 10
    conf: Mapping[str, Json] = field(default_factory=lambda: _NOTHING)
    is_paused: bool = False
    is_cancelled: bool = False
    created_at: datetime
    created_by: str = ""
    ended_at: datetime | None = None
    counts: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def state(self) -> str:
        """``running``, ``paused``, ``cancelled`` or ``completed``."""
        if self.is_cancelled:
            return "cancelled"
        if self.ended_at is not None:
            return "completed"
        return "paused" if self.is_paused else "running"


@dataclass(frozen=True, slots=True)
class BackfillCase:
    """A backfill at work as the leader sees it: its next pending slots in order, and how many of its runs go on."""

    backfill: Backfill
    slots: tuple[BackfillSlot, ...] = ()
    active: int = 0


@dataclass(frozen=True, slots=True)
class SlotUpdate:
    """What became of a pending slot."""

    backfill_id: int
    position: int
    outcome: SlotOutcome
    run_id: RunId
