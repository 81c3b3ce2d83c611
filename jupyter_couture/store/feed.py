"""The append-only feed: what watchers read, in the order of commits, without gaps.

The row of ``feed_head`` is taken last in each transaction and held until its commit: so numbers become visible in
their order.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from jupyter_couture.model.records import FeedEntry, FeedEvent, FeedPage
from jupyter_couture.store.columns import DatabaseNow
from jupyter_couture.store.part import StorePart
from jupyter_couture.store.tables import feed, feed_head

HEAD = "feed"
TRIM_ROWS = 5000
"""Deleted at once; more would keep other writers waiting."""

_ADVANCE = (
    update(feed_head)
    .where(feed_head.c.name == HEAD)
    .values(seq=feed_head.c.seq + bindparam("count"))
    .returning(feed_head.c.seq, DatabaseNow())
)
_APPEND = insert(feed)
_NEWEST = select(feed_head.c.seq).where(feed_head.c.name == HEAD)
_OLDEST = select(func.min(feed.c.seq))
_TRIM = delete(feed).where(feed.c.seq <= bindparam("upto"))
_AFTER = select(feed).where(feed.c.seq > bindparam("cursor")).order_by(feed.c.seq).limit(bindparam("count"))


def append(connection: Connection, entries: Sequence[FeedEntry]) -> int:
    """Write ``entries`` as the last act of a transaction; the newest number."""
    if not entries:
        return newest(connection)
    last, at = connection.execute(_ADVANCE, {"count": len(entries)}).one()
    first = last - len(entries) + 1
    connection.execute(
        _APPEND,
        [
            {
                "seq": seq,
                "at": at,
                "kind": entry.kind,
                "dag_id": entry.dag_id,
                "run_id": entry.run_id,
                "task_id": entry.task_id,
                "map_index": entry.map_index,
                "data": entry.data,
            }
            for seq, entry in enumerate(entries, first)
        ],
    )
    return int(last)


def newest(connection: Connection) -> int:
    """The newest number, 0 if there is none yet."""
    return int(connection.execute(_NEWEST).scalar_one())


def oldest(connection: Connection) -> int:
    """The oldest number that is kept, 0 if there is none."""
    return int(connection.execute(_OLDEST).scalar() or 0)


def dag_entry(dag_id: str, version: str, is_paused: bool) -> FeedEntry:
    """What watchers are told of a DAG."""
    return FeedEntry(kind="dag.changed", dag_id=dag_id, data={"is_paused": is_paused, "version": version})


def _event_from(row: Any) -> FeedEvent:
    entry = FeedEntry(row.kind, row.dag_id, row.run_id, row.task_id, row.map_index, row.data)
    return FeedEvent(row.seq, row.at, entry)


class FeedPart(StorePart):
    """Reading and trimming the feed."""

    def feed_after(self, cursor: int, limit: int) -> FeedPage:
        """Feed events with a number above ``cursor``."""

        def body(connection: Connection) -> FeedPage:
            first, last = oldest(connection), newest(connection)
            if cursor > last or cursor + 1 < (first or last + 1):
                return FeedPage((), first, last, is_too_old=True)
            rows = connection.execute(_AFTER, {"cursor": cursor, "count": limit})
            return FeedPage(tuple(_event_from(row) for row in rows), first, last)

        return self._db.read(body)

    def feed_position(self) -> tuple[int, int]:
        """Oldest and newest feed number (0, 0 if there is none yet)."""
        return self._db.read(lambda connection: (oldest(connection), newest(connection)))

    def trim_feed(self, keep: int) -> int:
        """Forget all but the newest ``keep`` events; how many went."""

        def body(connection: Connection) -> int:
            upto = min(newest(connection) - keep, oldest(connection) + TRIM_ROWS)
            return connection.execute(_TRIM, {"upto": upto}).rowcount

        total = 0
        while gone := self._db.write(body):
            total += gone
        return total
