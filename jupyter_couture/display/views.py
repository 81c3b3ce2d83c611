"""The pictures: a DAG, a run, a task instance, a schedule. All take plain values and give markup."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from jupyter_couture.display.graph import MOST_DRAWN, Node, drawing, of_instances
from jupyter_couture.display.html import Html, facts, join, page, table, tag
from jupyter_couture.display.layout import Edge
from jupyter_couture.display.states import ORDER, bar, chip, counters

MOST_LISTED = 1_000
"""Rows of a table of tasks."""

_WORST = ("failed", "upstream_failed", "running", "restarting", "up_for_retry", "up_for_reschedule", "awaiting_input",
          "deferred", "queued", "scheduled", "none", "removed", "skipped", "success")  # fmt: skip
_LONG_CONF = 200


@dataclass(frozen=True, slots=True)
class TaskRow:
    """A task instance as a row; a task of a file has no ``state``."""

    id: str
    operator: str = ""
    state: str | None = None
    try_number: int = 0
    started_at: datetime | None = None
    ended_at: datetime | None = None
    reason: str | None = None
    map_index: int = -1

    @property
    def name(self) -> str:
        """The id, with the index of a mapped one."""
        return self.id if self.map_index < 0 else f"{self.id}[{self.map_index}]"


@dataclass(frozen=True, slots=True)
class TaskLog:
    """Lines that a task wrote, folded unless ``is_open``."""

    name: str
    text: str
    is_open: bool = False


@dataclass(frozen=True, slots=True)
class Coming:
    """A run to come. ``local`` is the time in the schedule's zone."""

    due_at: datetime
    local: str = ""


@dataclass(frozen=True, slots=True)
class DagPicture:
    """What a picture of a DAG shows; what is empty is left out. ``nodes`` None: they are not known."""

    dag_id: str
    description: str = ""
    schedule: str = ""
    timezone: str = ""
    owner: str = ""
    tags: Sequence[str] = ()
    is_paused: bool | None = None
    nodes: Sequence[Node] | None = None
    edges: Sequence[Edge] = ()
    coming: Sequence[Coming] = ()
    last_run: "RunPicture | None" = None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class RunPicture:
    """What a picture of a run shows. ``note`` is a sentence below its head."""

    dag_id: str
    run_id: str
    state: str
    run_type: str = ""
    logical_date: datetime | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    now: datetime | None = None
    conf: Mapping[str, object] = field(default_factory=dict)
    reason: str | None = None
    tasks: Sequence[TaskRow] = ()
    nodes: Sequence[Node] = ()
    edges: Sequence[Edge] = ()
    note: str = ""
    logs: Sequence[TaskLog] = ()


def dag_html(dag: DagPicture) -> Html:
    """A DAG: what it is, when it runs next, its tasks."""
    head = tag(
        "h4",
        dag.dag_id,
        tag("span", "off" if dag.is_paused else "on", class_="couture-show-faint")
        if dag.is_paused is not None
        else None,
    )
    last = dag.last_run
    lines = facts(
        [
            ("schedule", _schedule(dag)),
            ("next run", _coming(dag.coming)),
            ("last run", join([chip(last.state), " ", moment(last.started_at)]) if last else None),
            ("owner", dag.owner),
            ("tags", ", ".join(dag.tags)),
        ]
    )
    about = tag("p", dag.description) if dag.description else None
    problem = tag("p", dag.problem) if dag.problem else None
    tasks = None if dag.nodes is None else _tasks_of(dag.nodes, dag.edges, f"DAG {dag.dag_id}")
    return page(head, about, lines, problem, tasks, kind="dag")


def group_html(group_id: str, dag_id: str, about: str, nodes: Sequence[Node], edges: Sequence[Edge]) -> Html:
    """A task group: its tasks, and the order among them."""
    head = tag("h4", group_id, tag("span", f"group of {dag_id}", class_="couture-show-faint"))
    return page(head, tag("p", about) if about else None, _tasks_of(nodes, edges, f"Group {group_id}"), kind="group")


def run_html(run: RunPicture) -> Html:
    """A run: how it stands, its tasks in their states, what failed."""
    counts = Counter(task.state or "none" for task in run.tasks)
    head = tag("h4", run.dag_id, chip(run.state))
    until = run.ended_at or run.now
    conf = str(dict(run.conf)) if run.conf else ""
    lines = facts(
        [
            ("run", run.run_id),
            ("type", run.run_type),
            ("logical date", moment(run.logical_date)),
            ("started", moment(run.started_at)),
            ("took" if run.ended_at else "for", duration(run.started_at, until)),
            ("conf", conf if len(conf) <= _LONG_CONF else f"{conf[:_LONG_CONF]}…"),
        ]
    )
    notes = [tag("p", each) for each in (run.note, run.reason) if each]
    numbers = tag("div", *counters(counts), class_="couture-show-facts") if counts else None
    states: dict[str, list[str]] = {}
    for task in run.tasks:
        states.setdefault(task.id, []).append(task.state or "none")
    nodes = of_instances(run.nodes, states, _WORST)
    graph = drawing(nodes, run.edges, name=f"Run of {run.dag_id}") if 0 < len(nodes) <= MOST_DRAWN else None
    tasks = _task_table(run.tasks, is_open=graph is None)
    logs = [log_html(log) for log in run.logs]
    return page(head, lines, *notes, bar(counts), numbers, graph, tasks, *logs, kind="run")


