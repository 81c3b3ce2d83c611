"""What travels of the use of processors and memory by an attempt."""

from msgspec import Struct

from jupyter_couture_server.wire import Instant


class UsageSampleInfo(Struct, frozen=True):
    """All processes of the attempt, ``seconds`` after ``began_at``; ``cpu_seconds`` add up from there."""

    seconds: float
    cpu_seconds: float
    memory_bytes: int
    processes: int


class UsageReply(Struct, frozen=True):
    """No samples: the attempt was over within a second, or is too young. ``complete``: there will be no more."""

    began_at: Instant | None
    samples: list[UsageSampleInfo]
    complete: bool
