"""``jupyter couture engine``: the scheduler in the foreground."""

import asyncio
import gc
import importlib
import logging
import signal

import click

from jupyter_couture.cli.options import settings_of
from jupyter_couture.executors.early import start_early
from jupyter_couture.runtime.collecting import uncollected
from jupyter_couture.settings import Settings


@click.command(name="engine")
@click.option("--executor", type=click.Choice(["dask", "local"]), help="Where attempts run.  [default: dask]")
@click.option("--dask-address", help="Address of a running Dask scheduler; without it the engine starts its own.")
@click.option(
    "--log-level",
    type=click.Choice(["debug", "info", "warning"]),
    default="info",
    show_default=True,
    help="The least that is logged.",
)
@click.pass_context
def command(ctx: click.Context, executor: str | None, dask_address: str | None, log_level: str) -> None:
    """Run the scheduler until it is told to stop (Ctrl-C or SIGTERM).

    Several engines may run on one database: one leads, the others take over when it goes. Running tasks go on when the
    engine stops, and the next one adopts them.
    """
    logging.basicConfig(level=log_level.upper(), format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("distributed").setLevel(logging.WARNING)
    settings = settings_of(ctx, executor=executor, dask_address=dask_address)
    start_early(settings)
    asyncio.run(_run(settings))


async def _run(settings: Settings) -> None:
    loop = asyncio.get_running_loop()
    with uncollected():  # heavy: workers and supervisor start meanwhile
        compose = importlib.import_module("jupyter_couture.app.compose")
    gc.freeze()  # it all stays: a look at it would make a pass longer by a third of its budget
    with compose.opened_engine(settings) as engine:
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, engine.stop)
        await engine.run()