def log_html(log: TaskLog) -> Html:
    """A log that can be folded."""
    title = tag("summary", f"Log of {log.name}, {len(log.text.splitlines()):,} lines")
    return tag("details", title, tag("pre", log.text), open="open" if log.is_open else None, data_task_id=log.name)


def task_html(task: TaskRow, *, run: str, more: Sequence[tuple[str, str | None]] = ()) -> Html:
    """A task instance. ``more`` are further facts."""
    head = tag("h4", task.name, chip(task.state) if task.state else None)
    lines = facts(
        [
            ("run", run),
            ("operator", task.operator),
            ("try", str(task.try_number) if task.try_number else None),
            ("started", moment(task.started_at)),
            ("took", duration(task.started_at, task.ended_at)),
            *more,
        ]
    )
    return page(head, lines, tag("p", task.reason) if task.reason else None, kind="task")


def schedule_html(dag_id: str, schedule: str, timezone: str, coming: Sequence[Coming], *, note: str = "") -> Html:
    """When a DAG is due."""
    head = tag("h4", schedule or "No schedule", tag("span", f"{dag_id}, {timezone}", class_="couture-show-faint"))
    is_elsewhere = timezone != "UTC"
    heads = ["next runs (UTC)", timezone] if is_elsewhere else ["next runs (UTC)"]
    rows = [(moment(each.due_at), each.local) if is_elsewhere else (moment(each.due_at),) for each in coming]
    times = table(heads, rows) if rows else tag("p", "No run is to come by the clock.")
    return page(head, tag("p", note) if note else None, times, kind="schedule")


def moment(at: datetime | None) -> str:
    """A time in UTC, to the second."""
    return "" if at is None else at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def duration(start: datetime | None, end: datetime | None) -> str:
    """How long something took: ``0.4 s``, ``3 min 5 s``, ``2 h 10 min``."""
    if start is None or end is None:
        return ""
    seconds = max(0.0, (end - start).total_seconds())
    if seconds < 60:
        return f"{seconds:.1f} s"
    if seconds < 3600:
        return f"{int(seconds // 60)} min {int(seconds % 60)} s"
    return f"{int(seconds // 3600)} h {int(seconds % 3600 // 60)} min"


def _schedule(dag: DagPicture) -> str:
    zone = f" ({dag.timezone})" if dag.timezone not in ("", "UTC") else ""
    return f"{dag.schedule or 'None'}{zone}"


def _coming(coming: Sequence[Coming]) -> str | None:
    return ", ".join(moment(each.due_at) for each in coming) or None


def _tasks_of(nodes: Sequence[Node], edges: Sequence[Edge], name: str) -> Html:
    if not nodes:
        return tag("p", "It has no tasks yet.")
    rows = [TaskRow(node.id, node.operator) for node in nodes]
    is_drawn = len(rows) <= MOST_DRAWN
    graph = drawing(nodes, edges, name=name) if is_drawn else None
    return join([graph, _task_table(rows, is_open=not is_drawn)])


def _task_table(tasks: Sequence[TaskRow], *, is_open: bool) -> Html | None:
    """All tasks as a table, folded unless it stands for the drawing. What failed comes first in a long one."""
    if not tasks:
        return None
    shown = list(tasks)
    if len(shown) > MOST_LISTED:
        rank = {state: place for place, state in enumerate(_WORST)}
        shown = sorted(shown, key=lambda task: rank.get(task.state or "none", len(ORDER)))[:MOST_LISTED]
    heads, rows = _rows(shown)
    left_out = len(tasks) - len(shown)
    rest = tag("p", f"and {left_out:,} more") if left_out else None
    title = f"{len(tasks):,} task{'' if len(tasks) == 1 else 's'}"
    return tag("details", tag("summary", title), table(heads, rows), rest, open="open" if is_open else None)


def _rows(tasks: Sequence[TaskRow]) -> tuple[list[str], list[Sequence[str | None]]]:
    if all(task.state is None for task in tasks):
        return ["task", "operator"], [(task.id, task.operator) for task in tasks]
    return (
        ["task", "state", "try", "took", "operator", ""],
        [
            (
                task.name,
                chip(task.state or "none"),
                str(task.try_number) if task.try_number else "",
                duration(task.started_at, task.ended_at),
                task.operator,
                task.reason,
            )
            for task in tasks
        ],
    )
