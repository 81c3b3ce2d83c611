"""``jupyter couture tasks``: look at task instances, clear, mark and run them."""

import json
import sys
from typing import Any

import click

from jupyter_couture.app.office import opened_office
from jupyter_couture.cli.action_options import (
    acting_options,
    instant,
    latest_version_option,
    look_first,
    reach_options,
    say,
)
from jupyter_couture.cli.options import json_option, list_options, print_json, settings_of
from jupyter_couture.decisions.selection import Directions
from jupyter_couture.model.browsing import FoundTask, TaskFilter, TaskOrder
from jupyter_couture.model.commands import Check, Target
from jupyter_couture.model.dag import Json
from jupyter_couture.model.ids import NOT_MAPPED, RunKey, TaskKey, dag_id, run_id, task_id
from jupyter_couture.model.states import TaskState
from jupyter_couture.runtime.logs import FileLogs
from jupyter_couture.services.actions import FAILED_STATES
from jupyter_couture.services.inputs import Answer


@click.group(name="tasks")
def command() -> None:
    """Look at the task instances of a run, clear, mark and run them."""


def _target(dag: str, run: str, task: str, map_index: int | None) -> Target:
    key = RunKey(dag_id(dag), run_id(run))
    return Target(key, TaskKey(task_id(task), NOT_MAPPED if map_index is None else map_index))


@command.command(name="list")
@click.argument("dag")
@click.argument("run")
@json_option
@click.pass_context
def list_(ctx: click.Context, dag: str, run: str, as_json: bool) -> None:
    """List the task instances of RUN of DAG with their states, in the order of the file; see also find."""
    with opened_office(settings_of(ctx)) as office:
        views, _ = office.runs.tasks(RunKey(dag_id(dag), run_id(run)))
    rows: list[dict[str, Any]] = [
        {
            "task_id": view.spec.task_id,
            "map_index": view.row.task.key.map_index,
            "operator": view.spec.operator,
            "state": view.row.task.state.value,
            "try_number": view.row.task.try_number,
            "started_at": view.row.task.started_at.isoformat() if view.row.task.started_at else None,
            "ended_at": view.row.task.ended_at.isoformat() if view.row.task.ended_at else None,
            "reason": view.row.task.reason,
        }
        for view in views
    ]
    if as_json:
        print_json({"tasks": rows})
        return
    width = max((len(str(row["task_id"])) for row in rows), default=0) + 6
    for row in rows:
        click.echo(
            f"{row['task_id']}{_index(row['map_index'])}".ljust(width)
            + f"{row['state']:18}{row['reason'] or ''}".rstrip()
        )


@command.command()
@click.option("--dag", "dag", help="Only of this DAG.")
@click.option("--run", "run", help="Only of runs of this id.")
@click.option("--task", "task", help="Only of this task.")
@click.option(
    "--state",
    "states",
    multiple=True,
    type=click.Choice([state.value for state in TaskState]),
    help="Only those; may be given several times.",
)
@click.option("--operator", help="Only tasks of this operator, such as BashOperator.")
@click.option("--pool", help="Only tasks of this pool.")
@click.option("--started-from", help="Only those that started then or later, ISO 8601; without offset it means UTC.")
@click.option("--started-to", help="Only those that started then or earlier.")
@list_options("run", "started_at", default="-run")
@json_option
@click.pass_context
def find(
    ctx: click.Context,
    dag: str | None,
    run: str | None,
    task: str | None,
    states: tuple[str, ...],
    operator: str | None,
    pool: str | None,
    started_from: str | None,
    started_to: str | None,
    order_by: str,
    limit: int,
    offset: int,
    as_json: bool,
) -> None:
    """Find task instances of all runs. By started_at only those that have started are listed."""
    wanted = TaskFilter(
        dag_id=None if dag is None else dag_id(dag),
        run_id=None if run is None else run_id(run),
        task_id=task,
        states=tuple(TaskState(state) for state in states),
        operator=operator,
        pool=pool,
        started_from=instant(started_from, "--started-from"),
        started_to=instant(started_to, "--started-to"),
        order=TaskOrder(order_by),
        limit=limit,
        offset=offset,
    )
    with opened_office(settings_of(ctx)) as office:
        found = office.browsing.tasks(wanted)
    if as_json:
        print_json({"tasks": [_found(row) for row in found.rows], "total": found.total, "has_more": found.has_more})
        return
    for each in found.rows:
        name = f"{each.run.dag_id}/{each.run.run_id}/{each.task.key.task_id}{_index(each.task.key.map_index)}"
        click.echo(f"{name}  {each.task.state.value}  {each.task.reason or ''}".rstrip())
    click.echo(f"{len(found.rows)} of {found.total}{' or more' if found.has_more else ''}")


