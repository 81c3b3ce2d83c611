"""The next runs of a DAG as the store knows it: for the leader the first of them, for people some more."""

from datetime import datetime

from jupyter_couture.decisions.calendar import time_part, upcoming
from jupyter_couture.model.dag import DagSpec
from jupyter_couture.model.policy import ScheduleKind, TimetablePoints, Upcoming
from jupyter_couture.model.records import DagState


def next_of(state: DagState, spec: DagSpec, now: datetime) -> Upcoming | None:
    """The next run of a DAG as the store knows it."""
    return upcoming(
        spec, state.latest_scheduled, state.first_seen_at, now, latest_end=state.latest_end, told=state.timetable
    )


def coming(state: DagState, spec: DagSpec, now: datetime, count: int) -> tuple[Upcoming, ...]:
    """The next ``count`` runs if all goes well, for people. A continuous schedule is known one run ahead."""
    schedule = time_part(spec.schedule)
    found: list[Upcoming] = []
    following = next_of(state, spec, now)
    while following is not None and len(found) < count:
        found.append(following)
        if schedule is None or schedule.kind is ScheduleKind.CONTINUOUS:
            break
        at = max(now, following.due_at)
        last = following
        following = upcoming(
            spec, last.start, state.first_seen_at, at, latest_end=last.end, told=_all_told(state.timetable)
        )
        if following is not None and following.start <= last.start:
            break
    return tuple(found)


def _all_told(told: TimetablePoints | None) -> TimetablePoints | None:
    return None if told is None else TimetablePoints(told.points, is_final=True)
