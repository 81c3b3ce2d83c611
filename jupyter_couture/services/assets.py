"""Assets and their events: look, and say by hand that one was updated."""

from collections.abc import Mapping, Sequence

from jupyter_couture.model.assets import Asset, AssetEvent, AssetOrder
from jupyter_couture.model.dag import Json
from jupyter_couture.ports.bus import ENGINE, FEED, Publisher
from jupyter_couture.ports.origins import AssetStore


class Assets:
    """Reads assets and makes events. Every method may block."""

    def __init__(self, store: AssetStore, publisher: Publisher) -> None:
        self._store = store
        self._publisher = publisher

    def page(
        self, search: str, limit: int, offset: int, *, dag_id: str | None = None, order: AssetOrder = AssetOrder.URI
    ) -> tuple[Sequence[Asset], int]:
        """Assets whose URI holds ``search``, used by ``dag_id``; and the number of all of them."""
        return self._store.list_assets(search, limit, offset, dag_id=dag_id, order=order)

    def one(self, uri: str) -> Asset:
        """One asset; raises ``NotFound``."""
        return self._store.asset(uri)

    def events(
        self, uri: str | None, dag_id: str | None, limit: int, offset: int, *, oldest_first: bool = False
    ) -> tuple[Sequence[AssetEvent], int]:
        """Events, newest first unless said otherwise, and the number of all of them; raises ``NotFound``."""
        if uri is not None:
            self._store.asset(uri)
        return self._store.list_asset_events(uri, dag_id, limit, offset, oldest_first=oldest_first)

    def emit(self, uri: str, extra: Mapping[str, Json]) -> AssetEvent:
        """Note that an asset was updated; DAGs that wait for it start in a moment. Raises ``NotFound``."""
        event = self._store.emit_asset(uri, extra)
        self._publisher.publish(ENGINE, "origins")
        self._publisher.publish(FEED)
        return event
