"""What the parts of the store share: one database, and the specs that were decoded already."""

import threading
from collections import OrderedDict

from sqlalchemy import Connection, bindparam, select

from jupyter_couture.model.codec import from_document
from jupyter_couture.model.dag import DagSpec
from jupyter_couture.model.errors import NotFound
from jupyter_couture.model.ids import VersionHash
from jupyter_couture.store.database import Database
from jupyter_couture.store.tables import dag_version

MOST_KEPT = 60_000
"""So many DAGs and tasks, of those asked for last, stay decoded: all of a large deployment, at about 1 kB each."""

_SPEC = select(dag_version.c.spec).where(dag_version.c.version == bindparam("version"))


class StorePart:
    """One subject of the store. The facade inherits all parts, which share what is here."""

    def __init__(self, database: Database) -> None:
        self._db = database
        self._specs: OrderedDict[str, DagSpec] = OrderedDict()  # versions never change, so neither do these
        self._kept = 0
        self._specs_turn = threading.Lock()

    def _spec(self, connection: Connection, version: VersionHash) -> DagSpec:
        """The spec of ``version``, decoded once; raises ``NotFound``."""
        with self._specs_turn:
            found = self._specs.get(version)
            if found is not None:
                self._specs.move_to_end(version)
                return found
        document = connection.execute(_SPEC, {"version": version}).scalar()
        if document is None:
            raise NotFound(what="DAG version", id=version)
        spec = from_document(DagSpec, document)
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
