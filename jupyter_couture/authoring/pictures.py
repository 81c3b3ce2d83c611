"""A DAG of a file as the last value of a notebook cell. Read when one is shown, not before."""

from datetime import UTC, datetime, timedelta
from typing import Any

from jupyter_couture.decisions.calendar import time_part
from jupyter_couture.decisions.timetables import point_after
from jupyter_couture.display.graph import Node
from jupyter_couture.display.views import Coming, DagPicture, dag_html
from jupyter_couture.model.policy import Schedule

_NEXT_RUNS = 3


def picture_of(dag: Any) -> str:
    """A DAG object as HTML: its tasks, and when it would run next if it were on."""
    schedule = dag.schedule
    points = due_after(schedule, dag.start_date, datetime.now(UTC), _NEXT_RUNS)
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
            coming=[Coming(point) for point in points if dag.end_date is None or point <= dag.end_date],
        )
    )


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
