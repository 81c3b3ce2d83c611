"""Pools: how many slots each has, and what goes on in it."""

from collections import Counter
from collections.abc import Sequence

from sqlalchemy import Connection, bindparam, delete, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from jupyter_couture.model.errors import Conflict, NotFound, Stale
from jupyter_couture.model.ids import DagId, RunId, RunKey, VersionHash
from jupyter_couture.model.pools import THE_DEFAULT_POOL, Pool
from jupyter_couture.model.states import TaskState
from jupyter_couture.ports.pools import Busy, PoolUse
from jupyter_couture.store.live import IS_LIVE
from jupyter_couture.store.part import StorePart
from jupyter_couture.store.tables import dag_run, task_instance
from jupyter_couture.store.tables_pools import pool

_ALL = select(pool.c.name, pool.c.slots, pool.c.description, pool.c.includes_deferred).order_by(pool.c.name)
_UPDATE = (
    update(pool)
    .where(pool.c.name == bindparam("of_name"))
    .values(
        slots=bindparam("slots"),
        description=bindparam("description"),
        includes_deferred=bindparam("includes_deferred"),
    )
)
_DELETE = delete(pool).where(pool.c.name == bindparam("of_name"))
_HOLD = select(pool).where(pool.c.name == bindparam("of_name")).with_for_update()

_COLUMN_OF = {
    TaskState.RUNNING: "running",
    TaskState.RESTARTING: "running",
    TaskState.QUEUED: "queued",
    TaskState.SCHEDULED: "scheduled",
    TaskState.DEFERRED: "deferred",
    TaskState.AWAITING_INPUT: "deferred",
}
_BUSY = (
    select(dag_run.c.version, task_instance.c.task_id, task_instance.c.state, func.count())
    .join_from(dag_run, task_instance, task_instance.c.run_pk == dag_run.c.id)
    .where(IS_LIVE, task_instance.c.state.in_([state.value for state in _COLUMN_OF]))
    .group_by(dag_run.c.version, task_instance.c.task_id, task_instance.c.state)
)
_PER_RUN = (
    select(
        dag_run.c.dag_id,
        dag_run.c.run_id,
        dag_run.c.version,
        task_instance.c.task_id,
        func.count(task_instance.c.attempt_id),
        func.count(),
    )
    .join_from(dag_run, task_instance, task_instance.c.run_pk == dag_run.c.id)
    .where(
        IS_LIVE,
        or_(
            task_instance.c.attempt_id.is_not(None),
            task_instance.c.state.in_([TaskState.DEFERRED.value, TaskState.AWAITING_INPUT.value]),
        ),
    )
    .group_by(dag_run.c.dag_id, dag_run.c.run_id, dag_run.c.version, task_instance.c.task_id)
)


class PoolPart(StorePart):
    """What ``ports.pools.PoolStore`` promises."""

    def pools(self) -> Sequence[Pool]:
        """All pools by name, the default pool among them."""
        return self._db.read(_pools)

    def pool_uses(self) -> Sequence[PoolUse]:
        """All pools by name, with what is going on in them."""

        def body(connection: Connection) -> list[PoolUse]:
            slots: dict[str, Counter[str]] = {}
            for version, task_id, state, number in connection.execute(_BUSY):
                task = self._spec(connection, VersionHash(version)).task_by_id.get(task_id)
                if task is not None:
                    column = _COLUMN_OF[TaskState(state)]
                    slots.setdefault(task.pool, Counter())[column] += number * task.pool_slots
            return [PoolUse(each, **slots.get(each.name, Counter())) for each in _pools(connection)]

        return self._db.read(body)

    def busy(self) -> Sequence[Busy]:
        """What takes slots, in numbers."""

        def body(connection: Connection) -> list[Busy]:
            return [
                Busy(RunKey(DagId(dag_id), RunId(run_id)), VersionHash(version), task_id, opened, number - opened)
                for dag_id, run_id, version, task_id, opened, number in connection.execute(_PER_RUN)
            ]

        return self._db.read(body)

    def add_pool(self, wish: Pool) -> None:
        """Make a pool; raises ``Conflict`` if there is one of this name."""

        def body(connection: Connection) -> None:
            message = f"there is a pool {wish.name!r} already"
            if wish.name == THE_DEFAULT_POOL.name:
                raise Conflict(what="pool", id=wish.name, message=message)
            try:
                connection.execute(insert(pool), {"name": wish.name, **_values(wish)})
            except IntegrityError:
                raise Conflict(what="pool", id=wish.name, message=message) from None

        self._db.write(body)

    def put_pool(self, wish: Pool, expected: Pool | None = None) -> bool:
        """Make or replace a pool; whether it is new. Raises ``Stale`` or ``NotFound`` if it is not as ``expected``."""

        def body(connection: Connection) -> bool:
            _require(connection, wish.name, expected)
            if connection.execute(_UPDATE, {"of_name": wish.name, **_values(wish)}).rowcount:
                return False
            if not self._db.insert_new(connection, pool, [{"name": wish.name, **_values(wish)}]):  # somebody was first
                connection.execute(_UPDATE, {"of_name": wish.name, **_values(wish)})
                return False
            return wish.name != THE_DEFAULT_POOL.name

        return self._db.write(body)

    def delete_pool(self, name: str, expected: Pool | None = None) -> None:
        """Remove a pool; raises ``NotFound``, or ``Stale`` if it is not as ``expected``."""

        def body(connection: Connection) -> None:
            _require(connection, name, expected)
            if not connection.execute(_DELETE, {"of_name": name}).rowcount:
                raise NotFound(what="pool", id=name)

        self._db.write(body)


def _require(connection: Connection, name: str, expected: Pool | None) -> None:
    """Hold the pool's row to the end of the transaction; raises if it is not as it is expected to be."""
    if expected is None:
        return
    row = connection.execute(_HOLD, {"of_name": name}).one_or_none()
    if row is None and name != THE_DEFAULT_POOL.name:
        raise NotFound(what="pool", id=name)
    found = THE_DEFAULT_POOL if row is None else Pool(row.name, row.slots, row.description, bool(row.includes_deferred))
    if found != expected:
        raise Stale(what="pool", id=name, expected=expected, actual=found)


def _pools(connection: Connection) -> list[Pool]:
    found = [Pool(name, slots, text, bool(deferred)) for name, slots, text, deferred in connection.execute(_ALL)]
    if all(each.name != THE_DEFAULT_POOL.name for each in found):
        found.append(THE_DEFAULT_POOL)
    return sorted(found, key=lambda each: each.name)


def _values(wish: Pool) -> dict[str, object]:
    return {
        "slots": wish.slots,
        "description": wish.description,
        "includes_deferred": wish.includes_deferred,
    }
