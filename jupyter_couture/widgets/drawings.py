"""What a widget shows, drawn by Python with the client: for exported pages, and pages that belong to no Jupyter server.

Views that are not here have a card that names them. So have all where no server is found, or it does not answer soon.
"""

from collections.abc import Callable, Mapping
from itertools import islice
from types import MappingProxyType
from typing import Any

from jupyter_couture.client import Client, ClientError, NotFound, Run
from jupyter_couture.client.faces import row_of
from jupyter_couture.client.runs import Task
from jupyter_couture.display.html import page, table, tag
from jupyter_couture.display.states import chip
from jupyter_couture.display.views import RunPicture, TaskLog, log_html, moment, run_html

TIMEOUT_SECONDS = 5.0
LOG_CHARACTERS = 20_000
TREE_RUNS = 8


def drawing_of(name: str, view: Any) -> str | None:
    """The view ``name`` with the traits of ``view`` as HTML; None if it cannot be drawn here and now."""
    draw = DRAWINGS.get(name)
    if draw is None:
        return None
    try:
        with Client(timeout=TIMEOUT_SECONDS, patience=0.0) as client:
            return draw(view, client)
    except ClientError:
        return None


def _graph(view: Any, client: Client) -> str:
    run = _run(view, client)
    return client.dag(view.dag_id)._repr_html_() if run is None else run._repr_html_()


def _progress(view: Any, client: Client) -> str | None:
    """The run without its graph: how far it is, and its tasks with the time they took."""
    run = _run(view, client)
    if run is None:
        return None
    info = run.info
    return run_html(
        RunPicture(
            info.dag_id,
            info.run_id,
            info.state,
            run_type=info.run_type,
            logical_date=info.logical_date,
            started_at=info.started_at,
            ended_at=info.ended_at,
            reason=info.reason,
            tasks=[row_of(task.info) for task in run.tasks()],
        )
    )


def _tree(view: Any, client: Client) -> str:
    """A row for each task, a column for each of the newest runs, the newest on the right."""
    runs = list(islice(client.runs(dag_id=view.dag_id), TREE_RUNS))[::-1]
    states: dict[str, dict[str, str]] = {}
    for run in runs:
        for task in run.tasks():
            states.setdefault(row_of(task.info).name, {})[run.run_id] = task.state
    heads = ["task", *(moment(run.started_at) or run.state for run in runs)]
    rows = [[name, *(chip(of[run.run_id]) if run.run_id in of else "" for run in runs)] for name, of in states.items()]
    return page(tag("h4", view.dag_id), table(heads, rows), kind="tree")


def _log(view: Any, client: Client) -> str | None:
    task = _task(view, client)
    if task is None:
        return None
    log = TaskLog(row_of(task.info).name, task.log(view.attempt)[-LOG_CHARACTERS:], is_open=True)
    return page(log_html(log), kind="log")


def _about_task(view: Any, client: Client) -> str | None:
    task = _task(view, client)
    return None if task is None else task._repr_html_()


def _run(view: Any, client: Client) -> Run | None:
    """The run that the view shows; None if there is none yet."""
    dag = client.dag(view.dag_id)
    if view.run_id is not None:
        return dag.run(view.run_id)
    try:
        return dag.newest_run()
    except NotFound:
        return None


def _task(view: Any, client: Client) -> Task | None:
    run = None if view.task_id is None else _run(view, client)
    return None if run is None else run.task(view.task_id, view.map_index)


DRAWINGS: Mapping[str, Callable[[Any, Client], str | None]] = MappingProxyType(
    {
        "dag-graph": _graph,
        "run-progress": _progress,
        "run-gantt": _progress,
        "run-tree": _tree,
        "log-view": _log,
        "task-actions": _about_task,
    }
)
