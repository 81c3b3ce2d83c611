"""``jupyter couture workers``: the Dask workers of this deployment."""

import asyncio

import click

from jupyter_couture.cli.options import json_option, print_json, settings_of
from jupyter_couture.executors import dask_pool
from jupyter_couture.executors.dask_record import PoolRecord


@click.group(name="workers")
def command() -> None:
    """Start, look at and stop the Dask workers of this deployment.

    The engine starts them by itself; these commands are for looking, and for hosts where you want to decide.
    """


@command.command()
@json_option
@click.pass_context
def start(ctx: click.Context, as_json: bool) -> None:
    """Start a Dask scheduler and workers in a session of their own, unless they run."""
    record = asyncio.run(dask_pool.ensure(settings_of(ctx)))
    _print(record, as_json)


@command.command()
@json_option
@click.pass_context
def status(ctx: click.Context, as_json: bool) -> None:
    """Say whether they run and where. Exits with 1 if they do not."""
    record = PoolRecord.read(settings_of(ctx).run_dir)
    _print(record, as_json)
    ctx.exit(0 if record is not None else 1)


@command.command()
@click.pass_context
def stop(ctx: click.Context) -> None:
    """Stop them. Running attempts go on under their supervisor and are joined by the next workers."""
    was_there = asyncio.run(dask_pool.stop(settings_of(ctx)))
    click.echo("Stopped." if was_there else "No workers were running.")


def _print(record: PoolRecord | None, as_json: bool) -> None:
    if as_json:
        print_json({"running": record is not None, "address": record.address if record else None})
    elif record is None:
        click.echo("No workers are running.")
    else:
        click.echo(f"Dask scheduler at {record.address}")
