"""What an attempt uses: CPU time and memory of its whole process tree, at moments of its life."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class UsageSample:
    """The tree ``seconds`` after the try began.

    ``cpu_seconds`` counts from its beginning and never falls; processes that have ended meanwhile are in it.
    ``memory_bytes`` is resident memory; what processes share is counted once where the kernel tells.
    """

    seconds: float
    cpu_seconds: float
    memory_bytes: int
    processes: int


@dataclass(frozen=True, slots=True)
class Usage:
    """What was recorded of a try, oldest first; nothing of one that was over within a second."""

    began_at: datetime | None = None
    samples: tuple[UsageSample, ...] = ()

    @property
    def cpu_seconds(self) -> float | None:
        """Until the last sample; None without samples."""
        return self.samples[-1].cpu_seconds if self.samples else None

    @property
    def peak_memory_bytes(self) -> int | None:
        """The most of all samples; None without samples."""
        return max((sample.memory_bytes for sample in self.samples), default=None)
