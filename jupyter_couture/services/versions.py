"""Specs of DAG versions, remembered: a version never changes, and decoding a large one is not free."""

from collections import OrderedDict
from threading import Lock

from jupyter_couture.model.dag import DagSpec
from jupyter_couture.model.ids import DagId, VersionHash
from jupyter_couture.ports.store import ServiceStore

_REMEMBERED = 32


class SpecCache:
    """The specs asked for last. Safe to use from several threads."""

    def __init__(self, store: ServiceStore) -> None:
        self._store = store
        self._specs: OrderedDict[tuple[DagId, VersionHash], DagSpec] = OrderedDict()
        self._lock = Lock()

    def spec(self, dag_id: DagId, version: VersionHash) -> DagSpec:
        """The spec of ``version``; raises ``NotFound``."""
        key = (dag_id, version)
        with self._lock:
            known = self._specs.get(key)
            if known is not None:
                self._specs.move_to_end(key)
                return known
        spec = self._store.dag_version(dag_id, version).spec
        with self._lock:
            self._specs[key] = spec
            while len(self._specs) > _REMEMBERED:
                self._specs.popitem(last=False)
        return spec
