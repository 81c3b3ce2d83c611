"""Leadership: one row, the database's clock, and a fence that rises with each new holder.

A holder that was stopped and wakes after its time is up may believe it leads. Its writes do not pass: each of them
names its fence, and the row has another one by then.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, or_, select, update

from jupyter_couture.model.errors import LeaseLost
from jupyter_couture.model.records import Lease
from jupyter_couture.store.columns import DatabaseNow, UtcDateTime
from jupyter_couture.store.part import StorePart
from jupyter_couture.store.tables import lease

NAME = "scheduler"

_NOW = DatabaseNow()
_FIELDS = (lease.c.holder, lease.c.fence, lease.c.expires_at, lease.c.renewed_at, lease.c.slots)
_MINE = (lease.c.name == NAME, lease.c.holder == bindparam("of_holder"), lease.c.fence == bindparam("of_fence"))

_READ_NOW = select(_NOW)
_LOCK = select(lease.c.name).where(lease.c.name == NAME).with_for_update()
_TAKE = (
    update(lease)
    .where(lease.c.name == NAME)
    .where(
        or_(
            lease.c.holder.is_(None),
            lease.c.holder == bindparam("holder"),
            lease.c.expires_at <= bindparam("now", type_=UtcDateTime),
        )
    )
    .values(
        holder=bindparam("holder"),
        fence=lease.c.fence + 1,
        renewed_at=bindparam("now", type_=UtcDateTime),
        expires_at=bindparam("until", type_=UtcDateTime),
        slots=None,
    )
)
_RENEW = (
    update(lease)
    .where(*_MINE)
    .values(renewed_at=bindparam("now"), expires_at=bindparam("until"), slots=bindparam("slots"))
)
_RELEASE = update(lease).where(*_MINE).values(holder=None)
_CURRENT = select(*_FIELDS).where(lease.c.name == NAME, lease.c.holder.is_not(None))
_HOLD = (
    select(lease.c.fence)
    .where(lease.c.name == NAME, lease.c.holder.is_not(None), lease.c.fence == bindparam("of_fence"))
    .with_for_update()
)


def check_fence(connection: Connection, fence: int) -> None:
    """Hold the lease's row to the end of this transaction; raises ``LeaseLost`` if its fence is another."""
    if connection.execute(_HOLD, {"of_fence": fence}).first() is None:
        raise LeaseLost(holder="of this process", fence=fence)


def _lease_from(row: Any) -> Lease:
    return Lease(row.holder, row.fence, row.expires_at, row.renewed_at, row.slots)


class LeasePart(StorePart):
    """Leadership of the scheduler."""

    def acquire_lease(self, holder: str, ttl_seconds: float) -> Lease | None:
        """Become leader if nobody is or the holder's time is up; None if another leads. The fence rises.

        A holder that asks again gets a new fence, and its old one is worth nothing.
        """

        def body(connection: Connection) -> Lease | None:
            connection.execute(_LOCK)  # whoever waits here must look at the clock afterwards
            now = connection.execute(_READ_NOW).scalar_one()
            until = now + timedelta(seconds=ttl_seconds)
            if connection.execute(_TAKE, {"holder": holder, "now": now, "until": until}).rowcount != 1:
                return None
            return _lease_from(connection.execute(_CURRENT).one())

        return self._db.write(body)

    def renew_lease(self, lease: Lease, ttl_seconds: float, slots: int | None = None) -> Lease:
        """Prolong, and say how many ``slots`` the workers have; raises ``LeaseLost`` if another leads."""

        def body(connection: Connection) -> Lease:
            connection.execute(_LOCK)
            now = connection.execute(_READ_NOW).scalar_one()
            until = now + timedelta(seconds=ttl_seconds)
            values = {"of_holder": lease.holder, "of_fence": lease.fence, "now": now, "until": until}
            values["slots"] = slots
            if connection.execute(_RENEW, values).rowcount != 1:
                raise LeaseLost(holder=lease.holder, fence=lease.fence)
            return Lease(lease.holder, lease.fence, until, now, slots)

        return self._db.write(body)

    def release_lease(self, lease: Lease) -> None:
        """Let the next one lead at once. Harmless if already lost."""
        values = {"of_holder": lease.holder, "of_fence": lease.fence}
        self._db.write(lambda connection: connection.execute(_RELEASE, values))

    def current_lease(self) -> Lease | None:
        """The lease as it stands, expired or not; None if nobody ever led or it was released."""

        def body(connection: Connection) -> Lease | None:
            row = connection.execute(_CURRENT).one_or_none()
            return None if row is None else _lease_from(row)

        return self._db.read(body)

    def now(self) -> datetime:
        """The database's clock."""
        return self._db.read(lambda connection: connection.execute(_READ_NOW).scalar_one())
