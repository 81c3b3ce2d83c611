"""Which adapters a server runs on, as the composition root picks them.

Imported late, in a thread: SQLAlchemy alone costs more than the server's own start may.
"""

from jupyter_couture.app.compose import open_listener, open_publisher, open_store
from jupyter_couture.clock import SystemClock
from jupyter_couture.ports.bus import FEED
from jupyter_couture.runtime.logs import FileLogs
from jupyter_couture.settings import Settings
from jupyter_couture_server.backend import Adapters


def open_adapters(settings: Settings) -> Adapters:
    """Open the database (creating or upgrading its tables) and the bus; raises ``Unavailable``."""
    store = open_store(settings)
    return Adapters(
        store=store,
        publisher=open_publisher(settings),
        listen=lambda: open_listener(settings, (FEED,)),
        logs=FileLogs(settings.logs_dir),
        clock=SystemClock(),
        close=store.close,
    )
