"""Variables and connections as mapped classes, for programs of administrators that speak SQLAlchemy.

For the machine that reaches the database and has its keys: a notebook, a script. Task code has neither; there
``Variable.get`` asks the attempt. Values are sealed and opened by the columns themselves::

    from jupyter_couture.store.models import Variable, session_scope

    with session_scope() as session:
        session.add(Variable(key="region", val="eu"))
        names = [row.key for row in session.query(Variable).order_by(Variable.key)]
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy.orm import Session, registry

from jupyter_couture.authoring.connections import Connection as ConnectionOfTasks
from jupyter_couture.authoring.variables import Variable as VariableOfTasks
from jupyter_couture.settings import Settings
from jupyter_couture.store.keys import KeyRing
from jupyter_couture.store.sql import SqlStore
from jupyter_couture.store.tables_secrets import connection, variable

mapper_registry = registry()


class Variable(VariableOfTasks):
    """A row of the table ``variable``; its attributes are columns on the class and values on an instance."""

    id: Any
    key: Any
    val: Any
    description: Any


class Connection(ConnectionOfTasks):
    """A row of the table ``connection``, its password in clear."""

    id: Any
    conn_id: Any
    conn_type: Any
    host: Any
    login: Any
    password: Any
    schema: Any
    port: Any
    extra: Any
    description: Any


mapper_registry.map_imperatively(Variable, variable)
mapper_registry.map_imperatively(Connection, connection)


@contextmanager
def session_scope(settings: Settings | None = None) -> Iterator[Session]:
    """A session that is committed in the end, or rolled back if something is raised; raises ``Unavailable``.

    Others wait with their changes until it ends, and PostgreSQL ends one that does nothing for five seconds.
    ``settings`` are those of the environment unless given.
    """
    settings = Settings.load() if settings is None else settings
    settings.make_folders()
    store = SqlStore.open(settings.database_url, keys=KeyRing.of(settings))
    try:
        with Session(store.sealed_writes()) as session, session.begin():
            yield session
    finally:
        store.close()
