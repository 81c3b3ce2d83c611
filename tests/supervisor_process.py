"""Entry of a supervisor for tests: ``python -m tests.supervisor_process``, settings in the environment."""

import asyncio
import logging

from jupyter_couture.bus.local import LocalPublisher
from jupyter_couture.clock import SystemClock
from jupyter_couture.executors.serve import serve
from jupyter_couture.settings import Settings
from jupyter_couture.store.sql import SqlStore


def main() -> None:
    """Be the supervisor of the deployment that the environment names."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    settings = Settings.load()
    store = SqlStore.open(settings.database_url)
    asyncio.run(serve(settings, store, LocalPublisher(settings.run_dir), SystemClock()))


if __name__ == "__main__":
    main()
