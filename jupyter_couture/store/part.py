"""What the parts of the store share: one database, and the specs that were decoded already."""

import threading
from collections import OrderedDict
from collections.abc import Iterable

from sqlalchemy import Connection, bindparam, select

from jupyter_couture.model.codec import from_document
from jupyter_couture.model.dag import DagSpec
from jupyter_couture.model.errors import NotFound
from jupyter_couture.model.ids import VersionHash
from jupyter_couture.store.database import Database
from jupyter_couture.store.tables import dag_version

MOST_KEPT = 60_000
"""So many DAGs and tasks, of those asked for last, stay decoded: all of a large deployment, at about 1 kB each."""

_SPECS = select(dag_version.c.version, dag_version.c.spec).where(
    dag_version.c.version.in_(bindparam("versions", expanding=True))
)
_AT_ONCE = 100


class StorePart:
    """One subject of the store. The facade inherits all parts, which share what is here."""

    def __init__(self, database: Database) -> None:
        self._db = database
        self._specs: OrderedDict[str, DagSpec] = OrderedDict()  # versions never change, so neither do these
        self._kept = 0
        self._specs_turn = threading.Lock()

    def _spec(self, connection: Connection, version: VersionHash) -> DagSpec:
        """The spec of ``version``, decoded once; raises ``NotFound``."""
        return self._specs_of(connection, [version])[version]

    def _specs_of(self, connection: Connection, versions: Iterable[VersionHash]) -> dict[VersionHash, DagSpec]:
        """The specs of ``versions``; those that are not known yet are read together. Raises ``NotFound``."""
        wanted = dict.fromkeys(versions)
        found: dict[VersionHash, DagSpec] = {}
        with self._specs_turn:
            for version in wanted:
                spec = self._specs.get(version)
                if spec is not None:
                    self._specs.move_to_end(version)
                    found[version] = spec
        unknown = [version for version in wanted if version not in found]
        for first in range(0, len(unknown), _AT_ONCE):
            rows = connection.execute(_SPECS, {"versions": unknown[first : first + _AT_ONCE]})
            for version, document in rows:
                found[version] = self._keep(version, from_document(DagSpec, document))
        missing = next((version for version in unknown if version not in found), None)
        if missing is not None:
            raise NotFound(what="DAG version", id=missing)
        return found

    def _keep(self, version: VersionHash, spec: DagSpec) -> DagSpec:
        with self._specs_turn:
            if version not in self._specs:
                self._kept += _weight(spec)
            self._specs[version] = spec
            while self._kept > MOST_KEPT and len(self._specs) > 1:
                _, dropped = self._specs.popitem(last=False)
                self._kept -= _weight(dropped)
        return spec


def _weight(spec: DagSpec) -> int:
    return 1 + len(spec.tasks)
