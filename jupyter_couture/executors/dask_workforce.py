"""Who works for us: the workers of a cluster, which of them fit, and how many attempts they take at once."""

import logging

from jupyter_couture.executors.dask_cluster import Cluster, WorkerSeen
from jupyter_couture.executors.dask_record import PoolRecord, versions

_log = logging.getLogger(__name__)


class Workforce:
    """The workers seen at the last look. ``pool`` is ours, or None for a cluster of somebody else."""

    def __init__(self, pool: PoolRecord | None) -> None:
        self._pool = pool
        self._workers: tuple[WorkerSeen, ...] = ()
        self._fitting: tuple[WorkerSeen, ...] = ()
        self.misfits: dict[str, str] = {}

    def without_workers(self) -> "Workforce":
        """The same pool before anybody was seen."""
        return Workforce(self._pool)

    async def look(self, cluster: Cluster) -> None:
        """See who is there; newcomers of a foreign cluster are asked for their versions. Raises ``Unavailable``."""
        workers = await cluster.workers()
        if workers == self._workers:
            return
        if self._pool is None:
            await self._inspect(cluster, workers)
        self._workers = workers
        self._fitting = tuple(worker for worker in workers if worker.address not in self.misfits)

    async def _inspect(self, cluster: Cluster, workers: tuple[WorkerSeen, ...]) -> None:
        known = {worker.address for worker in self._workers}
        present = [worker.address for worker in workers]
        newcomers = [address for address in present if address not in known]
        found = await cluster.misfits(newcomers) if newcomers else {}
        for address, theirs in found.items():
            _log.error("The Dask worker %s has %s, we have %s: it gets no attempts", address, theirs, _ours())
        self.misfits = {address: text for address, text in {**self.misfits, **found}.items() if address in present}

    @property
    def count(self) -> int:
        """Workers that get attempts."""
        return len(self._fitting)

    @property
    def slots(self) -> int:
        """How many attempts they take at once."""
        if self._pool is not None:
            return len(self._fitting) * self._pool.slots_per_worker
        return sum(worker.threads for worker in self._fitting)

    @property
    def most(self) -> int | None:
        """How many attempts may be under way at once when all workers of our pool are there; None elsewhere."""
        return None if self._pool is None else self._pool.workers * self._pool.slots_per_worker

    @property
    def is_complete(self) -> bool:
        """Whether all workers of our pool are there; nobody knows how many a foreign cluster should have."""
        return self._pool is None or len(self._workers) >= self._pool.workers

    @property
    def only(self) -> list[str] | None:
        """The workers to which deliveries must be restricted, or None if all are welcome."""
        return [worker.address for worker in self._fitting] if self.misfits else None

    def one_of_each_host(self) -> list[str]:
        """One worker address for each host."""
        return list({worker.host: worker.address for worker in self._fitting}.values())

    @property
    def message(self) -> str:
        """What keeps attempts waiting or workers idle, or nothing."""
        if self.misfits:
            address, theirs = next(iter(self.misfits.items()))
            refused = f"{len(self.misfits)} Dask worker(s) refused: {address} has {theirs}, we have {_ours()}"
            return refused if self._fitting else f"{refused}; attempts wait"
        return "" if self._fitting else "No Dask worker is connected; attempts wait"


def _ours() -> str:
    return ", ".join(versions())
