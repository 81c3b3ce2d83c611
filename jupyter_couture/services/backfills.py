"""Backfills: see what one would do, start it, stop it for a while or for good."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

from jupyter_couture.authoring.wishes import check_conf
from jupyter_couture.decisions.backfill import MAX_SLOTS, outcome_of, slots_of
from jupyter_couture.decisions.calendar import between, time_part
from jupyter_couture.model.backfills import Backfill, BackfillSlot, Reprocess, SlotOutcome
from jupyter_couture.model.dag import Json
from jupyter_couture.model.errors import InvalidRequest, Stale
from jupyter_couture.model.ids import DagId
from jupyter_couture.model.policy import ScheduleKind
from jupyter_couture.ports.bus import ENGINE, FEED, Publisher
from jupyter_couture.ports.clock import Clock
from jupyter_couture.ports.store import ServiceStore
from jupyter_couture.services.versions import SpecCache

_NOTHING: Mapping[str, Json] = MappingProxyType({})
_POINTLESS = (ScheduleKind.ONCE, ScheduleKind.CONTINUOUS)


@dataclass(frozen=True, slots=True, kw_only=True)
class BackfillWish:
    """What a caller wants: the runs of a DAG with a logical date from ``first`` to ``last``, both included."""

    dag_id: DagId
    first: datetime
    last: datetime
    reprocess: Reprocess = Reprocess.NONE
    is_backwards: bool = False
    max_active: int = 10
    conf: Mapping[str, Json] = field(default_factory=lambda: _NOTHING)


@dataclass(frozen=True, slots=True)
class BackfillPreview:
    """What a backfill would do with each of its dates as things stand, in its order.

    ``token`` stands for exactly this: the wish, the dates, and what would become of each.
    """

    steps: Sequence[tuple[BackfillSlot, SlotOutcome]]
    token: str

    @property
    def counts(self) -> dict[str, int]:
        """How many dates get a run, how many keep theirs, how many have it run again."""
        found: dict[str, int] = {}
        for _, outcome in self.steps:
            found[outcome.value] = found.get(outcome.value, 0) + 1
        return found


class Backfills:
    """Reads and changes backfills. Every method may block."""

    def __init__(self, store: ServiceStore, publisher: Publisher, specs: SpecCache, clock: Clock) -> None:
        self._store = store
        self._publisher = publisher
        self._specs = specs
        self._clock = clock

    def preview(self, wish: BackfillWish) -> BackfillPreview:
        """What the backfill would do; raises ``NotFound`` (DAG) or ``InvalidRequest``."""
        return self._preview(wish, self._slots(wish))

    def create(self, wish: BackfillWish, actor: str, expected: str | None = None) -> Backfill:
        """Start a backfill; raises ``NotFound``, ``InvalidRequest``, or ``Conflict`` if one of the DAG goes on.

        ``expected`` is the token of the preview that was seen: raises ``Stale`` if anything would go otherwise now.
        """
        slots = self._slots(wish)
        if expected is not None and (actual := self._preview(wish, slots).token) != expected:
            raise Stale(what="preview", id=expected, expected=expected, actual=actual)
        made = self._store.create_backfill(
            Backfill(
                backfill_id=0,
                dag_id=wish.dag_id,
                first=wish.first,
                last=wish.last,
                reprocess=wish.reprocess,
                is_backwards=wish.is_backwards,
                max_active=wish.max_active,
                conf=wish.conf,
                created_at=self._clock.now(),
                created_by=actor,
            ),
            slots,
        )
        self._tell()
        return made

    def page(
        self, dag_id: DagId | None, limit: int, offset: int, *, open_only: bool = False, oldest_first: bool = False
    ) -> tuple[Sequence[Backfill], int]:
        """Backfills, newest first unless said otherwise, and the number of all of them."""
        return self._store.list_backfills(dag_id, limit, offset, open_only=open_only, oldest_first=oldest_first)

    def one(self, number: int) -> Backfill:
        """One backfill; raises ``NotFound``."""
        return self._store.backfill(number)

    def slots(self, number: int, limit: int, offset: int) -> tuple[Sequence[BackfillSlot], int]:
        """Its dates in the order of work, and their number; raises ``NotFound``."""
        return self._store.backfill_slots(number, limit, offset)

    def set_paused(self, number: int, is_paused: bool) -> Backfill:
        """Let it make no further runs, or go on; raises ``NotFound``, or ``Conflict`` if it is over."""
        changed = self._store.set_backfill_paused(number, is_paused)
        self._tell()
        return changed

    def cancel(self, number: int) -> Backfill:
        """Make no further runs; queued ones end, running ones go on. Raises ``NotFound`` or ``Conflict``."""
        changed = self._store.cancel_backfill(number)
        self._tell()
        return changed

    def _preview(self, wish: BackfillWish, slots: Sequence[BackfillSlot]) -> BackfillPreview:
        found = self._store.slots_with_runs(wish.dag_id, slots)
        steps = [(slot, outcome_of(slot, wish.reprocess)) for slot in found]
        return BackfillPreview(steps, _token(wish, steps))

    def _slots(self, wish: BackfillWish) -> Sequence[BackfillSlot]:
        if wish.last < wish.first:
            raise InvalidRequest(field="$.to_date", message="the last date of a backfill lies before its first")
        if wish.first > self._clock.now():
            raise InvalidRequest(field="$.from_date", message="a backfill cannot begin in the future")
        state = self._store.dag_state(wish.dag_id)
        spec = self._specs.spec(wish.dag_id, state.version)
        schedule = time_part(spec.schedule)
        if (
            schedule is None
            or schedule.kind in _POINTLESS
            or (schedule.kind is ScheduleKind.EVENTS and not schedule.events)
        ):
            message = f"DAG {wish.dag_id!r} has no schedule that names dates; trigger its runs one by one"
            raise InvalidRequest(field="$.dag_id", message=message)
        if schedule.kind is ScheduleKind.CUSTOM:
            told = state.timetable.points if state.timetable is not None else ()
            known = [point for point in told if wish.first <= point.start <= wish.last]
            if not known:
                message = f"the custom timetable of DAG {wish.dag_id!r} has told no runs in this range"
                raise InvalidRequest(field="$.from_date", message=message)
            intervals = known
        else:
            intervals = between(spec, state.first_seen_at, wish.first, wish.last, MAX_SLOTS + 1)
        intervals = [slot for slot in intervals if slot.due_at <= self._clock.now()]
        if not intervals:
            message = "the range holds no date of the schedule that is complete and not before the start date"
            raise InvalidRequest(field="$.from_date", message=message)
        if len(intervals) > MAX_SLOTS:
            message = f"the range holds more than {MAX_SLOTS} dates; take it in parts"
            raise InvalidRequest(field="$.to_date", message=message)
        if wish.conf:
            check_conf(spec, wish.conf)
        return slots_of(intervals, is_backwards=wish.is_backwards)

    def _tell(self) -> None:
        self._publisher.publish(ENGINE, "")
        self._publisher.publish(FEED)


def _token(wish: BackfillWish, steps: Sequence[tuple[BackfillSlot, SlotOutcome]]) -> str:
    """What stands for a wish and what it would do. States of runs that are left alone do not matter."""
    said = [
        [wish.dag_id, wish.first.isoformat(), wish.last.isoformat(), wish.reprocess.value, wish.is_backwards],
        [wish.max_active, dict(wish.conf)],
        [
            [
                slot.interval.start.isoformat(),
                slot.interval.end.isoformat(),
                outcome.value,
                slot.existing.run_id if slot.existing else None,
            ]
            for slot, outcome in steps
        ],
    ]
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:32]
