"""The supervisor of a host, put together: it needs database and bus, and nothing of engine or Dask."""

from jupyter_couture.app.edges import open_publisher, open_store
from jupyter_couture.clock import SystemClock
from jupyter_couture.executors.serve import serve
from jupyter_couture.services.secrets import Secrets
from jupyter_couture.settings import Settings


async def run_supervisor(settings: Settings) -> None:
    """Be this host's supervisor until nobody needs one."""
    store = open_store(settings)
    publisher = open_publisher(settings)
    try:
        await serve(settings, store, publisher, SystemClock(), (store, Secrets.load(settings, store)))
    finally:
        publisher.close()
        store.close()
