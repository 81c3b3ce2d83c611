"""``jupyter couture dags``: look at DAG files and try them out, without server, service or database."""

import asyncio
import json
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click
from rich.console import Console

from jupyter_couture.app.edges import open_store
from jupyter_couture.app.office import opened_office
from jupyter_couture.app.trial import Audience, Glimpse, Trial, TrialWish, try_dag
from jupyter_couture.cli.action_options import say
from jupyter_couture.cli.checking import check
from jupyter_couture.cli.options import json_option, list_options, print_json, settings_of
from jupyter_couture.cli.tree import run_tree, state_text
from jupyter_couture.clock import SystemClock
from jupyter_couture.dagbag.show import show_file
from jupyter_couture.model.browsing import DagOrder
from jupyter_couture.model.errors import InvalidRequest
from jupyter_couture.model.ids import RunId, RunKey
from jupyter_couture.model.ids import dag_id as check_dag_id
from jupyter_couture.model.records import DagQuery
from jupyter_couture.model.states import RunState
from jupyter_couture.services.dags import Dags
from jupyter_couture.services.schedules import Schedules
from jupyter_couture.services.secrets import Secrets
from jupyter_couture.services.versions import SpecCache

_LOG_TAIL_LINES = 15


@click.group(name="dags")
def command() -> None:
    """Look at DAG files and try them out."""


command.add_command(check)


@command.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@json_option
@click.pass_context
def show(ctx: click.Context, file: Path, as_json: bool) -> None:
    """Parse FILE in an isolated process and show its DAGs: tasks, operators, dependencies, schedule.

    Exits with 0 if there are no errors, else with 1.
    """
    settings = settings_of(ctx)
    found = show_file(file, settings, Secrets.load(settings, None))
    if as_json:
        print_json(found)
    else:
        _print_dags(found)
    sys.exit(1 if found["errors"] else 0)


@command.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("dag_id", required=False)
@click.option("--logical-date", help="ISO 8601; a date without offset means UTC.  [default: now]")
@click.option("--conf", default="{}", help="JSON object that the tasks see as dag_run.conf and that overrides params.")
@click.option("--keep", is_flag=True, help="Keep logs and outputs of the trial, and say where they are.")
@json_option
@click.pass_context
def test(
    ctx: click.Context,
    file: Path,
    dag_id: str | None,
    logical_date: str | None,
    conf: str,
    keep: bool,
    as_json: bool,
) -> None:
    """Run one DAG run of FILE to its end and print every task's final state.

    Needs no server and no database, and leaves nothing behind. DAG_ID is needed if the file holds several DAGs. Exits
    with 0 if the run succeeded, with 1 if it failed or the file has errors, and with 2 if the call is wrong.
    """
    wish = TrialWish(file=file.resolve(), dag_id=dag_id, logical_date=_date(logical_date), conf=_conf(conf), keep=keep)
    console = Console(stderr=True, highlight=False)
    audience = None if as_json else Audience(show=lambda glimpse: _print_changes(console, glimpse))
    trial = asyncio.run(try_dag(settings_of(ctx), wish, audience))
    if as_json:
        print_json(trial.as_json())
    else:
        _print_trial(trial)
    sys.exit(0 if trial.is_success else 1)


@command.command(name="list")
@click.option("--search", default="", help="Only those with this in id, tags or owner.")
@click.option("--paused/--not-paused", default=None, help="Only those that are off, or on.")
@click.option("--tag", default="", help="Only those with this tag.")
@click.option("--owner", default="", help="Only those of this owner, or with a task of theirs.")
@click.option("--state", type=click.Choice([state.value for state in RunState]), help="Only if the newest run is that.")
@list_options("dag_id", "last_run", "next_run", "owner", "schedule", default="dag_id", limit=1000, most=10_000)
@json_option
@click.pass_context
def list_(
    ctx: click.Context,
    search: str,
    paused: bool | None,
    tag: str,
    owner: str,
    state: str | None,
    order_by: str,
    limit: int,
    offset: int,
    as_json: bool,
) -> None:
    """List the DAGs this deployment knows."""
    query = DagQuery(
        search=search,
        is_paused=paused,
        tag=tag,
        owner=owner,
        state=RunState(state) if state else None,
        order=DagOrder(order_by),
        limit=limit,
        offset=offset,
    )
    store = open_store(settings_of(ctx))
    try:
        page = store.list_dags(query)
        problems = store.import_problems()
    finally:
        store.close()
    if as_json:
        rows = [
            {"dag_id": row.spec.dag_id, "file": row.spec.file, "is_paused": row.is_paused, "tasks": len(row.spec.tasks)}
            for row in page.rows
        ]
        print_json(
            {
                "dags": rows,
                "total": page.total,
                "errors": [{"file": item.file, "line": item.line, "message": item.message} for item in problems],
            }
        )
        return
    for row in page.rows:
        schedule = row.spec.schedule.label if row.spec.schedule else "none"
        click.echo(f"{'off' if row.is_paused else 'on ':3} {row.spec.dag_id}  ({row.spec.file}, schedule {schedule})")
    if not page.rows and query == DagQuery(limit=limit):
        click.echo("No DAG is known yet: put a DAG file into the DAG folder and start an engine.")
    if page.total > len(page.rows):
        click.echo(f"{len(page.rows)} of {page.total}", err=True)
    for item in problems:
        click.secho(f"{item.file}:{item.line or 1}: {item.message}", fg="red", err=True)


