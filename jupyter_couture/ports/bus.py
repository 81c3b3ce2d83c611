"""Wake-up signals between processes of one deployment. A lost or doubled signal costs time, never truth."""

from typing import Protocol

ENGINE = "engine"
"""Topic: there is something for the scheduler. The text says what: "facts" of attempts, "runs" that were triggered or
cancelled, "dags" that were paused or changed; an empty text means "look at everything"."""
FEED = "feed"
"""Topic: the feed has grown."""
BAG = "bag"
"""Topic: somebody asks for a fresh look at the DAG folder; the text is the relative file name, or empty for all."""


class Publisher(Protocol):
    """Sends signals; never blocks, never raises when nobody listens."""

    def publish(self, topic: str, text: str = "") -> None:
        """Tell every listener of ``topic``."""
        ...


class Listener(Protocol):
    """Receives signals of the topics it was opened for."""

    async def wait(self, timeout_seconds: float) -> tuple[tuple[str, str], ...]:
        """The signals since the last call, or none after ``timeout_seconds``; returns as soon as there is one."""
        ...

    def close(self) -> None:
        """Stop listening."""
        ...
