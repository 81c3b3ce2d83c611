"""The still pictures of the views: what the client knows, drawn as HTML and SVG."""

import json
from datetime import UTC, timedelta
from itertools import islice
from typing import Any, TypeVar
from urllib.parse import quote, urlencode

import msgspec

from jupyter_couture.charts.drawing import duration
from jupyter_couture.client import Client, Dag, Run
from jupyter_couture.client.errors import NotFound
from jupyter_couture.client.faces import row_of
from jupyter_couture.client.runs import Task
from jupyter_couture.display.grid import Column, grid
from jupyter_couture.display.html import Html, join, page, shortened, table, tag
from jupyter_couture.display.notebooks import Cell, notebook
from jupyter_couture.display.series import Axis, Line, series
from jupyter_couture.display.states import chip
from jupyter_couture.display.timeline import Bar, timeline
from jupyter_couture.display.views import RunPicture, TaskLog, log_html, moment, run_html
from jupyter_couture.widgets import answers
from jupyter_couture.widgets.painting import Instance

T = TypeVar("T")

RUNS_OF_GRID = 25
LINES_OF_CHART = 10
MOST_DAGS = 50
LOG_BYTES = 20_000
LONGEST_DEFAULT = 80
_SECONDS_ON_AXIS = 180.0


def graph_picture(client: Client, dag_id: str, run_id: str | None) -> str:
    """The graph in the colours of a run; of the DAG alone if it has not run."""
    dag = client.dag(dag_id)
    run = _run_of(dag, run_id)
    return dag._repr_html_() if run is None else run._repr_html_()


def progress_picture(client: Client, dag_id: str, run_id: str | None) -> str | None:
    """A run without its graph: how far it is, and its tasks with the time they took. None: there is no run yet."""
    run = _run_of(client.dag(dag_id), run_id)
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


def task_picture(client: Client, of: Instance) -> str | None:
    """What a task instance is and how it stands; None if there is none."""
    task = _task_of(client, of)
    return None if task is None else task._repr_html_()


def log_picture(client: Client, of: Instance, attempt: int | None) -> str | None:
    """The end of the log of an attempt, the newest if None; None if there is no such task instance."""
    task = _task_of(client, of)
    if task is None:
        return None
    return page(log_html(TaskLog(row_of(task.info).name, task.tail(attempt, LOG_BYTES), is_open=True)), kind="log")


def notebook_picture(client: Client, of: Instance, attempt: int | None) -> str | None:
    """The cells that an attempt, the newest if None, has run; None if there is no such task instance."""
    task = _task_of(client, of)
    if task is None:
        return None
    info = task.info
    head = tag("h4", row_of(info).name, chip(info.state))
    number = attempt or info.try_number
    if number < 1:
        return page(head, tag("p", "It has not run yet."), kind="notebook")
    way = ("dags", info.dag_id, "runs", info.run_id, "tasks", info.task_id, "attempts", str(number), "notebook")
    found = _get(client, answers.Notebook, "/".join(map(_part, way)), map_index=info.map_index)
    if found.is_too_large:
        shown = tag("p", f"The notebook has {found.size_bytes / 1e6:,.0f} MB, too much to show here.")
    elif not found.cells:
        shown = tag("p", "No cell of it has run yet.")
    else:
        shown = notebook(
            [
                Cell(each.number, each.source, "none" if each.state == "pending" else each.state, each.outputs)
                for each in found.cells
            ]
        )
    return page(head, shown, kind="notebook")


def params_picture(client: Client, dag_id: str) -> str:
    """The parameters that a DAG asks for, with their defaults."""
    dag = client.dag(dag_id)
    details = dag.details()
    asked = details.params_schema.get("properties", {}) if isinstance(details.params_schema, dict) else {}
    params = details.params if isinstance(details.params, dict) else {}
    rows = [_param(name, params.get(name), asked.get(name, {})) for name in {**asked, **params}]
    shown = table(("parameter", "default", ""), rows) if rows else tag("p", "It takes no parameters.")
    return page(_head(dag_id, "parameters of a run"), shown, kind="params")


def grid_picture(client: Client, dag_id: str) -> str:
    """The states of the tasks over the newest runs."""
    found = _get(client, answers.Grid, f"dags/{_part(dag_id)}/grid", limit=RUNS_OF_GRID)
    columns = [
        Column(
            f"run of {run.logical_date.astimezone(UTC):%Y-%m-%d %H:%M} UTC",
            run.state,
            [None if place < 0 else found.states[place] for place in run.states],
        )
        for run in found.runs
    ]
    shown = grid(found.tasks, columns, name=f"States of {dag_id}") if columns else tag("p", "It has not run yet.")
    states = dict.fromkeys(state for column in columns for state in column.states if state is not None)
    return page(tag("h4", dag_id), shown, tag("div", *map(chip, states), class_="couture-show-facts"), kind="tree")


