"""``jupyter couture secrets``: the keys under which variables and connections are stored."""

import click

from jupyter_couture.cli.options import json_option, print_json
from jupyter_couture.cli.secret_options import opened_safe
from jupyter_couture.store.keys import KeyRing, new_key


@click.group(name="secrets")
def command() -> None:
    """Look after the keys under which secrets are stored."""


@command.command()
@click.option("--keep-old", is_flag=True, help="Keep the old keys in the file, to read backups of the database.")
@json_option
@click.pass_context
def rotate(ctx: click.Context, keep_old: bool, as_json: bool) -> None:
    """Seal every stored secret anew; everything may go on running.

    With keys in the home folder's file a new one is made, and the old ones are removed when nothing needs them. Keys
    that are given by COUTURE_FERNET_KEYS are not changed: put the new one first there, everywhere, and start anew;
    then rotate; then take the old one out.
    """
    with opened_safe(ctx) as safe:
        keys = KeyRing.of(safe.office.settings)
        if keys.file is not None and not keys.is_empty:
            keys.replace(lambda known: [new_key(), *known])
        count = safe.office.store.reseal()
        if keys.file is not None and not keys.is_empty and not keep_old:
            keys.replace(lambda known: known[:1])
        safe.office.note("secrets.rotate", count=count)
    if as_json:
        print_json({"resealed": count})
    else:
        click.echo(f"{count} secrets are sealed with the first key.")


@command.command()
def key() -> None:
    """Print a fresh key, for COUTURE_FERNET_KEYS."""
    click.echo(new_key())
