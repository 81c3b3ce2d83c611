"""``jupyter couture db``: prepare and check the database."""

import click

from jupyter_couture.app.edges import open_store
from jupyter_couture.cli.options import json_option, print_json, settings_of


@click.group(name="db")
def command() -> None:
    """Prepare and check the database."""


@command.command()
@json_option
@click.pass_context
def upgrade(ctx: click.Context, as_json: bool) -> None:
    """Bring the database to the schema of this version, creating it if it is empty."""
    settings = settings_of(ctx)
    settings.make_folders()
    store = open_store(settings)
    try:
        dialect = store.check()
    finally:
        store.close()
    if as_json:
        print_json({"dialect": dialect, "ok": True})
    else:
        click.echo(f"The {dialect} database is ready.")


@command.command()
@json_option
@click.pass_context
def check(ctx: click.Context, as_json: bool) -> None:
    """Ask the database for a sign of life and say who leads."""
    store = open_store(settings_of(ctx))
    try:
        dialect, lease = store.check(), store.current_lease()
    finally:
        store.close()
    if as_json:
        print_json({"dialect": dialect, "ok": True, "leader": lease.holder if lease else None})
    else:
        click.echo(f"The {dialect} database answers. Leader: {lease.holder if lease else 'none'}.")
