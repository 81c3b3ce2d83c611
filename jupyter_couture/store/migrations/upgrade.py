"""Bring a database to the present schema."""

from datetime import UTC, datetime

from sqlalchemy import Connection, insert, inspect, select

from jupyter_couture.model.errors import Unavailable
from jupyter_couture.store.database import Database
from jupyter_couture.store.feed import HEAD as FEED_HEAD
from jupyter_couture.store.leases import NAME as LEASE
from jupyter_couture.store.tables import feed_head, lease, metadata, schema_version

HEAD = "0002"
"""The newest step."""

_TURN = 7_215_000  # of the advisory lock: one process at a time


def upgrade(database: Database) -> bool:
    """Create or upgrade the tables; whether there was anything to do.

    Raises ``Unavailable`` if the schema is newer than this program, which cannot go back.
    """
    if database.read(_version) == HEAD:
        return False

    def body(connection: Connection) -> bool:
        database.take_turns(connection, _TURN)
        version = _version(connection)  # another process may have been first
        if version == HEAD:
            return False
        if version is None:
            create(connection)
        else:
            _step_from(connection, version)
        return True

    return database.write(body)


def require_present(database: Database) -> None:
    """Raise ``Unavailable`` unless the tables are there and of the present schema; changes nothing."""
    version = database.read(_version)
    if version is None:
        raise Unavailable(what="database", message="it holds no deployment yet")
    if version != HEAD:
        message = f"its schema is {version}, this version wants {HEAD}: jupyter couture db upgrade"
        raise Unavailable(what="database", message=message)


def create(connection: Connection) -> None:
    """Make all tables of the present schema and their first rows."""
    metadata.create_all(connection, checkfirst=False)
    long_ago = datetime(1970, 1, 1, tzinfo=UTC)
    connection.execute(insert(lease), {"name": LEASE, "fence": 0, "renewed_at": long_ago, "expires_at": long_ago})
    connection.execute(insert(feed_head), {"name": FEED_HEAD, "seq": 0})
    connection.execute(insert(schema_version), {"version_num": HEAD})


def _version(connection: Connection) -> str | None:
    if not inspect(connection).has_table(schema_version.name):
        return None
    return connection.execute(select(schema_version.c.version_num)).scalar()


def _step_from(connection: Connection, version: str) -> None:
    from jupyter_couture.store.migrations import steps  # noqa: PLC0415  (alembic takes a second to import)

    if version not in steps.known():
        message = (
            f"its schema {version} was written by a newer Jupyter Couture (this one knows {HEAD}) and cannot go back; "
            "install that version again or restore a backup from before"
        )
        raise Unavailable(what="database", message=message)
    steps.climb(connection, HEAD)
