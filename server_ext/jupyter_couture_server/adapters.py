"""Which adapters a server runs on: the composition root of the server's side.

Imported late, in a thread: SQLAlchemy alone costs more than the server's own start may. It takes nothing of the engine
(scheduler, executors, DAG bag), so that the server stays small.
"""

from jupyter_couture.bus.local import LocalListener, LocalPublisher
from jupyter_couture.bus.postgres import PostgresListener, PostgresPublisher
from jupyter_couture.clock import SystemClock
from jupyter_couture.ports.bus import FEED, Listener
from jupyter_couture.runtime.logs import FileLogs
from jupyter_couture.settings import Settings
from jupyter_couture.store.sql import SqlStore
from jupyter_couture_server.backend import Adapters


def open_adapters(settings: Settings) -> Adapters:
    """Open the database (creating or upgrading its tables) and the bus; raises ``Unavailable``."""
    settings.make_folders()
    store = SqlStore.open(settings.database_url)
    publisher = _publisher(settings)

    def close() -> None:
        publisher.close()
        store.close()

    return Adapters(
        store=store,
        publisher=publisher,
        listen=lambda: _listener(settings),
        logs=FileLogs(settings.logs_dir),
        clock=SystemClock(),
        close=close,
    )


def _is_postgres(settings: Settings) -> bool:
    return settings.database_url.startswith("postgres")


def _publisher(settings: Settings) -> LocalPublisher | PostgresPublisher:
    return PostgresPublisher(settings.database_url) if _is_postgres(settings) else LocalPublisher(settings.run_dir)


def _listener(settings: Settings) -> Listener:
    if _is_postgres(settings):
        return PostgresListener(settings.database_url, (FEED,))
    return LocalListener(settings.run_dir, (FEED,))
