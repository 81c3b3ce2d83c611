"""``jupyter couture runs``: list, trigger, cancel, clear, set and delete DAG runs."""

import json
from typing import Any

import click

from jupyter_couture.app.office import Office, opened_office
from jupyter_couture.cli.action_options import acting_options, instant, latest_version_option, look_first, say
from jupyter_couture.cli.options import json_option, list_options, print_json, settings_of
from jupyter_couture.model.browsing import RunFilter, RunOrder
from jupyter_couture.model.errors import InvalidRequest
from jupyter_couture.model.ids import RunKey, dag_id, run_id
from jupyter_couture.model.records import RunRow
from jupyter_couture.model.run import RunType
from jupyter_couture.model.states import RunState
from jupyter_couture.services.actions import FAILED_STATES
from jupyter_couture.services.runs import TriggerWish

_ONLY = "Only those; may be given several times."


@click.group(name="runs")
def command() -> None:
    """List, trigger, cancel, clear, set and delete DAG runs."""


def _key(dag: str, run: str) -> RunKey:
    return RunKey(dag_id(dag), run_id(run))


def _row(row: RunRow) -> dict[str, Any]:
    run = row.run
    return {
        "dag_id": run.dag_id,
        "run_id": run.run_id,
        "run_type": run.run_type.value,
        "state": run.state.value,
        "logical_date": run.logical_date.isoformat(),
        "queued_at": run.queued_at.isoformat(),
        "started_at": run.started_at.isoformat() if run.started_at else None,
        "ended_at": run.ended_at.isoformat() if run.ended_at else None,
        "conf": dict(run.conf),
        "reason": run.reason,
        "task_counts": dict(row.task_counts),
    }


@command.command(name="list")
@click.argument("dag", required=False)
@click.option("--state", "states", multiple=True, type=click.Choice([state.value for state in RunState]), help=_ONLY)
@click.option("--type", "kinds", multiple=True, type=click.Choice([kind.value for kind in RunType]), help=_ONLY)
@click.option("--from-date", help="Only from this logical date on, ISO 8601; without offset it means UTC.")
@click.option("--to-date", help="Only up to this logical date, included.")
@click.option("--search", default="", help="Only those with this in their run id.")
@list_options("created", "logical_date", default="-created", limit=25)
@json_option
@click.pass_context
def list_(
    ctx: click.Context,
    dag: str | None,
    states: tuple[str, ...],
    kinds: tuple[str, ...],
    from_date: str | None,
    to_date: str | None,
    search: str,
    order_by: str,
    limit: int,
    offset: int,
    as_json: bool,
) -> None:
    """List the runs of DAG, or of all, newest first."""
    wanted = RunFilter(
        dag_id=None if dag is None else dag_id(dag),
        states=tuple(RunState(state) for state in states),
        run_types=tuple(RunType(kind) for kind in kinds),
        date_from=instant(from_date, "--from-date"),
        date_to=instant(to_date, "--to-date"),
        search=search,
        order=RunOrder(order_by),
        limit=limit,
        offset=offset,
    )
    with opened_office(settings_of(ctx)) as office:
        if wanted.dag_id is not None:
            office.store.dag_row(wanted.dag_id)
        rows, total, has_more = office.browsing.runs(wanted)
    if as_json:
        print_json({"runs": [_row(row) for row in rows], "total": total, "has_more": has_more})
        return
    for row in rows:
        counts = ", ".join(f"{number} {state}" for state, number in row.task_counts.items())
        name = row.run.run_id if dag is not None else f"{row.run.dag_id}/{row.run.run_id}"
        click.echo(f"{name}  {row.run.state.value}  {counts}")
    click.echo(f"{len(rows)} of {total}{' or more' if has_more else ''}")


@command.command()
@click.argument("dag")
@click.argument("run")
@json_option
@click.pass_context
def show(ctx: click.Context, dag: str, run: str, as_json: bool) -> None:
    """Show RUN of DAG."""
    with opened_office(settings_of(ctx)) as office:
        found = _row(office.runs.row(_key(dag, run)))
    if as_json:
        print_json(found)
        return
    for name, value in found.items():
        click.echo(f"{name:14}{value if value is not None else '-'}")


