"""``jupyter couture down``: end what runs of a deployment on this host."""

import asyncio

import click

from jupyter_couture.app.stop import stop_deployment
from jupyter_couture.cli.options import settings_of


@click.command(name="down")
@click.pass_context
def command(ctx: click.Context) -> None:
    """Stop the lab of `jupyter couture up`, engine, Dask workers and supervisor of this home folder.

    A JupyterLab that was started in another way is to be closed first: it would start the next engine. Running attempts
    go on until they end by themselves, and the next engine records them; cancel a run first to end its tasks now.
    """
    ended = asyncio.run(stop_deployment(settings_of(ctx)))
    click.echo(f"Stopped: {', '.join(ended)}." if ended else "Nothing was running.")
