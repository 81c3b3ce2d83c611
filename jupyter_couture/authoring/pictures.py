"""A DAG of a file as the last value of a notebook cell. Read when one is shown, not before."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from jupyter_couture.decisions.calendar import time_part
from jupyter_couture.decisions.timetables import point_after
from jupyter_couture.display.graph import Node
from jupyter_couture.display.schedules import interval_words, schedule_words
from jupyter_couture.display.views import Coming, DagPicture, dag_html, group_html, moment, schedule_html
from jupyter_couture.model.policy import Schedule

_NEXT_RUNS = 3


def picture_of(dag: Any) -> str:
    """A DAG object as HTML: its tasks, and when it would run next if it were on."""
    schedule = dag.schedule
    edges = [(upstream, task.task_id) for task in dag.tasks for upstream in dag.graph.upstream_of(task.task_id)]
    return dag_html(
        DagPicture(
            dag_id=dag.dag_id,
            description=dag.description,
            schedule="" if schedule is None else schedule.label,
            timezone="" if schedule is None else schedule.timezone,
            owner=dag.owner,
            tags=dag.tags,
            nodes=[Node(task.task_id, task.task_id, task.task_type) for task in dag.tasks],
            edges=edges,
            coming=[Coming(point) for point in coming_runs(dag, _NEXT_RUNS)],
        )
    )


def group_picture(group: Any) -> str:
    """A task group as HTML: its tasks, and the order among them."""
    names = [task.task_id for task in group.nodes]
    within = set(names)
    edges = [(before, name) for name in names for before in group.dag.graph.upstream_of(name) if before in within]
    nodes = [Node(task.task_id, task.task_id, task.task_type) for task in group.nodes]
    return group_html(group.group_id, group.dag.dag_id, group.tooltip, nodes, edges)


@dataclass(frozen=True)
class ComingRuns:
    """When a DAG would run next if it were on; drawn as the last value of a cell. ``times`` are in UTC."""

    dag_id: str
    schedule: str
    timezone: str
    times: tuple[datetime, ...]

    def __iter__(self) -> Iterator[datetime]:
        return iter(self.times)

    def __len__(self) -> int:
        return len(self.times)

    def __getitem__(self, place: int) -> datetime:
        return self.times[place]

    def __repr__(self) -> str:
        following = "".join(f"\n  {each}" for each in self.lines()) or " no run is to come by the clock"
        return f"{self.dag_id}, {self.schedule or 'no schedule'} ({self.timezone}):{following}"

    def lines(self) -> list[str]:
        """The times, each with that of the schedule's zone if it is another."""
        return [
            f"{moment(each.due_at)}{f' = {each.local}' if self.timezone != 'UTC' else ''}" for each in self.coming()
        ]

    def coming(self) -> list[Coming]:
        """The times as they are drawn."""
        zone = ZoneInfo(self.timezone)
        return [Coming(each, each.astimezone(zone).isoformat()) for each in self.times]

    def _repr_html_(self) -> str:
        return schedule_html(self.dag_id, self.schedule, self.timezone, self.coming())


def coming_runs(dag: Any, count: int) -> ComingRuns:
    """See ``DAG.next_runs``."""
    schedule = dag.schedule
    due = due_after(schedule, dag.start_date, datetime.now(UTC), count)
    return ComingRuns(
        dag_id=dag.dag_id,
        schedule="" if schedule is None else schedule.label,
        timezone="UTC" if schedule is None else schedule.timezone,
        times=tuple(each for each in due if dag.end_date is None or each <= dag.end_date),
    )


def schedule_text(dag: Any) -> str:
    """The schedule of a DAG object in words, and its next runs."""
    runs = coming_runs(dag, _NEXT_RUNS)
    following = "".join(f"\n  {each}" for each in runs.lines())
    return f"{_label(dag)}: {_about(dag)}{f'{chr(10)}Next runs:{following}' if following else ''}"


def schedule_picture(dag: Any) -> str:
    """The same as HTML."""
    runs = coming_runs(dag, _NEXT_RUNS)
    return schedule_html(dag.dag_id, runs.schedule, runs.timezone, runs.coming(), note=_about(dag))


def _label(dag: Any) -> str:
    schedule = dag.schedule
    return f"{dag.dag_id}, {schedule.label} ({schedule.timezone})"


def _about(dag: Any) -> str:
    """When it is due, in sentences."""
    schedule = dag.schedule
    said = schedule_words(schedule)
    return " ".join(filter(None, (f"{said[0].upper()}{said[1:]}.", interval_words(schedule))))


def due_after(schedule: Schedule | None, start: datetime | None, now: datetime, count: int) -> list[datetime]:
    """When the next ``count`` runs are due, as far as the clock alone tells.

    A run is due at the end of its interval, so the first is due one point after the first since the start.
    """
    part = time_part(schedule)
    if part is None:
        return []
    anchor = start or now
    just_before = anchor - timedelta(microseconds=1)
    first = just_before if part.is_instant or start is None else point_after(part, just_before, anchor)
    cursor = None if first is None else max(now, first)
    due: list[datetime] = []
    while cursor is not None and len(due) < count:
        cursor = point_after(part, cursor, anchor)
        due += [cursor] if cursor is not None else []
    return due
