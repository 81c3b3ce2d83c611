"""``jupyter couture down``: end what runs of a deployment on this host."""

import asyncio

import click

from jupyter_couture.app.stop import stop_deployment
from jupyter_couture.cli.options import settings_of


@click.command(name="down")
@click.pass_context
def command(ctx: click.Context) -> None:
    """Stop engine, Dask workers and supervisor of this home folder. Running attempts are ended.

    They are recorded as lost, and tried again by the next engine where their tasks have retries left.
    """
    ended = asyncio.run(stop_deployment(settings_of(ctx)))
    click.echo(f"Stopped: {', '.join(ended)}." if ended else "Nothing was running.")
