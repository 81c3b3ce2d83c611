"""How much the parse of one DAG file may take."""

from dataclasses import asdict, dataclass
from typing import Any

from jupyter_couture.settings import Settings


@dataclass(frozen=True, slots=True)
class ParseLimits:
    """Bounds of one parse. ``processes`` counts processes and threads together."""

    timeout_seconds: float = 30.0
    memory_bytes: int = 2 * 1024**3
    file_bytes: int = 64 * 1024**2
    open_files: int = 1024
    processes: int = 256
    result_bytes: int = 128 * 1024**2

    @classmethod
    def of(cls, settings: Settings) -> "ParseLimits":
        """The limits a deployment has set."""
        return cls(
            timeout_seconds=settings.parse_timeout_seconds,
            memory_bytes=settings.parse_memory_bytes,
            file_bytes=settings.parse_file_bytes,
        )

    def as_message(self) -> dict[str, Any]:
        """For the request to the parser process."""
        return asdict(self)
