"""Inside a parser child: ask a DAG's own timetable for its next runs."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import pendulum

from jupyter_couture.authoring.arguments import aware
from jupyter_couture.authoring.dag import DAG
from jupyter_couture.authoring.schedules import timetable_of
from jupyter_couture.authoring.timetables import DataInterval, TimeRestriction
from jupyter_couture.model.errors import InvalidDag
from jupyter_couture.model.policy import TimetablePoints, Upcoming
from jupyter_couture.ports.timetables import TimetableQuestion

MAX_POINTS = 1000
MAX_STEPS = 200_000
"""Runs of the past that a timetable may go through until it comes to the present."""


def points_of(dags: Mapping[str, DAG], question: TimetableQuestion) -> TimetablePoints:
    """What the timetable says after the question's interval; raises whatever the author's code raises."""
    dag = dags.get(question.dag_id)
    timetable = timetable_of(dag.schedule_interval) if dag is not None else None
    if timetable is None:
        raise InvalidDag(message=f"DAG {question.dag_id!r} has no timetable")
    found: list[Upcoming] = []
    ahead = 0
    is_final = True
    for step, point in enumerate(_points(timetable, question)):
        is_due = point.due_at <= question.now
        if not question.catchup and is_due:
            found.clear()
        found.append(point)
        ahead += not is_due
        if ahead >= question.count or len(found) >= MAX_POINTS or step >= MAX_STEPS:
            is_final = False
            break
    return TimetablePoints(tuple(found), is_final)


def _points(timetable: Any, question: TimetableQuestion) -> Iterator[Upcoming]:
    restriction = TimeRestriction(_instance(question.earliest), _instance(question.latest), question.catchup)
    last = None if question.last is None else DataInterval(*map(_instance, question.last))
    while True:
        info = timetable.next_dagrun_info(last_automated_data_interval=last, restriction=restriction)
        if info is None:
            return
        start, end = info.data_interval
        point = Upcoming(_utc(start), _utc(end), _utc(info.run_after))
        if last is not None and point.start <= _utc(last.start):
            raise InvalidDag(message=f"the timetable went back: after {last.start} it said {point.start}")
        if restriction.latest is not None and point.start > _utc(restriction.latest):
            return
        yield point
        last = DataInterval(_instance(point.start), _instance(point.end))


def _instance(at: datetime | None) -> Any:
    """A pendulum time, whose methods timetables written for Airflow call."""
    return None if at is None else pendulum.instance(at)


def _utc(value: Any) -> datetime:
    """A plain aware time in UTC."""
    at = aware(value, "a time of the timetable")
    if at is None:
        raise InvalidDag(message="a time of the timetable is missing")
    moment = at.astimezone(UTC)
    return datetime.fromtimestamp(moment.timestamp(), UTC).replace(microsecond=moment.microsecond)
