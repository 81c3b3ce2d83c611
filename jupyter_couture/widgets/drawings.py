"""What views of a run and of a task show, drawn with the client. Graph, tree and charts are in `pictures.py`."""

from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType
from typing import Any

from jupyter_couture.client import Client, NotFound, Run
from jupyter_couture.client.faces import row_of
from jupyter_couture.client.runs import Task
from jupyter_couture.display.html import page
from jupyter_couture.display.views import RunPicture, TaskLog, log_html, run_html
from jupyter_couture.widgets.asking import Painter

LOG_BYTES = 20_000


def painter_of(name: str, view: Any) -> Painter | None:
    """What draws the view ``name`` with the traits of ``view``; None if nothing does."""
    draw = DRAWINGS.get(name)
    return None if draw is None else partial(draw, view)


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


def _log(view: Any, client: Client) -> str | None:
    task = _task(view, client)
    if task is None:
        return None
    log = TaskLog(row_of(task.info).name, task.tail(view.attempt, LOG_BYTES), is_open=True)
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
        "run-progress": _progress,
        "log-view": _log,
        "task-actions": _about_task,
    }
)
