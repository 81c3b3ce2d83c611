"""Keeps a store of runs to come for DAGs with timetables of their author's: asks in good time, one DAG at a time."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from datetime import datetime

from jupyter_couture.decisions.calendar import begin_of, time_part
from jupyter_couture.decisions.due import DagCase
from jupyter_couture.model.errors import CoutureError, Unavailable
from jupyter_couture.model.ids import DagId, VersionHash
from jupyter_couture.model.policy import ScheduleKind, TimetablePoints, Upcoming
from jupyter_couture.ports.clock import Clock
from jupyter_couture.ports.store import SchedulerStore
from jupyter_couture.ports.timetables import TimetableAnswer, TimetableQuestion

log = logging.getLogger(__name__)

WANTED = 20
"""So many runs ahead are asked for at once, and again when fewer than ``LOW`` are left."""

LOW = 5

AGAIN_SECONDS = 60.0
"""How long after a problem a timetable is asked again."""


class TimetableAsker:
    """Asks, in threads beside the loop. ``on_answer`` is called after each answer was stored."""

    def __init__(
        self,
        store: SchedulerStore,
        ask: Callable[[TimetableQuestion], TimetableAnswer] | None,
        clock: Clock,
        on_answer: Callable[[], None],
    ) -> None:
        self._store = store
        self._ask = ask
        self._clock = clock
        self._on_answer = on_answer
        self._asking: dict[DagId, asyncio.Task[None]] = {}
        self._not_before: dict[VersionHash, float] = {}

    def look(self, dags: Mapping[DagId, DagCase], now: datetime) -> None:
        """Ask the timetables that have told too little for what is to come."""
        if self._ask is None:
            return
        for dag_id, case in dags.items():
            if dag_id in self._asking or not is_short(case, now):
                continue
            if self._clock.monotonic() < self._not_before.get(case.state.version, 0.0):
                continue
            self._asking[dag_id] = asyncio.ensure_future(self._refill(case, now))

    async def settled(self) -> None:
        """Wait until every question is answered."""
        await asyncio.gather(*self._asking.values(), return_exceptions=True)

    def close(self) -> None:
        """Leave questions unanswered."""
        for task in list(self._asking.values()):
            task.cancel()

    async def _refill(self, case: DagCase, now: datetime) -> None:
        state = case.state
        self._not_before[state.version] = self._clock.monotonic() + AGAIN_SECONDS  # until there is an answer
        try:
            await asyncio.to_thread(self._ask_for, case, now)
        except Unavailable as error:
            log.warning("The timetable of DAG %s could not be asked: %s", state.dag_id, error)
        except CoutureError as error:
            log.error("The timetable of DAG %s could not be asked: %s", state.dag_id, error)
        else:
            self._on_answer()
        finally:
            self._asking.pop(state.dag_id, None)

    def _ask_for(self, case: DagCase, now: datetime) -> None:
        assert self._ask is not None
        state, spec = case.state, case.spec
        kept = ahead_of(case)
        last = (kept[-1].start, kept[-1].end) if kept else None
        if last is None and state.latest_scheduled is not None:
            last = (state.latest_scheduled, state.latest_end or state.latest_scheduled)
        answer = self._ask(
            TimetableQuestion(
                dag_id=state.dag_id,
                file=spec.file,
                source=self._store.source(state.version),
                last=last,
                earliest=begin_of(spec, state.first_seen_at),
                latest=spec.end_date,
                catchup=spec.catchup,
                now=now,
                count=WANTED,
            )
        )
        told = TimetablePoints((*kept, *answer.told.points), answer.told.is_final)
        self._store.set_timetable(state.dag_id, state.version, told, answer.problem, now)
        if answer.problem is None:
            self._not_before.pop(state.version, None)


def ahead_of(case: DagCase) -> tuple[Upcoming, ...]:
    """What the timetable told of runs that were not made yet."""
    told, latest = case.state.timetable, case.state.latest_scheduled
    return tuple(point for point in told.points if latest is None or point.start > latest) if told is not None else ()


def is_short(case: DagCase, now: datetime) -> bool:
    """Whether the DAG's own timetable should be asked."""
    schedule = time_part(case.spec.schedule)
    if schedule is None or schedule.kind is not ScheduleKind.CUSTOM:
        return False
    told = case.state.timetable
    if told is None or told.is_final:
        return told is None
    ahead = ahead_of(case)
    return (len(ahead) if case.spec.catchup else sum(point.due_at > now for point in ahead)) < LOW