@command.command()
@click.argument("dag")
@click.option("--conf", default="{}", help="JSON object that the tasks see as dag_run.conf.")
@click.option("--logical-date", help="ISO 8601; a time without offset means UTC.  [default: now]")
@click.option("--run-id", help="Name of the run.  [default: manual__<now>]")
@click.option("--idempotency-key", help="Repeating the command with the same key makes no second run.")
@json_option
@click.pass_context
def trigger(
    ctx: click.Context,
    dag: str,
    conf: str,
    logical_date: str | None,
    run_id: str | None,
    idempotency_key: str | None,
    as_json: bool,
) -> None:
    """Make a run of DAG. While the DAG is paused the run waits."""
    with opened_office(settings_of(ctx)) as office:
        wish = TriggerWish(
            dag_id=dag_id(dag),
            conf=_conf(conf),
            logical_date=instant(logical_date, "--logical-date"),
            run_id=run_id,
            idempotency_key=idempotency_key,
        )
        row, is_new = office.runs.trigger(wish)
        office.note("trigger", row.run.key)
        is_paused = office.store.dag_row(row.run.dag_id).is_paused
    if as_json:
        print_json({**_row(row), "is_new": is_new, "is_paused": is_paused})
        return
    click.echo(f"{'Made' if is_new else 'There was already'} run {row.run.run_id} of {row.run.dag_id}.")
    if is_paused:
        click.echo("The DAG is paused: the run stays queued until you turn it on.")


@command.command()
@click.argument("dag")
@click.argument("run")
@json_option
@click.pass_context
def cancel(ctx: click.Context, dag: str, run: str, as_json: bool) -> None:
    """Ask for the end of RUN of DAG; its tasks are stopped."""
    with opened_office(settings_of(ctx)) as office:
        row = office.runs.cancel(_key(dag, run))
        office.note("cancel", row.run.key)
    if as_json:
        print_json(_row(row))
    else:
        click.echo(f"Run {row.run.run_id} is being stopped.")


@command.command()
@click.argument("dag")
@click.argument("run")
@click.option("--only-failed", is_flag=True, help="Only what failed, or could not run because of that.")
@latest_version_option
@acting_options
@json_option
@click.pass_context
def clear(
    ctx: click.Context,
    dag: str,
    run: str,
    only_failed: bool,
    latest_version: bool,
    dry_run: bool,
    yes: bool,
    as_json: bool,
) -> None:
    """Let RUN of DAG be done again."""
    key = _key(dag, run)
    with opened_office(settings_of(ctx)) as office:
        preview = office.actions.preview_clear_run(key, FAILED_STATES if only_failed else None)
        if look_first(preview, "Clear", dry_run=dry_run, yes=yes, as_json=as_json):
            office.note("dagrun_clear", key, touched=len(preview.touched), latest_version=latest_version)
            say(office.actions.clear(preview, office.actor, latest_version=latest_version), as_json=as_json)


@command.command(name="set-state")
@click.argument("dag")
@click.argument("run")
@click.argument("state", type=click.Choice(["queued", "running", "success", "failed"]))
@acting_options
@json_option
@click.pass_context
def set_state(ctx: click.Context, dag: str, run: str, state: str, dry_run: bool, yes: bool, as_json: bool) -> None:
    """Say that RUN of DAG is STATE. What runs is stopped; what was not done counts as done, or as skipped."""
    key = _key(dag, run)
    with opened_office(settings_of(ctx)) as office:
        preview = office.actions.preview_run_state(key, RunState(state))
        if dry_run:
            look_first(preview, "", dry_run=True, yes=yes, as_json=as_json)
            return
        if preview.touched and not look_first(
            preview, f"Set {key.run_id} to {state}, changing", dry_run=False, yes=yes, as_json=as_json
        ):
            return
        office.note("set_run_state", key, state=state)
        say(office.actions.set_run_state([key], RunState(state), office.actor), as_json=as_json)


@command.command()
@click.argument("dag")
@click.argument("run", nargs=-1, required=True)
@acting_options
@json_option
@click.pass_context
def delete(ctx: click.Context, dag: str, run: tuple[str, ...], dry_run: bool, yes: bool, as_json: bool) -> None:
    """Stop and forget RUN... of DAG, with their task instances, attempts and values."""
    keys = [_key(dag, name) for name in run]
    with opened_office(settings_of(ctx)) as office:
        preview = office.actions.preview_delete(keys)
        if dry_run:
            look_first(preview, "", dry_run=True, yes=yes, as_json=as_json)
            return
        if not (yes or as_json):
            click.confirm(f"Forget {len(keys)} runs with {len(preview.touched)} task instances?", abort=True)
        _note_each(office, keys)
        say(office.actions.delete_runs(keys, office.actor), as_json=as_json)


def _note_each(office: Office, keys: list[RunKey]) -> None:
    for key in keys:
        office.note("delete_run", key)


def _conf(text: str) -> dict[str, Any]:
    try:
        conf = json.loads(text)
    except ValueError as error:
        raise InvalidRequest(field="--conf", message=f"--conf is not JSON: {error}") from None
    if not isinstance(conf, dict):
        raise InvalidRequest(field="--conf", message="--conf must be a JSON object")
    return conf
