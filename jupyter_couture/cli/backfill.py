"""``jupyter couture backfill``: make the runs of a range of dates, a few at a time."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import click

from jupyter_couture.app.office import Office, opened_office
from jupyter_couture.cli.action_options import instant
from jupyter_couture.cli.options import json_object, json_option, list_options, print_json, settings_of
from jupyter_couture.clock import SystemClock
from jupyter_couture.model.backfills import Backfill, BackfillSlot, Reprocess, SlotOutcome
from jupyter_couture.model.errors import InvalidRequest
from jupyter_couture.model.ids import RunId, RunKey, dag_id
from jupyter_couture.services.backfills import Backfills, BackfillWish
from jupyter_couture.services.versions import SpecCache

SHOWN = 50


@click.group(name="backfill")
def command() -> None:
    """Make the runs of a range of dates, a few at a time."""


@contextmanager
def _opened(ctx: click.Context) -> Iterator[tuple[Office, Backfills]]:
    with opened_office(settings_of(ctx)) as office:
        yield office, Backfills(office.store, office.publisher, SpecCache(office.store), SystemClock())


def _backfill(row: Backfill) -> dict[str, Any]:
    return {
        "backfill_id": row.backfill_id,
        "dag_id": row.dag_id,
        "from_date": row.first.isoformat(),
        "to_date": row.last.isoformat(),
        "state": row.state,
        "reprocess": row.reprocess.value,
        "run_backwards": row.is_backwards,
        "max_active_runs": row.max_active,
        "created_at": row.created_at.isoformat(),
        "created_by": row.created_by,
        "ended_at": row.ended_at.isoformat() if row.ended_at else None,
        "counts": dict(row.counts),
    }


def _slot(slot: BackfillSlot, outcome: SlotOutcome) -> dict[str, Any]:
    return {
        "logical_date": slot.interval.start.isoformat(),
        "outcome": outcome.value,
        "run_id": slot.run_id or (slot.existing.run_id if slot.existing else None),
        "run_state": slot.existing.state.value if slot.existing else None,
    }


@command.command()
@click.argument("dag")
@click.option("--from-date", "-s", required=True, help="First logical date, ISO 8601; without offset it means UTC.")
@click.option("--to-date", "-e", required=True, help="Last logical date, included.")
@click.option(
    "--reprocess",
    type=click.Choice([item.value for item in Reprocess]),
    default=Reprocess.NONE.value,
    show_default=True,
    help="Which dates that have a run already have it run again.",
)
@click.option("--run-backwards", is_flag=True, help="Newest date first.")
@click.option(
    "--max-active-runs", type=click.IntRange(1, 1000), default=10, show_default=True, help="So many runs of it at once."
)
@click.option("--conf", default="{}", help="JSON object that the tasks see as dag_run.conf.")
@click.option("--dry-run", is_flag=True, help="Only list what would become of each date.")
@json_option
@click.pass_context
def create(
    ctx: click.Context,
    dag: str,
    from_date: str,
    to_date: str,
    reprocess: str,
    run_backwards: bool,
    max_active_runs: int,
    conf: str,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Make the runs of DAG whose logical dates lie in the range."""
    first, last = instant(from_date, "--from-date"), instant(to_date, "--to-date")
    if first is None or last is None:
        raise InvalidRequest(field="--from-date", message="both dates are needed")
    wish = BackfillWish(
        dag_id=dag_id(dag),
        first=first,
        last=last,
        reprocess=Reprocess(reprocess),
        is_backwards=run_backwards,
        max_active=max_active_runs,
        conf=json_object(conf, "--conf"),
    )
    with _opened(ctx) as (office, backfills):
        if dry_run:
            found = backfills.preview(wish)
            _print_slots([_slot(slot, outcome) for slot, outcome in found.steps], found.counts, as_json=as_json)
            return
        made = backfills.create(wish, office.actor)
        office.note("backfill", RunKey(made.dag_id, RunId("")), backfill_id=made.backfill_id)
    _say(made, as_json=as_json)


