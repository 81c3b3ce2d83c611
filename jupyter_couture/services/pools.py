"""Pools as people see and change them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from jupyter_couture.model.errors import Conflict, InvalidRequest, NotFound, Stale
from jupyter_couture.model.ids import MAX_ID_LENGTH
from jupyter_couture.model.pools import THE_DEFAULT_POOL, UNLIMITED, Pool
from jupyter_couture.ports.bus import ENGINE, Publisher
from jupyter_couture.ports.pools import PoolStore, PoolUse
from jupyter_couture.services.imports import IfExists, ImportReport, Outcome, brought_in, skipped

SIGNAL = "pools"
"""What the engine hears when pools have changed."""

MAX_SLOTS = 2**31 - 1

_NAME = re.compile(r"[\w.\- ]+")
_ORDERS = ("name", "slots", "description")
_ALIASES = {"include_deferred": "includes_deferred"}  # as Airflow's exports have it


@dataclass(frozen=True, slots=True)
class PoolQuery:
    """Filter of the list. ``search`` looks in names and descriptions; ``order_by`` is a field; ``-`` turns it round."""

    search: str = ""
    order_by: str = "name"
    limit: int = 100
    offset: int = 0


class Pools:
    """Reads and changes pools. Every method may block."""

    def __init__(self, store: PoolStore, publisher: Publisher) -> None:
        self._store = store
        self._publisher = publisher

    def page(self, query: PoolQuery) -> tuple[Sequence[PoolUse], int]:
        """A page of the list, and how many there are; raises ``InvalidRequest`` for an unknown order."""
        field = query.order_by.removeprefix("-")
        if field not in _ORDERS:
            raise InvalidRequest(field="$.order_by", message=f"pools are ordered by {', '.join(_ORDERS)}")
        wanted = query.search.casefold()
        found = [
            use
            for use in self._store.pool_uses()
            if wanted in use.pool.name.casefold() or wanted in use.pool.description.casefold()
        ]
        found.sort(key=lambda use: (getattr(use.pool, field), use.pool.name), reverse=query.order_by.startswith("-"))
        return found[query.offset : query.offset + query.limit], len(found)

    def get(self, name: str) -> PoolUse:
        """One; raises ``NotFound``."""
        for use in self._store.pool_uses():
            if use.pool.name == name:
                return use
        raise NotFound(what="pool", id=name)

    def add(self, pool: Pool) -> PoolUse:
        """Make one; raises ``InvalidRequest``, or ``Conflict`` if there is one of this name."""
        self._store.add_pool(checked_pool(pool))
        return self._told(pool.name)

    def change(
        self,
        name: str,
        slots: int | None = None,
        description: str | None = None,
        includes_deferred: bool | None = None,
        *,
        expected: Pool | None = None,
    ) -> PoolUse:
        """Change some fields of a pool, None leaves one.

        Raises ``NotFound``, ``InvalidRequest``, or ``Stale`` if it is not as ``expected`` (None: as it is now).
        """
        while True:
            known = expected or self.get(name).pool
            changed = Pool(
                name,
                known.slots if slots is None else slots,
                known.description if description is None else description,
                known.includes_deferred if includes_deferred is None else includes_deferred,
            )
            try:
                self._store.put_pool(checked_pool(changed), known)
            except Stale:
                if expected is not None:
                    raise
            else:
                return self._told(name)

    def put(self, pool: Pool) -> tuple[PoolUse, bool]:
        """Make or replace one; whether it is new."""
        is_new = self._store.put_pool(checked_pool(pool))
        return self._told(pool.name), is_new

    def delete(self, name: str, expected: Pool | None = None) -> None:
        """Remove one. Its tasks wait until there is one again.

        Raises ``NotFound``, ``Conflict`` for the default pool, or ``Stale`` if it is not as ``expected`` (None: any).
        """
        if name == THE_DEFAULT_POOL.name:
            raise Conflict(what="pool", id=name, message="the default pool stays; give it other slots instead")
        self._store.delete_pool(name, expected)
        self._publisher.publish(ENGINE, SIGNAL)

    def bring_in(
        self, entries: Mapping[str, object], if_exists: IfExists = IfExists.OVERWRITE, *, dry_run: bool = False
    ) -> ImportReport:
        """Store many at once: ``{name: {"slots": 3, "description": "...", "includes_deferred": false}}``.

        A description that is left out stays what it was. One that cannot be stored does not keep the others from it.
        ``dry_run`` stores nothing and tells what would be.
        """
        known = {pool.name: pool for pool in self._store.pools()}

        def store(name: str, said: object) -> Outcome:
            wish = checked_pool(_pool_of(name, said, known.get(name)))
            if name in known and if_exists is not IfExists.OVERWRITE:
                return skipped(if_exists)
            if known.get(name) == wish:
                return Outcome.UNCHANGED
            if not dry_run:
                self._store.put_pool(wish)
            return Outcome.UPDATED if name in known else Outcome.CREATED

        report = brought_in(entries, store)
        if not dry_run:
            self._publisher.publish(ENGINE, SIGNAL)
        return report

    def export(self) -> dict[str, dict[str, object]]:
        """All pools as ``bring_in`` takes them."""
        return {
            pool.name: {
                "slots": pool.slots,
                "description": pool.description,
                "includes_deferred": pool.includes_deferred,
            }
            for pool in self._store.pools()
        }

    def _told(self, name: str) -> PoolUse:
        self._publisher.publish(ENGINE, SIGNAL)
        return self.get(name)


def checked_pool(pool: Pool) -> Pool:
    """The pool itself; raises ``InvalidRequest`` if it cannot be."""
    if not _NAME.fullmatch(pool.name) or len(pool.name) > MAX_ID_LENGTH or pool.name != pool.name.strip():
        raise InvalidRequest(
            field="$.name", message=f"a pool's name has 1 to {MAX_ID_LENGTH} letters, digits, spaces and any of '_-.'"
        )
    if not UNLIMITED <= pool.slots <= MAX_SLOTS:
        raise InvalidRequest(
            field="$.slots", message=f"slots are 0 to {MAX_SLOTS}, or {UNLIMITED} for as many as wanted"
        )
    return pool


def _pool_of(name: str, said: object, known: Pool | None) -> Pool:
    fields = {"slots": said} if isinstance(said, int) else said
    if not isinstance(fields, Mapping):
        raise InvalidRequest(field=name, message="a pool is a number of slots, or an object with slots and description")
    fields = {_ALIASES.get(field, field): value for field, value in fields.items() if value is not None}
    unknown = fields.keys() - {"slots", "description", "includes_deferred"}
    if unknown:
        raise InvalidRequest(field=name, message=f"a pool has no {min(map(str, unknown))!r}")
    slots, text, deferred = (
        fields.get("slots"),
        fields.get("description", known.description if known is not None else ""),
        fields.get("includes_deferred", False),
    )
    if isinstance(slots, bool) or not isinstance(slots, int):
        raise InvalidRequest(field=name, message="slots must be a whole number")
    if not isinstance(text, str) or not isinstance(deferred, bool):
        raise InvalidRequest(field=name, message="description is a text, includes_deferred true or false")
    return Pool(name, slots, text, deferred)
