"""Pools as kept in the store."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from jupyter_couture.model.ids import RunKey, VersionHash
from jupyter_couture.model.pools import Pool


@dataclass(frozen=True, slots=True)
class PoolUse:
    """A pool and the slots that task instances of live runs take or wait for, by what they are at."""

    pool: Pool
    running: int = 0
    queued: int = 0
    scheduled: int = 0
    deferred: int = 0

    @property
    def taken(self) -> int:
        """How many slots are taken."""
        return self.running + self.queued + (self.deferred if self.pool.includes_deferred else 0)

    @property
    def open(self) -> int | None:
        """How many slots are free; None if there is no limit."""
        return None if self.pool.is_unlimited else max(0, self.pool.slots - self.taken)


@dataclass(frozen=True, slots=True)
class Busy:
    """How many instances of a task in one live run have an attempt (``open``) or wait without one (``waiting``)."""

    run_key: RunKey
    version: VersionHash
    task_id: str
    open: int
    waiting: int


class PoolStore(Protocol):
    """What the leader reads of pools, and what people change."""

    def pools(self) -> Sequence[Pool]:
        """All pools by name, the default pool among them."""
        ...

    def pool_uses(self) -> Sequence[PoolUse]:
        """All pools by name, with what is going on in them."""
        ...

    def add_pool(self, pool: Pool) -> None:
        """Make a pool; raises ``Conflict`` if there is one of this name."""
        ...

    def put_pool(self, pool: Pool, expected: Pool | None = None) -> bool:
        """Make or replace a pool; whether it is new. Raises ``Stale`` or ``NotFound`` if it is not as ``expected``."""
        ...

    def delete_pool(self, name: str, expected: Pool | None = None) -> None:
        """Remove a pool; raises ``NotFound``, or ``Stale`` if it is not as ``expected``."""
        ...