@command.command(name="next")
@click.argument("dag_id")
@click.option("--count", type=click.IntRange(1, 100), default=5, show_default=True, help="How many runs.")
@json_option
@click.pass_context
def next_(ctx: click.Context, dag_id: str, count: int, as_json: bool) -> None:
    """Show when DAG_ID runs next, in UTC and in the time zone of its schedule."""
    store = open_store(settings_of(ctx))
    try:
        found = Schedules(store, SpecCache(store), SystemClock()).next_runs(check_dag_id(dag_id), count)
    finally:
        store.close()
    zone = ZoneInfo(found.timezone)
    if as_json:
        runs = [
            {
                "logical_date": slot.start.isoformat(),
                "data_interval_end": slot.end.isoformat(),
                "due_at": slot.due_at.isoformat(),
                "local_time": slot.due_at.astimezone(zone).isoformat(),
            }
            for slot in found.runs
        ]
        label = found.schedule.label if found.schedule else None
        print_json(
            {
                "dag_id": found.dag_id,
                "schedule": label,
                "timezone": found.timezone,
                "is_paused": found.is_paused,
                "problem": found.problem,
                "runs": runs,
            }
        )
        return
    for slot in found.runs:
        local = "" if found.timezone == "UTC" else f"  ({slot.due_at.astimezone(zone).isoformat()} {found.timezone})"
        click.echo(f"{slot.due_at.isoformat()}{local}  covers {slot.start.isoformat()} to {slot.end.isoformat()}")
    if not found.runs:
        click.echo("No run is to come by the clock.")
    if found.problem is not None:
        click.secho(found.problem, fg="red", err=True)
    if found.is_paused:
        click.echo("The DAG is off: none of this happens until it is turned on.", err=True)


def _date(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise InvalidRequest(field="--logical-date", message=f"{text!r} is not an ISO 8601 date") from None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


def _conf(text: str) -> Mapping[str, Any]:
    try:
        conf = json.loads(text)
    except ValueError as error:
        raise InvalidRequest(field="--conf", message=f"--conf is not JSON: {error}") from None
    if not isinstance(conf, dict):
        raise InvalidRequest(field="--conf", message="--conf must be a JSON object")
    return conf


def _print_dags(found: Mapping[str, Any]) -> None:
    for dag in found["dags"]:
        click.secho(dag["dag_id"], bold=True, nl=False)
        click.echo(f"  schedule: {dag['schedule'] if dag['schedule'] is not None else 'none'}")
        upstream: dict[str, list[str]] = {}
        for up, down in dag["edges"]:
            upstream.setdefault(down, []).append(up)
        for task in dag["tasks"]:
            waits = upstream.get(task["task_id"])
            click.echo(f"  {task['task_id']} ({task['operator']})" + (f"  after {', '.join(waits)}" if waits else ""))
    for error in found["errors"]:
        click.secho(f"{error['file']}:{error['line'] or 1}: {error['message']}", fg="red", err=True)
    if not found["dags"] and not found["errors"]:
        click.echo("The file defines no DAG.")


def _print_changes(console: Console, glimpse: Glimpse) -> None:
    for row in glimpse.changed:
        console.print(f"  {row.task.key.task_id}: {state_text(row.task.state.value)}")


def _print_trial(trial: Trial) -> None:
    for problem in trial.problems:
        click.secho(f"{problem.file}:{problem.line or 1}: {problem.message}", fg="red", err=True)
    if trial.run is None:
        return
    Console(highlight=False).print(run_tree(trial.run, [row.task for row in trial.tasks]))
    for row, tail in trial.failures:
        click.secho(f"\nThe end of the log of {row.task.key.task_id}, try {row.task.try_number}:", bold=True)
        click.echo("\n".join(tail.splitlines()[-_LOG_TAIL_LINES:]))
    if trial.kept is not None:
        click.echo(f"\nLogs and outputs are in {trial.kept}")


@command.command()
@click.argument("dag")
@click.option("--yes", "-y", is_flag=True, help="Do not ask.")
@json_option
@click.pass_context
def delete(ctx: click.Context, dag: str, yes: bool, as_json: bool) -> None:
    """Stop and forget DAG with all its runs. Its file stays, and makes it anew when it is read again."""
    with opened_office(settings_of(ctx)) as office:
        row = office.store.dag_row(check_dag_id(dag))
        if not (yes or as_json):
            click.confirm(f"Forget {row.spec.dag_id} with {sum(row.run_counts.values())} runs?", abort=True)
        office.note("dag_deleted", dag=row.spec.dag_id)
        say(office.actions.delete_dag(row.spec.dag_id, office.actor), as_json=as_json)


@command.command()
@click.argument("dag")
@json_option
@click.pass_context
def pause(ctx: click.Context, dag: str, as_json: bool) -> None:
    """Turn DAG off: it makes no runs by itself and starts no task until it is turned on. What runs goes on."""
    _switch(ctx, dag, is_paused=True, as_json=as_json)


@command.command()
@click.argument("dag")
@json_option
@click.pass_context
def unpause(ctx: click.Context, dag: str, as_json: bool) -> None:
    """Turn DAG on. A new DAG is off at first."""
    _switch(ctx, dag, is_paused=False, as_json=as_json)


def _switch(ctx: click.Context, dag: str, *, is_paused: bool, as_json: bool) -> None:
    settings = settings_of(ctx)
    with opened_office(settings) as office:
        dags = Dags(office.store, office.publisher, SpecCache(office.store), settings.dags_folder)
        row = dags.set_paused(check_dag_id(dag), is_paused)
        office.note("paused", RunKey(row.spec.dag_id, RunId("")), is_paused=is_paused)
    if as_json:
        print_json({"dag_id": row.spec.dag_id, "is_paused": row.is_paused})
    else:
        click.echo(f"{row.spec.dag_id} is {'off' if row.is_paused else 'on'}.")
