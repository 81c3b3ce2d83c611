"""What a backfill does next: which runs it makes, which it runs again, when it is over."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from jupyter_couture.model.backfills import Backfill, BackfillCase, BackfillSlot, Reprocess, SlotOutcome, SlotUpdate
from jupyter_couture.model.ids import RunId, RunKey, VersionHash
from jupyter_couture.model.policy import Upcoming
from jupyter_couture.model.run import DagRun, RunType
from jupyter_couture.model.states import TERMINAL_RUN_STATES, RunState

MAX_SLOTS = 10_000
"""More dates at once are a mistake more often than a wish."""


@dataclass(slots=True)
class BackfillSteps:
    """What backfills want in one pass: new runs, runs to run again, what became of slots, and which are over."""

    runs: list[DagRun] = field(default_factory=list)
    clears: list[RunKey] = field(default_factory=list)
    updates: list[SlotUpdate] = field(default_factory=list)
    ended: list[int] = field(default_factory=list)


def slots_of(intervals: Iterable[Upcoming], *, is_backwards: bool) -> tuple[BackfillSlot, ...]:
    """The dates of a backfill in its order; ``intervals`` come oldest first."""
    ordered = list(intervals)
    if is_backwards:
        ordered.reverse()
    return tuple(BackfillSlot(position, interval) for position, interval in enumerate(ordered))


def outcome_of(slot: BackfillSlot, reprocess: Reprocess) -> SlotOutcome:
    """What becomes of a date when its turn comes."""
    if slot.existing is None:
        return SlotOutcome.CREATED
    state = slot.existing.state
    if state not in TERMINAL_RUN_STATES or reprocess is Reprocess.NONE:
        return SlotOutcome.KEPT
    if reprocess is Reprocess.FAILED and state is not RunState.FAILED:
        return SlotOutcome.KEPT
    return SlotOutcome.CLEARED


def advance_backfill(case: BackfillCase, version: VersionHash, now: datetime, steps: BackfillSteps) -> None:
    """Add to ``steps`` what ``case`` wants now: work for its next dates as far as ``max_active`` leaves room."""
    backfill = case.backfill
    if not case.slots:
        if not case.active and backfill.ended_at is None:
            steps.ended.append(backfill.backfill_id)
        return
    if backfill.is_paused or backfill.is_cancelled:
        return
    room = backfill.max_active - case.active
    for slot in case.slots:
        outcome = outcome_of(slot, backfill.reprocess)
        if outcome is not SlotOutcome.KEPT:
            if room <= 0:
                return
            room -= 1
        run_id = slot.existing.run_id if slot.existing is not None else backfill_run_id(slot.interval.start)
        steps.updates.append(SlotUpdate(backfill.backfill_id, slot.position, outcome, run_id))
        if outcome is SlotOutcome.CREATED:
            steps.runs.append(_run(backfill, slot, version, now))
        elif outcome is SlotOutcome.CLEARED:
            steps.clears.append(RunKey(backfill.dag_id, run_id))


def preview(slots: Sequence[BackfillSlot], reprocess: Reprocess) -> list[tuple[BackfillSlot, SlotOutcome]]:
    """What a backfill would do with each of its dates as things stand."""
    return [(slot, outcome_of(slot, reprocess)) for slot in slots]


def backfill_run_id(logical_date: datetime) -> RunId:
    """``backfill__2026-11-22T00:00:00+00:00``."""
    return RunId(f"{RunType.BACKFILL.value}__{logical_date.isoformat()}")


def _run(backfill: Backfill, slot: BackfillSlot, version: VersionHash, now: datetime) -> DagRun:
    interval = slot.interval
    return DagRun(
        dag_id=backfill.dag_id,
        run_id=backfill_run_id(interval.start),
        run_type=RunType.BACKFILL,
        version=version,
        state=RunState.QUEUED,
        logical_date=interval.start,
        data_interval_start=interval.start,
        data_interval_end=interval.end,
        queued_at=now,
        conf=backfill.conf,
        backfill_id=backfill.backfill_id,
    )