def _index(map_index: int) -> str:
    return "" if map_index == NOT_MAPPED else f"[{map_index}]"


def _found(row: FoundTask) -> dict[str, Json]:
    run, task = row.run, row.task
    return {
        "dag_id": run.dag_id,
        "run_id": run.run_id,
        "task_id": task.key.task_id,
        "map_index": task.key.map_index,
        "state": task.state.value,
        "try_number": task.try_number,
        "operator": row.operator,
        "pool": row.pool,
        "logical_date": run.logical_date.isoformat(),
        "started_at": task.started_at.isoformat() if task.started_at else None,
        "ended_at": task.ended_at.isoformat() if task.ended_at else None,
        "reason": task.reason,
    }


@command.command()
@click.argument("dag")
@click.argument("run")
@click.argument("task")
@reach_options
@click.option("--recursive", is_flag=True, help="Also the runs that a cleared task triggered, whole.")
@click.option("--only-failed", is_flag=True, help="Only what failed, or could not run because of that.")
@latest_version_option
@acting_options
@json_option
@click.pass_context
def clear(
    ctx: click.Context,
    dag: str,
    run: str,
    task: str,
    map_index: int | None,
    past: bool,
    future: bool,
    upstream: bool,
    downstream: bool,
    recursive: bool,
    only_failed: bool,
    latest_version: bool,
    dry_run: bool,
    yes: bool,
    as_json: bool,
) -> None:
    """Let TASK of RUN of DAG run again. What runs is stopped first; a run that has ended goes on."""
    way = Directions(past, future, upstream, downstream, recursive)
    target = _target(dag, run, task, map_index)
    with opened_office(settings_of(ctx)) as office:
        preview = office.actions.preview_clear(target, way, map_index, FAILED_STATES if only_failed else None)
        if look_first(preview, "Clear", dry_run=dry_run, yes=yes, as_json=as_json):
            office.note("clear", target.run_key, task, touched=len(preview.touched), latest_version=latest_version)
            say(office.actions.clear(preview, office.actor, latest_version=latest_version), as_json=as_json)


@command.command()
@click.argument("dag")
@click.argument("run")
@click.argument("task")
@click.argument("state", type=click.Choice(["success", "failed"]))
@reach_options
@acting_options
@json_option
@click.pass_context
def mark(
    ctx: click.Context,
    dag: str,
    run: str,
    task: str,
    state: str,
    map_index: int | None,
    past: bool,
    future: bool,
    upstream: bool,
    downstream: bool,
    dry_run: bool,
    yes: bool,
    as_json: bool,
) -> None:
    """Say that TASK of RUN of DAG is STATE: success or failed. What runs is stopped."""
    way = Directions(past, future, upstream, downstream)
    target = _target(dag, run, task, map_index)
    with opened_office(settings_of(ctx)) as office:
        preview = office.actions.preview_mark(target, way, map_index, TaskState(state))
        if look_first(preview, f"Mark as {state}", dry_run=dry_run, yes=yes, as_json=as_json):
            office.note("mark", target.run_key, task, state=state, touched=len(preview.touched))
            say(office.actions.mark(preview, TaskState(state), office.actor), as_json=as_json)


