"""What a task says of the assets it updates, and what it learns of the updates of those it reads.

``outlet_events[asset].extra = {...}`` goes with the update of an outlet; ``outlet_events[alias].add(asset)`` updates an
asset that the file does not name; ``inlet_events[asset]`` are the updates there were, oldest first.
"""

import inspect
import logging
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, TypeVar, overload

from jupyter_couture.authoring.assets import Asset, AssetAlias, Metadata, read_assets
from jupyter_couture.authoring.context import AttemptServices
from jupyter_couture.model.errors import InvalidRequest

_log = logging.getLogger(__name__)

Key = Asset | AssetAlias | str
"""An asset is asked for by itself, by its URI or by its name."""

_Found = TypeVar("_Found", covariant=True)


class AssetEventView(dict[str, Any]):
    """An update of an asset: ``uri``, ``extra``, ``timestamp``, ``source`` and more, as items and as attributes."""

    def __init__(self, event: Mapping[str, Any]) -> None:
        source = event.get("source") or {}
        asset = Asset(str(event["uri"]))
        super().__init__(
            event,
            asset=asset,
            dataset=asset,
            source_dag_id=source.get("dag_id"),
            source_run_id=source.get("run_id"),
            source_task_id=source.get("task_id"),
            source_map_index=source.get("map_index", -1),
        )

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None


class OutletEvent:
    """What goes with the update of one outlet."""

    def __init__(self, key: Asset | AssetAlias, services: AttemptServices) -> None:
        self.key = key
        self._services = services

    @property
    def extra(self) -> dict[str, Any]:
        """Values for those who wait for the asset or read it; a dict of JSON types, to be changed or replaced."""
        return self._services.asset_notes().setdefault(self.key.uri, {})

    @extra.setter
    def extra(self, value: Mapping[str, Any]) -> None:
        self._services.asset_notes()[self.key.uri] = dict(value)

    def add(self, asset: Asset | str, extra: Mapping[str, Any] | None = None) -> None:
        """Through an alias: ``asset`` was updated as well."""
        if not isinstance(self.key, AssetAlias):
            raise InvalidRequest(field="add", message=f"{self.key!r} is no alias: only to an alias assets can be added")
        uri = asset.uri if isinstance(asset, Asset) else Asset(asset).uri
        self._services.asset_notes()[uri] = dict(extra or {})

    def add_partitions(self, keys: str | Iterable[str]) -> None:
        """Name the partitions that were updated; they go with the update under ``partition_keys``."""
        named = self.extra.setdefault("partition_keys", [])
        named += [key for key in ([keys] if isinstance(keys, str) else keys) if key not in named]


class _Accessor(Mapping[Key, _Found]):
    """Gives what it has for an asset or an alias."""

    def for_asset(self, *, name: str | None = None, uri: str | None = None) -> _Found:
        """By name or URI of an asset."""
        return self[Asset.ref(name, uri)]

    def for_asset_alias(self, *, name: str) -> _Found:
        """By name of an alias."""
        return self[AssetAlias(name)]


class OutletEvents(_Accessor[OutletEvent]):
    """``outlet_events`` of the context."""

    def __init__(self, outlets: Iterable[Any], services: AttemptServices) -> None:
        self._outlets = read_assets(outlets, "outlets")
        self._services = services

    def __getitem__(self, key: Key) -> OutletEvent:
        return OutletEvent(_found(key, self._outlets, "outlets"), self._services)

    def __iter__(self) -> Iterator[Key]:
        return iter(self._outlets)

    def __len__(self) -> int:
        return len(self._outlets)


class InletEvents(_Accessor["PastEvents"]):
    """``inlet_events`` of the context."""

    def __init__(self, inlets: Iterable[Any], services: AttemptServices) -> None:
        self._inlets = read_assets(inlets, "inlets")
        self._services = services

    def __getitem__(self, key: Key) -> "PastEvents":
        return PastEvents(_found(key, self._inlets, "inlets").uri, self._services)

    def __iter__(self) -> Iterator[Key]:
        return iter(self._inlets)

    def __len__(self) -> int:
        return len(self._inlets)


class PastEvents(Sequence[AssetEventView]):
    """The latest updates of an asset, oldest first; looked up when first needed."""

    def __init__(self, uri: str, services: AttemptServices) -> None:
        self._uri = uri
        self._services = services

    @cached_property
    def _events(self) -> list[AssetEventView]:
        return [AssetEventView(event) for event in self._services.asset_history(self._uri)]

    @overload
    def __getitem__(self, index: int) -> AssetEventView: ...

    @overload
    def __getitem__(self, index: slice) -> list[AssetEventView]: ...

    def __getitem__(self, index: int | slice) -> AssetEventView | list[AssetEventView]:
        return self._events[index]

    def __len__(self) -> int:
        return len(self._events)


def drained(function: object, value: Any, outlets: Iterable[Any], services: AttemptServices) -> Any:
    """The value of a call: of a generator function what it returns, after its ``Metadata`` was noted."""
    if not (inspect.isgenerator(value) and inspect.isgeneratorfunction(function)):
        return value
    return _drained(value, OutletEvents(outlets, services))


def _drained(generator: Generator[Any, Any, Any], events: OutletEvents) -> Any:
    while True:
        try:
            said = next(generator)
        except StopIteration as end:
            return end.value
        if not isinstance(said, Metadata):
            _log.warning("Left out, since a task function yields Metadata alone: %r", said)
        elif said.alias is not None:
            alias = said.alias if isinstance(said.alias, AssetAlias) else AssetAlias(said.alias)
            events[alias].add(said.uri, said.extra)
        else:
            events[said.asset].extra.update(said.extra)


def _found(key: Key, declared: Iterable[Asset | AssetAlias], what: str) -> Asset | AssetAlias:
    for each in declared:
        if each == key or (isinstance(key, str) and key in (each.uri, each.name)):
            return each
        if isinstance(key, Asset | AssetAlias) and each.uri == key.uri:
            return each
    raise KeyError(f"{key!r} is not among the {what} of the task")