def gantt_picture(client: Client, dag_id: str, run_id: str | None) -> str:
    """The attempts of a run in time."""
    run = _run_of(client.dag(dag_id), run_id)
    if run is None:
        return page(tag("h4", dag_id), tag("p", "It has not run yet."), kind="gantt")
    path = f"dags/{_part(dag_id)}/runs/{_part(run.run_id)}/charts/gantt"
    found = _get(client, answers.Gantt, path, grouped=False)
    bars = [
        Bar(_row_of(each), each.state, each.queued_at, each.started_at, each.ended_at, f"try {each.try_number}")
        for each in sorted(found.attempts, key=lambda attempt: attempt.queued_at)
    ]
    head = tag("h4", dag_id, chip(run.state), tag("span", run.run_id, class_="couture-show-faint"))
    shown = timeline(bars, found.now, name=f"Gantt of {dag_id}") if bars else tag("p", "No task of it has begun.")
    states = dict.fromkeys(bar.state for bar in bars)
    return page(head, shown, tag("div", *map(chip, states), class_="couture-show-facts"), kind="gantt")


def history_picture(client: Client, dag_id: str, measure: str, title: str, **options: Any) -> str:
    """A measure of the tasks over the newest runs: ``duration``, ``tries`` or ``landing``."""
    path = f"dags/{_part(dag_id)}/charts/{measure}"
    found = _get(client, answers.Past, path, tasks=LINES_OF_CHART, **options)
    if not found.lines:
        return page(tag("h4", dag_id), tag("p", "Nothing to compare yet."), kind=measure)
    is_count = measure == "tries"
    largest = max(point.value for line in found.lines for point in line.points if point is not None)
    scale, unit = (1.0, "tries") if is_count else (60.0, "minutes") if largest > _SECONDS_ON_AXIS else (1.0, "seconds")
    lines = [
        Line(
            "the whole run" if line.task_id is None else line.task_id,
            [None if point is None else point.value / scale for point in line.points],
            f"{line.median:g}" if is_count else duration(line.median),
        )
        for line in found.lines
    ]
    places = [f"{run.logical_date.astimezone(UTC):%m-%d %H:%M}" for run in found.runs]
    shown = series(lines, Axis(places, unit, is_counted=is_count), name=title, left_out=found.left_out)
    return page(_head(dag_id, title), shown, kind=measure)


def pools_picture(client: Client, hours: int) -> str:
    """The slots of pools in use over the last hours."""
    found = _get(client, answers.Pools, "charts/pools", hours=hours)
    title = f"Slots of pools in use, last {hours} h"
    used = [pool for pool in found.pools if any(pool.used)]
    if not used:
        return page(tag("h4", title), tag("p", "No pool was used in this time."), kind="pools")
    lines = [
        Line(pool.pool, pool.used, f"{pool.used[-1]} / {'∞' if pool.slots is None else pool.slots}") for pool in used
    ]
    step, start = timedelta(seconds=found.step_seconds), found.window_start.astimezone(UTC)
    places = [f"{start + at * step:%H:%M}" for at in range(len(used[0].used))]
    return page(
        tag("h4", title),
        series(lines, Axis(places, "slots", is_stepped=True, is_counted=True), name=title),
        kind="pools",
    )


def dags_picture(client: Client, **options: Any) -> str:
    """A table of DAGs."""
    found = list(islice(client.dags(**options), MOST_DAGS + 1))
    rows = [_row(dag) for dag in found[:MOST_DAGS]]
    heads = ("DAG", "schedule", "owner", "last run", "next run")
    shown = table(heads, rows) if rows else tag("p", "No DAG matches.")
    more = tag("p", "and more") if len(found) > MOST_DAGS else None
    return page(tag("h4", "DAGs"), shown, more, kind="dags")


def _run_of(dag: Dag, run_id: str | None) -> Run | None:
    """The run, or the newest; None if there is none."""
    if run_id is not None:
        return dag.run(run_id)
    try:
        return dag.newest_run()
    except NotFound:
        return None


def _param(name: str, default: object, asked: dict[str, object]) -> list[str | None]:
    about = asked.get("description") or asked.get("title")
    value = json.dumps(default, ensure_ascii=False, default=str)
    return [name, shortened(value, LONGEST_DEFAULT), None if about is None else str(about)]


def _task_of(client: Client, of: Instance) -> Task | None:
    dag_id, run_id, task_id, map_index = of
    run = None if task_id is None else _run_of(client.dag(dag_id), run_id)
    return None if run is None or task_id is None else run.task(task_id, map_index)


def _get(client: Client, kind: type[T], path: str, **query: object) -> T:
    words = {name: str(value).lower() if isinstance(value, bool) else str(value) for name, value in query.items()}
    return msgspec.convert(client.call("GET", f"{path}?{urlencode(words)}"), type=kind)


def _part(name: str) -> str:
    return quote(name, safe="")


def _head(dag_id: str, title: str) -> Html:
    return tag("h4", dag_id, tag("span", title, class_="couture-show-faint"))


def _row_of(attempt: answers.Attempt) -> str:
    if attempt.map_index < 0:
        return attempt.task_id
    return f"{attempt.task_id} [{attempt.map_index}] {attempt.label}".rstrip()


def _row(dag: Dag) -> list[str | None]:
    info = dag.info
    last = info.last_run
    return [
        tag("span", info.dag_id, None if not info.is_paused else tag("span", " (off)", class_="couture-show-faint")),
        info.schedule_label or "None",
        info.owner,
        None if last is None else join([chip(last.state), " ", moment(last.started_at or last.queued_at)]),
        moment(info.next_run_at),
    ]
