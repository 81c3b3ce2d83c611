"""What a server needs of the composition root.

Imported late, in a thread: SQLAlchemy alone costs more than the server's own start may. It takes nothing of the engine
(scheduler, executors, DAG bag), so that the server stays small.
"""

from jupyter_couture.app.edges import open_listener, open_publisher, open_store
from jupyter_couture.clock import SystemClock
from jupyter_couture.ports.bus import FEED
from jupyter_couture.runtime.logs import FileLogs
from jupyter_couture.runtime.usage_files import FileUsage
from jupyter_couture.settings import Settings
from jupyter_couture_server.backend import Adapters


def open_adapters(settings: Settings) -> Adapters:
    """Open the database (creating or upgrading its tables) and the bus; raises ``Unavailable``."""
    store = open_store(settings)
    publisher = open_publisher(settings)

    def close() -> None:
        publisher.close()
        store.close()

    return Adapters(
        store=store,
        publisher=publisher,
        listen=lambda: open_listener(settings, (FEED,)),
        logs=FileLogs(settings.logs_dir),
        usage=FileUsage(settings.logs_dir),
        clock=SystemClock(),
        close=close,
    )