@command.command(name="list")
@click.argument("dag", required=False)
@click.option("--open", "open_only", is_flag=True, help="Only those that are not over.")
@list_options("backfill_id", default="-backfill_id", limit=25)
@json_option
@click.pass_context
def list_(
    ctx: click.Context, dag: str | None, open_only: bool, order_by: str, limit: int, offset: int, as_json: bool
) -> None:
    """List backfills, of DAG or of all, newest first."""
    with _opened(ctx) as (_, backfills):
        wanted = None if dag is None else dag_id(dag)
        is_oldest_first = order_by == "backfill_id"
        rows, total = backfills.page(wanted, limit, offset, open_only=open_only, oldest_first=is_oldest_first)
    if as_json:
        print_json({"backfills": [_backfill(row) for row in rows], "total": total})
        return
    for row in rows:
        click.echo(_line(row))
    click.echo(f"{len(rows)} of {total}")


@command.command()
@click.argument("number", type=click.IntRange(1))
@json_option
@click.pass_context
def show(ctx: click.Context, number: int, as_json: bool) -> None:
    """Show backfill NUMBER and its dates."""
    with _opened(ctx) as (_, backfills):
        row = backfills.one(number)
        slots, _ = backfills.slots(number, 1000, 0)
    dates = [_slot(slot, slot.outcome) for slot in slots]
    if as_json:
        print_json({**_backfill(row), "slots": dates})
        return
    click.echo(_line(row))
    _print_slots(dates, row.counts, as_json=False)


@command.command()
@click.argument("number", type=click.IntRange(1))
@json_option
@click.pass_context
def pause(ctx: click.Context, number: int, as_json: bool) -> None:
    """Make no further runs for now."""
    _change(ctx, number, "pause", as_json=as_json)


@command.command()
@click.argument("number", type=click.IntRange(1))
@json_option
@click.pass_context
def resume(ctx: click.Context, number: int, as_json: bool) -> None:
    """Go on with a paused backfill."""
    _change(ctx, number, "resume", as_json=as_json)


@command.command()
@click.argument("number", type=click.IntRange(1))
@json_option
@click.pass_context
def cancel(ctx: click.Context, number: int, as_json: bool) -> None:
    """Make no further runs: queued runs of the backfill end, running ones go on."""
    _change(ctx, number, "cancel", as_json=as_json)


def _change(ctx: click.Context, number: int, act: str, *, as_json: bool) -> None:
    with _opened(ctx) as (office, backfills):
        row = backfills.cancel(number) if act == "cancel" else backfills.set_paused(number, act == "pause")
        office.note(f"backfill_{act}", RunKey(row.dag_id, RunId("")), backfill_id=number)
    _say(row, as_json=as_json)


def _say(row: Backfill, *, as_json: bool) -> None:
    if as_json:
        print_json(_backfill(row))
    else:
        click.echo(_line(row))


def _line(row: Backfill) -> str:
    counts = ", ".join(f"{count} {outcome}" for outcome, count in sorted(row.counts.items()))
    return f"{row.backfill_id}  {row.dag_id}  {row.first.isoformat()} to {row.last.isoformat()}  {row.state}  {counts}"


def _print_slots(dates: Sequence[dict[str, Any]], counts: Any, *, as_json: bool) -> None:
    if as_json:
        print_json({"slots": list(dates), "total": len(dates), "counts": dict(counts)})
        return
    for date in dates[:SHOWN]:
        run = f"  {date['run_id']} ({date['run_state']})" if date["run_state"] else ""
        click.echo(f"{date['logical_date']}  {date['outcome']}{run}")
    if len(dates) > SHOWN:
        click.echo(f"and {len(dates) - SHOWN} more")
    click.echo(", ".join(f"{count} {outcome}" for outcome, count in sorted(dict(counts).items())))