@command.command()
@click.argument("dag")
@click.argument("run")
@click.argument("task")
@click.option("--map-index", type=click.IntRange(0), help="The instance of a mapped task.")
@click.option("--ignore-all-dependencies", is_flag=True, help="Whatever it waits for, and whatever limits there are.")
@click.option("--ignore-task-state", is_flag=True, help="Even if it has ended well already.")
@click.option("--ignore-task-dependencies", is_flag=True, help="Without waiting for the tasks before it.")
@json_option
@click.pass_context
def run(
    ctx: click.Context,
    dag: str,
    run: str,
    task: str,
    map_index: int | None,
    ignore_all_dependencies: bool,
    ignore_task_state: bool,
    ignore_task_dependencies: bool,
    as_json: bool,
) -> None:
    """Run TASK of RUN of DAG now."""
    flags = {
        Check.DEPENDENCIES: ignore_all_dependencies,
        Check.STATE: ignore_task_state,
        Check.UPSTREAM: ignore_task_dependencies,
    }
    target = _target(dag, run, task, map_index)
    ignored = [check for check, is_on in flags.items() if is_on]
    with opened_office(settings_of(ctx)) as office:
        office.note("run", target.run_key, task, ignored=[check.value for check in ignored])
        say(office.actions.run(target, ignored, office.actor), as_json=as_json)


@command.command()
@click.argument("dag")
@click.argument("run")
@click.argument("task")
@click.option("--map-index", type=click.IntRange(0), help="The instance of a mapped task.")
@click.option("--try-number", type=click.IntRange(1), help="Of this try.  [default: the newest]")
@click.pass_context
def log(ctx: click.Context, dag: str, run: str, task: str, map_index: int | None, try_number: int | None) -> None:
    """Print the log of a try of TASK of RUN of DAG. Exits with 1 if there is none."""
    settings = settings_of(ctx)
    target = _target(dag, run, task, map_index)
    with opened_office(settings) as office:
        found = office.runs.task(*target)
    tries = [each.try_number for each in found.attempts]
    if not tries or (try_number is not None and try_number not in tries):
        if tries:
            click.echo(f"{task} has no try {try_number}; its last one is {max(tries)}.", err=True)
        elif found.view.spec.expand is not None and map_index is None:
            click.echo(f"{task} is mapped: say which instance by --map-index.", err=True)
        else:
            click.echo(f"{task} was never tried.", err=True)
        sys.exit(1)
    for piece in FileLogs(settings.logs_dir).stream(*target, try_number or max(tries)):
        click.echo(piece, nl=False)


@command.command()
@click.argument("dag")
@click.argument("run")
@click.argument("task")
@click.argument("options", nargs=-1)
@click.option("--map-index", type=click.IntRange(0), help="The instance of a mapped task.")
@click.option("--param", "params", multiple=True, metavar="NAME=JSON", help="A value that is asked for.")
@json_option
@click.pass_context
def decide(
    ctx: click.Context,
    dag: str,
    run: str,
    task: str,
    options: tuple[str, ...],
    map_index: int | None,
    params: tuple[str, ...],
    as_json: bool,
) -> None:
    """Answer TASK of RUN of DAG, which waits for a person, with OPTIONS; without any, show what it asks."""
    target = _target(dag, run, task, map_index)
    with opened_office(settings_of(ctx)) as office:
        asked = office.inputs.question(*target)
        if options:
            answer = Answer(options, dict(_param(text) for text in params))
            office.inputs.decide(*target, answer, office.actor)
            office.note("decide", target.run_key, task, options=list(options))
    if as_json:
        print_json({"subject": asked.subject, "options": list(asked.options), "chosen": list(options)})
        return
    click.echo(asked.subject if not options else f"Answered {', '.join(options)} to: {asked.subject}")
    if not options:
        click.echo(asked.body + "\n" if asked.body else "", nl=False)
        click.echo(f"Options: {', '.join(asked.options)}")


def _param(text: str) -> tuple[str, Json]:
    name, sign, value = text.partition("=")
    try:
        return name, json.loads(value)
    except ValueError:
        if sign:
            return name, value
        raise click.BadParameter(f"{text!r} is not NAME=JSON", param_hint="--param") from None
