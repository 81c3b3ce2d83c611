"""The supervisor of a host, put together: it needs database and bus, and nothing of engine or Dask."""

from collections.abc import Sequence

from jupyter_couture.app.edges import open_publisher, open_store
from jupyter_couture.clock import SystemClock
from jupyter_couture.executors.serve import serve
from jupyter_couture.model.errors import NotFound
from jupyter_couture.model.secrets import Connection, Variable
from jupyter_couture.ports.secrets import SecretStore
from jupyter_couture.settings import Settings


async def run_supervisor(settings: Settings) -> None:
    """Be this host's supervisor until nobody needs one."""
    store = open_store(settings)
    publisher = open_publisher(settings)
    try:
        await serve(settings, store, publisher, SystemClock(), (store, StoredSecrets(store)))
    finally:
        publisher.close()
        store.close()


class StoredSecrets:
    """The database's variables and connections, for running attempts."""

    def __init__(self, store: SecretStore) -> None:
        self._store = store

    def get_variable(self, key: str) -> str | None:
        """See ``ports.Secrets``."""
        try:
            return self._store.variable(key).value
        except NotFound:
            return None

    def set_variable(self, key: str, value: str, description: str | None = None) -> None:
        """See ``ports.Secrets``."""
        self._store.put_variable(Variable(key=key, value=value, description=description or ""))

    def delete_variable(self, key: str) -> bool:
        """See ``ports.Secrets``."""
        try:
            self._store.delete_variable(key)
        except NotFound:
            return False
        return True

    def get_connections(self, conn_id: str) -> Sequence[Connection]:
        """See ``ports.Secrets``."""
        return self._store.connections_of(conn_id)
