"""``jupyter couture supervisor``: the process that looks after the attempts of one host. Started by the executor."""

import asyncio

import click

from jupyter_couture.app.supervise import run_supervisor
from jupyter_couture.cli.options import settings_of


@click.command(name="supervisor")
@click.pass_context
def command(ctx: click.Context) -> None:
    """Look after the attempts of this host: claim, start, watch, record. One per host and deployment.

    Nobody needs to start it by hand: executors do, and a second one leaves at once.
    """
    asyncio.run(run_supervisor(settings_of(ctx)))
