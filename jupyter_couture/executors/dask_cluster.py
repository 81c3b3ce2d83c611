"""What the Dask executor asks of a cluster, without importing Dask."""

from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, Protocol, TypeAlias

Act: TypeAlias = Callable[[str, dict[str, str]], Coroutine[Any, Any, str]]
"""What a worker runs: gets a JSON text and our settings as environment variables, answers with a word."""


class End(Enum):
    """How a delivery ended."""

    DONE = "done"
    """The supervisor has dealt with the attempts; the store knows how."""
    LOST = "lost"
    """The cluster forgot it: to be delivered again."""
    RETURNED = "returned"
    """The attempt was taken back before it had a slot."""
    UNDER_WAY = "under way"
    """The attempt has not ended: to be delivered again."""
    REFUSED = "refused"
    """The worker could not hand it to a supervisor."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a delivery ended, and what went wrong if something did; of which attempts that is not so."""

    end: End
    message: str = ""
    returned: frozenset[str] = frozenset()
    under_way: frozenset[str] = frozenset()

    def end_of(self, attempt_id: str) -> End:
        """How it ended for one of its attempts."""
        if attempt_id in self.returned:
            return End.RETURNED
        return End.UNDER_WAY if attempt_id in self.under_way else self.end


@dataclass(frozen=True, slots=True)
class WorkerSeen:
    """A worker as the scheduler describes it."""

    address: str
    host: str
    threads: int


@dataclass(frozen=True, slots=True)
class Errand:
    """Something to run on a worker, under a ``key`` that was never used before."""

    key: str
    text: str


class Delivery(Protocol):
    """An errand under way; forgetting it tells the cluster that nobody waits any more."""

    async def outcome(self) -> Outcome:
        """Wait for its end."""
        ...


class Cluster(Protocol):
    """A connection to one scheduler; it does not outlive the loss of that connection."""

    @property
    def is_open(self) -> bool:
        """Whether the connection stands."""
        ...

    def deliver(
        self, errands: Sequence[Errand], act: Act, environ: dict[str, str], only: Sequence[str] | None
    ) -> Sequence[Delivery]:
        """Have ``act(text, environ)`` run for each errand on a worker (of ``only`` if given) with a free thread."""
        ...

    async def workers(self) -> tuple[WorkerSeen, ...]:
        """The workers that the scheduler knows now; raises ``Unavailable``."""
        ...

    async def dashboard(self) -> str:
        """The URL of the scheduler's dashboard, or nothing if it has none; raises ``Unavailable``."""
        ...

    async def misfits(self, addresses: Sequence[str]) -> Mapping[str, str]:
        """Those of the workers that run other versions than we do, with what they run; raises ``Unavailable``."""
        ...

    async def run_on(self, addresses: Sequence[str], act: Act, text: str, environ: dict[str, str]) -> None:
        """Run something on each of the workers at once, whether a thread is free or not; raises ``Unavailable``."""
        ...

    async def close(self) -> None:
        """Disconnect. What runs goes on; what has not begun is forgotten by the scheduler."""
        ...
