"""``jupyter couture commands``: what was ordered of the engine, and what came of it."""

from typing import Any

import click

from jupyter_couture.app.office import opened_office
from jupyter_couture.cli.options import json_option, list_options, print_json, settings_of
from jupyter_couture.model.browsing import CommandFilter, GivenCommand


@click.group(name="commands")
def command() -> None:
    """Look at what was ordered of the engine (clear, mark, delete ...), and at what came of it."""


def _row(given: GivenCommand) -> dict[str, Any]:
    outcome = given.outcome
    return {
        "number": given.number,
        "kind": given.kind,
        "actor": given.actor,
        "at": given.at.isoformat(),
        "done_at": given.done_at.isoformat() if given.done_at else None,
        "touched": outcome.touched if outcome else 0,
        "notes": list(outcome.notes) if outcome else [],
    }


@command.command(name="list")
@click.option("--kind", default="", help="Only of this kind, such as ClearTasks.")
@click.option("--actor", default="", help="Only those of this person or program.")
@click.option("--done/--waiting", default=None, help="Only those that were carried out, or that wait for an engine.")
@list_options("number", default="-number")
@json_option
@click.pass_context
def list_(
    ctx: click.Context,
    kind: str,
    actor: str,
    done: bool | None,
    order_by: str,
    limit: int,
    offset: int,
    as_json: bool,
) -> None:
    """List commands, newest first."""
    wanted = CommandFilter(
        kind=kind, actor=actor, is_done=done, is_oldest_first=order_by == "number", limit=limit, offset=offset
    )
    with opened_office(settings_of(ctx)) as office:
        page = office.browsing.commands(wanted)
    rows = [_row(each) for each in page.rows]
    if as_json:
        print_json({"commands": rows, "total": page.total, "has_more": page.has_more})
        return
    for row in rows:
        state = f"{row['touched']} touched" if row["done_at"] else "waits for an engine"
        click.echo(f"{row['number']}  {row['kind']}  {row['actor']}  {state}")
        for note in row["notes"]:
            click.echo(f"  {note}")
    click.echo(f"{len(rows)} of {page.total}{' or more' if page.has_more else ''}")
