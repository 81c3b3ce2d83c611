"""Which runs come into being in a pass: those the clock, the assets and the backfills ask for.

Room: all runs of a DAG that are not over count against its ``max_active_runs``, but for those of backfills, which have
a limit of their own. No run is made that has no room, so there are never more rows than that.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType

from jupyter_couture.decisions.assets import pending_events, waits_for
from jupyter_couture.decisions.backfill import BackfillSteps, advance_backfill
from jupyter_couture.decisions.calendar import time_part
from jupyter_couture.decisions.coming import next_of
from jupyter_couture.decisions.deadlines import first_deadline
from jupyter_couture.decisions.live import LiveRun
from jupyter_couture.decisions.timetables import BEFORE
from jupyter_couture.model.assets import AssetCursor, AssetEvent
from jupyter_couture.model.backfills import BackfillCase
from jupyter_couture.model.dag import DagSpec
from jupyter_couture.model.ids import DagId, RunId, RunKey
from jupyter_couture.model.policy import ScheduleKind, Upcoming
from jupyter_couture.model.records import DagState
from jupyter_couture.model.run import DagRun, RunType
from jupyter_couture.model.states import RunState


@dataclass(frozen=True, slots=True)
class DagCase:
    """One active DAG: what the store says of it, its present spec, and its next scheduled run."""

    state: DagState
    spec: DagSpec
    upcoming: Upcoming | None

    @classmethod
    def of(cls, state: DagState, spec: DagSpec, now: datetime) -> "DagCase":
        """Look up the next scheduled run."""
        return cls(state, spec, next_of(state, spec, now))

    def after(self, slot: Upcoming, now: datetime) -> "DagCase":
        """The case when the run of ``slot`` has been made or passed over."""
        return DagCase.of(replace(self.state, latest_scheduled=slot.start, latest_end=slot.end), self.spec, now)


@dataclass(frozen=True, slots=True, kw_only=True)
class Origins:
    """What runs come from besides the clock, and what stands in their way.

    ``taken`` are logical dates that have a run already, of those that are due; ``asset_events`` those that some DAG has
    not taken yet, in order; ``asset_cursors`` how far each DAG that waits for assets has come.
    """

    taken: Mapping[DagId, Collection[datetime]] = field(default_factory=lambda: MappingProxyType({}))
    asset_events: Sequence[AssetEvent] = ()
    asset_cursors: Mapping[DagId, AssetCursor] = field(default_factory=lambda: MappingProxyType({}))
    backfills: Sequence[BackfillCase] = ()


@dataclass(slots=True)
class Births:
    """The runs of a pass, the DAGs whose next run changed, and what to remember of where the runs came from.

    ``passed`` are data intervals that got no run, since their date had one already.
    """

    runs: list[DagRun] = field(default_factory=list)
    dags: dict[DagId, DagCase] = field(default_factory=dict)
    passed: dict[DagId, Upcoming] = field(default_factory=dict)
    cursors: dict[DagId, AssetCursor] = field(default_factory=dict)
    backfills: BackfillSteps = field(default_factory=BackfillSteps)


def active_runs(live: Mapping[RunKey, LiveRun]) -> Counter[DagId]:
    """How many runs of each DAG take room."""
    return Counter(key.dag_id for key, item in live.items() if takes_room(item.run))


def births(dags: Mapping[DagId, DagCase], active: Mapping[DagId, int], origins: Origins, now: datetime) -> Births:
    """Everything that comes into being now. ``active`` counts the runs of each DAG that take room."""
    made = Births()
    counts = Counter(active)
    for case in due_dags(dags, now):
        _follow_clock(made, case, counts, origins, now)
    if origins.asset_events:
        _follow_assets(made, dags, counts, origins, now)
    for backfill in origins.backfills:
        owner = dags.get(backfill.backfill.dag_id)
        if owner is not None and (not owner.state.is_paused or not backfill.slots):
            advance_backfill(backfill, owner.state.version, now, made.backfills)
    made.runs += made.backfills.runs
    return made


def due_dags(dags: Mapping[DagId, DagCase], now: datetime) -> list[DagCase]:
    """The DAGs that are on and that the clock wants a run of."""
    return [
        case
        for case in dags.values()
        if case.upcoming is not None and case.upcoming.due_at <= now and not case.state.is_paused
    ]


def due_dates(
    dags: Mapping[DagId, DagCase], active: Mapping[DagId, int], now: datetime
) -> list[tuple[DagId, datetime]]:
    """The logical dates a pass may make runs for: those to look up before it, since they may have a run already."""
    wanted: list[tuple[DagId, datetime]] = []
    for case in due_dags(dags, now):
        room = _active_limit(case.spec) - active.get(case.state.dag_id, 0)
        if room <= 0:
            continue
        following = DagCase.of(case.state, case.spec, now)
        while room > 0 and following.upcoming is not None and following.upcoming.due_at <= now:
            slot = following.upcoming
            wanted.append((case.state.dag_id, slot.start))
            following, room = following.after(slot, now), room - 1
    return wanted


def takes_room(run: DagRun) -> bool:
    """Whether a run counts against ``max_active_runs`` of its DAG."""
    return run.run_type is not RunType.BACKFILL


def _follow_clock(made: Births, case: DagCase, counts: Counter[DagId], origins: Origins, now: datetime) -> None:
    dag_id, limit = case.state.dag_id, _active_limit(case.spec)
    if counts[dag_id] >= limit:
        return
    taken = origins.taken.get(dag_id, ())
    latest = DagCase.of(case.state, case.spec, now)  # it may have waited long for room
    while latest.upcoming is not None and latest.upcoming.due_at <= now and counts[dag_id] < limit:
        slot = latest.upcoming
        if slot.start in taken:
            made.passed[dag_id] = slot
        else:
            made.runs.append(_scheduled_run(latest, slot, now))
            counts[dag_id] += 1
        latest = latest.after(slot, now)
    made.dags[dag_id] = latest


def _follow_assets(
    made: Births, dags: Mapping[DagId, DagCase], counts: Counter[DagId], origins: Origins, now: datetime
) -> None:
    newest = origins.asset_events[-1].number
    for dag_id, case in dags.items():
        condition = waits_for(case.spec.schedule)
        cursor = origins.asset_cursors.get(dag_id)
        if condition is None or cursor is None or cursor.number >= newest:
            continue
        if case.state.is_paused:  # what happens while a DAG is off is none of its business
            made.cursors[dag_id] = cursor._replace(number=newest)
            continue
        events = pending_events(condition, origins.asset_events, cursor)
        if not events or counts[dag_id] >= case.spec.max_active_runs:
            continue
        at = now if cursor.at is None else max(now, cursor.at + BEFORE)
        made.runs.append(_asset_run(case, events, at, now))
        made.cursors[dag_id] = AssetCursor(events[-1].number, at)
        counts[dag_id] += 1


def _active_limit(spec: DagSpec) -> int:
    """How many runs the schedule may have under way; a continuous one starts when the last has ended."""
    schedule = time_part(spec.schedule)
    is_continuous = schedule is not None and schedule.kind is ScheduleKind.CONTINUOUS
    return 1 if is_continuous else spec.max_active_runs


def _scheduled_run(case: DagCase, slot: Upcoming, now: datetime) -> DagRun:
    return DagRun(
        dag_id=case.state.dag_id,
        run_id=RunId(f"{RunType.SCHEDULED.value}__{slot.start.isoformat()}"),
        run_type=RunType.SCHEDULED,
        version=case.state.version,
        state=RunState.QUEUED,
        logical_date=slot.start,
        data_interval_start=slot.start,
        data_interval_end=slot.end,
        queued_at=now,
        next_deadline=first_deadline(case.spec, slot.end, case.state.first_seen_at),
    )


def _asset_run(case: DagCase, events: Sequence[AssetEvent], at: datetime, now: datetime) -> DagRun:
    moments = [event.at for event in events]
    return DagRun(
        dag_id=case.state.dag_id,
        run_id=RunId(f"{RunType.ASSET_TRIGGERED.value}__{at.isoformat(timespec='microseconds')}"),
        run_type=RunType.ASSET_TRIGGERED,
        version=case.state.version,
        state=RunState.QUEUED,
        logical_date=at,
        data_interval_start=min(moments),
        data_interval_end=max(moments),
        queued_at=now,
        asset_events=tuple(event.number for event in events),
    )
