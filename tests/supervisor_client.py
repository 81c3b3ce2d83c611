"""A client of a supervisor that blocks: one connection, orders out, ends in."""

from collections.abc import Sequence

from jupyter_couture.executors.jobs import order_of
from jupyter_couture.executors.spawn import ensure_supervisor
from jupyter_couture.model.intents import StartAttempt
from jupyter_couture.runtime.lines import LineBuffer, Message, to_line
from tests.workbench import Workbench


class Client:
    """Connected when it is made; ``slots`` is what it says of how many attempts may be under way at once."""

    def __init__(self, bench: Workbench) -> None:
        self.link = ensure_supervisor(bench.settings)
        self.link.settimeout(60.0)
        self._inbox = LineBuffer()
        self._heard: list[Message] = []

    def send(self, message: Message) -> None:
        """Say something."""
        self.link.sendall(to_line(message))

    def supervise(self, starts: Sequence[StartAttempt], slots: int | None = None) -> None:
        """Ask for attempts."""
        self.send({"do": "supervise", "orders": [order_of(start) for start in starts], "slots": slots})

    def cancel(self, *starts: StartAttempt) -> None:
        """Ask for their end."""
        self.send({"do": "cancel", "attempts": [start.attempt_id for start in starts]})

    def hear(self) -> Message:
        """The next message."""
        while not self._heard:
            data = self.link.recv(65_536)
            assert data, "the supervisor is gone"
            self._heard += self._inbox.feed(data)
        return self._heard.pop(0)

    def end(self) -> tuple[str, str]:
        """The next end: of which attempt, and how."""
        message = self.hear()
        return str(message["ended"]), str(message["state"])

    def ends(self, count: int) -> dict[str, str]:
        """So many ends, by attempt."""
        return dict(self.end() for _ in range(count))

    def close(self) -> None:
        """Hang up."""
        self.link.close()
