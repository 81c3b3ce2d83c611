"""A run as a person reads it in a terminal: its tasks with state and duration."""

from collections.abc import Sequence
from datetime import datetime

from rich.text import Text
from rich.tree import Tree

from jupyter_couture.model.run import DagRun, TaskInstance

STYLES = {
    "success": "green",
    "running": "cyan",
    "queued": "yellow",
    "scheduled": "yellow",
    "failed": "bold red",
    "upstream_failed": "red",
    "up_for_retry": "magenta",
    "skipped": "dim",
    "none": "dim",
}


def state_text(state: str) -> str:
    """A state in its colour, as rich markup."""
    return f"[{STYLES.get(state, 'default')}]{state}[/]"


def duration_text(start: datetime | None, end: datetime | None) -> str:
    """How long something took, short: ``0.42 s``, ``3 min 5 s``; empty if it did not start or end."""
    if start is None or end is None:
        return ""
    seconds = max(0.0, (end - start).total_seconds())
    if seconds < 60:
        return f"{seconds:.2f} s"
    return f"{int(seconds // 60)} min {int(seconds % 60)} s"


def run_tree(run: DagRun, tasks: Sequence[TaskInstance]) -> Tree:
    """The run and below it its tasks, in the order given."""
    head = Text.from_markup(f"[bold]{run.dag_id}[/]  {run.run_id}  {state_text(run.state.value)}")
    head.append(f"  {duration_text(run.started_at, run.ended_at)}", style="dim")
    tree = Tree(head)
    width = max((len(task.key.task_id) for task in tasks), default=0)
    for task in tasks:
        line = Text(f"{task.key.task_id:<{width}}  ")
        line.append(f"{task.state.value:<16}", style=STYLES.get(task.state.value, "default"))
        line.append(f"{duration_text(task.started_at, task.ended_at):>10}", style="dim")
        if task.try_number > 1:
            line.append(f"  try {task.try_number}", style="dim")
        if task.reason and task.state.value not in ("success", "running"):
            line.append(f"  {task.reason}", style="dim")
        tree.add(line)
    return tree
