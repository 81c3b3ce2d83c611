"""Database and bus of a deployment, decided by the settings: all that a server or a command needs that runs nothing."""

from collections.abc import Sequence

from jupyter_couture.bus.local import LocalListener, LocalPublisher
from jupyter_couture.bus.postgres import PostgresListener, PostgresPublisher
from jupyter_couture.ports.bus import Listener
from jupyter_couture.settings import Settings
from jupyter_couture.store.keys import KeyRing
from jupyter_couture.store.sql import SqlStore


def open_store(settings: Settings) -> SqlStore:
    """The database, created or upgraded if need be; raises ``Unavailable``."""
    settings.make_folders()
    return SqlStore.open(settings.database_url, keys=KeyRing.of(settings))


def look_into_store(settings: Settings) -> SqlStore:
    """The database as it is: nothing is created or upgraded. Raises ``Unavailable`` if that does not do."""
    return SqlStore.open(settings.database_url, keys=KeyRing.of(settings), upgrades=False)


def open_publisher(settings: Settings) -> LocalPublisher | PostgresPublisher:
    """Sends signals to every process of the deployment. Close it in the end."""
    if is_postgres(settings):
        return PostgresPublisher(settings.database_url)
    return LocalPublisher(settings.run_dir)


def open_listener(settings: Settings, topics: Sequence[str]) -> Listener:
    """Receives the signals of ``topics``."""
    if is_postgres(settings):
        return PostgresListener(settings.database_url, topics)
    return LocalListener(settings.run_dir, topics)


def is_postgres(settings: Settings) -> bool:
    """Whether processes of the deployment may live on several hosts, and so meet in the database."""
    return settings.database_url.startswith("postgres")
