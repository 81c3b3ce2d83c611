"""Pools: how many task instances may use something scarce at the same time, whatever DAG they are of."""

from dataclasses import dataclass

from jupyter_couture.model.dag import DEFAULT_POOL

DEFAULT_POOL_SLOTS = 128

UNLIMITED = -1
"""The ``slots`` of a pool that is never full."""


@dataclass(frozen=True, slots=True)
class Pool:
    """A pool of ``slots`` (``UNLIMITED``: as many as wanted; 0: nobody starts).

    A task instance takes its ``pool_slots`` while an attempt of it is open, and with ``includes_deferred`` also while
    it waits for a trigger or a person.
    """

    name: str
    slots: int
    description: str = ""
    includes_deferred: bool = False

    @property
    def is_unlimited(self) -> bool:
        """Whether it is never full."""
        return self.slots < 0


THE_DEFAULT_POOL = Pool(DEFAULT_POOL, DEFAULT_POOL_SLOTS, "Of tasks that name no pool")
